//! Parameters of a rendered image (PS3.18 §8.3.5).

use retrieve::{
    CineFormat, ColourManagement, ImageFormat, Region, Rendering, Window, WindowFunction,
};

use crate::{
    WebError,
    accept::{Accepted, Form, Offer},
};

/// What a picture is given as (PS3.18 §8.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// One frame.
    Still(ImageFormat),
    /// All frames.
    Moving(CineFormat),
}

impl Look {
    /// Its media type.
    pub(super) fn essence(self) -> &'static str {
        match self {
            Self::Still(ImageFormat::Jpeg) => "image/jpeg",
            Self::Still(ImageFormat::Png) => "image/png",
            Self::Still(ImageFormat::Webp) => "image/webp",
            Self::Moving(CineFormat::Gif) => "image/gif",
            Self::Moving(CineFormat::Apng) => "image/apng",
        }
    }
}

/// What is given to whom takes it, the first to whom takes all.
const LOOKS: [Look; 3] = [
    Look::Still(ImageFormat::Jpeg),
    Look::Still(ImageFormat::Png),
    Look::Moving(CineFormat::Gif),
];

/// What is given only where none of the others will do: browsers say that they prefer these, but our
/// WebP is lossless, larger and slower than JPEG, and a page that shows a picture wants no film.
const LAST: [Look; 2] = [
    Look::Still(ImageFormat::Webp),
    Look::Moving(CineFormat::Apng),
];

pub(super) const AVAILABLE: &str = "image/jpeg, image/png, image/gif, image/webp, image/apng; several \
    pictures only as multipart/related of these";

/// How pictures are given: one rather as it is, `several` only as parts.
pub(super) fn look(accepted: &Accepted, several: bool) -> Result<(Form, Look), WebError> {
    let offered = |look: Look| {
        let essence = look.essence();
        let single = (!several).then(|| (Offer::single(essence), look));
        single
            .into_iter()
            .chain([(Offer::multipart(essence), look)])
    };
    let best = |looks: &[Look]| {
        let offers: Vec<_> = looks.iter().copied().flat_map(offered).collect();
        let only: Vec<_> = offers.iter().map(|(offer, _)| *offer).collect();
        let chosen = accepted.preferred(&only)?;
        let (offer, look) = offers
            .into_iter()
            .find(|(offer, _)| (offer.form, offer.essence) == (chosen.form, chosen.essence))?;
        Some((offer.form, look))
    };
    best(&LOOKS)
        .or_else(|| best(&LAST))
        .ok_or(WebError::NotAcceptable(AVAILABLE))
}

/// Reads `window`, `viewport`, `quality` and `iccprofile`; what else the standard knows changes nothing.
pub(super) fn rendering(query: &[(String, String)]) -> Result<Rendering, WebError> {
    let mut rendering = Rendering::default();
    for (name, value) in query {
        let refused = |expected: &str| {
            WebError::BadRequest(format!("{name}: {expected} expected, not {value:?}"))
        };
        match name.as_str() {
            "window" => {
                let window = window(value).ok_or_else(|| refused(WINDOW))?;
                rendering.window = Some(window);
            }
            "viewport" => {
                let expected = || refused(VIEWPORT);
                let viewport = Viewport::parse(value).ok_or_else(expected)?;
                rendering.size = Some(viewport.size);
                rendering.region = viewport.region;
                rendering.turn.flip_horizontal = viewport.flips.0;
                rendering.turn.flip_vertical = viewport.flips.1;
            }
            "quality" => {
                let quality = value
                    .parse()
                    .ok()
                    .filter(|quality| (1..=100).contains(quality));
                rendering.quality = quality.ok_or_else(|| refused("1 to 100"))?;
            }
            "iccprofile" => {
                rendering.colours = match value.as_str() {
                    "no" => ColourManagement::Ignore,
                    "yes" => ColourManagement::Embed,
                    "srgb" => ColourManagement::Srgb,
                    _ => return Err(refused("no, yes or srgb")),
                }
            }
            _ => {}
        }
    }
    Ok(rendering)
}

const WINDOW: &str = "center,width with ,linear (of a width of 1 at least), ,linear-exact or ,sigmoid \
                      (of a width above 0) after it or nothing";
const VIEWPORT: &str = "width,height (whole numbers from 1 to 16384), with ,left,top,width,height of a part \
                        after it or nothing";

/// `center,width` with or without `,function` (PS3.18 §8.3.5.1.3).
fn window(text: &str) -> Option<Window> {
    let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
    let (center, width, function) = match pieces[..] {
        [center, width] => (center, width, "linear"),
        [center, width, function] => (center, width, function),
        _ => return None,
    };
    let window = Window {
        center: center.parse().ok()?,
        width: width.parse().ok()?,
        // As VOI LUT Function (0028,1056) writes it too.
        function: match function.to_ascii_lowercase().replace('_', "-").as_str() {
            "linear" => WindowFunction::Linear,
            "linear-exact" => WindowFunction::LinearExact,
            "sigmoid" => WindowFunction::Sigmoid,
            _ => return None,
        },
    };
    window.is_valid().then_some(window)
}

/// The size of the picture and the part of the image in it (PS3.18 §8.3.5.1.4).
#[derive(Debug, PartialEq)]
struct Viewport {
    size: (u32, u32),
    region: Option<Region>,
    /// Left and right, up and down change places.
    flips: (bool, bool),
}

impl Viewport {
    /// `vw,vh` or `vw,vh,sx,sy,sw,sh`; of the part each may be left empty, and a width or a height
    /// below zero mirrors it.
    fn parse(text: &str) -> Option<Self> {
        let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
        let side = |text: &str| {
            let side = text.parse().ok();
            side.filter(|side| (1..=16384).contains(side))
        };
        let size = |width, height| Some((side(width)?, side(height)?));
        match pieces[..] {
            [width, height] => Some(Self {
                size: size(width, height)?,
                region: None,
                flips: (false, false),
            }),
            [width, height, left, top, part_width, part_height] => {
                let (width, height) = size(width, height)?;
                let (part_width, flip_horizontal) = length(part_width)?;
                let (part_height, flip_vertical) = length(part_height)?;
                Some(Self {
                    size: (width, height),
                    region: Some(Region {
                        left: start(left)?,
                        top: start(top)?,
                        width: part_width,
                        height: part_height,
                    }),
                    flips: (flip_horizontal, flip_vertical),
                })
            }
            _ => None,
        }
    }
}

/// Pixels, rounded.
fn pixels(text: &str) -> Option<f64> {
    let pixels = text.parse::<f64>().ok()?.round();
    (pixels.abs() <= f64::from(u32::MAX)).then_some(pixels)
}

fn start(text: &str) -> Option<u32> {
    match text {
        "" => Some(0),
        text => pixels(text)
            .filter(|start| *start >= 0.0)
            .map(|start| start as u32),
    }
}

/// How many pixels, the rest where it is empty; and whether they are mirrored.
fn length(text: &str) -> Option<(u32, bool)> {
    match text {
        "" => Some((u32::MAX, false)),
        text => pixels(text)
            .filter(|length| *length != 0.0)
            .map(|length| (length.abs() as u32, length < 0.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_or_refused() {
        assert_eq!(
            window("40,400"),
            Some(Window {
                center: 40.0,
                width: 400.0,
                function: WindowFunction::Linear,
            })
        );
        assert_eq!(
            window("-600.5, 1500, LINEAR").map(|w| w.center),
            Some(-600.5)
        );
        for text in [
            "",
            "40",
            "40,0",
            "a,b",
            "nan,1",
            "40,400,cubic",
            "40,400,linear,1",
            "40,inf",
        ] {
            assert_eq!(window(text), None, "{text}");
        }
        let function = |text| window(text).map(|window| window.function);
        assert_eq!(function("0,1,SIGMOID"), Some(WindowFunction::Sigmoid));
        for exact in ["0,0.5,linear-exact", "0,0.5,LINEAR_EXACT"] {
            assert_eq!(function(exact), Some(WindowFunction::LinearExact));
        }
    }

    #[test]
    fn a_viewport_has_a_size_and_may_have_a_part() {
        let whole = Viewport {
            size: (256, 128),
            region: None,
            flips: (false, false),
        };
        assert_eq!(Viewport::parse("256,128"), Some(whole));
        let part = |left, top, width, height, flips| Viewport {
            size: (10, 20),
            region: Some(Region {
                left,
                top,
                width,
                height,
            }),
            flips,
        };
        assert_eq!(
            Viewport::parse("10,20,3,4.4,-5,6"),
            Some(part(3, 4, 5, 6, (true, false)))
        );
        assert_eq!(
            Viewport::parse("10, 20,,,,-7"),
            Some(part(0, 0, u32::MAX, 7, (false, true)))
        );
        for text in [
            "",
            "256",
            "0,1",
            "1,99999",
            "1,2,3",
            "1,2,-3,4,5,6",
            "1,2,3,4,0,6",
            "1,2,a,,,",
            "1,2,nan,,,",
        ] {
            assert_eq!(Viewport::parse(text), None, "{text}");
        }
    }

    /// PS3.18 §8.7.4; what browsers send with `<img>`.
    #[test]
    fn the_preferred_image_is_made() {
        use CineFormat::{Apng, Gif};
        use Form::{Multipart, Single};
        use ImageFormat::{Jpeg, Png, Webp};
        use Look::{Moving, Still};
        for (list, several, expected) in [
            ("*/*", false, Some((Single, Still(Jpeg)))),
            ("*/*", true, Some((Multipart, Still(Jpeg)))),
            (
                "image/png, image/jpeg;q=0.9",
                false,
                Some((Single, Still(Png))),
            ),
            ("image/*", false, Some((Single, Still(Jpeg)))),
            ("image/jpeg;q=0, */*", false, Some((Single, Still(Png)))),
            (
                "image/avif,image/webp,*/*;q=0.8",
                false,
                Some((Single, Still(Jpeg))),
            ),
            (
                "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
                false,
                Some((Single, Still(Jpeg))),
            ),
            ("image/webp", false, Some((Single, Still(Webp)))),
            ("image/gif", false, Some((Single, Moving(Gif)))),
            (
                "image/gif, image/jpeg;q=0.5",
                false,
                Some((Single, Moving(Gif))),
            ),
            ("image/apng", false, Some((Single, Moving(Apng)))),
            ("multipart/related", false, Some((Multipart, Still(Jpeg)))),
            (
                "multipart/related; type=\"image/png\"",
                false,
                Some((Multipart, Still(Png))),
            ),
            (
                "multipart/related; type=image/png, image/jpeg",
                true,
                Some((Multipart, Still(Png))),
            ),
            ("image/jpeg", true, None),
            (
                "multipart/related;q=0, */*",
                false,
                Some((Single, Still(Jpeg))),
            ),
            ("multipart/related;q=0, */*", true, None),
            ("video/mp4", false, None),
            ("application/dicom+json", false, None),
        ] {
            let accepted = Accepted::lists([list]);
            assert_eq!(look(&accepted, several).ok(), expected, "{list} {several}");
        }
    }
}
