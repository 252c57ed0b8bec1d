//! Parameters of a rendered image (PS3.18 §8.3.5).

use axum::http::HeaderMap;
use retrieve::{ColourManagement, ImageFormat, Region, Rendering, Window, WindowFunction};

use crate::{WebError, accept};

/// What the request asks for.
pub(super) fn asked(
    headers: &HeaderMap,
    query: &[(String, String)],
) -> Result<Rendering, WebError> {
    rendering(format(headers, query)?, query)
}

/// JPEG or PNG, whichever is preferred. WebP only for whom neither will do: browsers say that they
/// prefer it, but ours is lossless, larger and slower than JPEG.
fn format(headers: &HeaderMap, query: &[(String, String)]) -> Result<ImageFormat, WebError> {
    let ranges = accept::ranges(headers, query);
    let preferred = ranges.iter().find_map(|range| {
        let jpeg = range.covers("image/jpeg").then_some(ImageFormat::Jpeg);
        jpeg.or_else(|| range.covers("image/png").then_some(ImageFormat::Png))
    });
    let webp = || ranges.iter().any(|range| range.covers("image/webp"));
    preferred
        .or_else(|| webp().then_some(ImageFormat::Webp))
        .ok_or(WebError::NotAcceptable("image/jpeg, image/png, image/webp"))
}

/// Reads `window`, `viewport`, `quality` and `iccprofile`; what else the standard knows changes nothing.
fn rendering(format: ImageFormat, query: &[(String, String)]) -> Result<Rendering, WebError> {
    let mut rendering = Rendering {
        format,
        ..Rendering::default()
    };
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
    use axum::http::header;

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

    #[test]
    fn the_preferred_image_is_made() {
        let accept = |value: &str| {
            let value = header::HeaderValue::from_str(value).unwrap();
            format(&HeaderMap::from_iter([(header::ACCEPT, value)]), &[]).ok()
        };
        assert_eq!(
            accept("image/png, image/jpeg;q=0.9"),
            Some(ImageFormat::Png)
        );
        assert_eq!(accept("image/*"), Some(ImageFormat::Jpeg));
        assert_eq!(
            accept("image/avif,image/webp,*/*;q=0.8"),
            Some(ImageFormat::Jpeg)
        );
        assert_eq!(accept("image/webp"), Some(ImageFormat::Webp));
        assert_eq!(accept("image/gif"), None);
    }
}
