//! Subscriptions and what was delivered to them.

use std::time::Duration;

use database::{
    changes::Follow,
    jobs::{Kind, Lease},
    webhooks::{Message, Webhook},
};
use model::Clock;
use ulid::Ulid;

use crate::fixture::{House, Object, institution, ulid};

crate::on_both!(
    a_subscription_begins_with_what_changes_from_now_on,
    a_message_is_the_same_until_it_is_delivered,
    a_subscription_that_was_given_up_is_replayed,
);

const FOLLOW: Follow = Follow {
    settle: Duration::ZERO,
    longest: Duration::ZERO,
};

async fn store(house: &House, number: u32) {
    let object = Object::new(1, 1, number).build();
    house.database.commit(object).await.unwrap();
    house.database.sequence_changes(100, &FOLLOW).await.unwrap();
}

async fn subscribe(house: &House) -> Ulid {
    let id = ulid();
    let url = "https://hooks.example.org/";
    let institution = institution();
    let made = house
        .database
        .create_webhook(&institution, id, url, &[5; 32]);
    made.await.unwrap();
    id
}

async fn webhook(house: &House, id: Ulid) -> Webhook {
    let webhook = house.database.webhook(&institution(), id).await.unwrap();
    webhook.expect("it is there")
}

async fn lease(house: &House) -> Option<database::jobs::Leased> {
    let lease = Lease {
        id: ulid(),
        owner: "a test",
        lasts: Duration::from_secs(30),
    };
    house
        .database
        .take_job(&[Kind::Deliver], &lease)
        .await
        .unwrap()
}

async fn a_subscription_begins_with_what_changes_from_now_on(house: House) {
    store(&house, 1).await;
    store(&house, 2).await;
    assert!(lease(&house).await.is_none(), "nobody subscribed");
    let id = subscribe(&house).await;
    assert_eq!(webhook(&house, id).await.sent, 2);
    store(&house, 3).await;
    let job = lease(&house).await.expect("a job to tell it");
    assert_eq!(job.key, webhook(&house, id).await.job());
    assert_eq!(
        house.database.webhooks(&institution()).await.unwrap().len(),
        1
    );
    let shown = format!("{:?}", webhook(&house, id).await);
    assert!(!shown.contains("secret: "), "{shown}");
    assert!(
        house
            .database
            .delete_webhook(&institution(), id)
            .await
            .unwrap()
    );
    assert!(
        !house
            .database
            .delete_webhook(&institution(), id)
            .await
            .unwrap()
    );
    assert!(
        house
            .database
            .webhook(&institution(), id)
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_message_is_the_same_until_it_is_delivered(house: House) {
    let id = subscribe(&house).await;
    for number in 1..=3 {
        store(&house, number).await;
    }
    let database = &house.database;
    let message = Message { first: 1, last: 2 };
    let fresh = webhook(&house, id).await;
    assert!(database.begin_message(&fresh, message).await.unwrap());
    let begun = webhook(&house, id).await;
    assert_eq!((begun.sent, begun.sending), (0, Some(2)));
    database
        .note_delivery(&begun, message, Some(500), "no")
        .await
        .unwrap();
    assert_eq!(webhook(&house, id).await, begun);
    house.clock.advance(1);
    database
        .note_delivery(&begun, message, Some(204), "")
        .await
        .unwrap();
    let done = webhook(&house, id).await;
    assert_eq!((done.sent, done.sending), (2, None));
    let sent = database.deliveries(&done).await.unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].message, sent[0].attempts, sent[0].status),
        (message, 2, Some(204))
    );
    assert!(sent[0].error.is_empty());
    // Whoever lost its lease and comes late changes nothing.
    assert!(!database.begin_message(&fresh, message).await.unwrap());
    database
        .note_delivery(&begun, message, Some(204), "")
        .await
        .unwrap();
    assert_eq!(webhook(&house, id).await.sent, 2);
    for first in 3..=150 {
        let message = Message { first, last: first };
        house.clock.advance(1);
        database
            .note_delivery(&done, message, None, "no")
            .await
            .unwrap();
    }
    let sent = database.deliveries(&done).await.unwrap();
    assert_eq!(
        (sent.len(), sent[0].message.first),
        (100, 150),
        "the last hundred"
    );
}

async fn a_subscription_that_was_given_up_is_replayed(house: House) {
    let id = subscribe(&house).await;
    store(&house, 1).await;
    let job = lease(&house).await.unwrap();
    let database = &house.database;
    assert!(database.fail_job(job.lease, "no", 1, None).await.unwrap());
    store(&house, 2).await;
    assert!(lease(&house).await.is_none(), "it was given up");
    assert!(
        database
            .replay_webhook(&institution(), id, 1)
            .await
            .unwrap()
    );
    let job = lease(&house).await.unwrap();
    assert_eq!(job.attempts, 1);
    assert_eq!(webhook(&house, id).await.sent, 0);
    // One that waits to be tried again waits no longer.
    let later = house.clock.now() + Duration::from_secs(3600);
    let failed = database.fail_job(job.lease, "no", 1, Some(later)).await;
    assert!(failed.unwrap());
    assert!(lease(&house).await.is_none(), "it waits");
    let replayed = database.replay_webhook(&institution(), id, 1).await;
    assert!(replayed.unwrap());
    assert_eq!(lease(&house).await.unwrap().attempts, 1);
    let stranger = Ulid::from_parts(1, 1);
    assert!(
        !database
            .replay_webhook(&institution(), stranger, 1)
            .await
            .unwrap()
    );
    // What is no longer kept is passed over.
    let lagging = webhook(&house, id).await;
    database.skip_webhook(&lagging, Some(2)).await.unwrap();
    let lagging = webhook(&house, id).await;
    assert_eq!(lagging.sent, 1);
    database.skip_webhook(&lagging, None).await.unwrap();
    assert_eq!(webhook(&house, id).await.sent, 2);
}
