//! Reads a multipart body part by part and chunk by chunk (RFC 2046 §5.1), never a whole part.

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use memchr::memmem::Finder;

/// The longest header of a part, bytes.
const HEADER_BYTES: usize = 16 * 1024;
/// What may come before the first boundary, bytes.
const PREAMBLE_BYTES: usize = 64 * 1024;
/// Blanks that a transport may add after a boundary, bytes (RFC 2046 §5.1.1).
const PADDING_BYTES: usize = 64;
const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// Why a multipart body cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MultipartError {
    /// No boundary was found where the first was due.
    #[error("the body does not begin with the boundary that its Content-Type names")]
    NoBoundary,
    /// The body ended inside a part.
    #[error("the body ends before its closing boundary")]
    Truncated,
    /// The header of a part is too long.
    #[error("the header of a part is longer than {HEADER_BYTES} bytes")]
    HeaderTooLong,
    /// The header of a part is no header.
    #[error("the header of a part is not ASCII lines of name and value")]
    MalformedHeader,
    /// The connection failed.
    #[error("the body could not be read")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the header of a part says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartHead {
    /// Content-Type; empty if it has none.
    pub(crate) content_type: String,
    /// Content-Location (RFC 2557 §4): the address that others name the part by.
    pub(crate) location: Option<String>,
}

/// The parts of a body, in order.
#[derive(Debug)]
pub(crate) struct Parts<S> {
    source: S,
    delimiter: Finder<'static>,
    rest: Bytes,
    ended: bool,
    place: Place,
}

/// Where in the body the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first boundary.
    Preamble,
    /// In the body of a part.
    Body,
    /// After a boundary that another part follows, at the line end that closes it.
    Header,
    /// After the closing boundary.
    Epilogue,
}

impl<S, E> Parts<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Reads `source`, whose parts are separated by `boundary`.
    pub(crate) fn new(source: S, boundary: &str) -> Self {
        Self {
            source,
            delimiter: Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned(),
            // The first boundary may stand at the very start: the line end before it is supplied.
            rest: Bytes::from_static(b"\r\n"),
            ended: false,
            place: Place::Preamble,
        }
    }

    /// The head of the next part, or none after the last. What is left of the present part is passed
    /// over.
    pub(crate) async fn next(&mut self) -> Result<Option<PartHead>, MultipartError> {
        let mut preamble = 0;
        while let Some(chunk) = self.take().await? {
            if self.place == Place::Preamble {
                preamble += chunk.len();
                if preamble > PREAMBLE_BYTES {
                    return Err(MultipartError::NoBoundary);
                }
            }
        }
        match self.place {
            Place::Header => self.header().await.map(Some),
            Place::Preamble | Place::Body | Place::Epilogue => Ok(None),
        }
    }

    /// The next bytes of the present part, or none at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match self.place {
            Place::Body => self.take().await,
            Place::Preamble | Place::Header | Place::Epilogue => Ok(None),
        }
    }

    /// Reads what follows the closing boundary, so that the connection can be used again.
    pub(crate) async fn drain(&mut self) {
        self.rest.clear();
        let mut passed = 0;
        while self.place == Place::Epilogue && passed <= PREAMBLE_BYTES {
            match self.source.next().await {
                Some(Ok(chunk)) => passed += chunk.len(),
                Some(Err(_)) | None => break,
            }
        }
    }

    /// Bytes up to the next boundary; none when it is reached and passed.
    async fn take(&mut self) -> Result<Option<Bytes>, MultipartError> {
        loop {
            if matches!(self.place, Place::Header | Place::Epilogue) {
                return Ok(None);
            }
            let length = self.delimiter.needle().len();
            match self.delimiter.find(&self.rest) {
                Some(0) => match after_boundary(&self.rest[length..]) {
                    After::Part(padding) => {
                        self.rest.advance(length + padding);
                        self.place = Place::Header;
                    }
                    After::End => {
                        self.rest.advance(length + 2);
                        self.place = Place::Epilogue;
                    }
                    // The boundary of somebody else that begins with ours.
                    After::Data => return Ok(Some(self.rest.split_to(length))),
                    After::Unknown => self.fill().await?,
                },
                Some(at) => return Ok(Some(self.rest.split_to(at))),
                None => {
                    let held = possible_start(&self.rest, self.delimiter.needle());
                    if held > 0 {
                        return Ok(Some(self.rest.split_to(held)));
                    }
                    self.fill().await?;
                }
            }
        }
    }

    async fn header(&mut self) -> Result<PartHead, MultipartError> {
        let end = loop {
            if let Some(end) = memchr::memmem::find(&self.rest, BLANK_LINE) {
                break end;
            }
            if self.rest.len() > HEADER_BYTES {
                return Err(MultipartError::HeaderTooLong);
            }
            self.fill().await?;
        };
        if end > HEADER_BYTES {
            return Err(MultipartError::HeaderTooLong);
        }
        let header = self.rest.split_to(end);
        self.rest.advance(BLANK_LINE.len());
        self.place = Place::Body;
        head_of(&header)
    }

    /// Reads on.
    async fn fill(&mut self) -> Result<(), MultipartError> {
        let chunk = if self.ended {
            None
        } else {
            self.source.next().await
        };
        match chunk {
            Some(Ok(chunk)) if self.rest.is_empty() => self.rest = chunk,
            Some(Ok(chunk)) => {
                let mut joined = BytesMut::with_capacity(self.rest.len() + chunk.len());
                joined.extend_from_slice(&self.rest);
                joined.extend_from_slice(&chunk);
                self.rest = joined.freeze();
            }
            Some(Err(error)) => {
                self.ended = true;
                return Err(MultipartError::Body(error.into()));
            }
            None => {
                self.ended = true;
                return Err(match self.place {
                    Place::Preamble => MultipartError::NoBoundary,
                    _ => MultipartError::Truncated,
                });
            }
        }
        Ok(())
    }
}

/// What follows the characters of a boundary.
enum After {
    /// Another part, after so many blanks.
    Part(usize),
    /// Nothing: it is the closing one.
    End,
    /// Bytes that make it no boundary.
    Data,
    /// More bytes are needed to tell.
    Unknown,
}

fn after_boundary(rest: &[u8]) -> After {
    if rest.starts_with(b"--") {
        return After::End;
    }
    let padding = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    match &rest[padding..] {
        _ if padding > PADDING_BYTES => After::Data,
        [b'\r', b'\n', ..] => After::Part(padding),
        [] | [b'\r'] => After::Unknown,
        [b'-'] if padding == 0 => After::Unknown,
        _ => After::Data,
    }
}

/// Where in `bytes` a delimiter may begin that goes on in the next chunk; the length if nowhere.
fn possible_start(bytes: &[u8], delimiter: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(delimiter.len() - 1);
    memchr::memchr_iter(b'\r', &bytes[from..])
        .map(|at| from + at)
        .find(|&at| delimiter.starts_with(&bytes[at..]))
        .unwrap_or(bytes.len())
}

/// What a part's header says.
fn head_of(header: &[u8]) -> Result<PartHead, MultipartError> {
    let text = std::str::from_utf8(header).map_err(|_| MultipartError::MalformedHeader)?;
    let mut head = PartHead::default();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue; // a folded line (RFC 5322 §2.2.3); nobody folds these
        }
        let (name, content) = line
            .split_once(':')
            .ok_or(MultipartError::MalformedHeader)?;
        let (name, content) = (name.trim(), content.trim());
        if name.eq_ignore_ascii_case("content-type") {
            content.clone_into(&mut head.content_type);
        } else if name.eq_ignore_ascii_case("content-location") && !content.is_empty() {
            head.location = Some(content.to_owned());
        }
    }
    Ok(head)
}
