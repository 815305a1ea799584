//! Reads an exam for the board's window, beside it.

use super::super::WorkError;
use super::reviewing::{self, Sources};
use crate::language::BoardWords;
use crate::loaded::Loaded;
use crate::review_book::ReviewBook;
use host::threads;
use std::sync::Arc;
use words::Language;

/// News of the reading.
pub enum BookNews {
    /// So many exports of so many are checked.
    Progress(usize, usize),
    /// Everything is there.
    Done(Arc<ReviewBook>),
    /// It was stopped.
    Stopped,
    /// Why there is nothing, in the reader's language.
    Failed(String),
}

/// Begins to read on a thread of its own. `tell` is told how it goes, and says whether to go on.
///
/// # Errors
/// The system has no thread for it.
pub fn read_beside(
    sources: Sources,
    language: Language,
    mut tell: impl FnMut(BookNews) -> bool + Send + 'static,
) -> Result<(), WorkError> {
    threads::spawn("reading", move || {
        let read = reviewing::load(&sources, &mut |done, all| tell(BookNews::Progress(done, all)));
        tell(news(read, language));
    })?;
    Ok(())
}

fn news(read: Result<Option<Loaded>, WorkError>, language: Language) -> BookNews {
    let book = match read {
        Ok(Some(loaded)) => ReviewBook::new(loaded).map_err(|fault| fault.to_string()),
        Ok(None) => return BookNews::Stopped,
        Err(error) => match BoardWords::load(language) {
            Ok(words) => Err(error.said(&words)),
            Err(fault) => Err(fault.to_string()),
        },
    };
    book.map_or_else(BookNews::Failed, |book| BookNews::Done(Arc::new(book)))
}
