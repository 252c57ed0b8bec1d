//! Who may come in, how many, and how associations end at shutdown.

use std::time::{Duration, Instant};

use dimse::{DimseError, scu::Requestor, sop_class};
use model::Operation;

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
