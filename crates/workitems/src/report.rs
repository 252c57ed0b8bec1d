//! Event reports (PS3.4 Table CC.2.4-1) as DICOM JSON, without the Message ID, which each connection
//! counts for itself.

use dataset::json::JsonObject;
use model::{StepState, Uid};
use serde_json::{Value, json};

use crate::attributes::{
    CANCEL_REASON, CONTACT_NAME, CONTACT_URI, DISCONTINUATION, PROGRESS, READINESS,
    SCHEDULED_PERFORMERS, STATE, STATION_NAMES, element, has_value, items,
};

/// Unified Procedure Step Event (PS3.4 §CC.3.1.4).
const EVENT: &str = "1.2.840.10008.5.1.4.34.6.4";
/// The instance that stands for the whole worklist.
const WORKLIST: &str = "1.2.840.10008.5.1.4.34.5";

fn report(uid: &str, kind: u16, information: JsonObject) -> String {
    let mut report = JsonObject::new();
    report.insert("00000002".into(), element("UI", EVENT));
    report.insert("00001000".into(), element("UI", uid));
    report.insert("00001002".into(), element("US", kind));
    report.extend(information);
    report.sort_keys();
    Value::Object(report).to_string()
}

fn selected(from: &JsonObject, keys: &[&str]) -> JsonObject {
    keys.iter()
        .filter(|key| has_value(from, key))
        .filter_map(|key| Some(((*key).to_owned(), from.get(*key)?.clone())))
        .collect()
}

/// UPS State Report, of the workitem in `state`.
pub(crate) fn state(uid: &Uid, state: StepState, attributes: &JsonObject) -> String {
    let mut information = selected(attributes, &[READINESS]);
    information.insert(STATE.into(), element("CS", state.as_str()));
    if state == StepState::Canceled
        && let Some(progress) = items(attributes, PROGRESS).next()
    {
        information.extend(selected(progress, &[CANCEL_REASON, DISCONTINUATION]));
    }
    report(uid.as_str(), 1, information)
}

/// UPS Cancel Requested: `asked` is what the request says.
pub(crate) fn cancel_requested(uid: &Uid, requesting_ae: &str, asked: &JsonObject) -> String {
    let keys = [CANCEL_REASON, DISCONTINUATION, CONTACT_URI, CONTACT_NAME];
    let mut information = selected(asked, &keys);
    information.insert("00741236".into(), element("AE", requesting_ae));
    report(uid.as_str(), 2, information)
}

/// UPS Progress Report.
pub(crate) fn progress(uid: &Uid, attributes: &JsonObject) -> String {
    let mut information = JsonObject::new();
    let sequence = attributes.get(PROGRESS).cloned();
    let sequence = sequence.unwrap_or_else(|| json!({"vr": "SQ"}));
    information.insert(PROGRESS.into(), sequence);
    report(uid.as_str(), 3, information)
}

/// SCP Status Change: `status` is RESTARTED or GOING DOWN; both lists outlive it.
pub(crate) fn status(status: &str) -> String {
    let information = [
        ("00741242", status),
        ("00741244", "WARM START"),
        ("00741246", "WARM START"),
    ];
    let information = information
        .into_iter()
        .map(|(key, value)| (key.to_owned(), element("CS", value)))
        .collect();
    report(WORKLIST, 4, information)
}

/// UPS Assigned: one report a scheduled performer, one where only the station is known.
pub(crate) fn assigned(
    uid: &Uid,
    attributes: &JsonObject,
    station: bool,
    performers: bool,
) -> Vec<String> {
    let station = if station {
        selected(attributes, &[STATION_NAMES])
    } else {
        JsonObject::new()
    };
    let mut reports = Vec::new();
    if performers {
        for performer in items(attributes, SCHEDULED_PERFORMERS) {
            let mut information = station.clone();
            information.extend(selected(performer, &["00404009", "00404036"]));
            reports.push(report(uid.as_str(), 5, information));
        }
    }
    if reports.is_empty() && !station.is_empty() {
        reports.push(report(uid.as_str(), 5, station));
    }
    reports
}
