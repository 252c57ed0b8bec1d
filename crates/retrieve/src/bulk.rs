//! Bulk data: values that metadata only names (PS3.18 §10.4.1.1.5).

use database::InstanceRow;
use dataset::{Span, VR, Value, json};
use model::TransferSyntax;

use crate::{
    Bulk, Content, RetrieveError,
    convert::{self, Frames},
    decoding::Decoding,
    frames, outlet,
    scan::{self, Pixels},
    source::{Source, Swap},
};

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
    let swap = if row.transfer_syntax.is_big_endian() {
        frames::word(vr)
    } else {
        1
    };
    let content = match (&element.value, pixels) {
        (Value::Bytes(bytes), _) => Content::whole(Swap::new(swap).piece(bytes.clone().into())),
        (Value::Items(_), _) => return Err(RetrieveError::NoBulkData { path: path.into() }),
        (Value::Bulk { offset, length }, Some(pixels)) if *offset == pixels.offset => {
            let word = frames::pixel_word(source, row, &pixels).await?;
            spanned(source, *offset, *length, word)
        }
        (value, pixels) => match (frames::lies_in(value), pixels) {
            (Some(span), _) => spanned(source, span.offset, span.length, swap),
            (None, Some(pixels)) => {
                let decoding = decoding.clone();
                let frames = Frames::open(decoding, source, row, &header, pixels).await?;
                let frames = frames.map_err(|error| RetrieveError::NotConvertible {
                    from: row.transfer_syntax.clone(),
                    to: TransferSyntax::explicit_little(),
                    reason: error.to_string(),
                })?;
                return Ok(Bulk {
                    content: frames.value(),
                    vr: VR::OW,
                });
            }
            (None, None) => return Err(RetrieveError::NoBulkData { path: path.into() }),
        },
    };
    Ok(Bulk { content, vr })
}

fn spanned(source: &Source, offset: u64, length: u64, word: u8) -> Content {
    let mut cursor = source.cursor();
    let body = outlet::body(move |outlet| async move {
        convert::copy(&outlet, &mut cursor, Span { offset, length }, word).await
    });
    Content { length, body }
}
