//! Accounts, sessions and the audit port.

use std::time::Duration;

use access::{Role, Roles};
use database::{Deed, Subject};
use model::{AccessEpisode, AuditPort, Basis, Clock, InstitutionId, Operation, Purpose, Standing};

use crate::fixture::{House, institution, study_key, ulid};

crate::on_both!(
    the_first_administrator_is_made_once,
    a_session_ends_with_time_and_with_the_password,
    an_account_and_its_deed_are_kept_together,
    a_token_ends_with_time,
    a_subject_has_one_account_and_takes_no_others,
    a_code_is_taken_once_and_no_secret_replaces_one_in_use,
    an_episode_is_written_or_refused,
);

async fn the_first_administrator_is_made_once(house: House) {
    let database = &house.database;
    assert!(
        database
            .create_first_administrator(&institution(), "hash", None)
            .await
            .unwrap()
    );
    assert!(
        !database
            .create_first_administrator(&institution(), "other", None)
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
        .create_first_administrator(&institution(), "hash", None)
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
            .change_password(&institution(), "admin", "new")
            .await
            .unwrap()
    );
    assert!(
        !database
            .change_password(&institution(), "nobody", "new")
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

fn deed<'a>(institution: &'a InstitutionId, deed: &'static str, subject: &'a str) -> Deed<'a> {
    Deed {
        institution,
        actor: "operator".into(),
        deed,
        subject,
        detail: String::new(),
    }
}

async fn an_account_and_its_deed_are_kept_together(house: House) {
    let (database, here) = (&house.database, institution());
    let both = Roles::new([Role::Radiologist, Role::Archivist]).unwrap();
    let made = deed(&here, "user_made", "li.si");
    assert!(database.create_user(&made, "hash", &both).await.unwrap());
    assert!(!database.create_user(&made, "other", &both).await.unwrap());
    let expires = house.clock.now() + Duration::from_secs(60);
    database
        .open_session(&here, "li.si", &[1; 32], expires)
        .await
        .unwrap();
    let session = database.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(session.roles, both);
    let one = Roles::new([Role::Physician]).unwrap();
    assert!(
        database
            .set_roles(&deed(&here, "roles_set", "li.si"), &one)
            .await
            .unwrap()
    );
    assert!(
        !database
            .set_roles(&deed(&here, "roles_set", "nobody"), &one)
            .await
            .unwrap()
    );
    let session = database.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(session.roles, one, "in force at once");
    assert!(
        database
            .set_locked(&deed(&here, "user_locked", "li.si"), true)
            .await
            .unwrap()
    );
    assert_eq!(database.session(&[1; 32]).await.unwrap(), None);
    // A session that a sign-in under way opens after the lock serves nobody either.
    database
        .open_session(&here, "li.si", &[2; 32], expires)
        .await
        .unwrap();
    assert_eq!(database.session(&[2; 32]).await.unwrap(), None);
    assert!(database.user(&here, "li.si").await.unwrap().unwrap().locked);
    assert!(
        database
            .reset_password(&deed(&here, "password_reset", "li.si"), "new")
            .await
            .unwrap()
    );
    let users = database.users(&here).await.unwrap();
    let [user] = &users[..] else {
        panic!("{users:?}")
    };
    assert_eq!(
        (user.password_hash.as_str(), user.must_change),
        ("new", true)
    );
    let deeds = database.deeds(&here, None, 10).await.unwrap();
    let names: Vec<&str> = deeds.iter().map(|one| one.deed.as_str()).collect();
    let expected = ["password_reset", "user_locked", "roles_set", "user_made"];
    assert_eq!(names, expected, "what did nothing is not there");
    let older = database
        .deeds(&here, Some(deeds[1].number), 1)
        .await
        .unwrap();
    assert_eq!(older, deeds[2..3]);
}

async fn a_code_is_taken_once_and_no_secret_replaces_one_in_use(house: House) {
    let (database, here) = (&house.database, institution());
    let made = database.create_first_administrator(&here, "hash", None);
    assert!(made.await.unwrap());
    let offer = async |secret: u8| {
        let secret = [secret; 20];
        let offered = database.offer_second_factor(&here, "admin", &secret);
        offered.await.unwrap()
    };
    let asked = async || {
        let user = database.user(&here, "admin").await.unwrap().unwrap();
        user.second_factor
    };
    let take = async |step| database.take_step(&here, "admin", step).await.unwrap();
    assert!(!take(7).await, "there is no secret");
    assert!(offer(1).await && offer(2).await);
    assert!(!asked().await, "nobody has shown a code");
    let known = database.second_factor(&here, "admin").await.unwrap();
    let known = known.unwrap();
    assert_eq!((known.secret, known.confirmed), (vec![2; 20], false));
    assert!(take(7).await);
    assert!(asked().await);
    assert!(!take(7).await && !take(6).await && take(8).await);
    assert!(!offer(3).await, "one in use stays");
    let reset = deed(&here, "second_factor_reset", "admin");
    assert!(database.reset_second_factor(&reset).await.unwrap());
    assert!(!database.reset_second_factor(&reset).await.unwrap());
    assert!(!asked().await && offer(3).await && take(7).await);
    let removed = database.remove_second_factor(&here, "admin");
    assert!(removed.await.unwrap());
    assert_eq!(database.deeds(&here, None, 9).await.unwrap().len(), 1);
}

async fn a_subject_has_one_account_and_takes_no_others(house: House) {
    let database = &house.database;
    let here = institution();
    let there = InstitutionId::new("there").unwrap();
    database.ensure_institution(&there).await.unwrap();
    let roles = Roles::new([Role::Radiologist]).unwrap();
    let of = |issuer, subject| Subject { issuer, subject };
    let (one, other) = (of("https://a", "1"), of("https://b", "1"));
    let made = deed(&here, "user_made", "zhang.san");
    assert_eq!(database.user_of(&here, one).await.unwrap(), None);
    assert!(
        database
            .create_user_of(&made, one, "hash", &roles)
            .await
            .unwrap()
    );
    let user = database.user_of(&here, one).await.unwrap().unwrap();
    assert_eq!((user.name.as_str(), user.must_change), ("zhang.san", false));
    assert_eq!(user.roles, roles);
    // The same subject, of another issuer or at another institution, is somebody else.
    assert_eq!(database.user_of(&here, other).await.unwrap(), None);
    assert_eq!(database.user_of(&there, one).await.unwrap(), None);
    // Neither a name nor a subject is taken twice, and what fails leaves nothing.
    assert!(
        !database
            .create_user_of(&made, other, "hash", &roles)
            .await
            .unwrap()
    );
    assert_eq!(database.user_of(&here, other).await.unwrap(), None);
    let again = deed(&here, "user_made", "li.si");
    assert!(
        !database
            .create_user_of(&again, one, "hash", &roles)
            .await
            .unwrap()
    );
    assert_eq!(database.user(&here, "li.si").await.unwrap(), None);
    let deeds = database.deeds(&here, None, 10).await.unwrap();
    assert_eq!(deeds.len(), 1, "{deeds:?}");
    let elsewhere = deed(&there, "user_made", "zhang.san");
    assert!(
        database
            .create_user_of(&elsewhere, one, "hash", &roles)
            .await
            .unwrap()
    );
}

async fn a_token_ends_with_time(house: House) {
    let (database, here) = (&house.database, institution());
    let operations = [Operation::Query, Operation::Retrieve];
    let expires = house.clock.now() + Duration::from_secs(60);
    let issued = deed(&here, "token_issued", "his");
    let made = database.create_token(&issued, &[1; 32], &operations, expires);
    assert!(made.await.unwrap());
    let again = database.create_token(&issued, &[2; 32], &operations, expires);
    assert!(!again.await.unwrap());
    let (token, standing) = database.token(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(standing, Standing::Active);
    assert_eq!(
        (token.name.as_str(), &token.operations[..]),
        ("his", &operations[..])
    );
    assert_eq!(database.token(&[2; 32]).await.unwrap(), None);
    house.clock.advance(60);
    assert_eq!(
        database.token(&[1; 32]).await.unwrap(),
        None,
        "ended by time"
    );
    assert_eq!(
        database.tokens(&here).await.unwrap().len(),
        1,
        "and still listed"
    );
    let revoked = deed(&here, "token_revoked", "his");
    assert!(database.revoke_token(&revoked).await.unwrap());
    assert!(!database.revoke_token(&revoked).await.unwrap());
}

async fn an_episode_is_written_or_refused(house: House) {
    let episode = AccessEpisode {
        actor: "user:admin".into(),
        reader: Some(institution()),
        purpose: Purpose::Treatment,
        operation: Operation::Query,
        study: Some(study_key("1.1")),
        basis: Some((Basis::Consent, ulid())),
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
