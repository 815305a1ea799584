//! Verdict: a person, four lines, and what the desk proposes.

use super::{Tools, case};
use crate::checkin::event::Input;
use crate::checkin::failure::Signal;
use crate::checkin::view::{CaseView, Headline};
use crate::ui::widgets::{notice, place_cells};
use egui::Ui;

/// Room and seat where the person may go in; else what happened and what to do.
pub(crate) fn show(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) -> Option<Input> {
    case::show(ui, view, tools, |ui, strings| {
        let goes_in = matches!(view.headline, Headline::Admit | Headline::RecordedAdmit | Headline::Working);
        match (&view.place, view.reasons.first()) {
            (Some(place), _) if goes_in => {
                let ground = if view.headline == Headline::Working { Signal::Working } else { Signal::Ok };
                let cells = [(strings.words.room.as_str(), place.room.as_str()), (&strings.words.seat, &place.seat)];
                place_cells(ui, &cells, ground);
            }
            (_, Some(reason)) => notice(ui, *reason, strings),
            (_, None) => {}
        }
    })
}
