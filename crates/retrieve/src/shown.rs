//! What is rendered of an instance or a presentation state: images, their frames, their presentation.

use std::sync::Arc;

use access::Permit;
use database::Scope;
use pixel::render::CineFormat;

use crate::{
    Body, Instance, Priority, Rendered, Rendering, Retrieve, RetrieveError, cine,
    rendered::{self, Image},
    scan, states, thumbnail,
};

/// An image as it is to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The image.
    pub image: Arc<Instance>,
    /// Its frames, counted from 0.
    pub frames: Vec<u32>,
    /// The presentation state that it is shown under.
    pub state: Option<Arc<Instance>>,
}

impl Shown {
    /// All frames of an instance as it says itself.
    pub fn all(image: Instance) -> Self {
        Self {
            frames: (0..image.frame_count()).collect(),
            image: Arc::new(image),
            state: None,
        }
    }
}

impl Retrieve {
    /// What is shown for `instance`: its own frames, or the images of a presentation state under it, of
    /// those that the institution holds (PS3.18 §10.4.1.1.3).
    pub async fn shown(
        &self,
        permit: &Permit,
        instance: Instance,
    ) -> Result<Vec<Shown>, RetrieveError> {
        if instance.frame_count() > 0 {
            return Ok(vec![Shown::all(instance)]);
        }
        if !instance.is_presentation_state() {
            return Err(RetrieveError::NotRenderable {
                reason: "the instance has no pixel data".into(),
            });
        }
        let source = self.enter(permit, &instance).await?;
        let header = scan::all(&source.ahead().await?, instance.row(), None).await?;
        let (study, state) = (instance.key().study.clone(), Arc::new(instance));
        let mut shown = Vec::new();
        for reference in states::references(&header) {
            let scope = Scope {
                study: study.clone(),
                series: Some(reference.series),
                sop: Some(reference.sop),
            };
            let image = match self.instances(permit, &scope).await {
                Ok(images) => images.into_iter().next(),
                Err(RetrieveError::NotFound) => None,
                Err(error) => return Err(error),
            };
            shown.extend(image.map(|image| under(image, &state, &reference.frames)));
        }
        shown.retain(|shown| !shown.frames.is_empty());
        if shown.is_empty() {
            return Err(RetrieveError::NotRenderable {
                reason: "no image of the presentation state is held".into(),
            });
        }
        Ok(shown)
    }

    /// A frame, rendered; one of several where `priority` says so.
    pub async fn picture(
        &self,
        permit: &Permit,
        shown: &Shown,
        index0: u32,
        rendering: &Rendering,
        priority: Priority,
    ) -> Result<Rendered, RetrieveError> {
        let source = self.enter(permit, &shown.image).await?;
        let state = self.state(permit, shown).await?;
        let image = Image {
            source: &source,
            row: shown.image.row(),
            state: state.as_ref().map(|(source, row)| (source, *row)),
        };
        let decoding = self.decoders.of(permit, priority);
        rendered::rendered(&self.pictures, &decoding, image, index0, rendering).await
    }

    /// The frames as a moving picture.
    pub async fn cine(
        &self,
        permit: &Permit,
        shown: &Shown,
        rendering: &Rendering,
        format: CineFormat,
    ) -> Result<Body, RetrieveError> {
        let source = self.enter(permit, &shown.image).await?;
        let state = self.state(permit, shown).await?;
        let image = Image {
            source: &source,
            row: shown.image.row(),
            state: state.as_ref().map(|(source, row)| (source, *row)),
        };
        let decoding = self.decoders.of(permit, Priority::Bulk);
        let frames = shown.frames.clone();
        cine::cine(decoding, image, frames, rendering, format).await
    }

    async fn state<'s>(
        &self,
        permit: &Permit,
        shown: &'s Shown,
    ) -> Result<Option<(crate::source::Source, &'s database::InstanceRow)>, RetrieveError> {
        match &shown.state {
            Some(state) => Ok(Some((self.enter(permit, state).await?, state.row()))),
            None => Ok(None),
        }
    }

    /// The image in the middle of `scope`, and its middle frame, counted from 0: what stands for it in
    /// small (PS3.18 §10.4.1.1.4).
    pub async fn middle(
        &self,
        permit: &Permit,
        scope: &Scope,
    ) -> Result<(Instance, u32), RetrieveError> {
        let permit = self.sight(permit, &scope.study).await?;
        thumbnail::subject(&self.database, permit.institution(), scope).await
    }
}

/// `image` under `state`, which is of `frames`, counted from 1; none: all.
fn under(image: Instance, state: &Arc<Instance>, frames: &[u32]) -> Shown {
    let mut shown = Shown::all(image);
    if !frames.is_empty() {
        shown.frames.retain(|index0| frames.contains(&(index0 + 1)));
    }
    shown.state = Some(Arc::clone(state));
    shown
}
