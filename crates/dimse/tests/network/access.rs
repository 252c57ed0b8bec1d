//! Who may come in, how many, and how associations end at shutdown.

use std::time::{Duration, Instant};

use database::{
    Deed,
    registry::{Details, Entity},
};
use dimse::{DimseError, scu::Requestor, sop_class};
use model::{InstitutionId, Operation, Standing};

use crate::support::{Network, Object, aet, find, peer, proposal, settings, storage, text};

#[tokio::test]
async fn without_the_open_door_only_the_table_is_answered() {
    let mut settings = settings();
    settings.open = false;
    settings.peers = vec![peer("CT1", 104, &[Operation::Store])];
    let network = Network::start(settings).await;
    let address = network.address.to_string();
    let verification = [proposal(sop_class::VERIFICATION)];
    for (calling, called) in [("NOBODY", "YINGYUN"), ("CT1", "OTHER")] {
        let error = Requestor::connect(&address, &aet(calling), &aet(called), &verification)
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                DimseError::Rejected {
                    permanent: true,
                    ..
                }
            ),
            "{error}"
        );
    }
    let mut known = network.connect_as("CT1", &[storage(), find()]).await;
    assert_eq!(Object::ct("P1", 1).send(&mut known).await.status, 0);
    let level = text((0x0008, 0x0052), dataset::VR::CS, "STUDY");
    let found = known
        .find(sop_class::STUDY_ROOT_FIND, &[level])
        .await
        .unwrap();
    assert_eq!((found.matches.len(), found.status), (0, 0x0124));
    known.release().await.unwrap();
    network.stop().await;
}

#[tokio::test]
async fn one_association_too_many_is_rejected_for_now() {
    let mut settings = settings();
    settings.max_associations = 2;
    let network = Network::start(settings).await;
    let first = network.connect(&[storage()]).await;
    let _second = network.connect(&[storage()]).await;
    let address = network.address.to_string();
    let third = Requestor::connect(&address, &aet("A"), &aet("YINGYUN"), &[storage()]).await;
    let error = third.unwrap_err();
    assert!(
        matches!(
            error,
            DimseError::Rejected {
                permanent: false,
                ..
            }
        ),
        "{error}"
    );
    first.release().await.unwrap();
    let began = Instant::now();
    loop {
        match Requestor::connect(&address, &aet("A"), &aet("YINGYUN"), &[storage()]).await {
            Ok(_) => break,
            Err(_) => assert!(began.elapsed() < Duration::from_secs(5)),
        }
    }
    network.stop().await;
}

#[tokio::test]
async fn a_running_association_ends_its_work_at_shutdown_and_an_idle_one_is_left() {
    let network = Network::start(settings()).await;
    let mut busy = network.connect(&[storage()]).await;
    let _idle = network.connect(&[storage()]).await;
    network.shutdown.cancel();
    for number in 1..=5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(Object::ct("P1", number).send(&mut busy).await.status, 0);
    }
    busy.release().await.unwrap();
    let address = network.address.to_string();
    assert!(
        Requestor::connect(&address, &aet("A"), &aet("YINGYUN"), &[storage()])
            .await
            .is_err()
    );
    tokio::time::timeout(Duration::from_secs(4), network.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn the_listener_survives_noise_and_aborts() {
    let network = Network::start(settings()).await;
    for _ in 0..20 {
        let mut noisy = network.connect(&[storage()]).await;
        noisy
            .send_raw(&[4, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 1, 2])
            .await
            .unwrap();
        let aborted = network.connect(&[storage()]).await;
        aborted.abort().await;
        drop(noisy);
    }
    let mut requestor = network.connect(&[proposal(sop_class::VERIFICATION)]).await;
    assert_eq!(requestor.echo().await.unwrap(), 0);
    requestor.release().await.unwrap();
    network.stop().await;
}

fn id(text: &str) -> InstitutionId {
    InstitutionId::new(text).unwrap()
}

fn deed(home: &InstitutionId) -> Deed<'_> {
    Deed {
        institution: home,
        actor: "operator".into(),
        deed: "entity_put",
        subject: "somebody",
        detail: String::new(),
    }
}

/// Enters an institution that is at work, and its application entity.
async fn enter(network: &Network, institution: &str, title: &str, host: &str) {
    let (home, database) = (id("local"), &network.database);
    let details = Details {
        id: id(institution),
        credit_code: None,
        campus: String::new(),
        name: institution.into(),
        level: String::new(),
        ownership: String::new(),
        region: String::new(),
    };
    let known = database.institution(&details.id).await.unwrap();
    if known.is_none() {
        let put = database.put_institutions(&[(deed(&home), details)]).await;
        assert_eq!(put.unwrap(), []);
        stand(network, institution, Standing::Pending, Standing::Active).await;
    }
    let entity = Entity {
        institution: id(institution),
        ae_title: aet(title),
        host: host.into(),
        port: 104,
        operations: vec![Operation::Store, Operation::Query],
    };
    let put = database.put_entities(&[(deed(&home), entity)]).await;
    assert_eq!(put.unwrap(), []);
}

async fn stand(network: &Network, institution: &str, from: Standing, to: Standing) {
    let (home, database) = (id("local"), &network.database);
    let set = database
        .set_standing(&deed(&home), &id(institution), from, to)
        .await;
    assert!(set.unwrap());
}

/// A server that asks the index each time.
async fn shut() -> Network {
    let mut settings = settings();
    settings.open = false;
    settings.recheck = Duration::ZERO;
    Network::start(settings).await
}

async fn studies(requestor: &mut Requestor) -> (usize, u16) {
    let level = text((0x0008, 0x0052), dataset::VR::CS, "STUDY");
    let found = requestor.find(sop_class::STUDY_ROOT_FIND, &[level]).await;
    let found = found.unwrap();
    (found.matches.len(), found.status)
}

#[tokio::test]
async fn the_index_says_who_calls_and_each_institution_sees_its_own() {
    let network = shut().await;
    enter(&network, "east", "EAST", "127.0.0.1").await;
    enter(&network, "west", "WEST", "127.0.0.1").await;
    enter(&network, "west", "FAR", "192.0.2.9").await;
    let mut east = network.connect_as("EAST", &[storage(), find()]).await;
    let mut west = network.connect_as("WEST", &[storage(), find()]).await;
    assert_eq!(Object::ct("P1", 1).send(&mut east).await.status, 0);
    assert_eq!(studies(&mut east).await, (1, 0));
    assert_eq!(studies(&mut west).await, (0, 0));
    let address = network.address.to_string();
    let far = Requestor::connect(&address, &aet("FAR"), &aet("YINGYUN"), &[storage()]).await;
    assert!(
        matches!(far, Err(DimseError::Rejected { .. })),
        "a wrong address"
    );
    network.stop().await;
}

#[tokio::test]
async fn a_title_of_two_institutions_at_one_address_is_nobodys() {
    let network = shut().await;
    enter(&network, "east", "CT1", "127.0.0.1").await;
    enter(&network, "west", "CT1", "*").await;
    let known = network.connect_as("CT1", &[storage()]).await;
    known.release().await.unwrap();
    enter(&network, "west", "CT1", "127.0.0.1").await;
    let address = network.address.to_string();
    let both = Requestor::connect(&address, &aet("CT1"), &aet("YINGYUN"), &[storage()]).await;
    assert!(matches!(
        both,
        Err(DimseError::Rejected {
            permanent: true,
            ..
        })
    ));
    network.stop().await;
}

#[tokio::test]
async fn what_is_taken_away_ends_on_associations_that_are_open() {
    let network = shut().await;
    enter(&network, "east", "EAST", "127.0.0.1").await;
    let mut east = network.connect_as("EAST", &[storage(), find()]).await;
    assert_eq!(Object::ct("P1", 1).send(&mut east).await.status, 0);
    stand(&network, "east", Standing::Active, Standing::Suspended).await;
    assert_eq!(Object::ct("P1", 2).send(&mut east).await.status, 0x0124);
    assert_eq!(studies(&mut east).await, (1, 0), "what is there is read");
    stand(&network, "east", Standing::Suspended, Standing::Active).await;
    assert_eq!(Object::ct("P1", 3).send(&mut east).await.status, 0);
    let (home, database) = (id("local"), &network.database);
    let removed = database
        .remove_entity(&deed(&home), &id("east"), &aet("EAST"))
        .await;
    assert!(removed.unwrap());
    assert_eq!(Object::ct("P1", 4).send(&mut east).await.status, 0x0124);
    assert_eq!(studies(&mut east).await, (0, 0x0124));
    network.stop().await;
}
