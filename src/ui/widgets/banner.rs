//! The headline of a screen: icon and word on a ground of its signal, with a smaller text behind.
//!
//! It has three forms, so that nobody has to tell them by their hue. What is as it should be is a low pale strip: the person
//! below it is the task. What wants attention or was recorded is a full band. A stop is twice as high, with a hexagon at
//! either end and a white line within.

use crate::icons;
use crate::style::{self, SignalColours, Size};
use checkin::failure::Signal;
use egui::{
    Align, Align2, Color32, CornerRadius, Layout, Pos2, Rect, RichText, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2,
};

/// A full-width band; a stop has its own form.
pub(crate) fn banner(ui: &mut Ui, signal: Signal, headline: &str, detail: &str) {
    let colours = style::signal(signal);
    if signal == Signal::Stop {
        return stop(ui, colours, headline, detail);
    }
    let rect = ground(ui, BAND_HEIGHT);
    ui.painter().rect_filled(rect, CornerRadius::same(style::RADIUS), colours.strong);
    let look = Look { signal, ink: colours.on_strong, mark: colours.strong, largest: Size::Banner };
    words(ui, rect, &look, headline, detail);
}

/// A title where nothing runs and nothing is wrong: no ring, no icon.
pub(crate) fn title_banner(ui: &mut Ui, title: &str) {
    let colours = style::signal(Signal::Working);
    let rect = ground(ui, BAND_HEIGHT);
    ui.painter().rect_filled(rect, CornerRadius::same(style::RADIUS), colours.strong);
    let row = UiBuilder::new().max_rect(rect.shrink2(Vec2::new(MARGIN, 0.0)));
    let ui = &mut ui.new_child(row.layout(Layout::left_to_right(Align::Center)));
    let size = fitting(ui, title, Size::Banner, ui.available_width());
    ui.label(RichText::new(title).font(style::bold(size)).color(colours.on_strong));
}

/// A low pale strip: what stands below is more important.
pub(crate) fn quiet_banner(ui: &mut Ui, signal: Signal, headline: &str, detail: &str) {
    let colours = style::signal(signal);
    let rect = ground(ui, STRIP_HEIGHT);
    let radius = CornerRadius::same(style::RADIUS);
    ui.painter().rect_filled(rect, radius, colours.soft);
    ui.painter().rect_stroke(rect, radius, Stroke::new(1.5, colours.ink), StrokeKind::Inside);
    words(ui, rect, &pale(signal), headline, detail);
}

/// The strip of somebody who is proven but for the registry: the same green, hatched and with a thick edge, so that nobody
/// takes it for the whole.
pub(crate) fn hatched_banner(ui: &mut Ui, headline: &str, detail: &str) {
    let rect = ground(ui, STRIP_HEIGHT);
    ui.painter().add(hatched(rect, style::signal(Signal::Ok)));
    words(ui, rect, &pale(Signal::Ok), headline, detail);
}

/// How the words on a ground look.
struct Look {
    signal: Signal,
    ink: Color32,
    mark: Color32,
    largest: Size,
}

fn pale(signal: Signal) -> Look {
    let colours = style::signal(signal);
    Look { signal, ink: colours.ink, mark: colours.soft, largest: Size::Title }
}

fn ground(ui: &mut Ui, height: f32) -> Rect {
    ui.allocate_exact_size(Vec2::new(ui.available_width(), height), egui::Sense::hover()).0
}

/// Icon, headline and detail on one line; the headline takes the largest size in which all of it stands there.
fn words(ui: &mut Ui, rect: Rect, look: &Look, headline: &str, detail: &str) {
    let inner = rect.shrink2(Vec2::new(MARGIN, 0.0));
    let row = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
    let ui = &mut ui.new_child(row);
    let icon = (rect.height() * 0.68).min(ICON);
    let (place, _) = ui.allocate_exact_size(Vec2::splat(icon), egui::Sense::hover());
    icons::signal(ui.painter(), place, look.signal, look.ink, look.mark);
    ui.add_space(style::GAP);
    let behind = if detail.is_empty() { 0.0 } else { width_of(ui, detail, Size::Large) + style::GAP * 2.0 };
    let size = fitting(ui, headline, look.largest, ui.available_width() - behind);
    ui.label(RichText::new(headline).font(style::bold(size)).color(look.ink));
    if detail.is_empty() {
        return;
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(detail).font(style::bold(Size::Large)).color(look.ink));
    });
}

/// Twice as high as any other, a hexagon at either end, the word in the middle and what is to be known below it.
fn stop(ui: &mut Ui, colours: SignalColours, headline: &str, detail: &str) {
    let rect = ground(ui, STOP_HEIGHT);
    let radius = CornerRadius::same(style::RADIUS);
    ui.painter().rect_filled(rect, radius, colours.strong);
    ui.painter().rect_stroke(rect.shrink(6.0), radius, Stroke::new(3.0, colours.on_strong), StrokeKind::Inside);
    for corner in [Align2::LEFT_CENTER, Align2::RIGHT_CENTER] {
        let place = corner.align_size_within_rect(Vec2::splat(STOP_ICON), rect.shrink(MARGIN));
        icons::signal(ui.painter(), place, Signal::Stop, colours.on_strong, colours.strong);
    }
    let inner = rect.shrink2(Vec2::new(MARGIN * 2.0 + STOP_ICON, 8.0));
    let middle = UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Center));
    let ui = &mut ui.new_child(middle);
    ui.spacing_mut().item_spacing.y = 0.0;
    let size = fitting(ui, headline, Size::Banner, ui.available_width());
    let height = size.points() * LINE + if detail.is_empty() { 0.0 } else { Size::Large.points() * LINE };
    ui.add_space(((ui.available_height() - height) / 2.0).max(0.0));
    ui.label(RichText::new(headline).font(style::bold(size)).color(colours.on_strong));
    if !detail.is_empty() {
        ui.label(RichText::new(detail).font(style::bold(Size::Large)).color(colours.on_strong));
    }
}

/// A pale ground with slanted lines all over it and a thick edge.
fn hatched(rect: Rect, colours: SignalColours) -> Shape {
    let radius = CornerRadius::same(style::RADIUS);
    let mut shapes = vec![Shape::rect_filled(rect, radius, colours.soft)];
    let line = Stroke::new(6.0, colours.ink.gamma_multiply(0.16));
    let mut left = rect.left() + HATCH_STEP / 2.0;
    while left + rect.height() < rect.right() {
        let (foot, head) = (Pos2::new(left, rect.bottom()), Pos2::new(left + rect.height(), rect.top()));
        shapes.push(Shape::line_segment([foot, head], line));
        left += HATCH_STEP;
    }
    shapes.push(Shape::rect_stroke(rect, radius, Stroke::new(5.0, colours.ink), StrokeKind::Inside));
    Shape::Vec(shapes)
}

/// The largest size up to `largest` in which `text` is no wider than `width`.
pub(crate) fn fitting(ui: &Ui, text: &str, largest: Size, width: f32) -> Size {
    let sizes = [Size::Place, Size::Banner, Size::Title, Size::Large, Size::Body];
    let allowed = sizes.into_iter().filter(|size| size.points() <= largest.points());
    allowed.into_iter().find(|size| width_of(ui, text, *size) <= width).unwrap_or(Size::Body)
}

fn width_of(ui: &Ui, text: &str, size: Size) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), style::bold(size), style::tokens().ink).size().x
}

/// The height of a band.
const BAND_HEIGHT: f32 = 72.0;
/// The height of a strip.
const STRIP_HEIGHT: f32 = 52.0;
/// The height of a stop.
const STOP_HEIGHT: f32 = 112.0;
const MARGIN: f32 = 22.0;
const ICON: f32 = 48.0;
const STOP_ICON: f32 = 76.0;
/// A line of text is so much higher than its size.
const LINE: f32 = 1.37;
/// From one slanted line to the next.
const HATCH_STEP: f32 = 22.0;
