//! Nobody is let in before the portrait has been looked at: what the window makes of it, and what it tells the desk.

use crate::presses::{idle, key, pressed};
use crate::screens::{Window, window};
use crate::views;
use checkin::contact::ContactId;
use checkin::event::{Choice, Input, Meaning};
use checkin::view::*;
use egui::Key;
use std::sync::Arc;

/// A window that has stood on another screen, and shows this one from now on.
fn just_shown(view: View) -> Window {
    let mut shown = window(idle());
    shown.rest();
    shown.show(view);
    // Drawn, and come to the glass.
    shown.frame(vec![], 0.05);
    shown.frame(vec![], 0.05);
    shown
}

/// Somebody whose chip has told everything, with this portrait; the registry's word decides whether there are buttons.
fn looked_at(portrait: &Arc<Portrait>, meaning: u64, choices: &[Choice]) -> View {
    let stage = StageView::Deciding(choices.to_vec());
    let case = CaseView { portrait: PortraitView::Proven(Arc::clone(portrait)), stage, ..views::admit() };
    View { meaning: Meaning(meaning), ..views::view(Screen::Verdict(case)) }
}

const CHOICES: [Choice; 3] = [Choice::Admit, Choice::Refer, Choice::NotAdmitted];

/// Whoever has not looked at the portrait has not compared it; sending for the head of site does not wait for that.
#[test]
fn nobody_is_let_in_before_the_portrait_has_stood_there_for_a_second() {
    for choices in [CHOICES.as_slice(), &[Choice::ReEntry, Choice::Refer]] {
        let view = looked_at(&views::portrait(), 1, choices);
        let mut shown = just_shown(view);
        shown.frame(vec![], 0.6);
        assert_eq!(pressed(&mut shown, Key::F5), [], "{choices:?}");
        assert_eq!(pressed(&mut shown, Key::F6), [Input::Chose(Choice::Refer, Meaning(1))], "{choices:?}");
        shown.frame(vec![], 0.4);
        assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(choices[0], Meaning(1))], "{choices:?}");
    }
}

/// The registry takes its time: whoever has looked meanwhile waits no second more.
#[test]
fn the_time_to_look_runs_while_the_rest_is_checked() {
    let portrait = views::portrait();
    let mut shown = window(looked_at(&portrait, 1, &[]));
    shown.rest();
    shown.show(looked_at(&portrait, 2, &CHOICES));
    shown.frame(vec![], 0.05);
    assert_eq!(pressed(&mut shown, Key::F5), [], "the buttons have just come");
    shown.frame(vec![], 0.4);
    assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(Choice::Admit, Meaning(2))]);
}

/// The next person's portrait is not the one that was looked at, even where nothing else has changed.
#[test]
fn another_portrait_is_looked_at_anew() {
    let mut shown = window(looked_at(&views::portrait(), 1, &CHOICES));
    shown.rest();
    shown.show(looked_at(&views::portrait(), 1, &CHOICES));
    shown.frame(vec![], 0.05);
    shown.frame(vec![], 0.6);
    assert_eq!(pressed(&mut shown, Key::F5), []);
    shown.rest();
    assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(Choice::Admit, Meaning(1))]);
}

/// Behind a lock or another screen nobody looks: the time begins anew.
#[test]
fn a_portrait_that_was_away_is_looked_at_anew() {
    let portrait = views::portrait();
    let mut shown = window(looked_at(&portrait, 1, &CHOICES));
    shown.rest();
    shown.show(idle());
    shown.rest();
    shown.show(looked_at(&portrait, 3, &CHOICES));
    shown.frame(vec![], 0.05);
    shown.frame(vec![], 0.6);
    assert_eq!(pressed(&mut shown, Key::F5), []);
}

/// The graphics hold up the frame that draws the portrait first: nobody has seen it before that frame is over.
#[test]
fn a_stalled_frame_was_not_looked_at() {
    for stalled_s in [0.3, 1.0, 5.0] {
        let mut shown = window(idle());
        shown.rest();
        shown.show(looked_at(&views::portrait(), 1, &CHOICES));
        shown.frame(vec![], 0.05);
        assert_eq!(shown.frame(vec![key(Key::F5, true), key(Key::F5, false)], stalled_s), [], "{stalled_s} s");
        shown.frame(vec![], 0.9);
        assert_eq!(pressed(&mut shown, Key::F5), [], "{stalled_s} s");
        shown.frame(vec![], 0.1);
        assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(Choice::Admit, Meaning(1))], "{stalled_s} s");
    }
}

/// A doubt is about what was looked at.
#[test]
fn a_doubt_waits_for_the_look_as_well() {
    let choices = [Choice::Admit, Choice::Refer, Choice::NotAdmitted, Choice::DoubtPortrait];
    let mut shown = just_shown(looked_at(&views::portrait(), 1, &choices));
    shown.frame(vec![], 0.5);
    let place = shown.button_at("Nghi ngờ ảnh — vẫn cho vào");
    assert_eq!(shown.click_at(place), []);
    shown.frame(vec![], 0.6);
    assert_eq!(shown.click_at(place), [Input::Chose(Choice::DoubtPortrait, Meaning(1))]);
}

// -- what the desk is told --

const WANTED: ContactId = ContactId(7);

fn told(sent: &[Input]) -> usize {
    sent.iter().filter(|input| **input == Input::Painted(WANTED)).count()
}

/// Not before the frame behind the one that drew it, and until the desk has heard it.
#[test]
fn the_desk_is_told_once_a_portrait_has_come_to_the_glass() {
    let portrait = views::portrait();
    let wanted = View { look: Look::Wanted(WANTED), ..looked_at(&portrait, 1, &CHOICES) };
    let mut shown = window(idle());
    shown.rest();
    shown.show(wanted);
    assert_eq!(shown.frame(vec![], 0.05), []);
    assert_eq!(shown.frame(vec![], 0.05), [Input::Painted(WANTED)]);
    assert_eq!(told(&shown.rest()), 12, "a desk that has not heard it is told again");
    assert_eq!(
        pressed(&mut shown, Key::F5),
        [Input::Painted(WANTED)],
        "nobody is let in by a desk that has not heard it"
    );
    shown.show(View { look: Look::Stands { left_ms: 300 }, ..looked_at(&portrait, 1, &CHOICES) });
    assert_eq!(shown.rest(), []);
    assert_eq!(pressed(&mut shown, Key::F5), [], "the desk still counts");
    shown.show(View { look: Look::Stands { left_ms: 0 }, ..looked_at(&portrait, 1, &CHOICES) });
    shown.frame(vec![], 0.02);
    assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(Choice::Admit, Meaning(1))]);
}

#[test]
fn the_desk_is_told_nothing_of_a_portrait_that_is_not_shown() {
    let hidden = CaseView { portrait: PortraitView::Pending, ..views::admit() };
    for screen in [Screen::Verdict(hidden), Screen::Idle(IdleView::default())] {
        let mut shown = window(View { look: Look::Wanted(WANTED), ..views::view(screen) });
        assert_eq!(shown.rest(), []);
    }
}

/// Where there is no portrait there is nothing to wait for.
#[test]
fn without_a_portrait_the_usual_guard_is_all() {
    let stage = StageView::Deciding(CHOICES.to_vec());
    let case = CaseView { portrait: PortraitView::Missing, stage, ..views::admit() };
    let mut shown = just_shown(View { meaning: Meaning(1), ..views::view(Screen::Verdict(case)) });
    assert_eq!(pressed(&mut shown, Key::F5), []);
    shown.frame(vec![], 0.45);
    assert_eq!(pressed(&mut shown, Key::F5), [Input::Chose(Choice::Admit, Meaning(1))]);
}
