//! Compressed pixel data inside of items: an icon's. It becomes native with the data set around it,
//! which says one transfer syntax for both (PS3.5 §A.4).

use std::sync::Arc;

use dataset::{Element, Header, Span, Tag, Value};
use futures::future::BoxFuture;
use model::TransferSyntax;
use pixel::Frame;

use crate::{
    RetrieveError,
    decoding::{self, Decoding},
    source::Source,
    truth,
};

/// Pixel Data.
pub(crate) const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Bytes of an item's pixels, compressed or not; an icon has some ten thousand.
const LARGEST: u64 = 1 << 20;

/// Bytes of decoded pixels of a data set's items together.
const ALL: u64 = 16 << 20;

/// Fragments of an item's pixels.
const MOST_FRAGMENTS: usize = 64;

/// Icon Image Sequence.
const ICON: Tag = Tag(0x0088, 0x0200);

/// Decodes the pixels of items at any depth. Pixels that cannot be decoded are left out, an icon
/// with its item: its sequence may be empty, and nobody could tell the compression.
pub(crate) async fn decoded(
    decoding: &Decoding,
    source: &Source,
    syntax: &TransferSyntax,
    elements: &mut [Element],
) -> Result<(), RetrieveError> {
    let mut work = Nested {
        decoding,
        source,
        syntax,
        left: ALL,
    };
    work.items(elements).await
}

/// The pixels of one item, native; none where they cannot be decoded.
pub(crate) async fn pixels(
    decoding: &Decoding,
    source: &Source,
    syntax: &TransferSyntax,
    item: &[Element],
) -> Result<Option<Element>, RetrieveError> {
    let mut work = Nested {
        decoding,
        source,
        syntax,
        left: ALL,
    };
    let mut item = item.to_vec();
    let is_native = work.native(&mut item).await?;
    let mut elements = item.into_iter();
    Ok(elements.find(|element| is_native && element.tag == PIXEL_DATA))
}

struct Nested<'a> {
    decoding: &'a Decoding,
    source: &'a Source,
    syntax: &'a TransferSyntax,
    /// Bytes that may still be decoded.
    left: u64,
}

impl Nested<'_> {
    fn items<'a>(
        &'a mut self,
        elements: &'a mut [Element],
    ) -> BoxFuture<'a, Result<(), RetrieveError>> {
        Box::pin(async move {
            for element in elements {
                let Value::Items(items) = &mut element.value else {
                    continue;
                };
                let mut kept = Vec::with_capacity(items.len());
                for mut item in items.drain(..) {
                    self.items(&mut item).await?;
                    if self.native(&mut item).await? {
                        kept.push(item);
                    } else if element.tag != ICON {
                        item.retain(|element| element.tag != PIXEL_DATA);
                        kept.push(item);
                    }
                }
                *items = kept;
            }
            Ok(())
        })
    }

    /// Makes the pixels of an item native; false if they cannot be.
    async fn native(&mut self, item: &mut Vec<Element>) -> Result<bool, RetrieveError> {
        let (decoding, source, syntax) = (self.decoding, self.source, self.syntax);
        let place = item.iter().position(|element| element.tag == PIXEL_DATA);
        let Some(place) = place else {
            return Ok(true);
        };
        let Value::Fragments { offset, length } = item[place].value else {
            return Ok(true);
        };
        if length > LARGEST {
            return Ok(false);
        }
        let header = Header::new(item.clone(), syntax.clone());
        let Ok(image) = decoding::description(&header) else {
            return Ok(false);
        };
        let bytes = source.read(Span { offset, length }, LARGEST).await?;
        let spans = match fragments(&bytes, offset) {
            Some(spans) if image.frames == 1 => spans,
            _ => return Ok(false),
        };
        if image.frame_bytes() > LARGEST.min(self.left) {
            return Ok(false);
        }
        self.left -= image.frame_bytes();
        let image = Arc::new(image);
        let turn = decoding.place().await?;
        let frame = decoding
            .frame(turn, source, syntax, &spans, &image)
            .await?
            .and_then(|frame| frame.agrees_with(&image).map(|()| frame));
        let Ok(frame) = frame else {
            return Ok(false);
        };
        let vr = truth::pixel_vr(&image);
        let Frame { photometric, .. } = &frame;
        for changed in truth::overrides(syntax, &image, photometric, None) {
            match item.iter_mut().find(|element| element.tag == changed.tag) {
                Some(element) => *element = changed,
                None => item.push(changed),
            }
        }
        let mut value = decoding::bytes(frame).to_vec();
        if value.len() % 2 == 1 {
            value.push(0);
        }
        item.retain(|element| element.tag != PIXEL_DATA);
        item.push(Element {
            tag: PIXEL_DATA,
            vr,
            value: Value::Bytes(value),
        });
        item.sort_by_key(|element| element.tag);
        Ok(true)
    }
}

/// Where the fragments of an encapsulated value lie that begins at `offset`; none where it is not
/// made of items, the first an offset table (PS3.5 §A.4).
fn fragments(bytes: &[u8], offset: u64) -> Option<Vec<Span>> {
    let mut spans = Vec::new();
    let (mut at, mut table) = (0_usize, true);
    loop {
        let header = bytes.get(at..at.checked_add(8)?)?;
        let (tag, length) = header.split_at(4);
        let length = u32::from_le_bytes(length.try_into().ok()?);
        match tag {
            [0xFE, 0xFF, 0xDD, 0xE0] => return (!spans.is_empty()).then_some(spans),
            [0xFE, 0xFF, 0x00, 0xE0] if spans.len() < MOST_FRAGMENTS => {}
            _ => return None,
        }
        let value = at + 8;
        at = value.checked_add(usize::try_from(length).ok()?)?;
        if at > bytes.len() {
            return None;
        }
        if !std::mem::take(&mut table) {
            spans.push(Span {
                offset: offset + value as u64,
                length: length.into(),
            });
        }
    }
}
