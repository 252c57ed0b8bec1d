//! WADO-URI (PS3.18 §9), and presentation states by it and by WADO-RS.

use testkit::fixture::{Dataset, Object, split};

use crate::{
    house::{Answer, House},
    objects::{beside, ct, frames, path},
};

/// PS3.18 §9.
#[tokio::test]
async fn the_uri_service_gives_objects_and_pictures() {
    let house = House::dev().await;
    let object = ct("V9").object();
    let moving = frames(&object);
    house.stored(&[object.clone(), moving.clone()]).await;
    let of = |object: &Object, rest: &str| {
        format!(
            "/wado?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}{rest}",
            object.study, object.series, object.sop
        )
    };
    for (uri, status, kind) in [
        (of(&object, ""), 200, "image/jpeg"),
        (
            of(
                &object,
                "&contentType=image%2Fpng&rows=8&windowCenter=40&windowWidth=400",
            ),
            200,
            "image/png",
        ),
        (
            of(&object, "&contentType=application%2Fdicom"),
            200,
            "application/dicom; transfer-syntax=1.2.840.10008.1.2.1",
        ),
        (
            of(&moving, ""),
            200,
            "application/dicom; transfer-syntax=1.2.840.10008.1.2.1",
        ),
        (of(&moving, "&frameNumber=3"), 200, "image/jpeg"),
        (of(&moving, "&contentType=image/gif"), 200, "image/gif"),
        (of(&moving, "&frameNumber=4"), 404, "application/json"),
        (of(&moving, "&frameNumber=0"), 400, "application/json"),
        (
            of(&object, "&contentType=text/html"),
            406,
            "application/json",
        ),
        (
            of(
                &object,
                "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.90",
            ),
            406,
            "application/json",
        ),
        (of(&object, "&anonymize=yes"), 400, "application/json"),
        (
            of(&object, "&presentationUID=1.2.3"),
            400,
            "application/json",
        ),
        (of(&object, "&region=0,0,2,1"), 400, "application/json"),
        (
            of(&object, "").replace("WADO&", "X&"),
            400,
            "application/json",
        ),
        (
            of(&object, "").replace("objectUID", "object"),
            400,
            "application/json",
        ),
        (
            of(&object, "").replace(&object.series, "1.2.3"),
            404,
            "application/json",
        ),
    ] {
        let answer = house.get(&uri, "*/*").await;
        let said = String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]);
        assert_eq!(answer.status, status, "{uri}: {said}");
        assert_eq!(answer.header("content-type"), kind, "{uri}");
    }
    let file = house
        .get(&of(&object, "&contentType=application/dicom"), "*/*")
        .await;
    assert_eq!(split(&file.body).unwrap().1, object.dataset);
    let part = of(&object, "&contentType=image/png&region=0,0.5,0.25,1");
    let part = house.get(&part, "*/*").await;
    assert_eq!(part.body[16..24], [0, 0, 0, 4, 0, 0, 0, 8]);
}

/// PS3.4 §N.2, PS3.18 §10.4.1.1.3, §9.1.2.2.8.
#[tokio::test]
async fn images_are_shown_under_a_presentation_state() {
    let house = House::dev().await;
    let object = ct("V10").object();
    let image = Dataset::default()
        .text(0x0008_1150, "UI", &object.sop_class)
        .text(0x0008_1155, "UI", &object.sop);
    let series = Dataset::default()
        .text(0x0020_000E, "UI", &object.series)
        .sequence(0x0008_1140, vec![image]);
    let rest =
        Dataset::default()
            .sequence(0x0008_1115, vec![series])
            .text(0x2050_0020, "CS", "INVERSE");
    let class = "1.2.840.10008.5.1.4.1.1.11.1";
    let state = beside(&object, class, &format!("{}.3", object.sop), rest);
    house.stored(&[object.clone(), state.clone()]).await;
    let gray = |answer: Answer| {
        assert_eq!(answer.status, 200);
        let picture = image::load_from_memory(&answer.body).unwrap().to_luma8();
        picture.get_pixel(0, 0).0[0]
    };
    let own = gray(
        house
            .get(&format!("{}/rendered", path(&object)), "image/png")
            .await,
    );
    let under = gray(
        house
            .get(&format!("{}/rendered", path(&state)), "image/png")
            .await,
    );
    assert_eq!((own, under), (0, 255));
    let uri = format!(
        "/wado?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}&contentType=image/png\
         &presentationSeriesUID={}&presentationUID=",
        object.study, object.series, object.sop, state.series
    );
    assert_eq!(
        gray(house.get(&format!("{uri}{}", state.sop), "*/*").await),
        255
    );
    // What is no presentation state is not applied.
    let wrong = uri.replace(&state.series, &object.series) + &object.sop;
    assert_eq!(house.get(&wrong, "*/*").await.status, 400);
}
