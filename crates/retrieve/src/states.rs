//! Which images a presentation state is of (PS3.3 §C.11.11).

use dataset::{Element, Header, Tag, Value};
use model::Uid;

/// Grayscale Softcopy Presentation State Storage (PS3.4 §B.5): the one that is applied.
pub(crate) const GRAYSCALE: &str = "1.2.840.10008.5.1.4.1.1.11.1";

const REFERENCED_SERIES: Tag = Tag(0x0008, 0x1115);
const REFERENCED_IMAGES: Tag = Tag(0x0008, 0x1140);
const REFERENCED_SOP: Tag = Tag(0x0008, 0x1155);
const REFERENCED_FRAMES: Tag = Tag(0x0008, 0x1160);
const SERIES: Tag = Tag(0x0020, 0x000E);

/// An image that a presentation state is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) series: Uid,
    pub(crate) sop: Uid,
    /// Its frames, counted from 1; none: all.
    pub(crate) frames: Vec<u32>,
}

/// The images that `header` names, in its order.
pub(crate) fn references(header: &Header) -> Vec<Reference> {
    let text = |item: &[Element], tag| {
        let element = item.iter().find(|element| element.tag == tag)?;
        let texts = element.texts(header.charset());
        Some(texts.into_iter().map(|text| text.trim().to_owned()))
    };
    let uid = |item: &[Element], tag| Uid::new(text(item, tag)?.next()?.as_str()).ok();
    let mut found = Vec::new();
    for series in items(&header.elements, REFERENCED_SERIES) {
        let Some(own) = uid(series, SERIES) else {
            continue;
        };
        for image in items(series, REFERENCED_IMAGES) {
            let Some(sop) = uid(image, REFERENCED_SOP) else {
                continue;
            };
            let frames = text(image, REFERENCED_FRAMES).into_iter().flatten();
            found.push(Reference {
                series: own.clone(),
                sop,
                frames: frames.filter_map(|frame| frame.parse().ok()).collect(),
            });
        }
    }
    found
}

fn items(elements: &[Element], tag: Tag) -> &[Vec<Element>] {
    let element = elements.iter().find(|element| element.tag == tag);
    match element.map(|element| &element.value) {
        Some(Value::Items(items)) => items,
        _ => &[],
    }
}
