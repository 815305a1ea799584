//! Halted: full red; the desk has stopped, and says what to do next.

use super::Tools;
use crate::icons;
use crate::style::{self, Size};
use checkin::failure::Signal;
use checkin::view::HaltedView;
use egui::{Label, RichText, Ui, Vec2};

/// Fills the screen.
pub(crate) fn show(ui: &mut Ui, view: &HaltedView, tools: &mut Tools<'_>) {
    let colours = style::signal(Signal::Stop);
    let words = &tools.strings.words;
    ui.painter().rect_filled(ui.max_rect().expand(40.0), 0, colours.strong);
    let white = |text: &str, font| RichText::new(text).font(font).color(colours.on_strong);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.12).max(10.0));
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(120.0), egui::Sense::hover());
        icons::signal(ui.painter(), rect, Signal::Stop, colours.on_strong, colours.strong);
        ui.add_space(style::GAP);
        ui.label(white(&words.headline_halted, style::bold(Size::Banner)));
        let Some(advice) = tools.strings.advice(view.failure) else { return };
        ui.add_space(style::GAP * 2.0);
        ui.add(Label::new(white(&advice.what, style::bold(Size::Title))).wrap());
        ui.add_space(style::GAP);
        ui.add(Label::new(white(&advice.todo, style::font(Size::Large))).wrap());
        if let Some(call) = tools.told().call(advice) {
            ui.add(Label::new(white(&call, style::bold(Size::Title))).wrap());
        }
        ui.add_space(style::GAP * 2.0);
        if !view.detail.is_empty() {
            ui.add(Label::new(white(&view.detail, style::mono(Size::Body))).wrap());
        }
        ui.label(white(view.failure.code(), style::mono(Size::Body)));
    });
}
