//! Letters that no font of ours has.

use crate::screens::{alive, situation};
use crate::views;
use bits::secret::Pii;
use checkin::view::{CaseView, PersonView, Screen};
use egui_kittest::kittest::Queryable as _;

/// What no font of ours can draw is named by its code point: two different names never look alike.
#[test]
fn characters_that_cannot_be_drawn_are_named() {
    let shown = alive(situation("idle_foreign_letters"));
    for name in ["Nguyễn ‹U+1F600› Mẫu", "Nguyễn ‹U+1F601› Mẫu", "Trần ‹U+660E› Thử", "Trần‹U+200B› Thử"]
    {
        assert!(shown.harness.query_by_label_contains(name).is_some(), "{name}");
    }
    let named = |name: &str| {
        let person = PersonView { name: Pii::new(name.to_owned()), ..views::admit().person };
        alive(views::view(Screen::Verdict(CaseView { person, ..views::admit() })))
    };
    let read = "‹U+2039›U+1F600› 明".replace('明', "‹U+660E›");
    assert!(named("‹U+1F600› 明").harness.query_by_label(&read).is_some(), "nobody can be called like a stand-in");
    assert!(named("H'Hen Niê Đặng Ẳ").harness.query_by_label("H'Hen Niê Đặng Ẳ").is_some());
}
