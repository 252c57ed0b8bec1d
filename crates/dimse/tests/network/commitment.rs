//! Storage commitment (PS3.4 Annex J).

use dataset::{Element, Header, Tag, VR, Value};
use dimse::sop_class;

use crate::support::{CT, Network, Object, proposal, settings, text};

fn request(sops: &[&str]) -> Vec<Element> {
    let item = |sop: &&str| {
        vec![
            text((0x0008, 0x1150), VR::UI, CT),
            text((0x0008, 0x1155), VR::UI, sop),
        ]
    };
    vec![
        text((0x0008, 0x1195), VR::UI, "1.2.3.4"),
        Element {
            tag: Tag(0x0008, 0x1199),
            vr: VR::SQ,
            value: Value::Items(sops.iter().map(item).collect()),
        },
    ]
}

fn items(event: &Header, tag: Tag) -> usize {
    match event.element(tag).map(|element| &element.value) {
        Some(Value::Items(items)) => items.len(),
        _ => 0,
    }
}

#[tokio::test]
async fn the_report_comes_on_the_same_association_to_who_waits() {
    let network = Network::start(settings()).await;
    let object = Object::ct("P1", 1);
    network.hold(std::slice::from_ref(&object)).await;
    let mut requestor = network
        .connect(&[proposal(sop_class::STORAGE_COMMITMENT)])
        .await;
    let status = requestor
        .request_commitment(&request(&[&object.sop]))
        .await
        .unwrap();
    assert_eq!(status, 0);
    let (event_type, event) = requestor.await_report().await.unwrap();
    assert_eq!(event_type, 1);
    assert_eq!(event.text(Tag(0x0008, 0x1195)).as_deref(), Some("1.2.3.4"));
    assert_eq!(items(&event, Tag(0x0008, 0x1199)), 1);
    assert_eq!(items(&event, Tag(0x0008, 0x1198)), 0);
    let status = requestor
        .request_commitment(&request(&[&object.sop, "1.2.9"]))
        .await
        .unwrap();
    assert_eq!(status, 0);
    let (event_type, event) = requestor.await_report().await.unwrap();
    assert_eq!(event_type, 2);
    assert_eq!(items(&event, Tag(0x0008, 0x1199)), 1);
    assert_eq!(items(&event, Tag(0x0008, 0x1198)), 1);
    assert_eq!(
        requestor.request_commitment(&request(&[])).await.unwrap(),
        0x0115
    );
    requestor.release().await.unwrap();
    network.stop().await;
}
