//! The parts of a ruling that has a place and a time: rooms to choose from, and a time to type.

use super::Tools;
use crate::icons;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::{LineKind, LineLook, focus_ring, line};
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::{RoomView, WrongTime};
use egui::{RichText, ScrollArea, Ui, Vec2};

const ROOM: Vec2 = Vec2::new(290.0, 60.0);

/// The rooms of this place, each with its signal; any number of them.
pub(super) fn rooms(ui: &mut Ui, rooms: &[RoomView], words: &Words) -> Option<Input> {
    let mut picked = None;
    ScrollArea::vertical().show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for (index, room) in rooms.iter().enumerate() {
                let text =
                    RichText::new(room_text(room, words)).font(style::bold(Size::Body)).color(style::tokens().ink);
                let response = ui.add_sized(ROOM, egui::Button::new(text).truncate());
                focus_ring(ui, &response);
                if response.clicked() {
                    picked = Some(Input::PickedRoom(index));
                }
            }
        });
    });
    picked
}

/// The room that is meant, and its signal so far.
pub(super) fn room(ui: &mut Ui, room: &RoomView, words: &Words) {
    ui.vertical_centered(|ui| {
        ui.add_space(style::GAP * 4.0);
        ui.label(RichText::new(place_of(room, words)).font(style::bold(Size::Place)).color(style::tokens().ink));
        let told = signal_of(room, words);
        ui.label(RichText::new(told).font(style::bold(Size::Title)).color(style::tokens().ink_soft));
    });
}

/// The line for a time of today.
pub(super) fn time(ui: &mut Ui, wrong: Option<WrongTime>, text: &mut String, tools: &Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    ui.vertical_centered(|ui| {
        ui.add_space(style::GAP * 2.0);
        let look = LineLook {
            kind: LineKind::Time,
            label: &words.time_label,
            hint: &words.time_hint,
            font: style::mono(Size::Banner),
            width: 360.0,
        };
        let entered = line(ui, &look, text, tools.hand).entered.into_iter().next_back();
        ui.add_space(style::GAP);
        if let Some(wrong) = wrong {
            trouble(ui, wrong, words);
        }
        entered.map(Input::EnteredTime)
    })
    .inner
}

fn trouble(ui: &mut Ui, wrong: WrongTime, words: &Words) {
    let told = match wrong {
        WrongTime::NotATime => &words.time_wrong_form,
        WrongTime::Later => &words.time_wrong_later,
        WrongTime::BeforeOpening => &words.time_wrong_opening,
    };
    style::signal_card(Signal::Attention).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, Signal::Attention, 30.0);
            let ink = style::signal(Signal::Attention).ink;
            ui.label(RichText::new(told).font(style::bold(Size::Large)).color(ink));
        });
    });
}

fn room_text(room: &RoomView, words: &Words) -> String {
    format!("{} · {}", place_of(room, words), signal_of(room, words))
}

/// A list that names no rooms has one: the whole site.
fn place_of(room: &RoomView, words: &Words) -> String {
    if room.room.is_empty() { words.whole_site.clone() } else { format!("{} {}", words.room, room.room) }
}

fn signal_of(room: &RoomView, words: &Words) -> String {
    match &room.signal {
        Some(time) => words.signal_at.replace("{time}", time),
        None => words.signal_none.clone(),
    }
}
