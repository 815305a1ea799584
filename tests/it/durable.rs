//! The one way to the disk, with a medium that fails at every call.

use crate::record_disk::Pulled;
use diemdanh::host::durable::{self, Disk};
use diemdanh::host::folder::{read_folder, replace_files_on};
use std::fs;
use std::io::ErrorKind;

/// Every point of failure, once as a stick that is pulled and once as an error that passes, until a run goes through.
fn failing(mut run: impl FnMut(&mut Pulled) -> bool) -> u32 {
    let mut failed = 0;
    for for_good in [true, false] {
        for calls_left in 0.. {
            if run(&mut Pulled { calls_left, for_good }) {
                break;
            }
            failed += 1;
        }
    }
    failed
}

#[test]
fn files_that_are_replaced_are_old_or_new_in_their_order() {
    let files = [("a".to_owned(), b"new a".to_vec()), ("in/b".to_owned(), b"new b".to_vec())];
    let failed = failing(|medium| {
        let work = tempfile::tempdir().unwrap();
        fs::write(work.path().join("a"), "old a").unwrap();
        let for_good = medium.for_good;
        let written = replace_files_on(medium, work.path(), &files);
        let found = read_folder(work.path()).unwrap();
        let is_new = found["a"] == b"new a";
        assert!(is_new || found["a"] == b"old a");
        assert!(found.get("in/b").is_none_or(|b| b == b"new b" && is_new), "b before a");
        assert!(for_good || found.keys().all(|name| name == "a" || name == "in/b"), "{:?}", found.keys());
        assert!(written.is_err() || (is_new && found.len() == 2));
        written.is_ok()
    });
    assert!(failed >= 16, "{failed}");
}

#[test]
fn one_file_is_replaced_whole_or_not_at_all() {
    let failed = failing(|medium| {
        let work = tempfile::tempdir().unwrap();
        let path = work.path().join("a");
        fs::write(&path, "old").unwrap();
        let written = durable::replace(medium, &path, b"newer");
        let found = fs::read(&path).unwrap();
        assert!(found == b"newer" || (found == b"old" && written.is_err()));
        written.is_ok()
    });
    assert_eq!(failed, 6);
}

#[test]
fn a_new_file_takes_no_place_and_leaves_no_part() {
    let failed = failing(|medium| {
        let work = tempfile::tempdir().unwrap();
        let (path, passes) = (work.path().join("a"), !medium.for_good);
        let written = durable::create(medium, &path, b"whole");
        assert!(!passes || !path.exists() || fs::read(&path).unwrap() == b"whole");
        let is_written = written.is_ok();
        if is_written {
            let again = durable::create(&mut Disk, &path, b"other").unwrap_err();
            assert_eq!((again.kind(), fs::read(&path).unwrap()), (ErrorKind::AlreadyExists, b"whole".to_vec()));
        }
        is_written
    });
    assert_eq!(failed, 4);
}
