//! Accounts, sessions and the audit port.

use std::time::Duration;

use model::{AccessEpisode, AuditPort, Clock, Operation, Purpose};

use crate::fixture::{House, institution, study_key};

crate::on_both!(
    the_first_administrator_is_made_once,
    a_session_ends_with_time_and_with_the_password,
    an_episode_is_written_or_refused,
);

async fn the_first_administrator_is_made_once(house: House) {
    let database = &house.database;
    assert!(
        database
            .create_first_administrator(&institution(), "hash")
            .await
            .unwrap()
    );
    assert!(
        !database
            .create_first_administrator(&institution(), "other")
            .await
            .unwrap()
    );
    let user = database
        .user(&institution(), "admin")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(user.password_hash, "hash");
    assert!(user.must_change);
    assert_eq!(database.user(&institution(), "nobody").await.unwrap(), None);
}

async fn a_session_ends_with_time_and_with_the_password(house: House) {
    let database = &house.database;
    database
        .create_first_administrator(&institution(), "hash")
        .await
        .unwrap();
    let expires = house.clock.now() + Duration::from_secs(60);
    for token in [[1; 32], [2; 32]] {
        database
            .open_session(&institution(), "admin", &token, expires)
            .await
            .unwrap();
    }
    assert!(
        database
            .open_session(&institution(), "nobody", &[3; 32], expires)
            .await
            .is_err()
    );
    let session = database.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((session.user.as_str(), session.expires), ("admin", expires));
    database.close_session(&[1; 32]).await.unwrap();
    assert_eq!(database.session(&[1; 32]).await.unwrap(), None);
    assert!(database.session(&[2; 32]).await.unwrap().is_some());
    house.clock.advance(60);
    assert_eq!(
        database.session(&[2; 32]).await.unwrap(),
        None,
        "ended by time"
    );
    assert_eq!(database.purge_sessions().await.unwrap(), 1);

    let expires = house.clock.now() + Duration::from_secs(60);
    database
        .open_session(&institution(), "admin", &[4; 32], expires)
        .await
        .unwrap();
    assert!(
        database
            .set_password(&institution(), "admin", "new", false)
            .await
            .unwrap()
    );
    assert!(
        !database
            .set_password(&institution(), "nobody", "new", false)
            .await
            .unwrap()
    );
    assert_eq!(
        database.session(&[4; 32]).await.unwrap(),
        None,
        "ended by the password"
    );
    let user = database
        .user(&institution(), "admin")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (user.password_hash.as_str(), user.must_change),
        ("new", false)
    );
}

async fn an_episode_is_written_or_refused(house: House) {
    let episode = AccessEpisode {
        actor: "user:admin".into(),
        purpose: Purpose::Treatment,
        operation: Operation::Query,
        study: Some(study_key("1.1")),
        began: house.clock.now(),
    };
    let port: &dyn AuditPort = &house.database;
    port.open(episode.clone()).await.unwrap();
    port.open(AccessEpisode {
        study: None,
        ..episode.clone()
    })
    .await
    .unwrap();
    house.database.close().await;
    assert!(port.open(episode).await.is_err());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_at_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let settings = database::Settings::new(format!("postgres://nobody@127.0.0.1:{port}/x"));
    let clock = std::sync::Arc::new(crate::fixture::HandClock::default());
    let began = std::time::Instant::now();
    let refused = database::Database::open(&settings, clock)
        .await
        .unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(6));
    let cause = std::error::Error::source(&refused).map(ToString::to_string);
    assert!(cause.is_some_and(|cause| cause.contains("refused")));
}
