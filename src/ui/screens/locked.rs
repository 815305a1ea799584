//! Locked: who is on duty, a PIN, and nothing of what stands behind.

use super::Tools;
use super::preparing::{people, pin};
use crate::style::{self, Size};
use crate::widgets::banner;
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::LockedView;
use egui::{Label, RichText, Ui};

/// Draws the screen; `line` is the PIN while it is typed.
pub(crate) fn show(ui: &mut Ui, view: &LockedView, line: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    let on_duty = words.locked_on_duty.replace("{name}", &view.on_duty);
    banner(ui, Signal::Attention, &words.locked_title, &on_duty);
    ui.add_space(style::GAP);
    if view.is_checking {
        ui.label(RichText::new(&words.locked_checking).font(style::bold(Size::Title)).color(style::tokens().ink_soft));
        return None;
    }
    match view.sign_in.chosen.and_then(|chosen| view.sign_in.operators.get(chosen)) {
        Some(operator) => pin(ui, &view.sign_in, operator, line, tools),
        None => {
            let text = RichText::new(&words.locked_people).font(style::bold(Size::Title)).color(style::tokens().ink);
            ui.add(Label::new(text).wrap());
            ui.add_space(style::GAP);
            people(ui, &view.sign_in.operators, words)
        }
    }
}
