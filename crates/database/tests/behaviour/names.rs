//! Person names: by their groups, by parts, by how they are read (PS3.4 §C.2.2.2.1, PS3.18 §8.3.4.2).

use model::search::{Condition, Level, Matching, Search, TagNumber};
use serde_json::{Value, json};

use crate::fixture::{House, Object, institution};

crate::on_both!(
    fuzzy_keys_find_names_by_words_ideographs_and_pinyin,
    keys_without_fuzzy_matching_find_what_is_written_or_read_as_a_whole,
    the_referring_physician_is_found_like_the_patient,
    a_name_that_changes_is_found_by_the_new_one_only,
    a_name_that_many_have_is_found_with_all_of_them,
    rows_of_an_older_release_are_found_at_once_and_indexed_soon,
);

const NAME: TagNumber = 0x0010_0010;
const PHYSICIAN: TagNumber = 0x0008_0090;

/// Patients by the number of their study.
fn people() -> Vec<(u32, Value)> {
    let groups = |alphabetic: &str, ideographic: &str| json!({"Alphabetic": alphabetic, "Ideographic": ideographic});
    vec![
        (1, groups("", "张^三")),
        (2, json!({"Alphabetic": "张三丰"})),
        (3, json!({"Alphabetic": "李四"})),
        (4, json!({"Alphabetic": "刘伟"})),
        (5, json!({"Alphabetic": "单雄信"})),
        (6, json!({"Alphabetic": "曾国藩"})),
        (7, json!({"Alphabetic": "仇英"})),
        (8, json!({"Alphabetic": "解缙"})),
        (9, json!({"Alphabetic": "欧阳修"})),
        (10, json!({"Alphabetic": "吕布"})),
        (11, json!({"Alphabetic": "Müller^Jörg"})),
        (12, json!({"Alphabetic": "SMITH^JOHN PAUL"})),
        (13, json!({"Alphabetic": "SMITHERS^ANN"})),
        (14, groups("ZHANG^WEI", "张^伟")),
    ]
}

fn of(number: u32, name: Value) -> Object {
    Object::new(number, 1, 1)
        .patient("00100020", "LO", json!([format!("P{number}")]))
        .patient("00100010", "PN", json!([name]))
}

async fn fill(house: &House) {
    for (number, name) in people() {
        house
            .database
            .commit(of(number, name).build())
            .await
            .unwrap();
    }
}

/// The studies found by one name, ascending; the same at every level.
async fn found(house: &House, tag: TagNumber, key: &str, fuzzy: bool) -> Vec<u32> {
    let matching = if key.contains(['*', '?']) {
        Matching::Wildcard(key.into())
    } else {
        Matching::Single(key.into())
    };
    let mut answers = Vec::new();
    for level in [Level::Study, Level::Series, Level::Instance, Level::Patient] {
        let search = Search {
            conditions: vec![Condition {
                path: vec![tag],
                matching: matching.clone(),
            }],
            fuzzy,
            ..Search::at(level)
        };
        let found = house
            .database
            .search(&institution(), &search)
            .await
            .unwrap();
        let mut numbers: Vec<u32> = found
            .records
            .iter()
            .map(|record| {
                let id = record.attributes["00100020"]["Value"][0].as_str().unwrap();
                id[1..].parse().unwrap()
            })
            .collect();
        numbers.sort_unstable();
        answers.push(numbers);
    }
    assert!(
        answers.iter().all(|one| *one == answers[0]),
        "{key}: {answers:?}"
    );
    answers.swap_remove(0)
}

async fn fuzzy_keys_find_names_by_words_ideographs_and_pinyin(house: House) {
    fill(&house).await;
    let table: &[(&str, &[u32])] = &[
        // Ideographs anywhere.
        ("张", &[1, 2, 14]),
        ("三", &[1, 2]),
        ("张三", &[1, 2]),
        ("*三丰*", &[2]),
        ("王", &[]),
        // Pinyin: whole, parted, begun, initials.
        ("zhangsan", &[1, 2]),
        ("zhang san", &[1, 2]),
        ("ZHANG^SAN", &[1, 2]),
        ("san zhang", &[1, 2]),
        ("zhangsanf", &[2]),
        ("zs", &[1, 2]),
        ("zsf", &[2]),
        ("zw", &[14]),
        ("s", &[1, 2, 3, 5, 12, 13]),
        ("zhangwei", &[14]),
        // Every reading of a character.
        ("shan", &[5]),
        ("dan xiong", &[5]),
        ("zengguofan", &[6]),
        ("ceng", &[6]),
        ("qiuying", &[7]),
        ("chou", &[7]),
        ("xiejin", &[8]),
        ("jiejin", &[8]),
        ("ouyang xiu", &[9]),
        ("lvbu", &[10]),
        ("lyu", &[10]),
        ("lubu", &[10]),
        // Latin: words in any order, from their beginning; anywhere with a wildcard.
        ("jorg mul", &[11]),
        ("JÖRG", &[11]),
        ("smith", &[12, 13]),
        ("paul smi", &[12]),
        ("mith", &[]),
        ("*mith*", &[12, 13]),
        ("hang", &[]),
    ];
    for (key, expected) in table {
        assert_eq!(found(&house, NAME, key, true).await, *expected, "{key}");
    }
}

async fn keys_without_fuzzy_matching_find_what_is_written_or_read_as_a_whole(house: House) {
    fill(&house).await;
    let table: &[(&str, &[u32])] = &[
        ("张三", &[1]),
        ("张^三", &[1]),
        ("*张三*", &[1, 2]),
        ("*三*", &[1, 2]),
        ("张*", &[1, 2, 14]),
        // How the whole name is read, and a pattern of that.
        ("ZHANG^SAN", &[1]),
        ("zhangsan", &[1]),
        ("Zhang San", &[1]),
        ("zhang*", &[1, 2, 14]),
        ("*san*", &[1, 2]),
        ("shan*", &[5]),
        // A caret ends the surname.
        ("LI^*", &[3]),
        ("LI*", &[3, 4]),
        ("ou*", &[9]),
        ("OUYANG^*", &[9]),
        ("OU^*", &[]),
        // No initials, no parts.
        ("zs", &[]),
        ("zs*", &[]),
        ("zhang", &[]),
        ("san", &[]),
        ("三", &[]),
        ("smith", &[]),
        ("smithjohn", &[]),
        ("smith^john paul", &[12]),
        ("SMITH*", &[12, 13]),
        ("*MITH*", &[12, 13]),
    ];
    for (key, expected) in table {
        assert_eq!(found(&house, NAME, key, false).await, *expected, "{key}");
    }
    // One letter anywhere has no term: the names themselves are read.
    let letter = found(&house, NAME, "*j*", false).await;
    assert_eq!(letter, [7, 8, 11, 12]);
}

async fn the_referring_physician_is_found_like_the_patient(house: House) {
    for (number, name) in [(1, "王小明"), (2, "House^Gregory")] {
        let row = of(number, json!({"Alphabetic": "X"})).at_study(
            "00080090",
            "PN",
            json!([{"Alphabetic": name}]),
        );
        house.database.commit(row.build()).await.unwrap();
    }
    for (key, fuzzy, expected) in [
        ("*小*", false, vec![1]),
        ("wxm", true, vec![1]),
        ("xiaoming", true, vec![1]),
        ("greg", true, vec![2]),
        ("house*", false, vec![2]),
        // Of the physician, not of the patient.
        ("x", true, vec![1]),
    ] {
        let search = Search {
            conditions: vec![Condition {
                path: vec![PHYSICIAN],
                matching: if key.contains('*') {
                    Matching::Wildcard(key.into())
                } else {
                    Matching::Single(key.into())
                },
            }],
            fuzzy,
            ..Search::at(Level::Study)
        };
        let answer = house
            .database
            .search(&institution(), &search)
            .await
            .unwrap();
        let numbers: Vec<String> = answer
            .records
            .iter()
            .map(|record| {
                record.attributes["0020000D"]["Value"][0]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let expected: Vec<String> = expected.iter().map(|n: &u32| format!("1.{n}")).collect();
        assert_eq!(numbers, expected, "{key}");
    }
}

async fn a_name_that_changes_is_found_by_the_new_one_only(house: House) {
    // The earliest version names patient and study: it comes last, and goes again.
    let early =
        of(1, json!({"Alphabetic": "王五"})).at_study("00080020", "DA", json!(["20200101"]));
    let late = of(1, json!({"Alphabetic": "张三"})).again();
    let mut other = of(1, json!({"Alphabetic": "赵六"})).again();
    (other.study, other.series, other.sop) = ("1.2".into(), "1.2.1".into(), "1.2.1.1".into());
    for row in [&late, &other] {
        house.database.commit(row.build()).await.unwrap();
    }
    assert_eq!(found_studies(&house, "zhangsan").await, ["1.1", "1.2"]);
    let mut first = early.clone();
    first.sop = "1.1.1.9".into();
    house.database.commit(first.build()).await.unwrap();
    assert_eq!(
        found_studies(&house, "zhangsan").await,
        Vec::<String>::new()
    );
    assert_eq!(found_studies(&house, "wangwu").await, ["1.2", "1.1"]);
    house.database.forget(&[first.key()]).await.unwrap();
    assert_eq!(found_studies(&house, "wangwu").await, Vec::<String>::new());
    assert_eq!(found_studies(&house, "zhangsan").await, ["1.1", "1.2"]);
    house.database.forget(&[late.key()]).await.unwrap();
    assert_eq!(
        found_studies(&house, "zhangsan").await,
        Vec::<String>::new()
    );
    assert_eq!(found_studies(&house, "zhaoliu").await, ["1.2"]);
    house.database.forget(&[other.key()]).await.unwrap();
    assert_eq!(
        house.count("study_terms").await,
        0,
        "nothing is left of them"
    );
}

async fn found_studies(house: &House, key: &str) -> Vec<String> {
    let search = Search {
        conditions: vec![Condition {
            path: vec![NAME],
            matching: Matching::Single(key.into()),
        }],
        fuzzy: true,
        ..Search::at(Level::Study)
    };
    let answer = house
        .database
        .search(&institution(), &search)
        .await
        .unwrap();
    answer
        .records
        .iter()
        .map(|record| {
            record.attributes["0020000D"]["Value"][0]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

async fn rows_of_an_older_release_are_found_at_once_and_indexed_soon(house: House) {
    fill(&house).await;
    let terms = house.count("study_terms").await;
    // What an older release wrote has no terms; how names are read is not there either.
    for sql in [
        "UPDATE patients SET terms = NULL, readings = ''",
        "UPDATE studies SET terms = NULL, readings = ''",
    ] {
        house.run(sql).await;
    }
    assert!(house.count("study_terms").await < terms);
    assert_eq!(found(&house, NAME, "*三*", false).await, [1, 2]);
    assert_eq!(found(&house, NAME, "smith", true).await, [12, 13]);
    let settings = database::Settings::new(&house.url);
    let again = database::Database::open(&settings, house.clock.clone())
        .await
        .unwrap();
    for _ in 0..500 {
        if house.count("study_terms").await == terms {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    again.close().await;
    assert_eq!(house.count("study_terms").await, terms);
    assert_eq!(found(&house, NAME, "zhangsan", true).await, [1, 2]);
}

/// More studies of each term than are counted: one term leads, another thins them out.
async fn a_name_that_many_have_is_found_with_all_of_them(house: House) {
    let names = [("张伟", 1..=256), ("张丽", 301..=310), ("李伟", 401..=410)];
    for (name, numbers) in names {
        for number in numbers {
            let object = of(number, json!({"Alphabetic": name}));
            house.database.commit(object.build()).await.unwrap();
        }
    }
    let all: Vec<u32> = (1..=256).collect();
    for key in ["zhangwei", "zhang wei", "ZHANG^WEI", "zhangw"] {
        assert_eq!(found(&house, NAME, key, true).await, all, "{key}");
    }
    assert_eq!(found(&house, NAME, "zhangli", true).await.len(), 10);

    let mut search = Search {
        conditions: vec![Condition {
            path: vec![NAME],
            matching: Matching::Single("zhangwei".into()),
        }],
        fuzzy: true,
        limit: Some(100),
        ..Search::at(Level::Study)
    };
    let mut seen = Vec::new();
    loop {
        let page = house.database.search(&institution(), &search).await;
        let page = page.unwrap();
        seen.extend(page.records.iter().map(|record| {
            let id = record.attributes["00100020"]["Value"][0].as_str();
            id.unwrap()[1..].parse::<u32>().unwrap()
        }));
        match page.next {
            Some(next) => search.after = Some(next),
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, all);
}
