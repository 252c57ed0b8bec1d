//! `verify`: every row has its bytes and digest, every object its row.

use std::process::ExitCode;

use ingest::upkeep;

use super::progress;
use crate::house::House;

pub(crate) async fn run(house: House) -> anyhow::Result<ExitCode> {
    let bar = progress::counter("verify");
    let verified = upkeep::verify(&house.pair, &mut |done| {
        progress::show(&bar, done);
    })
    .await?;
    bar.finish_and_clear();
    for damage in &verified.damaged {
        println!("{damage}");
    }
    for key in &verified.foreign {
        println!("{key}: no object of ours");
    }
    println!(
        "{} objects, {} bytes read: {} damaged, {} orphans, {} foreign",
        verified.objects,
        verified.bytes,
        verified.damaged.len(),
        verified.orphans,
        verified.foreign.len()
    );
    if !verified.is_clean() {
        println!("what is damaged is replaced when its sender sends it again");
    }
    Ok(if verified.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
