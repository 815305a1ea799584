//! The lock as a person finds it: a key on every screen, a PIN, and nothing of what stands behind.

use crate::screens::{alive, situation, window};
use crate::views;
use bits::secret::Secret;
use checkin::event::{Input, Meaning};
use checkin::view::{Header, Screen, View};
use egui::{Event, Key};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const QR: &str = "099208000017|001234567|Nguyen Van Mau|15022008|Nam|Ha Noi|01012024";

#[test]
fn the_lock_has_a_key_and_a_button_wherever_it_can_be_locked() {
    for (name, view) in views::all() {
        let can_lock = view.header.can_lock;
        let expected: &[Input] = if can_lock { &[Input::Lock] } else { &[] };
        assert_eq!(alive(view.clone()).press(Key::F12), expected, "{name}");
        let shown = alive(view);
        assert_eq!(shown.harness.query_by_label("Khóa bàn [F12]").is_some(), can_lock, "{name}");
    }
    assert_eq!(alive(situation("verdict_admit")).click("Khóa bàn [F12]"), [Input::Lock]);
}

#[test]
fn a_held_lock_is_one_press() {
    let mut shown = alive(situation("idle"));
    let down = || Event::Key {
        key: Key::F12,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    let mut sent = shown.frame(vec![down()], 0.03);
    for _ in 0..20 {
        sent.extend(shown.frame(vec![down()], 0.03));
    }
    assert_eq!(sent, [Input::Lock]);
}

#[test]
fn the_pin_is_typed_without_a_click_and_another_person_is_chosen() {
    let mut pin = alive(situation("locked_pin"));
    pin.type_text("480913");
    assert_eq!(pin.press(Key::Enter), [Input::EnteredPin(Secret::new("480913".to_owned()))]);
    assert_eq!(alive(situation("locked_pin")).press(Key::Escape), [Input::Back]);
    assert_eq!(alive(situation("locked_people")).press(Key::Num2), [Input::ChoseOperator(1)]);
}

/// Half of the second person's PIN does not go over into the line of whoever opens the desk.
#[test]
fn what_was_typed_of_another_pin_is_gone() {
    let mut shown = alive(situation("waiting_pin"));
    shown.type_text("480");
    shown.show(View { meaning: Meaning(3), ..situation("locked_pin") });
    shown.rest();
    shown.type_text("913111");
    assert_eq!(shown.press(Key::Enter), [Input::EnteredPin(Secret::new("913111".to_owned()))]);
}

/// A scanner that is pointed at a locked desk chooses nobody and gives no PIN but its own text, which is none.
#[test]
fn a_scan_at_a_locked_desk_decides_nothing() {
    for name in ["locked_people", "locked_pin"] {
        let mut shown = alive(situation(name));
        let mut sent = shown.type_text(QR);
        sent.extend(shown.press(Key::Enter));
        let harmless = |input: &Input| match input {
            Input::Scanned(text) => text == QR,
            // No person's PIN: the desk takes it for no try.
            Input::EnteredPin(pin) => pin.expose().len() > 8,
            _ => false,
        };
        assert!(sent.iter().all(harmless), "{name}: {sent:?}");
    }
}

#[test]
fn nothing_of_a_person_is_read_out() {
    let mut shown = window(View { news: situation("locked_late_news").news, ..situation("locked_pin") });
    shown.show(View {
        header: Header { can_lock: false, ..views::view(situation("locked_pin").screen).header },
        ..situation("locked_late_news")
    });
    shown.rest();
    assert!(matches!(situation("locked_pin").screen, Screen::Locked(_)));
    for node in shown.harness.root().children_recursive() {
        let label = node.accesskit_node().label().unwrap_or_default();
        assert!(!label.contains("01000123") && !label.contains("Ngọc"), "{label}");
    }
    assert!(shown.harness.query_by_label_contains("[F11]").is_none(), "nobody answers for it from here");
}
