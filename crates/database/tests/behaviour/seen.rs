//! What a search shows of other institutions is exactly what the rule lets see (`access::ground`): random worlds of
//! holdings, grants and prohibitions, searched at every level, page by page, by readers of every institution.

use std::collections::{BTreeMap, BTreeSet};

use access::{Facts, FactsPort, Grant, Holding, Prohibition, Prohibitor, Reach, Reader, ground};
use database::{
    Deed, Record,
    grants::{NewGrant, NewProhibition, Terms},
};
use model::{
    Basis, Clock, InstitutionId, PatientIdentity, StudyKey, Uid,
    search::{Condition, Level, Matching, Search},
};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::fixture::{House, Object, institution, ulid};

crate::on_both!(
    a_search_shows_what_the_rule_lets_see,
    a_patient_is_found_by_what_is_seen_of_them_only,
);

const DAYS: [&str; 4] = ["", "20230101", "20230601", "20240101"];
const CATEGORIES: [&str; 2] = ["psychiatry", "hiv"];
/// Worlds; more by `YINGYUN_GRANT_WORLDS`.
const WORLDS: u64 = 2;

/// Numbers that are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// One of these, or more likely none.
    fn perhaps<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (self.below(3) == 0).then(|| self.one(of))
    }
}

/// All that a rule can ask.
#[derive(Default)]
struct World {
    holdings: Vec<Holding>,
    grants: Vec<Grant>,
    prohibitions: Vec<Prohibition>,
}

fn institutions() -> Vec<InstitutionId> {
    let named = ["east", "north", "west"].map(|id| InstitutionId::new(id).unwrap());
    [institution()].into_iter().chain(named).collect()
}

fn patient(number: usize) -> PatientIdentity {
    PatientIdentity {
        issuer: "EHC".into(),
        id: format!("P{number}"),
    }
}

fn study(number: usize) -> Uid {
    Uid::new(&format!("1.{number}")).unwrap()
}

fn deed(home: &InstitutionId) -> Deed<'_> {
    Deed {
        institution: home,
        actor: "user:keeper".into(),
        deed: "grant_made",
        subject: "somebody",
        detail: String::new(),
    }
}

impl World {
    /// What the rule asks of a study.
    fn facts(&self, reader: &Reader, study: &Uid) -> Facts {
        let of_study = self.holdings.iter().filter(|one| one.study == *study);
        let holdings: Vec<Holding> = of_study.cloned().collect();
        Facts {
            is_held: holdings
                .iter()
                .any(|one| one.institution == reader.institution),
            holdings,
            grants: self.grants.clone(),
            prohibitions: self.prohibitions.clone(),
        }
    }

    /// Study by study, the holding that a reader gets.
    fn seen(&self, reader: &Reader, now: OffsetDateTime) -> Vec<&Holding> {
        let studies: BTreeSet<&Uid> = self.holdings.iter().map(|one| &one.study).collect();
        let holders = studies.into_iter().filter_map(|study| {
            let facts = self.facts(reader, study);
            let holder = match facts.is_held {
                true => reader.institution.clone(),
                false => ground(reader, now, &facts)?.holder().clone(),
            };
            Some((study, holder))
        });
        let holding = |(study, holder): (&Uid, InstitutionId)| {
            let mut all = self.holdings.iter();
            all.find(|one| one.study == *study && one.institution == holder)
        };
        holders.filter_map(holding).collect()
    }

    /// Puts a world of the dice's into a house.
    async fn make(house: &House, dice: &mut Dice) -> Self {
        let mut world = Self::default();
        for id in institutions() {
            house.database.ensure_institution(&id).await.unwrap();
        }
        for number in 1..=24 {
            let day = dice.one(&DAYS);
            let mut holders = institutions();
            holders.retain(|_| dice.below(5) < 2);
            for holder in holders {
                // Rarely two institutions know the patient of a study by other ids.
                let mix = usize::from(dice.below(12) == 0);
                let whose = patient((number + mix) % 6);
                world.hold(house, dice, number, holder, whose, day).await;
            }
        }
        for _ in 0..30 {
            world.grant(house, dice).await;
        }
        for _ in 0..8 {
            world.prohibit(house, dice).await;
        }
        world
    }

    async fn hold(
        &mut self,
        house: &House,
        dice: &mut Dice,
        number: usize,
        holder: InstitutionId,
        whose: PatientIdentity,
        day: &str,
    ) {
        let times: [&str; 2] = ["101500", "080000"];
        let object = Object::new(u32::try_from(number).unwrap(), 1, 1)
            .patient("00100020", "LO", json!([whose.id]))
            .at_study("00080020", "DA", json!([day]))
            .at_study("00080030", "TM", json!([dice.one(&times)]));
        let mut built = object.build();
        built.object.instance.institution = holder.clone();
        built.issuer.clone_from(&whose.issuer);
        house.database.commit(built).await.unwrap();
        let mut categories = CATEGORIES.map(str::to_owned).to_vec();
        categories.retain(|_| dice.below(6) == 0);
        let key = StudyKey {
            institution: holder.clone(),
            study: study(number),
        };
        let made = deed(&holder);
        let marked = house.database.set_categories(&made, &key, &categories);
        assert!(marked.await.unwrap());
        self.holdings.push(Holding {
            institution: holder.clone(),
            patient: whose,
            study: study(number),
            study_date: day.into(),
            categories,
            first: object.ulid,
        });
    }

    async fn grant(&mut self, house: &House, dice: &mut Dice) {
        let basis = dice.one(&Basis::ALL);
        let mut categories = CATEGORIES.map(str::to_owned).to_vec();
        categories.retain(|_| dice.below(2) == 0);
        let account = dice.perhaps(&["doctor".to_owned(), "nurse".to_owned()]);
        let (terms, reaches) = reaches(house, dice);
        let grant = NewGrant {
            id: ulid(),
            basis,
            reader: dice.one(&institutions()),
            account,
            categories,
            reference: String::new(),
            terms,
        };
        let home = institution();
        let made = deed(&home);
        house.database.add_grant(&made, &grant).await.unwrap();
        self.grants.extend(reaches.into_iter().map(|reach| Grant {
            id: grant.id,
            basis,
            reader: grant.reader.clone(),
            account: grant.account.clone(),
            reach,
            categories: grant.categories.clone(),
        }));
    }

    async fn prohibit(&mut self, house: &House, dice: &mut Dice) {
        let (terms, reaches) = reaches(house, dice);
        let prohibition = NewProhibition {
            id: ulid(),
            by: dice.one(&Prohibitor::ALL),
            reader: dice.perhaps(&institutions()),
            category: dice.perhaps(&CATEGORIES).unwrap_or_default().into(),
            terms,
        };
        let home = institution();
        let added = house
            .database
            .add_prohibition(&deed(&home), &prohibition)
            .await;
        added.unwrap();
        let each = reaches.into_iter().map(|reach| Prohibition {
            by: prohibition.by,
            reader: prohibition.reader.clone(),
            reach,
            category: prohibition.category.clone(),
        });
        self.prohibitions.extend(each);
    }
}

/// Bounds of the dice's, as they are written down and as the rule sees them.
fn reaches(house: &House, dice: &mut Dice) -> (Terms, Vec<Reach>) {
    let from = house.clock.now() + Duration::hours(dice.below(3) as i64 - 1);
    let until = from + Duration::hours(1 + dice.below(4) as i64);
    let terms = Terms {
        patients: (0..=dice.below(2))
            .map(|_| patient(dice.below(6)))
            .collect(),
        holder: dice.perhaps(&institutions()),
        studies: match dice.below(3) {
            0 => (0..=dice.below(4))
                .map(|_| study(1 + dice.below(24)))
                .collect(),
            _ => Vec::new(),
        },
        study_from: dice.perhaps(&DAYS).unwrap_or_default().into(),
        study_to: dice.perhaps(&DAYS).unwrap_or_default().into(),
        from,
        until,
        evidence: "form 7".into(),
    };
    let each: Vec<Option<Uid>> = match terms.studies.is_empty() {
        true => vec![None],
        false => terms.studies.iter().cloned().map(Some).collect(),
    };
    let reaches = terms.patients.iter().flat_map(|patient| {
        let terms = &terms;
        each.iter().map(move |study| Reach {
            patient: patient.clone(),
            holder: terms.holder.clone(),
            study: study.clone(),
            study_from: terms.study_from.clone(),
            study_to: terms.study_to.clone(),
            from,
            until,
        })
    });
    let reaches = reaches.collect();
    (terms, reaches)
}

fn text(record: &Record, tag: &str) -> String {
    let value = record.attributes.get(tag).and_then(|one| one.get("Value"));
    let text = value.and_then(|value| value[0].as_str());
    text.unwrap_or_default().to_owned()
}

/// All pages of a search, three matches each.
async fn pages(house: &House, reader: &Reader, search: &Search) -> Vec<Record> {
    let mut asked = Search {
        limit: Some(3),
        ..search.clone()
    };
    let mut records = Vec::new();
    loop {
        let page = house.database.search_seen(reader, &asked).await.unwrap();
        assert!(page.records.len() <= 3);
        records.extend(page.records);
        if page.next.is_none() {
            return records;
        }
        asked.after = page.next;
    }
}

async fn a_search_shows_what_the_rule_lets_see(house: House) {
    let worlds = std::env::var("YINGYUN_GRANT_WORLDS");
    let worlds = worlds.map_or(WORLDS, |number| number.parse().unwrap());
    let mut others = 0;
    for seed in 1..=worlds {
        let house = house.another().await;
        let world = World::make(&house, &mut Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))).await;
        for _ in 0..3 {
            for institution in institutions() {
                for account in [None, Some("doctor".to_owned())] {
                    let institution = institution.clone();
                    let reader = Reader {
                        institution,
                        account,
                    };
                    others += agrees(&house, &world, &reader).await;
                }
            }
            house.clock.advance(3600);
        }
        house.database.close().await;
    }
    assert!(others > 20, "the dice let see others: {others}");
}

/// Searches of a reader against the rule; how many studies of others there were.
async fn agrees(house: &House, world: &World, reader: &Reader) -> usize {
    let now = house.clock.now();
    let mut expected = world.seen(reader, now);
    let is_other = |one: &&&Holding| one.institution != reader.institution;
    let others = expected.iter().filter(is_other).count();
    for number in 1..=24 {
        // The facts that the index tells lead to the same ground.
        let told = house.database.facts(reader, &study(number)).await.unwrap();
        let facts = world.facts(reader, &study(number));
        assert_eq!(told.is_held, facts.is_held);
        assert_eq!(ground(reader, now, &told), ground(reader, now, &facts));
    }
    let studies = pages(house, reader, &Search::at(Level::Study)).await;
    let key = |one: &Record| {
        let order = (text(one, "00080020"), text(one, "00080030"));
        (std::cmp::Reverse(order), text(one, "0020000D"))
    };
    let keys: Vec<_> = studies.iter().map(key).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    expected.sort_by_key(|one| one.study.clone());
    let mut found: Vec<_> = studies
        .iter()
        .map(|one| (text(one, "0020000D"), text(one, "00100020")))
        .collect();
    found.sort();
    let wanted = expected.iter();
    let wanted = wanted.map(|one| (one.study.to_string(), one.patient.id.clone()));
    assert_eq!(found, wanted.collect::<Vec<_>>(), "{reader:?}");
    for (level, many) in [(Level::Series, true), (Level::Instance, true)] {
        let below = pages(house, reader, &Search::at(level)).await;
        assert_eq!(below.len() == expected.len(), many, "{level:?}");
    }
    let skipped = Search {
        offset: 2,
        limit: Some(4),
        ..Search::at(Level::Study)
    };
    let page = house.database.search_seen(reader, &skipped).await.unwrap();
    let keys_of_page: Vec<_> = page.records.iter().map(key).collect();
    let rest: Vec<_> = keys.into_iter().skip(2).take(4).collect();
    assert_eq!(keys_of_page, rest);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for one in &expected {
        *counts.entry(one.patient.id.clone()).or_default() += 1;
    }
    let patients = pages(house, reader, &Search::at(Level::Patient)).await;
    let told = patients.iter().map(|one| {
        assert_eq!(one.patient_series, one.patient_studies);
        assert_eq!(one.patient_instances, one.patient_studies);
        (text(one, "00100020"), one.patient_studies)
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), counts.len(), "each patient once");
    assert_eq!(BTreeMap::from_iter(told), counts, "{reader:?}");
    others
}

async fn a_patient_is_found_by_what_is_seen_of_them_only(house: House) {
    let mut world = World::default();
    let east = institutions().remove(1);
    let mut dice = Dice(7);
    for id in institutions() {
        house.database.ensure_institution(&id).await.unwrap();
    }
    for (number, day) in [(1, "20230101"), (2, "20240101")] {
        let whose = patient(0);
        world
            .hold(&house, &mut dice, number, east.clone(), whose, day)
            .await;
    }
    let now = house.clock.now();
    let grant = NewGrant {
        id: ulid(),
        basis: Basis::Emergency,
        reader: institution(),
        account: None,
        categories: Vec::new(),
        reference: String::new(),
        terms: Terms {
            patients: vec![patient(0)],
            holder: None,
            studies: vec![study(1)],
            study_from: String::new(),
            study_to: String::new(),
            from: now,
            until: now + Duration::hours(1),
            evidence: String::new(),
        },
    };
    let home = institution();
    house
        .database
        .add_grant(&deed(&home), &grant)
        .await
        .unwrap();
    let reader = Reader {
        institution: institution(),
        account: None,
    };
    let mut found = Vec::new();
    for day in ["20230101", "20240101"] {
        let search = Search {
            conditions: vec![Condition {
                path: vec![0x0008_0020],
                matching: Matching::Single(day.into()),
            }],
            ..Search::at(Level::Patient)
        };
        let records = pages(&house, &reader, &search).await;
        found.push(records.first().map(|one| one.patient_studies));
    }
    assert_eq!(found, [Some(1), None], "one study is seen, and found by");
    let ended = house
        .database
        .end_grant(&deed(&home), &home, grant.id, now)
        .await;
    assert!(ended.unwrap());
    let left = pages(&house, &reader, &Search::at(Level::Patient)).await;
    assert!(left.is_empty());
}
