//! Tables of institutions and application entities: what is taken, and what is said of the rest.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use access::{Actor, Administration, Authority, Role, Roles};
use database::Database;
use model::{Clock, InstitutionId, Standing};
use registry::{NewInstitution, Registry, RegistryError};
use time::{OffsetDateTime, macros::datetime};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-07-01 12:00 UTC)
    }
}

struct House {
    registry: Registry,
    authority: Authority,
    database: Database,
    _folder: tempfile::TempDir,
}

fn home() -> InstitutionId {
    InstitutionId::new("home").unwrap()
}

fn keeper(institution: InstitutionId) -> Authority {
    let keeper = Actor::User {
        name: "keeper".into(),
        institution,
        standing: Standing::Active,
        roles: Roles::new([Role::SystemAdministrator]).unwrap(),
    };
    access::administer(&keeper, Administration::Institutions).unwrap()
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let database = Database::open(&database::Settings::new(url), Arc::new(Noon)).await;
    let database = database.unwrap();
    database.ensure_institution(&home()).await.unwrap();
    House {
        registry: Registry::new(database.clone(), home()),
        authority: keeper(home()),
        database,
        _folder: folder,
    }
}

const GOOD: &str = "id,credit_code,name,region,campus\n\
                    east,123502004266007916,市第一医院,350200,东院\n\
                    west,123502004266007916,\"市第一医院, 西区\",350200,西院\n";

impl House {
    async fn refused(&self, table: &[u8]) -> String {
        let refused = self
            .registry
            .import_institutions(&self.authority, table)
            .await
            .unwrap_err();
        assert!(matches!(refused, RegistryError::Faults(_)), "{refused}");
        refused.to_string()
    }

    async fn names(&self) -> Vec<String> {
        let known = self.registry.institutions(&self.authority).await.unwrap();
        known.into_iter().map(|one| one.details.name).collect()
    }
}

#[tokio::test]
async fn a_table_of_a_spreadsheet_is_read_in_either_encoding() {
    let gb18030 = encoding_rs::GB18030.encode(GOOD).0.into_owned();
    let marked = [b"\xEF\xBB\xBF", GOOD.as_bytes()].concat();
    let windows = GOOD.replace('\n', "\r\n").into_bytes();
    for table in [GOOD.as_bytes().to_vec(), gb18030, marked, windows] {
        let house = house().await;
        let rows = house
            .registry
            .import_institutions(&house.authority, &table)
            .await;
        assert_eq!(rows.unwrap(), 2);
        let expected = ["市第一医院", "home", "市第一医院, 西区"];
        assert_eq!(house.names().await, expected);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_by_line_and_column_and_nothing_is_entered() {
    let house = house().await;
    let table = "id,credit_code,name,region\n\
                 East,123502004266007916,市第一医院,350200\n\
                 west,123502004266007917,,990000\n\
                 south,1,市第三医院\n\
                 north,91350100M000100Y43,市第四医院,350100\n";
    let said = house.refused(table.as_bytes()).await;
    let expected = [
        "line 2: id: invalid institution id \"East\": 1 to 64 of a-z, 0-9, '-' and '_' expected",
        "line 3: credit_code: the credit code ends in 7, but 6 is due after the others",
        "line 3: name: an institution has a name",
        "line 3: region: \"990000\" is no region of GB/T 2260: six digits",
        "line 4: 3 values where the first line names 4 columns",
    ];
    assert_eq!(said, expected.join("; "));
    assert_eq!(house.names().await, ["home"]);
}

#[tokio::test]
async fn a_table_that_conflicts_says_with_whom() {
    let house = house().await;
    let twice = GOOD.replace("西院", "东院");
    assert_eq!(
        house.refused(twice.as_bytes()).await,
        "line 3: credit_code: east has this code and campus"
    );
    let table = b"institution,ae_title,host,port,operations\neast,CT1,10.0.0.1,104,store";
    let refused = house
        .registry
        .import_entities(&house.authority, table)
        .await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "line 2: institution: there is no institution east"
    );
}

#[tokio::test]
async fn what_is_no_table_says_so() {
    let house = house().await;
    for (table, said) in [
        (
            &b"id,credit_code,name,region\n"[..],
            "the table has no rows",
        ),
        (b"", "line 1: the column id is missing"),
        (b"id,id\n", "line 1: the column id comes twice"),
        (b"id,colour\n", "line 1: \"colour\" is no column"),
        (b"\xff\xff\xff", "the table is neither UTF-8 nor GB 18030"),
    ] {
        let answer = house.refused(table).await;
        assert!(answer.contains(said), "{answer}");
    }
    let many = "x,1,,\n".repeat(30);
    let said = house
        .refused(format!("id,credit_code,name,region\n{many}").as_bytes())
        .await;
    assert!(said.ends_with("; and 70 more"), "{said}");
}

#[tokio::test]
async fn operations_are_parted_as_people_part_them() {
    let house = house().await;
    let table = "institution,ae_title,host,port,operations\n\
                 home,CT1,ct1.local,104,store query\n\
                 home,CT2,*,104,\"store, query;retrieve\"\n";
    let rows = house
        .registry
        .import_entities(&house.authority, table.as_bytes())
        .await;
    assert_eq!(rows.unwrap(), 2);
    let entities = house.registry.entities(&house.authority).await.unwrap();
    let counts: Vec<usize> = entities.iter().map(|one| one.operations.len()).collect();
    assert_eq!(counts, [2, 3]);
    let bad = "institution,ae_title,host,port,operations\n\
               home,A title that is too long,a b,70000,paint\n";
    let refused = house
        .registry
        .import_entities(&house.authority, bad.as_bytes())
        .await;
    let said = refused.unwrap_err().to_string();
    for named in [
        "line 2: ae_title: ",
        "line 2: host: a host name, an address, or *",
        "line 2: port: a number from 1 to 65535",
        "line 2: operations: \"paint\" is no operation",
    ] {
        assert!(said.contains(named), "{said}");
    }
}

#[tokio::test]
async fn only_the_archives_own_administrator_keeps_institutions() {
    let house = house().await;
    let other = keeper(InstitutionId::new("east").unwrap());
    let told = NewInstitution {
        id: "west".into(),
        ..NewInstitution::default()
    };
    let denied = house.registry.put_institution(&other, told).await;
    assert!(matches!(denied, Err(RegistryError::Denied(_))));
    let denied = house.registry.institutions(&other).await;
    assert!(matches!(denied, Err(RegistryError::Denied(_))));
    let denied = house.registry.import_entities(&other, b"").await;
    assert!(matches!(denied, Err(RegistryError::Denied(_))));
}

#[tokio::test]
async fn a_standing_leads_where_it_may_and_the_archives_own_stays() {
    let house = house().await;
    let (registry, authority) = (&house.registry, &house.authority);
    let imported = registry
        .import_institutions(authority, GOOD.as_bytes())
        .await;
    imported.unwrap();
    let east = InstitutionId::new("east").unwrap();
    for (to, allowed) in [
        (Standing::Active, false),
        (Standing::Testing, true),
        (Standing::Retired, false),
        (Standing::Active, true),
        (Standing::Suspended, true),
        (Standing::Active, true),
        (Standing::Suspended, true),
        (Standing::Retired, true),
        (Standing::Active, false),
    ] {
        let moved = registry.set_standing(authority, &east, to).await;
        assert_eq!(moved.is_ok(), allowed, "{to}: {moved:?}");
    }
    let stays = registry
        .set_standing(authority, &home(), Standing::Suspended)
        .await;
    assert!(matches!(stays, Err(RegistryError::Home(_))));
    let nobody = InstitutionId::new("nobody").unwrap();
    let unknown = registry
        .set_standing(authority, &nobody, Standing::Testing)
        .await;
    assert!(matches!(unknown, Err(RegistryError::Unknown { .. })));
    let deeds = house.database.deeds(&home(), None, 1).await.unwrap();
    assert_eq!(deeds[0].deed, "standing_set");
    assert_eq!(
        (deeds[0].subject.as_str(), deeds[0].detail.as_str()),
        ("east", "suspended to retired")
    );
}
