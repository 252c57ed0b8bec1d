//! Puts the generated demo study into the archive, through the same way in as everything else.

use anyhow::Context;
use model::{Operation, Origin, Receiver, TransferSyntax};

use crate::{
    demo::{Slice, Study},
    house::House,
};

pub(super) async fn put(house: &House) -> anyhow::Result<()> {
    let permit = house.operator(Operation::Store)?;
    let study = Study::new(house.clock.now());
    let drawn = tokio::task::spawn_blocking(move || {
        study.slices().map(Slice::data_set).collect::<Vec<_>>()
    });
    for data_set in drawn.await.context("the demo study was not drawn")? {
        let origin = Origin {
            receiver: Receiver::Import,
            source: "demo".into(),
            called: None,
        };
        let mut receiving = house
            .ingest
            .receive(&permit, origin, TransferSyntax::explicit_little(), None)
            .context("the demo study is not taken")?;
        receiving
            .write(data_set.into())
            .await
            .context("the demo study is not taken")?;
        receiving
            .finish()
            .await
            .context("the demo study is not taken")?;
    }
    Ok(())
}
