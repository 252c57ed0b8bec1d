//! C-FIND (PS3.4 §C.4.1).

use dataset::{Element, Tag, VR};
use dimse::{scu::Found, sop_class};

use crate::support::{Network, Object, SERIES, STUDY, bytes, find, proposal, settings, text};

const STUDY_UID: (u16, u16) = (0x0020, 0x000D);
const NAME: (u16, u16) = (0x0010, 0x0010);

fn level(level: &str) -> Element {
    text((0x0008, 0x0052), VR::CS, level)
}

async fn held() -> Network {
    let network = Network::start(settings()).await;
    let objects: Vec<Object> = (1..=5).map(|number| Object::ct("P1", number)).collect();
    network.hold(&objects).await;
    network
}

async fn asked(network: &Network, model: &str, identifier: &[Element]) -> Found {
    let mut requestor = network.connect(&[proposal(model)]).await;
    let found = requestor.find(model, identifier).await.unwrap();
    requestor.release().await.unwrap();
    found
}

#[tokio::test]
async fn a_study_is_found_with_the_keys_that_were_asked() {
    let network = held().await;
    let keys = [
        text((0x0008, 0x0020), VR::DA, "20260101-20260131"),
        level("STUDY"),
        text((0x0008, 0x0061), VR::CS, ""),
        text((0x0008, 0x1030), VR::LO, ""),
        text(NAME, VR::PN, "zhang*"),
        text(STUDY_UID, VR::UI, ""),
        text((0x0020, 0x1208), VR::IS, ""),
    ];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &keys).await;
    assert_eq!(found.status, 0, "{:?}", found.comment);
    let [study] = found.matches.as_slice() else {
        panic!("{} matches", found.matches.len());
    };
    let tag = |tag: (u16, u16)| study.text(Tag(tag.0, tag.1)).unwrap_or_default();
    assert_eq!(tag((0x0008, 0x0005)), "ISO_IR 192");
    assert_eq!(tag((0x0008, 0x0052)), "STUDY");
    assert_eq!(tag((0x0008, 0x0061)), "CT");
    assert_eq!(tag(NAME), "Zhang^San=张^三");
    assert_eq!(tag(STUDY_UID), STUDY);
    assert_eq!(study.number(Tag(0x0020, 0x1208)), Some(5));
    assert!(
        study.element(Tag(0x0008, 0x1030)).is_some(),
        "an unknown key comes back empty"
    );
    assert!(
        study.element(Tag(0x0008, 0x0050)).is_none(),
        "nobody asked for it"
    );
    network.stop().await;
}

#[tokio::test]
async fn names_are_asked_and_told_in_the_callers_character_set() {
    let network = held().await;
    let keys = [
        text((0x0008, 0x0005), VR::CS, "GB18030"),
        level("STUDY"),
        bytes(NAME, VR::PN, b"*\xD5\xC5*"),
    ];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &keys).await;
    let [study] = found.matches.as_slice() else {
        panic!("{} matches", found.matches.len());
    };
    assert_eq!(study.text(Tag(0x0008, 0x0005)).as_deref(), Some("GB18030"));
    assert_eq!(
        study.text(Tag(0x0010, 0x0010)).as_deref(),
        Some("Zhang^San=张^三")
    );
    network.stop().await;
}

/// Pages of three (`max_results` of the harness) are joined.
#[tokio::test]
async fn every_level_is_found_and_more_matches_than_a_page() {
    let network = held().await;
    let patient = [level("PATIENT"), text((0x0010, 0x0020), VR::LO, "P1")];
    let found = asked(&network, sop_class::PATIENT_ROOT_FIND, &patient).await;
    assert_eq!((found.matches.len(), found.status), (1, 0));
    let series = [level("SERIES"), text(STUDY_UID, VR::UI, STUDY)];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &series).await;
    assert_eq!(found.matches.len(), 1);
    assert_eq!(
        found.matches[0].text(Tag(0x0020, 0x000E)).as_deref(),
        Some(SERIES)
    );
    let images = [
        level("IMAGE"),
        text((0x0020, 0x0013), VR::IS, ""),
        text(STUDY_UID, VR::UI, STUDY),
        text((0x0020, 0x000E), VR::UI, SERIES),
    ];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &images).await;
    let numbers: Vec<_> = found
        .matches
        .iter()
        .map(|image| image.number(Tag(0x0020, 0x0013)))
        .collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3), Some(4), Some(5)]);
    network.stop().await;
}

#[tokio::test]
async fn nothing_is_success_and_a_wrong_level_is_refused() {
    let network = held().await;
    let nobody = [level("STUDY"), text((0x0010, 0x0020), VR::LO, "NOBODY")];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &nobody).await;
    assert_eq!((found.matches.len(), found.status), (0, 0));
    for wrong in [vec![], vec![level("PATIENT")], vec![level("GALAXY")]] {
        let found = asked(&network, sop_class::STUDY_ROOT_FIND, &wrong).await;
        assert_eq!((found.matches.len(), found.status), (0, 0xA900));
    }
    let bad_date = [level("STUDY"), text((0x0008, 0x0020), VR::DA, "yesterday")];
    let found = asked(&network, sop_class::STUDY_ROOT_FIND, &bad_date).await;
    assert_eq!((found.matches.len(), found.status), (0, 0xA900));
    let mut requestor = network.connect(&[find()]).await;
    assert_eq!(requestor.contexts().len(), 1);
    requestor.send_raw(&[]).await.unwrap();
    requestor.release().await.unwrap();
    network.stop().await;
}
