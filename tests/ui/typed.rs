//! The end of a session by whoever cannot hold a key down.

use crate::screens::{alive, situation};
use crate::views;
use checkin::event::{Choice, Input, Meaning};
use checkin::view::{Screen, TypedArrivals, View};
use egui::Key;
use egui_kittest::kittest::Queryable as _;

/// The number that agrees gives a button; an Enter behind it, held or scanned, ends nothing.
#[test]
fn a_typed_number_ends_nothing_until_a_button_is_pressed() {
    let typing = |typed| views::view(Screen::Closing(views::typing(typed)));
    let entered = [Input::EnteredCount("471".to_owned())];
    let mut shown = alive(typing(TypedArrivals::Nothing));
    assert_eq!(shown.press(Key::F10), [], "no number, no end");
    shown.type_text("471");
    assert_eq!(shown.press(Key::Enter), entered);
    shown.show(View { meaning: Meaning(3), ..typing(TypedArrivals::Number(471)) });
    assert_eq!(shown.frame(vec![], 0.05), []);
    assert_eq!(shown.key(Key::F10, true, 0.02), [], "the button has just come");
    shown.key(Key::F10, false, 0.02);
    shown.rest();
    let ended = [Input::Chose(Choice::EndSession, Meaning(3))];
    assert_eq!(shown.press(Key::Enter), [], "nothing stands in the line, and an Enter presses nothing");
    assert_eq!(shown.press(Key::F10), ended);
    assert_eq!(
        alive(typing(TypedArrivals::Number(471))).click("Kết thúc buổi thi  [F10]"),
        [Input::Chose(Choice::EndSession, Meaning(0))]
    );
    let mut other = alive(typing(TypedArrivals::Number(469)));
    assert_eq!(other.press(Key::F10), []);
    assert!(other.harness.query_by_label_contains("Bạn gõ 469, bàn này ghi 471: chênh 2.").is_some());
}

/// The summary leads there beside the button that is held, and only where one person alone may end it.
#[test]
fn whoever_cannot_hold_a_key_finds_another_way() {
    let words = "Không giữ nút được: gõ số người đã vào";
    assert_eq!(alive(situation("closing_asking")).click(words), [Input::TypeArrived]);
    assert!(alive(situation("closing_unsent")).harness.query_by_label(words).is_none());
}
