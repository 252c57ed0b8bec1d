//! Bodies that come compressed (Content-Encoding, RFC 9110 §8.4): unpacked as they are read, within
//! bounds on what one byte may become.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
};

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use flate2::write::{MultiGzDecoder, ZlibDecoder};
use futures::{Stream, StreamExt};

use super::body::{BodyError, Bounded};
use crate::WebError;

/// Unpacked bytes that the ratio does not rule: small bodies may be empty images.
const FREE: u64 = 16 << 20;
/// Packed bytes that are unpacked at once. Deflate makes at most 1032 of one, a block of Zstandard
/// at most 128 KiB of four.
const DEFLATED: usize = 4096;
const ZSTANDARD: usize = 64;
/// The longest window of Zstandard, as a power of two (RFC 8878 §3.1.1.1.2 recommends 8 MiB).
const WINDOW: u32 = 23;

const SUPPORTED: &str = "Content-Encoding: gzip, deflate, zstd, identity";

/// A way of packing a body.
pub(super) enum Coding {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Deflate(Box<ZlibDecoder<Vec<u8>>>),
    Zstandard(Box<zstd::stream::write::Decoder<'static, Vec<u8>>>),
}

impl Coding {
    /// What Content-Encoding says; none where the body is as it is.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, WebError> {
        let unsupported = || WebError::UnsupportedMediaType(SUPPORTED);
        let mut found = None;
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let value = value.to_str().map_err(|_| unsupported())?;
            for coding in value.split(',').map(|one| one.trim().to_ascii_lowercase()) {
                let coding = match coding.as_str() {
                    "" | "identity" => continue,
                    "gzip" | "x-gzip" => Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
                    "deflate" => Self::Deflate(Box::new(ZlibDecoder::new(Vec::new()))),
                    "zstd" => Self::Zstandard(Box::new(zstandard().map_err(|_| unsupported())?)),
                    _ => return Err(unsupported()),
                };
                if found.replace(coding).is_some() {
                    return Err(unsupported());
                }
            }
        }
        Ok(found)
    }

    fn step(&self) -> usize {
        match self {
            Self::Gzip(_) | Self::Deflate(_) => DEFLATED,
            Self::Zstandard(_) => ZSTANDARD,
        }
    }

    fn unpack(&mut self, packed: &[u8]) -> io::Result<Vec<u8>> {
        Ok(match self {
            Self::Gzip(decoder) => {
                decoder.write_all(packed)?;
                std::mem::take(decoder.get_mut())
            }
            Self::Deflate(decoder) => {
                decoder.write_all(packed)?;
                std::mem::take(decoder.get_mut())
            }
            Self::Zstandard(decoder) => {
                decoder.write_all(packed)?;
                std::mem::take(decoder.get_mut())
            }
        })
    }

    fn end(&mut self) -> io::Result<Vec<u8>> {
        Ok(match self {
            Self::Gzip(decoder) => {
                decoder.try_finish()?;
                std::mem::take(decoder.get_mut())
            }
            Self::Deflate(decoder) => {
                decoder.try_finish()?;
                std::mem::take(decoder.get_mut())
            }
            Self::Zstandard(decoder) => {
                decoder.do_finish()?;
                std::mem::take(decoder.get_mut())
            }
        })
    }
}

fn zstandard() -> io::Result<zstd::stream::write::Decoder<'static, Vec<u8>>> {
    let mut decoder = zstd::stream::write::Decoder::new(Vec::new())?;
    decoder.window_log_max(WINDOW)?;
    Ok(decoder)
}

/// A body on its way out of its coding.
pub(super) struct Unpacked {
    pub(super) source: Bounded,
    pub(super) coding: Coding,
    /// Unpacked bytes that may still come.
    pub(super) left: u64,
    /// Unpacked bytes that one packed byte may become, on the whole.
    pub(super) ratio: u32,
    packed: Bytes,
    taken: u64,
    given: u64,
    ended: bool,
}

impl Unpacked {
    pub(super) fn new(source: Bounded, coding: Coding, limit: u64, ratio: u32) -> Self {
        Self {
            source,
            coding,
            left: limit,
            ratio,
            packed: Bytes::new(),
            taken: 0,
            given: 0,
            ended: false,
        }
    }

    /// Counts what was unpacked.
    fn checked(&mut self, bytes: Vec<u8>) -> Result<Bytes, BodyError> {
        let length = bytes.len() as u64;
        self.given += length;
        self.left = self.left.checked_sub(length).ok_or(BodyError::TooLarge)?;
        if self.given > FREE.max(self.taken.saturating_mul(self.ratio.into())) {
            return Err(BodyError::Bomb { ratio: self.ratio });
        }
        Ok(bytes.into())
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        while !self.ended {
            let unpacked = if self.packed.is_empty() {
                match std::task::ready!(self.source.poll_next_unpin(context)) {
                    Some(Ok(chunk)) => {
                        self.packed = chunk;
                        continue;
                    }
                    Some(Err(error)) => {
                        self.ended = true;
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => {
                        self.ended = true;
                        self.coding.end()
                    }
                }
            } else {
                let step = self.coding.step().min(self.packed.len());
                self.taken += step as u64;
                let packed = self.packed.split_to(step);
                self.coding.unpack(&packed)
            };
            let checked = match unpacked {
                Ok(bytes) if bytes.is_empty() => continue,
                Ok(bytes) => self.checked(bytes),
                Err(error) => Err(BodyError::Coding(error)),
            };
            self.ended |= checked.is_err();
            return Poll::Ready(Some(checked));
        }
        Poll::Ready(None)
    }
}

impl Stream for Unpacked {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().next(context)
    }
}
