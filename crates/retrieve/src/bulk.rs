//! Bulk data: values that metadata only names (PS3.18 §10.4.1.1.5).

use database::InstanceRow;
use dataset::{Header, Span, Tag, VR, Value, json};
use model::TransferSyntax;

use crate::{
    Bulk, RetrieveError, Unread,
    convert::Frames,
    decoding::Decoding,
    frames,
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

/// The value at `path`, little endian.
pub(crate) async fn bulkdata(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    path: &str,
) -> Result<Bulk, RetrieveError> {
    let pixels = Pixels::of(row)?;
    let header = scan::all(source, row, pixels.as_ref()).await?;
    let Some(element) = json::locate(&header, path) else {
        return Err(RetrieveError::NoBulkData { path: path.into() });
    };
    let vr = element.vr;
    let media = (path == DOCUMENT).then(|| document(&header)).flatten();
    let swap = if row.transfer_syntax.is_big_endian() {
        frames::word(vr)
    } else {
        1
    };
    let value = match (&element.value, pixels) {
        (Value::Bytes(bytes), _) => {
            let mut swap = Swap::new(swap);
            let mut bytes = swap.piece(bytes.clone().into()).to_vec();
            bytes.extend_from_slice(&swap.end());
            let nothing = Span {
                offset: 0,
                length: 0,
            };
            Unread::stored(bytes.into(), source.clone(), nothing)
        }
        (Value::Items(_), _) => return Err(RetrieveError::NoBulkData { path: path.into() }),
        (&Value::Bulk { offset, length }, Some(pixels)) if offset == pixels.offset => {
            let word = frames::pixel_word(source, row, &pixels).await?;
            Unread::value(source.clone(), Span { offset, length }, word)
        }
        (value, pixels) => match (frames::lies_in(value), pixels) {
            (Some(span), _) => Unread::value(source.clone(), span, swap),
            (None, Some(pixels)) => {
                let decoding = decoding.clone();
                let frames = Frames::open(decoding, source, row, &header, pixels).await?;
                let frames = frames.map_err(|error| RetrieveError::NotConvertible {
                    from: row.transfer_syntax.clone(),
                    to: TransferSyntax::explicit_little(),
                    reason: error.to_string(),
                })?;
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

fn document(header: &Header) -> Option<&'static str> {
    let said = header.text(MIME_TYPE)?;
    let said = said.trim().to_ascii_lowercase();
    DOCUMENTS.into_iter().find(|known| *known == said)
}
