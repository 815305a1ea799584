//! Cosignatures of witnesses: their form, and what breaks them.

use crate::record_support::{START_MS, at, board, check_in, code, open};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::tlog::cosignature::{CosignatureKey, cosign, verify};
use diemdanh::tlog::{NoteError, NoteKey, NoteVerifier};
use jiff::Timestamp;

fn witness() -> NoteKey {
    NoteKey::generate("witness.example/w1", &mut SeededRandom::new("witness")).unwrap()
}

#[test]
fn a_cosigned_checkpoint_tells_what_was_seen_and_when() {
    let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    let key = witness();
    let seen = Timestamp::from_second(START_MS / 1000 + 2).unwrap();
    let note = format!("{}{}", log.checkpoint(), cosign(&log.head().text(), &key, seen).unwrap());
    let verifier = CosignatureKey::of(&key).unwrap();
    assert_eq!(CosignatureKey::parse(&verifier.to_string()).unwrap(), verifier);
    let cosigned = verify(&note, &verifier).unwrap();
    assert_eq!((cosigned.checkpoint(), cosigned.at()), (&log.head(), seen));
    // The log's own signature is still there for whoever asks for it.
    assert!(log.segment_key().verifier().open(&note).is_ok());
    assert_eq!(verify(log.checkpoint(), &verifier), Err(NoteError::NoSignature));
    assert_eq!(verify(&note.replace("\n2\n", "\n3\n"), &verifier), Err(NoteError::BadSignature));
    let other = CosignatureKey::of(&board()).unwrap();
    assert_eq!(verify(&note, &other), Err(NoteError::NoSignature));
    assert!(CosignatureKey::parse(&key.verifier().to_string()).is_err(), "a note key is no cosigner's key");
    assert!(NoteVerifier::parse(&verifier.to_string()).is_err(), "a cosigner's key is no note key");
}

#[test]
fn every_bit_of_a_cosignature_line_counts() {
    let (log, _) = open(MemoryStore::default(), 0).unwrap();
    let key = witness();
    let verifier = CosignatureKey::of(&key).unwrap();
    let line = cosign(&log.head().text(), &key, at(2).wall).unwrap();
    for bit in 0..line.len() * 8 {
        let mut bytes = line.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert!(verify(&format!("{}{changed}", log.checkpoint()), &verifier).is_err(), "bit {bit}: {changed}");
    }
}

#[test]
fn notes_with_too_many_lines_or_no_checkpoint() {
    let (log, _) = open(MemoryStore::default(), 0).unwrap();
    let key = witness();
    let verifier = CosignatureKey::of(&key).unwrap();
    let line = |second| cosign(&log.head().text(), &key, at(second).wall).unwrap();
    let twice = format!("{}{}{}", log.checkpoint(), line(9), line(4));
    assert_eq!(verify(&twice, &verifier).unwrap().at(), Timestamp::from_second(START_MS / 1000 + 4).unwrap());
    let hundred = format!("{}{}", log.checkpoint(), line(1).repeat(100));
    assert_eq!(verify(&hundred, &verifier), Err(NoteError::Form));
    assert_eq!(cosign("no checkpoint\n", &key, at(0).wall), Err(NoteError::Form));
    let before_1970 = Timestamp::from_second(-1).unwrap();
    assert_eq!(cosign(&log.head().text(), &key, before_1970), Err(NoteError::Form));
}
