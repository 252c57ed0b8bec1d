//! What a commit costs; `cargo test -p database --test behaviour -- --ignored --nocapture timing`.

use std::time::Instant;

use crate::fixture::{House, Object};

crate::on_both!(
    #[ignore = "a measurement"]
    cost_of_commits,
);

async fn cost_of_commits(house: House) {
    let rows = |study: u32, n: u32| -> Vec<_> {
        (1..=n)
            .map(|number| {
                let mut row = Object::new(study, 1, number).build();
                // The size of a CT header.
                row.header = (0..2500_u32)
                    .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                    .collect();
                row
            })
            .collect()
    };
    for row in rows(1, 200) {
        house.database.commit(row).await.unwrap();
    }
    let (alone, many) = (rows(2, 1000), rows(3, 4000));
    let began = Instant::now();
    for row in alone {
        house.database.commit(row).await.unwrap();
    }
    let each = began.elapsed() / 1000;
    let began = Instant::now();
    let senders = many.chunks(500).map(|rows| {
        let (database, rows) = (house.database.clone(), rows.to_vec());
        tokio::spawn(async move {
            for row in rows {
                database.commit(row).await.unwrap();
            }
        })
    });
    for sender in futures::future::join_all(senders).await {
        sender.unwrap();
    }
    let together = began.elapsed() / 4000;
    println!(
        "{}: one at a time {each:?} each, 8 at once {together:?} each",
        &house.url[..8]
    );
}
