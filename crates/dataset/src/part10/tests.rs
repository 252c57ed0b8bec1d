//! Files with more and less of PS3.10 §7.

use model::{TransferSyntax, Uid};

use super::*;
use crate::DatasetError;

const DATA: &[u8] = b"\x08\0\x16\0UI\x04\x001.2\0";
const IMPLICIT_DATA: &[u8] = b"\x08\0\x16\0\x04\0\0\x001.2\0";
const BIG_DATA: &[u8] = b"\0\x08\0\x16UI\0\x041.2\0";

fn meta() -> FileMeta {
    FileMeta {
        sop_class: Uid::new("1.2").unwrap(),
        sop: Uid::new("1.3").unwrap(),
        transfer_syntax: TransferSyntax::explicit_little(),
        source_ae: Some("CT1".into()),
        sending_ae: None,
        receiving_ae: Some("YINGYUN".into()),
        private: Some(b"odd".to_vec()),
    }
}

fn dataset(file: &[u8]) -> (PartialMeta, usize, TransferSyntax) {
    match probe(file, true).unwrap() {
        Probe::Found {
            meta,
            dataset_offset,
            transfer_syntax,
        } => (meta, dataset_offset, transfer_syntax),
        Probe::NeedMore => panic!("need more at the end"),
    }
}

#[test]
fn the_meta_group_that_is_written_reads_back() {
    let bytes = meta().to_bytes();
    assert_eq!(
        &bytes[128..144],
        b"DICM\x02\0\0\0UL\x04\0"
            .iter()
            .chain(&((bytes.len() - 144) as u32).to_le_bytes())
            .copied()
            .collect::<Vec<_>>()
    );
    assert_eq!(bytes.len() % 2, 0);
    let file = [&bytes, DATA].concat();
    let (read, offset, syntax) = dataset(&file);
    assert_eq!(offset, bytes.len());
    assert_eq!(syntax, TransferSyntax::explicit_little());
    assert_eq!(read.sop, Some(Uid::new("1.3").unwrap()));
    assert_eq!(read.source_ae.as_deref(), Some("CT1"));
    assert_eq!(read.sending_ae, None);
    assert_eq!(read.private.as_deref(), Some(b"odd\0".as_slice()));
}

#[test]
fn it_asks_for_more_until_the_data_set_begins() {
    let bytes = meta().to_bytes();
    let file = [&bytes, DATA].concat();
    for end in (0..bytes.len() + 8).filter(|&end| end != bytes.len()) {
        assert_eq!(
            probe(&file[..end], false).unwrap(),
            Probe::NeedMore,
            "{end}"
        );
        assert!(probe(&file[..end], true).is_err(), "{end}");
    }
}

#[test]
fn data_sets_without_preamble_or_meta_are_guessed() {
    for (data, syntax) in [
        (DATA, TransferSyntax::explicit_little()),
        (IMPLICIT_DATA, TransferSyntax::implicit_little()),
        (BIG_DATA, TransferSyntax::explicit_big()),
    ] {
        assert_eq!(dataset(data).1, 0);
        assert_eq!(dataset(data).2, syntax);
        let without_meta = [&[0; 128], b"DICM".as_slice(), data].concat();
        assert_eq!(dataset(&without_meta).2, syntax);
    }
    let without_preamble = [&meta().to_bytes()[132..], DATA].concat();
    assert_eq!(
        dataset(&without_preamble).0.sop,
        Some(Uid::new("1.3").unwrap())
    );
}

#[test]
fn a_meta_group_may_be_implicit_or_lack_its_length_and_syntax() {
    let implicit = [
        &[0; 128],
        b"DICM\x02\0\x10\0\x12\0\0\x001.2.840.10008.1.2\0".as_slice(),
        IMPLICIT_DATA,
    ]
    .concat();
    assert_eq!(dataset(&implicit).2, TransferSyntax::implicit_little());
    let no_syntax = [
        &[0; 128],
        b"DICM\x02\0\x03\0UI\x04\x001.3\0".as_slice(),
        DATA,
    ]
    .concat();
    let (read, offset, syntax) = dataset(&no_syntax);
    assert_eq!((offset, syntax), (144, TransferSyntax::explicit_little()));
    assert_eq!(read.transfer_syntax, None);
}

#[test]
fn the_magic_inside_a_bare_data_set_is_no_magic() {
    let value = [
        b"\x08\0\x80\0LO\x7a\0".as_slice(),
        &[b'X'; 120],
        b"DICM",
        DATA,
    ]
    .concat();
    assert_eq!(dataset(&value).1, 0);
}

#[test]
fn a_meta_group_without_data_set_is_an_empty_data_set() {
    let bytes = meta().to_bytes();
    assert_eq!(dataset(&bytes).1, bytes.len());
}

#[test]
fn other_files_are_refused() {
    for file in [
        b"".as_slice(),
        b"This is no DICOM file, but text.",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        &[0; 4096],
    ] {
        let error = probe(file, true).unwrap_err();
        assert!(matches!(error, DatasetError::NotDicom { .. }), "{error}");
    }
    let endless = [
        &[0; 128],
        b"DICM\x02\0\x02\x01OB\0\0\xff\xff\xff\x7f".as_slice(),
        &[0; MAX_META_BYTES],
    ]
    .concat();
    assert!(probe(&endless, false).is_err());
}
