//! What a thumbnail shows, and of which size it is (PS3.18 §10.4.1.1.4).

use database::{Database, Scope};
use model::InstitutionId;

use crate::{Instance, Rendering, RetrieveError};

/// Pixels of the longer side, where none is asked for.
const SIDE: u32 = 256;
const QUALITY: u8 = 80;

/// The image in the middle of `scope`, and its frame, counted from 0: of a study the middle one of its
/// first series with images, of an instance the middle frame.
pub(crate) async fn subject(
    database: &Database,
    institution: &InstitutionId,
    scope: &Scope,
) -> Result<(Instance, u32), RetrieveError> {
    let row = if scope.sop.is_some() {
        let rows = database.instances(institution, scope).await?;
        rows.into_iter().next()
    } else {
        let (study, series) = (&scope.study, scope.series.as_ref());
        database.middle_image(institution, study, series).await?
    };
    let Some(row) = row else {
        let rows = database.instances(institution, scope).await?;
        return Err(match rows.is_empty() {
            true => RetrieveError::NotFound,
            false => RetrieveError::NotRenderable {
                reason: "nothing in it has pixel data".into(),
            },
        });
    };
    let instance = Instance::new(row);
    let middle = instance.frame_count().saturating_sub(1) / 2;
    Ok((instance, middle))
}

/// `asked` as a thumbnail is drawn: small, and without overlay graphics, which may name the patient. What
/// shutters cover stays covered.
pub fn rendering(asked: Rendering) -> Rendering {
    Rendering {
        size: asked.size.or(Some((SIDE, SIDE))),
        quality: asked.quality.min(QUALITY),
        graphics: false,
        ..asked
    }
}
