//! What the brain makes of the registry's signature over the log's head, and of the registry's clock.

use crate::checkin_support::{Desk, HERE, good, matched};
use diemdanh::bits::random::SeededRandom;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Event, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{LineWord, StatusBar};
use diemdanh::record::AttendanceEvent;
use diemdanh::registry::{Answer, Asked, HeadLines, NotAskedReason, RefusedReason, Reply};
use diemdanh::tlog::cosignature::cosign;
use diemdanh::tlog::{Checkpoint, CosignatureKey, NoteKey};
use jiff::SignedDuration;

fn cosigner() -> NoteKey {
    NoteKey::generate("registry.example/cosigner", &mut SeededRandom::new("cosigner")).unwrap()
}

/// A desk that knows the registry's cosigning key, in the middle of a question.
fn asking() -> Desk {
    let key = CosignatureKey::of(&cosigner()).unwrap();
    let mut desk = Desk::new(DeskPolicy { registry_cosigner: Some(key), ..DeskPolicy::default() });
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    desk
}

/// The head that a question names now, changed, and signed `off_s` seconds away from this desk's time.
fn signed(desk: &Desk, change: impl FnOnce(&mut Asked), off_s: i64, key: &NoteKey) -> HeadLines {
    let mut head = desk.questions.last().expect("a question").asked.clone();
    change(&mut head);
    let text = Checkpoint { origin: head.origin.clone(), size: head.size, root: head.root }.text();
    let at = desk.now.wall + SignedDuration::from_secs(off_s);
    HeadLines { head, lines: cosign(&text, key, at).unwrap() }
}

fn reply(desk: &mut Desk, cosigned: HeadLines) {
    let id = *desk.asked.last().expect("a question");
    let reply =
        Reply { answer: matched(), request_sha256: None, verbatim: None, cosigned: Some(cosigned), elapsed_ms: 5 };
    desk.give(Event::Registry { id, reply: Box::new(reply) });
}

fn anchors(desk: &Desk) -> usize {
    desk.written.iter().filter(|event| matches!(event, AttendanceEvent::Anchor { .. })).count()
}

fn said(desk: &Desk, device: &str) -> Vec<String> {
    let words = desk.written.iter().filter_map(|event| match event {
        AttendanceEvent::DeviceEvent { device: of, event } if of.as_str() == device => Some(event.as_str().to_owned()),
        _ => None,
    });
    words.collect()
}

#[test]
fn a_head_that_the_registry_signed_is_an_anchor() {
    let mut desk = asking();
    let cosigned = signed(&desk, |_| {}, 0, &cosigner());
    reply(&mut desk, cosigned);
    assert_eq!((anchors(&desk), said(&desk, "registry-cosigner").len()), (1, 0));
    let StatusBar { clock_off_minutes, .. } = desk.status();
    assert_eq!(clock_off_minutes, None);
}

#[test]
fn a_head_that_is_none_of_ours_is_named() {
    type Change = fn(&mut Asked);
    let other = NoteKey::generate("registry.example/cosigner", &mut SeededRandom::new("other")).unwrap();
    let named = NoteKey::generate("somebody.example/cosigner", &mut SeededRandom::new("other")).unwrap();
    let rows: [(Change, i64, &NoteKey, &str); 5] = [
        (|head| head.origin.push('x'), 0, &cosigner(), "foreign-head"),
        (|head| head.size += 50, 0, &cosigner(), "foreign-head"),
        (|_| {}, 0, &other, "foreign-key"),
        (|_| {}, 0, &named, "foreign-key"),
        (|_| {}, 121, &cosigner(), "stale"),
    ];
    for (change, off_s, key, why) in rows {
        let mut desk = asking();
        let cosigned = signed(&desk, change, off_s, key);
        reply(&mut desk, cosigned);
        assert_eq!((anchors(&desk), said(&desk, "registry-cosigner")), (0, vec![why.to_owned()]), "{why}");
    }
}

#[test]
fn a_signature_of_our_key_over_something_else_is_bad() {
    let mut desk = asking();
    let mut cosigned = signed(&desk, |_| {}, 0, &cosigner());
    cosigned.head.root[0] ^= 1;
    reply(&mut desk, cosigned);
    assert_eq!((anchors(&desk), said(&desk, "registry-cosigner")), (0, vec!["bad-signature".to_owned()]));
}

#[test]
fn the_limits_of_freshness_and_of_size_belong_to_what_is_taken() {
    for off_s in [-120, 120] {
        let mut desk = asking();
        let cosigned = signed(&desk, |_| {}, off_s, &cosigner());
        reply(&mut desk, cosigned);
        assert_eq!(anchors(&desk), 1, "{off_s} s");
    }
    let mut desk = asking();
    let newest = desk.state.as_ref().expect("a state").head.clone();
    let size = newest.entry().seq + 1;
    let cosigned = signed(&desk, |head| (head.size, head.root) = (size, *newest.root()), 0, &cosigner());
    reply(&mut desk, cosigned);
    assert_eq!(anchors(&desk), 1, "the newest head");
    let mut desk = asking();
    let cosigned = signed(&desk, |head| head.size = size + 1, 0, &cosigner());
    reply(&mut desk, cosigned);
    assert_eq!(said(&desk, "registry-cosigner"), ["foreign-head"], "one more than there is");
}

/// The question that goes out names the head after its own entry.
#[test]
fn a_question_names_the_head_that_holds_it() {
    let desk = asking();
    let asked = &desk.questions.last().expect("a question").asked;
    let head = &desk.state.as_ref().expect("a state").head;
    assert_eq!((asked.size, asked.root), (head.entry().seq + 1, *head.root()));
}

#[test]
fn a_clock_that_differs_is_an_entry_once_and_stands_in_the_status_bar() {
    let mut desk = asking();
    let stale = |off_seconds| Answer::Refused { why: RefusedReason::StaleTime { off_seconds } };
    desk.answers(stale(600));
    assert_eq!((said(&desk, "clock"), desk.status().clock_off_minutes), (vec!["l05".to_owned()], Some(-10)));
    desk.later(60_000).answers(stale(600));
    assert_eq!(said(&desk, "clock").len(), 1, "the same again is no news");
}

/// What is said is said about whoever stands there, until it is being recorded; a later answer replaces a silence only.
#[test]
fn an_answer_replaces_a_silence_and_nothing_else() {
    let silence = Answer::NotAsked { why: NotAskedReason::TimedOut };
    let mut desk = asking();
    desk.answers(silence.clone());
    assert_eq!(desk.verdict().lines[2].word, LineWord::Failed(Failure::RegistrySlow));
    desk.answers(matched());
    assert_eq!(desk.verdict().lines[2].word, LineWord::Good);
    desk.answers(silence).answers(Answer::NotFound);
    assert_eq!(desk.verdict().lines[2].word, LineWord::Good, "what was answered stands");
}

/// An answer about somebody else changes nothing about whoever stands there.
#[test]
fn an_answer_about_somebody_else_is_not_shown() {
    let mut desk = asking();
    let first = *desk.asked.last().expect("a question");
    desk.give(Event::Input(Input::Back)).lift();
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    let reply = Reply { answer: Answer::NotFound, request_sha256: None, verbatim: None, cosigned: None, elapsed_ms: 5 };
    desk.give(Event::Registry { id: first, reply: Box::new(reply) });
    assert!(!desk.verdict().reasons.contains(&Failure::RegistryNotFound));
}
