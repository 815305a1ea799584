//! Reading: hold the card still; how far it is; what to do when it was lifted.

use super::Tools;
use crate::checkin::event::ReadPhase;
use crate::checkin::failure::Signal;
use crate::checkin::view::ReadingView;
use crate::ui::icons;
use crate::ui::style::{self, Size};
use crate::ui::text::Words;
use crate::ui::widgets::notice;
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
        ui.label(RichText::new(title).font(style::bold(Size::Banner)).color(style::INK));
        ui.add_space(style::GAP);
        bar(ui, view);
        ui.add_space(style::GAP);
        steps(ui, view.phase, words);
        if let Some(failure) = view.interrupted {
            ui.add_space(style::GAP);
            ui.allocate_ui(Vec2::new(820.0, 120.0), |ui| notice(ui, failure, tools.strings));
        }
    });
}

fn bar(ui: &mut Ui, view: &ReadingView) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(820.0, 26.0), egui::Sense::hover());
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
    let texts: Vec<_> = all
        .iter()
        .map(|(phase, word)| {
            let ink = if *phase == now { style::signal(Signal::Working).ink } else { style::INK_SOFT };
            let font = if *phase == now { style::bold(Size::Large) } else { style::font(Size::Large) };
            (RichText::new(word.as_str()).font(font).color(ink), *phase < now)
        })
        .collect();
    let width = 820.0 / 4.0;
    ui.allocate_ui(Vec2::new(820.0, 40.0), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (text, done) in texts {
                ui.allocate_ui_with_layout(
                    Vec2::new(width, 36.0),
                    egui::Layout::left_to_right(egui::Align::Center).with_main_justify(false),
                    |ui| {
                        ui.set_min_width(width);
                        let signal = if done { Signal::Ok } else { Signal::Working };
                        icons::inline(ui, signal, 22.0);
                        ui.add_space(6.0);
                        ui.label(text);
                    },
                );
            }
        });
    });
}
