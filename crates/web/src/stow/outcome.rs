//! The response to a store: what was taken and what was not, and why (PS3.18 §10.5.3, Table 10.5.3-1).

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use ingest::Accepted;
use model::Uid;
use serde_json::{Map, Value, json};

use crate::{
    WebError,
    accept::DICOM_JSON,
    address::Address,
    notation::{DICOM_XML, Notation},
};

/// What became of the objects of one request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    stored: Vec<Value>,
    failed: Vec<Value>,
    others: Vec<Value>,
    study: Option<Uid>,
    several_studies: bool,
}

impl Outcome {
    /// An object is durable and indexed.
    pub(super) fn stored(&mut self, accepted: &Accepted, address: &Address) {
        let study = &accepted.key.study;
        self.several_studies |= self.study.as_ref().is_some_and(|first| first != study);
        self.study.get_or_insert_with(|| study.clone());
        let mut item = reference(&accepted.sop_class, &accepted.key.sop);
        item.insert("00081190".into(), url(&address.instance(&accepted.key)));
        self.stored.push(Value::Object(item));
    }

    /// An object was not taken; `instance` is its SOP class and instance as far as they were seen,
    /// `comment` tells people why and names no value of the object.
    pub(super) fn failed(&mut self, instance: Option<(Uid, Uid)>, reason: u16, comment: &str) {
        let mut item = match &instance {
            Some((class, sop)) => reference(class, sop),
            None => Map::new(),
        };
        item.insert("00081197".into(), json!({"vr": "US", "Value": [reason]}));
        // Error Comment: what C-STORE has for it. The table has no attribute for it.
        let comment = super::reason::cut(comment);
        item.insert("00000902".into(), json!({"vr": "LO", "Value": [comment]}));
        item.sort_keys();
        let list = match instance {
            Some(_) => &mut self.failed,
            None => &mut self.others,
        };
        list.push(Value::Object(item));
    }

    /// The body broke off: something that was sent was not taken.
    pub(super) fn incomplete(&mut self) {
        let comment = "the body broke off";
        self.failed(None, super::reason::CANNOT_UNDERSTAND, comment);
    }

    /// How many objects there were.
    pub(super) fn count(&self) -> usize {
        self.stored.len() + self.failed.len() + self.others.len()
    }

    /// Whether any object was taken.
    pub(super) fn has_stored(&self) -> bool {
        !self.stored.is_empty()
    }

    /// 200 when all were taken, 202 when some were, 409 when none was.
    pub(super) fn respond(
        self,
        address: &Address,
        notation: Notation,
    ) -> Result<Response, WebError> {
        let refused = !self.failed.is_empty() || !self.others.is_empty();
        let status = match (self.stored.is_empty(), refused) {
            (false, false) => StatusCode::OK,
            (false, true) => StatusCode::ACCEPTED,
            (true, _) => StatusCode::CONFLICT,
        };
        let mut body = Map::new();
        if let Some(study) = self.study.filter(|_| !self.several_studies) {
            body.insert("00081190".into(), url(&address.study(&study)));
        }
        for (key, items) in [
            ("00081198", self.failed),
            ("00081199", self.stored),
            ("0008119A", self.others),
        ] {
            if !items.is_empty() {
                body.insert(key.into(), json!({"vr": "SQ", "Value": items}));
            }
        }
        body.sort_keys();
        let (media, text) = match notation {
            Notation::Xml => (DICOM_XML, dataset::xml::write(&body)),
            Notation::Json => (DICOM_JSON, Value::Object(body).to_string()),
        };
        Ok((status, [(header::CONTENT_TYPE, media)], Body::from(text)).into_response())
    }
}

/// Referenced SOP Class and Instance UID.
fn reference(class: &Uid, sop: &Uid) -> Map<String, Value> {
    Map::from_iter([
        (
            "00081150".into(),
            json!({"vr": "UI", "Value": [class.as_str()]}),
        ),
        (
            "00081155".into(),
            json!({"vr": "UI", "Value": [sop.as_str()]}),
        ),
    ])
}

/// Retrieve URL (0008,1190).
fn url(url: &str) -> Value {
    json!({"vr": "UR", "Value": [url]})
}

#[cfg(test)]
mod tests {
    use model::{InstanceKey, InstitutionId};

    use super::*;
    use crate::stow::reason;

    fn uid(text: &str) -> Uid {
        Uid::new(text).unwrap()
    }

    fn accepted(study: &str) -> Accepted {
        Accepted {
            key: InstanceKey {
                institution: InstitutionId::new("local").unwrap(),
                study: uid(study),
                series: uid("1.3"),
                sop: uid("1.4"),
            },
            sop_class: uid("1.5"),
            outcome: database::Committed::Stored,
        }
    }

    async fn answer(outcome: Outcome) -> (StatusCode, Value) {
        let address = Address::new(Some("http://a"), &Default::default());
        let response = outcome.respond(&address, Notation::Json).unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 65536)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn all_some_and_none_have_their_status() {
        let address = Address::new(Some("http://a"), &Default::default());
        let mut all = Outcome::default();
        all.stored(&accepted("1.2"), &address);
        let (status, body) = answer(all).await;
        assert_eq!(status, 200);
        assert_eq!(
            body["00081190"]["Value"][0],
            "http://a/dicom-web/studies/1.2"
        );
        let item = &body["00081199"]["Value"][0];
        assert_eq!(item["00081155"]["Value"][0], "1.4");
        let address_of_instance = "http://a/dicom-web/studies/1.2/series/1.3/instances/1.4";
        assert_eq!(item["00081190"]["Value"][0], address_of_instance);
        assert!(body.get("00081198").is_none() && body.get("0008119A").is_none());

        let mut some = Outcome::default();
        some.stored(&accepted("1.2"), &address);
        let long = "x".repeat(100);
        some.failed(Some((uid("1.5"), uid("1.6"))), reason::MISMATCH, &long);
        let (status, body) = answer(some).await;
        assert_eq!(status, 202);
        let failed = &body["00081198"]["Value"][0];
        assert_eq!(failed["00081197"]["Value"][0], 0xA900);
        // LO: 64 characters at most (PS3.5 Table 6.2-1).
        assert_eq!(failed["00000902"]["Value"][0], long[..64]);

        let mut none = Outcome::default();
        none.failed(None, reason::CANNOT_UNDERSTAND, "no");
        let (status, body) = answer(none).await;
        assert_eq!(status, 409);
        assert_eq!(body["0008119A"]["Value"][0]["00081197"]["Value"][0], 0xC000);
    }

    /// PS3.18 §10.5.3: the answer in the notation that was asked for.
    #[tokio::test]
    async fn the_answer_may_be_xml() {
        let address = Address::new(Some("http://a"), &Default::default());
        let mut outcome = Outcome::default();
        outcome.failed(None, reason::CANNOT_UNDERSTAND, "no");
        let response = outcome.respond(&address, Notation::Xml).unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], DICOM_XML);
        let body = axum::body::to_bytes(response.into_body(), 65536).await;
        let read = dataset::xml::read(&body.unwrap(), &Default::default()).unwrap();
        assert_eq!(
            read["0008119A"]["Value"][0]["00081197"]["Value"][0],
            "49152"
        );
    }

    #[tokio::test]
    async fn objects_of_two_studies_have_no_common_address() {
        let address = Address::new(Some("http://a"), &Default::default());
        let mut outcome = Outcome::default();
        outcome.stored(&accepted("1.2"), &address);
        outcome.stored(&accepted("1.22"), &address);
        let (_, body) = answer(outcome).await;
        assert!(body.get("00081190").is_none());
    }
}
