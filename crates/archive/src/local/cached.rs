//! What the system has in memory, read at once: a hop to another thread costs more than such a read.

use std::{fs::File, io::IoSliceMut, ops::Range, path::Path};

use bytes::Bytes;
use rustix::{
    fs::{CWD, Mode, OFlags, ResolveFlags, openat2},
    io::{ReadWriteFlags, preadv2},
};

/// The longest range that is read so: copying more holds the thread up too.
const LONGEST: u64 = 1 << 20;

/// The bytes `range` of the file at `path`, if the way to it and all of them are in memory; none also where
/// the system cannot tell, or the file is not there or shorter.
pub(super) fn read(path: &Path, range: &Range<u64>) -> Option<Bytes> {
    let length = range.end.checked_sub(range.start)?;
    if !(1..=LONGEST).contains(&length) {
        return None;
    }
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let file = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
    let file = File::from(file);
    let mut bytes = vec![0; length as usize];
    let pieces = &mut [IoSliceMut::new(&mut bytes)];
    let read = preadv2(&file, pieces, range.start, ReadWriteFlags::NOWAIT).ok()?;
    (read == bytes.len()).then(|| bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"0123456789").unwrap();
        // Whether it is in memory is the system's to say: right, or none.
        let some = read(&path, &(2..7));
        assert!(some.is_none_or(|bytes| bytes[..] == b"23456"[..]));
        assert_eq!(read(&path, &(5..11)), None);
        assert_eq!(read(&path, &(3..3)), None);
        assert_eq!(read(&folder.path().join("b"), &(0..1)), None);
    }
}
