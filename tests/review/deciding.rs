//! What members did about a case: never the last word by a clock, and never about entries that nobody had seen.

use crate::world::*;
use diemdanh_review::{
    Case, EntryId, LogId, Review,
    decision::{CaseState, Step, files},
    statement::StepStatement,
};
use jiff::Timestamp;
use record::{EntryRef, segment::digest};

fn duplicate() -> Review {
    review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(1)])])
}

fn step(case: &Case, member: &str, seq: u64, state: CaseState, ruling: &str) -> Step {
    let log = LogId::new(&format!("board.example/thi/{member}/board")).unwrap();
    Step {
        entry: EntryId { log, place: EntryRef { segment: 1, seq }, leaf: case.basis },
        at: Timestamp::UNIX_EPOCH,
        case: case.id,
        basis: case.basis,
        state,
        ruling: ruling.to_owned(),
        reason: "Đã xem biên bản".to_owned(),
        by: vec![member.to_owned()],
        statement: digest(format!("{member} {seq}").as_bytes()),
        undoes: None,
    }
}

fn state(review: &Review, steps: &[Step]) -> (CaseState, bool, bool) {
    let (files, foreign) = files(review.cases(), steps);
    assert!(foreign.is_empty());
    let file = &files[&review.cases()[0].id];
    (file.state, file.has_news, file.is_contested)
}

#[test]
fn the_furthest_step_that_stands_is_the_state_in_whatever_order_they_come() {
    let review = duplicate();
    let case = &review.cases()[0];
    let asked = step(case, "hd-01", 1, CaseState::Asked, "");
    let decided = step(case, "hd-02", 1, CaseState::Decided, "came-back");
    assert_eq!(state(&review, &[]), (CaseState::New, false, false));
    assert_eq!(state(&review, &[asked.clone(), decided.clone()]), (CaseState::Decided, false, false));
    assert_eq!(state(&review, &[decided.clone(), asked.clone(), decided.clone()]), (CaseState::Decided, false, false));
    let undo = Step { undoes: Some(decided.entry.clone()), ..step(case, "hd-02", 2, CaseState::New, "") };
    assert_eq!(state(&review, &[undo, decided, asked]), (CaseState::Asked, false, false));
}

#[test]
fn two_members_who_rule_differently_leave_it_to_be_decided() {
    let review = duplicate();
    let case = &review.cases()[0];
    let steps =
        [step(case, "hd-01", 1, CaseState::Decided, "came-back"), step(case, "hd-02", 1, CaseState::Decided, "guest")];
    assert_eq!(state(&review, &steps), (CaseState::ToDecide, false, true));
}

#[test]
fn a_decision_says_when_entries_have_come_since() {
    let before = duplicate();
    let decided = step(&before.cases()[0], "hd-01", 1, CaseState::Decided, "came-back");
    let after = review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(1)]), closed("d3", &[check_in(1)])]);
    assert_eq!(state(&after, std::slice::from_ref(&decided)), (CaseState::Decided, true, false));
    let steps = [decided];
    let (_, foreign) = files(&[], &steps);
    assert_eq!(foreign.len(), 1, "a step about a case that no rule opens is told");
}

#[test]
fn a_statement_is_read_in_one_spelling_only() {
    let review = duplicate();
    let case = &review.cases()[0];
    let said = StepStatement {
        exam: "board.example/thi".to_owned(),
        case: case.id,
        basis: case.basis,
        state: CaseState::Decided,
        ruling: "came-back".to_owned(),
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned(), "hd-02".to_owned()],
        entries: case.entries.clone(),
        reason: "Đã xem biên bản số 3".to_owned(),
    };
    let text = said.text();
    assert_eq!(StepStatement::parse(&text), Some(said.clone()));
    assert_eq!(text.lines().filter(|line| line.starts_with("entry board.example/thi/")).count(), 2);
    for wrong in [
        text.replace("reason ", "reason  "),
        text.replace("state decided", "state Decided"),
        text.replace("hd-01 hd-02", "hd-01  hd-02"),
        text.replace("v1", "v2"),
        format!("{text}entry x\n"),
        text.replace("ruling came-back\n", ""),
    ] {
        assert!(StepStatement::parse(&wrong).is_none_or(|read| read != said), "{wrong}");
    }
    let two_lines = StepStatement { reason: "một\nhai".to_owned(), ..said };
    assert_eq!(StepStatement::parse(&two_lines.text()), None);
}

#[test]
fn what_was_taken_back_does_not_come_back_when_it_is_written_down_again() {
    let review = duplicate();
    let case = &review.cases()[0];
    let decided = step(case, "hd-01", 1, CaseState::Decided, "came-back");
    let undo = Step { undoes: Some(decided.entry.clone()), ..step(case, "hd-02", 1, CaseState::New, "") };
    let replayed = Step { statement: decided.statement, ..step(case, "hd-01", 2, CaseState::Decided, "came-back") };
    let undo_of_undo = Step { undoes: Some(undo.entry.clone()), ..step(case, "hd-01", 3, CaseState::New, "") };
    assert_eq!(state(&review, &[decided, undo, replayed, undo_of_undo]), (CaseState::New, false, false));
}
