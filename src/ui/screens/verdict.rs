//! Verdict: a person, four lines, and what the desk proposes.

use super::task::is_task;
use super::{Tools, case};
use crate::widgets::{notice, place_cells, side_by_side};
use checkin::event::Input;
use checkin::failure::{Failure, Signal};
use checkin::view::{CaseView, Headline};
use egui::Ui;

/// Room and seat where the person may go in; the rows side by side where several fit; else what happened and what to do.
pub(crate) fn show(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) -> Option<Input> {
    case::show(ui, view, tools, |ui, told| {
        // The room stays where it was while a reason is chosen.
        let goes_in = is_task(view.headline);
        let several = view.namesakes.as_ref().filter(|_| view.person.candidate_number.is_none());
        if let (Some(namesakes), Some(Failure::NeedsDecision)) = (several, view.reasons.first()) {
            // Nobody is picked here: which row is meant is for the head of site to say.
            let _ = side_by_side(ui, namesakes, &told.strings.words, false);
            return;
        }
        match (&view.place, view.reasons.first()) {
            (Some(place), _) if goes_in => {
                let ground = (view.headline == Headline::RecordedAdmit).then_some(Signal::Ok);
                let cells =
                    [(told.strings.words.room.as_str(), place.room.as_str()), (&told.strings.words.seat, &place.seat)];
                place_cells(ui, &cells, ground);
            }
            (_, Some(reason)) => notice(ui, *reason, told),
            (_, None) => {}
        }
    })
}
