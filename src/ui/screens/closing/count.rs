//! A number is typed: the scripts of a room, or how many are in by whoever cannot hold a key down.
//!
//! An Enter ends no session: a scanner presses it too. A number that agrees gives a button, which is pressed like any other.

use super::summary::{FOOT_HEIGHT, place_of};
use super::told;
use crate::screens::Tools;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::{LineKind, LineLook, Press, Weight, banner, button, line};
use checkin::event::{Choice, Input};
use checkin::failure::Signal;
use checkin::view::{CountingView, TypedArrivals, TypingView};
use egui::{Frame, Key, Panel, Ui};

/// The scripts of a room.
pub(super) fn scripts(ui: &mut Ui, view: &CountingView, text: &mut String, tools: &Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let foot = Panel::bottom("counting").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let back = foot.show(ui, |ui| {
        ui.add_space(style::GAP);
        back(ui, words, ui.available_width())
    });
    let title = format!("{} — {}", words.scripts_title, place_of(&view.room, words));
    let entered = number(ui, &title, &words.scripts_label, text, tools);
    if view.wrong {
        told(ui, Signal::Attention, &words.scripts_wrong);
    }
    entered.map(Input::EnteredCount).or(back.inner)
}

/// How many are in.
pub(super) fn arrived(ui: &mut Ui, view: &TypingView, text: &mut String, tools: &Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let foot = Panel::bottom("typing").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let pressed = foot.show(ui, |ui| {
        ui.add_space(style::GAP);
        ui.horizontal(|ui| {
            let width = (ui.available_width() - ui.spacing().item_spacing.x) / 2.0;
            let pressed = back(ui, words, width);
            if !view.ends {
                return pressed;
            }
            let press = Press { key: Some(Key::F10), weight: Weight::Side, alive: tools.buttons.alive };
            let end = Input::Chose(Choice::EndSession, tools.buttons.meaning);
            pressed.or(button(ui, &words.action_end_counted, press, width).then_some(end))
        })
        .inner
    });
    let entered = number(ui, &words.arrived_title, &words.arrived_label, text, tools);
    match view.typed {
        TypedArrivals::Nothing => {}
        TypedArrivals::NoNumber => told(ui, Signal::Attention, &words.arrived_wrong),
        TypedArrivals::Number(typed) if view.ends => {
            told(ui, Signal::Ok, &compared(&words.arrived_agrees, typed, view.arrived));
        }
        TypedArrivals::Number(typed) => {
            told(ui, Signal::Attention, &compared(&words.arrived_differs, typed, view.arrived));
        }
    }
    entered.map(Input::EnteredCount).or(pressed.inner)
}

fn compared(words: &str, typed: u64, arrived: usize) -> String {
    let difference = typed.abs_diff(u64::try_from(arrived).unwrap_or(u64::MAX));
    let filled = words.replace("{typed}", &typed.to_string()).replace("{arrived}", &arrived.to_string());
    filled.replace("{n}", &difference.to_string())
}

fn back(ui: &mut Ui, words: &Words, width: f32) -> Option<Input> {
    let press = Press::always(Some(Key::Escape), Weight::Side);
    button(ui, &words.action_back, press, width).then_some(Input::Back)
}

/// A title and the line; what was entered, the last of a frame.
fn number(ui: &mut Ui, title: &str, label: &str, text: &mut String, tools: &Tools<'_>) -> Option<String> {
    banner(ui, Signal::Attention, title, "");
    let entered = ui.vertical_centered(|ui| {
        ui.add_space(style::GAP * 2.0);
        let look = LineLook {
            kind: LineKind::Count,
            label,
            hint: &tools.strings.words.scripts_hint,
            font: style::mono(Size::Banner),
            width: 360.0,
        };
        line(ui, &look, text, tools.hand).entered.into_iter().next_back()
    });
    ui.add_space(style::GAP);
    entered.inner
}
