//! Elsewhere: where to go, largest on the screen.

use super::{Tools, case};
use crate::widgets::{notice, place_cells};
use checkin::event::Input;
use checkin::failure::{Failure, Signal};
use checkin::view::CaseView;
use egui::Ui;

/// The room, and the site and session where they are other ones.
pub(crate) fn show(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) -> Option<Input> {
    case::show(ui, view, tools, |ui, told| {
        let words = &told.strings.words;
        let Some(place) = &view.place else { return notice(ui, Failure::Elsewhere, told) };
        let mut cells = vec![(words.room.as_str(), place.room.as_str())];
        cells.extend(place.session.as_deref().map(|session| (words.session.as_str(), session)));
        cells.extend(place.site.as_deref().map(|site| (words.site.as_str(), site)));
        place_cells(ui, &cells, Some(Signal::Attention));
    })
}
