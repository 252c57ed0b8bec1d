//! PS3.4 Table CC.2.5-3 as data: what a workitem has when it is created (N-CREATE), what may be
//! changed (N-SET), and what it has at its end (Final State). An attribute that has no row is
//! optional (3/3, O).

/// The column N-CREATE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Create {
    /// Type 1: there, with a value.
    Value,
    /// Type 2: there; what comes without it is given it, empty.
    There,
    /// Type 2, shall be empty.
    Empty,
    /// Types 1C, 2C and 3.
    Optional,
    /// Ours to set: what comes is passed over.
    Ours,
}

/// The column N-SET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// Type 3/1: not without a value.
    Value,
    /// Types 3/2 and 3/3.
    Free,
    /// Not allowed.
    Never,
    /// Ours to set: what comes is passed over.
    Ours,
}

/// The column Final State (§CC.2.5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// R: not final without a value.
    Either,
    /// P: not COMPLETED without a value.
    Completed,
    /// P of a type 2 sequence whose items may be none: not COMPLETED without it.
    CompletedThere,
    /// X: not CANCELED without a value.
    Canceled,
    /// O, and RC, whose condition is not told by the data set.
    Optional,
}

/// What else is known of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Any,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A date and time (VR DT).
    Moment,
    /// Items are codes (Table CC.2.5-2): value, scheme and meaning.
    Codes,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The sequence it stands in; none: top level.
    pub(crate) within: Option<&'static str>,
    /// Its key in DICOM JSON.
    pub(crate) key: &'static str,
    pub(crate) keyword: &'static str,
    /// Its value representation.
    pub(crate) vr: &'static str,
    pub(crate) create: Create,
    pub(crate) set: Set,
    pub(crate) last: Last,
    pub(crate) kind: Kind,
}

/// The sequences whose items have rows of their own.
pub(crate) const PROGRESS: &str = "00741002";
pub(crate) const PERFORMED: &str = "00741216";
const PERFORMERS: &str = "00404034";

macro_rules! rows {
    ($($within:expr, $key:literal $keyword:ident $vr:ident $create:ident $set:ident $last:ident $kind:expr;)*) => {
        &[$(Row {
            within: $within,
            key: $key,
            keyword: stringify!($keyword),
            vr: stringify!($vr),
            create: Create::$create,
            set: Set::$set,
            last: Last::$last,
            kind: $kind,
        },)*]
    };
}

const ANY: Kind = Kind::Any;
const DATE_TIME: Kind = Kind::Moment;
const CODES: Kind = Kind::Codes;
const STATES: Kind = Kind::OneOf(&["SCHEDULED"]);
const PRIORITIES: Kind = Kind::OneOf(&["HIGH", "MEDIUM", "LOW"]);
const READINESS: Kind = Kind::OneOf(&["INCOMPLETE", "UNAVAILABLE", "READY"]);
const TOP: Option<&str> = None;
const IN_PERFORMERS: Option<&str> = Some(PERFORMERS);
const IN_PROGRESS: Option<&str> = Some(PROGRESS);
const IN_PERFORMED: Option<&str> = Some(PERFORMED);

/// The table.
#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = rows! {
    TOP, "00081195" TransactionUID UI Empty Ours Optional ANY;
    // SOP Common
    TOP, "00080005" SpecificCharacterSet CS Ours Ours Optional ANY;
    TOP, "00080016" SOPClassUID UI Ours Never Either ANY;
    TOP, "00080018" SOPInstanceUID UI Ours Never Either ANY;
    // Scheduled Procedure Information
    TOP, "00741200" ScheduledProcedureStepPriority CS Value Value Either PRIORITIES;
    TOP, "00404010" ScheduledProcedureStepModificationDateTime DT Ours Ours Either ANY;
    TOP, "00741204" ProcedureStepLabel LO Value Value Either ANY;
    TOP, "00741202" WorklistLabel LO There Value Either ANY;
    TOP, "00741210" ScheduledProcessingParametersSequence SQ There Free Optional ANY;
    TOP, "00404025" ScheduledStationNameCodeSequence SQ There Free Optional CODES;
    TOP, "00404026" ScheduledStationClassCodeSequence SQ There Free Optional CODES;
    TOP, "00404027" ScheduledStationGeographicLocationCodeSequence SQ There Free Optional CODES;
    TOP, "00404034" ScheduledHumanPerformersSequence SQ Optional Free Optional ANY;
    IN_PERFORMERS, "00404009" HumanPerformerCodeSequence SQ Value Value Optional CODES;
    IN_PERFORMERS, "00404037" HumanPerformerName PN Value Value Optional ANY;
    IN_PERFORMERS, "00404036" HumanPerformerOrganization LO Value Value Optional ANY;
    TOP, "00404005" ScheduledProcedureStepStartDateTime DT Value Value Either DATE_TIME;
    TOP, "00404011" ExpectedCompletionDateTime DT Optional Value Optional DATE_TIME;
    TOP, "00404008" ScheduledProcedureStepExpirationDateTime DT Optional Free Optional DATE_TIME;
    TOP, "00404018" ScheduledWorkitemCodeSequence SQ There Value Optional CODES;
    TOP, "00400400" CommentsOnTheScheduledProcedureStep LT There Value Optional ANY;
    TOP, "00404041" InputReadinessState CS Value Value Either READINESS;
    TOP, "00404021" InputInformationSequence SQ There Free Optional ANY;
    TOP, "0020000D" StudyInstanceUID UI Optional Free Optional ANY;
    // Relationship
    TOP, "00100010" PatientName PN There Never Optional ANY;
    TOP, "00100020" PatientID LO Optional Never Optional ANY;
    TOP, "00100021" IssuerOfPatientID LO Optional Never Optional ANY;
    TOP, "00100024" IssuerOfPatientIDQualifiersSequence SQ Optional Never Optional ANY;
    TOP, "00101002" OtherPatientIDsSequence SQ There Free Optional ANY;
    TOP, "00100030" PatientBirthDate DA There Never Optional ANY;
    TOP, "00100040" PatientSex CS There Never Optional ANY;
    TOP, "00380010" AdmissionID LO There Never Optional ANY;
    TOP, "00380014" IssuerOfAdmissionIDSequence SQ There Never Optional ANY;
    TOP, "00081080" AdmittingDiagnosesDescription LO There Never Optional ANY;
    TOP, "00081084" AdmittingDiagnosesCodeSequence SQ There Never Optional CODES;
    TOP, "0040A370" ReferencedRequestSequence SQ There Never Optional ANY;
    TOP, "00741224" ReplacedProcedureStepSequence SQ Optional Never Optional ANY;
    // Progress Information
    TOP, "00741000" ProcedureStepState CS Value Never Either STATES;
    TOP, "00741002" ProcedureStepProgressInformationSequence SQ Empty Free Canceled ANY;
    IN_PROGRESS, "00404052" ProcedureStepCancellationDateTime DT Optional Value Canceled DATE_TIME;
    IN_PROGRESS, "0074100E" ProcedureStepDiscontinuationReasonCodeSequence SQ Optional Value Canceled CODES;
    // Performed Procedure Information
    TOP, "00741216" UnifiedProcedureStepPerformedProcedureSequence SQ Empty Free Completed ANY;
    IN_PERFORMED, "00404028" PerformedStationNameCodeSequence SQ Optional Free Completed CODES;
    IN_PERFORMED, "00404050" PerformedProcedureStepStartDateTime DT Optional Value Completed DATE_TIME;
    IN_PERFORMED, "00404019" PerformedWorkitemCodeSequence SQ Optional Value Completed CODES;
    IN_PERFORMED, "00404051" PerformedProcedureStepEndDateTime DT Optional Value Completed DATE_TIME;
    IN_PERFORMED, "00404033" OutputInformationSequence SQ Optional Free CompletedThere ANY;
};

/// Attributes besides those of type 1 and 2 that a search returns where they are there (column Match
/// and Return Keys).
pub(crate) const RETURNED_TOO: &[&str] = &[
    "0020000D", "00100020", "00100021", "00100024", "00404034", "00404011", "00741224",
];

/// The rows of top level.
pub(crate) fn top() -> impl Iterator<Item = &'static Row> {
    within(None)
}

/// The rows of the items of a sequence.
pub(crate) fn within(sequence: Option<&'static str>) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.within == sequence)
}

/// The row of an attribute at top level.
pub(crate) fn row(key: &str) -> Option<&'static Row> {
    top().find(|row| row.key == key)
}
