//! All bulk data of a study, a series and an instance (PS3.18 §10.4.1.1.5).

use testkit::fixture::{Dataset, slices};

use crate::{
    house::House,
    objects::{beside, ct, path, send},
};

#[tokio::test]
async fn the_values_of_a_level_come_under_the_addresses_that_metadata_gives() {
    let house = House::dev().await;
    let mut objects = slices(ct("B1"), 2).unwrap();
    let item = Dataset::default().words(0x5400_1010, "OW", (0..4000).collect());
    let rest = Dataset::default().sequence(0x5400_0100, vec![item]);
    let first = &objects[0];
    let class = "1.2.840.10008.5.1.4.1.1.9.1.1";
    objects.push(beside(first, class, &format!("{}.4", first.sop), rest));
    house.stored(&objects).await;
    let study = format!("/dicom-web/studies/{}", objects[0].study);
    let mut named: Vec<String> = Vec::new();
    for object in &objects[..2] {
        // A private value of unknown representation is bulk data too.
        for tag in ["7FE00010", "00091001"] {
            named.push(format!("{}/bulkdata/{tag}", path(object)));
        }
    }
    let wave = path(&objects[2]);
    named.push(format!("{wave}/bulkdata/54000100/1/54001010"));
    let series = format!("{study}/series/{}", objects[0].series);
    let levels = [
        (study, named.clone()),
        (series, named[..4].to_vec()),
        (wave, named[4..].to_vec()),
    ];
    for (level, mut expected) in levels {
        let level = format!("{level}/bulkdata");
        let answer = house.get(&level, "*/*").await;
        assert_eq!(answer.status, 200, "{level}");
        let tag = answer.header("etag").to_owned();
        let mut found = Vec::new();
        for part in answer.parts() {
            assert_eq!(
                part.header("content-type"),
                Some("application/octet-stream")
            );
            let location = part.header("content-location").unwrap();
            let location = location.strip_prefix("http://localhost:8080").unwrap();
            let single = house.get(location, "application/octet-stream").await;
            assert_eq!(single.body, part.body, "{location}");
            assert!(!part.body.is_empty());
            found.push(location.to_owned());
        }
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{level}");
        let known = send(&house, "GET", &level, &[("if-none-match", tag.as_str())]).await;
        assert_eq!(known.status, 304);
        let head = send(&house, "HEAD", &level, &[]).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(house.get(&level, "image/jpeg").await.status, 406);
    }
    let elsewhere = format!("{}/bulkdata", path(&objects[2])).replace("/studies/", "/studies/9.");
    assert_eq!(house.get(&elsewhere, "*/*").await.status, 404);
}

#[tokio::test]
async fn pixels_that_cannot_be_decoded_are_left_out() {
    let house = House::dev().await;
    let first = ct("B2").object();
    let rest = Dataset::default()
        .us(0x0028_0002, &[1])
        .text(0x0028_0004, "CS", "MONOCHROME2")
        .us(0x0028_0010, &[2])
        .us(0x0028_0011, &[2])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
        .fragments(vec![vec![1, 2, 3, 4]]);
    let class = "1.2.840.10008.5.1.4.1.1.7";
    let mut film = beside(&first, class, &format!("{}.4", first.sop), rest);
    // MPEG-4.
    film.transfer_syntax = "1.2.840.10008.1.2.4.102".into();
    house.stored(&[first.clone(), film.clone()]).await;
    let study = format!("/dicom-web/studies/{}/bulkdata", first.study);
    let answer = house.get(&study, "*/*").await;
    assert_eq!(answer.status, 206);
    assert_eq!(send(&house, "HEAD", &study, &[]).await.status, 206);
    let own = format!("{}/bulkdata", path(&film));
    for part in answer.parts() {
        let location = part.header("content-location").unwrap();
        assert!(!location.contains(&own), "{location}");
    }
    assert_eq!(house.get(&own, "*/*").await.status, 406);
    assert_eq!(send(&house, "HEAD", &own, &[]).await.status, 406);
}

#[tokio::test]
async fn a_level_without_bulk_data_has_none() {
    let house = House::dev().await;
    let first = ct("B3").object();
    let rest = Dataset::default().text(0x0042_0012, "LO", "text/plain");
    let class = "1.2.840.10008.5.1.4.1.1.104.1";
    let bare = beside(&first, class, &format!("{}.4", first.sop), rest);
    house.stored(std::slice::from_ref(&bare)).await;
    let own = format!("{}/bulkdata", path(&bare));
    assert_eq!(house.get(&own, "*/*").await.status, 404);
    assert_eq!(send(&house, "HEAD", &own, &[]).await.status, 404);
}
