//! What a page asks of the book is answered beside the window: a search through a whole country takes longer than a frame has.
//!
//! Invariants:
//! - Nothing that looks through the book, and no sheet, is made by the window itself.
//! - An answer that nobody waits for any more changes nothing.

use super::opened::{self, Opened};
use egui::Context;
use review::book::{Book, List, Overview, Wanted};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use words::Language;

/// A piece of work that is done beside the window.
pub type Question = Box<dyn FnOnce() + Send>;

/// What was asked for.
pub(super) enum Answer {
    /// The rows of a list.
    Rows(List, Wanted, Vec<u32>),
    /// The first page.
    Overview(Box<Overview>),
    /// A sheet; nothing where nothing stands behind the row.
    Opened(Option<Box<Opened>>),
    /// The sheets that lie open, made again.
    Again(Vec<Opened>),
}

/// When something was asked: what was asked before one of these changed is asked about something that is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moment {
    /// The reading of the exam.
    pub(super) reading: u64,
    /// What lies open, and in which language.
    pub(super) turn: u64,
}

/// The window's side of it.
pub(super) struct Asking {
    lend: Box<dyn Fn(Question)>,
    told: Sender<(Moment, Answer)>,
    heard: Receiver<(Moment, Answer)>,
    pub(super) now: Moment,
}

impl Asking {
    pub(super) fn new(lend: Box<dyn Fn(Question)>) -> Self {
        let (told, heard) = channel();
        Self { lend, told, heard, now: Moment::default() }
    }

    pub(super) fn rows(&self, context: &Context, book: &Arc<dyn Book>, list: List, wanted: Wanted) {
        self.ask(context, book, move |book| {
            let rows = book.find(list, &wanted);
            Answer::Rows(list, wanted, rows)
        });
    }

    pub(super) fn overview(&self, context: &Context, book: &Arc<dyn Book>, language: Language) {
        self.ask(context, book, move |book| Answer::Overview(Box::new(book.overview(language))));
    }

    pub(super) fn sheet(&self, context: &Context, book: &Arc<dyn Book>, of: (List, u32), language: Language) {
        let (list, number) = of;
        self.ask(context, book, move |book| Answer::Opened(Opened::new(book, list, number, language).map(Box::new)));
    }

    /// The sheets that lie open, out of another reading.
    pub(super) fn again(&self, context: &Context, book: &Arc<dyn Book>, open: &[Opened], language: Language) {
        let open = open.to_vec();
        self.ask(context, book, move |book| Answer::Again(opened::again(&open, book, language)));
    }

    /// The same sheets in another language.
    pub(super) fn reword(&self, context: &Context, book: &Arc<dyn Book>, open: &[Opened], language: Language) {
        let mut open = open.to_vec();
        self.ask(context, book, move |book| {
            opened::reword(&mut open, book, language);
            Answer::Again(open)
        });
    }

    /// The next answer, and when it was asked for.
    pub(super) fn next(&self) -> Option<(Moment, Answer)> {
        self.heard.try_recv().ok()
    }

    fn ask(&self, context: &Context, book: &Arc<dyn Book>, answer: impl FnOnce(&dyn Book) -> Answer + Send + 'static) {
        let (told, book, context, now) = (self.told.clone(), Arc::clone(book), context.clone(), self.now);
        (self.lend)(Box::new(move || {
            // A window that was closed waits for nothing.
            if told.send((now, answer(book.as_ref()))).is_ok() {
                context.request_repaint();
            }
        }));
    }
}
