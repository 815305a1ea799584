//! Before the end: the rooms, what is still open, and the scripts of a room.
//!
//! Enter ends nothing: it presses what has the focus, and nothing has it at first.

use super::told;
use crate::screens::Buttons;
use crate::style::{self, Size};
use crate::text::{Words, grouped};
use crate::widgets::{Hold, Press, Weight, banner, button, focus_ring, hold_button};
use checkin::event::{Choice, Input};
use checkin::failure::Signal;
use checkin::view::{AskingView, Beside, Carried, ClosingRoomView, OutsidePeople, Unsent};
use egui::{Frame, Panel, RichText, ScrollArea, Ui, Vec2};
use egui::{Key, Label};

pub(super) const FOOT_HEIGHT: f32 = 84.0;
const ROW_HEIGHT: f32 = 48.0;
const SLOTS: f32 = 5.0;
/// Room for a row with all its counts.
const ROOMS_WIDTH: f32 = 700.0;

/// The summary.
pub(super) fn show(ui: &mut Ui, view: &AskingView, state: Buttons, words: &Words) -> Option<Input> {
    let foot = Panel::bottom("ending").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let pressed = foot.show(ui, |ui| endings(ui, view, state, words)).inner;
    banner(ui, Signal::Attention, &words.closing_title, &format!("{} / {}", view.arrived, view.expected));
    ui.add_space(style::GAP / 2.0);
    let picked = ui.horizontal_top(|ui| {
        let left = ui.vertical(|ui| {
            ui.set_width(ROOMS_WIDTH);
            open(ui, &view.unsent, words);
            let facts = RichText::new(facts(view, words)).font(style::font(Size::Body)).color(style::tokens().ink_soft);
            ui.add(Label::new(facts).wrap());
            rooms(ui, &view.rooms, words).filter(|_| !view.is_busy)
        });
        ui.add_space(style::GAP);
        ui.vertical(|ui| outside(ui, &view.people, words));
        left.inner
    });
    pressed.or(picked.inner)
}

/// Who belongs here and is not in, by SBD: what is written into the minutes is read off here.
fn outside(ui: &mut Ui, people: &OutsidePeople, words: &Words) {
    ui.set_width(ui.available_width());
    if people.is_nobody() {
        ui.label(RichText::new(&words.closing_nobody).font(style::bold(Size::Large)).color(style::tokens().ink));
        return;
    }
    let lists = [
        (&words.closing_absent, &people.absent),
        (&words.waiting_title, &people.waiting),
        (&words.closing_not_admitted, &people.not_admitted),
    ];
    let scroll = ScrollArea::vertical().id_salt("outside").auto_shrink([false, true]).min_scrolled_height(0.0);
    scroll.show(ui, |ui| {
        for (title, numbers) in lists.into_iter().filter(|(_, numbers)| !numbers.is_empty()) {
            let title = format!("{title}: {}", numbers.len());
            ui.add(Label::new(RichText::new(title).font(style::bold(Size::Large)).color(style::tokens().ink)).wrap());
            let numbers = numbers.iter().map(|number| grouped(number)).collect::<Vec<_>>().join("   ");
            ui.add(Label::new(RichText::new(numbers).font(style::font(Size::Large)).color(style::tokens().ink)).wrap());
            ui.add_space(style::GAP);
        }
    });
}

/// What has not reached whom it is for, each with what to do.
fn open(ui: &mut Ui, unsent: &Unsent, words: &Words) {
    let counted = |count: usize, text: &String| (count > 0).then(|| text.replace("{n}", &count.to_string()));
    let lines = [
        counted(unsent.waiting, &words.unsent_waiting),
        counted(unsent.news, &words.unsent_news),
        counted(unsent.uncounted, &words.unsent_scripts),
        unsent.log.then(|| words.unsent_log.clone()),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    if lines.is_empty() {
        ui.add(
            Label::new(RichText::new(&words.closing_hint).font(style::font(Size::Large)).color(style::tokens().ink))
                .wrap(),
        );
    }
    for text in lines {
        told(ui, Signal::Attention, &text);
    }
}

/// Everything that stands in no room, in as few lines as it takes: the rooms below are what is pressed.
fn facts(view: &AskingView, words: &Words) -> String {
    let Beside { guests, directed, waiting } = view.beside;
    let beside = [
        (&words.closing_guests, guests),
        (&words.closing_directed, directed),
        (&words.closing_waiting_others, waiting),
    ];
    let beside = beside.into_iter().filter(|(_, count)| *count > 0);
    let always = [
        format!("{}: {} {}", words.closed_entries, view.entries, words.entries),
        format!("{}: {}", words.closed_unanswered, view.unanswered),
    ];
    let all = always.into_iter().chain(beside.map(|(name, count)| format!("{name}: {count}")));
    all.collect::<Vec<_>>().join("   ·   ")
}

/// A row a room; the whole row is pressed to type its scripts.
fn rooms(ui: &mut Ui, rooms: &[ClosingRoomView], words: &Words) -> Option<Input> {
    let mut picked = None;
    ScrollArea::vertical().auto_shrink([false, true]).min_scrolled_height(0.0).show(ui, |ui| {
        for (index, room) in rooms.iter().enumerate() {
            let text = RichText::new(room_text(room, words)).font(style::bold(Size::Body)).color(style::tokens().ink);
            let width = ui.available_width() - style::GAP;
            let response = ui.add_sized(Vec2::new(width, ROW_HEIGHT), egui::Button::new(text).truncate());
            focus_ring(ui, &response);
            if response.clicked() {
                picked = Some(Input::PickedRoom(index));
            }
        }
    });
    picked
}

fn room_text(room: &ClosingRoomView, words: &Words) -> String {
    let summary = &room.summary;
    let name = place_of(&summary.room, words);
    let scripts = match room.scripts {
        Some(scripts) => words.scripts_counted.replace("{n}", &scripts.to_string()),
        None => words.scripts_unknown.clone(),
    };
    let counted = words
        .closing_room
        .replace("{arrived}", &summary.arrived.to_string())
        .replace("{expected}", &summary.expected.to_string())
        .replace("{waiting}", &summary.waiting.to_string());
    format!("{name}   ·   {counted}   ·   {scripts}")
}

/// A list that names no rooms has one: the whole site.
pub(super) fn place_of(room: &str, words: &Words) -> String {
    if room.is_empty() { words.whole_site.clone() } else { format!("{} {room}", words.room) }
}

/// Each has its place, whether it is there or not.
fn endings(ui: &mut Ui, view: &AskingView, state: Buttons, words: &Words) -> Option<Input> {
    ui.add_space(style::GAP);
    let width = (ui.available_width() - ui.spacing().item_spacing.x * (SLOTS - 1.0)) / SLOTS;
    let alive = state.alive && !view.is_busy;
    let end = |choice, key| {
        let offered = view.choices.contains(&choice);
        offered.then_some((Press { key: Some(key), weight: Weight::Side, alive }, Input::Chose(choice, state.meaning)))
    };
    // Whoever cannot hold a key down types a number first.
    let by_count = view.choices.contains(&Choice::EndSession);
    let by_count = by_count.then_some((Press { key: None, weight: Weight::Side, alive }, Input::TypeArrived));
    let carry = Press { key: Some(Key::F9), weight: Weight::Side, alive: !view.is_busy };
    let slots = [
        (&words.action_back, Some((Press::always(Some(Key::Escape), Weight::Side), Input::Back))),
        (carry_word(view.carried, words), view.carried.map(|_| (carry, Input::ExportLog))),
        (&words.action_end_unsent, end(Choice::EndUnsent, Key::F8)),
        (&words.action_type_arrived, by_count),
        (&words.action_end_session, end(Choice::EndSession, Key::F10)),
    ];
    let mut pressed = None;
    ui.horizontal(|ui| {
        for (text, slot) in slots {
            match slot {
                Some((press, input @ Input::Chose(Choice::EndSession, meaning))) => {
                    let hold = Hold { seconds: END_S, meaning };
                    let is_held = hold_button(ui, text, press, hold, width);
                    pressed = is_held.then_some(input).or(pressed.take());
                }
                Some((press, input)) => pressed = button(ui, text, press, width).then_some(input).or(pressed.take()),
                None => drop(ui.allocate_exact_size(Vec2::new(width, style::MAIN_TARGET), egui::Sense::hover())),
            }
        }
    });
    pressed
}

/// For how long the end of a session is held: nothing is recorded at this desk afterwards.
const END_S: f64 = 2.0;

fn carry_word(carried: Option<Carried>, words: &Words) -> &String {
    match carried {
        Some(Carried::Whole) => &words.export_done,
        Some(Carried::Failed) => &words.export_failed,
        Some(Carried::Not) | None => &words.action_export,
    }
}
