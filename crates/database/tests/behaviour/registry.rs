//! Institutions and their application entities.

use std::time::Duration;

use database::{
    Deed,
    registry::{Conflict, ConflictWith, Details, Entity},
};
use model::{AeTitle, Clock, InstitutionId, Operation, Standing};

use crate::fixture::{House, institution};

crate::on_both!(
    institutions_are_entered_together_or_not_at_all,
    a_standing_changes_from_what_it_was,
    a_session_knows_where_its_institution_stands,
    application_entities_are_found_by_title_in_every_institution,
);

fn id(text: &str) -> InstitutionId {
    InstitutionId::new(text).unwrap()
}

fn details(text: &str, campus: &str) -> Details {
    Details {
        id: id(text),
        credit_code: Some("123502004266007916".parse().unwrap()),
        campus: campus.into(),
        name: "市第一医院".into(),
        level: "三级甲等".into(),
        ownership: "公立".into(),
        region: "350200".into(),
    }
}

fn entity(institution: &str, host: &str) -> Entity {
    Entity {
        institution: id(institution),
        ae_title: AeTitle::new("CT1").unwrap(),
        host: host.into(),
        port: 104,
        operations: vec![Operation::Store, Operation::Query],
    }
}

fn deed(home: &InstitutionId) -> Deed<'_> {
    Deed {
        institution: home,
        actor: "user:keeper".into(),
        deed: "institution_put",
        subject: "somebody",
        detail: String::new(),
    }
}

async fn institutions_are_entered_together_or_not_at_all(house: House) {
    let (database, home) = (&house.database, institution());
    let put = [
        (deed(&home), details("east", "东院")),
        (deed(&home), details("west", "西院")),
    ];
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    let known = database.institution(&id("east")).await.unwrap().unwrap();
    assert_eq!(
        (known.details, known.standing, known.entered),
        (
            details("east", "东院"),
            Standing::Pending,
            house.clock.now()
        )
    );
    let put = [
        (deed(&home), details("south", "南院")),
        (deed(&home), details("north", "东院")),
    ];
    let conflict = Conflict {
        at: 1,
        with: ConflictWith::CreditCode(id("east")),
    };
    assert_eq!(database.put_institutions(&put).await.unwrap(), [conflict]);
    assert_eq!(database.institution(&id("south")).await.unwrap(), None);

    let mut renamed = details("east", "东院");
    renamed.name = "市中心医院".into();
    let put = [(deed(&home), renamed.clone())];
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    let listed = database.institutions().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|one| one.details.id.as_str()).collect();
    assert_eq!(names, ["east", home.as_str(), "west"]);
    assert_eq!(listed[0].details, renamed);
    assert_eq!(database.deeds(&home, None, 10).await.unwrap().len(), 3);
}

async fn a_standing_changes_from_what_it_was(house: House) {
    let (database, home) = (&house.database, institution());
    let put = [(deed(&home), details("east", ""))];
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    let (pending, testing) = (Standing::Pending, Standing::Testing);
    let set = database
        .set_standing(&deed(&home), &id("east"), pending, testing)
        .await;
    assert!(set.unwrap());
    let again = database
        .set_standing(&deed(&home), &id("east"), pending, testing)
        .await;
    assert!(!again.unwrap(), "it does not stand so any more");
    // What is told anew of it does not move it.
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    database.ensure_institution(&id("east")).await.unwrap();
    let known = database.institution(&id("east")).await.unwrap().unwrap();
    assert_eq!(known.standing, testing);
}

async fn a_session_knows_where_its_institution_stands(house: House) {
    let (database, home) = (&house.database, institution());
    let put = [(deed(&home), details("east", ""))];
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    let east = id("east");
    let made = database
        .create_first_administrator(&east, "hash", Some(&deed(&home)))
        .await;
    assert!(made.unwrap());
    let expires = house.clock.now() + Duration::from_secs(60);
    let opened = database.open_session(&east, "admin", &[1; 32], expires);
    opened.await.unwrap();
    let standing = async || {
        let session = database.session(&[1; 32]).await.unwrap().unwrap();
        (session.institution, session.standing)
    };
    assert_eq!(standing().await, (east.clone(), Standing::Pending));
    let (from, to) = (Standing::Pending, Standing::Testing);
    let set = database.set_standing(&deed(&home), &east, from, to).await;
    assert!(set.unwrap());
    assert_eq!(standing().await, (east, to));
    // The home's admin is another account.
    let here = database
        .create_first_administrator(&home, "other", None)
        .await;
    assert!(here.unwrap());
}

async fn application_entities_are_found_by_title_in_every_institution(house: House) {
    let (database, home) = (&house.database, institution());
    let put = [(deed(&home), details("east", ""))];
    assert_eq!(database.put_institutions(&put).await.unwrap(), []);
    let rows = [
        (deed(&home), entity("east", "10.0.0.1")),
        (deed(&home), entity("nowhere", "10.0.0.2")),
    ];
    let conflict = Conflict {
        at: 1,
        with: ConflictWith::NoInstitution(id("nowhere")),
    };
    assert_eq!(database.put_entities(&rows).await.unwrap(), [conflict]);
    assert_eq!(database.entities().await.unwrap(), []);

    let rows = [
        (deed(&home), entity("east", "10.0.0.1")),
        (deed(&home), entity(home.as_str(), "10.0.0.2")),
        (deed(&home), entity("east", "10.0.0.3")),
    ];
    assert_eq!(database.put_entities(&rows).await.unwrap(), []);
    let title = AeTitle::new("CT1").unwrap();
    let found = database.entities_titled(&title).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|of| (of.entity.host.as_str(), of.standing))
        .collect();
    let expected = [
        ("10.0.0.3", Standing::Pending),
        ("10.0.0.2", Standing::Active),
    ];
    assert_eq!(found, expected, "the later row of a title is the one");
    let removed = database
        .remove_entity(&deed(&home), &id("east"), &title)
        .await;
    assert!(removed.unwrap());
    let again = database
        .remove_entity(&deed(&home), &id("east"), &title)
        .await;
    assert!(!again.unwrap());
    let left = [entity(home.as_str(), "10.0.0.2")];
    assert_eq!(database.entities().await.unwrap(), left);
}
