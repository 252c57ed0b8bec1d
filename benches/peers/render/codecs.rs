//! Encodings of whole files, and the programs that make and undo them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use testkit::process::tool;

/// How the frames of a file are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    JpegLossless,
    JpegLs,
    Jpeg2000,
    Rle,
    JpegBaseline,
}

/// A program that decodes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoder {
    Yingyun,
    Dcmdjpeg,
    Dcmdjpls,
    Dcmdrle,
    Gdcmconv,
}

impl Codec {
    pub(crate) const ALL: [Self; 5] = [
        Self::JpegLossless,
        Self::JpegLs,
        Self::Jpeg2000,
        Self::Rle,
        Self::JpegBaseline,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::JpegLossless => "JPEG lossless SV1",
            Self::JpegLs => "JPEG-LS lossless",
            Self::Jpeg2000 => "JPEG 2000 lossless",
            Self::Rle => "RLE lossless",
            Self::JpegBaseline => "JPEG baseline, colour",
        }
    }

    /// Frames are of 3 × 8 bits, not of 16.
    pub(crate) fn is_colour(self) -> bool {
        self == Self::JpegBaseline
    }

    /// The program and options that encode so; the two files follow.
    fn encoder(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::JpegLossless => ("dcmcjpeg", &["+e1"]),
            Self::JpegLs => ("dcmcjpls", &["+el"]),
            Self::Jpeg2000 => ("gdcmconv", &["--j2k"]),
            Self::Rle => ("dcmcrle", &[]),
            Self::JpegBaseline => ("dcmcjpeg", &["+eb"]),
        }
    }

    pub(crate) fn encode(self, source: &Path, target: &Path) -> Result<Command> {
        let (name, options) = self.encoder();
        let mut command = Command::new(tool(name)?);
        command.args(options).args([source, target]);
        Ok(command)
    }

    /// Who can undo it.
    pub(crate) fn peers(self) -> &'static [Decoder] {
        match self {
            Self::JpegLossless | Self::JpegBaseline => &[Decoder::Dcmdjpeg, Decoder::Gdcmconv],
            Self::JpegLs => &[Decoder::Dcmdjpls, Decoder::Gdcmconv],
            Self::Jpeg2000 => &[Decoder::Gdcmconv],
            Self::Rle => &[Decoder::Dcmdrle, Decoder::Gdcmconv],
        }
    }
}

impl Decoder {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yingyun => "yingyun pixels",
            Self::Dcmdjpeg => "dcmdjpeg",
            Self::Dcmdjpls => "dcmdjpls",
            Self::Dcmdrle => "dcmdrle",
            Self::Gdcmconv => "gdcmconv --raw",
        }
    }

    /// Peers write the decoded file to `target`; ours prints the digest of its samples.
    pub(crate) fn decode(self, binary: &Path, source: &Path, target: &Path) -> Result<Command> {
        let (program, options): (PathBuf, &[&str]) = match self {
            Self::Yingyun => {
                let mut command = Command::new(binary);
                command.arg("pixels").arg(source);
                return Ok(command);
            }
            // Samples as they are coded, which all others give too.
            Self::Dcmdjpeg => (tool("dcmdjpeg")?, &["+cn", "+px"]),
            Self::Dcmdjpls => (tool("dcmdjpls")?, &[]),
            Self::Dcmdrle => (tool("dcmdrle")?, &[]),
            Self::Gdcmconv => (tool("gdcmconv")?, &["--raw"]),
        };
        let mut command = Command::new(program);
        command.args(options).args([source, target]);
        Ok(command)
    }
}
