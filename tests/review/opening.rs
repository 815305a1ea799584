//! Each rule opens its case from its entries, and no other rule's.

use crate::world::*;
use diemdanh_review::{Export, Facts, Review, Rule, SegmentFacts, Subject};
use record::{AttendanceEvent, CheckIn, ChipState, EntryRef, RegistryState};
use std::collections::BTreeSet;

fn entry(seq: u64) -> EntryRef {
    EntryRef { segment: 1, seq }
}

fn changed(person: u8, change: impl FnOnce(&mut CheckIn)) -> AttendanceEvent {
    let AttendanceEvent::CheckIn(mut one) = check_in(person) else { unreachable!() };
    change(&mut one);
    AttendanceEvent::CheckIn(one)
}

fn question(id: &str, card: u8) -> AttendanceEvent {
    AttendanceEvent::RegistryRequest { id: id.to_owned(), doc: doc(card) }
}

fn answer(id: &str, state: RegistryState) -> AttendanceEvent {
    AttendanceEvent::RegistryAnswer { id: id.to_owned(), request_sha256: None, state, cause: None, verbatim: None }
}

fn viewed(person: u8) -> AttendanceEvent {
    AttendanceEvent::PersonViewed { cand: cand(person), purpose: code("search") }
}

/// The rules that open a case at a site where `d1` writes this and `d2` nothing, and how many entries each names.
fn opened_by(events: &[AttendanceEvent]) -> Vec<(Rule, usize)> {
    found(&review([closed("d1", events), closed("d2", &[])]))
}

fn found(review: &Review) -> Vec<(Rule, usize)> {
    review.cases().iter().map(|case| (case.rule, case.entries.len())).collect()
}

#[test]
fn an_ordinary_session_opens_nothing() {
    assert_eq!(
        opened_by(&[check_in(1), question("1", 2), answer("1", RegistryState::Match), check_in(2), not_admitted(3)]),
        []
    );
}

#[test]
fn arrivals_open_the_cases_of_their_rules() {
    let first = |change: fn(&mut CheckIn)| opened_by(&[changed(1, change)]);
    assert_eq!(first(|one| one.chip = ChipState::Unknown), [(Rule::CheckOverruled, 1)]);
    assert_eq!(first(|one| one.chip = ChipState::Fail), [(Rule::CheckOverruled, 1)]);
    assert_eq!(first(|one| one.chip = ChipState::Warn), []);
    assert_eq!(first(|one| one.registry = RegistryState::Mismatch), [(Rule::RegistryBefore, 1)]);
    assert_eq!(first(|one| one.registry = RegistryState::NotAsked), []);
    assert_eq!(first(|one| one.registry = RegistryState::Pending), [(Rule::RegistrySilent, 1)]);
    assert_eq!(first(|one| one.second = Some(code("gt-01"))), [(Rule::OnePerson, 1)]);
    assert_eq!(first(|one| one.late = true), [(Rule::Late, 1)]);
    assert_eq!(first(|one| one.remarks = vec![code("w03")]), [(Rule::TooLate, 1)]);
    assert_eq!(opened_by(&[manual(Some(1))]), [(Rule::Manual, 1)]);
    assert_eq!(opened_by(&[manual(None)]), [(Rule::Unlisted, 1)]);
    assert_eq!(opened_by(&[check_in(99)]), [(Rule::Stranger, 1)]);
}

#[test]
fn what_was_decided_otherwise_opens_a_case() {
    assert_eq!(opened_by(&[referred(1)]), [(Rule::Undecided, 1)]);
    assert_eq!(opened_by(&[referred(1), check_in(1)]), []);
    assert_eq!(opened_by(&[not_admitted(1), check_in(1)]), [(Rule::RefusedThenIn, 2)]);
    assert_eq!(opened_by(&[check_in(1), undo(1)]), [(Rule::Undone, 1)]);
    let doubted =
        AttendanceEvent::NotAdmitted { cand: Some(cand(1)), doc: None, reason: code("portrait-differs"), second: None };
    assert_eq!(opened_by(&[doubted]), [(Rule::PortraitDoubted, 1)]);
}

#[test]
fn one_person_in_twice_is_one_case_with_both_sides() {
    let two_desks = review([closed("d1", &[check_in(1)]), closed("d3", &[check_in(1)])]);
    assert_eq!(found(&two_desks), [(Rule::Twice, 2)]);
    assert_eq!(two_desks.cases()[0].sites, ["01", "02"]);
    let reported =
        AttendanceEvent::DuplicateReported { cand: cand(1), doc: Some(doc(2)), first: entry(1), second: None };
    assert_eq!(opened_by(&[check_in(1), reported]), [(Rule::Twice, 2)]);
    assert_eq!(opened_by(&[check_in(1), check_in(1)]), [(Rule::Twice, 2)]);
    let again = AttendanceEvent::ReEntry { cand: cand(1), doc: Some(doc(1)), first: entry(1), basis: None };
    assert_eq!(opened_by(&[check_in(1), again]), [], "somebody who came back");
}

#[test]
fn one_card_for_two_people_is_a_case_and_for_one_person_is_none() {
    assert_eq!(opened_by(&[check_in_on(1, 1), check_in_on(2, 1)]), [(Rule::OneDocument, 2)]);
    let both = review([closed("d1", &[check_in_on(1, 1)]), log_of("d1", "b2", &[check_in_on(1, 1), close()])]);
    assert_eq!(found(&both), [], "the same person in the next session");
    let sites = review([closed("d1", &[check_in_on(1, 1)]), closed("d4", &[check_in_on(9, 1)])]);
    assert_eq!(found(&sites), [(Rule::OneDocument, 2)]);
}

#[test]
fn what_the_registry_says_afterwards_is_a_case_and_before_is_another() {
    let late = [
        question("1", 1),
        changed(1, |one| one.registry = RegistryState::Pending),
        answer("1", RegistryState::CardInvalid),
    ];
    assert_eq!(opened_by(&late), [(Rule::RegistryAfter, 2)]);
    let before = [question("1", 1), answer("1", RegistryState::CardInvalid), not_admitted(1)];
    assert_eq!(opened_by(&before), []);
    let good =
        [question("1", 1), changed(1, |one| one.registry = RegistryState::Pending), answer("1", RegistryState::Match)];
    assert_eq!(opened_by(&good), []);
}

#[test]
fn a_log_opens_the_cases_of_its_machine() {
    assert_eq!(opened_by(&[AttendanceEvent::ClockJump { by_ms: -5_000 }]), [(Rule::ClockMoved, 1)]);
    assert_eq!(opened_by(&[viewed(1), viewed(2), check_in(2)]), [(Rule::LookedUp, 1)]);
    let open = review([log("d1", &[check_in(1)])]);
    assert_eq!(found(&open), [(Rule::NotClosed, 1)]);
    let unseen = review([Export { anchored: Some((1, 2)), ..closed("d1", &[check_in(1), check_in(2)]) }]);
    assert_eq!(found(&unseen), [(Rule::Unanchored, 2)]);
    let people: Vec<AttendanceEvent> = (1..=10).map(check_in).collect();
    assert_eq!(
        found(&review([paced("d1", "b1", &[people.clone(), vec![close()]].concat(), 400)])),
        [(Rule::TooFast, 10)]
    );
    assert_eq!(found(&review([paced("d1", "b1", &[people, vec![close()]].concat(), 3_000)])), []);
}

#[test]
fn a_torn_start_is_a_case() {
    let mut torn = closed("d1", &[]);
    let mut facts: Vec<_> = torn.facts.iter().collect();
    facts[0].amount = 40;
    torn.facts = Facts::of([SegmentFacts { number: 1, facts }]);
    assert_eq!(found(&review([torn])), [(Rule::Torn, 1)]);
}

#[test]
fn a_case_keeps_its_name_when_an_entry_is_added_and_says_that_it_rests_on_more() {
    let before = review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(1)])]);
    let after = review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(1)]), closed("d3", &[check_in(1)])]);
    let (one, other) = (&before.cases()[0], &after.cases()[0]);
    assert_eq!((one.id, one.rule, &one.subject), (other.id, other.rule, &other.subject));
    assert_ne!(one.basis, other.basis);
    assert!(matches!(&one.subject, Subject::Sitting { session, .. } if session == "b1"));
}

#[test]
fn the_manual_prints_every_rule() {
    let chapter = std::fs::read_to_string("../manual/review.md").unwrap();
    for rule in Rule::ALL {
        let codes = |all: &[&str]| all.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let row = format!("| `{}` {} |", rule.code(), rule.version());
        assert!(chapter.contains(&row), "the chapter lacks a row that begins {row}");
        let cells = format!("| {} | {} |", codes(rule.explanations()), codes(rule.unknowns()));
        assert!(chapter.contains(&cells), "the chapter lacks {cells} for {}", rule.code());
    }
    let codes: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
}
