//! How resources are given: parts of them, what the client has already, their heads, pictures of several
//! (PS3.18 §8.7, §10.4; RFC 9110).

use testkit::fixture::{Dataset, Object, slices};

use crate::{
    house::{Answer, House},
    objects::{beside, ct, frames, path, send},
};

#[tokio::test]
async fn a_range_of_an_object_and_of_a_value_is_a_part_of_it() {
    let house = House::dev().await;
    let object = ct("V1").object();
    house.stored(std::slice::from_ref(&object)).await;
    let bulk = format!("{}/bulkdata/7FE00010", path(&object));
    for (path, accept) in [
        (path(&object), "application/dicom; transfer-syntax=*"),
        (bulk, "application/octet-stream"),
    ] {
        let whole = house.get(&path, accept).await;
        assert_eq!(whole.status, 200);
        assert_eq!(whole.header("accept-ranges"), "bytes");
        let (length, tag) = (whole.body.len(), whole.header("etag"));
        // The file's own header ends within the second.
        for (range, from, to) in [
            ("bytes=0-9", 0, 10),
            ("bytes=100-450", 100, 451),
            ("bytes=500-", 500, length),
            ("bytes=-7", length - 7, length),
        ] {
            let headers = [("accept", accept), ("range", range), ("if-range", tag)];
            let part = send(&house, "GET", &path, &headers).await;
            assert_eq!(part.status, 206, "{range}");
            assert_eq!(part.body, whole.body[from..to], "{range}");
            let told = format!("bytes {from}-{}/{length}", to - 1);
            assert_eq!(part.header("content-range"), told);
            assert_eq!(part.header("content-length"), (to - from).to_string());
        }
        for behind in [
            format!("bytes={length}-"),
            format!("bytes={length}-, {length}-99999"),
        ] {
            let headers = [("accept", accept), ("range", behind.as_str())];
            let none = send(&house, "GET", &path, &headers).await;
            assert_eq!(none.status, 416);
            assert_eq!(none.header("content-range"), format!("bytes */{length}"));
        }
        let apart = [("accept", accept), ("range", "bytes=0-9,20-29")];
        let all = send(&house, "GET", &path, &apart).await;
        assert_eq!((all.status, all.body.len()), (200, length));
        let other = [
            ("accept", accept),
            ("range", "bytes=0-9"),
            ("if-range", "\"other\""),
        ];
        assert_eq!(send(&house, "GET", &path, &other).await.status, 200);
    }
}

/// RFC 9110 §9.3.2, §13.1.2, §15.4.5.
#[tokio::test]
async fn whoever_has_it_is_told_so_and_a_head_is_like_its_answer() {
    let house = House::dev().await;
    let object = ct("V2").object();
    house.stored(std::slice::from_ref(&object)).await;
    let (own, study) = (
        path(&object),
        format!("/dicom-web/studies/{}", object.study),
    );
    for (path, accept) in [
        (own.clone(), "application/dicom"),
        (own.clone(), "*/*"),
        (study.clone(), "*/*"),
        (format!("{own}/frames/1"), "*/*"),
        (format!("{own}/frames/1"), "application/octet-stream"),
        (format!("{own}/bulkdata/7FE00010"), "*/*"),
        (
            format!("{own}/bulkdata/7FE00010"),
            "application/octet-stream",
        ),
        (format!("{own}/rendered"), "image/png"),
        (format!("{own}/frames/1/rendered"), "*/*"),
        (format!("{study}/rendered"), "*/*"),
        (format!("{study}/thumbnail"), "*/*"),
        ("/dicom-web/studies".into(), "application/dicom+json"),
    ] {
        let first = send(&house, "GET", &path, &[("accept", accept)]).await;
        assert_eq!(first.status, 200, "{path} {accept}");
        let tag = first.header("etag");
        assert!(!tag.is_empty(), "{path}");
        assert_eq!(first.header("cache-control"), "private, no-cache");
        assert!(first.header("vary").contains("accept"), "{path}");
        let headers = [("accept", accept), ("if-none-match", tag)];
        let again = send(&house, "GET", &path, &headers).await;
        assert_eq!(
            (again.status, again.body.len()),
            (304, 0),
            "{path} {accept}"
        );
        assert_eq!(again.header("etag"), tag);
        let head = send(&house, "HEAD", &path, &[("accept", accept)]).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path} {accept}");
        let kind = |answer: &Answer| {
            let kind = answer.header("content-type");
            kind.split("; boundary").next().unwrap().to_owned()
        };
        assert_eq!(kind(&head), kind(&first), "{path} {accept}");
        if path.starts_with(&own) || path.starts_with(&study) {
            assert_eq!(head.header("etag"), tag, "{path} {accept}");
        }
        let length = head.header("content-length");
        assert!(
            length.is_empty() || length == first.body.len().to_string(),
            "{path}"
        );
    }
    // Another form is another representation.
    let tag = |answer: Answer| answer.header("etag").to_owned();
    let octets = tag(house
        .get(&format!("{own}/frames/1"), "application/octet-stream")
        .await);
    let parts = tag(house.get(&format!("{own}/frames/1"), "*/*").await);
    assert_ne!(
        octets.trim_start_matches("W/"),
        parts.trim_start_matches("W/")
    );
    for absent in [
        format!("{own}/bulkdata/00420011"),
        format!("{own}/frames/2"),
    ] {
        assert_eq!(
            send(&house, "HEAD", &absent, &[]).await.status,
            404,
            "{absent}"
        );
    }
}

/// RFC 9110 §9.3.7; PS3.18 §8.9.
#[tokio::test]
async fn every_resource_tells_its_methods_and_the_service_what_it_is() {
    let house = House::dev().await;
    for (path, allowed) in [
        (
            "/dicom-web/studies",
            &["GET", "POST", "HEAD", "OPTIONS"][..],
        ),
        (
            "/dicom-web/studies/1.2/series/1.3/instances/1.4",
            &["GET", "OPTIONS"],
        ),
        ("/wado", &["GET", "HEAD", "OPTIONS"]),
        ("/dicom-web/workitems", &["GET", "POST", "HEAD", "OPTIONS"]),
    ] {
        let answer = send(&house, "OPTIONS", path, &[]).await;
        assert_eq!(answer.status, 204, "{path}");
        for method in allowed {
            assert!(answer.header("allow").contains(method), "{path}");
        }
    }
    for (method, path) in [("OPTIONS", "/dicom-web/"), ("GET", "/dicom-web")] {
        let answer = send(&house, method, path, &[("accept", "*/*")]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("content-type"),
            "application/vnd.sun.wadl+xml"
        );
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("<resources base=\"http://localhost:8080/dicom-web\">"));
    }
    let json = send(
        &house,
        "OPTIONS",
        "/dicom-web",
        &[("accept", "application/json")],
    )
    .await;
    assert!(json.json()["paths"]["/wado"].is_object());
    let nobody = House::new(|_| {}).await;
    assert_eq!(
        send(&nobody, "OPTIONS", "/dicom-web", &[]).await.status,
        401
    );
}

/// RFC 9110 §15.5.6: Allow tells which methods there are, and the body is that of any error.
#[tokio::test]
async fn a_method_that_a_resource_has_not_is_told_with_those_that_it_has() {
    let house = House::dev().await;
    let instance = "/dicom-web/studies/1.2/series/1.3/instances/1.4";
    for (method, path, allowed) in [
        ("DELETE", "/dicom-web/studies", "GET,HEAD,POST,OPTIONS"),
        ("PATCH", instance, "GET,HEAD,OPTIONS"),
        ("GET", "/dicom-web/workitems/1.2/state", "PUT,OPTIONS"),
        ("PUT", "/api/session", "POST,DELETE,OPTIONS"),
        ("POST", "/api/info", "GET,HEAD,OPTIONS"),
        ("POST", "/studies/1.2", "GET,HEAD"),
    ] {
        let answer = send(&house, method, path, &[]).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["code"], "method_not_allowed");
    }
    assert_eq!(
        send(&house, "POST", "/dicom-web/none", &[]).await.status,
        404
    );
    let nobody = House::new(|_| {}).await;
    let shut = send(&nobody, "DELETE", "/dicom-web/studies", &[]).await;
    assert_eq!(shut.status, 401);
}

/// RFC 9110 §12.5.1: `q=0` shuts its own type.
#[tokio::test]
async fn what_is_refused_by_itself_comes_in_another_form_or_type() {
    let house = House::dev().await;
    let object = ct("V9").object();
    house.stored(std::slice::from_ref(&object)).await;
    let own = path(&object);
    for (path, accept, kind) in [
        (
            own.clone(),
            "application/dicom;q=0, */*",
            "multipart/related; type=\"application/dicom\"",
        ),
        (
            format!("{own}/rendered"),
            "image/jpeg;q=0, */*",
            "image/png",
        ),
        (
            format!("{own}/bulkdata/7FE00010"),
            "multipart/related;q=0, */*",
            "application/octet-stream",
        ),
    ] {
        let answer = house.get(&path, accept).await;
        assert_eq!(answer.status, 200, "{path} {accept}");
        let own = answer.header("content-type").split("; boundary").next();
        assert_eq!(own, Some(kind), "{path} {accept}");
    }
}

/// PS3.18 §10.4.1.1.3.
#[tokio::test]
async fn pictures_of_a_study_are_parts_and_one_alone_is_single() {
    let house = House::dev().await;
    let mut objects = slices(ct("V3"), 2).unwrap();
    let moving = frames(&objects[0]);
    objects.push(moving.clone());
    house.stored(&objects).await;
    let study = format!("/dicom-web/studies/{}", objects[0].study);
    let series = format!("{study}/series/{}", objects[0].series);
    for (path, count) in [(study.clone(), 5), (series, 2), (path(&moving), 3)] {
        let answer = house
            .get(
                &format!("{path}/rendered"),
                "multipart/related; type=\"image/png\"",
            )
            .await;
        assert_eq!(answer.status, 200, "{path}");
        let parts = answer.parts();
        assert_eq!(parts.len(), count, "{path}");
        for part in parts {
            assert_eq!(part.header("content-type"), Some("image/png"));
            assert!(part.body.starts_with(b"\x89PNG"));
            assert!(
                part.header("content-location")
                    .unwrap()
                    .ends_with("/rendered")
            );
        }
    }
    // Several pictures are no single one.
    let single = house.get(&format!("{study}/rendered"), "image/jpeg").await;
    assert_eq!(single.status, 406);
    let first = house
        .get(&format!("{}/rendered", path(&moving)), "image/jpeg")
        .await;
    assert!(first.body.starts_with(b"\xff\xd8"));
    let some = format!("{}/frames/3,1/rendered", path(&moving));
    let parts = house.get(&some, "*/*").await.parts();
    let numbers = ["frames/3/rendered", "frames/1/rendered"];
    for (part, number) in parts.iter().zip(numbers) {
        assert!(part.header("content-location").unwrap().ends_with(number));
    }
    assert_eq!(parts.len(), 2);
}

/// PS3.18 §8.7.4; GIF89a: an image descriptor a frame.
#[tokio::test]
async fn frames_move_for_whom_takes_gif() {
    let house = House::dev().await;
    let first = ct("V4").object();
    let moving = frames(&first);
    house.stored(&[first.clone(), moving.clone()]).await;
    for (path, accept, frames) in [
        (format!("{}/rendered", path(&moving)), "image/gif", 3),
        (
            format!("{}/frames/2,3/rendered", path(&moving)),
            "image/gif, image/jpeg;q=0.5",
            2,
        ),
        (format!("{}/rendered", path(&first)), "image/gif", 1),
        (format!("{}/thumbnail", path(&moving)), "image/gif", 1),
    ] {
        let answer = house.get(&path, accept).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "image/gif");
        // A graphic control extension a frame.
        let found = answer
            .body
            .windows(3)
            .filter(|bytes| bytes == b"\x21\xf9\x04")
            .count();
        assert_eq!(found, frames, "{path}");
    }
    let apng = house
        .get(&format!("{}/rendered", path(&moving)), "image/apng")
        .await;
    assert_eq!(apng.header("content-type"), "image/apng");
    assert!(apng.body.windows(4).any(|chunk| chunk == b"acTL"));
    let mp4 = house
        .get(&format!("{}/rendered", path(&moving)), "video/mp4")
        .await;
    assert_eq!(mp4.status, 406);
}

/// PS3.5 §8.1.1: native frames follow one another without padding.
#[tokio::test]
async fn odd_frames_come_without_padding_in_the_order_asked() {
    let house = House::dev().await;
    let first = ct("V5").object();
    let moving = frames(&first);
    house.stored(&[first, moving.clone()]).await;
    let base = format!("{}/frames", path(&moving));
    let parts = house.get(&format!("{base}/3,1,2"), "*/*").await.parts();
    let expected =
        |number: u8| -> Vec<u8> { ((number - 1) * 15..number * 15).map(|b| b * 5).collect() };
    for (part, number) in parts.iter().zip([3, 1, 2]) {
        assert_eq!(part.body, expected(number));
        let own = part.header("content-location").unwrap();
        assert!(own.ends_with(&format!("/frames/{number}")));
    }
    let only = house
        .get(&format!("{base}/2"), "application/octet-stream")
        .await;
    assert_eq!(only.body, expected(2));
    assert_eq!(
        only.header("content-type"),
        "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    );
    // PS3.18 §10.4.1.1.4: frames are counted from 1.
    for (list, status) in [("0", 400), ("1,0", 400), ("4", 404), ("1,4", 404)] {
        for rest in ["", "/rendered"] {
            let path = format!("{base}/{list}{rest}");
            assert_eq!(house.get(&path, "*/*").await.status, status, "{path}");
        }
    }
    let none = format!("{base}/0/thumbnail");
    assert_eq!(house.get(&none, "*/*").await.status, 400);
    let several = house
        .get(&format!("{base}/1,2"), "application/octet-stream")
        .await;
    assert_eq!(several.status, 406);
}

/// PS3.5 §A.4: the fragments of a frame are joined, their headers left out.
#[tokio::test]
async fn fragments_of_a_frame_come_joined() {
    let house = House::dev().await;
    let first = ct("V6").object();
    let rest = Dataset::default()
        .us(0x0028_0002, &[1])
        .text(0x0028_0004, "CS", "MONOCHROME2")
        .us(0x0028_0010, &[2])
        .us(0x0028_0011, &[2])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
        .fragments(vec![vec![1, 2, 3, 4], vec![5, 6], vec![7, 8]]);
    let class = "1.2.840.10008.5.1.4.1.1.7";
    for (index, (syntax, essence)) in [
        ("1.2.840.10008.1.2.4.50", "image/jpeg"),
        ("1.2.840.10008.1.2.4.80", "image/jls"),
        ("1.2.840.10008.1.2.4.90", "image/jp2"),
        ("1.2.840.10008.1.2.4.201", "image/jphc"),
        ("1.2.840.10008.1.2.4.110", "image/jxl"),
        ("1.2.840.10008.1.2.5", "image/dicom-rle"),
        ("1.2.840.10008.1.2.4.102", "video/mp4"),
        ("1.2.840.10008.1.2.4.100", "video/mpeg"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut object = beside(
            &first,
            class,
            &format!("{}.6.{index}", first.sop),
            rest.clone(),
        );
        object.transfer_syntax = syntax.into();
        house.stored(std::slice::from_ref(&object)).await;
        let frame = format!("{}/frames/1", path(&object));
        let answer = house.get(&frame, essence).await;
        assert_eq!(answer.status, 200, "{essence}");
        assert_eq!(answer.body, [1, 2, 3, 4, 5, 6, 7, 8]);
        let kind = format!("{essence}; transfer-syntax={syntax}");
        assert_eq!(answer.header("content-type"), kind);
        let any = "multipart/related; type=application/octet-stream; transfer-syntax=*";
        let parts = house.get(&frame, any).await.parts();
        let kind = format!("application/octet-stream; transfer-syntax={syntax}");
        assert_eq!(parts[0].header("content-type"), Some(kind.as_str()));
        // As bulk data too (PS3.18 §8.7.3.3).
        let accept = format!("multipart/related; type=\"{essence}\"");
        let bulk = format!("{}/bulkdata/7FE00010", path(&object));
        let parts = house.get(&bulk, &accept).await.parts();
        assert_eq!(parts[0].body, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

#[tokio::test]
async fn a_document_comes_as_what_it_is() {
    let house = House::dev().await;
    let first = ct("V7").object();
    for (index, (said, given)) in [("application/pdf", 200), ("text/html", 406)]
        .into_iter()
        .enumerate()
    {
        let rest = Dataset::default()
            .bytes(
                0x0042_0011,
                "OB",
                [b"%PDF-1.7 ".repeat(500), vec![0; 2]].concat(),
            )
            .text(0x0042_0012, "LO", said);
        let class = "1.2.840.10008.5.1.4.1.1.104.1";
        let object = beside(&first, class, &format!("{}.5.{index}", first.sop), rest);
        house.stored(std::slice::from_ref(&object)).await;
        let bulk = format!("{}/bulkdata/00420011", path(&object));
        let own = house.get(&bulk, said).await;
        assert_eq!(own.status, given, "{said}");
        let octets = house.get(&bulk, "application/octet-stream").await;
        assert_eq!(octets.header("content-type"), "application/octet-stream");
        assert!(octets.body.starts_with(b"%PDF"));
        if given == 200 {
            assert_eq!(own.header("content-type"), said);
            assert_eq!(own.body, octets.body);
            let accept = format!("multipart/related; type=\"{said}\"");
            let parts = house.get(&bulk, &accept).await.parts();
            assert_eq!(parts[0].header("content-type"), Some(said));
        }
    }
}

#[tokio::test]
async fn a_value_in_a_sequence_comes_by_its_path() {
    let house = House::dev().await;
    let first = ct("V8").object();
    let values: Vec<u16> = (0..4000).collect();
    let item = Dataset::default().words(0x5400_1010, "OW", values.clone());
    let rest = Dataset::default().sequence(0x5400_0100, vec![item]);
    let class = "1.2.840.10008.5.1.4.1.1.9.1.1";
    let object = beside(&first, class, &format!("{}.4", first.sop), rest);
    house.stored(std::slice::from_ref(&object)).await;
    let metadata = house
        .get(&format!("{}/metadata", path(&object)), "*/*")
        .await
        .json();
    let uri = metadata[0]["54000100"]["Value"][0]["54001010"]["BulkDataURI"].as_str();
    let local = uri.unwrap().strip_prefix("http://localhost:8080").unwrap();
    let value = house.get(local, "application/octet-stream").await;
    let expected: Vec<u8> = values.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(value.body, expected);
    let headers = [
        ("accept", "application/octet-stream"),
        ("range", "bytes=2-5"),
    ];
    assert_eq!(
        send(&house, "GET", local, &headers).await.body,
        expected[2..6]
    );
}

#[tokio::test]
async fn under_the_wrong_parent_nothing_is_there() {
    let house = House::dev().await;
    let (one, other) = (ct("V11").object(), ct("V12").object());
    house.stored(&[one.clone(), other.clone()]).await;
    let study = Object {
        study: other.study.clone(),
        ..one.clone()
    };
    let series = Object {
        series: format!("{}.1", one.series),
        ..one.clone()
    };
    // A series of the same study that is there, and holds something else.
    let moving = frames(&one);
    house.stored(std::slice::from_ref(&moving)).await;
    let sibling = Object {
        series: moving.series.clone(),
        ..one.clone()
    };
    for wrong in [study, series, sibling] {
        for rest in [
            "",
            "/metadata",
            "/rendered",
            "/thumbnail",
            "/frames/1",
            "/frames/1/rendered",
            "/frames/1/thumbnail",
            "/bulkdata",
            "/bulkdata/7FE00010",
        ] {
            let own = format!("{}{rest}", path(&one));
            assert_eq!(house.get(&own, "*/*").await.status, 200, "{own}");
            let path = format!("{}{rest}", path(&wrong));
            assert_eq!(house.get(&path, "*/*").await.status, 404, "{path}");
        }
    }
    let series = format!("/dicom-web/studies/{}/series/{}", other.study, one.series);
    for rest in ["", "/metadata", "/rendered", "/thumbnail"] {
        assert_eq!(
            house.get(&format!("{series}{rest}"), "*/*").await.status,
            404,
            "{rest}"
        );
    }
}
