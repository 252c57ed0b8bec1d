//! Changes get numbers without gaps, in an order that no reader sees broken.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use database::{
    Database, Settings,
    changes::{ChangePage, Follow},
    jobs::State,
    outbox::Kind,
};
use model::{Clock, InstitutionId};
use sqlx::Connection;

use crate::fixture::{House, Object, institution};

crate::on_both!(
    changes_are_numbered_in_order_for_each_institution,
    a_reader_who_missed_what_is_forgotten_is_told,
    a_series_is_put_in_one_piece_once_it_has_settled,
    numbers_have_no_gap_and_appear_in_order_beside_long_transactions,
);

const FOLLOW: Follow = Follow {
    settle: Duration::from_secs(10),
    longest: Duration::from_secs(25),
};

async fn commit(house: &House, object: &Object) {
    house.database.commit(object.build()).await.unwrap();
}

async fn sequence(house: &House, limit: u32) -> u64 {
    let numbered = house.database.sequence_changes(limit, &FOLLOW);
    numbered.await.unwrap()
}

async fn after(house: &House, after: u64, limit: u32) -> ChangePage {
    let institution = institution();
    let page = house.database.changes_after(&institution, after, limit);
    page.await.unwrap()
}

fn numbers(page: &ChangePage) -> Vec<u64> {
    let changes = page.changes.as_ref().expect("nothing is missing");
    changes.iter().map(|change| change.number).collect()
}

async fn changes_are_numbered_in_order_for_each_institution(house: House) {
    let empty = after(&house, 0, 10).await;
    assert_eq!(
        (numbers(&empty), empty.last, empty.began),
        (vec![], 0, None)
    );
    let objects: Vec<Object> = (1..=5).map(|number| Object::new(1, 1, number)).collect();
    for object in &objects {
        commit(&house, object).await;
    }
    let before = after(&house, 0, 10).await;
    assert_eq!(
        numbers(&before),
        [0; 0],
        "not before the sequencer saw them"
    );
    assert_eq!(sequence(&house, 3).await, 3);
    assert_eq!(sequence(&house, 3).await, 2);
    assert_eq!(sequence(&house, 3).await, 0);
    house.database.forget(&[objects[2].key()]).await.unwrap();
    let mut foreign = Object::new(2, 1, 1).build();
    foreign.object.instance.institution = InstitutionId::new("other").unwrap();
    house.database.commit(foreign).await.unwrap();
    assert_eq!(sequence(&house, 10).await, 2);

    let page = after(&house, 0, 100).await;
    assert_eq!((numbers(&page), page.last), ((1..=6).collect(), 6));
    let changes = page.changes.unwrap();
    for (change, object) in changes.iter().zip(&objects) {
        assert_eq!(
            (change.kind, &change.instance),
            (Kind::Stored, &object.key().instance)
        );
    }
    assert_eq!(changes[5].kind, Kind::Deleted);
    assert_eq!(changes[5].instance, objects[2].key().instance);
    assert_eq!(numbers(&after(&house, 2, 2).await), [3, 4]);
    assert_eq!(numbers(&after(&house, 6, 2).await), [0; 0]);
    assert!(after(&house, 7, 2).await.changes.is_none(), "never given");
    let other = InstitutionId::new("other").unwrap();
    let other = house.database.changes_after(&other, 0, 10).await.unwrap();
    assert_eq!((numbers(&other), other.last), (vec![1], 1));
}

async fn a_reader_who_missed_what_is_forgotten_is_told(house: House) {
    const DAY: Duration = Duration::from_secs(86_400);
    for number in 1..=4 {
        commit(&house, &Object::new(1, 1, number)).await;
        house.clock.advance(86_400);
    }
    sequence(&house, 10).await;
    // Ages now: four days, three, two and one.
    let forget = |limit| house.database.forget_changes(DAY * 5 / 2, limit);
    assert_eq!(forget(1).await.unwrap(), 1, "no more than the limit");
    assert_eq!(forget(10).await.unwrap(), 1);
    assert_eq!(forget(10).await.unwrap(), 0);
    for gone in [0, 1] {
        let page = after(&house, gone, 10).await;
        assert_eq!((page.changes, page.last, page.oldest), (None, 4, Some(3)));
    }
    assert_eq!(numbers(&after(&house, 2, 10).await), [3, 4]);
    house.clock.advance(1_000_000);
    assert_eq!(forget(10).await.unwrap(), 2);
    let page = after(&house, 2, 10).await;
    assert_eq!((page.changes, page.last, page.oldest), (None, 4, None));
    assert_eq!(numbers(&after(&house, 4, 10).await), [0; 0]);
    commit(&house, &Object::new(1, 1, 9)).await;
    sequence(&house, 10).await;
    assert_eq!(
        numbers(&after(&house, 4, 10).await),
        [5],
        "counting goes on"
    );
}

async fn a_series_is_put_in_one_piece_once_it_has_settled(house: House) {
    let began = house.clock.now();
    let due = async |house: &House| {
        let jobs = house.database.list_jobs(Some(State::Waiting), 10).await;
        let jobs = jobs.unwrap();
        assert_eq!(jobs.len(), 1, "one a series");
        assert_eq!(jobs[0].key.subject, "1.1/1.1.1");
        (jobs[0].due - began).whole_seconds()
    };
    for number in 1..=3 {
        commit(&house, &Object::new(1, 1, number)).await;
    }
    sequence(&house, 10).await;
    assert_eq!(due(&house).await, 10);
    let mut number = 3;
    for (pass, expected) in [(8, 18), (8, 25), (8, 25)] {
        house.clock.advance(pass);
        number += 1;
        commit(&house, &Object::new(1, 1, number)).await;
        sequence(&house, 10).await;
        assert_eq!(due(&house).await, expected);
    }
}

/// Writers whose transactions are long and end in another order than they began in, two sequencers,
/// and a reader who follows: it sees every number once, in order.
async fn numbers_have_no_gap_and_appear_in_order_beside_long_transactions(house: House) {
    const WRITERS: u64 = 6;
    const EACH: u64 = 20;
    let house = Arc::new(house);
    let ended = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let house = Arc::clone(&house);
        writers.push(tokio::spawn(async move {
            for n in 0..EACH {
                if house.url.starts_with("postgres") {
                    // Ids are taken at the beginning, and seen at the end.
                    let pause = Duration::from_millis((writer * 37 + n * 11) % 50);
                    slow_transaction(&house.url, writer * 1000 + n, pause).await;
                } else {
                    let number = u32::try_from(writer * 1000 + n).unwrap();
                    commit(&house, &Object::new(1, 1, number)).await;
                }
            }
        }));
    }
    let mut sequencers = Vec::new();
    for _ in 0..2 {
        let ended = Arc::clone(&ended);
        let clock = Arc::clone(&house.clock) as Arc<dyn Clock>;
        let settings = Settings::new(&house.url);
        let own = Database::open(&settings, clock).await.unwrap();
        sequencers.push(tokio::spawn(async move {
            let mut numbered = 0;
            loop {
                let last = ended.load(Ordering::SeqCst);
                let some = own.sequence_changes(7, &FOLLOW).await.unwrap();
                numbered += some;
                if last && some == 0 {
                    own.close().await;
                    return numbered;
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }));
    }
    let follow = {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            let mut seen = 0;
            while seen < WRITERS * EACH {
                let page = after(&house, seen, 5).await;
                for number in numbers(&page) {
                    assert_eq!(number, seen + 1);
                    seen = number;
                }
            }
        })
    };
    for writer in writers {
        writer.await.unwrap();
    }
    ended.store(true, Ordering::SeqCst);
    let mut numbered = 0;
    for sequencer in sequencers {
        numbered += sequencer.await.unwrap();
    }
    assert_eq!(numbered, WRITERS * EACH);
    tokio::time::timeout(Duration::from_secs(30), follow)
        .await
        .expect("the reader sees all")
        .unwrap();
    let all = after(&house, 0, 10_000).await.changes.unwrap();
    let mut instances: Vec<_> = all
        .iter()
        .map(|change| change.instance.sop.clone())
        .collect();
    instances.sort();
    instances.dedup();
    assert_eq!(instances.len() as u64, WRITERS * EACH, "each change once");
}

async fn slow_transaction(url: &str, number: u64, pause: Duration) {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let sql = format!(
        "INSERT INTO outbox (institution_id, kind, study_uid, series_uid, sop_uid, ulid, at) \
         VALUES ('local', 'stored', '1.1', '1.1.1', '1.1.1.{number}', '', 0)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut *transaction)
        .await
        .unwrap();
    tokio::time::sleep(pause).await;
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
}
