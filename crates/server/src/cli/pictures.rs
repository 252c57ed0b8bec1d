//! The verbs that decode and draw files, beside any archive.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Pixels {
    /// DICOM files and folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The largest frame, decoded, bytes; a larger one is an error.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) max_frame_bytes: u64,
    #[command(flatten)]
    pub(crate) at_once: AtOnce,
}

/// How much is decoded at once.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AtOnce {
    /// Threads that decode [default: as many as the machine has cores].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory that files and frames under way may take together, bytes; what is larger goes alone.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) memory: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A DICOM file.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// The picture: .jpg, .png, .webp (lossless), or of all frames .gif or .apng.
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Center and width of the window, in the values after the modality LUT [default: the file's own,
    /// else the range of its values].
    #[arg(long, value_name = "C,W", value_parser = window, allow_hyphen_values = true)]
    pub(crate) window: Option<(f64, f64)>,
    /// Which of the file's windows and VOI LUTs, from 1.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN, conflicts_with = "window")]
    pub(crate) view: NonZeroUsize,
    /// The frame, from 1 [default: 1; of a moving picture all].
    #[arg(long, value_name = "N")]
    pub(crate) frame: Option<NonZeroU32>,
    /// A grayscale softcopy presentation state to show it under.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Fit it into so many pixels.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,
    /// Quality of JPEG, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) quality: u8,
    /// Leave out overlays and shutters.
    #[arg(long)]
    pub(crate) no_graphics: bool,
    /// The largest frame, decoded or rendered, bytes; a larger one is an error.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) max_frame_bytes: u64,
    #[command(flatten)]
    pub(crate) at_once: AtOnce,
}

/// `40,400`.
fn window(text: &str) -> Result<(f64, f64), String> {
    let wrong = || format!("{text:?} is no window: give center and width, as 40,400");
    let (center, width) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let (center, width) = number(center).zip(number(width)).ok_or_else(wrong)?;
    if width < 1.0 {
        return Err(format!("{text:?} is no window: its width is less than 1"));
    }
    Ok((center, width))
}

/// `640x480`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse().ok().filter(|side| *side > 0);
    text.split_once('x')
        .and_then(|(width, height)| side(width).zip(side(height)))
        .ok_or_else(|| format!("{text:?} is no size: give width and height, as 640x480"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_center_and_width() {
        assert_eq!(window("-600,1500"), Ok((-600.0, 1500.0)));
        assert_eq!(window("40.5, 1"), Ok((40.5, 1.0)));
        for bad in ["", "40", "40,0", "40,x", "nan,1", "1,inf"] {
            assert!(window(bad).is_err(), "{bad}");
        }
        assert_eq!(size("640x480"), Ok((640, 480)));
        for bad in ["", "640", "0x1", "1x-1", "1x1x1"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
