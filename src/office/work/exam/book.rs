//! Reads an exam for the board's window, beside it, and carries out what members want done there.

use super::super::{Voice, Work, WorkError};
use super::deciding::{self, Decide, Passphrase, SealedKey};
use super::handing::{self, HandOver};
use super::recording::Signers;
use super::reviewing::{self, Sources};
use crate::language::BoardWords;
use crate::loaded::Loaded;
use crate::review_book::ReviewBook;
use crate::work::Ending;
use bits::random::Random;
use bits::secret::Secret;
use bits::stamp::Clock;
use host::clock::SystemClock;
use host::random::SystemRandom;
use host::threads;
use jiff::tz::Offset;
use review::case::entry_line;
use review::order::{Decision, Order, Signer, What};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use words::Language;

/// News of the work.
pub enum BookNews {
    /// So many exports of so many are checked.
    Progress(usize, usize),
    /// Everything is there.
    Done(Arc<ReviewBook>),
    /// It was stopped.
    Stopped,
    /// Why there is nothing, in the reader's language.
    Failed(String),
    /// How an order ended: whether it was done, and what is to be said about it.
    Told(bool, String),
}

/// What the work beside a window is done with.
pub struct Beside {
    /// What the review is made from.
    pub sources: Sources,
    /// The language of whoever reads why nothing can be shown.
    pub language: Language,
    /// The time of what is written.
    pub clock: Box<dyn Clock>,
    /// Chance, for the keys of segments.
    pub random: Box<dyn Random + Send>,
}

impl Beside {
    /// With the machine's own clock and chance.
    pub fn of_machine(sources: Sources, language: Language) -> Self {
        Self { sources, language, clock: Box::new(SystemClock), random: Box::new(SystemRandom) }
    }
}

/// Reads on a thread of its own, and does what is ordered there, one after the other; after each the exam is read again.
/// `tell` is told how it goes, and says whether to go on. It ends when nobody orders any more.
///
/// # Errors
/// The system has no thread for it.
pub fn work_beside(
    mut beside: Beside,
    orders: Receiver<Order>,
    mut tell: impl FnMut(BookNews) -> bool + Send + 'static,
) -> Result<JoinHandle<()>, WorkError> {
    let thread = threads::meanwhile("reading", move || {
        let mut goes_on = beside.read(&mut tell);
        while goes_on {
            let Ok(order) = orders.recv() else { return };
            let (is_done, said) = beside.carry_out(order);
            goes_on = tell(BookNews::Told(is_done, said)) && beside.read(&mut tell);
        }
    })?;
    Ok(thread)
}

/// Answers on a thread of its own what a window asks of a book that was read, one question after the other. It ends when
/// nobody asks any more.
///
/// # Errors
/// The system has no thread for it.
pub fn answer_beside(questions: Receiver<Box<dyn FnOnce() + Send>>) -> Result<JoinHandle<()>, WorkError> {
    Ok(threads::spawn("answering", move || questions.into_iter().for_each(|answer| answer()))?)
}

impl Beside {
    /// Reads everything; false where there is nothing that could be worked with.
    fn read(&self, tell: &mut impl FnMut(BookNews) -> bool) -> bool {
        let read = reviewing::load(&self.sources, &mut |done, all| tell(BookNews::Progress(done, all)));
        let news = self.news(read);
        let book = if let BookNews::Done(book) = &news { Some(Arc::clone(book)) } else { None };
        let goes_on = tell(news);
        // Beside whoever looks already: by the time that somebody types it is there.
        book.as_ref().into_iter().for_each(|book| book.make_ready());
        book.is_some() && goes_on
    }

    fn news(&self, read: Result<Option<Loaded>, WorkError>) -> BookNews {
        let book = match read {
            Ok(Some(loaded)) => {
                let offset = Offset::from_hours(loaded.exam.settings.utc_offset_hours).unwrap_or(Offset::UTC);
                let today = offset.to_datetime(self.clock.now().wall).date();
                ReviewBook::new(loaded).map(|book| book.on(today)).map_err(|fault| fault.to_string())
            }
            Ok(None) => return BookNews::Stopped,
            Err(error) => match BoardWords::load(self.language) {
                Ok(words) => Err(error.said(&words)),
                Err(fault) => Err(fault.to_string()),
            },
        };
        book.map_or_else(BookNews::Failed, |book| BookNews::Done(Arc::new(book)))
    }

    /// Whether it was done, and what there is to say.
    fn carry_out(&mut self, order: Order) -> (bool, String) {
        let words = match BoardWords::load(order.language) {
            Ok(words) => words,
            Err(fault) => return (false, fault.to_string()),
        };
        let heard = Heard::default();
        let now = self.clock.now().wall;
        let mut work = Work { now, random: &mut *self.random, words: &words, voice: &heard };
        let ended = match order.what {
            What::Decide(decision) => deciding::decide(&mut work, &decide(&self.sources, *decision)),
            What::HandOver { cand, into } => {
                handing::hand_over(&work, &HandOver { sources: self.sources.clone(), cand, into: path(&into) })
            }
        };
        let is_done = matches!(ended, Ok(Ending::Done | Ending::Remarks));
        let said = heard.0.into_inner();
        let why = ended.err().map(|error| error.said(&words));
        (is_done, said.into_iter().chain(why).collect::<Vec<_>>().join("\n"))
    }
}

fn decide(sources: &Sources, decision: Decision) -> Decide {
    let Decision { case, seen, step, signers } = decision;
    let mut keys = signers.into_iter().map(sealed);
    let nobody = || SealedKey { key: PathBuf::new(), passphrase: Passphrase::Typed(Secret::new(String::new())) };
    Decide {
        sources: sources.clone(),
        case: case.to_string(),
        seen: Some(seen),
        state: step.state.word().to_owned(),
        ruling: step.ruling,
        reason: step.reason,
        undo: step.undoes.as_ref().map(entry_line),
        duties: step.duties,
        answers: step.answers,
        members: Signers { member: keys.next().unwrap_or_else(nobody), with: keys.next() },
    }
}

fn sealed(signer: Signer) -> SealedKey {
    SealedKey { key: path(&signer.key), passphrase: Passphrase::Typed(signer.passphrase) }
}

/// A path as somebody types or pastes it.
fn path(typed: &str) -> PathBuf {
    PathBuf::from(typed.trim().trim_matches(['"', '\'']))
}

/// Keeps what is said, for a window to show.
#[derive(Default)]
struct Heard(RefCell<Vec<String>>);

impl Heard {
    fn hear(&self, text: &str) {
        self.0.borrow_mut().push(text.trim_end().to_owned());
    }
}

impl Voice for Heard {
    fn say(&self, text: &str) {
        self.hear(text);
    }

    fn put(&self, text: &str) {
        self.hear(text);
    }

    fn complain(&self, what: &str) {
        self.hear(what);
    }

    fn remark(&self, text: &str) {
        self.hear(text);
    }

    fn hand_on(&self, _: &serde_json::Value) {}
}
