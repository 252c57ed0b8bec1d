//! A Native DICOM Model document as DICOM JSON, without recursion (PS3.19 §A.1.5).

use std::collections::{HashMap, HashSet};

use dicom_core::{Tag, VR};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use serde_json::{Map, Value as Json, json};

use super::{
    Bounds,
    names::{COMPONENTS, GROUPS},
};
use crate::{
    DatasetError,
    json::{JsonObject, parse_tag, tag_key},
};

/// Elements of XML that one level of sequences takes, and those of a value in the deepest.
const PER_LEVEL: usize = 2;
const OF_A_VALUE: usize = 6;

pub(super) fn document(document: &[u8], bounds: &Bounds) -> Result<JsonObject, DatasetError> {
    let mut builder = Builder {
        open: Vec::new(),
        left: bounds.elements,
        root: None,
    };
    let deepest = usize::from(bounds.depth) * PER_LEVEL + OF_A_VALUE;
    let text = std::str::from_utf8(document).map_err(|error| DatasetError::Xml {
        offset: error.valid_up_to() as u64,
        reason: "is not UTF-8",
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    loop {
        let at = reader.buffer_position();
        let fault = |reason| DatasetError::Xml { offset: at, reason };
        let event = reader.read_event().map_err(|_| fault(NOT_WELL_FORMED))?;
        let done = match event {
            Event::Start(_) if builder.open.len() >= deepest => Err("nests deeper than is taken"),
            Event::Start(start) => builder.start(&start),
            Event::Empty(start) => builder.start(&start).and_then(|()| builder.end()),
            Event::End(_) => builder.end(),
            Event::Text(text) => match text.xml10_content() {
                Ok(text) => builder.text(&text),
                Err(_) => Err(NOT_WELL_FORMED),
            },
            Event::CData(text) => match text.xml10_content() {
                Ok(text) => builder.text(&text),
                Err(_) => Err(NOT_WELL_FORMED),
            },
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(character)) => builder.text(character.encode_utf8(&mut [0; 4])),
                Ok(None) => {
                    predefined(&name).map_or(Err("refers to an entity"), |text| builder.text(text))
                }
                Err(_) => Err(NOT_WELL_FORMED),
            },
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case(b"utf-8") => {
                    Err("is in another encoding than UTF-8")
                }
                _ => Ok(()),
            },
            Event::DocType(_) => Err("has a document type"),
            Event::Comment(_) | Event::PI(_) => Ok(()),
            Event::Eof => break,
        };
        done.map_err(fault)?;
    }
    let whole = builder.open.is_empty();
    builder.root.filter(|_| whole).ok_or(DatasetError::Xml {
        offset: document.len() as u64,
        reason: "ends early",
    })
}

const NOT_WELL_FORMED: &str = "is not well-formed";
const NOT_THE_MODEL: &str = "is no Native DICOM Model";

/// The five entities of XML itself (XML 1.0 §4.6).
fn predefined(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"apos" => "'",
        b"quot" => "\"",
        _ => return None,
    })
}

/// An element that is not closed yet.
enum Open {
    /// The document or an item, with where in its sequence it stands.
    DataSet {
        number: usize,
        attributes: Vec<Attribute>,
    },
    Attribute(Attribute),
    Value {
        number: usize,
        text: String,
    },
    PersonName {
        number: usize,
        groups: Map<String, Json>,
    },
    Group {
        name: &'static str,
        components: [Option<String>; COMPONENTS.len()],
    },
    Component {
        place: usize,
        text: String,
    },
    InlineBinary(String),
    /// A bulk data reference, or what the model does not know.
    Other,
}

struct Attribute {
    tag: Tag,
    vr: Option<String>,
    creator: Option<String>,
    values: Vec<Json>,
    rest: Option<(&'static str, String)>,
}

struct Builder {
    open: Vec<Open>,
    /// How much more may come.
    left: u32,
    root: Option<JsonObject>,
}

impl Builder {
    fn spend(&mut self, count: usize) -> Result<(), &'static str> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.left = self
            .left
            .checked_sub(count)
            .ok_or("has more elements than are taken")?;
        Ok(())
    }

    fn start(&mut self, start: &BytesStart) -> Result<(), &'static str> {
        self.spend(1)?;
        let name = start.local_name();
        let name = name.as_ref();
        let open = match (self.open.last_mut(), name) {
            (None, b"NativeDicomModel") if self.root.is_none() => Open::DataSet {
                number: 1,
                attributes: Vec::new(),
            },
            (None, _) => return Err(NOT_THE_MODEL),
            (Some(Open::DataSet { .. }), b"DicomAttribute") => {
                Open::Attribute(Attribute::begin(start)?)
            }
            (Some(Open::Attribute(attribute)), b"BulkData") => {
                let uri = match (value_of(start, "uri")?, value_of(start, "uuid")?) {
                    (Some(uri), _) => uri,
                    (None, Some(uuid)) => format!("urn:uuid:{uuid}"),
                    (None, None) => return Err("has bulk data without an address"),
                };
                attribute.rest = Some(("BulkDataURI", uri));
                Open::Other
            }
            (Some(Open::Attribute(_)), b"InlineBinary") => Open::InlineBinary(String::new()),
            (Some(Open::Attribute(attribute)), b"Value" | b"PersonName" | b"Item") => {
                let next = attribute.values.len() + 1;
                let number = match value_of(start, "number")? {
                    Some(text) => text
                        .trim()
                        .parse()
                        .ok()
                        .filter(|&number: &usize| number >= next)
                        .ok_or("has a value whose number is none, or comes again")?,
                    None => next,
                };
                self.spend(number - next)?;
                match name {
                    b"Value" => Open::Value {
                        number,
                        text: String::new(),
                    },
                    b"PersonName" => Open::PersonName {
                        number,
                        groups: Map::new(),
                    },
                    _ => Open::DataSet {
                        number,
                        attributes: Vec::new(),
                    },
                }
            }
            (Some(Open::PersonName { .. }), name) => GROUPS
                .into_iter()
                .find(|group| group.as_bytes() == name)
                .map_or(Open::Other, |name| Open::Group {
                    name,
                    components: Default::default(),
                }),
            (Some(Open::Group { .. }), name) => COMPONENTS
                .iter()
                .position(|component| component.as_bytes() == name)
                .map_or(Open::Other, |place| Open::Component {
                    place,
                    text: String::new(),
                }),
            _ => Open::Other,
        };
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, more: &str) -> Result<(), &'static str> {
        match self.open.last_mut() {
            Some(Open::Value { text, .. } | Open::Component { text, .. }) => text.push_str(more),
            Some(Open::InlineBinary(text)) => {
                text.extend(more.chars().filter(|character| !character.is_whitespace()));
            }
            Some(Open::Other) => {}
            _ if more.trim().is_empty() => {}
            _ => return Err("has text where none belongs"),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let closed = self.open.pop();
        match (closed, self.open.last_mut()) {
            (Some(Open::DataSet { attributes, .. }), None) => self.root = Some(joined(attributes)?),
            (Some(Open::DataSet { number, attributes }), Some(Open::Attribute(parent))) => {
                parent.put(number, Json::Object(joined(attributes)?));
            }
            (Some(Open::Attribute(attribute)), Some(Open::DataSet { attributes, .. })) => {
                attributes.push(attribute);
            }
            (Some(Open::Value { number, text }), Some(Open::Attribute(parent))) => {
                let value = if text.is_empty() {
                    Json::Null
                } else {
                    text.into()
                };
                parent.put(number, value);
            }
            (Some(Open::PersonName { number, groups }), Some(Open::Attribute(parent))) => {
                let value = if groups.is_empty() {
                    Json::Null
                } else {
                    groups.into()
                };
                parent.put(number, value);
            }
            (Some(Open::Group { name, components }), Some(Open::PersonName { groups, .. })) => {
                let last = components.iter().rposition(Option::is_some);
                let parts = components.into_iter().map(Option::unwrap_or_default);
                let parts: Vec<String> = parts.take(last.map_or(0, |last| last + 1)).collect();
                let text = parts.join("^");
                if !text.is_empty() {
                    groups.insert(name.into(), text.into());
                }
            }
            (Some(Open::Component { place, text }), Some(Open::Group { components, .. })) => {
                components[place] = Some(text);
            }
            (Some(Open::InlineBinary(text)), Some(Open::Attribute(parent))) => {
                parent.rest = Some(("InlineBinary", text));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Attribute {
    fn begin(start: &BytesStart) -> Result<Self, &'static str> {
        let tag = value_of(start, "tag")?;
        let creator = value_of(start, "privateCreator")?;
        Ok(Self {
            tag: tag
                .and_then(|tag| parse_tag(&tag))
                .ok_or("has an attribute without a tag")?,
            vr: value_of(start, "vr")?,
            creator: creator
                .map(|creator| creator.trim().to_owned())
                .filter(|creator| !creator.is_empty()),
            values: Vec::new(),
            rest: None,
        })
    }

    /// Puts the value of that number, counted from 1 and past all before it; a gap is empty values.
    fn put(&mut self, number: usize, value: Json) {
        self.values.resize(number - 1, Json::Null);
        self.values.push(value);
    }

    fn json(self) -> Json {
        let mut attribute = Map::new();
        if let Some(vr) = self.vr {
            attribute.insert("vr".into(), vr.into());
        }
        if self.values.iter().any(|value| !value.is_null()) {
            attribute.insert("Value".into(), self.values.into());
        } else if let Some((name, text)) = self.rest {
            attribute.insert(name.into(), text.into());
        }
        attribute.into()
    }
}

/// The value of an XML attribute. They are not compared with each other: that takes the square of
/// their number.
fn value_of(start: &BytesStart, name: &str) -> Result<Option<String>, &'static str> {
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| NOT_WELL_FORMED)?;
        if attribute.key.local_name().as_ref() == name.as_bytes() {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return Ok(Some(value.map_err(|_| NOT_WELL_FORMED)?.into_owned()));
        }
    }
    Ok(None)
}

/// The attributes of a data set in ascending order, private ones of block 00 in the block that their
/// creator reserved, or reserves now (PS3.5 §7.8.1).
fn joined(attributes: Vec<Attribute>) -> Result<JsonObject, &'static str> {
    let mut creators = Creators::default();
    for own in &attributes {
        let is_creator = own.tag.0 & 1 == 1 && (0x10..=0xFF).contains(&own.tag.1);
        let name = own.values.first().and_then(Json::as_str);
        if let Some(name) = name.filter(|_| is_creator) {
            creators.written(own.tag, name.trim());
        }
    }
    let mut found = JsonObject::with_capacity(attributes.len());
    for mut own in attributes {
        let Tag(group, element) = own.tag;
        if let Some(creator) = own.creator.take().filter(|_| group & 1 == 1) {
            if element < 0x100 {
                let block = creators.block(group, creator)?;
                own.tag = Tag(group, block << 8 | element);
            } else {
                creators.reserve(Tag(group, element >> 8), creator);
            }
        }
        if found.insert(tag_key(own.tag), own.json()).is_some() {
            return Err("has an attribute twice");
        }
    }
    for (tag, creator) in creators.added {
        let vr = VR::LO.to_string();
        found.insert(tag_key(tag), json!({"vr": vr, "Value": [creator]}));
    }
    found.sort_keys();
    Ok(found)
}

/// Who reserved which private blocks of a data set.
#[derive(Default)]
struct Creators {
    blocks: HashMap<(u16, String), u16>,
    taken: HashSet<Tag>,
    /// Those that the data set does not name itself.
    added: Vec<(Tag, String)>,
}

impl Creators {
    fn written(&mut self, tag: Tag, name: &str) {
        self.taken.insert(tag);
        let block = self.blocks.entry((tag.0, name.to_owned()));
        block.or_insert(tag.1);
    }

    fn reserve(&mut self, tag: Tag, creator: String) {
        if self.taken.insert(tag) {
            let block = self.blocks.entry((tag.0, creator.clone()));
            block.or_insert(tag.1);
            self.added.push((tag, creator));
        }
    }

    fn block(&mut self, group: u16, creator: String) -> Result<u16, &'static str> {
        let key = (group, creator);
        if let Some(block) = self.blocks.get(&key) {
            return Ok(*block);
        }
        let free = (0x10..=0xFF).find(|&block| !self.taken.contains(&Tag(group, block)));
        let block = free.ok_or("has more private creators than a group has blocks")?;
        self.reserve(Tag(group, block), key.1);
        Ok(block)
    }
}
