//! What members did about a case: never the last word by a clock, and never about entries that nobody had seen.

use crate::world::*;
use diemdanh_review::{
    Case, EntryId, LogId, Review,
    answer::{Answer, Found},
    decision::{CaseState, Step, files, seen},
    order::{DraftFault, StepDraft, read_day},
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
        answers: Vec::new(),
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
        answers: vec![
            Answer { code: "came-back".to_owned(), found: Found::Fits, words: "camera 3".to_owned() },
            Answer { code: "guest".to_owned(), found: Found::RuledOut, words: String::new() },
        ],
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
        text.replace("answer guest ruled-out -", "answer guest ruled-out"),
        text.replace("came-back fits", "came-back perhaps"),
    ] {
        assert!(StepStatement::parse(&wrong).is_none_or(|read| read != said), "{wrong}");
    }
    let plain = StepStatement { duties: Duties::default(), answers: Vec::new(), ..said.clone() };
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

#[test]
fn explanations_are_answered_one_by_one_and_two_findings_both_stand() {
    let review = duplicate();
    let case = &review.cases()[0];
    let answer = |found, words: &str| Answer { code: "came-back".to_owned(), found, words: words.to_owned() };
    let fits = Step { answers: vec![answer(Found::Fits, "camera 3")], ..step(case, "hd-01", 1, CaseState::Asked, "") };
    let not = Step { answers: vec![answer(Found::RuledOut, "")], ..step(case, "hd-02", 1, CaseState::New, "") };
    let undo = Step { undoes: Some(fits.entry.clone()), ..step(case, "hd-02", 2, CaseState::New, "") };
    let of = |steps: &[Step], code: &str| {
        let (files, _) = files(review.cases(), steps);
        let found: Vec<Found> = files[&case.id].answers(code).map(|(_, answer)| answer.found).collect();
        found
    };
    assert_eq!(of(&[], "came-back"), []);
    assert_eq!(of(&[not.clone(), fits.clone()], "came-back"), [Found::Fits, Found::RuledOut]);
    assert_eq!(of(&[not.clone(), fits.clone()], "guest"), []);
    assert_eq!(of(&[fits, not, undo], "came-back"), [Found::RuledOut], "what was taken back stands no more");
    let typed = |text: &str| Answer::typed(text).map(|answer| (answer.code, answer.found, answer.words));
    let read = |code: &str, found, words: &str| Some((code.to_owned(), found, words.to_owned()));
    assert_eq!(typed("guest=cannot-tell"), read("guest", Found::CannotTell, ""));
    assert_eq!(typed("guest=fits: lệnh số 4"), read("guest", Found::Fits, "lệnh số 4"));
    for wrong in ["guest", "guest=", "guest=yes", "=fits:"] {
        assert_eq!(typed(wrong).filter(|(code, ..)| !code.is_empty()), None, "{wrong}");
    }
}

#[test]
fn whatever_is_added_to_a_case_changes_what_was_seen_of_it() {
    let before = duplicate();
    let one = step(&before.cases()[0], "hd-01", 1, CaseState::Asked, "");
    let of = |review: &Review, steps: &[Step]| {
        let case = &review.cases()[0];
        seen(case, &files(review.cases(), steps).0[&case.id])
    };
    let after = review([closed("d1", &[check_in(1)]), closed("d2", &[check_in(1)]), closed("d3", &[check_in(1)])]);
    let all = [of(&before, &[]), of(&before, std::slice::from_ref(&one)), of(&after, &[]), of(&after, &[one])];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{at}");
    }
    assert_eq!(of(&before, &[]), of(&duplicate(), &[]));
}

#[test]
fn a_draft_with_somebodys_number_or_two_lines_is_refused() {
    let draft = |reason: &str| StepDraft {
        state: CaseState::Decided,
        ruling: "came-back".to_owned(),
        reason: reason.to_owned(),
        undoes: None,
        answers: Vec::new(),
        duties: Duties::default(),
    };
    assert_eq!(draft("Đã xem biên bản số 12345678").fault(), None);
    for (reason, fault) in [
        ("", DraftFault::Reason),
        ("một\nhai", DraftFault::Reason),
        ("số 099123456", DraftFault::Number),
        ("099123456789|099123456|Người Mẫu|01012008|Nam", DraftFault::Number),
    ] {
        assert_eq!(draft(reason).fault(), Some(fault), "{reason}");
    }
    assert_eq!(StepDraft { ruling: "Came back".to_owned(), ..draft("x") }.fault(), Some(DraftFault::Ruling));
    let asked = Duties { asked: vec!["một\u{200b}".to_owned()], ..Duties::default() };
    assert_eq!(StepDraft { duties: asked, ..draft("x") }.fault(), Some(DraftFault::Text));
    assert!(StepDraft { state: CaseState::New, ruling: String::new(), ..draft("x") }.is_nothing());
    assert!(draft("x").needs_two());
}

#[test]
fn a_day_is_read_as_it_is_written_here() {
    assert_eq!(read_day(" 1/7/2026 "), Ok(Some(date(2026, 7, 1))));
    assert_eq!(read_day("2026-07-01"), Ok(Some(date(2026, 7, 1))));
    assert_eq!(read_day(""), Ok(None));
    for wrong in ["31/02/2026", "7/2026", "mai", "1/7/26/1"] {
        assert_eq!(read_day(wrong), Err(()), "{wrong}");
    }
}
