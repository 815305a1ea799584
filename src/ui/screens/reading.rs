//! Reading: hold the card still; how far it is; what to do when it was lifted.

use super::Tools;
use crate::icons;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::notice;
use checkin::event::ReadPhase;
use checkin::failure::Signal;
use checkin::view::ReadingView;
use egui::{CornerRadius, RichText, Ui, Vec2};

/// The picture, the instruction, the bar and the four steps.
pub(crate) fn show(ui: &mut Ui, view: &ReadingView, tools: &mut Tools<'_>) {
    let words = &tools.strings.words;
    ui.vertical_centered(|ui| {
        ui.add_space(24.0);
        let (rect, _) = ui.allocate_exact_size(Vec2::new(380.0, 260.0), egui::Sense::hover());
        icons::card_on_reader(ui.painter(), rect);
        ui.add_space(style::GAP);
        let title = if view.interrupted.is_some() { &words.reading_lifted } else { &words.reading_title };
        ui.label(RichText::new(title).font(style::bold(Size::Banner)).color(style::tokens().ink));
        ui.add_space(style::GAP);
        bar(ui, view);
        ui.add_space(style::GAP);
        steps(ui, view.phase, words);
        if let Some(failure) = view.interrupted {
            ui.add_space(style::GAP);
            ui.allocate_ui(Vec2::new(BAR_WIDTH, 120.0), |ui| notice(ui, failure, tools.told()));
        }
    });
}

fn bar(ui: &mut Ui, view: &ReadingView) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(BAR_WIDTH, 26.0), egui::Sense::hover());
    let signal = if view.interrupted.is_some() { Signal::Attention } else { Signal::Working };
    let colours = style::signal(signal);
    ui.painter().rect_filled(rect, CornerRadius::same(13), colours.soft);
    let mut done = rect;
    done.set_width(rect.width() * (f32::from(view.permille.min(1_000)) / 1_000.0).max(0.03));
    ui.painter().rect_filled(done, CornerRadius::same(13), colours.strong);
    let percent = f64::from(view.permille) / 10.0;
    response.widget_info(|| egui::WidgetInfo {
        value: Some(percent),
        ..egui::WidgetInfo::new(egui::Role::ProgressIndicator)
    });
}

fn steps(ui: &mut Ui, now: ReadPhase, words: &Words) {
    let all = [
        (ReadPhase::Opening, &words.phase_opening),
        (ReadPhase::Identity, &words.phase_identity),
        (ReadPhase::Checking, &words.phase_checking),
        (ReadPhase::Portrait, &words.phase_portrait),
    ];
    ui.allocate_ui(Vec2::new(BAR_WIDTH, 40.0), |ui| {
        ui.columns(all.len(), |columns| {
            for (column, (phase, word)) in columns.iter_mut().zip(all) {
                step(column, phase, now, word);
            }
        });
    });
}

fn step(ui: &mut Ui, phase: ReadPhase, now: ReadPhase, word: &str) {
    let is_now = phase == now;
    let ink = if is_now { style::signal(Signal::Working).ink } else { style::tokens().ink_soft };
    let font = if is_now { style::bold(Size::Body) } else { style::font(Size::Body) };
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(22.0), egui::Sense::hover());
        if phase > now {
            icons::not_yet(ui.painter(), rect);
        } else {
            let signal = if is_now { Signal::Working } else { Signal::Ok };
            icons::signal(ui.painter(), rect, signal, style::signal(signal).ink, style::tokens().surface);
        }
        ui.label(RichText::new(word).font(font).color(ink));
    });
}

/// The width of the bar and of what stands below it.
const BAR_WIDTH: f32 = 820.0;
