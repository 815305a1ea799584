//! Closing: asks once, then shows what goes into the paper minutes.

use super::{Buttons, Tools};
use crate::icons;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::{Press, Weight, banner, button};
use checkin::event::{Choice, Input};
use checkin::failure::Signal;
use checkin::view::{ClosedView, ClosingView, QrMatrix};
use egui::{Key, Label, Rect, RichText, Ui, Vec2};

const COLUMN_WIDTH: f32 = 620.0;
const QR_SIZE: f32 = 400.0;
const BUTTON_WIDTH: f32 = 420.0;

/// Draws the screen.
pub(crate) fn show(ui: &mut Ui, view: &ClosingView, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    match view {
        ClosingView::Asking { arrived, expected, entries, unanswered } => {
            banner(ui, Signal::Attention, &words.closing_title, "");
            ui.add_space(style::GAP * 2.0);
            fact(ui, &words.arrived, &format!("{arrived} / {expected}"));
            fact(ui, &words.closed_entries, &format!("{entries} {}", words.entries));
            fact(ui, &words.closed_unanswered, &unanswered.to_string());
            ui.add_space(style::GAP * 2.0);
            ui.label(RichText::new(&words.closing_hint).font(style::font(Size::Large)).color(style::INK));
            ui.add_space(style::GAP * 2.0);
            buttons(ui, tools.buttons, words)
        }
        ClosingView::Writing => {
            banner(ui, Signal::Working, &words.closing_writing, "");
            None
        }
        ClosingView::Closed(closed) => {
            banner(ui, Signal::Ok, &words.closed_title, &closed.head.time);
            ui.add_space(style::GAP);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| qr_code(ui, closed, words));
                ui.add_space(style::GAP * 2.0);
                ui.vertical(|ui| minutes(ui, closed, words));
            });
            None
        }
    }
}

fn buttons(ui: &mut Ui, state: Buttons, words: &Words) -> Option<Input> {
    ui.horizontal(|ui| {
        // Enter ends nothing by accident: the way back is what it presses.
        let back = button(ui, &words.action_back, Press::always(Some(Key::Enter), Weight::Main), BUTTON_WIDTH);
        let end = Press { key: Some(Key::F10), weight: Weight::Side, alive: state.alive };
        let end = button(ui, &words.action_end_session, end, BUTTON_WIDTH);
        end.then_some(Input::Chose(Choice::EndSession, state.meaning)).or(back.then_some(Input::Back))
    })
    .inner
}

fn qr_code(ui: &mut Ui, closed: &ClosedView, words: &Words) {
    ui.label(RichText::new(&words.closed_qr).font(style::font(Size::Body)).color(style::INK_SOFT));
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(QR_SIZE), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0, style::SURFACE);
    if let Some(code) = &closed.head.qr {
        draw(ui, rect, code);
    }
}

/// Dark modules with the quiet zone of four that a camera needs.
fn draw(ui: &Ui, rect: Rect, code: &QrMatrix) {
    let modules = u16::try_from(code.width() + 8).map_or(1.0, f32::from);
    // Whole pixels, or hair lines between the modules confuse cameras.
    let pixels = ui.ctx().pixels_per_point();
    let side = (rect.width() * pixels / modules).floor() / pixels;
    let start = rect.center() - Vec2::splat(side * (modules - 8.0) / 2.0);
    let at = |index: usize| u16::try_from(index).map_or(0.0, f32::from) * side;
    for (row, line) in code.rows().enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, dark)| **dark) {
            let corner = start + Vec2::new(at(column), at(row));
            ui.painter().rect_filled(Rect::from_min_size(corner, Vec2::splat(side)), 0, style::INK);
        }
    }
}

fn minutes(ui: &mut Ui, closed: &ClosedView, words: &Words) {
    ui.set_width(COLUMN_WIDTH);
    ui.label(RichText::new(&words.closed_characters).font(style::font(Size::Large)).color(style::INK_SOFT));
    let code = RichText::new(&closed.head.characters).font(style::mono(Size::Title)).color(style::INK);
    style::card().show(ui, |ui| ui.label(code));
    ui.add_space(style::GAP);
    fact(ui, &words.arrived, &format!("{} / {}", closed.arrived, closed.expected));
    fact(ui, &words.closed_entries, &format!("{} {}", closed.head.entry, words.entries));
    fact(ui, &words.closed_unanswered, &closed.unanswered.to_string());
    ui.add_space(style::GAP);
    let (signal, text) = match (closed.witness_asked, closed.witnessed) {
        (true, true) => (Signal::Ok, &words.closed_witnessed),
        (true, false) => (Signal::Attention, &words.closed_not_witnessed),
        (false, _) => (Signal::Attention, &words.closed_no_witness),
    };
    style::signal_card(signal).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, signal, 26.0);
            let ink = style::signal(signal).ink;
            ui.add(Label::new(RichText::new(text).font(style::font(Size::Body)).color(ink)).wrap());
        });
    });
    ui.add_space(style::GAP);
    ui.add(Label::new(RichText::new(&words.closed_next).font(style::bold(Size::Large)).color(style::INK)).wrap());
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{name}:")).font(style::font(Size::Large)).color(style::INK_SOFT));
        ui.label(RichText::new(value).font(style::bold(Size::Large)).color(style::INK));
    });
}
