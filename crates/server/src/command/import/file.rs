//! One file on its way in.

use std::path::Path;

use bytes::BytesMut;
use database::Committed;
use ingest::{Accepted, IngestError};
use model::{Operation, Origin, Receiver};
use tokio::{fs::File, io::AsyncReadExt};

use crate::{failure, house::House};

/// Bytes read at once.
const CHUNK: usize = 512 << 10;

/// What became of a file.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is in the archive and shown.
    Stored,
    /// It was there already.
    Known,
    /// It is kept, but another source's version of the instance is shown.
    Aside,
    /// It is not taken, and why.
    Refused(String),
    /// The archive cannot take anything.
    Stopped(anyhow::Error),
}

pub(super) async fn import(house: &House, path: &Path) -> Outcome {
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    match read(house, file).await {
        Ok(accepted) => match accepted.outcome {
            Committed::Stored | Committed::Replaced => Outcome::Stored,
            Committed::Identical | Committed::Rejected => Outcome::Known,
            Committed::KeptAside => Outcome::Aside,
        },
        Err(Failed::Read(error)) => Outcome::Refused(error.to_string()),
        Err(Failed::Ingest(error)) if is_the_stores(&error) => Outcome::Stopped(error.into()),
        Err(Failed::Ingest(error)) => Outcome::Refused(failure::one_line(&error.into())),
    }
}

#[derive(Debug)]
enum Failed {
    Read(std::io::Error),
    Ingest(IngestError),
}

impl From<IngestError> for Failed {
    fn from(error: IngestError) -> Self {
        Self::Ingest(error)
    }
}

async fn read(house: &House, mut file: File) -> Result<Accepted, Failed> {
    let permit = house
        .operator(Operation::Store)
        .map_err(IngestError::Denied)?;
    let origin = Origin {
        receiver: Receiver::Import,
        source: "import".into(),
        called: None,
    };
    let mut receiving = house.ingest.receive_part10(&permit, origin)?;
    loop {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        match file.read_buf(&mut chunk).await {
            Ok(0) => return Ok(receiving.finish().await?),
            Ok(_) => receiving.write(chunk.freeze()).await?,
            Err(error) => {
                receiving.abort().await;
                return Err(Failed::Read(error));
            }
        }
    }
}

/// Whether the archive or the index failed: no file would be taken now.
fn is_the_stores(error: &IngestError) -> bool {
    matches!(
        error,
        IngestError::Denied(_)
            | IngestError::BelowWatermark
            | IngestError::Archive(_)
            | IngestError::Database(_)
            | IngestError::Interrupted
    )
}
