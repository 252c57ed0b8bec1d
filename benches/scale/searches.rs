//! The commonest searches of a worklist, each asked with other values every time.

use model::{
    Uid,
    search::{Condition, Level, Matching, Search, TagNumber},
};

use crate::{
    holdings::{Study, day, patient_id, patients, today},
    people::{Chance, name},
};

const NAME: TagNumber = 0x0010_0010;
const ID: TagNumber = 0x0010_0020;
const DATE: TagNumber = 0x0008_0020;
const ACCESSION: TagNumber = 0x0008_0050;
const MODALITIES: TagNumber = 0x0008_0061;

/// A search: its name, and how it is made up in an index of so many studies.
pub(crate) type Asked = (&'static str, fn(&mut Chance, u64) -> Option<Search>);

/// Rows of a worklist's page, and the one more that OHIF asks for.
const PAGE: u32 = 101;

fn studies(keys: Vec<(TagNumber, Matching)>) -> Search {
    Search {
        conditions: keys
            .into_iter()
            .map(|(tag, matching)| Condition {
                path: vec![tag],
                matching,
            })
            .collect(),
        limit: Some(PAGE),
        ..Search::at(Level::Study)
    }
}

fn single(text: impl Into<String>) -> Matching {
    Matching::Single(text.into())
}

fn wildcard(text: String) -> Matching {
    Matching::Wildcard(text)
}

fn fuzzy(text: &str) -> Search {
    Search {
        fuzzy: true,
        ..studies(vec![(NAME, single(text))])
    }
}

fn a_year(chance: &mut Chance) -> Matching {
    let from = chance.below(4 * 365);
    Matching::Range(Some(day(from)), Some(day(from + 365)))
}

fn chinese(chance: &mut Chance) -> String {
    loop {
        let name = name(chance);
        if !name.is_ascii() {
            return name;
        }
    }
}

pub(crate) const ALL: &[Asked] = &[
    ("newest studies", |_, _| Some(studies(Vec::new()))),
    ("today's CT", |_, _| {
        let today = Matching::Range(Some(today()), Some(today()));
        Some(studies(vec![(DATE, today), (MODALITIES, single("CT"))]))
    }),
    ("name from its start, 张*", |chance, _| {
        let surname: String = chinese(chance).chars().take(1).collect();
        Some(studies(vec![(NAME, wildcard(format!("{surname}*")))]))
    }),
    ("part of a name, *伟明*", |chance, _| {
        let part: String = chinese(chance).chars().skip(1).collect();
        Some(studies(vec![(NAME, wildcard(format!("*{part}*")))]))
    }),
    ("Latin part, *ller*", |chance, _| {
        let name = ["*ller*", "*MITH*", "*ova*", "*guye*", "*an*"];
        Some(studies(vec![(NAME, wildcard((*chance.of(&name)?).into()))]))
    }),
    ("pinyin, zhangwei", |chance, _| {
        let key = [
            "zhangwei",
            "lina",
            "wang fang",
            "LIU^YANG",
            "chenjie",
            "ouyang xiu",
        ];
        Some(fuzzy(chance.of(&key)?))
    }),
    ("initials, zw", |chance, _| {
        Some(fuzzy(chance.of(&["zw", "ln", "wxm", "cj", "oyx", "zgl"])?))
    }),
    ("no such name", |_, _| Some(fuzzy("zhangqiongzhuang"))),
    ("patient id", |chance, of| {
        let id = patient_id(chance.below(patients(of)));
        Some(studies(vec![(ID, single(id))]))
    }),
    ("accession number", |chance, of| {
        let study = Study::new(chance.below(of), of);
        Some(studies(vec![(ACCESSION, single(study.accession()))]))
    }),
    ("a year's CT", |chance, _| {
        let year = a_year(chance);
        Some(studies(vec![(DATE, year), (MODALITIES, single("CT"))]))
    }),
    ("a year's PT", |chance, _| {
        let year = a_year(chance);
        Some(studies(vec![(DATE, year), (MODALITIES, single("PT"))]))
    }),
    ("a day and a surname", |chance, _| {
        let day = single(day(chance.below(5 * 365)));
        let surname: String = chinese(chance).chars().take(1).collect();
        Some(studies(vec![
            (DATE, day),
            (NAME, wildcard(format!("{surname}*"))),
        ]))
    }),
    ("page at offset 5000", |_, _| {
        Some(Search {
            offset: 5000,
            ..studies(Vec::new())
        })
    }),
    ("a study's series", |chance, of| {
        let study = Study::new(chance.below(of), of);
        Some(Search {
            study: Uid::new(&study.uid()).ok(),
            limit: Some(1000),
            ..Search::at(Level::Series)
        })
    }),
    ("a series' instances", |chance, of| {
        let study = (0..200)
            .map(|_| Study::new(chance.below(of), of))
            .max_by_key(|study| study.instances)?;
        Some(Search {
            study: Uid::new(&study.uid()).ok(),
            series: Uid::new(&study.series_uid(1)).ok(),
            limit: Some(PAGE),
            ..Search::at(Level::Instance)
        })
    }),
    ("a deep page by cursor", |_, _| Some(studies(Vec::new()))),
];
