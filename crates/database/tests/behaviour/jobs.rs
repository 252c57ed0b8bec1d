//! Jobs: leases, fences, dead letters.

use std::{sync::Arc, time::Duration};

use database::jobs::{JobKey, Kind, Lease, Leased, State};
use time::OffsetDateTime;
use ulid::Ulid;

use crate::fixture::{House, institution, ulid};

crate::on_both!(
    a_job_that_waits_is_not_doubled_and_one_that_runs_runs_once_more,
    a_lease_that_ended_is_anothers_and_its_first_holder_counts_no_more,
    a_job_that_fails_for_good_waits_for_the_operator,
    a_lease_that_is_given_back_does_not_count,
    many_workers_lease_each_job_once,
);

const LASTS: Duration = Duration::from_secs(30);

fn key(subject: &str) -> JobKey {
    JobKey {
        institution: Some(institution()),
        kind: Kind::Manifest,
        subject: subject.into(),
    }
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

async fn ask(house: &House, subject: &str, seconds: i64) {
    let key = key(subject);
    house.database.ask_job(&key, at(seconds)).await.unwrap();
}

async fn take(house: &House) -> Option<Leased> {
    let lease = Lease {
        id: ulid(),
        owner: "a test",
        lasts: LASTS,
    };
    let kinds = [Kind::Manifest, Kind::Deliver];
    house.database.take_job(&kinds, &lease).await.unwrap()
}

async fn a_job_that_waits_is_not_doubled_and_one_that_runs_runs_once_more(house: House) {
    ask(&house, "a", 10).await;
    ask(&house, "a", 5).await;
    assert!(take(&house).await.is_none(), "not before its time");
    house.clock.advance(5);
    let first = take(&house).await.expect("the earlier time holds");
    assert_eq!((first.key.clone(), first.attempts), (key("a"), 1));
    assert!(take(&house).await.is_none(), "it is there once");
    ask(&house, "a", 60).await;
    assert!(house.database.finish_job(first.lease).await.unwrap());
    assert!(take(&house).await.is_none());
    house.clock.advance(55);
    let again = take(&house).await.expect("it was asked for while it ran");
    assert_eq!(again.attempts, 1);
    assert!(house.database.finish_job(again.lease).await.unwrap());
    assert!(house.database.list_jobs(None, 10).await.unwrap().is_empty());
}

async fn a_lease_that_ended_is_anothers_and_its_first_holder_counts_no_more(house: House) {
    ask(&house, "a", 0).await;
    let dead = take(&house).await.unwrap();
    house.clock.advance(29);
    assert!(house.database.keep_job(dead.lease, LASTS).await.unwrap());
    house.clock.advance(29);
    assert!(take(&house).await.is_none(), "it was renewed");
    house.clock.advance(1);
    let heir = take(&house).await.expect("the lease ended");
    assert_eq!((&heir.key, heir.attempts), (&dead.key, 2));
    let database = &house.database;
    let lost = dead.lease;
    assert!(!database.keep_job(lost, LASTS).await.unwrap());
    assert!(!database.finish_job(lost).await.unwrap());
    assert!(!database.fail_job(lost, "late", 1, None).await.unwrap());
    assert!(!database.give_job_back(lost).await.unwrap());
    let listed = database.list_jobs(None, 10).await.unwrap();
    assert_eq!((listed.len(), listed[0].state), (1, State::Running));
    assert!(database.finish_job(heir.lease).await.unwrap());
    assert!(!database.finish_job(heir.lease).await.unwrap());
    // The same subject once more is another job: the old lease means nothing to it either.
    ask(&house, "a", 0).await;
    let next = take(&house).await.unwrap();
    assert!(!database.finish_job(lost).await.unwrap());
    assert!(database.finish_job(next.lease).await.unwrap());
}

async fn a_job_that_fails_for_good_waits_for_the_operator(house: House) {
    ask(&house, "a", 0).await;
    ask(&house, "b", 1).await;
    let job = take(&house).await.unwrap();
    let database = &house.database;
    let failed = database.fail_job(job.lease, "no disk", 1, Some(at(20)));
    assert!(failed.await.unwrap());
    ask(&house, "a", 0).await;
    assert!(
        take(&house).await.is_none(),
        "asking does not shorten a wait"
    );
    house.clock.advance(20);
    let b = take(&house).await.unwrap();
    assert_eq!(b.key.subject, "b");
    assert!(database.finish_job(b.lease).await.unwrap());
    let job = take(&house).await.unwrap();
    assert_eq!((job.key.subject.as_str(), job.attempts), ("a", 2));
    assert!(
        database
            .fail_job(job.lease, "no disk", 2, None)
            .await
            .unwrap()
    );
    house.clock.advance(1_000_000);
    ask(&house, "a", 0).await;
    assert!(take(&house).await.is_none(), "a dead letter stays one");
    let dead = database.list_jobs(Some(State::Dead), 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (dead[0].last_error.as_str(), dead[0].due),
        ("no disk", at(20))
    );
    let counted = database.count_jobs().await.unwrap();
    assert_eq!((counted[0].state, counted[0].count), (State::Dead, 1));

    let other = database.retry_dead_jobs(Some(Kind::Deliver), None).await;
    assert_eq!(other.unwrap(), 0);
    let own = database
        .retry_dead_jobs(Some(Kind::Manifest), Some("a"))
        .await;
    assert_eq!(own.unwrap(), 1);
    let job = take(&house).await.unwrap();
    assert_eq!(job.attempts, 1, "it begins anew");
    assert!(
        database
            .fail_job(job.lease, "no disk", 1, None)
            .await
            .unwrap()
    );
    assert_eq!(database.drop_dead_jobs(None, Some("b")).await.unwrap(), 0);
    assert_eq!(database.drop_dead_jobs(None, None).await.unwrap(), 1);
    assert!(database.list_jobs(None, 10).await.unwrap().is_empty());
}

async fn a_lease_that_is_given_back_does_not_count(house: House) {
    ask(&house, "a", 0).await;
    for _ in 0..3 {
        let job = take(&house).await.expect("at once");
        assert_eq!(job.attempts, 1);
        assert!(house.database.give_job_back(job.lease).await.unwrap());
    }
}

async fn many_workers_lease_each_job_once(house: House) {
    const JOBS: usize = 40;
    for number in 0..JOBS {
        ask(&house, &number.to_string(), 0).await;
    }
    let house = Arc::new(house);
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                let mut taken: Vec<(String, Ulid)> = Vec::new();
                while let Some(job) = take(&house).await {
                    taken.push((job.key.subject, job.lease));
                }
                taken
            })
        })
        .collect();
    let mut subjects = Vec::new();
    for worker in workers {
        subjects.extend(
            worker
                .await
                .unwrap()
                .into_iter()
                .map(|(subject, _)| subject),
        );
    }
    // A worker that finds the one job it saw taken ends early: what is left is taken here.
    while let Some(job) = take(&house).await {
        subjects.push(job.key.subject);
    }
    assert_eq!(subjects.len(), JOBS);
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), JOBS);
}
