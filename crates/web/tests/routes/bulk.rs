//! All bulk data of a study, a series and an instance (PS3.18 §10.4.1.1.5).

use axum::{body::Body, http::Request};
use futures::TryStreamExt;
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

/// Only the first reading of the header is possible here.
#[tokio::test]
async fn the_header_of_an_instance_is_read_once_for_all_its_values() {
    let house = House::dev().await;
    let first = ct("B4").object();
    let rest = (0..20).fold(
        Dataset::default().text(0x0009_0010, "LO", "T"),
        |rest, n| rest.bytes(0x0009_1000 + n, "OB", vec![n as u8; 1000]),
    );
    let class = "1.2.840.10008.5.1.4.1.1.66";
    let raw = beside(&first, class, &format!("{}.4", first.sop), rest);
    house.stored(std::slice::from_ref(&raw)).await;
    let request = Request::get(format!("{}/bulkdata", path(&raw)));
    let begun = house.begun(request.body(Body::empty()).unwrap()).await;
    assert_eq!(begun.status(), 200);
    let kept: Vec<_> = house.archive.list(None).try_collect().await.unwrap();
    for entry in kept {
        house.archive.delete(&entry.key).await.unwrap();
    }
    let values = House::taken(begun).await.parts();
    assert_eq!(values.len(), 20);
    for (n, part) in values.iter().enumerate() {
        assert_eq!(part.body, vec![n as u8; 1000]);
    }
}

/// PS3.5 §A.4: what lies in an item is in the transfer syntax around it, which bytes do not tell.
#[tokio::test]
async fn an_icon_that_cannot_be_decoded_is_left_out() {
    let house = House::dev().await;
    let first = ct("B5").object();
    let icon = Dataset::default()
        .us(0x0028_0002, &[1])
        .text(0x0028_0004, "CS", "MONOCHROME2")
        .us(0x0028_0010, &[2])
        .us(0x0028_0011, &[2])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
        .fragments(vec![b"nothing compressed".to_vec()]);
    let bare = Dataset::default().sequence(0x0088_0200, vec![icon]);
    let wide = bare
        .clone()
        .text(0x0009_0010, "LO", "T")
        .bytes(0x0009_1001, "OB", vec![7; 1000]);
    let class = "1.2.840.10008.5.1.4.1.1.66";
    let objects = [bare, wide].map(|rest| {
        let sop = testkit::fixture::fresh_uid().unwrap();
        let mut object = beside(&first, class, &sop, rest);
        object.transfer_syntax = "1.2.840.10008.1.2.4.50".into();
        object
    });
    house.stored(&objects).await;
    let [bare, wide] = objects.map(|object| path(&object));
    let answer = house.get(&format!("{wide}/bulkdata"), "*/*").await;
    assert_eq!(answer.status, 200);
    let parts = answer.parts();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].body, [7; 1000]);
    for path in [
        format!("{bare}/bulkdata"),
        format!("{wide}/bulkdata/00880200/1/7FE00010"),
    ] {
        assert_eq!(house.get(&path, "*/*").await.status, 406, "{path}");
    }
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

/// PS3.18 §10.4.1.1.5: the address of a value deep in a data set is one that the client can use, whatever
/// stands between (RFC 7239, and what proxies send besides).
#[tokio::test]
async fn a_value_in_a_sequence_is_named_as_the_proxy_or_the_configuration_says() {
    let configured = |base: Option<&str>| {
        let base = base.map(str::to_owned);
        House::new(move |settings| {
            settings.dev = true;
            settings.base_url = base;
        })
    };
    let values: Vec<u16> = (0..4000).collect();
    let expected: Vec<u8> = values.iter().flat_map(|word| word.to_le_bytes()).collect();
    let forwarded = [("forwarded", "for=192.0.2.1;proto=https;host=pacs.example")];
    let others = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "pacs.example:8443"),
        ("x-forwarded-prefix", "/imaging"),
    ];
    for (base_url, headers, base) in [
        (None, &[][..], "http://localhost:8080"),
        (None, &forwarded[..], "https://pacs.example"),
        (None, &others[..], "https://pacs.example:8443/imaging"),
        // What is configured goes before what anybody sends.
        (
            Some("https://dicom.example/root/"),
            &others[..],
            "https://dicom.example/root",
        ),
    ] {
        let house = configured(base_url).await;
        let first = ct("B4").object();
        let item = Dataset::default().words(0x5400_1010, "OW", values.clone());
        let rest = Dataset::default().sequence(0x5400_0100, vec![Dataset::default(), item]);
        let class = "1.2.840.10008.5.1.4.1.1.9.1.1";
        let wave = beside(&first, class, &format!("{}.4", first.sop), rest);
        house.stored(std::slice::from_ref(&wave)).await;
        let own = path(&wave);
        let local = format!("{own}/bulkdata/54000100/2/54001010");
        let study = format!("/dicom-web/studies/{}", wave.study);
        for level in [&own, &study] {
            let metadata = format!("{level}/metadata");
            let metadata = send(&house, "GET", &metadata, headers).await.json();
            let value = &metadata[0]["54000100"]["Value"][1]["54001010"];
            assert_eq!(value["BulkDataURI"], format!("{base}{local}"));
        }
        for address in [&local, &format!("{own}/bulkdata")] {
            let parts = send(&house, "GET", address, headers).await.parts();
            assert_eq!(parts.len(), 1, "{address}");
            assert_eq!(parts[0].body, expected, "{address}");
            let location = parts[0].header("content-location");
            assert_eq!(location, Some(format!("{base}{local}").as_str()));
        }
    }
}
