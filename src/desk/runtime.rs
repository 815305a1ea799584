//! The thread that owns the state, and the hands it works with.

use crate::card::CardOrder;
use crate::logbook::LogOrder;
use bits::stamp::Clock;
use checkin::context::Context;
use checkin::event::{Effect, Event, Input};
use checkin::failure::Signal;
use checkin::show::view;
use checkin::state::State;
use checkin::step::{guarded_ms, step};
use checkin::view::View;
use host::threads;
use registry::Query;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the brain hears that time passed when nothing else happens.
pub const TICK_MS: u64 = 500;
/// No contact has this number.
pub(super) const NO_CONTACT: u64 = 0;
/// How many messages may wait for the brain.
pub const QUEUE_LEN: usize = 1_024;

/// A message for the brain.
pub(super) enum Message {
    /// An event for the state machine.
    Event(Event),
    /// The desk ends.
    Stop,
}

/// The latest view, and a way to wait for one.
pub struct ViewCell {
    current: Mutex<Arc<View>>,
    changed: Condvar,
    wake: Mutex<Option<Wake>>,
}

/// Wakes whoever draws the view.
pub type Wake = Box<dyn Fn() + Send + Sync>;

impl ViewCell {
    /// A cell that holds `view`.
    pub fn new(view: View) -> Self {
        Self { current: Mutex::new(Arc::new(view)), changed: Condvar::new(), wake: Mutex::new(None) }
    }

    /// The latest view.
    pub fn get(&self) -> Arc<View> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whom to wake after a change.
    pub fn wake_with(&self, wake: Wake) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Waits until `wanted` holds; the view that fits, or the last one when the time is over.
    ///
    /// # Errors
    /// The last view, when the time is over.
    pub fn wait(&self, timeout_ms: u64, wanted: impl Fn(&View) -> bool) -> Result<Arc<View>, Arc<View>> {
        let guard = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let timeout = Duration::from_millis(timeout_ms);
        let waited = self.changed.wait_timeout_while(guard, timeout, |view| !wanted(view));
        let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() { Err(Arc::clone(&guard)) } else { Ok(Arc::clone(&guard)) }
    }

    /// Shows another view.
    pub fn set(&self, view: View) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        self.changed.notify_all();
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
    }
}

/// A desk that runs.
pub struct RunningDesk {
    inbox: SyncSender<Message>,
    view: Arc<ViewCell>,
    brain: Option<JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
}

/// The queues of the hands.
pub(super) struct Hands {
    pub(super) card: SyncSender<CardOrder>,
    pub(super) log: SyncSender<LogOrder>,
    pub(super) registry: Option<SyncSender<Box<Query>>>,
    pub(super) sound: Box<dyn FnMut(Signal) + Send>,
    /// The contact that counts; an older one ends as soon as it notices.
    pub(super) contact: Arc<AtomicU64>,
}

impl RunningDesk {
    /// Starts the brain over `state`; `workers` are joined when the desk stops.
    pub(super) fn start(
        brain: Brain,
        inbox: SyncSender<Message>,
        messages: Receiver<Message>,
        workers: Vec<JoinHandle<()>>,
    ) -> std::io::Result<Self> {
        let view = Arc::clone(&brain.view);
        let brain = threads::spawn("brain", move || brain.run(&messages))?;
        Ok(Self { inbox, view, brain: Some(brain), workers })
    }

    /// Hands over what a person did. Never waits; a full queue means that the brain is stuck, and then nothing is
    /// shown as done either.
    pub fn send(&self, input: Input) {
        let _ = self.inbox.try_send(Message::Event(Event::Input(input)));
    }

    /// A hand for the window that can be kept apart from the desk.
    pub fn sender(&self) -> impl Fn(Input) + Send + 'static {
        let inbox = self.inbox.clone();
        move |input| {
            let _ = inbox.try_send(Message::Event(Event::Input(input)));
        }
    }

    /// The latest view.
    pub fn view(&self) -> Arc<ViewCell> {
        Arc::clone(&self.view)
    }

    /// Ends the desk: the log is closed with its totals, every thread ends.
    pub fn stop(mut self) {
        let _ = self.inbox.send(Message::Stop);
        if let Some(brain) = self.brain.take() {
            let _ = brain.join();
        }
        drop(self.inbox);
        for worker in self.workers {
            let _ = worker.join();
        }
    }
}

/// The state and everything it needs to move.
pub(super) struct Brain {
    pub(super) context: Arc<Context>,
    pub(super) state: State,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) hands: Hands,
    pub(super) view: Arc<ViewCell>,
}

impl Brain {
    fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let event = match messages.recv_timeout(Duration::from_millis(self.patience_ms())) {
                Ok(Message::Event(event)) => event,
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => Event::Tick,
            };
            self = self.take(event);
        }
        let _ = self.hands.log.send(LogOrder::Close);
    }

    /// Until the next tick: sooner where buttons come alive before it.
    fn patience_ms(&self) -> u64 {
        let guarded_ms = self.guarded_ms();
        if guarded_ms > 0 { guarded_ms.min(TICK_MS) } else { TICK_MS }
    }

    fn guarded_ms(&self) -> u64 {
        let now = self.clock.now();
        let state = &self.state;
        guarded_ms(state, &self.context).saturating_sub(now.boot_ms.saturating_sub(state.now.boot_ms))
    }

    fn take(mut self, event: Event) -> Self {
        let was_guarded = guarded_ms(&self.state, &self.context) > 0;
        let is_quiet = self.is_quiet(&event);
        let minute_before = self.clock_minute();
        let (state, effects) = step(&self.context, self.state, self.clock.now(), event);
        self.state = state;
        let alive = was_guarded && guarded_ms(&self.state, &self.context) == 0;
        let silent = is_quiet
            && !alive
            && effects.is_empty()
            && minute_before == self.clock_minute()
            && self.state.case().is_none();
        for effect in effects {
            run(&mut self.hands, effect);
        }
        // A still desk costs nothing: without a change there is no new view and no new frame.
        if !silent {
            self.view.set(view(&self.context, &self.state));
        }
        self
    }

    /// Time passed, or the machine is as it was.
    fn is_quiet(&self, event: &Event) -> bool {
        match event {
            Event::Tick => true,
            Event::Machine(machine) => *machine == self.state.health.machine,
            Event::SecondCopy(copy) => *copy == self.state.health.copy,
            _ => false,
        }
    }

    fn clock_minute(&self) -> i64 {
        self.state.now.wall.as_second() / 60
    }
}

/// Hands one effect to its thread.
fn run(hands: &mut Hands, effect: Effect) {
    match effect {
        Effect::ReadCard { contact, key } => {
            hands.contact.store(contact.0, Ordering::Release);
            let _ = hands.card.send(CardOrder::Read(contact, key));
        }
        Effect::ReleaseCard => hands.contact.store(NO_CONTACT, Ordering::Release),
        Effect::Record { purpose, event } => {
            let _ = hands.log.send(LogOrder::Append(purpose, Box::new(event)));
        }
        Effect::Ask(query) => {
            if let Some(registry) = &hands.registry {
                let _ = registry.send(query);
            }
        }
        Effect::KeepEvidence(evidence) => {
            let _ = hands.log.send(LogOrder::Evidence(evidence));
        }
        Effect::CloseLog => {
            let _ = hands.log.send(LogOrder::Close);
        }
        Effect::Sound(signal) => (hands.sound)(signal),
    }
}

/// A queue for the brain.
pub(super) fn inbox() -> (SyncSender<Message>, Receiver<Message>) {
    sync_channel(QUEUE_LEN)
}
