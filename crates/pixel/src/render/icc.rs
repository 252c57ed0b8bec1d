//! Colour management: the ICC profile of an image (PS3.3 §C.11.15).

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{picture::Picture, settings::ColourManagement};

/// A profile longer than this is no profile of an image.
const LONGEST_PROFILE: usize = 16 << 20;

/// Applies a colour picture's profile, or keeps it for the file. A profile that is none of RGB, or is
/// damaged, changes nothing: the picture is shown as if it had none.
pub(super) fn manage(mut picture: Picture, profile: &[u8], colours: ColourManagement) -> Picture {
    if picture.is_gray() || profile.len() > LONGEST_PROFILE {
        return picture;
    }
    match colours {
        ColourManagement::Ignore => {}
        ColourManagement::Embed => picture.profile = Some(profile.to_vec()),
        ColourManagement::Srgb => {
            if let Some(bytes) = to_srgb(&picture, profile) {
                picture.bytes = bytes;
            }
        }
    }
    picture
}

fn to_srgb(picture: &Picture, profile: &[u8]) -> Option<Vec<u8>> {
    let own = ColorProfile::new_from_slice(profile).ok()?;
    if own.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = own
        .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options)
        .ok()?;
    let mut bytes = vec![0; picture.bytes.len()];
    transform.transform(&picture.bytes, &mut bytes).ok()?;
    Some(bytes)
}
