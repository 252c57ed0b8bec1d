//! SOP classes: what we provide, and what is taken for storage (PS3.4 §B.5, PS3.6 Annex A).

/// Verification.
pub const VERIFICATION: &str = "1.2.840.10008.1.1";
/// Storage Commitment Push Model.
pub const STORAGE_COMMITMENT: &str = "1.2.840.10008.1.20.1";
/// The well-known instance of the Storage Commitment Push Model.
pub const STORAGE_COMMITMENT_INSTANCE: &str = "1.2.840.10008.1.20.1.1";
/// Patient Root Query/Retrieve Information Model – FIND.
pub const PATIENT_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.1.1";
/// Patient Root Query/Retrieve Information Model – MOVE.
pub const PATIENT_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.1.2";
/// Patient Root Query/Retrieve Information Model – GET.
pub const PATIENT_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.1.3";
/// Study Root Query/Retrieve Information Model – FIND.
pub const STUDY_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
/// Study Root Query/Retrieve Information Model – MOVE.
pub const STUDY_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.2.2";
/// Study Root Query/Retrieve Information Model – GET.
pub const STUDY_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";

/// What an abstract syntax is to us as an acceptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// C-ECHO.
    Verification,
    /// C-STORE, and C-STORE sub-operations of C-GET.
    Storage,
    /// C-FIND.
    Find(Root),
    /// C-MOVE.
    Move(Root),
    /// C-GET.
    Get(Root),
    /// N-ACTION, N-EVENT-REPORT.
    Commitment,
    /// A service that we do not provide.
    Other,
}

/// The root of a query/retrieve information model (PS3.4 §C.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// Patient, study, series, instance.
    Patient,
    /// Study, series, instance.
    Study,
}

/// Standard SOP classes that are no storage, though everything else beneath these roots may be.
const OTHER: &[&str] = &[
    "1.2.840.10008.1.9",
    "1.2.840.10008.1.20.2",
    "1.2.840.10008.1.20.2.1",
    "1.2.840.10008.1.40",
    "1.2.840.10008.1.40.1",
    "1.2.840.10008.1.42",
    "1.2.840.10008.1.42.1",
    "1.2.840.10008.5.1.4.1.1.200.4",
    "1.2.840.10008.5.1.4.1.1.200.5",
    "1.2.840.10008.5.1.4.1.1.200.6",
    "1.2.840.10008.5.1.4.1.1.201.2",
    "1.2.840.10008.5.1.4.1.1.201.3",
    "1.2.840.10008.5.1.4.1.1.201.4",
    "1.2.840.10008.5.1.4.1.1.201.5",
    "1.2.840.10008.5.1.4.1.1.201.6",
    "1.2.840.10008.5.1.4.31",
    "1.2.840.10008.5.1.4.33",
    "1.2.840.10008.5.1.4.34.2",
    "1.2.840.10008.5.1.4.34.3",
    "1.2.840.10008.5.1.4.34.4",
    "1.2.840.10008.5.1.4.34.8",
    "1.2.840.10008.5.1.4.34.9",
    "1.2.840.10008.5.1.4.38.2",
    "1.2.840.10008.5.1.4.38.3",
    "1.2.840.10008.5.1.4.38.4",
    "1.2.840.10008.5.1.4.39.2",
    "1.2.840.10008.5.1.4.39.3",
    "1.2.840.10008.5.1.4.39.4",
    "1.2.840.10008.5.1.4.41",
    "1.2.840.10008.5.1.4.42",
    "1.2.840.10008.5.1.4.43.2",
    "1.2.840.10008.5.1.4.43.3",
    "1.2.840.10008.5.1.4.43.4",
    "1.2.840.10008.5.1.4.44.2",
    "1.2.840.10008.5.1.4.44.3",
    "1.2.840.10008.5.1.4.44.4",
    "1.2.840.10008.5.1.4.45.2",
    "1.2.840.10008.5.1.4.45.3",
    "1.2.840.10008.5.1.4.45.4",
];

/// Roots beneath which nothing is storage: retired study management and print, query/retrieve,
/// substance and display services, work lists, real-time communication.
const OTHER_ROOTS: &[&str] = &[
    "1.2.840.10008.10.",
    "1.2.840.10008.3.1.2.",
    "1.2.840.10008.5.1.1.",
    "1.2.840.10008.5.1.4.1.2.",
    "1.2.840.10008.5.1.4.20.",
    "1.2.840.10008.5.1.4.32",
    "1.2.840.10008.5.1.4.34.4.",
    "1.2.840.10008.5.1.4.34.5",
    "1.2.840.10008.5.1.4.34.6",
    "1.2.840.10008.5.1.4.37.",
];

/// Storage classes beneath [`OTHER_ROOTS`]: stored print and hardcopy images, retired.
const STORAGE: &[&str] = &[
    "1.2.840.10008.5.1.1.27",
    "1.2.840.10008.5.1.1.29",
    "1.2.840.10008.5.1.1.30",
];

impl Service {
    /// What `abstract_syntax` is: every storage class, standard, retired and private, by being none
    /// of the known others.
    pub(crate) fn of(abstract_syntax: &str) -> Self {
        match abstract_syntax {
            VERIFICATION => Self::Verification,
            STORAGE_COMMITMENT => Self::Commitment,
            PATIENT_ROOT_FIND => Self::Find(Root::Patient),
            PATIENT_ROOT_MOVE => Self::Move(Root::Patient),
            PATIENT_ROOT_GET => Self::Get(Root::Patient),
            STUDY_ROOT_FIND => Self::Find(Root::Study),
            STUDY_ROOT_MOVE => Self::Move(Root::Study),
            STUDY_ROOT_GET => Self::Get(Root::Study),
            other => {
                let beneath = || OTHER_ROOTS.iter().any(|root| other.starts_with(root));
                let known = OTHER.contains(&other) || beneath();
                if known && !STORAGE.contains(&other) {
                    Self::Other
                } else {
                    Self::Storage
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_retired_and_private_storage_is_taken() {
        for class in [
            "1.2.840.10008.5.1.4.1.1.2",
            "1.2.840.10008.5.1.4.1.1.3",
            "1.2.840.10008.5.1.4.1.1.200.1",
            "1.2.840.10008.5.1.4.1.1.201.1",
            "1.2.840.10008.5.1.4.34.7",
            "1.2.840.10008.5.1.4.34.10",
            "1.2.840.10008.5.1.4.38.1",
            "1.2.840.10008.5.1.1.27",
            "1.3.12.2.1107.5.9.1",
            "1.2.840.113619.4.30",
        ] {
            assert_eq!(Service::of(class), Service::Storage, "{class}");
        }
    }

    #[test]
    fn other_services_are_not_taken_for_storage() {
        for class in [
            "1.2.840.10008.5.1.4.31",
            "1.2.840.10008.3.1.2.3.3",
            "1.2.840.10008.5.1.1.9",
            "1.2.840.10008.5.1.4.1.2.3.1",
            "1.2.840.10008.5.1.4.34.6.1",
            "1.2.840.10008.1.20.2",
            "1.2.840.10008.5.1.4.1.1.201.2",
        ] {
            assert_eq!(Service::of(class), Service::Other, "{class}");
        }
    }
}
