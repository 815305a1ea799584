//! Already in: when, and under which entry of the log.

use super::{Tools, case};
use crate::widgets::{notice, place_cells};
use checkin::event::Input;
use checkin::failure::{Failure, Signal};
use checkin::view::{CaseView, Headline};
use egui::Ui;

/// The time of the first entry is the largest thing; room and seat once the way back in is recorded.
pub(crate) fn show(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) -> Option<Input> {
    case::show(ui, view, tools, |ui, strings| {
        let words = &strings.words;
        match (&view.place, &view.arrival) {
            (Some(place), _) if view.headline == Headline::RecordedAdmit => {
                let cells = [(words.room.as_str(), place.room.as_str()), (&words.seat, &place.seat)];
                place_cells(ui, &cells, Some(Signal::Ok));
            }
            (_, Some(arrival)) => {
                let number = words.record_of(&arrival.entry);
                let cells = [(words.entered_at.as_str(), arrival.time.as_str()), (&words.record, &number)];
                place_cells(ui, &cells, Some(Signal::Attention));
            }
            (_, None) => notice(ui, Failure::AlreadyIn, strings),
        }
    })
}
