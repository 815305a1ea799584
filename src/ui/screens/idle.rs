//! Idle: one instruction, one line to scan or type into. Never a list of names, but what was searched for.

mod found;

use super::Tools;
use crate::glyphs::drawable;
use crate::hand::Hand;
use crate::icons;
use crate::style::{self, Size};
use crate::text::{Words, grouped};
use crate::widgets::{LineKind, LineLook, Touched, focus_ring, line, notice, pad};
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::{IdleView, Instruction, SignalsView};
use egui::{Frame, Panel, RichText, Ui, Vec2};

/// Between two margins, of which the right one holds the pad of digits.
const COLUMN_WIDTH: f32 = 850.0;
const FOOT_HEIGHT: f32 = 48.0;

/// Draws the screen; `text` is the text in the input line, kept between frames.
pub(crate) fn show(ui: &mut Ui, view: &IdleView, text: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let searching = !view.found.is_empty() || view.found_nothing;
    let foot = Panel::bottom("idle-foot").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let ended = foot.show(ui, |ui| feet(ui, view, words)).inner;
    let input = ui.vertical_centered(|ui| {
        ui.set_max_width(COLUMN_WIDTH);
        let told = view.reader_failure.or(view.notice);
        if !searching {
            picture(ui, told.is_some());
        }
        headline(ui, view, searching, words);
        let mut input = entry(ui, text, tools.hand, words);
        ui.add_space(style::GAP);
        if let Some(failure) = told.filter(|_| !searching) {
            notice(ui, failure, tools.told());
        }
        input = found::show(ui, view, tools.buttons, words).or(input);
        if let Some(last) = view.last.as_ref().filter(|_| !searching) {
            let text = format!("{} {} · {}", words.last_recorded, last.time, words.record_of(&last.entry));
            ui.label(RichText::new(text).font(style::font(Size::Body)).color(style::tokens().ink_soft));
        }
        input
    });
    let touched = pad(ui, text, words).map(|touched| match touched {
        Touched::Changed => Input::Typed(text.clone()),
        Touched::Entered(entered) => Input::Entered(entered),
    });
    input.inner.or(ended).or(touched)
}

/// The one instruction; before it, whoever was left without a decision. What is found takes the place of the usual one.
fn headline(ui: &mut Ui, view: &IdleView, searching: bool, words: &Words) {
    if let Some(name) = &view.unrecorded {
        let text = words.idle_unrecorded.replace("{name}", &drawable(ui, name.reveal()));
        let colours = style::signal(Signal::Attention);
        style::signal_card(Signal::Attention).show(ui, |ui| {
            ui.label(RichText::new(text).font(style::bold(Size::Title)).color(colours.ink));
        });
        ui.add_space(style::GAP);
    }
    if searching && view.instruction == Instruction::ScanAndPlace {
        return;
    }
    let instruction = match (view.instruction, &view.unrecorded) {
        // Nothing is done where nothing was recorded.
        (Instruction::TakeCardAway, Some(_)) => words.idle_take_card.as_str(),
        (instruction, _) => self::instruction(instruction, words),
    };
    ui.label(RichText::new(instruction).font(style::bold(Size::Title)).color(style::tokens().ink));
    ui.add_space(style::GAP);
}

/// What is not for the person at the desk: the end of the session, in the corner that no finger comes near, and apart from
/// it those who wait, the last entry, the signals. Below the pad of digits nothing stands.
fn feet(ui: &mut Ui, view: &IdleView, words: &Words) -> Option<Input> {
    ui.horizontal(|ui| {
        let mut pressed = foot_button(ui, &words.end_session, style::tokens().ink_soft).then_some(Input::EndSession);
        ui.add_space(style::GAP * 2.0);
        if view.waiting > 0 {
            let text = format!("{} ({}) [F3]", words.waiting_open, view.waiting);
            let opened = foot_button(ui, &text, style::signal(Signal::Attention).ink);
            pressed = pressed.or(opened.then_some(Input::OpenWaiting));
        }
        if let Some((number, time)) = &view.undo {
            let number = grouped(number);
            let text = format!("{} · {} {number} · {time} [F4]", words.undo_open, words.candidate_number);
            pressed = pressed.or(foot_button(ui, &text, style::tokens().ink_soft).then_some(Input::UndoLast));
        }
        if let Some(signals) = &view.signals {
            let text = signals_text(signals, words);
            pressed = pressed.or(foot_button(ui, &text, style::tokens().ink_soft).then_some(Input::OpenSignals));
        }
        if view.examines {
            pressed =
                pressed.or(foot_button(ui, &words.examining_open, style::tokens().ink_soft).then_some(Input::Examine));
        }
        pressed
    })
    .inner
}

/// The signal of the only room, or in how many rooms it was recorded.
fn signals_text(signals: &SignalsView, words: &Words) -> String {
    match &signals.only {
        Some(time) => words.signal_at.replace("{time}", time),
        None if signals.rooms == 1 => words.signal_open.clone(),
        None => format!("{} ({}/{})", words.signal_open, signals.given, signals.rooms),
    }
}

fn foot_button(ui: &mut Ui, text: &str, ink: egui::Color32) -> bool {
    let text = RichText::new(text).font(style::bold(Size::Body)).color(ink);
    let response = ui.add(egui::Button::new(text).min_size(Vec2::new(0.0, style::TARGET_MIN)));
    focus_ring(ui, &response);
    response.clicked()
}

fn picture(ui: &mut Ui, small: bool) {
    let size = if small { Vec2::new(300.0, 205.0) } else { Vec2::new(440.0, 300.0) };
    ui.add_space(if small { 8.0 } else { 28.0 });
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    icons::card_on_reader(ui.painter(), rect);
    ui.add_space(style::GAP);
}

/// The line, and what came of it: the last whole text counts, since one person stands there.
fn entry(ui: &mut Ui, text: &mut String, hand: &Hand, words: &Words) -> Option<Input> {
    let look = LineLook {
        kind: LineKind::Search,
        label: &words.input_label,
        hint: &words.input_hint,
        font: style::font(Size::Title),
        width: COLUMN_WIDTH - 32.0,
    };
    let news = line(ui, &look, text, hand);
    match news.entered.into_iter().next_back() {
        Some(entered) => Some(Input::Entered(entered)),
        None => news.changed.then(|| Input::Typed(text.clone())),
    }
}

fn instruction(instruction: Instruction, words: &Words) -> &str {
    match instruction {
        Instruction::ScanAndPlace => &words.idle_title,
        Instruction::GiveKey => &words.idle_card_waiting,
        Instruction::PlaceCard => &words.idle_key_ready,
        Instruction::TakeCardAway => &words.idle_remove_card,
    }
}
