//! Already in: when, at which desk, and what to do about it.

use super::{Tools, case};
use crate::style::{self, Size};
use crate::text::Strings;
use crate::widgets::{notice, place_cells};
use checkin::event::Input;
use checkin::failure::{Failure, Signal};
use checkin::view::{CaseView, Headline, ReceiptView};
use egui::{Label, RichText, Ui};

/// Time and desk of the first entry are the largest thing; room and seat once the way back in is recorded.
pub(crate) fn show(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) -> Option<Input> {
    case::show(ui, view, tools, |ui, told| {
        let words = &told.strings.words;
        match (&view.place, &view.arrival) {
            (Some(place), _) if view.headline == Headline::RecordedAdmit => {
                let cells = [(words.room.as_str(), place.room.as_str()), (&words.seat, &place.seat)];
                place_cells(ui, &cells, Some(Signal::Ok));
            }
            (_, Some(arrival)) => first_entry(ui, view, arrival, told.strings),
            (_, None) => notice(ui, Failure::AlreadyIn, told),
        }
    })
}

fn first_entry(ui: &mut Ui, view: &CaseView, arrival: &ReceiptView, strings: &Strings) {
    let words = &strings.words;
    // The seconds stand above, with the record.
    let minute = arrival.time.get(..5).unwrap_or(&arrival.time);
    // A desk that the board calls “Bàn 1” is not “Bàn Bàn 1”.
    let desk = view.arrival_desk.strip_prefix(words.desk.as_str()).unwrap_or(&view.arrival_desk).trim();
    place_cells(ui, &[(&words.entered_at, minute), (&words.desk, desk)], Some(Signal::Attention));
    let todo = strings.advice(Failure::AlreadyIn).map_or("", |advice| advice.todo.as_str());
    ui.add(Label::new(RichText::new(todo).font(style::bold(Size::Large)).color(style::tokens().ink)).wrap());
}
