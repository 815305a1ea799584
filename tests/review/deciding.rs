//! What members did about a case: never the last word by a clock, and never about entries that nobody had seen.

use crate::world::*;
use diemdanh_review::{
    Case, EntryId, LogId, Review,
    decision::{CaseState, Step, files},
    statement::{Duties, StepStatement},
};
use jiff::{Timestamp, civil::date};
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
        duties: Duties::default(),
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
        duties: Duties {
            due: Some(date(2026, 7, 10)),
            asked: vec!["giám thị 1".to_owned(), "thí sinh".to_owned()],
            given: vec!["giám thị 1".to_owned()],
            preserve: vec!["camera cổng B, 07:20 đến 07:40".to_owned()],
            appeal_until: Some(date(2026, 8, 1)),
        },
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
        text.replace("due 2026-07-10", "due 2026-7-10"),
        text.replace("appeal-until 2026-08-01\n", "appeal-until never\n"),
    ] {
        assert!(StepStatement::parse(&wrong).is_none_or(|read| read != said), "{wrong}");
    }
    let plain = StepStatement { duties: Duties::default(), ..said.clone() };
    assert!(plain.text().ends_with("reason Đã xem biên bản số 3\n"), "who asks for nothing says nothing more");
    assert_eq!(StepStatement::parse(&plain.text()), Some(plain));
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

#[test]
fn what_is_due_asked_and_kept_follows_from_the_steps_that_stand() {
    let review = duplicate();
    let case = &review.cases()[0];
    let duties = |due, asked: &[&str], given: &[&str]| Duties {
        due: Some(date(2026, 7, due)),
        asked: asked.iter().map(|one| (*one).to_owned()).collect(),
        given: given.iter().map(|one| (*one).to_owned()).collect(),
        ..Duties::default()
    };
    let asked =
        Step { duties: duties(10, &["giám thị", "thí sinh"], &[]), ..step(case, "hd-01", 1, CaseState::Asked, "") };
    let given = Step { duties: duties(5, &[], &["giám thị"]), ..step(case, "hd-02", 1, CaseState::Asked, "") };
    let of = |steps: &[Step], today| {
        let (files, _) = files(review.cases(), steps);
        let file = &files[&case.id];
        (file.duties.due, file.awaited().map(str::to_owned).collect::<Vec<_>>(), file.is_overdue(today))
    };
    let wanted = (Some(date(2026, 7, 10)), vec!["thí sinh".to_owned()]);
    for steps in [[asked.clone(), given.clone()], [given.clone(), asked.clone()]] {
        let (due, awaited, is_overdue) = of(&steps, date(2026, 7, 10));
        assert_eq!(((due, awaited), is_overdue), (wanted.clone(), false), "the day itself is in time");
        assert!(of(&steps, date(2026, 7, 11)).2);
    }
    let undo = Step { undoes: Some(asked.entry.clone()), ..step(case, "hd-02", 2, CaseState::New, "") };
    assert_eq!(of(&[asked.clone(), given, undo], date(2026, 7, 5)).0, Some(date(2026, 7, 5)));
    let settled = step(case, "hd-02", 3, CaseState::Decided, "came-back");
    assert!(!of(&[asked, settled], date(2027, 1, 1)).2, "what is decided is not overdue");
}
