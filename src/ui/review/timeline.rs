//! A log on a line of time: its entries, where nothing was written, what somebody outside confirmed, where the clock moved.
//!
//! Keys: ← and → go from entry to entry, with Ctrl to what is worth a look; Home and End go to the ends.

use super::words::{ReviewWords, filled};
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::{Align2, Color32, Key, Modifiers, Painter, Pos2, Rangef, Rect, RichText, Sense, Stroke, Ui, Vec2};
use review::book::{Point, PointKind, Timeline};

/// Where on the line one stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chosen {
    point: Option<usize>,
    /// It has changed in this frame: its line comes into sight.
    has_moved: bool,
}

impl Chosen {
    /// The line of the sheet that it stands on, and whether that has to come into sight.
    pub(super) fn line(self, timeline: &Timeline) -> Option<(usize, bool)> {
        timeline.points.get(self.point?).map(|point| (point.line, self.has_moved))
    }
}

/// Draws it; keys and a press choose.
pub(super) fn show(ui: &mut Ui, timeline: &Timeline, chosen: &mut Chosen, words: &ReviewWords) {
    chosen.has_moved = false;
    let before = chosen.point;
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        counts(ui, timeline, words);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HEIGHT), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words.timeline));
        keys(ui, timeline, chosen);
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
            chosen.point = nearest(timeline, rect, at.x);
        }
        draw(ui.painter(), rect, timeline, chosen.point);
        let text = chosen.point.and_then(|at| timeline.points.get(at)).map_or(&words.timeline_keys, |one| &one.text);
        ui.add(
            egui::Label::new(RichText::new(text).font(style::font(Size::Small)).color(style::tokens().ink)).truncate(),
        );
    });
    chosen.has_moved = chosen.point != before;
}

/// What stands on the line, with the sign that it is drawn as: never by colour alone.
fn counts(ui: &mut Ui, timeline: &Timeline, words: &ReviewWords) {
    let count = |is_it: &dyn Fn(PointKind) -> bool| timeline.points.iter().filter(|one| is_it(one.kind)).count();
    let gaps = count(&|kind| matches!(kind, PointKind::Gap { .. }));
    let entries = timeline.points.len().saturating_sub(gaps);
    let numbers = [
        ("entries", entries),
        ("starts", count(&|kind| kind == PointKind::Start)),
        ("anchors", count(&|kind| kind == PointKind::Anchor)),
        ("gaps", gaps),
        ("moved", count(&|kind| kind == PointKind::ClockMoved)),
    ];
    let text = filled(&words.timeline_counts, &numbers.map(|(name, number)| (name, number.to_string())));
    ui.add(egui::Label::new(RichText::new(text).font(style::font(Size::Small)).color(style::tokens().ink_soft)).wrap());
}

fn keys(ui: &Ui, timeline: &Timeline, chosen: &mut Chosen) {
    // Whoever types into a line moves in that line.
    if ui.memory(|memory| memory.focused().is_some()) {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let last = timeline.points.len().checked_sub(1);
    let is_notable = |at: &usize| timeline.points.get(*at).is_some_and(|point| point.kind.is_notable());
    let here = chosen.point;
    let behind = here.map_or(0, |at| at + 1)..timeline.points.len();
    let before = 0..here.unwrap_or(0);
    // With Ctrl first: without it the plain key would be taken for both.
    let wanted = if pressed(Modifiers::CTRL, Key::ArrowRight) {
        behind.clone().find(is_notable)
    } else if pressed(Modifiers::CTRL, Key::ArrowLeft) {
        before.clone().rev().find(is_notable)
    } else if pressed(Modifiers::NONE, Key::ArrowRight) {
        behind.clone().next()
    } else if pressed(Modifiers::NONE, Key::ArrowLeft) {
        before.clone().next_back()
    } else if pressed(Modifiers::NONE, Key::Home) {
        last.map(|_| 0)
    } else if pressed(Modifiers::NONE, Key::End) {
        last
    } else {
        None
    };
    chosen.point = wanted.or(chosen.point);
}

fn nearest(timeline: &Timeline, rect: Rect, x: f32) -> Option<usize> {
    let far = |point: &Point| (place(rect, timeline, point.at_ms) - x).abs();
    let all = timeline.points.iter().enumerate();
    all.min_by(|(_, one), (_, other)| far(one).total_cmp(&far(other))).map(|(at, _)| at)
}

fn draw(painter: &Painter, rect: Rect, timeline: &Timeline, chosen: Option<usize>) {
    let line = Rect::from_min_max(
        Pos2::new(rect.left(), rect.bottom() - FOOT - LINE_HEIGHT),
        Pos2::new(rect.right(), rect.bottom() - FOOT),
    );
    painter.rect_filled(line, 4.0, style::tokens().portrait_ground);
    if let Some(until) = timeline.confirmed_ms {
        let confirmed = Rect::from_min_max(line.min, Pos2::new(place(rect, timeline, until), line.bottom()));
        painter.rect_filled(confirmed, 4.0, style::signal(Signal::Ok).soft);
    }
    // Entries of one pixel are one stroke: a long log costs no more than the window is wide.
    let mut drawn = f32::NEG_INFINITY;
    for point in &timeline.points {
        let x = place(rect, timeline, point.at_ms);
        let is_small = !point.kind.is_notable();
        if is_small && x - drawn < 1.0 {
            continue;
        }
        drawn = if is_small { x } else { drawn };
        one(painter, rect, line, timeline, point);
    }
    if let Some(point) = chosen.and_then(|at| timeline.points.get(at)) {
        let x = place(rect, timeline, point.at_ms);
        painter.vline(
            x,
            Rangef::new(rect.top(), line.bottom() + 6.0),
            Stroke::new(style::FOCUS_RING, style::tokens().focus),
        );
    }
    let [first, last] = &timeline.ends;
    let font = style::font(Size::Small);
    painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, first, font.clone(), style::tokens().ink_soft);
    painter.text(rect.right_bottom(), Align2::RIGHT_BOTTOM, last, font, style::tokens().ink_soft);
}

fn one(painter: &Painter, rect: Rect, line: Rect, timeline: &Timeline, point: &Point) {
    let x = place(rect, timeline, point.at_ms);
    let stroke = |from: f32, width: f32, ink: Color32| {
        painter.vline(x, Rangef::new(from, line.bottom()), Stroke::new(width, ink));
    };
    let sign = |text: &str, ink: Color32| {
        let at = Pos2::new(x.clamp(rect.left() + 8.0, rect.right() - 8.0), line.top() - 2.0);
        painter.text(at, Align2::CENTER_BOTTOM, text, style::bold(Size::Small), ink);
    };
    match point.kind {
        PointKind::Entry => stroke(line.center().y, 1.0, style::tokens().ink_soft),
        PointKind::Arrival => stroke(line.top(), 1.0, style::tokens().focus),
        PointKind::Start => {
            stroke(line.top() - 2.0, 2.0, style::tokens().ink);
            sign("|", style::tokens().ink);
        }
        PointKind::Anchor => {
            stroke(line.top() - 2.0, 2.0, style::signal(Signal::Ok).ink);
            sign("+", style::signal(Signal::Ok).ink);
        }
        PointKind::ClockMoved => {
            stroke(line.top() - 2.0, 3.0, style::signal(Signal::Stop).ink);
            sign("!!", style::signal(Signal::Stop).ink);
        }
        PointKind::Gap { until_ms } => {
            let until = place(rect, timeline, until_ms);
            let gap = Rect::from_min_max(Pos2::new(x + 1.0, line.top()), Pos2::new(until - 1.0, line.bottom()));
            painter.rect_filled(gap, 0.0, style::signal(Signal::Attention).soft);
            let stroke = Stroke::new(1.0, style::signal(Signal::Attention).ink);
            painter.rect_stroke(gap, 0.0, stroke, egui::StrokeKind::Inside);
            let at = Pos2::new(gap.center().x, line.top() - 2.0);
            let ink = style::signal(Signal::Attention).ink;
            painter.text(at, Align2::CENTER_BOTTOM, "…", style::bold(Size::Small), ink);
        }
    }
}

fn place(rect: Rect, timeline: &Timeline, at_ms: u64) -> f32 {
    let inner = rect.shrink2(Vec2::new(4.0, 0.0));
    #[expect(clippy::cast_precision_loss, reason = "a share of a log's hours, for a line of some hundred pixels")]
    let share = at_ms as f64 / timeline.span_ms.max(1) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let share = share.clamp(0.0, 1.0) as f32;
    inner.left() + inner.width() * share
}

const HEIGHT: f32 = 96.0;
const LINE_HEIGHT: f32 = 34.0;
/// Below the line, for both ends' times.
const FOOT: f32 = 24.0;
