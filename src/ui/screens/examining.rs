//! The technician's page: every finding with what to do, the gravest colour beside it.

use super::Tools;
use crate::icons;
use crate::style::{self, Size};
use crate::widgets::{Press, Weight, banner, button};
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::readiness::{Check, Grade, worst};
use checkin::view::ExaminingView;
use egui::{Frame, Key, Label, Panel, RichText, ScrollArea, Ui, Vec2};

const FOOT_HEIGHT: f32 = 84.0;
const ICON: f32 = 26.0;

/// Draws the screen.
pub(crate) fn show(ui: &mut Ui, view: &ExaminingView, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let foot = Panel::bottom("examined").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let pressed = foot.show(ui, |ui| {
        ui.add_space(style::GAP);
        ui.horizontal(|ui| {
            let width = (ui.available_width() - ui.spacing().item_spacing.x) / 2.0;
            let back = button(ui, &words.action_back, Press::always(Some(Key::Escape), Weight::Side), width);
            let again = Press { key: None, weight: Weight::Side, alive: view.checks.is_some() };
            let again = button(ui, &words.examining_again, again, width);
            back.then_some(Input::Back).or(again.then_some(Input::Examine))
        })
        .inner
    });
    match &view.checks {
        None => banner(ui, Signal::Working, &words.examining_working, ""),
        Some(checks) => {
            banner(ui, signal_of(worst(checks)), &words.examining_title, "");
            ui.add_space(style::GAP / 2.0);
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                checks.iter().for_each(|check| row(ui, check, tools));
            });
        }
    }
    pressed.inner
}

fn row(ui: &mut Ui, check: &Check, tools: &Tools<'_>) {
    let said = tools.strings.finding(check);
    ui.horizontal(|ui| {
        let signal = signal_of(check.finding.grade());
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(ICON), egui::Sense::hover());
        match check.finding.grade() {
            // Nothing runs: it was not done, or nobody knows.
            Grade::NotDone => icons::unknown(ui.painter(), rect, style::tokens().ink_soft),
            _ => {
                icons::signal(ui.painter(), rect, signal, style::signal(signal).strong, style::signal(signal).on_strong)
            }
        }
        let what = RichText::new(&said.what).font(style::bold(Size::Body)).color(style::tokens().ink);
        ui.add(Label::new(what));
        if !said.todo.is_empty() {
            let todo = RichText::new(&said.todo).font(style::font(Size::Body)).color(style::tokens().ink_soft);
            ui.add(Label::new(todo).wrap());
        }
    });
}

fn signal_of(grade: Grade) -> Signal {
    match grade {
        Grade::Good => Signal::Ok,
        Grade::NotDone => Signal::Working,
        Grade::Remark => Signal::Attention,
        Grade::Bad => Signal::Stop,
    }
}
