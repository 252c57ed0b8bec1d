//! A received object as the values of its rows.

use model::ObjectKey;
use serde_json::{Map, Value};

use super::super::{fold, readings, terms, versions::Version};
use crate::{DatabaseError, NewInstance, moment, sql::Bind};

/// The values in the order of the placeholders of [`super::statements`].
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) object: ObjectKey,
    pub(crate) version: Version,
    pub(crate) binds: Vec<Bind>,
}

/// Where [`Prepared::binds`] holds the state of the version and the kind of change.
pub(super) const STATE: usize = 21;
pub(super) const KIND: usize = 35;

impl Prepared {
    pub(crate) fn new(
        instance: NewInstance,
        now: time::OffsetDateTime,
    ) -> Result<Self, DatabaseError> {
        let key = &instance.object.instance;
        let ulid = instance.object.ulid.to_string();
        let origin = serde_json::to_string(&instance.origin).map_err(|source| {
            DatabaseError::Attributes {
                level: "origin",
                source,
            }
        })?;
        let (patient, patient_json) = level("patient", instance.patient)?;
        let (study, study_json) = level("study", instance.study)?;
        let (series, series_json) = level("series", instance.series)?;
        let (own, own_json) = level("instance", instance.instance)?;
        let first =
            |attributes: &Map<String, Value>, tag: &str| Bind::text(fold::text(attributes, tag));
        let name = fold::names(&patient, "00100010");
        let name_readings = readings::of(&name);
        let name_terms = terms::of(&name, &name_readings);
        let physician = fold::names(&study, "00080090");
        let physician_readings = readings::of(&physician);
        let physician_terms = terms::of(&physician, &physician_readings);
        let binds = vec![
            Bind::text(key.institution.as_str()),
            Bind::text(key.study.as_str()),
            Bind::text(key.series.as_str()),
            Bind::text(key.sop.as_str()),
            Bind::text(ulid.as_str()),
            Bind::text(instance.issuer),
            Bind::text(instance.patient_id),
            Bind::text(name),
            Bind::text(fold::date(&fold::text(&patient, "00100030"))),
            first(&patient, "00100040"),
            Bind::text(patient_json),
            Bind::text(fold::date(&fold::text(&study, "00080020"))),
            Bind::text(fold::time(&fold::text(&study, "00080030"), '0')),
            first(&study, "00080050"),
            first(&study, "00200010"),
            first(&study, "00081030"),
            Bind::text(physician),
            Bind::text(study_json),
            first(&series, "00080060"),
            Bind::Number(fold::number(&series, "00200011")),
            Bind::text(series_json),
            Bind::text("shown"),
            Bind::text(instance.sop_class.as_str()),
            Bind::text(instance.transfer_syntax.as_str()),
            Bind::Number(fold::number(&own, "00200013")),
            Bind::size("the length of an object", instance.length)?,
            Bind::number(instance.dataset_offset.into()),
            Bind::bytes(instance.digest),
            match instance.pixel_offset {
                Some(offset) => Bind::size("a pixel data offset", offset)?,
                None => Bind::Number(None),
            },
            Bind::number(instance.frame_count.into()),
            Bind::number(moment::to_column(instance.received)?),
            Bind::text(origin.as_str()),
            Bind::text(own_json),
            Bind::Bytes(instance.frames),
            Bind::bytes(instance.header),
            Bind::text("stored"),
            Bind::number(moment::to_column(now)?),
            Bind::text(name_readings),
            Bind::text(name_terms),
            Bind::text(physician_readings),
            Bind::text(physician_terms),
        ];
        Ok(Self {
            version: Version {
                ulid,
                origin,
                digest: instance.digest,
                transfer_syntax: instance.transfer_syntax.as_str().to_owned(),
            },
            object: instance.object,
            binds,
        })
    }
}

/// A level's attributes, and their text. NUL is taken out: PostgreSQL's JSON functions refuse it.
fn level(level: &'static str, json: String) -> Result<(Map<String, Value>, String), DatabaseError> {
    let mut attributes: Map<String, Value> = serde_json::from_str(&json)
        .map_err(|source| DatabaseError::Attributes { level, source })?;
    if !json.contains("\\u0000") {
        return Ok((attributes, json));
    }
    attributes.values_mut().for_each(fold::without_nul);
    let json = Value::Object(attributes.clone()).to_string();
    Ok((attributes, json))
}
