//! DICOM JSON as a Native DICOM Model document (PS3.19 §A.1.5).

use dicom_core::Tag;
use serde_json::Value as Json;

use super::names::{COMPONENTS, GROUPS, block, keyword};
use crate::json::{JsonObject, parse_tag, tag_key};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" \
    xml:space=\"preserve\">";

pub(super) fn document(attributes: &JsonObject) -> String {
    let mut out = String::with_capacity(HEAD.len() + attributes.len() * 128);
    out.push_str(HEAD);
    data_set(&mut out, attributes);
    out.push_str("</NativeDicomModel>\n");
    out
}

/// Attributes of a data set or item. What nests deeper than our JSON does is not made, so the
/// recursion is bounded.
fn data_set(out: &mut String, attributes: &JsonObject) {
    for (key, attribute) in attributes {
        let Some(tag) = parse_tag(key) else {
            continue;
        };
        let creator = block(tag).and_then(|block| creator(attributes, tag.0, block));
        let (shown, creator) = match creator {
            Some((first, name)) if first == tag.1 >> 8 => (Tag(tag.0, tag.1 & 0xFF), Some(name)),
            // A creator that reserved two blocks: only the first can be named by it alone.
            Some((_, name)) => (tag, Some(name)),
            None => (tag, None),
        };
        out.push_str("<DicomAttribute tag=\"");
        out.push_str(&tag_key(shown));
        out.push('"');
        if let Some(vr) = attribute.get("vr").and_then(Json::as_str) {
            put_attribute(out, "vr", vr);
        }
        if let Some(keyword) = keyword(tag) {
            put_attribute(out, "keyword", keyword);
        }
        if let Some(creator) = creator {
            put_attribute(out, "privateCreator", creator);
        }
        out.push('>');
        content(out, attribute);
        out.push_str("</DicomAttribute>");
    }
}

/// The creator of a private block, and the first block of the group that it reserved.
fn creator(attributes: &JsonObject, group: u16, block: u16) -> Option<(u16, &str)> {
    let name = |block: u16| {
        let attribute = attributes.get(&tag_key(Tag(group, block)))?;
        let name = attribute.get("Value")?.get(0)?.as_str()?.trim();
        (!name.is_empty()).then_some(name)
    };
    let own = name(block)?;
    let first = (0x10..block).find(|&other| name(other) == Some(own));
    Some((first.unwrap_or(block), own))
}

fn content(out: &mut String, attribute: &Json) {
    if let Some(Json::Array(values)) = attribute.get("Value") {
        let is_name = attribute.get("vr").and_then(Json::as_str) == Some("PN");
        for (index, value) in values.iter().enumerate() {
            match value {
                Json::Object(item) if !is_name => {
                    open(out, "Item", index);
                    data_set(out, item);
                    out.push_str("</Item>");
                }
                value if is_name => {
                    open(out, "PersonName", index);
                    person_name(out, value);
                    out.push_str("</PersonName>");
                }
                value => {
                    open(out, "Value", index);
                    match value {
                        Json::String(text) => escape(out, text, false),
                        Json::Number(number) => out.push_str(&number.to_string()),
                        _ => {}
                    }
                    out.push_str("</Value>");
                }
            }
        }
    } else if let Some(inline) = attribute.get("InlineBinary").and_then(Json::as_str) {
        out.push_str("<InlineBinary>");
        escape(out, inline, false);
        out.push_str("</InlineBinary>");
    } else if let Some(uri) = attribute.get("BulkDataURI").and_then(Json::as_str) {
        out.push_str("<BulkData");
        put_attribute(out, "uri", uri);
        out.push_str("/>");
    }
}

fn open(out: &mut String, name: &str, index: usize) {
    out.push('<');
    out.push_str(name);
    put_attribute(out, "number", &(index + 1).to_string());
    out.push('>');
}

/// A group has an element for each component, the empty ones before its last too.
fn person_name(out: &mut String, name: &Json) {
    for (place, group) in GROUPS.into_iter().enumerate() {
        let text = match name {
            Json::Object(groups) => groups.get(group).and_then(Json::as_str),
            Json::String(whole) => whole.splitn(3, '=').nth(place),
            _ => None,
        };
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            continue;
        };
        out.push_str(&format!("<{group}>"));
        for (component, part) in COMPONENTS.iter().zip(text.splitn(COMPONENTS.len(), '^')) {
            out.push_str(&format!("<{component}>"));
            escape(out, part, false);
            out.push_str(&format!("</{component}>"));
        }
        out.push_str(&format!("</{group}>"));
    }
}

fn put_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value, true);
    out.push('"');
}

/// Text as XML 1.0 takes it: a carriage return, and in attributes tab and line feed, would be
/// changed by a reader if they stood as they are (XML 1.0 §2.11, §3.3.3).
fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' if in_attribute => out.push_str(&format!("&#{};", character as u32)),
            '\t' | '\n' => out.push(character),
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(character),
        }
    }
}
