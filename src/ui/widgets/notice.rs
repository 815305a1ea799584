//! What happened, what to do, whom to call; and the largest thing on the screen: where to go.

use super::banner::fitting;
use crate::callers::Told;
use crate::glyphs::drawable;
use crate::icons;
use crate::style::{self, Size};
use checkin::failure::{Failure, Signal};
use egui::{Color32, CornerRadius, FontId, Frame, Label, Margin, RichText, Stroke, Ui};

/// What happened, what to do, whom to call, and the stable code in small type.
pub(crate) fn notice(ui: &mut Ui, failure: Failure, told: Told<'_>) {
    let Some(advice) = told.strings.advice(failure) else { return };
    card(ui, failure.signal(), |ui| {
        let ink = style::signal(failure.signal()).ink;
        ui.add(line(&advice.what, style::bold(Size::Large), ink));
        ui.add(line(&advice.todo, style::font(Size::Large), style::tokens().ink));
        if let Some(call) = told.call(advice) {
            ui.add(line(&call, style::bold(Size::Large), style::tokens().ink));
        }
        ui.add(line(failure.code(), style::mono(Size::Small), style::tokens().ink_soft));
    });
}

/// Somebody was sent to the head of site: whom to call, and what the candidate does meanwhile.
pub(crate) fn referred(ui: &mut Ui, told: Told<'_>) {
    let words = &told.strings.words;
    card(ui, Signal::Attention, |ui| {
        ui.add(line(&told.call_role(&words.role_head_of_site), style::bold(Size::Title), style::tokens().ink));
        ui.add(line(&words.meanwhile, style::font(Size::Large), style::tokens().ink));
    });
}

fn card(ui: &mut Ui, signal: Signal, content: impl FnOnce(&mut Ui)) {
    style::signal_card(signal).inner_margin(Margin::symmetric(style::PADDING, 10)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, signal, 40.0);
            ui.add_space(style::GAP);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                content(ui);
            });
        });
    });
}

fn line(text: &str, font: FontId, ink: Color32) -> Label {
    Label::new(RichText::new(text).font(font).color(ink)).wrap()
}

/// Cells with a small caption and a very large value; the value shrinks only where it must to stay whole. Without a signal
/// they are plain: it is the person who is looked at.
pub(crate) fn place_cells(ui: &mut Ui, cells: &[(&str, &str)], ground: Option<Signal>) {
    let count = u8::try_from(cells.len().max(1)).map_or(1.0, f32::from);
    let width = (ui.available_width() - style::GAP * (count - 1.0)) / count;
    let is_low = ui.available_height() < ROOM_FOR_ALL;
    let (height, largest) = if is_low { (LOW_CELL, Size::Banner) } else { (CELL, Size::Place) };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = style::GAP;
        for (caption, value) in cells {
            let value = drawable(ui, value);
            cell_frame(ground).show(ui, |ui| {
                ui.set_width(width - 34.0);
                ui.set_min_height(height);
                ui.vertical_centered(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.label(RichText::new(*caption).font(style::bold(Size::Large)).color(style::tokens().ink_soft));
                    let size = fitting(ui, &value, largest, width - 34.0);
                    ui.label(RichText::new(value.as_ref()).font(style::bold(size)).color(style::tokens().ink));
                });
            });
        }
    });
}

fn cell_frame(ground: Option<Signal>) -> Frame {
    let (fill, edge): (Color32, Color32) = match ground {
        Some(signal) => (style::signal(signal).soft, style::signal(signal).soft),
        None => (style::tokens().surface, style::tokens().line),
    };
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(CornerRadius::same(style::RADIUS))
        .inner_margin(Margin::symmetric(16, 4))
}

/// The height of a cell: a caption and a value in the largest size.
const CELL: f32 = 150.0;
/// The same where something above the screen has taken its room.
const LOW_CELL: f32 = 88.0;
/// The cells and the four lines below them need so much.
const ROOM_FOR_ALL: f32 = 336.0;
