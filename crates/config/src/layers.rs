//! The layers: defaults, TOML file, environment, flags.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use crate::{Config, ConfigError, database::carries_password};

const PREFIX: &str = "YINGYUN_";

/// Keys that may come from the environment, but not from a configuration file.
const SECRETS: [&[&str]; 3] = [
    &["storage", "s3", "access_key"],
    &["storage", "s3", "secret_key"],
    &["database", "password"],
];

/// What the command line sets.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `server.data_dir`.
    pub data_dir: Option<PathBuf>,
    /// `http.address`.
    pub http: Option<SocketAddr>,
    /// `dicom.address`.
    pub dicom: Option<SocketAddr>,
    /// `dicom.ae_title`.
    pub ae_title: Option<String>,
    /// `server.dev`.
    pub dev: bool,
}

/// Reads all layers and checks the result. Variables without `__` after the prefix are no keys.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: Flags,
) -> Result<Config, ConfigError> {
    let mut table = Table::new();
    let mut sources = Vec::new();
    if let Some(path) = file {
        table = read(path)?;
        sources.push(path.display().to_string());
    }
    let defaults = Table::try_from(Config::default()).expect("the defaults are representable");
    for (name, text) in environment {
        let Some(key) = name.strip_prefix(PREFIX).filter(|k| k.contains("__")) else {
            continue;
        };
        let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
        let value = typed(&defaults, &path, &text).map_err(|reason| ConfigError::Layer {
            source_name: format!("{name}={text:?}"),
            reason,
        })?;
        insert(&mut table, &path, value, &name)?;
        sources.push(name);
    }
    flags.put_into(&mut table)?;
    let config = Config::deserialize_table(table, &sources)?;
    config.validate()?;
    Ok(config)
}

impl Flags {
    fn put_into(self, table: &mut Table) -> Result<(), ConfigError> {
        let texts = [
            (
                "server",
                "data_dir",
                "--data-dir",
                self.data_dir.map(path_text).transpose()?,
            ),
            (
                "http",
                "address",
                "--http",
                self.http.map(|a| a.to_string()),
            ),
            (
                "dicom",
                "address",
                "--dicom",
                self.dicom.map(|a| a.to_string()),
            ),
            ("dicom", "ae_title", "--aet", self.ae_title),
        ];
        for (section, key, flag, text) in texts {
            if let Some(text) = text {
                insert(
                    table,
                    &[section.into(), key.into()],
                    Value::String(text),
                    flag,
                )?;
            }
        }
        if self.dev {
            insert(
                table,
                &["server".into(), "dev".into()],
                Value::Boolean(true),
                "--dev",
            )?;
        }
        Ok(())
    }
}

fn path_text(path: PathBuf) -> Result<String, ConfigError> {
    path.into_os_string().into_string().map_err(|path| {
        ConfigError::value("server.data_dir", path, "give a folder whose name is UTF-8")
    })
}

impl Config {
    fn deserialize_table(table: Table, sources: &[String]) -> Result<Self, ConfigError> {
        table
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Layer {
                source_name: match sources {
                    [] => "flags".into(),
                    names => names.join(", "),
                },
                reason: one_line(&error.to_string()),
            })
    }
}

/// A configuration file, without the keys that must not stand in one.
fn read(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        key: "--config".into(),
        path: path.into(),
        source,
    })?;
    let wrong = |reason: String| ConfigError::Layer {
        source_name: path.display().to_string(),
        reason,
    };
    // Read as a configuration for its errors, which name line and column; kept as a table.
    toml::from_str::<Config>(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
        wrong(format!("line {line}: {}", one_line(error.message())))
    })?;
    let table: Table = toml::from_str(&text).map_err(|error| wrong(one_line(error.message())))?;
    for secret in SECRETS {
        if get(&table, secret).is_some() {
            let key = secret.join(".");
            return Err(wrong(format!(
                "{key}: secrets do not belong in this file: use {key}_file, or the environment"
            )));
        }
    }
    match get(&table, &["database", "url"]) {
        Some(Value::String(url)) if carries_password(url) => Err(wrong(
            "database.url: secrets do not belong in this file: use database.password_file, \
             or the environment"
                .into(),
        )),
        _ => Ok(table),
    }
}

fn get<'t>(table: &'t Table, path: &[impl AsRef<str>]) -> Option<&'t Value> {
    let (last, sections) = path.split_last()?;
    let mut table = table;
    for section in sections {
        table = table.get(section.as_ref())?.as_table()?;
    }
    table.get(last.as_ref())
}

fn insert(
    table: &mut Table,
    path: &[String],
    value: Value,
    source: &str,
) -> Result<(), ConfigError> {
    let Some((last, sections)) = path.split_last() else {
        return Ok(());
    };
    let mut table = table;
    for section in sections {
        table = table
            .entry(section.as_str())
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| ConfigError::Layer {
                source_name: source.into(),
                reason: format!("{section} is no section"),
            })?;
    }
    table.insert(last.clone(), value);
    Ok(())
}

/// The text of a variable as the type that the default of its key has; text where it has none.
fn typed(defaults: &Table, path: &[String], text: &str) -> Result<Value, String> {
    match get(defaults, path) {
        None if path == ["storage", "s3", "allow_http"] => parse(text),
        None | Some(Value::String(_)) => Ok(Value::String(text.into())),
        Some(like) => {
            let value = parse(text)?;
            if value.same_type(like) {
                Ok(value)
            } else {
                Err(format!("{} expected", like.type_str()))
            }
        }
    }
}

fn parse(text: &str) -> Result<Value, String> {
    let mut table: Table =
        toml::from_str(&format!("value = {text}")).map_err(|error| one_line(error.message()))?;
    table
        .remove("value")
        .ok_or_else(|| "a value expected".into())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
