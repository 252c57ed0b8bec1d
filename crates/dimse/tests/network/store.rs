//! C-ECHO and C-STORE.

use bytes::Bytes;
use dimse::{scu::Proposal, sop_class};
use model::TransferSyntax;

use crate::support::{CT, Network, Object, SERIES, STUDY, proposal, settings, storage, uid};

#[tokio::test]
async fn an_object_is_stored_and_a_resend_is_success() {
    let network = Network::start(settings()).await;
    let mut requestor = network
        .connect(&[storage(), proposal(sop_class::VERIFICATION)])
        .await;
    assert_eq!(requestor.echo().await.unwrap(), 0);
    let object = Object::ct("P1", 1);
    for _ in 0..2 {
        let stored = object.send(&mut requestor).await;
        assert_eq!((stored.status, stored.comment), (0, None));
    }
    requestor.release().await.unwrap();
    let rows = network
        .database
        .instances_by_sop(&settings().institution, &[uid(&object.sop)])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].object.instance.study, uid(STUDY));
    assert_eq!(rows[0].object.instance.series, uid(SERIES));
    assert_eq!(rows[0].origin.source, "TESTER");
    network.stop().await;
}

/// PS3.4 §B.2.3: what cannot be understood is refused alone.
#[tokio::test]
async fn a_bad_object_fails_alone_with_its_status_and_a_comment() {
    let network = Network::start(settings()).await;
    let mut requestor = network.connect(&[storage()]).await;
    let explicit = TransferSyntax::explicit_little();
    let object = Object::ct("P1", 1);
    let whole = object.encoded(&explicit);
    let mut cases: Vec<(Bytes, &str, u16)> = vec![
        (whole.slice(..whole.len() - 100), &object.sop, 0xC000),
        (
            Bytes::from_static(b"no data set at all, only text"),
            &object.sop,
            0xC000,
        ),
        (Bytes::new(), &object.sop, 0xC000),
        (
            object
                .clone()
                .with((0x0020, 0x000D), None)
                .encoded(&explicit),
            &object.sop,
            0xC000,
        ),
        (whole.clone(), "1.2.3.4.5", 0xA900),
    ];
    let traversal = object.clone().with((0x0020, 0x000D), Some("../../etc"));
    cases.push((traversal.encoded(&explicit), &object.sop, 0xC000));
    for (data_set, sop, status) in cases {
        let stored = requestor
            .store(&uid(CT), &uid(sop), &explicit, data_set)
            .await
            .unwrap();
        assert_eq!(stored.status, status, "{:?}", stored.comment);
        assert!(stored.comment.is_some_and(|comment| comment.len() <= 64));
    }
    let other = Object::ct("P1", 2);
    assert_eq!(other.send(&mut requestor).await.status, 0);
    requestor.release().await.unwrap();
    assert_eq!(network.indexed(&[&object.sop, &other.sop]).await, 1);
    network.stop().await;
}

#[tokio::test]
async fn private_classes_and_syntaxes_are_taken() {
    let network = Network::start(settings()).await;
    let class = "1.2.826.0.1.3680043.10.99.1";
    let implicit = TransferSyntax::implicit_little();
    let private = Proposal::new(uid(class), vec![implicit.clone()]);
    let mut requestor = network.connect(&[private]).await;
    let object = Object::ct("P1", 1).with((0x0008, 0x0016), Some(class));
    let stored = requestor
        .store(
            &uid(class),
            &uid(&object.sop),
            &implicit,
            object.encoded(&implicit),
        )
        .await
        .unwrap();
    assert_eq!((stored.status, stored.comment), (0, None));
    requestor.release().await.unwrap();
    network.stop().await;
}

#[tokio::test]
async fn sixteen_associations_send_the_first_objects_of_a_study_at_once() {
    let network = Network::start(settings()).await;
    let mut tasks = Vec::new();
    for number in 1..=16 {
        let mut requestor = network.connect(&[storage()]).await;
        tasks.push(tokio::spawn(async move {
            let stored = Object::ct("P1", number).send(&mut requestor).await;
            requestor.release().await.unwrap();
            stored.status
        }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap(), 0);
    }
    let scope = database::Scope {
        study: uid(STUDY),
        series: None,
        sop: None,
    };
    let rows = network
        .database
        .instances(&settings().institution, &scope)
        .await
        .unwrap();
    assert_eq!(rows.len(), 16);
    network.stop().await;
}
