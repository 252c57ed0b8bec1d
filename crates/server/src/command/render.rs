//! `render IN OUT`: a frame of a file as a picture, or its frames as a moving one.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, bail, ensure};
use dataset::{Header, Scanner, Tag, part10};
use model::Uid;
use pixel::{
    Limits, Object,
    render::{
        self, Cine, CineFormat, ImageFormat, LongValues, Picture, Presentation, Rendering, Window,
        WindowFunction,
    },
};

use crate::cli::Render;

pub(crate) fn run(arguments: &Render) -> anyhow::Result<ExitCode> {
    let out = &arguments.output;
    let format = Format::of(out)?;
    let input = Input::read(arguments)
        .with_context(|| format!("{} cannot be rendered", arguments.input.display()))?;
    let unwritten = || format!("{} cannot be written", out.display());
    match format {
        Format::Image(format) => {
            let frame = arguments.frame.map_or(1, u32::from);
            let file = input.file(frame, format)?;
            fs::write(out, file).with_context(unwritten)?;
        }
        Format::Cine(format) => {
            let file = File::create(out).with_context(unwritten)?;
            let mut file = BufWriter::new(file);
            input.cine(&mut file, format)?;
            file.flush().with_context(unwritten)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the name of the file that is written asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Image(ImageFormat),
    Cine(CineFormat),
}

impl Format {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let extension = path.extension().unwrap_or_default();
        let extension = extension.to_string_lossy().to_ascii_lowercase();
        Ok(match extension.as_str() {
            "jpg" | "jpeg" => Self::Image(ImageFormat::Jpeg),
            "png" => Self::Image(ImageFormat::Png),
            "webp" => Self::Image(ImageFormat::Webp),
            "gif" => Self::Cine(CineFormat::Gif),
            "apng" => Self::Cine(CineFormat::Apng),
            _ => bail!(
                "{}: the name must end in .jpg, .png, .webp, .gif or .apng",
                path.display()
            ),
        })
    }
}

/// What is read, and how it is shown.
struct Input<'a> {
    arguments: &'a Render,
    bytes: Vec<u8>,
    header: Header,
    state: Option<Header>,
}

impl<'a> Input<'a> {
    fn read(arguments: &'a Render) -> anyhow::Result<Self> {
        let bytes = fs::read(&arguments.input)?;
        let header = header(&bytes)?;
        let state = |path: &std::path::PathBuf| {
            let bytes = fs::read(path).map_err(anyhow::Error::from);
            bytes
                .and_then(|bytes| header_of_state(&bytes))
                .with_context(|| format!("the presentation state {}", path.display()))
        };
        Ok(Self {
            arguments,
            bytes,
            header,
            state: arguments.state.as_ref().map(state).transpose()?,
        })
    }

    fn object(&self) -> anyhow::Result<Object<'_>> {
        let max_bytes = self.arguments.max_frame_bytes.saturating_mul(4);
        Ok(Object::read(&self.bytes, max_bytes)?)
    }

    fn rendering(&self) -> Rendering {
        let arguments = self.arguments;
        Rendering {
            window: arguments.window.map(|(center, width)| Window {
                center,
                width,
                function: WindowFunction::Linear,
            }),
            view: arguments.view.get() - 1,
            size: arguments.size,
            graphics: !arguments.no_graphics,
            shutters: !arguments.no_graphics,
            quality: arguments.quality,
            ..Rendering::default()
        }
    }

    fn presentation(&self, index0: u32) -> anyhow::Result<Presentation> {
        // No value was left out of the headers.
        let long = LongValues::new();
        let presentation = Presentation::read(&self.header, index0, &long);
        let Some(state) = &self.state else {
            return Ok(presentation);
        };
        let sop = self.header.text(Tag(0x0008, 0x0018)).unwrap_or_default();
        let sop = Uid::new(sop.trim()).context("SOP Instance UID (0008,0018)")?;
        Ok(presentation.under(state, &long, &sop, index0))
    }

    /// Frame `number`, from 1, as a file.
    fn file(&self, number: u32, format: ImageFormat) -> anyhow::Result<Vec<u8>> {
        let (object, limits) = (self.object()?, self.limits());
        let frames = object.frames()?;
        ensure!(
            number <= frames,
            "there is no frame {number}: the image has {frames}"
        );
        let index0 = number - 1;
        let rendering = Rendering {
            format,
            ..self.rendering()
        };
        let presentation = self.presentation(index0)?;
        let frame = object.frame_at_least(index0, &limits, presentation.least_side(&rendering))?;
        let file = render::render(frame, &presentation, &rendering, limits.max_frame_bytes);
        Ok(file?)
    }

    /// All frames, or the one asked for, as a moving picture.
    fn cine(&self, file: &mut (impl Write + Send), format: CineFormat) -> anyhow::Result<()> {
        let (object, limits) = (self.object()?, self.limits());
        let count = object.frames()?;
        let frames = match self.arguments.frame.map(u32::from) {
            Some(number) => {
                ensure!(
                    number <= count,
                    "there is no frame {number}: the image has {count}"
                );
                number - 1..number
            }
            None => 0..count,
        };
        let picture = |index0| -> anyhow::Result<Picture> {
            let number = || format!("frame {}", u64::from(index0) + 1);
            let (presentation, rendering) = (self.presentation(index0)?, self.rendering());
            let side = presentation.least_side(&rendering);
            let frame = object.frame_at_least(index0, &limits, side);
            let limit = limits.max_frame_bytes;
            let picture = frame.and_then(|f| render::picture(f, &presentation, &rendering, limit));
            picture.with_context(number)
        };
        let delay = render::frame_time(&self.header);
        let number = frames.end - frames.start;
        let (mut cine, mut file) = (None, Some(file));
        let pool = super::pixels::pool(self.arguments.at_once)?;
        object.in_order(frames, &pool, picture, |picture| -> anyhow::Result<()> {
            let picture = picture?;
            if let Some(file) = file.take() {
                cine = Some(Cine::new(file, &picture, number, delay, format)?);
            }
            Ok(cine.as_mut().map_or(Ok(()), |cine| cine.add(&picture))?)
        })?;
        Ok(cine.map_or(Ok(()), Cine::finish)?)
    }

    fn limits(&self) -> Limits {
        Limits {
            max_frame_bytes: self.arguments.max_frame_bytes,
            ..Limits::default()
        }
    }
}

/// The header of a file, tables and overlays kept however long they are.
fn header(bytes: &[u8]) -> anyhow::Result<Header> {
    let part10::Probe::Found {
        dataset_offset,
        transfer_syntax,
        ..
    } = part10::probe(bytes, true)?
    else {
        bail!("the file holds no data set");
    };
    let limits = dataset::Limits {
        inline_value: u32::MAX,
        ..dataset::Limits::default()
    };
    let mut scanner = Scanner::new(&transfer_syntax, limits);
    scanner.feed(&bytes[dataset_offset..])?;
    Ok(scanner.finish()?)
}

/// The header of a presentation state (PS3.4 §B.5, Grayscale Softcopy Presentation State Storage).
fn header_of_state(bytes: &[u8]) -> anyhow::Result<Header> {
    let header = header(bytes)?;
    let class = header.text(Tag(0x0008, 0x0016)).unwrap_or_default();
    ensure!(
        class.trim() == "1.2.840.10008.5.1.4.1.1.11.1",
        "it is no grayscale softcopy presentation state"
    );
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_format() {
        let format = |name: &str| Format::of(Path::new(name)).ok();
        assert_eq!(format("a/b.JPG"), Some(Format::Image(ImageFormat::Jpeg)));
        assert_eq!(format("b.apng"), Some(Format::Cine(CineFormat::Apng)));
        for name in ["", "jpg", "a.bmp", "a.jpg/b"] {
            assert_eq!(format(name), None, "{name}");
        }
    }
}
