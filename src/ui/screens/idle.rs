//! Idle: one instruction, one line to scan or type into. Never a list of names, but what was searched for.

use super::Tools;
use crate::checkin::event::Input;
use crate::checkin::view::{FoundRow, IdleView, Instruction};
use crate::ui::icons;
use crate::ui::style::{self, Size};
use crate::ui::text::Words;
use crate::ui::widgets::{notice, side_by_side};
use egui::{Align, Frame, Key, Layout, Panel, RichText, TextEdit, Ui, Vec2};

const COLUMN_WIDTH: f32 = 900.0;
const ROW_HEIGHT: f32 = 52.0;
const FOOT_HEIGHT: f32 = 48.0;

/// Draws the screen; `line` is the text in the input line, kept between frames.
pub(crate) fn show(ui: &mut Ui, view: &IdleView, line: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let searching = !view.found.is_empty() || view.found_nothing;
    let foot = Panel::bottom("idle-foot").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let ended = foot.show(ui, |ui| end_session(ui, words)).inner;
    let input = ui.vertical_centered(|ui| {
        ui.set_max_width(COLUMN_WIDTH);
        let told = view.reader_failure.or(view.notice);
        if !searching {
            picture(ui, told.is_some());
        }
        ui.label(RichText::new(instruction(view.instruction, words)).font(style::bold(Size::Title)).color(style::INK));
        ui.add_space(style::GAP);
        let mut input = entry(ui, line, words);
        ui.add_space(style::GAP);
        if let Some(failure) = told.filter(|_| !searching) {
            notice(ui, failure, tools.strings);
        }
        input = found(ui, view, words).or(input);
        if let Some(last) = view.last.as_ref().filter(|_| !searching) {
            let text = format!("{} {} · {}", words.last_recorded, last.time, last.entry);
            ui.label(RichText::new(text).font(style::font(Size::Body)).color(style::INK_SOFT));
        }
        input
    });
    input.inner.or(ended)
}

/// Apart from everything that is pressed for a person.
fn end_session(ui: &mut Ui, words: &Words) -> Option<Input> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let text = RichText::new(&words.end_session).font(style::font(Size::Body)).color(style::INK_SOFT);
        let button = egui::Button::new(text).min_size(Vec2::new(0.0, style::TARGET_MIN));
        ui.add(button).clicked().then_some(Input::EndSession)
    })
    .inner
}

fn picture(ui: &mut Ui, small: bool) {
    let size = if small { Vec2::new(300.0, 205.0) } else { Vec2::new(440.0, 300.0) };
    ui.add_space(if small { 8.0 } else { 28.0 });
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    icons::card_on_reader(ui.painter(), rect);
    ui.add_space(style::GAP);
}

fn entry(ui: &mut Ui, line: &mut String, words: &Words) -> Option<Input> {
    let label = ui.label(RichText::new(&words.input_label).font(style::font(Size::Body)).color(style::INK_SOFT));
    let edit = TextEdit::singleline(line)
        .font(style::font(Size::Title))
        .hint_text(RichText::new(&words.input_hint).font(style::font(Size::Large)).color(style::INK_SOFT))
        .margin(egui::Margin::symmetric(16, 12))
        .desired_width(COLUMN_WIDTH - 32.0);
    let response = ui.add(edit).labelled_by(label.id);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if !response.has_focus() {
        // A scanner does not wait for the focus: what came in this frame is taken by hand.
        line.push_str(&typed_text(ui));
        if ui.input(|input| input.focused) {
            response.request_focus();
        }
    }
    if entered && !line.trim().is_empty() {
        return Some(Input::Entered(std::mem::take(line)));
    }
    response.changed().then(|| Input::Typed(line.clone()))
}

/// The text that was typed or scanned in this frame.
pub(crate) fn typed_text(ui: &Ui) -> String {
    ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            egui::Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    })
}

fn found(ui: &mut Ui, view: &IdleView, words: &Words) -> Option<Input> {
    if view.found_nothing {
        ui.label(RichText::new(&words.search_none).font(style::font(Size::Large)).color(style::INK_SOFT));
    }
    let mut picked = view.twins.as_ref().and_then(|twins| side_by_side(ui, twins, words, true)).map(Input::Picked);
    let beside: Vec<_> = view.twins.iter().flat_map(|twins| &twins.people).map(|one| one.id).collect();
    for row in view.found.iter().filter(|row| !beside.contains(&row.id)) {
        if found_row(ui, row, words) {
            picked = Some(Input::Picked(row.id));
        }
    }
    picked
}

fn found_row(ui: &mut Ui, row: &FoundRow, words: &Words) -> bool {
    let text = format!(
        "{}   ·   {}   ·   {} {}   ·   {} {}",
        row.name.reveal(),
        row.birth_date.reveal(),
        words.candidate_number,
        row.number,
        words.room,
        row.room
    );
    let button = egui::Button::new(RichText::new(text).font(style::bold(Size::Body)).color(style::INK));
    ui.add_sized(Vec2::new(COLUMN_WIDTH, ROW_HEIGHT), button).clicked()
}

fn instruction(instruction: Instruction, words: &Words) -> &str {
    match instruction {
        Instruction::ScanAndPlace => &words.idle_title,
        Instruction::GiveKey => &words.idle_card_waiting,
        Instruction::PlaceCard => &words.idle_key_ready,
        Instruction::TakeCardAway => &words.idle_remove_card,
    }
}
