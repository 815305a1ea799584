//! The card in the field, seen by the brain alone: when it is read, when it is not, and what stays of a reading.

use crate::checkin_support::{Desk, HERE, NOBODY, chip, good};
use diemdanh::checkin::event::{CardNews, Choice, Event, Input, Meaning, ReadPhase};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{ClosingView, Instruction, ReadingView, Screen};
use diemdanh::emrtd::report::Overall;
use diemdanh::record::AttendanceEvent;
use diemdanh::registry::{Answer, CardInvalidReason};

fn instruction(desk: &Desk) -> Instruction {
    let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
    idle.instruction
}

fn reading(desk: &Desk) -> ReadingView {
    let Screen::Reading(reading) = desk.screen() else { panic!("{:?}", desk.screen()) };
    reading
}

fn broken(failure: Failure) -> diemdanh::checkin::chip::ChipReading {
    chip(Overall::Retry, Some(failure))
}

fn failures(desk: &Desk) -> usize {
    desk.written.iter().filter(|event| matches!(event, AttendanceEvent::ReadFailed { .. })).count()
}

#[test]
fn the_card_of_whoever_has_gone_is_not_read_with_the_next_key() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit).go_on();
    assert_eq!((instruction(&desk), desk.reads), (Instruction::TakeCardAway, 1));
    desk.scan(NOBODY);
    assert_eq!((instruction(&desk), desk.reads), (Instruction::TakeCardAway, 1));
    desk.lift();
    assert_eq!((instruction(&desk), desk.reads), (Instruction::PlaceCard, 1));
    desk.card();
    assert_eq!(desk.reads, 2);
}

#[test]
fn a_card_that_comes_after_a_record_is_the_next_one() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit).lift().card();
    assert_eq!(instruction(&desk), Instruction::GiveKey);
    desk.scan(NOBODY);
    assert_eq!(desk.reads, 2);
}

#[test]
fn a_card_put_back_before_its_loss_was_noticed_is_read_again() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().lift();
    assert!(!desk.status().card_present);
    desk.card();
    assert!(desk.status().card_present);
    assert_eq!(desk.reads, 1, "the reading is still out");
    desk.finished(broken(Failure::CardLifted));
    assert_eq!(desk.reads, 2);
    desk.finished(broken(Failure::CardLifted));
    assert_eq!(desk.reads, 2, "it was put back once");
    assert_eq!(reading(&desk).interrupted, Some(Failure::CardLifted));
    desk.lift().card();
    assert_eq!(desk.reads, 3);
}

#[test]
fn a_card_that_came_back_to_a_reading_that_ended_well_is_not_read_twice() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().lift().card().identity(HERE, good()).finished(good());
    assert_eq!(desk.reads, 1);
}

#[test]
fn a_card_that_somebody_else_holds_is_tried_again_and_told_once() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().finished(broken(Failure::CardHeld));
    assert_eq!((desk.reads, failures(&desk)), (1, 1));
    assert_eq!(reading(&desk).interrupted, Some(Failure::CardHeld));
    desk.later(500);
    assert_eq!(desk.reads, 2, "nobody will put it down once more");
    desk.later(500);
    assert_eq!(desk.reads, 2, "one reading at a time");
    desk.finished(broken(Failure::CardHeld));
    assert_eq!(failures(&desk), 1, "the same again is no news");
    desk.later(500);
    desk.finished(broken(Failure::CardLifted));
    assert_eq!(failures(&desk), 2, "something else is");
    desk.later(5_000);
    assert_eq!(desk.reads, 3, "a card that was lifted is waited for");
}

#[test]
fn a_held_card_that_was_taken_away_is_not_tried() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().finished(broken(Failure::CardHeld)).lift().later(500);
    assert_eq!(desk.reads, 1);
}

#[test]
fn the_screen_follows_the_reading_and_keeps_where_it_broke() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card();
    assert_eq!((reading(&desk).phase, reading(&desk).permille), (ReadPhase::Opening, 0));
    let news = CardNews::Progress { phase: ReadPhase::Checking, permille: 620 };
    desk.give(Event::Card { contact: desk.contact, news });
    assert_eq!((reading(&desk).phase, reading(&desk).permille), (ReadPhase::Checking, 620));
    desk.finished(broken(Failure::CardLifted));
    let shown = reading(&desk);
    assert_eq!((shown.phase, shown.permille, shown.interrupted), (ReadPhase::Checking, 620, Some(Failure::CardLifted)));
}

#[test]
fn only_a_broken_link_is_waited_for() {
    for (overall, failure) in [
        (Overall::Retry, Failure::FileDamaged),
        (Overall::Fail, Failure::DataAltered),
        (Overall::Access, Failure::KeyRefused),
        (Overall::Fail, Failure::CardLifted),
    ] {
        let mut desk = Desk::usual();
        desk.scan(HERE).card().finished(chip(overall, Some(failure)));
        let Screen::Idle(idle) = desk.screen() else { panic!("{failure:?}: {:?}", desk.screen()) };
        assert_eq!(idle.notice, Some(failure));
    }
}

/// What was seen of a card that nobody decided on is said when it comes again; what proves nothing bad is not.
#[test]
fn an_unproven_contact_that_was_left_is_remembered() {
    let rows = [
        (chip(Overall::Fail, Some(Failure::DataAltered)), true),
        (chip(Overall::Unknown, Some(Failure::SignerUnknown)), true),
        (chip(Overall::Warn, Some(Failure::ChipNotAsked)), true),
        (chip(Overall::Warn, Some(Failure::ChipRemark)), false),
        (good(), false),
    ];
    for (first, is_remembered) in rows {
        let mut desk = Desk::usual();
        desk.scan(HERE).card().identity(HERE, first.clone()).finished(first.clone());
        desk.give(Event::Input(Input::Back)).lift();
        desk.good_person(HERE);
        let reasons = desk.verdict().reasons;
        assert_eq!(reasons.contains(&Failure::EarlierContact), is_remembered, "{first:?}: {reasons:?}");
    }
}

#[test]
fn late_news_are_answered_on_the_screen_that_shows_them() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(3_000).chose(Choice::Admit);
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    let question = desk.news().expect("the news").question;
    let answered = |desk: &Desk| desk.written.iter().any(|event| matches!(event, AttendanceEvent::LateAnswer { .. }));
    desk.later(400);
    let now = desk.meaning();
    desk.give(Event::Input(Input::AnsweredNews(question, Meaning(now.0 - 1))));
    assert!(!answered(&desk), "a press of an older screen");
    desk.give(Event::Input(Input::AnsweredNews(question, now)));
    assert!(answered(&desk) && desk.news().is_none());
}

#[test]
fn a_session_ends_by_its_button_only() {
    let mut desk = Desk::usual();
    desk.give(Event::Input(Input::EndSession));
    assert!(matches!(desk.screen(), Screen::Closing(ClosingView::Asking(_))));
    desk.chose(Choice::Admit);
    assert!(matches!(desk.screen(), Screen::Closing(ClosingView::Asking(_))));
    desk.chose(Choice::EndSession);
    assert!(matches!(desk.screen(), Screen::Closing(ClosingView::Closed(_))), "{:?}", desk.screen());
}

#[test]
fn the_card_of_whoever_stands_there_is_not_read_again() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).lift().card();
    assert_eq!(desk.reads, 1);
    desk.chose(Choice::NotAdmitted).lift().card();
    assert_eq!(desk.reads, 1);
}
