//! Nobody is let in before the portrait has stood on the screen for long enough, by the desk's own count.

use crate::checkin_support::*;
use crate::staffed;
use diemdanh::checkin::contact::ContactId;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::*;
use diemdanh::checkin::view::*;
use diemdanh::record::AttendanceEvent;

/// Somebody with a good card; the buttons have been there for long enough, the window has said nothing yet.
fn unseen() -> Desk {
    let mut desk = Desk::usual();
    desk.good_person(HERE).later(400);
    desk
}

/// A press on the screen as it is now.
fn press(desk: &mut Desk, choice: Choice) {
    let meaning = desk.meaning();
    desk.give(Event::Input(Input::Chose(choice, meaning)));
}

fn paint(desk: &mut Desk, contact: ContactId) {
    desk.give(Event::Input(Input::Painted(contact)));
}

fn let_in(desk: &Desk) -> usize {
    let lets_in = |event: &&AttendanceEvent| {
        matches!(event, AttendanceEvent::CheckIn(_) | AttendanceEvent::ReEntry { .. } | AttendanceEvent::Guest { .. })
    };
    desk.written.iter().filter(lets_in).count()
}

#[test]
fn nobody_is_let_in_for_a_second_after_the_portrait_was_painted() {
    for (stood_ms, goes_in) in [(0, false), (500, false), (999, false), (1_000, true), (60_000, true)] {
        let mut desk = unseen();
        assert_eq!(desk.look(), Look::Wanted(desk.contact));
        desk.paints().later(stood_ms);
        press(&mut desk, Choice::Admit);
        assert_eq!(let_in(&desk), usize::from(goes_in), "{stood_ms} ms");
    }
}

/// However long it stands there, and however often it is pressed: a screen that nobody saw lets nobody in.
#[test]
fn a_window_that_says_nothing_lets_nobody_in_and_the_other_ways_stay() {
    let mut desk = unseen();
    for _ in 0..20 {
        desk.later(3_000);
        press(&mut desk, Choice::Admit);
        press(&mut desk, Choice::DoubtPortrait);
    }
    assert_eq!((let_in(&desk), desk.look()), (0, Look::Wanted(desk.contact)));
    press(&mut desk, Choice::Refer);
    assert_eq!(desk.verdict().headline, Headline::Recorded(Choice::Refer), "the head of site is another way");
    let mut desk = unseen();
    press(&mut desk, Choice::NotAdmitted);
    assert_eq!(desk.verdict().stage, StageView::ChoosingReason);
}

#[test]
fn coming_in_again_wants_the_same_look() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
    desk.good_person(HERE).later(400);
    press(&mut desk, Choice::ReEntry);
    desk.paints().later(999);
    press(&mut desk, Choice::ReEntry);
    assert_eq!(let_in(&desk), 1);
    desk.later(1);
    press(&mut desk, Choice::ReEntry);
    assert_eq!(let_in(&desk), 2);
}

/// A doubt is about what was looked at.
#[test]
fn nobody_doubts_a_portrait_before_it_was_to_be_seen() {
    let mut desk = staffed::desk_of("gt-01");
    desk.good_person(HERE).later(5_000);
    press(&mut desk, Choice::DoubtPortrait);
    desk.paints().later(999);
    press(&mut desk, Choice::DoubtPortrait);
    assert_eq!(desk.verdict().headline, Headline::Admit);
    desk.later(1);
    press(&mut desk, Choice::DoubtPortrait);
    assert!(matches!(desk.screen(), Screen::Exception(_)));
}

/// The window tells of the person before: an old frame, or a word that came late.
#[test]
fn the_portrait_of_the_person_before_counts_for_nobody() {
    let mut desk = unseen();
    let before = desk.contact;
    desk.paints().later(1_000).chose(Choice::Admit).go_on().lift();
    desk.good_person("099208002235").later(400);
    assert_ne!(desk.contact, before);
    for contact in [before, ContactId(desk.contact.0 + 1), ContactId(0)] {
        paint(&mut desk, contact);
    }
    desk.later(5_000);
    press(&mut desk, Choice::Admit);
    assert_eq!((let_in(&desk), desk.look()), (1, Look::Wanted(desk.contact)));
}

/// A word about a portrait that is not there yet is a lie.
#[test]
fn a_portrait_that_is_still_being_read_was_not_painted() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card();
    let contact = desk.contact;
    paint(&mut desk, contact);
    desk.identity(HERE, good());
    paint(&mut desk, contact);
    assert_eq!(desk.look(), Look::Free, "nothing is to be pressed yet");
    desk.later(5_000).finished(good()).answers_well().later(400);
    press(&mut desk, Choice::Admit);
    assert_eq!((let_in(&desk), desk.look()), (0, Look::Wanted(contact)));
}

/// The registry takes its time: whoever has looked meanwhile waits no second more. What is said again changes nothing.
#[test]
fn the_time_runs_from_the_first_word_and_while_the_rest_is_checked() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    let contact = desk.contact;
    for _ in 0..6 {
        paint(&mut desk, contact);
        desk.later(100);
    }
    assert_eq!(desk.look(), Look::Stands { left_ms: 400 });
    desk.answers_well().later(399);
    assert_eq!(desk.look(), Look::Stands { left_ms: 1 });
    desk.later(1);
    press(&mut desk, Choice::Admit);
    assert_eq!(let_in(&desk), 1);
}

#[test]
fn without_a_portrait_there_is_nothing_to_wait_for() {
    for portrait in [PortraitNews::Unreadable, PortraitNews::Missing] {
        let mut desk = Desk::usual();
        desk.scan(HERE).card().identity(HERE, good()).finished_with(good(), portrait).answers_well().later(399);
        assert_eq!(desk.look(), Look::Free);
        press(&mut desk, Choice::Admit);
        assert_eq!(let_in(&desk), 0, "the usual guard stands");
        desk.later(1);
        press(&mut desk, Choice::Admit);
        assert_eq!(let_in(&desk), 1);
    }
}

/// Behind a lock, and behind the screen of a second person, nobody looks.
#[test]
fn a_portrait_that_was_away_is_painted_anew() {
    let ways: [Way; 2] = [
        ("a lock", |desk| {
            staffed::input(desk, Input::Lock);
            let contact = desk.contact;
            paint(desk, contact);
            desk.later(5_000);
            let pin = diemdanh::bits::secret::Secret::new(PIN.to_owned());
            staffed::input(desk, Input::EnteredPin(pin));
        }),
        ("a second person", |desk| {
            press(desk, Choice::DoubtPortrait);
            let contact = desk.contact;
            paint(desk, contact);
            desk.later(5_000);
            staffed::input(desk, Input::Back);
        }),
    ];
    for (what, go_and_come_back) in ways {
        let mut desk = staffed::desk_of("gt-01");
        desk.good_person(HERE).paints().later(1_000);
        assert_eq!(desk.look(), Look::Stands { left_ms: 0 });
        go_and_come_back(&mut desk);
        desk.later(5_000);
        press(&mut desk, Choice::Admit);
        assert_eq!((let_in(&desk), desk.look()), (0, Look::Wanted(desk.contact)), "{what}");
        desk.paints().later(1_000);
        press(&mut desk, Choice::Admit);
        assert_eq!(let_in(&desk), 1, "{what}");
    }
}

/// A desk in training may take less, and still wants to be told.
#[test]
fn a_desk_without_the_time_wants_the_word_all_the_same() {
    let mut desk = Desk::new(DeskPolicy { portrait_guard_ms: 0, ..DeskPolicy::default() });
    desk.good_person(HERE).later(400);
    press(&mut desk, Choice::Admit);
    assert_eq!(let_in(&desk), 0);
    desk.paints();
    press(&mut desk, Choice::Admit);
    assert_eq!(let_in(&desk), 1);
}

#[test]
fn whoever_was_decided_on_is_looked_at_no_more() {
    let mut desk = unseen();
    desk.chose(Choice::Refer);
    assert_eq!(desk.look(), Look::Free);
    let mut desk = unseen();
    press(&mut desk, Choice::NotAdmitted);
    assert_eq!(desk.look(), Look::Wanted(desk.contact), "who chooses a reason still sees the portrait");
}

/// A window paints for nobody: a desk that nobody touches locks itself.
#[test]
fn painting_is_no_sign_of_life() {
    let mut desk = staffed::desk_of("gt-01");
    desk.good_person(HERE).later(599_000);
    desk.paints().later(1_500);
    assert!(matches!(desk.screen(), Screen::Locked(_)), "{:?}", desk.screen());
}

/// What is done, and how.
type Way = (&'static str, fn(&mut Desk));
