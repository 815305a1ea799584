//! What the board's check says of words from outside: a witness's head at the opening, a registry that answers late.

use crate::forge::{Forge, add, answer, cosigned, request, witness_vkey};
use crate::programs::vietnamese;
use crate::record_support::{at, board, candidate, check_in, code, device, open, opening};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::spread::InTurn;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::finding::FindingKind;
use diemdanh::office::{Check, Outside, Verdict, Verification, report};
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, BoardKeys, DocumentRef, EntryRef, ExportSource, OpenBasis, Opening, OutsideHead,
    RegistryState,
};
use diemdanh::tlog::CosignatureKey;

fn decide(forge: &Forge, knows_witness: bool) -> Verification {
    let known = CosignatureKey::parse(&witness_vkey()).unwrap();
    let outside = Outside { witnesses: knows_witness.then_some(known).into_iter().collect(), ..Outside::default() };
    let keys = BoardKeys::one(board().verifier().clone());
    let check = Check { board: &keys, outside: &outside, spread: &InTurn, progress: &|_| {} };
    check.run(&[&forge.files as &dyn ExportSource]).remove(0)
}

/// A first segment of three entries, and a second that was opened on what a witness said.
fn opened_on(outside: impl FnOnce(&AttendanceLog<MemoryStore>) -> OutsideHead) -> Forge {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, check_in(1), 1);
    log.close(&code("op-1"), at(2)).unwrap();
    let basis = OpenBasis { outside_head: Some(outside(&log)), ..OpenBasis::default() };
    drop(log);
    let device = device();
    let opening = Opening { basis, ..opening(&device) };
    let (mut log, _) =
        AttendanceLog::open(store.clone(), &opening, at(100), &mut SeededRandom::new("segment 100")).unwrap();
    log.close(&code("op-1"), at(101)).unwrap();
    Forge::of(&store)
}

/// A head that another copy of the same journal had.
fn foreign_head() -> OutsideHead {
    let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
    (1..=4).for_each(|number| {
        add(&mut log, check_in(number + 10), i64::from(number));
    });
    OutsideHead::Head { note: cosigned(&log, 5) }
}

#[test]
fn head_that_a_witness_named_before_the_opening_is_an_anchor() {
    let forge = opened_on(|log| OutsideHead::Head { note: cosigned(log, 50) });
    let verification = decide(&forge, true);
    assert_eq!(verification.witnessed.last, Some((1, 3)));
    let (after, before) = verification.witnessed.window(EntryRef { segment: 1, seq: 1 });
    assert!(after.is_none() && before.is_some_and(|time| time.at == at(50).wall.round(jiff::Unit::Second).unwrap()));
    assert!(verification.verdict() == Verdict::Remarks, "{}", report::text("x", &verification, &vietnamese()));
    assert!(decide(&forge, false).counts.contains_key(&FindingKind::AnchorUnvouched));
}

#[test]
fn head_that_the_log_does_not_hold_is_forged_when_a_known_witness_signed_it_and_open_otherwise() {
    let forge = opened_on(|_| foreign_head());
    assert_eq!(decide(&forge, true).verdict(), Verdict::Forged);
    assert!(decide(&forge, true).counts.contains_key(&FindingKind::HeadNotHeld));
    assert_eq!(decide(&forge, false).verdict(), Verdict::Undecided);
    let spoilt = opened_on(|log| OutsideHead::Head { note: cosigned(log, 50).replacen("\n3\n", "\n2\n", 1) });
    assert!(decide(&spoilt, true).counts.contains_key(&FindingKind::AnchorForged));
    let nonsense = opened_on(|_| OutsideHead::Head { note: "hello".to_owned() });
    assert!(decide(&nonsense, true).counts.contains_key(&FindingKind::AnchorForm));
}

#[test]
fn desk_that_noted_a_rollback_is_not_clean_and_silence_at_the_opening_is_told() {
    let silent = opened_on(|_| OutsideHead::NotAsked { cause: code("timed-out") });
    let verification = decide(&silent, true);
    assert!(verification.verdict() == Verdict::Remarks && verification.counts.contains_key(&FindingKind::HeadNotAsked));
    let without = opened_on(|_| OutsideHead::NotAsked { cause: code("no-witness") });
    assert!(!decide(&without, true).counts.contains_key(&FindingKind::HeadNotAsked));
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, AttendanceEvent::DeviceEvent { device: code("witness"), event: code("rolled-back") }, 1);
    log.close(&code("op-1"), at(2)).unwrap();
    assert_eq!(decide(&Forge::of(&store), true).verdict(), Verdict::Undecided);
}

fn against(id: &str, state: RegistryState) -> AttendanceEvent {
    match answer(id) {
        AttendanceEvent::RegistryAnswer { id, request_sha256, cause, verbatim, .. } => {
            AttendanceEvent::RegistryAnswer { id, request_sha256, state, cause, verbatim }
        }
        other => other,
    }
}

fn seen(id: &str) -> AttendanceEvent {
    AttendanceEvent::LateAnswer {
        cand: candidate(1),
        refers: EntryRef { segment: 1, seq: 2 },
        id: id.to_owned(),
        state: RegistryState::CardInvalid,
        reason: code("called-head"),
        second: None,
    }
}

fn undo(seq: u64) -> AttendanceEvent {
    let refers = EntryRef { segment: 1, seq };
    AttendanceEvent::Undo { refers, reason: code("mistake"), second: code("head") }
}

/// A log of these events, and which of the two findings it gives, with its entry.
fn late(events: &[AttendanceEvent]) -> Vec<(FindingKind, u64)> {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    (1..).zip(events).for_each(|(second, event)| {
        add(&mut log, event.clone(), second);
    });
    log.close(&code("op-1"), at(90)).unwrap();
    let verification = decide(&Forge::of(&store), false);
    assert!(verification.verdict() == Verdict::Remarks, "{}", report::text("x", &verification, &vietnamese()));
    let is_late = |what: &FindingKind| matches!(what, FindingKind::LateAnswer | FindingKind::LateUnanswered);
    let found = verification.findings.iter().filter(|finding| is_late(&finding.what));
    found.map(|finding| (finding.what, finding.seq.unwrap())).collect()
}

#[test]
fn bad_news_about_somebody_who_is_in_is_a_finding_with_whether_a_person_answered() {
    use RegistryState::{CardInvalid, Match, Mismatch, NotFound, Pending, Refused};
    let (ask, enter) = (|| request("q"), || check_in(1));
    for bad in [CardInvalid, Mismatch, NotFound] {
        let open = [ask(), enter(), against("q", bad)];
        assert_eq!(late(&open), [(FindingKind::LateUnanswered, 3)], "{bad:?}");
        let answered = [ask(), enter(), against("q", bad), seen("q")];
        assert_eq!(late(&answered), [(FindingKind::LateAnswer, 3)], "{bad:?}");
    }
    for (name, events) in [
        ("a good answer", vec![ask(), enter(), against("q", Match)]),
        ("an answer that does not count", vec![ask(), enter(), against("q", Refused)]),
        ("no answer yet", vec![ask(), enter(), against("q", Pending)]),
        ("before the decision", vec![ask(), against("q", CardInvalid), enter()]),
        ("about somebody who was not let in", vec![ask(), against("q", CardInvalid)]),
        ("about somebody who was sent out again", vec![ask(), enter(), undo(2), against("q", CardInvalid)]),
        ("about another document", {
            let other = AttendanceEvent::RegistryRequest { id: "r".to_owned(), doc: DocumentRef([9; 16]) };
            vec![other, enter(), against("r", CardInvalid)]
        }),
    ] {
        assert_eq!(late(&events), [], "{name}");
    }
    // Asked again, after the first call came to nothing.
    let again = [ask(), enter(), against("q", Pending), request("r"), against("r", CardInvalid), seen("r")];
    assert_eq!(late(&again), [(FindingKind::LateAnswer, 5)]);
}

#[test]
fn answering_for_news_that_nobody_asked_about_is_forged() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, seen("never asked"), 1);
    log.close(&code("op-1"), at(2)).unwrap();
    assert!(decide(&Forge::of(&store), false).counts.contains_key(&FindingKind::AnswerWithoutRequest));
}
