//! Which instances a C-MOVE or C-GET identifier names (PS3.4 §C.4.2.1.4).

use access::Permit;
use model::{
    Operation, Uid,
    search::{Condition, Level, Matching, Search},
};
use retrieve::{Instance, RetrieveError, Scope};

use crate::{
    identifier::{INSTANCE, Identifier, PATIENT_ID, SERIES, STUDY, texts},
    session::Session,
    status::{Failure, Status},
};

/// Studies of a patient read at a time.
const STUDIES: u32 = 1000;

/// The instances, by study, series and instance number.
pub(crate) async fn instances(
    session: &Session,
    permit: &Permit,
    identifier: &Identifier,
) -> Result<Vec<Instance>, Failure> {
    permit.require(Operation::Retrieve)?;
    if identifier.level == Level::Instance {
        return single(session, permit, identifier).await;
    }
    let mut instances = Vec::new();
    for scope in scopes(session, permit, identifier).await? {
        match session.services.retrieve.instances(permit, &scope).await {
            Ok(found) => instances.extend(found),
            Err(RetrieveError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(instances)
}

/// Instances by SOP Instance UID, whatever their number; study and series narrow where given.
async fn single(
    session: &Session,
    permit: &Permit,
    identifier: &Identifier,
) -> Result<Vec<Instance>, Failure> {
    let sops = required(identifier, INSTANCE, "SOP Instance UID (0008,0018)")?;
    let (studies, series) = (identifier.uids(STUDY)?, identifier.uids(SERIES)?);
    let database = &session.services.database;
    let mut rows = database
        .instances_by_sop(permit.institution(), &sops)
        .await
        .map_err(RetrieveError::Database)?;
    // What others hold is reached by the study that it is named in.
    for study in &studies {
        let sight = session.services.retrieve.sight(permit, study).await?;
        if sight.ground().is_some() {
            let seen = database.instances_by_sop(sight.institution(), &sops).await;
            let seen = seen.map_err(RetrieveError::Database)?.into_iter();
            rows.extend(seen.filter(|row| row.object.instance.study == *study));
        }
    }
    let named = |list: &[Uid], uid: &Uid| list.is_empty() || list.contains(uid);
    Ok(rows
        .into_iter()
        .filter(|row| {
            let key = &row.object.instance;
            named(&studies, &key.study) && named(&series, &key.series)
        })
        .map(Instance::new)
        .collect())
}

async fn scopes(
    session: &Session,
    permit: &Permit,
    identifier: &Identifier,
) -> Result<Vec<Scope>, Failure> {
    let whole = |study: Uid| Scope {
        study,
        series: None,
        sop: None,
    };
    match identifier.level {
        Level::Patient => {
            let studies = studies_of(session, permit, identifier).await?;
            Ok(studies.into_iter().map(whole).collect())
        }
        Level::Study => {
            let studies = required(identifier, STUDY, "Study Instance UID (0020,000D)")?;
            Ok(studies.into_iter().map(whole).collect())
        }
        Level::Series | Level::Instance => {
            let studies = required(identifier, STUDY, "Study Instance UID (0020,000D)")?;
            let series = required(identifier, SERIES, "Series Instance UID (0020,000E)")?;
            let scope = |study: &Uid, series: &Uid| Scope {
                study: study.clone(),
                series: Some(series.clone()),
                sop: None,
            };
            let pairs = studies
                .iter()
                .flat_map(|study| series.iter().map(move |series| scope(study, series)));
            Ok(pairs.collect())
        }
    }
}

/// The studies that the caller sees of the patients with the given id, of every issuer.
async fn studies_of(
    session: &Session,
    permit: &Permit,
    identifier: &Identifier,
) -> Result<Vec<Uid>, Failure> {
    let ids = identifier
        .keys
        .get(PATIENT_ID)
        .map(texts)
        .unwrap_or_default();
    if ids.iter().all(String::is_empty) {
        return Err(missing("Patient ID (0010,0020)"));
    }
    let mut search = Search {
        conditions: vec![Condition {
            path: vec![0x0010_0020],
            matching: Matching::List(ids),
        }],
        limit: Some(STUDIES),
        ..Search::at(Level::Study)
    };
    let mut studies = Vec::new();
    loop {
        let database = &session.services.database;
        let page = database
            .search_seen(&permit.reader(), &search)
            .await
            .map_err(RetrieveError::Database)?;
        let uids = page
            .records
            .iter()
            .filter_map(|record| record.attributes.get(STUDY));
        studies.extend(uids.flat_map(texts).filter_map(|text| Uid::new(&text).ok()));
        if page.next.is_none() {
            return Ok(studies);
        }
        search.after = page.next;
    }
}

fn required(identifier: &Identifier, tag: &str, name: &str) -> Result<Vec<Uid>, Failure> {
    let uids = identifier.uids(tag)?;
    if uids.is_empty() {
        Err(missing(name))
    } else {
        Ok(uids)
    }
}

fn missing(name: &str) -> Failure {
    Failure::new(Status::DOES_NOT_MATCH_CLASS, &format!("{name} is missing"))
}
