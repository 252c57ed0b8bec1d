//! C-FIND (PS3.7 §9.1.2, PS3.4 §C.4.1): an identifier in, a search, identifiers out.

use dataset::{Charset, encode, json};
use model::{
    Operation,
    search::{Condition, Level, Search, TagNumber},
};
use query::Answer;
use serde_json::{Map, Value, json as value};

use crate::{
    DimseError,
    association::{Association, Message},
    identifier::{
        IDENTIFIER_BYTES, INSTANCE, Identifier, LEVEL, PATIENT_ID, RETRIEVE_AE, SERIES,
        SPECIFIC_CHARACTER_SET, STUDY, level_text, texts, vr,
    },
    session::{Session, failed, refuse},
    sop_class::Root,
    status::{Failure, Status},
};

/// Keys that describe the query or the archive, not what is sought.
const NOT_MATCHED: &[&str] = &[
    SPECIFIC_CHARACTER_SET,
    LEVEL,
    "00080053", // Query/Retrieve View
    RETRIEVE_AE,
    "00080056", // Instance Availability
    "00080201", // Timezone Offset From UTC
];

/// Matches that are read first: a peer that shows a page and cancels waits for no more.
const FIRST_PAGE: u32 = 50;

/// Matches that are read at a time at most, and held until they are sent.
const PAGE: u32 = 500;

/// Answers every match, page by page, until there are no more or the peer cancels.
pub(crate) async fn answer(
    session: &Session,
    association: &mut Association,
    message: &Message,
    root: Root,
) -> Result<(), DimseError> {
    let bytes = association.collect(IDENTIFIER_BYTES).await?;
    let syntax = &message.context.transfer_syntax;
    let asked = Identifier::read(&bytes, syntax, root)
        .and_then(|identifier| Ok((search(&identifier, association.fuzzy)?, identifier)));
    let (mut search, identifier) = match asked {
        Ok(asked) => asked,
        Err(failure) => return refuse(association, message, failure).await,
    };
    loop {
        let page = match page(session, &search).await {
            Ok(page) => page,
            Err(failure) => return refuse(association, message, failure).await,
        };
        let pending = if page.unsupported.is_empty() {
            Status::PENDING
        } else {
            Status::PENDING_UNSUPPORTED_KEYS
        };
        for record in &page.records {
            if association.is_cancelled(message.command.message_id)? {
                let cancelled = Failure::new(Status::CANCEL, "cancelled");
                let mut response = failed(&message.command, cancelled);
                return association
                    .send(message.context.id, &mut response, None)
                    .await;
            }
            let matched = matched(session, &identifier, record);
            let charset = charset(identifier.charset.as_ref(), &matched);
            let elements = json::to_elements(&matched, &charset);
            let bytes = encode::elements(&elements, syntax);
            let mut response = message.command.response(pending.0);
            association
                .send(message.context.id, &mut response, Some(&bytes))
                .await?;
        }
        if page.next.is_none() {
            let mut response = message.command.response(Status::SUCCESS.0);
            return association
                .send(message.context.id, &mut response, None)
                .await;
        }
        search.after = page.next;
        search.limit = search.limit.map(|limit| (limit * 2).min(PAGE));
    }
}

async fn page(session: &Session, search: &Search) -> Result<Answer, Failure> {
    let permit = session.permit(Operation::Query).await?;
    Ok(session.services.query.search(&permit, search).await?)
}

/// What an identifier asks.
fn search(identifier: &Identifier, fuzzy: bool) -> Result<Search, Failure> {
    let mut conditions = Vec::new();
    for (tag, attribute) in &identifier.keys {
        if NOT_MATCHED.contains(&tag.as_str()) {
            continue;
        }
        let Some(number) = number(tag) else { continue };
        if attribute.get("vr").and_then(Value::as_str) == Some("SQ") {
            let items = attribute.get("Value").and_then(Value::as_array);
            let item = items
                .and_then(|items| items.first())
                .and_then(Value::as_object);
            for (inner, attribute) in item.into_iter().flatten() {
                let path = [Some(number), self::number(inner)]
                    .into_iter()
                    .flatten()
                    .collect();
                conditions.extend(condition(path, attribute)?);
            }
        } else {
            conditions.extend(condition(vec![number], attribute)?);
        }
    }
    Ok(Search {
        conditions,
        limit: Some(FIRST_PAGE),
        fuzzy,
        ..Search::at(identifier.level)
    })
}

fn condition(path: Vec<TagNumber>, attribute: &Value) -> Result<Option<Condition>, Failure> {
    let text = texts(attribute).join("\\");
    let matching = query::matching(vr(attribute), &text).map_err(|_| {
        let tag = path.last().copied().unwrap_or_default();
        let comment = format!(
            "key ({:04X},{:04X}) cannot be understood",
            tag >> 16,
            tag & 0xFFFF
        );
        Failure::new(Status::DOES_NOT_MATCH_CLASS, &comment)
    })?;
    Ok(matching.map(|matching| Condition { path, matching }))
}

fn number(tag: &str) -> Option<TagNumber> {
    TagNumber::from_str_radix(tag, 16).ok()
}

/// The identifier of one match: the keys that were asked, in order of their tags, empty where the
/// archive has no value, and the unique keys (PS3.4 §C.4.1.1.3.2).
fn matched(
    session: &Session,
    identifier: &Identifier,
    record: &Map<String, Value>,
) -> Map<String, Value> {
    let mut tags: Vec<&str> = identifier.keys.keys().map(String::as_str).collect();
    tags.extend(unique_keys(identifier.level));
    tags.sort_unstable();
    tags.dedup();
    let mut answer = Map::new();
    for tag in tags {
        let attribute = match tag {
            SPECIFIC_CHARACTER_SET => continue,
            LEVEL => value!({"vr": "CS", "Value": [level_text(identifier.level)]}),
            RETRIEVE_AE => value!({"vr": "AE", "Value": [session.settings.ae_title.as_str()]}),
            other => match (record.get(other), identifier.keys.get(other)) {
                (Some(found), _) => found.clone(),
                (None, Some(asked)) => value!({"vr": asked.get("vr")}),
                (None, None) => continue,
            },
        };
        answer.insert(tag.into(), attribute);
    }
    answer
}

/// The unique keys of a level and of those above it.
fn unique_keys(level: Level) -> &'static [&'static str] {
    match level {
        Level::Patient => &[LEVEL, PATIENT_ID],
        Level::Study => &[LEVEL, STUDY],
        Level::Series => &[LEVEL, STUDY, SERIES],
        Level::Instance => &[LEVEL, INSTANCE, STUDY, SERIES],
    }
}

/// The character set of an answer: the one that the question is in where it has all characters,
/// else Unicode (PS3.4 §C.4.1.1.3.1).
fn charset(asked: Option<&Charset>, answer: &Map<String, Value>) -> Charset {
    let fits = |charset: &&Charset| answer.values().all(|value| is_encodable(value, charset));
    asked.filter(fits).cloned().unwrap_or_else(Charset::utf8)
}

fn is_encodable(value: &Value, charset: &Charset) -> bool {
    match value {
        Value::String(text) => charset.encode(text).is_some(),
        Value::Array(values) => values.iter().all(|value| is_encodable(value, charset)),
        Value::Object(values) => values.values().all(|value| is_encodable(value, charset)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
