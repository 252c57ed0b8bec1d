//! Headers, a page at a time.

use database::{HeaderPage, PageBounds, Place, Scope};
use model::Uid;
use serde_json::{Value, json};

use crate::fixture::{House, Object, institution, study};

crate::on_both!(
    pages_hold_every_header_once_in_order,
    a_page_is_bounded_by_bytes_and_never_empty,
    what_comes_and_goes_between_pages_moves_nothing_else,
    a_page_holds_what_its_scope_says,
);

const LARGE: u64 = 1 << 20;

async fn page(
    house: &House,
    scope: &Scope,
    after: Option<&Place>,
    bounds: (u32, u64),
) -> HeaderPage {
    let (rows, bytes) = bounds;
    let bounds = PageBounds { rows, bytes };
    house
        .database
        .headers(&institution(), scope, after, bounds)
        .await
        .unwrap()
}

/// SOP instances of the pages that follow one another, page by page.
async fn pages(house: &House, scope: &Scope, bounds: (u32, u64)) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = page(house, scope, after.as_ref(), bounds).await;
        pages.push(page.headers.iter().map(|header| sop(header)).collect());
        match page.next {
            Some(next) => after = Some(next),
            None => return pages,
        }
    }
}

fn sop(header: &[u8]) -> String {
    let text = zstd::decode_all(header).unwrap();
    let header: Value = serde_json::from_slice(&text).unwrap();
    header["00080018"]["Value"][0].as_str().unwrap().to_owned()
}

/// Seven instances in four series: numbered 2, 1 and 1 again, and one without number, whose second
/// instance has none either. In the order that they are to come in.
async fn mixed(house: &House) -> Vec<String> {
    let numbered = |series: u32, of: i64, number: u32| {
        Object::new(1, series, number).at_series("00200011", "IS", json!([of]))
    };
    let unnumbered = |number: u32| Object::new(1, 9, number).at_series("00200011", "IS", json!([]));
    let objects = [
        numbered(3, 1, 2),
        numbered(3, 1, 10),
        numbered(4, 1, 1),
        numbered(2, 2, 1),
        numbered(2, 2, 3),
        unnumbered(7),
        unnumbered(1).own("00200013", "IS", json!([])),
    ];
    for object in objects.iter().rev() {
        house.database.commit(object.build()).await.unwrap();
    }
    objects.into_iter().map(|object| object.sop).collect()
}

async fn pages_hold_every_header_once_in_order(house: House) {
    let expected = mixed(&house).await;
    for rows in 1..=8 {
        let pages = pages(&house, &study("1.1"), (rows, LARGE)).await;
        let (last, full) = pages.split_last().unwrap();
        assert!(
            full.iter().all(|page| page.len() == rows as usize),
            "{pages:?}"
        );
        assert!((1..=rows as usize).contains(&last.len()), "{pages:?}");
        assert_eq!(pages.concat(), expected, "{rows} a page");
    }
    let (institution, scope) = (institution(), study("1.1"));
    let rows = house.database.instances(&institution, &scope);
    let sops = rows.await.unwrap().into_iter();
    let sops: Vec<String> = sops
        .map(|row| row.object.instance.sop.to_string())
        .collect();
    assert_eq!(sops, expected);
}

async fn a_page_is_bounded_by_bytes_and_never_empty(house: House) {
    let expected = mixed(&house).await;
    let all = page(&house, &study("1.1"), None, (100, LARGE)).await;
    let longest = all.headers.iter().map(Vec::len).max().unwrap();
    let two = all.headers[0].len() + all.headers[1].len();
    let pages_of = async |bytes: usize| pages(&house, &study("1.1"), (100, bytes as u64)).await;
    assert_eq!(pages_of(0).await.len(), expected.len());
    let of_two = pages_of(two).await;
    assert_eq!(of_two[0].len(), 2);
    assert_eq!(pages_of(two - 1).await[0].len(), 1);
    assert_eq!(of_two.concat(), expected);
    let bounds = (100, 3 * longest as u64);
    let mut after = None;
    while let HeaderPage {
        headers,
        next: Some(next),
    } = page(&house, &study("1.1"), after.as_ref(), bounds).await
    {
        assert!(headers.iter().map(Vec::len).sum::<usize>() <= 3 * longest);
        after = Some(next);
    }
}

async fn what_comes_and_goes_between_pages_moves_nothing_else(house: House) {
    for number in [2, 4, 6, 8] {
        house
            .database
            .commit(Object::new(1, 1, number).build())
            .await
            .unwrap();
    }
    let scope = study("1.1");
    let first = page(&house, &scope, None, (2, LARGE)).await;
    for number in [1, 3, 5] {
        house
            .database
            .commit(Object::new(1, 1, number).build())
            .await
            .unwrap();
    }
    let second = page(&house, &scope, first.next.as_ref(), (2, LARGE)).await;
    let third = page(&house, &scope, second.next.as_ref(), (2, LARGE)).await;
    let sops = |page: &HeaderPage| page.headers.iter().map(|h| sop(h)).collect::<Vec<_>>();
    assert_eq!(sops(&first), ["1.1.1.2", "1.1.1.4"]);
    assert_eq!(sops(&second), ["1.1.1.5", "1.1.1.6"]);
    assert_eq!(sops(&third), ["1.1.1.8"]);
    assert_eq!(third.next, None);
}

async fn a_page_holds_what_its_scope_says(house: House) {
    mixed(&house).await;
    let uid = |text: &str| Some(Uid::new(text).unwrap());
    let series = Scope {
        series: uid("1.1.2"),
        ..study("1.1")
    };
    assert_eq!(
        pages(&house, &series, (1, LARGE)).await,
        [["1.1.2.1"], ["1.1.2.3"]]
    );
    let one = Scope {
        sop: uid("1.1.2.3"),
        ..series
    };
    assert_eq!(pages(&house, &one, (1, LARGE)).await, [["1.1.2.3"]]);
    let elsewhere = Scope {
        series: uid("1.1.3"),
        ..one
    };
    let none = page(&house, &elsewhere, None, (9, LARGE)).await;
    assert!(none.headers.is_empty() && none.next.is_none());
    // Of two versions of an instance the shown one is there, and once.
    let again = Object::new(1, 2, 3)
        .content(2)
        .own("00080008", "CS", json!(["NEWER"]));
    house.database.commit(again.build()).await.unwrap();
    assert_eq!(
        pages(&house, &study("1.1"), (3, LARGE))
            .await
            .concat()
            .len(),
        7
    );
}
