//! One page for every list: what is looked for, the rows, their order.

use super::asking::Asking;
use super::table::{self, Column, Done, Position};
use super::words::{ReviewWords, filled};
use crate::style::{self, Size};
use ::words::Language;
use egui::{RichText, TextEdit, Ui, Vec2};
use review::book::{Book, List, Wanted};
use std::sync::Arc;

/// A list with what was typed for it.
pub(super) struct ListPage {
    list: List,
    wanted: Wanted,
    /// What the rows were found for; asked again when something else is wanted.
    found_for: Option<Wanted>,
    /// The rows were asked for, and have not come.
    is_asked: bool,
    /// Enter was pressed before the rows had come.
    opens_next: bool,
    rows: Vec<u32>,
    /// The rows are those of an earlier reading.
    is_outdated: bool,
    position: Position,
}

impl ListPage {
    pub(super) fn new(list: List) -> Self {
        // Of cases, those that somebody has dealt with are seldom looked for.
        let wanted = Wanted { only_open: list == List::Cases, ..Wanted::default() };
        Self {
            list,
            wanted,
            found_for: None,
            is_asked: false,
            opens_next: false,
            rows: Vec::new(),
            is_outdated: false,
            position: Position::default(),
        }
    }

    pub(super) fn list(&self) -> List {
        self.list
    }

    /// The exam was read again: its rows are looked for anew.
    pub(super) fn forget_rows(&mut self) {
        // What was asked of the reading before is not answered any more.
        (self.is_outdated, self.is_asked) = (true, false);
    }

    /// Forgets what was typed.
    pub(super) fn clear(&mut self) {
        self.wanted.text.clear();
    }

    /// Draws the page; the row that was opened.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        (book, asking): (&Arc<dyn Book>, &Asking),
        words: &ReviewWords,
        language: Language,
    ) -> Option<u32> {
        self.line(ui, book.as_ref(), words);
        if !self.is_asked && !self.is_found() {
            self.is_asked = true;
            asking.rows(ui.ctx(), book, self.list, self.wanted.clone());
        }
        if self.rows.is_empty() {
            // Nothing is said to be found only once it was looked for.
            let said = if self.is_found() { words.nothing.as_str() } else { WAITING };
            ui.label(RichText::new(said).font(style::font(Size::Large)));
            return None;
        }
        if self.is_found() && std::mem::take(&mut self.opens_next) {
            return self.rows.first().copied();
        }
        let columns = columns(self.list, words);
        let row = |at: usize| book.row(self.list, self.rows.get(at).copied().unwrap_or(u32::MAX), language);
        match table::show(ui, &columns, self.rows.len(), &mut self.position, row)? {
            Done::Opened(at) if self.is_found() => self.rows.get(at).copied(),
            Done::Opened(_) => {
                // What is meant is what was typed, not what is still in sight.
                self.opens_next = true;
                None
            }
            Done::Sorted(column) => {
                self.wanted.sort = next_order(self.wanted.sort, column);
                None
            }
        }
    }

    /// The rows that were asked for have come.
    pub(super) fn found(&mut self, wanted: Wanted, rows: Vec<u32>) {
        let is_other = self.found_for.as_ref() != Some(&wanted);
        (self.rows, self.is_asked, self.is_outdated) = (rows, false, false);
        if is_other {
            (self.found_for, self.position) = (Some(wanted), Position::default());
        }
    }

    /// The rows in sight are those that are wanted.
    fn is_found(&self) -> bool {
        !self.is_outdated && self.found_for.as_ref() == Some(&self.wanted)
    }

    fn line(&mut self, ui: &mut Ui, book: &dyn Book, words: &ReviewWords) {
        ui.horizontal(|ui| {
            let hint = RichText::new(self.hint(words)).font(style::font(Size::Body)).color(style::tokens().ink_soft);
            let edit = TextEdit::singleline(&mut self.wanted.text)
                .id_salt(("find", self.list))
                .hint_text(hint)
                .char_limit(MAX_TEXT)
                .font(style::font(Size::Body));
            let response = ui.add_sized(Vec2::new(430.0, style::TARGET_MIN), edit);
            // Whoever types on a list means this line, wherever the focus was.
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
            self.sessions(ui, book, words);
            ui.checkbox(&mut self.wanted.only_open, RichText::new(&words.only_open).font(style::font(Size::Body)));
            let count = if self.is_found() { self.rows.len().to_string() } else { WAITING.to_owned() };
            let rows = filled(&words.rows, &[("count", count)]);
            ui.label(RichText::new(rows).font(style::bold(Size::Body)));
        });
        ui.label(RichText::new(&words.hint).font(style::font(Size::Small)).color(style::tokens().ink_soft));
    }

    fn sessions(&mut self, ui: &mut Ui, book: &dyn Book, words: &ReviewWords) {
        let sessions = book.sessions();
        if sessions.len() < 2 {
            return;
        }
        let name =
            |chosen: Option<usize>| chosen.and_then(|one| sessions.get(one)).unwrap_or(&words.every_session).clone();
        let shown = RichText::new(name(self.wanted.session)).font(style::font(Size::Body));
        egui::ComboBox::from_id_salt(("session", self.list)).selected_text(shown).width(190.0).show_ui(ui, |ui| {
            for one in std::iter::once(None).chain((0..sessions.len()).map(Some)) {
                ui.selectable_value(&mut self.wanted.session, one, name(one));
            }
        });
    }

    fn hint<'a>(&self, words: &'a ReviewWords) -> &'a str {
        match self.list {
            List::Rooms => &words.find_rooms,
            List::Desks => &words.find_desks,
            List::People => &words.find_people,
            List::Cases => &words.find_cases,
        }
    }
}

/// The first press sorts, the second turns it round, the third gives the list's own order back.
fn next_order(before: Option<(usize, bool)>, column: usize) -> Option<(usize, bool)> {
    match before {
        Some((same, false)) if same == column => Some((column, true)),
        Some((same, true)) if same == column => None,
        _ => Some((column, false)),
    }
}

/// The columns of a list; [`Book::row`] has a cell for each.
fn columns(list: List, words: &ReviewWords) -> Vec<Column<'_>> {
    let text = |title, share| Column { title, share, is_number: false };
    let number = |title, share| Column { title, share, is_number: true };
    match list {
        List::Rooms => vec![
            text(&words.column_session, 1.2),
            text(&words.column_site, 2.2),
            text(&words.column_room, 1.2),
            number(&words.column_listed, 1.0),
            number(&words.column_admitted, 1.0),
            number(&words.column_not_in, 1.0),
            number(&words.column_not_known, 1.0),
            text(&words.column_difference, 3.0),
        ],
        List::Desks => vec![
            text(&words.column_session, 1.2),
            text(&words.column_site, 1.8),
            text(&words.column_desk, 1.4),
            text(&words.column_state, 2.2),
            number(&words.column_entries, 1.0),
            number(&words.column_arrived, 1.0),
            number(&words.column_manual, 1.0),
            number(&words.column_failed, 1.0),
            text(&words.column_outside, 1.8),
        ],
        List::People => vec![
            text(&words.column_number, 1.2),
            text(&words.column_name, 3.0),
            text(&words.column_birth, 1.3),
            text(&words.column_site, 1.8),
            text(&words.column_room, 1.0),
            text(&words.column_state, 3.2),
        ],
        List::Cases => vec![
            text(&words.column_case, 4.0),
            text(&words.column_about, 2.6),
            text(&words.column_site, 1.4),
            text(&words.column_state, 1.6),
            text(&words.column_key, 1.6),
        ],
    }
}

/// Stands where an answer is to come.
const WAITING: &str = "…";
/// The longest text that is looked for.
const MAX_TEXT: usize = 80;
