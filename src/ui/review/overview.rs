//! The first page: what came, who was there, what somebody has to look at.

use super::Leads;
use super::words::ReviewWords;
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::{Align2, Pos2, Rect, RichText, ScrollArea, Sense, Ui, Vec2};
use review::book::{Mark, Overview, SLICE_MINUTES, SessionSummary};

/// Draws the page; where a pressed line leads.
pub(super) fn show(ui: &mut Ui, overview: &Overview, words: &ReviewWords) -> Option<Leads> {
    let mut leads = None;
    ScrollArea::vertical().id_salt("overview").auto_shrink(false).show(ui, |ui| {
        for session in &overview.sessions {
            one_session(ui, session, words);
        }
        ui.columns(2, |columns| {
            let [left, right, ..] = columns else { return };
            leads = missing(left, overview, words);
            cases(right, overview, words);
        });
    });
    leads
}

fn one_session(ui: &mut Ui, session: &SessionSummary, words: &ReviewWords) {
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&session.title).font(style::bold(Size::Large)));
        ui.horizontal_top(|ui| {
            let counts = &session.counts;
            let cells = [
                (&words.listed, counts.listed, false),
                (&words.present, counts.present, false),
                (&words.absent, counts.absent, false),
                (&words.not_admitted, counts.not_admitted, false),
                (&words.referred, counts.referred, true),
                (&words.elsewhere, counts.elsewhere, true),
                (&words.not_known, counts.not_known, true),
                (&words.guests, counts.guests, false),
            ];
            for (name, count, is_open) in cells {
                cell(ui, name, &count.to_string(), is_open && count > 0);
            }
            let (differing, rooms) = session.differing;
            cell(ui, &words.differing, &words.count_of(differing, rooms), differing > 0);
        });
        arrivals(ui, session, words);
    });
}

/// A number over its name; what is open has a sign beside its colour.
fn cell(ui: &mut Ui, name: &str, value: &str, is_open: bool) {
    ui.allocate_ui(Vec2::new(CELL_WIDTH, 64.0), |ui| {
        ui.vertical(|ui| {
            ui.set_width(CELL_WIDTH);
            let ink = if is_open { style::signal(Signal::Attention).ink } else { style::tokens().ink };
            let sign = if is_open { "! " } else { "" };
            ui.label(RichText::new(format!("{sign}{value}")).font(style::bold(Size::Title)).color(ink));
            ui.label(RichText::new(name).font(style::font(Size::Small)).color(style::tokens().ink_soft));
        });
    });
}

fn arrivals(ui: &mut Ui, session: &SessionSummary, words: &ReviewWords) {
    let most = session.arrivals.iter().copied().max().unwrap_or(0);
    if most == 0 {
        ui.label(RichText::new(&words.no_arrivals).font(style::font(Size::Small)).color(style::tokens().ink_soft));
        return;
    }
    ui.label(RichText::new(&words.arrivals).font(style::font(Size::Small)).color(style::tokens().ink_soft));
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), CHART_HEIGHT), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words.arrivals));
    let base = rect.bottom() - 24.0;
    let x_of = |minute: i32| scale(rect, session, minute);
    for (slice, count) in (0_i32..).zip(&session.arrivals) {
        let minute = session.slices_from.saturating_add(slice.saturating_mul(SLICE_MINUTES));
        let height = (base - rect.top()) * share(*count, most);
        let (left, right) = (x_of(minute) + 1.0, x_of(minute.saturating_add(SLICE_MINUTES)) - 1.0);
        let bar = Rect::from_min_max(Pos2::new(left, base - height), Pos2::new(right.max(left + 1.0), base));
        ui.painter().rect_filled(bar, 1.0, style::tokens().focus);
    }
    limit(ui, rect, x_of(0), &words.start_signal);
    session.last_entry.into_iter().for_each(|minute| limit(ui, rect, x_of(minute), &words.last_entry));
}

fn limit(ui: &Ui, rect: Rect, x: f32, name: &str) {
    let above = egui::Rangef::new(rect.top(), rect.bottom() - 22.0);
    ui.painter().vline(x, above, egui::Stroke::new(2.0, style::tokens().ink));
    let at = Pos2::new(x, rect.bottom());
    ui.painter().text(at, Align2::CENTER_BOTTOM, name, style::font(Size::Small), style::tokens().ink_soft);
}

/// All slices and both limits have a place.
fn scale(rect: Rect, session: &SessionSummary, minute: i32) -> f32 {
    let slices = i32::try_from(session.arrivals.len()).unwrap_or(i32::MAX);
    let end = session.slices_from.saturating_add(slices.saturating_mul(SLICE_MINUTES));
    let first = session.slices_from.min(0) - SLICE_MINUTES * 2;
    let last = end.max(session.last_entry.unwrap_or(0)).max(0).saturating_add(SLICE_MINUTES * 2);
    let whole = f64::from(last.saturating_sub(first).max(1));
    #[expect(clippy::cast_possible_truncation, reason = "a place within the window")]
    let share = (f64::from(minute.saturating_sub(first)) / whole) as f32;
    rect.left() + rect.width() * share
}

fn share(count: u32, most: u32) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let share = (f64::from(count) / f64::from(most.max(1))) as f32;
    share
}

fn missing(ui: &mut Ui, overview: &Overview, words: &ReviewWords) -> Option<Leads> {
    let mut leads = None;
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        let (here, packed) = overview.logs;
        let title = format!("{}: {}", words.logs, words.count_of(here, packed));
        ui.label(RichText::new(title).font(style::bold(Size::Large)));
        let head = if overview.missing.is_empty() { &words.nothing_missing } else { &words.missing };
        ui.label(RichText::new(head).font(style::font(Size::Body)).color(style::tokens().ink_soft));
        for line in overview.missing.iter().take(MAX_MISSING) {
            let ink = if line.mark == Mark::Grave { Signal::Stop } else { Signal::Attention };
            let text = RichText::new(format!("! {}", line.text)).color(style::signal(ink).ink);
            match line.opens {
                None => drop(ui.add(egui::Label::new(text).wrap())),
                Some((list, number)) => {
                    if ui.add(egui::Button::new(text).wrap()).clicked() {
                        leads = Some(Leads::To(list, number));
                    }
                }
            }
        }
        let more = overview.missing.len().saturating_sub(MAX_MISSING);
        if more > 0 {
            ui.label(RichText::new(format!("+ {more}")).font(style::bold(Size::Body)));
        }
    });
    leads
}

fn cases(ui: &mut Ui, overview: &Overview, words: &ReviewWords) {
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&words.cases).font(style::bold(Size::Large)));
        if overview.cases.is_empty() {
            ui.label(RichText::new(&words.no_cases).font(style::font(Size::Body)));
        }
        if overview.overdue > 0 {
            let text = super::words::filled(&words.overdue, &[("count", overview.overdue.to_string())]);
            let ink = style::signal(Signal::Stop).ink;
            ui.label(RichText::new(format!("!! {text}")).font(style::bold(Size::Body)).color(ink));
        }
        for (name, all, open) in &overview.cases {
            let slots = [("all", all.to_string()), ("open", open.to_string())];
            let text = format!("{name}: {}", super::words::filled(&words.cases_of, &slots));
            let ink = if *open > 0 { style::tokens().ink } else { style::tokens().ink_soft };
            ui.add(egui::Label::new(RichText::new(text).font(style::font(Size::Body)).color(ink)).wrap());
        }
    });
}

const CELL_WIDTH: f32 = 124.0;
const CHART_HEIGHT: f32 = 130.0;
/// So many missing logs stand on the first page; the list of desks has all.
const MAX_MISSING: usize = 12;
