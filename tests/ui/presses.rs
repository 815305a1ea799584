//! What counts as a press, and what does not: keys through real frames, as slow and as crowded as frames get.

use crate::screens::{Window, window};
use crate::views;
use checkin::event::{Choice, Input, Meaning};
use checkin::view::*;
use egui::{Event, Key, Modifiers};

const QR: &str = "099208000017|001234567|Nguyen Van Mau|15022008|Nam|Ha Noi|01012024";
const SLOW_S: f32 = 0.3;

pub(crate) fn key(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}

/// As a keyboard or a scanner delivers one character.
fn character(letter: char) -> Vec<Event> {
    let name = if letter == ' ' { "Space".to_owned() } else { letter.to_uppercase().to_string() };
    let named = Key::from_name(&name);
    let mut events = Vec::new();
    events.extend(named.map(|named| key(named, true)));
    events.push(Event::Text(letter.to_string()));
    events.extend(named.map(|named| key(named, false)));
    events
}

fn deciding() -> View {
    let choices = vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted];
    views::view(Screen::Verdict(CaseView { stage: StageView::Deciding(choices), ..views::admit() }))
}

/// Every screen that has buttons and no line.
fn screens_with_buttons() -> Vec<(&'static str, View)> {
    let all = views::all().into_iter();
    let has_line =
        |screen: &Screen| matches!(screen, Screen::Closing(ClosingView::Counting(_) | ClosingView::Typing(_)));
    let is_meant = |screen: &Screen| screen.case().is_some() || matches!(screen, Screen::Closing(_));
    all.filter(|(_, view)| is_meant(&view.screen) && !has_line(&view.screen)).collect()
}

fn decided(sent: &[Input]) -> Vec<&Input> {
    let decides =
        |input: &&Input| matches!(input, Input::Chose(..) | Input::Reason(..) | Input::AnsweredNews(..) | Input::Back);
    sent.iter().filter(decides).collect()
}

/// Scans `QR` with `per_frame` characters in a frame of `frame_s` seconds, and what ends it.
fn scan(window: &mut Window, per_frame: usize, frame_s: f32, end: Option<Key>) -> Vec<Input> {
    let mut events: Vec<Event> = QR.chars().flat_map(character).collect();
    if let Some(end) = end {
        events.extend([key(end, true), key(end, false)]);
    }
    let mut sent = Vec::new();
    for chunk in events.chunks(per_frame * 3) {
        sent.extend(window.frame(chunk.to_vec(), frame_s));
    }
    sent.extend(window.rest());
    sent
}

#[test]
fn scan_presses_nothing_on_any_screen_at_any_pace() {
    for (name, view) in screens_with_buttons() {
        for (per_frame, frame_s) in [(1, 0.002), (1, 0.03), (1, SLOW_S), (7, SLOW_S), (100, SLOW_S)] {
            for end in [Some(Key::Enter), Some(Key::Tab), None] {
                let mut shown = window(view.clone());
                shown.rest();
                let sent = scan(&mut shown, per_frame, frame_s, end);
                let what = format!("{name}, {per_frame} in {frame_s} s, {end:?}: {sent:?}");
                assert!(decided(&sent).is_empty() && !sent.contains(&Input::Continue), "{what}");
                let texts: Vec<_> = sent.iter().filter(|one| matches!(one, Input::Scanned(_))).collect();
                assert_eq!(texts, [&Input::Scanned(QR.to_owned())], "{what}");
            }
        }
    }
}

#[test]
fn scan_with_a_button_in_focus_presses_nothing() {
    for end in [Key::Enter, Key::Tab] {
        let mut shown = window(deciding());
        shown.rest();
        shown.press(Key::Tab);
        shown.press(Key::Tab);
        let sent = scan(&mut shown, 1, 0.01, Some(end));
        assert!(decided(&sent).is_empty(), "{sent:?}");
        // Nor does a second scanner's Enter find what the first one's Tab moved to.
        let sent = scan(&mut shown, 1, 0.01, Some(Key::Enter));
        assert!(decided(&sent).is_empty(), "{sent:?}");
    }
}

#[test]
fn no_letter_digit_or_space_decides() {
    for (name, view) in screens_with_buttons() {
        let mut shown = window(view);
        shown.rest();
        shown.press(Key::Tab);
        for letter in "abcxyz0123456789 ".chars() {
            let mut sent = shown.frame(character(letter), 0.02);
            sent.extend(shown.frame(vec![key(Key::Space, true), key(Key::Space, false)], 0.02));
            assert!(decided(&sent).is_empty(), "{name}, {letter:?}: {sent:?}");
        }
    }
}

#[test]
fn held_key_is_one_press() {
    for frame_s in [0.03, SLOW_S] {
        for (held, expected) in [(Key::F6, Choice::Refer), (Key::F7, Choice::NotAdmitted), (Key::F5, Choice::Admit)] {
            let mut shown = window(deciding());
            shown.rest();
            let mut sent = shown.frame(vec![key(held, true)], frame_s);
            for _ in 0..40 {
                // The screen means something else by now; the key is still down.
                shown.show(View { meaning: Meaning(77), ..deciding() });
                sent.extend(shown.frame(vec![key(held, true)], frame_s));
            }
            assert_eq!(sent, [Input::Chose(expected, Meaning(0))], "{held:?} at {frame_s}");
        }
    }
}

#[test]
fn key_held_over_a_change_of_focus_is_no_new_press() {
    let mut shown = window(deciding());
    shown.rest();
    let mut sent = shown.frame(vec![key(Key::F6, true)], 0.03);
    for _ in 0..20 {
        let lost = [Event::WindowFocused(false), Event::WindowFocused(true), key(Key::F6, true)];
        sent.extend(shown.frame(lost.to_vec(), 0.05));
    }
    assert_eq!(sent.len(), 1, "{sent:?}");
}

/// A release that went to another window: the desk is not deaf to that key for ever.
#[test]
fn key_whose_release_was_lost_is_a_press_again_after_a_second() {
    let mut shown = window(deciding());
    shown.rest();
    assert_eq!(shown.frame(vec![key(Key::F6, true)], 0.03).len(), 1);
    shown.frame(vec![], 1.2);
    assert_eq!(shown.frame(vec![key(Key::F6, true)], 0.03).len(), 1);
}

#[test]
fn escape_held_down_goes_back_once() {
    let mut shown =
        window(views::view(Screen::Verdict(CaseView { stage: StageView::ChoosingReason, ..views::admit() })));
    shown.rest();
    let mut sent = Vec::new();
    for _ in 0..30 {
        sent.extend(shown.frame(vec![key(Key::Escape, true)], 0.04));
    }
    assert_eq!(sent, [Input::Back]);
}

#[test]
fn end_of_a_session_is_not_answered_by_the_key_that_asked() {
    let mut shown = window(views::view(Screen::Idle(IdleView::default())));
    shown.rest();
    let mut sent = shown.frame(vec![key(Key::F10, true)], 0.03);
    shown.show(View { meaning: Meaning(2), ..views::view(Screen::Closing(views::asking(|_| {}))) });
    for _ in 0..40 {
        sent.extend(shown.frame(vec![key(Key::F10, true)], 0.04));
    }
    assert_eq!(sent, [Input::EndSession]);
}

#[test]
fn buttons_that_just_changed_decide_nothing_and_look_so() {
    let mut shown = window(deciding());
    shown.rest();
    shown.show(View { meaning: Meaning(5), ..deciding() });
    // A slow window paints the change late: what counts is when it was seen.
    shown.frame(vec![], SLOW_S);
    for _ in 0..3 {
        let sent = shown.frame(vec![key(Key::F5, true), key(Key::F5, false)], 0.1);
        assert!(sent.is_empty(), "{sent:?}");
    }
    shown.rest();
    let sent = shown.frame(vec![key(Key::F5, true), key(Key::F5, false)], 0.1);
    assert_eq!(sent, [Input::Chose(Choice::Admit, Meaning(5))]);
}

pub(crate) fn pressed(shown: &mut Window, pressed: Key) -> Vec<Input> {
    shown.frame(vec![key(pressed, true), key(pressed, false)], 0.02)
}

#[test]
fn buttons_that_the_desk_holds_back_decide_nothing() {
    let mut shown = window(View { guarded_ms: 200, ..deciding() });
    shown.rest();
    assert!(shown.press(Key::F5).is_empty());
}

#[test]
fn second_click_of_a_double_click_lands_on_nothing() {
    let mut shown = window(deciding());
    shown.rest();
    let place = shown.button_at("Không cho vào…  [F7]");
    let sent = shown.click_at(place);
    assert_eq!(sent, [Input::Chose(Choice::NotAdmitted, Meaning(0))]);
    let reasons = Screen::Verdict(CaseView { stage: StageView::ChoosingReason, ..views::admit() });
    shown.show(View { meaning: Meaning(1), ..views::view(reasons) });
    assert!(shown.click_at(place).is_empty());
}

#[test]
fn enter_decides_nothing_but_presses_what_is_in_focus() {
    let mut shown = window(deciding());
    shown.rest();
    assert!(shown.press(Key::Enter).is_empty());
    shown.press(Key::Tab);
    shown.press(Key::Tab);
    assert_eq!(shown.press(Key::Enter), [Input::Chose(Choice::Refer, Meaning(0))]);
}

#[test]
fn focus_is_gone_when_the_buttons_mean_something_else() {
    let mut shown = window(deciding());
    shown.rest();
    shown.press(Key::Tab);
    shown.show(View { meaning: Meaning(9), ..deciding() });
    shown.rest();
    assert!(shown.press(Key::Enter).is_empty());
}

#[test]
fn plus_on_the_keypad_lets_in_and_a_plus_within_a_scan_does_not() {
    let mut shown = window(deciding());
    shown.rest();
    let plus = vec![key(Key::Plus, true), Event::Text("+".to_owned()), key(Key::Plus, false)];
    let mut sent = shown.frame(plus.clone(), 0.02);
    sent.extend(shown.rest());
    assert_eq!(sent, [Input::Chose(Choice::Admit, Meaning(0))]);
    for frame_s in [0.002, 0.03, SLOW_S] {
        let mut shown = window(deciding());
        shown.rest();
        let mut sent = shown.frame(plus.clone(), frame_s);
        for letter in "84912345678".chars() {
            sent.extend(shown.frame(character(letter), frame_s));
        }
        sent.extend(shown.frame(vec![key(Key::Enter, true)], frame_s));
        sent.extend(shown.rest());
        assert!(decided(&sent).is_empty(), "{frame_s}: {sent:?}");
    }
}

// -- lines --

pub(crate) fn idle() -> View {
    views::view(Screen::Idle(IdleView::default()))
}

fn typed_by(shown: &mut Window, text: &str, frame_s: f32, appearing: impl Fn(usize) -> View) -> Vec<Input> {
    let mut sent = Vec::new();
    for (index, letter) in text.chars().enumerate() {
        shown.show(appearing(index));
        sent.extend(shown.frame(character(letter), frame_s));
    }
    sent.extend(shown.frame(vec![key(Key::Enter, true), key(Key::Enter, false)], frame_s));
    sent.extend(shown.rest());
    sent
}

/// Rows, pictures and notices come and go above the line while somebody types.
#[test]
fn what_is_typed_key_by_key_stands_in_that_order() {
    let search = views::view(Screen::Idle(views::search()));
    let refused = views::view(Screen::Idle(views::refused()));
    for frame_s in [0.001, 0.016, 0.1, 0.4] {
        for text in ["123456", "000017", "01000147", "nguyen van mau"] {
            for begins_at in [0, 1, 2, 5] {
                let mut shown = window(idle());
                let sent = typed_by(&mut shown, text, frame_s, |index| match index {
                    index if index < begins_at => idle(),
                    index if index % 3 == 0 => search.clone(),
                    index if index % 3 == 1 => refused.clone(),
                    _ => idle(),
                });
                assert_eq!(sent.last(), Some(&Input::Entered(text.to_owned())), "{text} at {frame_s}");
            }
        }
    }
}

#[test]
fn scan_stands_in_the_line_as_it_was_sent() {
    for (per_frame, frame_s) in [(1, 0.002), (1, 0.02), (5, 0.05), (30, SLOW_S), (100, SLOW_S)] {
        for end in [Some(Key::Enter), Some(Key::Tab), None] {
            let mut shown = window(idle());
            shown.rest();
            // The second one finds what the first one left behind: text in the line, the focus elsewhere.
            for _ in 0..2 {
                let sent = scan(&mut shown, per_frame, frame_s, end);
                let entered: Vec<_> = sent.iter().filter(|one| matches!(one, Input::Entered(_))).collect();
                assert_eq!(entered, [&Input::Entered(QR.to_owned())], "{per_frame} in {frame_s} s, {end:?}");
            }
        }
    }
}

/// Somebody has tabbed to a button beside the line: a scan goes into the line all the same, and presses nothing.
#[test]
fn scan_beside_a_button_in_focus_goes_into_the_line() {
    for tabs in 1..=14 {
        for (per_frame, frame_s) in [(1, 0.002), (5, 0.05), (100, SLOW_S)] {
            for end in [Some(Key::Enter), Some(Key::Tab), None] {
                let mut shown = window(idle());
                shown.rest();
                (0..tabs).for_each(|_| drop(shown.press(Key::Tab)));
                let mut sent = scan(&mut shown, per_frame, frame_s, end);
                sent.retain(|one| !matches!(one, Input::Typed(_)));
                assert_eq!(sent, [Input::Entered(QR.to_owned())], "{tabs} tabs, {per_frame} in {frame_s} s, {end:?}");
            }
        }
    }
}

/// A space never presses, as no letter does; an Enter presses what has the focus.
#[test]
fn space_presses_nothing_beside_a_line() {
    for tabs in 1..=14 {
        let mut shown = window(idle());
        shown.rest();
        (0..tabs).for_each(|_| drop(shown.press(Key::Tab)));
        let mut sent = shown.frame(character(' '), 0.05);
        sent.extend(shown.rest());
        sent.retain(|one| !matches!(one, Input::Typed(text) if text.trim().is_empty()));
        assert_eq!(sent, [], "{tabs} tabs");
    }
}

#[test]
fn two_scans_in_one_frame_are_two() {
    let other = "099308001126|||||";
    let mut shown = window(idle());
    shown.rest();
    let mut events: Vec<Event> = QR.chars().flat_map(character).collect();
    events.extend([key(Key::Enter, true), key(Key::Enter, false)]);
    events.extend(other.chars().flat_map(character));
    events.extend([key(Key::Enter, true), key(Key::Enter, false)]);
    let mut sent = shown.frame(events, SLOW_S);
    sent.extend(shown.rest());
    // One person stands there: the last code counts.
    let entered: Vec<_> = sent.iter().filter(|one| matches!(one, Input::Entered(_))).collect();
    assert_eq!(entered, [&Input::Entered(other.to_owned())]);
}

#[test]
fn letters_of_one_screen_are_no_text_of_another() {
    let mut shown = window(idle());
    shown.rest();
    shown.frame(character('7'), 0.02);
    shown.show(deciding());
    shown.rest();
    shown.show(idle());
    let sent = typed_by(&mut shown, "000017", 0.02, |_| idle());
    assert_eq!(sent.last(), Some(&Input::Entered("000017".to_owned())));
}

#[test]
fn rows_of_the_search_are_reached_and_picked_by_keys() {
    let mut shown = window(views::view(Screen::Idle(views::search())));
    shown.rest();
    shown.press(Key::Tab);
    let sent = shown.press(Key::Enter);
    assert!(matches!(sent.last(), Some(Input::Picked(_))), "{sent:?}");
}

#[test]
fn pin_goes_in_key_by_key() {
    for frame_s in [0.002, 0.03, SLOW_S] {
        let view = crate::views_preparing::sign_in(|view| view.chosen = Some(0));
        let mut shown = window(view.clone());
        let sent = typed_by(&mut shown, "593972", frame_s, |_| view.clone());
        let expected = Input::EnteredPin(bits::secret::Secret::new("593972".to_owned()));
        assert_eq!(sent, [expected], "{frame_s}");
    }
}

/// A display that went dark: the key or the finger that wakes it decides nothing, the next one does.
#[test]
fn what_wakes_a_dark_screen_presses_nothing() {
    let admit = vec![Input::Chose(Choice::Admit, Meaning(0))];
    let mut shown = window(deciding());
    shown.rest();
    shown.press(Key::ArrowDown);
    shown.frame(Vec::new(), 200.0);
    assert_eq!(shown.press(Key::F5), admit, "somebody who looks at it for minutes");
    let mut shown = window(deciding());
    shown.rest();
    shown.press(Key::ArrowDown);
    shown.frame(Vec::new(), 600.0);
    assert_eq!(shown.press(Key::F5), [], "whoever wakes it has seen nothing");
    assert_eq!(shown.press(Key::F5), admit);
    let mut shown = window(deciding());
    shown.rest();
    shown.press(Key::ArrowDown);
    shown.frame(Vec::new(), 600.0);
    let button = shown.button_at("Cho vào  [F5]");
    assert_eq!(shown.click_at(button), [], "nor has whoever touches it");
    shown.rest();
    assert_eq!(shown.click_at(button), admit);
}
