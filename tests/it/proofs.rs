//! Proofs of one candidate's entries: they name him, hold everything that they name and nothing of anybody else.

use crate::forge::{Forge, add, manual};
use crate::record_support::{at, board, candidate, check_in, code, open};
use diemdanh::bits::{hex, spread::InTurn};
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::proof::{self, ProofError};
use diemdanh::office::{Check, Files, Outside};
use diemdanh::record::{AttendanceEvent, BoardKeys, DocumentRef, EntryRef, ExportSource};

fn keys() -> BoardKeys {
    BoardKeys::one(board().verifier().clone())
}

const STRANGER: DocumentRef = DocumentRef([0xAB; 16]);

/// Two candidates; somebody else came on the first with a document of his own, and once he came himself.
fn log() -> Files {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    let first = add(&mut log, check_in(1), 1).entry();
    let AttendanceEvent::CheckIn(own) = check_in(1) else { panic!() };
    add(&mut log, check_in(2), 2);
    for doc in [Some(STRANGER), Some(own.doc), None] {
        add(&mut log, AttendanceEvent::DuplicateReported { cand: candidate(1), doc, first, second: None }, 3);
    }
    let again = AttendanceEvent::ReEntry { cand: candidate(1), doc: Some(STRANGER), first, basis: None };
    add(&mut log, again, 4);
    log.close(&code("op-1"), at(9)).unwrap();
    drop(log);
    let (mut log, _) = open(store.clone(), 100).unwrap();
    add(&mut log, manual(3), 101);
    let undo = AttendanceEvent::Undo { refers: first, reason: code("mistake"), second: code("head") };
    add(&mut log, undo, 102);
    log.close(&code("op-1"), at(105)).unwrap();
    Forge::of(&store).files
}

fn proven(files: &Files, number: u8) -> Result<Files, ProofError> {
    let keys = keys();
    let check = Check { board: &keys, outside: &Outside::default(), spread: &InTurn, progress: &|_| {} };
    let mut folder: Files =
        proof::prove(&check, files as &dyn ExportSource, candidate(number))?.files().into_iter().collect();
    folder.insert("desk-cert".to_owned(), files["desk-cert"].clone());
    Ok(folder)
}

/// The files that do not hold, each with why.
fn wrong(folder: &Files) -> Result<Vec<(String, ProofError)>, ProofError> {
    let (_, checked) = proof::check(folder, &keys())?;
    Ok(checked.into_iter().filter_map(|(name, entry)| Some((name, entry.err()?))).collect())
}

fn names(folder: &Files) -> Vec<&str> {
    folder.keys().map(String::as_str).collect()
}

#[test]
fn folder_of_proofs_names_its_candidate_and_shows_nobody_elses_document() {
    let folder = proven(&log(), 1).unwrap();
    let expected = ["001-0", "001-1", "001-4", "001-5", "002-0", "002-2"].map(|name| format!("{name}.tlog-proof"));
    let expected: Vec<&str> = expected.iter().map(String::as_str).chain(["desk-cert", "proof"]).collect();
    assert_eq!(names(&folder), expected);
    let (index, checked) = proof::check(&folder, &keys()).unwrap();
    assert_eq!(index.candidate, candidate(1));
    let place = |seq| EntryRef { segment: 1, seq };
    assert_eq!(index.withheld.into_iter().collect::<Vec<_>>(), [place(3), place(6)]);
    assert!(checked.iter().all(|(_, entry)| entry.is_ok()), "{checked:?}");
    let said: Vec<u8> = checked.into_iter().flat_map(|(_, entry)| entry.unwrap()).collect();
    let said = String::from_utf8(said).unwrap();
    for strange in [hex::encode_lower(&STRANGER.0), hex::encode_lower(&candidate(2).0)] {
        assert!(!said.contains(&strange), "{strange}");
    }
    assert!(said.contains(&hex::encode_lower(&candidate(1).0)));
    assert_eq!(proven(&log(), 9), Err(ProofError::NoEntry));
}

#[test]
fn proof_that_was_taken_out_renamed_exchanged_or_added_is_told() {
    let folder = proven(&log(), 1).unwrap();
    for name in names(&folder).into_iter().filter(|name| name.ends_with(".tlog-proof")) {
        let mut fewer = folder.clone();
        fewer.remove(name);
        assert!(wrong(&fewer).unwrap().contains(&(name.to_owned(), ProofError::Missing)), "{name}");
    }
    let swapped = |one: &str, two: &str| {
        let mut folder = folder.clone();
        let (first, second) = (folder[one].clone(), folder[two].clone());
        folder.insert(one.to_owned(), second);
        folder.insert(two.to_owned(), first);
        wrong(&folder).unwrap()
    };
    assert_eq!(swapped("001-1.tlog-proof", "001-4.tlog-proof").len(), 2);
    assert!(!swapped("001-0.tlog-proof", "002-0.tlog-proof").is_empty(), "the openings of two segments");
    assert!(!swapped("001-1.tlog-proof", "002-2.tlog-proof").is_empty(), "entries of two segments");
    let other = proven(&log(), 2).unwrap();
    let mut exchanged = folder.clone();
    exchanged.insert("001-1.tlog-proof".to_owned(), other["001-2.tlog-proof"].clone());
    assert_eq!(wrong(&exchanged).unwrap(), [("001-1.tlog-proof".to_owned(), ProofError::Place)]);
    let mut renamed = folder.clone();
    let proof = renamed.remove("001-1.tlog-proof").unwrap();
    renamed.insert("001-1 (copy).tlog-proof".to_owned(), proof);
    let told = wrong(&renamed).unwrap();
    assert!(told.contains(&("001-1.tlog-proof".to_owned(), ProofError::Missing)), "{told:?}");
    assert!(told.contains(&("001-1 (copy).tlog-proof".to_owned(), ProofError::Foreign)), "{told:?}");
    let mut littered = folder.clone();
    littered.insert(".DS_Store".to_owned(), vec![1]);
    assert_eq!(wrong(&littered), Ok(vec![]));
}

#[test]
fn openings_alone_prove_nobody() {
    let folder = proven(&log(), 1).unwrap();
    let with_index = |text: &str| {
        let mut folder = folder.clone();
        folder.retain(|name, _| name.contains("-0.") || name == "desk-cert");
        folder.insert("proof".to_owned(), text.as_bytes().to_vec());
        wrong(&folder)
    };
    let head = format!("diemdanh/candidate-proof/v1\ncandidate {}\n", hex::encode_lower(&candidate(1).0));
    assert_eq!(with_index(&head), Err(ProofError::Nobody));
    assert_eq!(with_index(&format!("{head}withheld 1/3\n")), Err(ProofError::Nobody));
    let told = with_index(&format!("{head}entry 1/0\n")).unwrap();
    assert!(told.contains(&("001-0.tlog-proof".to_owned(), ProofError::Other)), "{told:?}");
    let mut unnamed = folder.clone();
    unnamed.remove("proof");
    assert_eq!(wrong(&unnamed), Err(ProofError::Nobody));
    // Another candidate's name over these proofs.
    let mut claimed = folder.clone();
    let text = String::from_utf8(claimed["proof"].clone()).unwrap();
    let text = text.replace(&hex::encode_lower(&candidate(1).0), &hex::encode_lower(&candidate(2).0));
    claimed.insert("proof".to_owned(), text.into_bytes());
    let told = wrong(&claimed).unwrap();
    assert!(told.contains(&("001-1.tlog-proof".to_owned(), ProofError::Other)), "{told:?}");
}

#[test]
fn proofs_of_another_board_or_desk_are_nobodys() {
    let mut folder = proven(&log(), 1).unwrap();
    folder.insert("desk-cert".to_owned(), b"hello\n".to_vec());
    assert_eq!(wrong(&folder), Err(ProofError::Signature));
}

#[test]
fn more_entries_than_any_candidate_has_are_refused() {
    let mut forge = Forge::of(&crate::forge::session().0);
    forge.files.retain(|path, _| !path.starts_with("segments/002/") && !path.contains("/anchors/"));
    forge.rewrite(1, |log| {
        log.truncate(1);
        let like = log[0].clone();
        let events = std::iter::repeat_with(|| check_in(1)).take(1_001);
        log.extend(events.map(|event| diemdanh::record::Entry { event, ..like.clone() }));
    });
    assert_eq!(proven(&forge.files, 1), Err(ProofError::TooMany));
}
