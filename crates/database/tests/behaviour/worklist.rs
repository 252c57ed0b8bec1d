//! The worklist: changes one after another, who is told of them, and what goes with time.

use std::time::Duration;

use database::{
    Database,
    workitems::{Change, Followed, Follower, Narrowed, Workitem, Written},
};
use model::{AeTitle, StepState, Uid, Worklist};

use crate::fixture::{House, institution};

crate::on_both!(
    of_two_changes_of_one_workitem_the_second_is_overtaken,
    subscribers_are_told_in_the_order_of_commits,
    who_follows_all_follows_what_comes_and_a_new_one_makes_creators_look_again,
    final_workitems_go_unless_they_are_locked,
    the_worklist_comes_in_pages_narrowed_by_its_columns,
);

fn title(text: &str) -> AeTitle {
    AeTitle::new(text).unwrap()
}

fn workitem(uid: &str, state: StepState, version: i64) -> Workitem {
    Workitem {
        uid: Uid::new(uid).unwrap(),
        state,
        transaction: None,
        patient_id: "P1".into(),
        starts: "20260701120000".into(),
        attributes: "{}".into(),
        version,
    }
}

fn change(workitem: Workitem, reports: &[&str]) -> Change {
    Change {
        workitem,
        reports: reports.iter().map(|report| (*report).into()).collect(),
        followers: Vec::new(),
        revision: 0,
    }
}

async fn write(database: &Database, change: &Change) -> Written {
    database
        .write_workitem(&institution(), change)
        .await
        .unwrap()
}

async fn follow(database: &Database, subscriber: &str, lock: bool, uid: &str) -> usize {
    let followed = Followed {
        uid: Uid::new(uid).unwrap(),
        report: Some("now".into()),
    };
    database
        .follow_workitems(&institution(), &title(subscriber), lock, &[followed])
        .await
        .unwrap()
}

async fn told(database: &Database, subscriber: &str, after: i64) -> Vec<(i64, String)> {
    database
        .events(&institution(), &title(subscriber), after, 100)
        .await
        .unwrap()
}

async fn of_two_changes_of_one_workitem_the_second_is_overtaken(house: House) {
    let database = &house.database;
    let new = change(workitem("1.1", StepState::Scheduled, 0), &[]);
    assert_eq!(write(database, &new).await, Written::Done { told: 0 });
    assert_eq!(write(database, &new).await, Written::Overtaken, "it exists");
    let claim = change(workitem("1.1", StepState::InProgress, 1), &[]);
    assert_eq!(write(database, &claim).await, Written::Done { told: 0 });
    assert_eq!(write(database, &claim).await, Written::Overtaken);
    let uid = Uid::new("1.1").unwrap();
    let stored = database.workitem(&institution(), &uid).await.unwrap();
    assert_eq!(stored.unwrap().version, 2);
}

async fn subscribers_are_told_in_the_order_of_commits(house: House) {
    let database = &house.database;
    for uid in ["1.1", "1.2"] {
        write(
            database,
            &change(workitem(uid, StepState::Scheduled, 0), &[]),
        )
        .await;
        assert_eq!(follow(database, "A", false, uid).await, 1);
    }
    assert_eq!(follow(database, "B", false, "1.1").await, 1);
    assert_eq!(
        follow(database, "B", false, "1.9").await,
        0,
        "it is not there"
    );
    // Many at once: numbers have no gap, and none comes later than a greater one.
    let writers = (0..20).map(|round| {
        let database = database.clone();
        tokio::spawn(async move {
            let uid = if round % 2 == 0 { "1.1" } else { "1.2" };
            loop {
                let uid = Uid::new(uid).unwrap();
                let stored = database.workitem(&institution(), &uid).await.unwrap();
                let next = change(stored.unwrap(), &[&format!("change {round}")]);
                if let Written::Done { .. } = write(&database, &next).await {
                    break;
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut last = 2;
    while last < 22 {
        for (number, _) in told(database, "A", last).await {
            assert_eq!(number, last + 1);
            last = number;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(told(database, "B", 1).await.len(), 10, "of 1.1 only");
    let (own, a) = (institution(), title("A"));
    assert_eq!(
        database.acknowledged_event(&own, &a).await.unwrap(),
        Some(0)
    );
    database.acknowledge_events(&own, &a, 7).await.unwrap();
    database.acknowledge_events(&own, &a, 5).await.unwrap();
    assert_eq!(
        database.acknowledged_event(&own, &a).await.unwrap(),
        Some(7)
    );
    assert_eq!(
        database
            .trim_events(Duration::from_secs(60), 3)
            .await
            .unwrap(),
        27
    );
    assert_eq!(told(database, "A", 0).await[0].0, 20, "the newest stay");
}

async fn who_follows_all_follows_what_comes_and_a_new_one_makes_creators_look_again(house: House) {
    let database = &house.database;
    let own = institution();
    let follower = Follower {
        subscriber: title("ALL"),
        worklist: Worklist::Filtered,
        deletion_lock: true,
        filter: "[]".into(),
    };
    database.follow_worklist(&own, &follower).await.unwrap();
    let (followers, revision) = database.followers(&own).await.unwrap();
    assert_eq!((followers, revision), (vec![follower], 1));
    let mut new = change(workitem("1.1", StepState::Scheduled, 0), &["new"]);
    assert_eq!(write(database, &new).await, Written::Overtaken);
    new.revision = 1;
    new.followers = vec![(title("ALL"), true)];
    assert_eq!(write(database, &new).await, Written::Done { told: 1 });
    assert_eq!(told(database, "ALL", 0).await, [(1, "new".to_owned())]);
    database.tell_everybody(&own, "restarted").await.unwrap();
    assert_eq!(
        told(database, "ALL", 1).await,
        [(2, "restarted".to_owned())]
    );

    assert!(
        database
            .unfollow_worklist(&own, &title("ALL"), false)
            .await
            .unwrap()
    );
    assert!(
        !database
            .unfollow_worklist(&own, &title("ALL"), false)
            .await
            .unwrap()
    );
    let uid = Uid::new("1.1").unwrap();
    assert_eq!(
        database.workitem_subscribers(&own, &uid).await.unwrap(),
        1,
        "suspended only"
    );
    assert!(
        database
            .unfollow_worklist(&own, &title("ALL"), true)
            .await
            .unwrap()
    );
    assert_eq!(database.workitem_subscribers(&own, &uid).await.unwrap(), 0);
}

async fn final_workitems_go_unless_they_are_locked(house: House) {
    let database = &house.database;
    let own = institution();
    for uid in ["1.1", "1.2", "1.3"] {
        write(
            database,
            &change(workitem(uid, StepState::Scheduled, 0), &[]),
        )
        .await;
    }
    follow(database, "A", false, "1.1").await;
    follow(database, "A", true, "1.2").await;
    for uid in ["1.1", "1.2"] {
        write(
            database,
            &change(workitem(uid, StepState::Completed, 1), &[]),
        )
        .await;
    }
    let day = Duration::from_secs(86_400);
    assert_eq!(
        database.purge_workitems(day, day * 9).await.unwrap(),
        0,
        "too early"
    );
    house.clock.advance(2 * 86_400);
    assert_eq!(database.purge_workitems(day, day * 9).await.unwrap(), 1);
    let gone = Uid::new("1.1").unwrap();
    assert_eq!(database.workitem(&own, &gone).await.unwrap(), None);
    assert!(database.workitem_is_gone(&own, &gone).await.unwrap());
    let locked = Uid::new("1.2").unwrap();
    assert!(!database.workitem_is_gone(&own, &locked).await.unwrap());
    assert!(
        database
            .unfollow_workitem(&own, &title("A"), &locked)
            .await
            .unwrap()
    );
    assert_eq!(database.purge_workitems(day, day * 9).await.unwrap(), 1);
    house.clock.advance(20 * 86_400);
    assert_eq!(
        database.purge_workitems(day, day * 9).await.unwrap(),
        0,
        "1.3 is not final"
    );
}

async fn the_worklist_comes_in_pages_narrowed_by_its_columns(house: House) {
    let database = &house.database;
    let own = institution();
    for (uid, starts) in [
        ("1.3", "20260701120000"),
        ("1.1", "20260702"),
        ("1.2", "20260701120000"),
    ] {
        let mut new = workitem(uid, StepState::Scheduled, 0);
        new.starts = starts.into();
        write(database, &change(new, &[])).await;
    }
    let page = async |narrowed: &Narrowed, after: Option<&Workitem>| {
        database.workitems(&own, narrowed, after, 2).await.unwrap()
    };
    let uids =
        |page: &[Workitem]| -> Vec<String> { page.iter().map(|one| one.uid.to_string()).collect() };
    let first = page(&Narrowed::default(), None).await;
    assert_eq!(uids(&first), ["1.2", "1.3"]);
    assert_eq!(
        uids(&page(&Narrowed::default(), first.last()).await),
        ["1.1"]
    );
    let later = Narrowed {
        starts_from: Some("20260701120001".into()),
        patient_id: Some("P1".into()),
        ..Narrowed::default()
    };
    assert_eq!(uids(&page(&later, None).await), ["1.1"]);
    let until = Narrowed {
        starts_to: Some("20260701".into()),
        states: Some(vec![StepState::Scheduled]),
        ..Narrowed::default()
    };
    assert_eq!(uids(&page(&until, None).await), ["1.2", "1.3"]);
    let none = Narrowed {
        states: Some(Vec::new()),
        ..Narrowed::default()
    };
    assert!(page(&none, None).await.is_empty());
}
