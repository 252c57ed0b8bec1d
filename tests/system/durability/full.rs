//! A full disk: A700H, and work goes on when space is back.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::Ct,
    multipart::{STOW_TYPE, stow_body},
    process::{run, tool},
    scratch::Scratch,
    server::Setup,
};

use crate::support::{associate_for, fetch, send_all, store, verify_clean};

const OUT_OF_RESOURCES: u16 = 0xA700;

/// A small file system in memory.
#[derive(Debug)]
struct SmallDisk {
    folder: PathBuf,
    _scratch: Scratch,
}

impl SmallDisk {
    fn new(mebibytes: u32) -> Result<Self> {
        let scratch = Scratch::new("tmpfs")?;
        let folder = scratch.path().join("mounted");
        fs::create_dir(&folder)?;
        let size = format!("size={mebibytes}m");
        run(
            &tool("mount")?,
            [
                "-t",
                "tmpfs",
                "-o",
                &size,
                "tmpfs",
                &folder.display().to_string(),
            ],
            Duration::from_secs(10),
        )?
        .successful()
        .context("mounting a tmpfs (this test needs the superuser)")?;
        Ok(Self {
            folder,
            _scratch: scratch,
        })
    }

    /// Takes all space but `left` bytes.
    fn fill(&self, left: u64) -> Result<()> {
        let text = run(
            &tool("df")?,
            ["--output=avail", "-B1", &self.folder.display().to_string()],
            Duration::from_secs(10),
        )?
        .successful()?
        .stdout;
        let free: u64 = text
            .lines()
            .nth(1)
            .context("df shows nothing")?
            .trim()
            .parse()?;
        fs::write(self.filler(), vec![1; free.saturating_sub(left) as usize])?;
        Ok(())
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Ok(umount) = tool("umount") {
            let _ = run(
                &umount,
                [Path::new("-l"), &self.folder],
                Duration::from_secs(10),
            );
        }
    }
}

#[test]
fn a_full_disk_answers_a700_and_work_goes_on_when_space_is_back() -> Result<()> {
    let disk = SmallDisk::new(48)?;
    let data_dir = Some(disk.folder.join("data"));
    goes_on(
        &disk,
        Setup {
            data_dir,
            ..Setup::default()
        },
        1 << 20,
    )
}

#[test]
fn the_watermark_refuses_objects_before_the_database_cannot_write() -> Result<()> {
    let disk = SmallDisk::new(48)?;
    let data_dir = Some(disk.folder.join("data"));
    let setup = Setup {
        data_dir,
        watermark: 16 << 20,
        ..Setup::default()
    };
    goes_on(&disk, setup, 15 << 20)
}

#[test]
fn the_watermark_watches_the_disk_of_the_index_too() -> Result<()> {
    let disk = SmallDisk::new(48)?;
    let index = disk.folder.join("index.sqlite");
    let setup = Setup {
        database: Some(format!("sqlite://{}", index.display())),
        watermark: 16 << 20,
        ..Setup::default()
    };
    let server = setup.start()?;
    let slice = Ct::new("INDEX")?;
    send_all(&server, &[slice.object()])?;
    disk.fill(15 << 20)?;
    let mut association = associate_for(&server, &slice.object())?;
    // A server may look at free space now and then only.
    for _ in 0..50 {
        let outcome = store(&mut association, &slice.next()?.object())?;
        if outcome.status == OUT_OF_RESOURCES {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("nothing is refused")
}

fn goes_on(disk: &SmallDisk, setup: Setup, left: u64) -> Result<()> {
    let watermark = setup.watermark;
    let mut server = setup.start()?;
    let kept = Ct {
        size: 256,
        ..Ct::new("FULL")?
    };
    send_all(&server, &[kept.object()])?;
    disk.fill(left)?;

    let mut slice = kept.next()?;
    let mut association = associate_for(&server, &slice.object())?;
    let mut taken = vec![kept];
    let refused = loop {
        let outcome = store(&mut association, &slice.object())?;
        if outcome.status != 0 {
            break outcome;
        }
        ensure!(taken.len() < 400, "the disk never fills");
        let next = slice.next()?;
        taken.push(slice);
        slice = next;
    };
    ensure!(refused.status == OUT_OF_RESOURCES, "{refused:?}");
    ensure!(association.echo()? == 0, "the association did not survive");
    let stow = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", STOW_TYPE)
        .send_bytes(&stow_body(&[&slice.object().file()]))?;
    ensure!(
        stow.status >= 400,
        "STOW was taken on a full disk: {}",
        stow.status
    );
    let first = &taken[0];
    let read = || fetch(&server, &first.study, &first.series, &first.sop);
    match read() {
        Ok(dataset) => ensure!(dataset == first.object().dataset),
        // Nothing leaves when the access cannot be written, and without a watermark no room is left for that.
        Err(error) => ensure!(
            watermark == 0 && error.to_string().contains("could not be recorded"),
            "{error:#}"
        ),
    }

    fs::remove_file(disk.filler())?;
    // A server may look at free space now and then only.
    let outcome = (0..50).find_map(|_| {
        let outcome = store(&mut association, &slice.object());
        match outcome {
            Ok(outcome) if outcome.status == OUT_OF_RESOURCES => {
                std::thread::sleep(Duration::from_millis(200));
                None
            }
            other => Some(other),
        }
    });
    let outcome = outcome.context("still out of resources ten seconds later")??;
    ensure!(outcome.status == 0, "{outcome:?}");
    taken.push(slice);
    for slice in &taken {
        let back = fetch(&server, &slice.study, &slice.series, &slice.sop)?;
        ensure!(
            back == slice.object().dataset,
            "{} came back changed",
            slice.sop
        );
    }
    server.stop()?;
    server
        .verb(&["sweep", "--older-than", "0s"])?
        .successful()?;
    verify_clean(&server)
}
