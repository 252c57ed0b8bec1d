//! CT slices of 512 × 512 × 16 bit under UIDs that nobody used before.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use testkit::{
    fixture::{Ct, Object, fresh_uid},
    multipart::find,
    scratch::Scratch,
};

/// An encoded slice whose UIDs are replaced in place: all fresh UIDs are of one length.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) object: Object,
    study_at: usize,
    series_at: usize,
    sop_at: usize,
}

impl Template {
    pub(crate) fn new() -> Result<Self> {
        let object = Ct::new("BENCH-1")?.object();
        let at = |uid: &str| {
            find(&object.dataset, uid.as_bytes()).context("the template lacks one of its UIDs")
        };
        Ok(Self {
            study_at: at(&object.study)?,
            series_at: at(&object.series)?,
            sop_at: at(&object.sop)?,
            object,
        })
    }

    /// The template as the first slice of a new series.
    pub(crate) fn new_series(&self) -> Result<Self> {
        let mut new = self.clone();
        new.object.study = fresh_uid()?;
        new.object.series = fresh_uid()?;
        replace(&mut new.object.dataset, self.study_at, &new.object.study);
        replace(&mut new.object.dataset, self.series_at, &new.object.series);
        new.next()?;
        Ok(new)
    }

    /// Makes it the next slice.
    pub(crate) fn next(&mut self) -> Result<()> {
        self.object.sop = fresh_uid()?;
        replace(&mut self.object.dataset, self.sop_at, &self.object.sop);
        Ok(())
    }
}

fn replace(bytes: &mut [u8], at: usize, uid: &str) {
    bytes[at..at + uid.len()].copy_from_slice(uid.as_bytes());
}

/// New series as files in memory, one folder a client.
#[derive(Debug)]
pub(crate) struct Files {
    scratch: Scratch,
    clients: usize,
}

impl Files {
    /// `objects` files over `clients` folders, each a series of one new study.
    pub(crate) fn write(template: &Template, objects: usize, clients: usize) -> Result<Self> {
        let scratch = Scratch::below(Path::new("/dev/shm"), "yingyun-bench")?;
        let files = Self { scratch, clients };
        for client in 0..clients {
            let folder = files.folder(client);
            fs::create_dir(&folder)?;
            let mut slice = template.new_series()?;
            for number in (client..objects).step_by(clients) {
                fs::write(folder.join(format!("{number:04}.dcm")), slice.object.file())?;
                slice.next()?;
            }
        }
        Ok(files)
    }

    pub(crate) fn folder(&self, client: usize) -> PathBuf {
        self.scratch.path().join(client.to_string())
    }

    pub(crate) fn clients(&self) -> usize {
        self.clients
    }
}
