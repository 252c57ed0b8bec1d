//! The layer table of ARCHITECTURE.md: a crate depends only on crates of a lower layer, and each
//! technology has one owner.

use anyhow::Result;

use crate::metadata::Package;

/// The layers. Crates of one layer do not know each other.
const LAYERS: &[(&str, u8)] = &[
    ("model", 0),
    ("access", 1),
    ("dataset", 1),
    ("archive", 2),
    ("pixel", 2),
    ("database", 4),
    ("accounts", 5),
    ("grants", 5),
    ("ingest", 5),
    ("jobs", 5),
    ("openid", 5),
    ("query", 5),
    ("registry", 5),
    ("retrieve", 5),
    ("webhooks", 5),
    ("workitems", 5),
    ("dimse", 6),
    ("web", 6),
    ("config", 7),
    ("server", 8),
];

/// Members outside of the house: they may use every crate.
const OUTSIDE: &[&str] = &["testkit", "tests", "benches", "xtask"];

/// Who may use what. The members outside may use everything.
const OWNERS: &[(&str, &[&str])] = &[
    ("sqlx", &["database"]),
    ("object_store", &["archive"]),
    ("axum", &["web"]),
    ("utoipa", &["web"]),
    ("hyper", &["web"]),
    ("hyper-util", &["web"]),
    ("tokio-rustls", &["web"]),
    ("dicom-ul", &["dimse"]),
    ("charls", &["pixel"]),
    ("image", &["pixel"]),
    ("jxl-oxide", &["pixel"]),
    ("openjpeg-sys", &["pixel"]),
    ("turbojpeg-sys", &["pixel"]),
    // Called directly or not at all: what they do is in docs/codecs.md.
    ("dicom-pixeldata", &[]),
    ("dicom-object", &[]),
    ("dicom-transfer-syntax-registry", &[]),
    ("clap", &["server"]),
    ("anyhow", &["server"]),
    ("config", &["server"]),
    ("rayon", &["pixel"]),
    ("reqwest", &["archive", "openid", "webhooks"]),
    ("jsonwebtoken", &["openid"]),
    ("ring", &["openid"]),
];

/// Crates that must be pure: no runtime, no I/O.
const PURE: &[&str] = &["model", "access", "dataset", "pixel"];
const IMPURE: &[&str] = &["tokio", "reqwest", "socket2", "libc", "tempfile"];

/// Edges that no layer allows and owners that are passed by.
pub(crate) fn faults(packages: &[Package]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for package in packages.iter().filter(|p| p.is_member) {
        let name = package.name.as_str();
        if OUTSIDE.contains(&name) {
            continue;
        }
        let Some(own) = layer(name) else {
            faults.push(format!("{name}: give it a layer in xtask/src/layers.rs"));
            continue;
        };
        for dependency in &package.dependencies {
            if dependency.is_dev {
                continue;
            }
            faults.extend(edge(name, own, &dependency.name));
        }
    }
    Ok(faults)
}

fn edge(name: &str, own: u8, on: &str) -> Option<String> {
    if OUTSIDE.contains(&on) {
        return Some(format!(
            "{name} -> {on}: product code does not use test code"
        ));
    }
    if let Some(other) = layer(on).filter(|other| *other >= own) {
        return Some(format!(
            "{name} (layer {own}) -> {on} (layer {other}): layers go down"
        ));
    }
    if PURE.contains(&name) && IMPURE.contains(&on) {
        return Some(format!("{name} -> {on}: {name} knows no I/O"));
    }
    let (_, owners) = OWNERS.iter().find(|(technology, _)| *technology == on)?;
    (!owners.contains(&name)).then(|| format!("{name} -> {on}: only {owners:?} may use {on}"))
}

fn layer(name: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, layer)| *layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_down() {
        assert_eq!(edge("web", 6, "ingest"), None);
        assert!(edge("ingest", 5, "web").is_some());
        assert!(edge("web", 6, "dimse").is_some());
        assert!(edge("web", 6, "testkit").is_some());
    }

    #[test]
    fn technologies_have_owners() {
        assert_eq!(edge("database", 4, "sqlx"), None);
        assert!(edge("query", 5, "sqlx").is_some());
        assert!(edge("model", 0, "tokio").is_some());
        assert_eq!(edge("query", 5, "serde_json"), None);
    }
}
