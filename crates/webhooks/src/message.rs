//! What a subscriber is told: which instances changed, by their UIDs and nothing else.

use database::{
    DatabaseError,
    changes::NumberedChange,
    webhooks::{Message, Webhook},
};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    institution: &'a str,
    changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    number: u64,
    kind: &'static str,
    study: &'a str,
    series: &'a str,
    instance: &'a str,
    at: String,
}

/// The id of a message: the same however often it is sent.
pub(crate) fn id(webhook: &Webhook, message: Message) -> String {
    format!("msg_{}_{}_{}", webhook.id, message.first, message.last)
}

/// The body of a message: the same however often it is sent.
pub(crate) fn body(
    webhook: &Webhook,
    changes: &[NumberedChange],
) -> Result<Vec<u8>, DatabaseError> {
    let told = Body {
        r#type: "instances.changed",
        timestamp: changes
            .last()
            .map_or_else(String::new, |last| text(last.at)),
        data: Data {
            institution: webhook.institution.as_str(),
            changes: changes
                .iter()
                .map(|change| Change {
                    number: change.number,
                    kind: change.kind.as_str(),
                    study: change.instance.study.as_str(),
                    series: change.instance.series.as_str(),
                    instance: change.instance.sop.as_str(),
                    at: text(change.at),
                })
                .collect(),
        },
    };
    serde_json::to_vec(&told).map_err(|_| DatabaseError::Corrupt {
        what: "a change that is no JSON".into(),
    })
}

fn text(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
