//! The rules of the layers.

use std::{io::Write, path::PathBuf};

use super::*;

fn file(text: &str) -> (tempfile::NamedTempFile, PathBuf) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().to_owned();
    (file, path)
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(k, v)| ((*k).into(), (*v).into()))
        .collect()
}

fn refused(text: &str) -> String {
    let (_file, path) = file(text);
    let error = load(Some(&path), [], Flags::default())
        .unwrap_err()
        .to_string();
    assert!(!error.contains('\n'), "{error}");
    error
}

#[test]
fn a_later_layer_wins() {
    let (_file, path) =
        file("[dicom]\nae_title = 'FILE'\naddress = '127.0.0.1:1'\nmax_associations = 5\n");
    let environment = environment(&[
        ("YINGYUN_DICOM__AE_TITLE", "ENVIRONMENT"),
        ("YINGYUN_DICOM__ADDRESS", "127.0.0.1:2"),
        ("YINGYUN_TESTDATA", "/not/a/key"),
        ("YINGYUN_SERVER__DEV", "true"),
        ("YINGYUN_LOG__LEVEL", "warn,dimse=debug"),
    ]);
    let flags = Flags {
        dicom: Some("127.0.0.1:3".parse().unwrap()),
        ..Flags::default()
    };
    let config = load(Some(&path), environment, flags).unwrap();
    assert_eq!(config.dicom.max_associations, 5);
    assert_eq!(config.dicom.ae_title.as_str(), "ENVIRONMENT");
    assert_eq!(config.dicom.address.port(), 3);
    assert_eq!(config.log.level, "warn,dimse=debug");
    assert!(config.server.dev);
}

#[test]
fn the_defaults_are_the_contract() {
    let config = load(None, [], Flags::default()).unwrap();
    assert_eq!(config.server.data_dir, PathBuf::from("./yingyun-data"));
    assert_eq!(config.http.address.to_string(), "127.0.0.1:8080");
    assert_eq!(config.dicom.address.to_string(), "127.0.0.1:11112");
    assert_eq!(config.dicom.ae_title.as_str(), "YINGYUN");
    assert!(!config.server.dev);
}

#[test]
fn a_peer_is_read_from_a_file_and_from_the_environment() {
    let row = "{ ae_title = 'CT1', host = '10.0.0.1', port = 104, operations = ['store'] }";
    let (_file, path) = file(&format!("[dicom]\npeers = [{row}]\n"));
    let config = load(Some(&path), [], Flags::default()).unwrap();
    assert_eq!(config.dicom.peers[0].operations, [model::Operation::Store]);
    let list = format!("[{row}]");
    let config = load(
        None,
        environment(&[("YINGYUN_DICOM__PEERS", &list)]),
        Flags::default(),
    );
    assert_eq!(config.unwrap().dicom.peers[0].ae_title.as_str(), "CT1");
}

#[test]
fn what_is_wrong_is_named_in_one_line() {
    let unknown = refused("[dicom]\n\nae_titel = 'X'\n");
    assert!(
        unknown.contains("line 3") && unknown.contains("ae_titel"),
        "{unknown}"
    );
    let kind = refused("[dicom]\nmax_associations = 'many'\n");
    assert!(kind.contains("line 2"), "{kind}");
    let range = refused("[dicom]\nmax_pdu_bytes = 7\n");
    assert!(
        range.contains("dicom.max_pdu_bytes = 7: give a number from 16384"),
        "{range}"
    );
    let variable = load(
        None,
        environment(&[("YINGYUN_DICOM__AE_TITEL", "X")]),
        Flags::default(),
    );
    let variable = variable.unwrap_err().to_string();
    assert!(
        variable.contains("YINGYUN_DICOM__AE_TITEL") && !variable.contains('\n'),
        "{variable}"
    );
}

#[test]
fn dev_listens_on_loopback_only() {
    let flags = Flags {
        http: Some("0.0.0.0:8080".parse().unwrap()),
        dev: true,
        ..Flags::default()
    };
    let error = load(None, [], flags).unwrap_err().to_string();
    assert!(
        error.starts_with("http.address = 0.0.0.0:8080: --dev"),
        "{error}"
    );
}

#[test]
fn secrets_come_from_files_or_the_environment_and_are_never_shown() {
    let stored = refused("[database]\nurl = 'postgres://y:hidden@db/y'\n");
    assert!(
        stored.contains("database.password_file") && !stored.contains("hidden"),
        "{stored}"
    );
    let key = refused("[storage]\nkind='s3'\n[storage.s3]\nsecret_key = 'hidden'\n");
    assert!(
        key.contains("secret_key_file") && !key.contains("hidden"),
        "{key}"
    );

    let (_secret, secret) = file("p@ss/word\n");
    let (_file, path) = file(&format!(
        "[database]\nurl = 'postgres://y@db/y'\npassword_file = '{}'\n",
        secret.display()
    ));
    let config = load(Some(&path), [], Flags::default()).unwrap();
    assert_eq!(
        config.database_url().unwrap(),
        "postgres://y:p%40ss%2Fword@db/y"
    );
    let config = load(
        None,
        environment(&[
            ("YINGYUN_DATABASE__URL", "postgres://y:hidden@db/y"),
            ("YINGYUN_STORAGE__KIND", "s3"),
            ("YINGYUN_STORAGE__S3__ENDPOINT", "http://127.0.0.1:7480"),
            ("YINGYUN_STORAGE__S3__ALLOW_HTTP", "true"),
            ("YINGYUN_STORAGE__S3__BUCKET", "b"),
            ("YINGYUN_STORAGE__S3__ACCESS_KEY", "hidden"),
            ("YINGYUN_STORAGE__S3__SECRET_KEY", "hidden"),
        ]),
        Flags::default(),
    )
    .unwrap();
    assert!(!config.show().unwrap().contains("hidden"));
    assert!(!format!("{:?}", config.storage).contains("hidden"));
    let (access, _) = config.storage.s3.unwrap().credentials().unwrap();
    assert_eq!(access.expose(), "hidden");
}

#[test]
fn what_is_shown_reads_back() {
    let shown = Config::default().show().unwrap();
    let (_file, path) = file(&shown);
    assert_eq!(
        load(Some(&path), [], Flags::default())
            .unwrap()
            .show()
            .unwrap(),
        shown
    );
}

#[test]
fn pictures_have_a_folder_of_their_own() {
    for folder in [
        "",
        "./yingyun-data/objects",
        "./yingyun-data/objects/pictures",
    ] {
        let said = refused(&format!("[pictures]\nfolder = '{folder}'\n"));
        assert!(said.contains("pictures.folder"), "{said}");
    }
    let said = refused("[pictures]\ndisk_bytes = 7\n");
    assert!(said.contains("67108864"), "{said}");
    let (_file, path) = file("[pictures]\ndisk_bytes = 100000000\n");
    let config = load(Some(&path), [], Flags::default()).unwrap();
    assert_eq!(
        config.pictures_dir().unwrap(),
        PathBuf::from("./yingyun-data/pictures")
    );
    assert_eq!(Config::default().pictures_dir(), None);
}
