//! Storing objects that come as metadata (JSON or XML) and bulk data in parts of their own (PS3.18
//! §10.5.1, Table 10.5.2-1). Metadata is held in memory within its bound, bulk data waits in the
//! spool; when all has come, one object after the other is put together and streamed to `ingest`.

use std::sync::Arc;

use bytes::Bytes;
use dataset::{DatasetError, Span, Tag, Value, encode::Segment, json::JsonObject, xml::Bounds};
use model::{TransferSyntax, Uid};

use super::{
    body::{Kind, Objects},
    bulk::{BulkData, BulkPart},
    outcome::Outcome,
    reason, split,
    spool::Spool,
    store::{Door, MOST_OBJECTS, refuse},
    syntax::{self, Coded},
};
use crate::{
    WebError,
    media::MediaType,
    multipart::{MultipartError, PartHead},
};

/// The most parts of one request: each that waits is remembered.
const MOST_PARTS: usize = 200_000;

const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Stores what the parts describe. The inner error is the body's: nothing was stored then.
pub(super) async fn receive(
    door: &Door<'_>,
    kind: Kind,
    objects: &mut Objects,
    first: Option<PartHead>,
    outcome: &mut Outcome,
) -> Result<Result<(), MultipartError>, WebError> {
    // Whoever may not store, or finds the disk full, learns it before anything is kept.
    door.begin(None)?.abort().await;
    let mut gathered = Gathered::new(door);
    let mut next = first;
    let mut count = 0;
    while let Some(head) = next {
        count += 1;
        if count > MOST_PARTS {
            let text = format!("the body has more than {MOST_PARTS} parts");
            return Err(WebError::BadRequest(text));
        }
        if let Err(error) = gathered.part(kind, &head, objects).await? {
            return Ok(Err(error));
        }
        next = match objects.next().await {
            Ok(next) => next,
            Err(error) => return Ok(Err(error)),
        };
    }
    gathered.spool.end().await.map_err(WebError::Spool)?;
    let bulk = Arc::new(gathered.bulk);
    for (kind, text) in gathered.data_sets {
        let bulk = bulk.clone();
        let made = tokio::task::spawn_blocking(move || make(kind, &text, &bulk)).await;
        let (instance, made) = made.map_err(|_| WebError::Internal)?;
        match made {
            Ok(made) => store(door, instance, made, &mut gathered.spool, outcome).await,
            Err(error) => {
                let sop = instance.as_ref().map(|(_, sop)| sop.to_string());
                tracing::warn!(%error, instance.uid = sop, "an object was refused");
                outcome.failed(instance, error.reason(), &error.to_string());
            }
        }
    }
    Ok(Ok(()))
}

/// What has come of a request.
struct Gathered<'d> {
    door: &'d Door<'d>,
    data_sets: Vec<(Kind, Bytes)>,
    metadata_left: u64,
    bulk: BulkData,
    spool: Spool,
}

impl<'d> Gathered<'d> {
    fn new(door: &'d Door<'d>) -> Self {
        let settings = &door.state.settings.stow;
        Self {
            door,
            data_sets: Vec::new(),
            metadata_left: settings.metadata_bytes,
            bulk: BulkData::new(&door.path()),
            spool: Spool::new(settings.spool_memory_bytes),
        }
    }

    async fn part(
        &mut self,
        kind: Kind,
        head: &PartHead,
        objects: &mut Objects,
    ) -> Result<Result<(), MultipartError>, WebError> {
        let essence = MediaType::parse(&head.content_type).map(|media| media.essence);
        let own = match essence {
            None => head.location.is_none().then_some(kind),
            Some(essence) => Kind::of(&essence)
                // An encapsulated document may be XML: what has an address is bulk data.
                .filter(|_| head.location.is_none() || essence.starts_with("application/dicom+")),
        };
        match (own, &head.location) {
            (Some(kind @ (Kind::Json | Kind::Xml)), _) => self.metadata(kind, objects).await,
            (_, Some(location)) => self.bulk_data(location, head, objects).await,
            // Nothing can name it.
            (_, None) => Ok(Ok(())),
        }
    }

    async fn metadata(
        &mut self,
        kind: Kind,
        objects: &mut Objects,
    ) -> Result<Result<(), MultipartError>, WebError> {
        let limit = self.door.state.settings.stow.metadata_bytes;
        let mut text = Vec::new();
        loop {
            match objects.chunk().await {
                Ok(Some(chunk)) => {
                    let left = self.metadata_left.checked_sub(chunk.len() as u64);
                    self.metadata_left = left.ok_or(WebError::MetadataTooLarge { limit })?;
                    text.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        let text = Bytes::from(text);
        if kind == Kind::Xml {
            // Nothing is stored of a request whose metadata is broken, as with JSON.
            let document = text.clone();
            let read = move || dataset::xml::read(&document, &Bounds::default()).err();
            let fault = tokio::task::spawn_blocking(read).await;
            if let Some(fault @ DatasetError::Xml { .. }) = fault.map_err(|_| WebError::Internal)? {
                return Err(WebError::BadRequest(format!("metadata: {fault}")));
            }
            self.data_sets.push((kind, text));
        } else {
            let found = split::data_sets(&text);
            let found = found.map_err(|fault| WebError::BadRequest(fault.into()))?;
            let data_sets = found.into_iter().map(|range| (kind, text.slice(range)));
            self.data_sets.extend(data_sets);
        }
        if self.data_sets.len() > MOST_OBJECTS {
            let text = format!("the body has more than {MOST_OBJECTS} objects");
            return Err(WebError::BadRequest(text));
        }
        Ok(Ok(()))
    }

    async fn bulk_data(
        &mut self,
        location: &str,
        head: &PartHead,
        objects: &mut Objects,
    ) -> Result<Result<(), MultipartError>, WebError> {
        let folder = self.door.state.settings.stow.spool_folder.as_deref();
        let offset = self.spool.length();
        let mut first = Vec::new();
        loop {
            match objects.chunk().await {
                Ok(Some(chunk)) => {
                    let wanted = (syntax::HEAD as usize).saturating_sub(first.len());
                    first.extend_from_slice(&chunk[..wanted.min(chunk.len())]);
                    let kept = self.spool.push(&chunk, folder).await;
                    kept.map_err(WebError::Spool)?;
                }
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        let length = self.spool.length() - offset;
        let part = BulkPart {
            span: Span { offset, length },
            coded: syntax::of(&head.content_type, &first),
        };
        self.bulk.add(location, part);
        Ok(Ok(()))
    }
}

/// An object put together.
struct Made {
    syntax: TransferSyntax,
    segments: Vec<Segment>,
}

/// Why an object could not be put together.
#[derive(Debug, thiserror::Error)]
enum Unmade {
    #[error("the metadata is no DICOM JSON object")]
    Json(#[source] serde_json::Error),
    #[error(transparent)]
    DataSet(#[from] DatasetError),
    #[error("its pixel data is in no transfer syntax that is stored")]
    TransferSyntax,
    #[error("{parts} parts of pixel data for {frames} frames")]
    Frames { parts: usize, frames: u64 },
}

impl Unmade {
    fn reason(&self) -> u16 {
        match self {
            Self::Json(_) | Self::DataSet(_) => reason::CANNOT_UNDERSTAND,
            Self::TransferSyntax => reason::TRANSFER_SYNTAX,
            Self::Frames { .. } => reason::MISMATCH,
        }
    }
}

/// SOP class and instance as far as they are said, and the object.
fn make(kind: Kind, text: &[u8], bulk: &BulkData) -> (Option<(Uid, Uid)>, Result<Made, Unmade>) {
    let read: Result<JsonObject, Unmade> = match kind {
        Kind::Xml => dataset::xml::read(text, &Bounds::default()).map_err(Into::into),
        Kind::Json | Kind::Part10 => serde_json::from_slice(text).map_err(Unmade::Json),
    };
    let attributes = match read {
        Ok(attributes) => attributes,
        Err(error) => return (None, Err(error)),
    };
    let value = |key: &str| attributes.get(key)?.get("Value")?.get(0);
    let uid = |key: &str| Uid::new(value(key)?.as_str()?).ok();
    let instance = uid("00080016").zip(uid("00080018"));
    let frames = value("00280008").and_then(|frames| match frames {
        serde_json::Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    });
    (
        instance,
        put_together(&attributes, frames.unwrap_or(1), bulk),
    )
}

fn put_together(attributes: &JsonObject, frames: u64, bulk: &BulkData) -> Result<Made, Unmade> {
    let mut pixels = None;
    let mut unsupported = false;
    let elements = dataset::json::to_data_set(attributes, &mut |tag, uri| {
        let parts = bulk.find(uri)?;
        if tag != PIXEL_DATA {
            return native(parts);
        }
        match &parts.first()?.coded {
            Coded::Native => native(parts),
            Coded::As(syntax) if parts.iter().all(|part| part.coded == parts[0].coded) => {
                let spans: Vec<Span> = parts.iter().map(|part| part.span).collect();
                pixels = Some((syntax.clone(), spans));
                Some(Value::Pixels)
            }
            Coded::As(_) | Coded::Unsupported => {
                unsupported = true;
                None
            }
        }
    });
    if unsupported {
        return Err(Unmade::TransferSyntax);
    }
    let elements = elements?;
    let Some((syntax, spans)) = pixels else {
        return Ok(Made {
            syntax: TransferSyntax::explicit_little(),
            segments: dataset::encode::described(elements, None)?,
        });
    };
    if spans.len() as u64 != frames && !(syntax::is_video(&syntax) && spans.len() == 1) {
        return Err(Unmade::Frames {
            parts: spans.len(),
            frames,
        });
    }
    Ok(Made {
        segments: dataset::encode::described(elements, Some(&spans))?,
        syntax,
    })
}

/// The value that uncompressed parts are, one or several that came one after the other.
fn native(parts: &[BulkPart]) -> Option<Value> {
    let first = parts.first()?.span;
    let mut end = first.offset;
    for part in parts {
        if part.span.offset != end {
            return None;
        }
        end += part.span.length;
    }
    Some(Value::Bulk {
        offset: first.offset,
        length: end - first.offset,
    })
}

/// Streams an object into the archive.
async fn store(
    door: &Door<'_>,
    instance: Option<(Uid, Uid)>,
    made: Made,
    spool: &mut Spool,
    outcome: &mut Outcome,
) {
    let mut receiving = match door.begin(Some(made.syntax)) {
        Ok(receiving) => receiving,
        Err(error) => return refuse(outcome, instance, &error),
    };
    for segment in made.segments {
        let mut left = Span {
            offset: 0,
            length: 0,
        };
        let mut next = match segment {
            Segment::Bytes(bytes) => Some(bytes.into()),
            Segment::Source { span, .. } => {
                left = span;
                None
            }
        };
        loop {
            let chunk = match next.take() {
                Some(chunk) => chunk,
                None => match spool.chunk(&mut left).await {
                    Ok(Some(chunk)) => chunk,
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(%error, "bulk data that was kept cannot be read");
                        receiving.abort().await;
                        let comment = "bulk data could not be kept";
                        return outcome.failed(instance, reason::PROCESSING_FAILURE, comment);
                    }
                },
            };
            if let Err(error) = receiving.write(chunk).await {
                let instance = receiving.identity().or(instance);
                receiving.abort().await;
                return refuse(outcome, instance, &error);
            }
        }
    }
    let instance = receiving.identity().or(instance);
    match receiving.finish().await {
        Ok(accepted) => outcome.stored(&accepted, &door.address),
        Err(error) => refuse(outcome, instance, &error),
    }
}
