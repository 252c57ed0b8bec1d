//! C-GET and C-MOVE (PS3.4 §C.4.2, §C.4.3).

use dataset::{Element, VR};
use dimse::{
    scu::{Counts, Proposal},
    sop_class,
};
use model::{Operation, TransferSyntax};

use crate::support::{CT, Network, Object, STUDY, aet, peer, proposal, settings, text, uid};

fn study() -> [Element; 2] {
    [
        text((0x0008, 0x0052), VR::CS, "STUDY"),
        text((0x0020, 0x000D), VR::UI, STUDY),
    ]
}

fn objects() -> Vec<Object> {
    (1..=4).map(|number| Object::ct("P1", number)).collect()
}

fn provided(syntax: TransferSyntax) -> Proposal {
    Proposal::provided(uid(CT), vec![syntax])
}

#[tokio::test]
async fn c_get_gives_back_byte_for_byte_what_was_stored() {
    let network = Network::start(settings()).await;
    network.hold(&objects()).await;
    let explicit = TransferSyntax::explicit_little();
    let get = proposal(sop_class::STUDY_ROOT_GET);
    let mut requestor = network.connect(&[get, provided(explicit.clone())]).await;
    let mut delivered = Vec::new();
    let retrieved = requestor
        .get(sop_class::STUDY_ROOT_GET, &study(), |object| {
            delivered.push((object.sop.to_string(), object.data_set));
            0
        })
        .await
        .unwrap();
    requestor.release().await.unwrap();
    let expected: Vec<_> = objects()
        .iter()
        .map(|object| (object.sop.clone(), object.encoded(&explicit)))
        .collect();
    assert!(delivered == expected);
    assert_eq!(retrieved.status, 0);
    assert_eq!(retrieved.pending, 4);
    let counts = Counts {
        completed: 4,
        ..Counts::default()
    };
    assert_eq!(retrieved.counts, counts);
    network.stop().await;
}

#[tokio::test]
async fn what_the_peer_does_not_accept_is_converted() {
    let network = Network::start(settings()).await;
    network.hold(&objects()[..1]).await;
    let implicit = TransferSyntax::implicit_little();
    let get = proposal(sop_class::STUDY_ROOT_GET);
    let mut requestor = network.connect(&[get, provided(implicit.clone())]).await;
    let mut delivered = Vec::new();
    let retrieved = requestor
        .get(sop_class::STUDY_ROOT_GET, &study(), |object| {
            delivered.push(object.data_set);
            0
        })
        .await
        .unwrap();
    assert_eq!(retrieved.status, 0);
    assert!(delivered == [objects()[0].encoded(&implicit)]);
    requestor.release().await.unwrap();
    network.stop().await;
}

#[tokio::test]
async fn warnings_and_failures_are_counted_and_listed() {
    let network = Network::start(settings()).await;
    network.hold(&objects()).await;
    let get = proposal(sop_class::STUDY_ROOT_GET);
    let mut requestor = network
        .connect(&[get, provided(TransferSyntax::explicit_little())])
        .await;
    let mut answers = [0, 0xB000, 0xA700, 0].into_iter();
    let retrieved = requestor
        .get(sop_class::STUDY_ROOT_GET, &study(), |_| {
            answers.next().unwrap()
        })
        .await
        .unwrap();
    assert_eq!(retrieved.status, 0xB000);
    assert_eq!(
        (retrieved.counts.completed, retrieved.counts.warning),
        (2, 1)
    );
    assert_eq!(retrieved.counts.failed, 1);
    assert_eq!(retrieved.failed, [objects()[2].sop.clone()]);
    requestor.release().await.unwrap();
    let mut deaf = network
        .connect(&[proposal(sop_class::STUDY_ROOT_GET)])
        .await;
    let retrieved = deaf
        .get(sop_class::STUDY_ROOT_GET, &study(), |_| 0)
        .await
        .unwrap();
    assert_eq!((retrieved.status, retrieved.counts.failed), (0xA702, 4));
    deaf.release().await.unwrap();
    network.stop().await;
}

#[tokio::test]
async fn a_cancelled_c_get_tells_what_was_done_and_what_remains() {
    let network = Network::start(settings()).await;
    network.hold(&objects()).await;
    let model = sop_class::STUDY_ROOT_GET;
    let mut requestor = network
        .connect(&[proposal(model), provided(TransferSyntax::explicit_little())])
        .await;
    let retrieved = requestor
        .get_at_most(2, model, &study(), |_| 0)
        .await
        .unwrap();
    assert_eq!(retrieved.status, 0xFE00);
    assert_eq!(
        (retrieved.counts.completed, retrieved.counts.remaining),
        (2, 2)
    );
    let again = requestor.get(model, &study(), |_| 0).await.unwrap();
    assert_eq!((again.status, again.counts.completed), (0, 4));
    requestor.release().await.unwrap();
    network.stop().await;
}

/// A second archive is the destination.
#[tokio::test]
async fn c_move_sends_to_a_row_of_the_table_and_counts() {
    let destination = Network::start(settings()).await;
    let mut settings = settings();
    let port = destination.address.port();
    settings.peers = vec![
        peer("SECOND", port, &[Operation::Store]),
        peer("GONE", 1, &[]),
    ];
    let network = Network::start(settings).await;
    network.hold(&objects()).await;
    let mut requestor = network
        .connect(&[proposal(sop_class::STUDY_ROOT_MOVE)])
        .await;
    let model = sop_class::STUDY_ROOT_MOVE;
    let moved = requestor
        .move_to(model, &aet("SECOND"), &study())
        .await
        .unwrap();
    assert_eq!(
        (moved.status, moved.counts.completed, moved.pending),
        (0, 4, 4)
    );
    let unknown = requestor
        .move_to(model, &aet("NOBODY"), &study())
        .await
        .unwrap();
    assert_eq!(unknown.status, 0xA801);
    let gone = requestor
        .move_to(model, &aet("GONE"), &study())
        .await
        .unwrap();
    assert_eq!(
        (gone.status, gone.counts.failed, gone.failed.len()),
        (0xA702, 4, 4)
    );
    let nothing = [
        text((0x0008, 0x0052), VR::CS, "STUDY"),
        text((0x0020, 0x000D), VR::UI, "1.2.3"),
    ];
    let none = requestor
        .move_to(model, &aet("SECOND"), &nothing)
        .await
        .unwrap();
    assert_eq!((none.status, none.counts), (0, Counts::default()));
    requestor.release().await.unwrap();
    let image = [
        text((0x0008, 0x0018), VR::UI, &objects()[1].sop),
        text((0x0008, 0x0052), VR::CS, "IMAGE"),
    ];
    let mut requestor = network.connect(&[proposal(model)]).await;
    let one = requestor
        .move_to(model, &aet("SECOND"), &image)
        .await
        .unwrap();
    assert_eq!((one.status, one.counts.completed), (0, 1));
    requestor.release().await.unwrap();
    let sops: Vec<String> = objects().into_iter().map(|object| object.sop).collect();
    let sops: Vec<&str> = sops.iter().map(String::as_str).collect();
    assert_eq!(destination.indexed(&sops).await, 4);
    network.stop().await;
    destination.stop().await;
}

#[tokio::test]
async fn the_patient_root_retrieves_a_patient() {
    let network = Network::start(settings()).await;
    network.hold(&objects()).await;
    let model = sop_class::PATIENT_ROOT_GET;
    let mut requestor = network
        .connect(&[proposal(model), provided(TransferSyntax::explicit_little())])
        .await;
    let patient = [
        text((0x0008, 0x0052), VR::CS, "PATIENT"),
        text((0x0010, 0x0020), VR::LO, "P1"),
    ];
    let retrieved = requestor.get(model, &patient, |_| 0).await.unwrap();
    assert_eq!((retrieved.status, retrieved.counts.completed), (0, 4));
    let nobody = [text((0x0008, 0x0052), VR::CS, "PATIENT")];
    let retrieved = requestor.get(model, &nobody, |_| 0).await.unwrap();
    assert_eq!(retrieved.status, 0xA900);
    requestor.release().await.unwrap();
    network.stop().await;
}
