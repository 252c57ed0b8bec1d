//! What a decision that changes nothing tells (docs/adr/0014).

use testkit::fixture::Ct;

use crate::house::{Answer, House};

#[tokio::test]
async fn what_is_rejected_already_says_as_what() {
    let house = House::dev().await;
    let object = Ct::new("R1").unwrap().object();
    house.stored(std::slice::from_ref(&object)).await;
    let post = async |path: &str| -> Answer {
        let path = format!("/dicom-web/studies/{}/{path}", object.study);
        house.post(&path, "text/plain", Vec::new()).await
    };
    let nothing = post("restore").await;
    assert_eq!(nothing.status, 404);
    assert!(nothing.json()["message"].to_string().contains("rejected"));
    assert_eq!(post("reject/113039^DCM").await.json()["count"], 1);
    let again = post("reject/113001^DCM").await;
    assert_eq!(again.status, 409);
    let text = again.json()["message"].to_string();
    assert!(
        text.contains("113039^DCM") && text.contains("restore"),
        "{text}"
    );
    assert_eq!(post("restore").await.json()["count"], 1);
    let unknown = "/dicom-web/studies/1.2.3/reject/113001^DCM";
    let unknown = house.post(unknown, "text/plain", Vec::new()).await;
    assert_eq!(unknown.status, 404);
}
