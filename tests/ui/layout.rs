//! Where things stand, in every situation, size and language: nothing lies over something else, and nothing is cut off.

use crate::screens::{Window, situation, window_of};
use crate::views;
use checkin::view::{CaseView, Screen, View};
use egui::accesskit::Role;
use egui::{Key, Rect, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use ui::style;
use words::Language;

pub(crate) const SIZES: [Vec2; 3] = [style::DESIGN_SIZE, Vec2::new(1024.0, 600.0), Vec2::new(1920.0, 1080.0)];
/// What the harness leaves around every window.
const HARNESS_MARGIN: f32 = 8.0;
/// Two pieces that share so much are beside each other.
const TOUCHING: f32 = 3.0;

/// Screens whose texts go on below the fold of a list that scrolls; their buttons have to keep their places all the same.
const SCROLLING: [&str; 2] = ["preparing_package", "closing_unsent"];

/// A window in this size and language, drawn for some frames.
pub(crate) fn drawn(view: View, size: Vec2, language: Language) -> Window {
    let mut shown = window_of(view, size);
    shown.harness.run_steps(3);
    if language == Language::English {
        shown.harness.key_press(Key::F2);
        shown.harness.run_steps(3);
    }
    shown
}

/// What stands where: texts, buttons and pictures.
fn pieces(shown: &Window) -> Vec<(Role, String, Rect)> {
    let all = shown.harness.root().children_recursive().filter_map(|node| {
        let inner = node.accesskit_node();
        let text = inner.label().or_else(|| inner.value()).unwrap_or_default();
        matches!(inner.role(), Role::Label | Role::Button | Role::Image).then(|| (inner.role(), text, node.rect()))
    });
    all.filter(|(_, text, rect)| !text.is_empty() && rect.is_positive()).collect()
}

/// A text may stand in the frame of a portrait that is missing.
fn may_overlap(one: Role, other: Role) -> bool {
    matches!((one, other), (Role::Image, Role::Label) | (Role::Label, Role::Image))
}

#[test]
fn nothing_lies_over_something_else_and_nothing_is_cut_off() {
    let mut faults = Vec::new();
    for (name, view) in views::all() {
        for size in SIZES {
            for language in [Language::Vietnamese, Language::English] {
                let shown = drawn(view.clone(), size, language);
                let window = shown.harness.ctx.content_rect();
                let mut pieces = pieces(&shown);
                // A bar that is full of trouble has several rows.
                let first = pieces.iter().find(|(_, text, _)| matches!(text.as_str(), "Đầu đọc" | "Reader"));
                let usual = window.bottom() - style::STATUS_HEIGHT - HARNESS_MARGIN;
                let status = first.map_or(usual, |(.., rect)| usual.min(rect.top() - 0.5));
                pieces.retain(|(role, ..)| *role == Role::Button || !SCROLLING.contains(&name));
                let place = format!("{name}, {size:?}, {language:?}");
                for (index, (role, text, rect)) in pieces.iter().enumerate() {
                    let is_in = window.expand(0.5).contains_rect(*rect);
                    if !is_in || (rect.top() < status && rect.bottom() > status + 0.5) {
                        faults.push(format!("{place}: {text:?} leaves the screen: {rect:?}"));
                    }
                    for (other_role, other, other_rect) in pieces.iter().skip(index + 1) {
                        let shared = rect.intersect(*other_rect);
                        let is_over = shared.width() > TOUCHING && shared.height() > TOUCHING;
                        if is_over && !may_overlap(*role, *other_role) {
                            faults.push(format!("{place}: {text:?} and {other:?} lie over each other: {shared:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn both_portraits_have_one_size_whether_they_are_there_or_not() {
    let none = |case: &mut CaseView| case.listed_portrait = None;
    let both = |case: &mut CaseView| case.listed_portrait = Some(views::portrait());
    let changes: [fn(&mut CaseView); 2] = [none, both];
    for name in ["verdict_admit", "verdict_working", "verdict_stop", "already_in", "elsewhere", "verdict_recorded"] {
        for change in changes {
            let mut view = situation(name);
            match &mut view.screen {
                Screen::Verdict(case) | Screen::AlreadyIn(case) | Screen::Elsewhere(case) => change(case),
                _ => panic!("nobody stands there: {name}"),
            }
            let shown = drawn(view, style::DESIGN_SIZE, Language::Vietnamese);
            let images = shown.harness.query_all_by_role(Role::Image).map(|image| image.rect().size());
            let sizes: Vec<Vec2> = images.collect();
            assert!(matches!(sizes.as_slice(), [chip, listed] if chip == listed), "{name}: {sizes:?}");
        }
    }
}

/// Thirty points, in one line, in either language.
#[test]
fn what_is_to_be_done_stands_there_in_thirty_points() {
    for (language, words) in [
        (Language::Vietnamese, "Gọi tên — hỏi ngày sinh — so ảnh"),
        (Language::English, "Call name — ask birthday — compare"),
    ] {
        for size in SIZES {
            let shown = drawn(situation("verdict_admit"), size, language);
            let rect = shown.harness.get_by_label(words).rect();
            assert!(rect.height() > 38.0 && rect.height() < 46.0, "{language:?}, {size:?}: {rect:?}");
        }
    }
}

/// Two people see it otherwise: red and green are alike to one man in twelve, height is not.
#[test]
fn a_stop_has_another_form_than_everything_else() {
    let top_of = |name: &str| {
        let shown = drawn(situation(name), style::DESIGN_SIZE, Language::Vietnamese);
        shown.harness.query_all_by_role(Role::Image).map(|image| image.rect().top()).fold(f32::INFINITY, f32::min)
    };
    let (stop, attention) = (top_of("verdict_stop"), top_of("already_in"));
    assert!(stop >= attention + 30.0, "{stop} {attention}");
}

#[test]
fn an_sbd_is_shown_in_two_groups() {
    assert_eq!(ui::text::grouped("99000267"), "99\u{a0}000267");
    assert_eq!(ui::text::grouped("1234567"), "1\u{a0}234567");
    for as_it_is in ["000267", "", "TS-0123456", "0102đ45678"] {
        assert_eq!(ui::text::grouped(as_it_is), as_it_is);
    }
    for (name, view) in views::all() {
        let shown = drawn(view, style::DESIGN_SIZE, Language::Vietnamese);
        let bare = pieces(&shown).into_iter().find(|(_, text, _)| text.contains("01000123"));
        assert!(bare.is_none(), "{name}: {bare:?}");
    }
}
