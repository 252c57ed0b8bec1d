//! Bulk data: values that metadata only names (PS3.18 §10.4.1.1.5).

use std::fmt;

use dataset::{Element, Header, Span, Tag, VR, Value, json};
use model::TransferSyntax;

use crate::{
    Bulk, Instance, RetrieveError, Unread,
    convert::Frames,
    decoding::Decoding,
    frames, nested,
    scan::{self, Pixels},
    source::{Source, Swap},
};

/// Encapsulated Document (0042,0011).
const DOCUMENT: &str = "00420011";
const MIME_TYPE: Tag = Tag(0x0042, 0x0012);

/// The media types of encapsulated documents (PS3.3 §C.24.2, §A.45); a document that calls itself
/// something else is bytes: what a browser would run must not come from here.
pub const DOCUMENTS: [&str; 6] = [
    "application/pdf",
    "application/xml",
    "text/xml",
    "model/stl",
    "model/obj",
    "model/mtl",
];

/// The values of one instance, whose header was read once for all of them. The access to it is recorded.
pub struct Values {
    decoding: Decoding,
    source: Source,
    instance: Instance,
    header: Header,
}

impl Values {
    pub(crate) async fn open(
        decoding: Decoding,
        source: Source,
        instance: Instance,
    ) -> Result<Self, RetrieveError> {
        let pixels = Pixels::of(instance.row())?;
        let header = scan::all(&source, instance.row(), pixels.as_ref()).await?;
        Ok(Self {
            decoding,
            source,
            instance,
            header,
        })
    }

    /// The value at `path`, as the metadata names it after `bulkdata/`; little endian, compressed pixel
    /// data decoded, an icon's too. [`RetrieveError::NotConvertible`] where it cannot be.
    pub async fn value(&self, path: &str) -> Result<Bulk, RetrieveError> {
        let (source, row) = (&self.source, self.instance.row());
        let Some(element) = json::locate(&self.header, path) else {
            return Err(RetrieveError::NoBulkData { path: path.into() });
        };
        let vr = element.vr;
        let media = (path == DOCUMENT).then(|| document(&self.header)).flatten();
        let swap = if row.transfer_syntax.is_big_endian() {
            frames::word(vr)
        } else {
            1
        };
        let value = match (&element.value, Pixels::of(row)?) {
            (Value::Bytes(bytes), _) => self.at_hand(bytes.clone(), swap),
            (Value::Items(_), _) => return Err(RetrieveError::NoBulkData { path: path.into() }),
            (Value::Fragments { .. }, _) if element.tag == nested::PIXEL_DATA => {
                return self.nested(path).await;
            }
            (&Value::Bulk { offset, length }, Some(pixels)) if offset == pixels.offset => {
                let word = frames::pixel_word(source, row, &pixels).await?;
                Unread::value(source.clone(), Span { offset, length }, word)
            }
            (value, pixels) => match (frames::lies_in(value), pixels) {
                (Some(span), _) => Unread::value(source.clone(), span, swap),
                (None, Some(pixels)) => {
                    let decoding = self.decoding.clone();
                    let frames = Frames::open(decoding, source, row, &self.header, pixels).await?;
                    let frames = frames.map_err(|error| self.impossible(error.to_string()))?;
                    return Ok(Bulk {
                        value: Unread::frames(frames),
                        vr: VR::OW,
                        media,
                    });
                }
                (None, None) => return Err(RetrieveError::NoBulkData { path: path.into() }),
            },
        };
        Ok(Bulk { value, vr, media })
    }

    /// Compressed pixel data inside of an item: what leaves is not in the transfer syntax around it.
    async fn nested(&self, path: &str) -> Result<Bulk, RetrieveError> {
        let syntax = &self.instance.row().transfer_syntax;
        let none = || RetrieveError::NoBulkData { path: path.into() };
        let item = item_of(&self.header, path).ok_or_else(none)?;
        let pixels = nested::pixels(&self.decoding, &self.source, syntax, item).await?;
        match pixels.map(|pixels| (pixels.vr, pixels.value)) {
            Some((vr, Value::Bytes(bytes))) => Ok(Bulk {
                value: self.at_hand(bytes, 1),
                vr,
                media: None,
            }),
            _ => Err(self.impossible("the pixels of an item cannot be decoded".into())),
        }
    }

    fn at_hand(&self, bytes: Vec<u8>, word: u8) -> Unread {
        let mut swap = Swap::new(word);
        let mut turned = swap.piece(bytes.into()).to_vec();
        turned.extend_from_slice(&swap.end());
        let nothing = Span {
            offset: 0,
            length: 0,
        };
        Unread::stored(turned.into(), self.source.clone(), nothing)
    }

    fn impossible(&self, reason: String) -> RetrieveError {
        RetrieveError::NotConvertible {
            from: self.instance.row().transfer_syntax.clone(),
            to: TransferSyntax::explicit_little(),
            reason,
        }
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").finish_non_exhaustive()
    }
}

/// The elements of the item that the element at `path` lies in.
fn item_of<'h>(header: &'h Header, path: &str) -> Option<&'h [Element]> {
    let (item, _) = path.rsplit_once('/')?;
    let (sequence, number) = item.rsplit_once('/')?;
    let Value::Items(items) = &json::locate(header, sequence)?.value else {
        return None;
    };
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    items.get(index).map(Vec::as_slice)
}

fn document(header: &Header) -> Option<&'static str> {
    let said = header.text(MIME_TYPE)?;
    let said = said.trim().to_ascii_lowercase();
    DOCUMENTS.into_iter().find(|known| *known == said)
}
