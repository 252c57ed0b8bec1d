//! WADO-RS: retrieving (PS3.18 §10.4).

mod all_bulkdata;
mod asked;
mod bulkdata;
mod frames;
mod instance;
mod metadata;
mod negotiate;
mod objects;
mod pixel_media;
mod rendered;
mod rendering;
mod scope;
mod series;
mod study;
#[cfg(test)]
mod tests;
mod thumbnail;
mod uri;

pub(crate) use all_bulkdata::{
    __path_of_instance as __path_instance_bulkdata, __path_of_series as __path_series_bulkdata,
    __path_of_study as __path_study_bulkdata, of_instance as instance_bulkdata,
    of_series as series_bulkdata, of_study as study_bulkdata,
};
pub(crate) use asked::typed;
pub(crate) use bulkdata::{__path_bulkdata, bulkdata};
pub(crate) use frames::{__path_frames, frames};
pub(crate) use instance::{__path_instance, instance};
pub(crate) use metadata::{
    __path_of_instance as __path_instance_metadata, __path_of_series as __path_series_metadata,
    __path_of_study as __path_study_metadata, of_instance as instance_metadata,
    of_series as series_metadata, of_study as study_metadata,
};
pub(crate) use pixel_media::{ALL as STORED_FRAMES, of as media_type_of_frames};
pub(crate) use rendered::{
    __path_of_frame as __path_frame_rendered, __path_of_instance as __path_instance_rendered,
    __path_of_series as __path_series_rendered, __path_of_study as __path_study_rendered,
    of_frame as frame_rendered, of_instance as instance_rendered, of_series as series_rendered,
    of_study as study_rendered,
};
pub(crate) use series::{__path_series, series};
pub(crate) use study::{__path_study, study};
pub(crate) use thumbnail::{
    __path_of_frame as __path_frame_thumbnail, __path_of_instance as __path_instance_thumbnail,
    __path_of_series as __path_series_thumbnail, __path_of_study as __path_study_thumbnail,
    of_frame as frame_thumbnail, of_instance as instance_thumbnail, of_series as series_thumbnail,
    of_study as study_thumbnail,
};
pub(crate) use uri::{__path_uri, uri};
