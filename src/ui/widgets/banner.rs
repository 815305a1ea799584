//! The headline of a verdict, notices, and the largest thing on the screen: where to go.

use crate::icons;
use crate::style::{self, SignalColours, Size};
use crate::text::Strings;
use checkin::failure::{Failure, Signal};
use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, Pos2, Rect, RichText, Shape, Stroke, StrokeKind, Ui, Vec2,
};

/// A full-width band: icon and word on the signal's ground, with a smaller text behind.
pub(crate) fn banner(ui: &mut Ui, signal: Signal, headline: &str, detail: &str) {
    let colours = style::signal(signal);
    let frame = Frame::new()
        .fill(colours.strong)
        .corner_radius(CornerRadius::same(style::RADIUS))
        .inner_margin(Margin::symmetric(22, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(48.0), egui::Sense::hover());
            icons::signal(ui.painter(), rect, signal, colours.on_strong, colours.strong);
            ui.add_space(style::GAP);
            ui.label(RichText::new(headline).font(style::bold(Size::Banner)).color(colours.on_strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(detail).font(style::bold(Size::Large)).color(colours.on_strong));
            });
        });
    });
}

/// The band of somebody who is proven but for the registry: the same green as an outline, hatched, so that nobody takes
/// it for the whole.
pub(crate) fn hatched_banner(ui: &mut Ui, headline: &str, detail: &str) {
    let colours = style::signal(Signal::Ok);
    let behind = ui.painter().add(Shape::Noop);
    let frame = Frame::new().inner_margin(Margin::symmetric(22, 8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(48.0), egui::Sense::hover());
            icons::signal(ui.painter(), rect, Signal::Ok, colours.ink, colours.soft);
            ui.add_space(style::GAP);
            ui.label(RichText::new(headline).font(style::bold(Size::Banner)).color(colours.ink));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(detail).font(style::bold(Size::Large)).color(colours.ink));
            });
        });
    });
    ui.painter().set(behind, hatched(shown.response.rect, colours));
}

/// A pale ground with slanted lines all over it and a thick edge.
fn hatched(rect: Rect, colours: SignalColours) -> Shape {
    let radius = CornerRadius::same(style::RADIUS);
    let mut shapes = vec![Shape::rect_filled(rect, radius, colours.soft)];
    let line = Stroke::new(6.0, colours.strong.gamma_multiply(0.16));
    let mut left = rect.left() + HATCH_STEP / 2.0;
    while left + rect.height() < rect.right() {
        let (foot, head) = (Pos2::new(left, rect.bottom()), Pos2::new(left + rect.height(), rect.top()));
        shapes.push(Shape::line_segment([foot, head], line));
        left += HATCH_STEP;
    }
    shapes.push(Shape::rect_stroke(rect, radius, Stroke::new(5.0, colours.strong), StrokeKind::Inside));
    Shape::Vec(shapes)
}

/// From one slanted line to the next.
const HATCH_STEP: f32 = 22.0;

/// What happened, what to do, whom to call, and the stable code in small type.
pub(crate) fn notice(ui: &mut Ui, failure: Failure, strings: &Strings) {
    let Some(advice) = strings.advice(failure) else { return };
    let colours = style::signal(failure.signal());
    style::signal_card(failure.signal()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, failure.signal(), 40.0);
            ui.add_space(style::GAP);
            ui.vertical(|ui| {
                ui.add(
                    Label::new(RichText::new(&advice.what).font(style::bold(Size::Large)).color(colours.ink)).wrap(),
                );
                let todo = RichText::new(&advice.todo).font(style::font(Size::Body)).color(style::INK);
                ui.add(Label::new(todo).wrap());
                ui.label(
                    RichText::new(footer(advice, failure, strings))
                        .font(style::font(Size::Small))
                        .color(style::INK_SOFT),
                );
            });
        });
    });
}

/// Cells with a small caption and a very large value; the value shrinks only where it must to stay whole.
pub(crate) fn place_cells(ui: &mut Ui, cells: &[(&str, &str)], ground: Signal) {
    let colours = style::signal(ground);
    let count = u8::try_from(cells.len().max(1)).map_or(1.0, f32::from);
    let width = (ui.available_width() - style::GAP * (count - 1.0)) / count;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = style::GAP;
        for (caption, value) in cells {
            let frame = Frame::new()
                .fill(colours.soft)
                .corner_radius(CornerRadius::same(style::RADIUS))
                .inner_margin(Margin::symmetric(16, 6));
            frame.show(ui, |ui| {
                ui.set_width(width - 32.0);
                ui.set_min_height(CELL_HEIGHT);
                ui.vertical_centered(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.label(RichText::new(*caption).font(style::bold(Size::Large)).color(style::INK_SOFT));
                    ui.label(fitted(ui, value, width - 32.0).color(style::INK));
                });
            });
        }
    });
}

/// The height of a cell: a caption and a value in the largest size.
const CELL_HEIGHT: f32 = 140.0;

/// `value` in the largest size that fits into `width`.
fn fitted(ui: &Ui, value: &str, width: f32) -> RichText {
    let sizes = [Size::Place, Size::Banner, Size::Title, Size::Large, Size::Body];
    let fits = |size: &Size| {
        let galley = ui.painter().layout_no_wrap(value.to_owned(), style::bold(*size), style::INK);
        galley.size().x <= width
    };
    let size = sizes.into_iter().find(fits).unwrap_or(Size::Body);
    RichText::new(value).font(style::bold(size))
}

fn footer(advice: &crate::text::Advice, failure: Failure, strings: &Strings) -> String {
    if advice.call.is_empty() {
        failure.code().to_owned()
    } else {
        format!("{} · {}: {}", failure.code(), strings.words.whom_to_call, advice.call)
    }
}
