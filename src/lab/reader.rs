//! A reader in the same process: a field that cards are put into and taken out of from another thread.
//!
//! Passes the same contract as the real reader in `host`. The demo and the desk's tests use it.
//!
//! Invariants: nothing sleeps unless a delay was asked for; a card that is lifted ends its connection.

use crate::card::SyntheticCard;
use iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The name of every reader in the lab.
pub const READER_NAME: &str = "Lab reader";

/// The field of a reader in the lab. Clones are handles to the same field.
#[derive(Clone)]
pub struct LabField {
    shared: Arc<Shared>,
}

/// The reader of a [`LabField`].
pub struct LabReader {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    field: Mutex<Field>,
    changed: Condvar,
}

#[derive(Default)]
struct Field {
    card: Option<SyntheticCard>,
    /// Rises with every change, so that a connection knows its card is gone.
    generation: u64,
    unplugged: bool,
    /// Another program holds the card.
    held: bool,
    stopped: bool,
    delay: Duration,
    events: VecDeque<ReaderEvent>,
}

impl LabField {
    /// An empty field and its reader, which is ready at once.
    pub fn new() -> (Self, LabReader) {
        let shared = Arc::new(Shared::default());
        let field = Self { shared: Arc::clone(&shared) };
        field.announce(ReaderEvent::Ready { reader: READER_NAME.to_owned() });
        (field, LabReader { shared })
    }

    /// One more reader of the same field; each event goes to whichever asks first.
    pub fn reader(&self) -> LabReader {
        LabReader { shared: Arc::clone(&self.shared) }
    }

    /// Puts a card into the field. A card that is there is taken out first.
    pub fn insert(&self, mut card: SyntheticCard) {
        self.remove();
        card.reset();
        let atr = card.atr_bytes().to_vec();
        self.change(|field| field.card = Some(card));
        self.announce(ReaderEvent::CardPresent { reader: READER_NAME.to_owned(), atr });
    }

    /// Takes the card out of the field, also in the middle of a command.
    pub fn remove(&self) -> Option<SyntheticCard> {
        let card = self.change(|field| field.card.take());
        if card.is_some() {
            self.announce(ReaderEvent::CardRemoved);
        }
        card
    }

    /// True while a card is in the field.
    pub fn is_occupied(&self) -> bool {
        self.shared.lock().card.is_some()
    }

    /// Makes every command take at least this long, as the air would.
    pub fn set_delay_ms(&self, delay_ms: u64) {
        self.shared.lock().delay = Duration::from_millis(delay_ms);
    }

    /// Pulls the reader's plug; a card in the field is lost.
    pub fn unplug(&self) {
        self.remove();
        self.change(|field| field.unplugged = true);
        self.announce(ReaderEvent::NoReader);
    }

    /// Plugs the reader in again.
    pub fn plug_in(&self) {
        self.change(|field| field.unplugged = false);
        self.announce(ReaderEvent::Ready { reader: READER_NAME.to_owned() });
    }

    /// Stops the service between program and reader; a card in the field is lost.
    pub fn stop_service(&self) {
        self.remove();
        self.change(|field| field.stopped = true);
        self.announce(ReaderEvent::ServiceDown);
    }

    /// Starts the service again.
    pub fn start_service(&self) {
        self.change(|field| field.stopped = false);
        self.announce(ReaderEvent::Ready { reader: READER_NAME.to_owned() });
    }

    /// Lets another program hold the card: nobody else can connect.
    pub fn hold(&self) {
        self.shared.lock().held = true;
    }

    /// The other program lets go.
    pub fn let_go(&self) {
        self.shared.lock().held = false;
    }

    fn change<T>(&self, change: impl FnOnce(&mut Field) -> T) -> T {
        let mut field = self.shared.lock();
        field.generation += 1;
        change(&mut field)
    }

    fn announce(&self, event: ReaderEvent) {
        self.shared.lock().events.push_back(event);
        self.shared.changed.notify_all();
    }
}

impl Field {
    /// The way to the field is there.
    fn connected(&self) -> Result<(), TransportError> {
        match (self.stopped, self.unplugged) {
            (true, _) => Err(TransportError::ServiceLost),
            (_, true) => Err(TransportError::ReaderLost),
            (false, false) => Ok(()),
        }
    }
}

impl Shared {
    /// A field whose owner panicked is still a field.
    fn lock(&self) -> MutexGuard<'_, Field> {
        self.field.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CardReader for LabReader {
    fn wait(&mut self, timeout_ms: u32) -> Option<ReaderEvent> {
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        let (mut field, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), timeout, |field| field.events.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        field.events.pop_front()
    }

    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError> {
        let mut field = self.shared.lock();
        field.connected()?;
        let is_held = field.held;
        let card = field.card.as_mut().ok_or(TransportError::CardLost)?;
        if is_held {
            return Err(TransportError::HeldByAnother);
        }
        card.reset();
        let atr = card.atr_bytes().to_vec();
        Ok(Box::new(LabConnection { shared: Arc::clone(&self.shared), generation: field.generation, atr }))
    }
}

/// A connection to the card that was in the field when it was made.
struct LabConnection {
    shared: Arc<Shared>,
    generation: u64,
    atr: Vec<u8>,
}

impl CardTransport for LabConnection {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let delay = self.shared.lock().delay;
        if !delay.is_zero() {
            std::thread::sleep(delay);
        }
        let mut field = self.shared.lock();
        field.connected()?;
        if field.generation != self.generation {
            return Err(TransportError::CardLost);
        }
        let answer = field.card.as_mut().ok_or(TransportError::CardLost)?.transmit(command);
        if answer == Err(TransportError::CardLost) {
            field.card = None;
            field.generation += 1;
            field.events.push_back(ReaderEvent::CardRemoved);
            self.shared.changed.notify_all();
        }
        answer
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }
}

impl Drop for LabConnection {
    fn drop(&mut self) {
        let mut field = self.shared.lock();
        if field.generation == self.generation
            && let Some(card) = field.card.as_mut()
        {
            card.reset();
        }
    }
}
