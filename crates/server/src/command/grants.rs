//! `grants`, `prohibitions`, `encounters` and `emergencies`: who may see what another institution holds.

use std::process::ExitCode;

use access::{Actor, Administration, Permit, Prohibitor};
use anyhow::Context;
use database::grants::{GrantRow, Outcome, Recorded, Terms};
use grants::{NewForbidden, NewGiven, NewTerms};
use model::{InstitutionId, Operation, Purpose, Uid};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ulid::Ulid;

use super::accounts::whose_institution;
use crate::{
    cli::{Bounds, EmergenciesVerb, EncountersVerb, GrantsVerb, ProhibitionsVerb, Whose},
    house::House,
};

/// The operator, for an institution that there is.
async fn operator(house: &House, whose: &Whose) -> anyhow::Result<Actor> {
    let institution = whose_institution(house, whose).await?;
    Ok(Actor::Operator { institution })
}

fn permit(operator: &Actor, operation: Operation) -> anyhow::Result<Permit> {
    Ok(access::decide(operator, Purpose::Operation, operation)?)
}

pub(super) async fn grants(house: House, verb: GrantsVerb) -> anyhow::Result<ExitCode> {
    let (grants, operator) = (house.grants(), operator(&house, verb.whose()).await?);
    match verb {
        GrantsVerb::List(_) => {
            let permit = permit(&operator, Operation::Consent)?;
            let mut before = None;
            loop {
                let rows = grants.grants(&permit, before).await?;
                let Some(last) = rows.last() else { break };
                before = Some(last.grant.id);
                for row in &rows {
                    println!("{}", shown(row)?);
                }
            }
        }
        GrantsVerb::Put(put) => {
            let permit = permit(&operator, grants::operation(put.basis))?;
            let given = NewGiven {
                basis: put.basis,
                reader: put.reader,
                categories: put.categories,
                terms: terms(put.bounds),
            };
            println!("{}", shown(&grants.give(&permit, given).await?)?);
        }
        GrantsVerb::End(of) => grants.end(&operator, of.key).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn prohibitions(house: House, verb: ProhibitionsVerb) -> anyhow::Result<ExitCode> {
    let (grants, operator) = (house.grants(), operator(&house, verb.whose()).await?);
    let permit = permit(&operator, Operation::Consent)?;
    match verb {
        ProhibitionsVerb::List(_) => {
            let mut before = None;
            loop {
                let rows = grants.prohibitions(&permit, before).await?;
                let Some(last) = rows.last() else { break };
                before = Some(last.prohibition.id);
                for row in &rows {
                    println!("{}", forbidden(row)?);
                }
            }
        }
        ProhibitionsVerb::Put(put) => {
            let told = NewForbidden {
                by: match put.by_law {
                    true => Prohibitor::Law,
                    false => Prohibitor::Patient,
                },
                reader: put.reader,
                category: put.category,
                terms: terms(put.bounds),
            };
            println!("{}", forbidden(&grants.forbid(&permit, told).await?)?);
        }
        ProhibitionsVerb::Lift(of) => grants.lift(&permit, of.key).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn encounters(house: House, verb: EncountersVerb) -> anyhow::Result<ExitCode> {
    let (grants, operator) = (house.grants(), operator(&house, verb.whose()).await?);
    let permit = permit(&operator, Operation::Encounter)?;
    match verb {
        EncountersVerb::Open(open) => {
            let (visit, told) = (&open.visit.visit, terms(open.bounds));
            let row = grants.open_encounter(&permit, visit, told).await?;
            println!("{}", shown(&row)?);
        }
        EncountersVerb::Close(visit) => grants.close_encounter(&permit, &visit.visit).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn emergencies(house: House, verb: EmergenciesVerb) -> anyhow::Result<ExitCode> {
    let (grants, operator) = (house.grants(), operator(&house, verb.whose()).await?);
    let authority = access::administer(&operator, Administration::Reviews)?;
    match verb {
        EmergenciesVerb::List(_) => {
            let mut before: Option<Ulid> = None;
            loop {
                let rows = grants.emergencies(&authority, before).await?;
                let Some(last) = rows.last() else { break };
                before = Some(last.grant.grant.id);
                for one in &rows {
                    let review = one.review.as_ref();
                    let mut line = shown(&one.grant)?;
                    line["reason"] = json!(one.reason);
                    line["review_due"] = json!(text(one.review_due)?);
                    line["studies_seen"] = json!(one.studies_seen);
                    line["outcome"] = json!(review.map(|review| review.outcome.as_str()));
                    line["note"] = json!(review.map(|review| &review.note));
                    line["reviewed_by"] = json!(review.map(|review| &review.by));
                    println!("{line}");
                }
            }
        }
        EmergenciesVerb::Review(review) => {
            let outcome = match review.violation {
                true => Outcome::Violation,
                false => Outcome::Justified,
            };
            let (key, note) = (review.of.key, &review.note);
            grants.review(&authority, key, outcome, note).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn terms(bounds: Bounds) -> NewTerms {
    NewTerms {
        patients: bounds.patients,
        holder: bounds.holder,
        studies: bounds.studies,
        study_from: bounds.study_from,
        study_to: bounds.study_to,
        from: bounds.from,
        until: bounds.until,
        evidence: bounds.evidence,
    }
}

fn shown(row: &GrantRow) -> anyhow::Result<Value> {
    let grant = &row.grant;
    let mut line = described(&grant.terms, &row.recorded)?;
    line["grant"] = json!(grant.id.to_string());
    line["basis"] = json!(grant.basis.as_str());
    line["reader"] = json!(grant.reader);
    line["account"] = json!(grant.account);
    line["categories"] = json!(grant.categories);
    line["visit"] = json!(grant.reference);
    Ok(line)
}

fn forbidden(row: &database::grants::ProhibitionRow) -> anyhow::Result<Value> {
    let prohibition = &row.prohibition;
    let mut line = described(&prohibition.terms, &row.recorded)?;
    line["prohibition"] = json!(prohibition.id.to_string());
    line["by"] = json!(prohibition.by.as_str());
    line["reader"] = json!(prohibition.reader);
    line["category"] = json!(prohibition.category);
    Ok(line)
}

fn described(terms: &Terms, recorded: &Recorded) -> anyhow::Result<Value> {
    let patients = terms.patients.iter();
    let patients = patients.map(|one| format!("{}^^^{}", one.id, one.issuer));
    Ok(json!({
        "patients": patients.collect::<Vec<_>>(),
        "holder": terms.holder.as_ref().map(InstitutionId::as_str),
        "studies": terms.studies.iter().map(Uid::as_str).collect::<Vec<_>>(),
        "study_from": terms.study_from,
        "study_to": terms.study_to,
        "from": text(terms.from)?,
        "until": text(terms.until)?,
        "evidence": terms.evidence,
        "ended": recorded.ended.map(text).transpose()?,
        "recorded": text(recorded.at)?,
        "recorded_by": recorded.by,
        "recorded_at": recorded.institution,
    }))
}

fn text(at: OffsetDateTime) -> anyhow::Result<String> {
    at.format(&Rfc3339).context("a time out of range")
}
