//! Icons are painted: no text font has a tick, a triangle and a hexagon.

use super::style;
use checkin::failure::Signal;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2};

/// Paints the icon of `signal` into `rect`: tick, ring, triangle or hexagon, in `colour`, with its mark in `mark`.
pub(super) fn signal(painter: &Painter, rect: Rect, signal: Signal, colour: Color32, mark: Color32) {
    let centre = rect.center();
    let radius = rect.width().min(rect.height()) / 2.0;
    match signal {
        Signal::Ok => tick(painter, centre, radius, colour, mark),
        Signal::Working => ring(painter, centre, radius, colour),
        Signal::Attention => triangle(painter, centre, radius, colour, mark),
        Signal::Stop => hexagon(painter, centre, radius, colour, mark),
    }
}

/// A small icon of `signal` in its own colours, as a widget of `size` points.
pub(super) fn inline(ui: &mut egui::Ui, which: Signal, size: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size), egui::Sense::hover());
    signal(ui.painter(), rect, which, style::signal(which).ink, style::tokens().surface);
}

/// A step that has not begun.
pub(super) fn not_yet(painter: &Painter, rect: Rect) {
    painter.circle_stroke(rect.center(), rect.width() * 0.4, Stroke::new(2.0, style::tokens().line));
}

/// Nobody knows: an open circle with a dash. A ring would say that something runs.
pub(super) fn unknown(painter: &Painter, rect: Rect, colour: Color32) {
    let (centre, radius) = (rect.center(), rect.width() * 0.42);
    painter.circle_stroke(centre, radius, Stroke::new(radius * 0.24, colour));
    let reach = Vec2::new(radius * 0.45, 0.0);
    painter.line_segment([centre - reach, centre + reach], Stroke::new(radius * 0.28, colour));
}

/// An ID card on a reader: the picture of the idle screen.
pub(super) fn card_on_reader(painter: &Painter, rect: Rect) {
    let reader = Rect::from_center_size(
        rect.center() + Vec2::new(0.0, rect.height() * 0.22),
        rect.size() * Vec2::new(0.9, 0.42),
    );
    painter.rect_filled(reader, 18, style::tokens().bar);
    let card = Rect::from_center_size(
        rect.center() - Vec2::new(0.0, rect.height() * 0.12),
        rect.size() * Vec2::new(0.62, 0.5),
    );
    painter.rect_filled(card, 12, style::tokens().surface);
    painter.rect_stroke(card, 12, Stroke::new(3.0, style::tokens().ink_soft), egui::StrokeKind::Inside);
    let photo = Rect::from_min_size(card.min + card.size() * Vec2::new(0.07, 0.3), card.size() * Vec2::new(0.26, 0.58));
    painter.rect_filled(photo, 6, style::tokens().portrait_ground);
    painter.circle_filled(
        photo.center() - Vec2::new(0.0, photo.height() * 0.12),
        photo.width() * 0.22,
        style::tokens().ink_soft,
    );
    let chip = Rect::from_min_size(card.min + card.size() * Vec2::new(0.44, 0.34), card.size() * Vec2::new(0.16, 0.2));
    painter.rect_filled(chip, 4, style::signal(Signal::Attention).strong);
    for row in [0.64_f32, 0.74, 0.84] {
        let from = card.min + card.size() * Vec2::new(0.42, row);
        let to = card.min + card.size() * Vec2::new(if row > 0.8 { 0.74 } else { 0.9 }, row);
        painter.line_segment([from, to], Stroke::new(4.0, style::tokens().line));
    }
    for reach in [0.24_f32, 0.34, 0.44] {
        waves(painter, reader.center(), reader.height() * reach);
    }
}

fn waves(painter: &Painter, centre: Pos2, radius: f32) {
    let points = (-5_i8..=5).map(|step| {
        let angle = f32::from(step) * 0.12 + std::f32::consts::FRAC_PI_2;
        centre + Vec2::new(angle.cos(), angle.sin() - 0.72) * radius
    });
    painter.add(Shape::line(points.collect(), Stroke::new(3.0, style::tokens().on_bar_soft)));
}

fn tick(painter: &Painter, centre: Pos2, radius: f32, colour: Color32, mark: Color32) {
    painter.circle_filled(centre, radius, colour);
    let at = |x: f32, y: f32| centre + Vec2::new(x, y) * radius;
    let points = vec![at(-0.48, 0.02), at(-0.12, 0.38), at(0.5, -0.34)];
    painter.add(Shape::line(points, Stroke::new(radius * 0.22, mark)));
}

fn ring(painter: &Painter, centre: Pos2, radius: f32, colour: Color32) {
    painter.circle_stroke(centre, radius * 0.8, Stroke::new(radius * 0.28, colour.gamma_multiply(0.35)));
    let arc = (0_i8..=12).map(|step| {
        let angle = f32::from(step) * 0.16 - std::f32::consts::FRAC_PI_2;
        centre + Vec2::new(angle.cos(), angle.sin()) * radius * 0.8
    });
    painter.add(Shape::line(arc.collect(), Stroke::new(radius * 0.28, colour)));
}

fn triangle(painter: &Painter, centre: Pos2, radius: f32, colour: Color32, mark: Color32) {
    let at = |x: f32, y: f32| centre + Vec2::new(x, y) * radius;
    painter.add(Shape::convex_polygon(vec![at(0.0, -0.95), at(1.0, 0.82), at(-1.0, 0.82)], colour, Stroke::NONE));
    exclamation(painter, centre + Vec2::new(0.0, radius * 0.22), radius * 0.8, mark);
}

fn hexagon(painter: &Painter, centre: Pos2, radius: f32, colour: Color32, mark: Color32) {
    let corners = (0_i8..6).map(|corner| {
        let angle = (f32::from(corner) + 0.5) * std::f32::consts::FRAC_PI_3;
        centre + Vec2::new(angle.cos(), angle.sin()) * radius
    });
    painter.add(Shape::convex_polygon(corners.collect(), colour, Stroke::NONE));
    let bar = Rect::from_center_size(centre, Vec2::new(radius * 1.05, radius * 0.3));
    painter.rect_filled(bar, 2, mark);
}

fn exclamation(painter: &Painter, centre: Pos2, radius: f32, mark: Color32) {
    let at = |x: f32, y: f32| centre + Vec2::new(x, y) * radius;
    painter.line_segment([at(0.0, -0.55), at(0.0, 0.15)], Stroke::new(radius * 0.22, mark));
    painter.circle_filled(at(0.0, 0.45), radius * 0.14, mark);
}
