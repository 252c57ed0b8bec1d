//! QIDO-RS: searching (PS3.18 §10.6).

mod answer;
mod attributes;
mod dictionary;
mod instances;
mod parameters;
mod series;
mod studies;

pub(crate) use instances::{
    __path_all as __path_all_instances, __path_of_series as __path_instances_of_series,
    __path_of_study as __path_instances_of_study, all as all_instances,
    of_series as instances_of_series, of_study as instances_of_study,
};
pub(crate) use series::{
    __path_all as __path_all_series, __path_of_study as __path_series_of_study, all as all_series,
    of_study as series_of_study,
};
pub(crate) use studies::{__path_studies, studies};
