//! The set of keys that speaks for a board: one text, one digest, k of n, and statements that name it.

use crate::record_support::desk_cert;
use diemdanh::bits::random::SeededRandom;
use diemdanh::record::receipt::Receipt;
use diemdanh::record::{BoardKeys, BoardKeysError, DeskCert, Digest, MAX_BOARD_KEYS, RevocationList};
use diemdanh::tlog::{Checkpoint, NoteError, NoteKey, NoteVerifier};

fn officer(number: usize) -> NoteKey {
    NoteKey::generate("board.example", &mut SeededRandom::new(&format!("officer {number}"))).unwrap()
}

fn lines(count: usize) -> Vec<NoteVerifier> {
    (0..count).map(|number| officer(number).verifier().clone()).collect()
}

/// One text with the signature lines of several officers, as a ceremony leaves it.
fn signed_by(text: &str, officers: &[usize]) -> String {
    let lines = officers.iter().map(|number| {
        let note = officer(*number).sign(text).unwrap();
        note.rsplit_once("\n\n").unwrap().1.to_owned()
    });
    format!("{text}\n{}", lines.collect::<String>())
}

#[test]
fn one_set_has_one_text_whatever_the_order_of_its_keys() {
    let mut keys = lines(3);
    let set = BoardKeys::new(2, keys.clone()).unwrap();
    keys.reverse();
    assert_eq!(BoardKeys::new(2, keys).unwrap(), set);
    assert_eq!(BoardKeys::parse(&set.text()), Ok(set.clone()));
    assert_eq!((set.board(), set.needed(), set.keys().len()), ("board.example", 2, 3));
    assert_ne!(BoardKeys::new(1, lines(3)).unwrap().digest(), set.digest(), "how many must sign is part of it");
    assert_ne!(BoardKeys::new(2, lines(2)).unwrap().digest(), set.digest());
}

#[test]
fn bare_verifier_key_is_a_board_of_one_key() {
    let one = BoardKeys::one(officer(0).verifier().clone());
    assert_eq!(BoardKeys::parse(&format!("{}\n", officer(0).verifier())), Ok(one.clone()));
    assert_eq!(BoardKeys::parse(&one.text()), Ok(one.clone()));
    assert_eq!(one.fingerprint().len(), 19);
}

#[test]
fn what_is_no_set_is_refused_by_name() {
    let foreign = NoteKey::generate("other.example", &mut SeededRandom::new("other")).unwrap();
    let of = |needed, keys: Vec<NoteVerifier>| BoardKeys::new(needed, keys).unwrap_err();
    assert_eq!(of(1, vec![]), BoardKeysError::Count);
    assert_eq!(of(1, lines(MAX_BOARD_KEYS + 1)), BoardKeysError::Count);
    assert_eq!(of(0, lines(2)), BoardKeysError::Needed { needed: 0, keys: 2 });
    assert_eq!(of(3, lines(2)), BoardKeysError::Needed { needed: 3, keys: 2 });
    assert_eq!(of(1, vec![lines(1).remove(0), foreign.verifier().clone()]), BoardKeysError::Names);
    assert_eq!(of(1, [lines(1), lines(1)].concat()), BoardKeysError::Twice);
    let text = BoardKeys::new(2, lines(3)).unwrap().text();
    let mut swapped: Vec<&str> = text.lines().collect();
    swapped.swap(2, 3);
    for other in [text.replace("needed 2", "needed 02"), format!("{}\n", swapped.join("\n")), text.replace("key ", "")]
    {
        assert!(BoardKeys::parse(&other).is_err(), "{other}");
    }
    assert!(BoardKeys::parse("").is_err());
    assert_eq!(BoardKeys::parse(&"a".repeat(9 << 10)), Err(BoardKeysError::Form));
}

/// Every subset of three officers against every k.
#[test]
fn note_counts_when_enough_of_the_keys_have_signed_and_none_wrongly() {
    let text = "a statement\n";
    for needed in 1..=3 {
        let set = BoardKeys::new(needed, lines(3)).unwrap();
        for subset in 1_usize..8 {
            let officers: Vec<usize> = (0..3).filter(|number| subset >> number & 1 == 1).collect();
            let wanted = if officers.len() >= needed { Ok(text) } else { Err(NoteError::TooFewSignatures) };
            assert_eq!(set.open(&signed_by(text, &officers)), wanted, "{needed} of 3, signed by {officers:?}");
        }
        assert_eq!(set.open(&signed_by(text, &[5])), Err(NoteError::NoSignature));
        // The same officer twice is one officer.
        let twice = signed_by(text, &[0, 0]);
        assert_eq!(set.open(&twice).is_ok(), needed == 1);
        // A wrong line of a key of the set makes the note wrong, however many others are right.
        let forged = signed_by("another\n", &[2]).rsplit_once("\n\n").unwrap().1.to_owned();
        assert_eq!(set.open(&format!("{}{forged}", signed_by(text, &[0, 1]))), Err(NoteError::BadSignature));
    }
}

#[test]
fn statement_of_another_set_is_refused_though_the_signature_is_right() {
    let one = BoardKeys::one(officer(0).verifier().clone());
    let two = BoardKeys::new(1, lines(2)).unwrap();
    let names = [None, Some(one.digest()), Some(two.digest()), Some(Digest([9; 32]))];
    for named in names {
        let by_one = if named.is_none() || named == Some(one.digest()) { Ok(()) } else { Err(NoteError::OtherKeys) };
        let by_two = if named == Some(two.digest()) { Ok(()) } else { Err(NoteError::OtherKeys) };
        let cert = DeskCert { board_keys: named, ..desk_cert(false) }.sign(&officer(0)).unwrap();
        assert_eq!(DeskCert::open(&cert, &one).map(|_| ()), by_one, "{named:?}");
        assert_eq!(DeskCert::open(&cert, &two).map(|_| ()), by_two, "{named:?}");
        let list = RevocationList { number: 1, board_keys: named, revoked: vec![] }.sign(&officer(0)).unwrap();
        assert_eq!(RevocationList::open(&list, &one).map(|_| ()), by_one);
        assert_eq!(RevocationList::open(&list, &two).map(|_| ()), by_two);
        let heads = vec![Checkpoint { origin: "o".to_owned(), size: 1, root: [0; 32] }];
        let receipt = Receipt { heads, board_keys: named }.sign(&officer(0)).unwrap();
        assert_eq!(Receipt::open(&receipt, &one).map(|_| ()), by_one);
        assert_eq!(Receipt::open(&receipt, &two).map(|_| ()), by_two);
    }
}
