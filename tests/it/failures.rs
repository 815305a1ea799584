//! The failure table and the manual agree.

use diemdanh::checkin::failure::Failure;
use std::collections::BTreeSet;

#[test]
fn manual_lists_every_failure() {
    let chapter = std::fs::read_to_string("src/manual/failure_codes.md").expect("the chapter");
    for failure in Failure::ALL {
        assert!(chapter.contains(&format!("| {} |", failure.code())), "{failure:?} is not in the manual");
    }
}

#[test]
fn codes_are_different_and_short() {
    let codes: BTreeSet<_> = Failure::ALL.iter().map(|failure| failure.code()).collect();
    assert_eq!(codes.len(), Failure::ALL.len());
    assert!(codes.iter().all(|code| code.len() == 3));
}
