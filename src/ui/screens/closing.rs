//! Closing: the summary and what is still open, then what goes into the paper minutes.

mod count;
mod summary;

use super::Tools;
use crate::icons;
use crate::style::{self, Size, Theme, Tokens};
use crate::text::Words;
use crate::widgets::banner;
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::{Carried, ClosedView, ClosingView, QrMatrix};
use egui::{Label, Margin, Rect, RichText, Ui, Vec2};

const COLUMN_WIDTH: f32 = 620.0;
const QR_SIZE: f32 = 400.0;
/// Many a camera reads no light code on a dark ground: by night, too, it is dark on light.
const CODE: &Tokens = Theme::Light.tokens();

/// Draws the screen; `line` is the number of scripts while it is typed.
pub(crate) fn show(ui: &mut Ui, view: &ClosingView, line: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    match view {
        ClosingView::Asking(asking) => summary::show(ui, asking, tools.buttons, words),
        ClosingView::Counting(counting) => count::scripts(ui, counting, line, tools),
        ClosingView::Typing(typing) => count::arrived(ui, typing, line, tools),
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

fn qr_code(ui: &mut Ui, closed: &ClosedView, words: &Words) {
    ui.label(RichText::new(&words.closed_qr).font(style::font(Size::Body)).color(style::tokens().ink_soft));
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(QR_SIZE), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0, CODE.surface);
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
            ui.painter().rect_filled(Rect::from_min_size(corner, Vec2::splat(side)), 0, CODE.ink);
        }
    }
}

fn minutes(ui: &mut Ui, closed: &ClosedView, words: &Words) {
    ui.set_width(COLUMN_WIDTH);
    ui.label(RichText::new(&words.closed_characters).font(style::font(Size::Large)).color(style::tokens().ink_soft));
    let code = RichText::new(&closed.head.characters).font(style::mono(Size::Title)).color(style::tokens().ink);
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
    told(ui, signal, text);
    ui.add_space(style::GAP);
    let next = match closed.carried {
        None => &words.closed_next,
        Some(Carried::Not) => &words.closed_carrying,
        Some(Carried::Failed) => &words.closed_not_carried,
        Some(Carried::Whole) => &words.closed_carried,
    };
    ui.add(Label::new(RichText::new(next).font(style::bold(Size::Large)).color(style::tokens().ink)).wrap());
}

/// A line of its own with the colour, the icon and the ink of a signal.
fn told(ui: &mut Ui, signal: Signal, text: &str) {
    style::signal_card(signal).inner_margin(Margin::symmetric(style::PADDING, 4)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, signal, 26.0);
            let ink = style::signal(signal).ink;
            ui.add(Label::new(RichText::new(text).font(style::font(Size::Body)).color(ink)).wrap());
        });
    });
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{name}:")).font(style::font(Size::Large)).color(style::tokens().ink_soft));
        ui.label(RichText::new(value).font(style::bold(Size::Large)).color(style::tokens().ink));
    });
}
