//! A trust folder under the board's key: unsigned, wrongly signed, altered and older ones are refused by name.

use crate::desk_support::{World, card, good, person};
use crate::diagnostics::everything_told;
use crate::programs::board_program_in;
use diemdanh::bits::hex;
use diemdanh::bits::random::SeededRandom;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::Headline;
use diemdanh::crypto::HashAlg;
use diemdanh::emrtd::authenticity::trust_import::{Held, Import, Offered, import};
use diemdanh::host::folder::write_folder;
use diemdanh::host::trust::{Listing, MANIFEST, read_trust_folder};
use diemdanh::host::trust_note::{self, NOTE, TrustNoteError};
use diemdanh::lab::issuer::Issuer;
use diemdanh::record::BoardKeys;
use diemdanh::tlog::{NoteError, NoteKey};
use std::fs;
use std::path::Path;

pub(crate) fn board(seed: &str) -> NoteKey {
    NoteKey::generate("board.example", &mut SeededRandom::new(seed)).unwrap()
}

/// A folder with one anchor, as the `version`th that was made.
pub(crate) fn folder(issuer: &Issuer, version: u64) -> Vec<(String, Vec<u8>)> {
    let offered = vec![Offered { name: "anchor".to_owned(), objects: vec![issuer.country_signer_der().to_vec()] }];
    let mut held = Held::default();
    let mut made: Option<Import> = None;
    for _ in 0..version {
        let import = import(&held, &offered, &[], "2026-06-26T00:00:00Z".parse().unwrap());
        held.manifest = Some(import.manifest.clone());
        made = Some(import);
    }
    made.unwrap().files.unwrap()
}

pub(crate) fn signed(mut files: Vec<(String, Vec<u8>)>, board: &NoteKey) -> Vec<(String, Vec<u8>)> {
    let manifest = &files.iter().find(|(name, _)| name == MANIFEST).unwrap().1;
    let listing: Listing = serde_json::from_slice(manifest).unwrap();
    let digest = hex::encode_lower(&HashAlg::Sha256.digest(manifest));
    let note = trust_note::sign(board, &listing, &digest).unwrap();
    files.push((NOTE.to_owned(), note.into_bytes()));
    files
}

/// Puts a folder in the place of another, whatever either is: what a person with a stick does.
pub(crate) fn put_in_place(folder: &Path, files: &[(String, Vec<u8>)]) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    write_folder(folder, files).unwrap();
}

/// A desk that wants the board's signature, over `files`.
pub(crate) fn world(files: &[(String, Vec<u8>)]) -> World {
    let world = World::alone();
    fs::write(world.path("board.vkey"), format!("{}\n", board("board").verifier())).unwrap();
    world.change_config("trust = \"trust\"", "trust = \"trust\"\nboard_key = \"board.vkey\"");
    put_in_place(&world.path("trust"), files);
    world
}

#[track_caller]
fn refused(world: &World, place: &str) {
    let halted = world.try_open().err().expect("a desk that does not start");
    assert_eq!(halted.failure, Failure::TrustMissing, "{}", halted.detail);
    assert!(halted.detail.contains(place), "{place}: {}", halted.detail);
}

#[test]
fn signed_folder_opens_the_desk_and_a_newer_one_is_taken_up() {
    let lab = Issuer::lab().unwrap();
    let world = world(&signed(folder(&lab, 1), &board("board")));
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.next();
    let stranger = Issuer::unknown().unwrap();
    put_in_place(&world.path("trust"), &signed(folder(&stranger, 2), &board("board")));
    bench.tap(&person(2), card(&good(&person(2))));
    assert!(bench.decided().reasons.contains(&Failure::SignerUnknown));
    bench.decide(Choice::Refer);
    bench.stop();
    put_in_place(&world.path("trust"), &signed(folder(&lab, 1), &board("board")));
    refused(&world, "version 1 is older than version 2");
}

#[test]
fn folders_that_the_board_did_not_sign_as_they_are_halt_the_desk() {
    let lab = Issuer::lab().unwrap();
    let good = signed(folder(&lab, 2), &board("board"));
    refused(&world(&folder(&lab, 2)), "manifest.note is missing");
    refused(&world(&[("anchor.cer".to_owned(), lab.country_signer_der().to_vec())]), "manifest.json is missing");
    refused(&world(&signed(folder(&lab, 2), &board("another"))), "not signed by board.example");
    let mut altered = folder(&Issuer::unknown().unwrap(), 2);
    altered.push(good.last().unwrap().clone());
    refused(&world(&altered), "signed over other files");
    let mut garbled = good.clone();
    garbled.last_mut().unwrap().1[30] ^= 0x01;
    refused(&world(&garbled), "manifest.note");
    let swapped = world(&good);
    let file = swapped.path("trust").join(&good[0].0);
    fs::write(file, Issuer::unknown().unwrap().country_signer_der()).unwrap();
    refused(&swapped, "not what the manifest says");
}

#[test]
fn board_key_or_memory_that_cannot_be_read_halts_the_desk() {
    let lab = Issuer::lab().unwrap();
    let broken = world(&signed(folder(&lab, 1), &board("board")));
    fs::write(broken.path("journal.trust-version"), "many").unwrap();
    refused(&broken, "journal.trust-version");
    fs::write(broken.path("board.vkey"), "no key").unwrap();
    let halted = broken.try_open().err().unwrap();
    assert_eq!(halted.failure, Failure::ConfigUnreadable);
    assert!(halted.detail.contains("board.vkey"), "{}", halted.detail);
}

#[test]
fn unsigned_folder_in_a_running_desk_leaves_the_old_store_and_is_told() {
    let lab = Issuer::lab().unwrap();
    let stranger = Issuer::unknown().unwrap();
    let rows = [
        folder(&stranger, 2),
        signed(folder(&stranger, 2), &board("another")),
        vec![("anchor.cer".to_owned(), stranger.country_signer_der().to_vec())],
    ];
    let world = world(&signed(folder(&lab, 1), &board("board")));
    let place = world.path("trust").display().to_string();
    let told = everything_told(|| {
        let bench = world.open();
        for (index, files) in rows.iter().enumerate() {
            put_in_place(&world.path("trust"), files);
            bench.tap(&person(index), card(&good(&person(index))));
            assert_eq!(bench.decided().headline, Headline::Admit, "{index}");
            bench.decide(Choice::Admit);
            bench.next();
        }
        bench.stop();
    });
    let lines = told.lines().filter(|line| line.contains(&place) && line.contains("the old store stands"));
    assert_eq!(lines.count(), rows.len(), "{told}");
}

#[test]
fn what_is_signed_is_what_was_read() {
    let work = tempfile::tempdir().unwrap();
    let path = work.path().join("trust");
    let files = signed(folder(&Issuer::lab().unwrap(), 1), &board("board"));
    put_in_place(&path, &files);
    let found = read_trust_folder(&path).unwrap();
    let verifier = BoardKeys::one(board("board").verifier().clone());
    assert_eq!(trust_note::check(&path, &found, &verifier).unwrap(), 1);
    // The note names the set of keys that signed, and no other set takes it.
    let second = NoteKey::generate("board.example", &mut SeededRandom::new("second")).unwrap();
    let pair = BoardKeys::new(1, vec![board("board").verifier().clone(), second.verifier().clone()]).unwrap();
    let other = trust_note::check(&path, &found, &pair).unwrap_err();
    assert!(matches!(other, TrustNoteError::NotTheBoard { fault: NoteError::OtherKeys, .. }), "{other}");
    // Exchanged between reading and checking: the note that lies there is over other files than those that were read.
    put_in_place(&path, &signed(folder(&Issuer::unknown().unwrap(), 2), &board("board")));
    assert!(matches!(trust_note::check(&path, &found, &verifier), Err(TrustNoteError::OtherFiles)));
}

fn run(folder: &Path, line: &str) -> (i32, String) {
    let output = board_program_in("en_GB.UTF-8").current_dir(folder).args(line.split_whitespace()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_program_signs_and_says_what_was_superseded() {
    let work = tempfile::tempdir().unwrap();
    let path = work.path();
    let lab = Issuer::lab().unwrap();
    fs::write(path.join("anchor.cer"), lab.country_signer_der()).unwrap();
    fs::write(path.join("pass"), "correct horse battery\n").unwrap();
    fs::write(path.join("wrong"), "incorrect horse\n").unwrap();
    let list = "format = \"diemdanh deviations 1\"\n";
    fs::write(path.join("deviations.toml"), list).unwrap();
    fs::write(path.join("bad.toml"), format!("{list}[[deviation]]\nid = \"x\"\n")).unwrap();
    assert_eq!(run(path, "key new --out . --board board.example --passphrase-file pass").0, 0);
    let sign = "--into trust --sign board.key --passphrase-file";
    assert_eq!(run(path, &format!("trust import anchor.cer {sign} wrong")).0, 64);
    let (code, text) = run(path, &format!("trust import anchor.cer {sign} pass"));
    assert!(code == 0 && text.contains("signed by board.example") && text.contains("superseded 0"), "{text}");
    assert_eq!(run(path, &format!("trust import --deviations bad.toml {sign} pass")).0, 64);
    let (code, text) = run(path, &format!("trust import --deviations deviations.toml {sign} pass"));
    assert!(code == 0 && text.contains("version 2"), "{text}");
    let found = read_trust_folder(&path.join("trust")).unwrap();
    assert_eq!(found.deviations.as_deref(), Some(list));
    let verifier = fs::read_to_string(path.join("board.vkey")).unwrap();
    let verifier = BoardKeys::parse(&verifier).unwrap();
    assert_eq!(trust_note::check(&path.join("trust"), &found, &verifier).unwrap(), 2);
    let (_, text) = run(path, "trust import anchor.cer --into trust");
    assert!(text.contains("not signed") && !path.join("trust/manifest.note").exists(), "{text}");
}
