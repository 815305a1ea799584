//! A sheet that lies open, and what becomes of it when the exam is read again.

use super::timeline::Chosen;
use review::CaseId;
use review::book::{Book, List, Sheet};
use words::Language;

/// A sheet with where it comes from.
#[derive(Clone)]
pub(super) struct Opened {
    pub(super) list: List,
    pub(super) number: u32,
    pub(super) sheet: Sheet,
    /// Where one stands on its line of time.
    pub(super) chosen: Chosen,
    case: Option<CaseId>,
}

impl Opened {
    pub(super) fn new(book: &dyn Book, list: List, number: u32, language: Language) -> Option<Self> {
        let case = (list == List::Cases).then(|| book.open_case(number, language)).flatten().map(|case| case.id);
        let sheet = book.sheet(list, number, language)?;
        Some(Self { list, number, sheet, chosen: Chosen::default(), case })
    }
}

/// The same sheets of another reading. One that is about something else now, or about nothing, is closed.
pub(super) fn again(open: &[Opened], book: &dyn Book, language: Language) -> Vec<Opened> {
    let one = |before: &Opened| {
        let number = match before.case {
            Some(id) => book.case_row(id)?,
            None => before.number,
        };
        let now = Opened::new(book, before.list, number, language)?;
        (now.sheet.title == before.sheet.title).then_some(Opened { chosen: before.chosen, ..now })
    };
    open.iter().filter_map(one).collect()
}

/// The same sheets in another language.
pub(super) fn reword(open: &mut [Opened], book: &dyn Book, language: Language) {
    for one in open {
        if let Some(sheet) = book.sheet(one.list, one.number, language) {
            one.sheet = sheet;
        }
    }
}
