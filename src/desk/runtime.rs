//! The thread that owns the state, and the hands it works with.

use crate::orders::{CardOrder, Hands, LogOrder, Message, NO_CONTACT, PinOrder, QUEUE_LEN, RegistryOrder, Started};
use crate::papers::PaperOrder;
use bits::stamp::{Clock, Stamp};
use checkin::event::{Effect, Event, Input};
use checkin::machine::{Machine, MachineEffect, MachineEvent};
use checkin::news::About;
use checkin::preparation::PreparationEffect;
use checkin::view::View;
use host::threads;
use registry::Query;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the brain hears that time passed when nothing else happens.
pub const TICK_MS: u64 = 500;

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

/// A desk that runs, or is being prepared.
pub struct RunningDesk {
    inbox: SyncSender<Message>,
    view: Arc<ViewCell>,
    brain: JoinHandle<()>,
}

impl RunningDesk {
    /// Starts the brain over what there is of a desk.
    pub(super) fn start(
        brain: Brain,
        inbox: SyncSender<Message>,
        messages: Receiver<Message>,
    ) -> std::io::Result<Self> {
        let view = Arc::clone(&brain.view);
        let brain = threads::spawn("brain", move || brain.run(messages))?;
        Ok(Self { inbox, view, brain })
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

    /// A hand that ends the desk without waiting for it: the log is closed, whatever becomes of the window.
    pub fn ender(&self) -> impl Fn() + Send + 'static {
        let inbox = self.inbox.clone();
        move || drop(inbox.send(Message::Stop))
    }

    /// Ends the desk: the log is closed with its totals, every thread ends.
    pub fn stop(self) {
        let _ = self.inbox.send(Message::Stop);
        let _ = self.brain.join();
    }
}

/// The machine and everything it needs to move.
pub(super) struct Brain {
    pub(super) machine: Machine,
    pub(super) clock: Arc<dyn Clock + Sync>,
    /// Where a session runs.
    pub(super) hands: Option<Hands>,
    /// Where one is prepared.
    pub(super) packages: Option<SyncSender<PreparationEffect>>,
    /// The thread that hears these orders.
    pub(super) preparing: Option<JoinHandle<()>>,
    pub(super) workers: Vec<JoinHandle<()>>,
    pub(super) view: Arc<ViewCell>,
    /// When the last step was.
    pub(super) stepped: Stamp,
    /// What the hands of a session said before the brain heard that it runs: they begin first.
    early: Vec<Event>,
}

impl Brain {
    /// Over a desk that is being prepared: `packages` takes what is to be done for it, on a thread of its own.
    pub(super) fn preparing(
        machine: Machine,
        clock: Arc<dyn Clock + Sync>,
        packages: (SyncSender<PreparationEffect>, JoinHandle<()>),
        view: Arc<ViewCell>,
    ) -> Self {
        let stepped = clock.now();
        let (packages, hand) = packages;
        let (packages, preparing) = (Some(packages), Some(hand));
        let (workers, early) = (Vec::new(), Vec::new());
        Self { machine, clock, hands: None, packages, preparing, workers, view, stepped, early }
    }

    /// Over a session.
    pub(super) fn running(started: Started, clock: Arc<dyn Clock + Sync>, view: Arc<ViewCell>) -> Self {
        let Started { context, state, hands, workers } = started;
        let stepped = clock.now();
        let machine = Machine::Running(context, Box::new(state));
        let (hands, early) = (Some(hands), Vec::new());
        Self { machine, clock, hands, packages: None, preparing: None, workers, view, stepped, early }
    }

    fn run(mut self, messages: Receiver<Message>) {
        loop {
            let event = match messages.recv_timeout(Duration::from_millis(self.patience_ms())) {
                Ok(Message::Event(event)) if self.is_early(&event) => {
                    self.early.push(event);
                    continue;
                }
                Ok(Message::Event(event)) => MachineEvent::Desk(event),
                Ok(Message::Preparation(event)) => MachineEvent::Preparation(event),
                Ok(Message::Started(started)) => self.started(*started),
                Ok(Message::Halted(halted)) => MachineEvent::Halted(halted),
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => MachineEvent::Desk(Event::Tick),
            };
            let starts = matches!(event, MachineEvent::Started(..));
            self = self.take(event);
            let early = if starts { std::mem::take(&mut self.early) } else { Vec::new() };
            self = early.into_iter().fold(self, |brain, event| brain.take(MachineEvent::Desk(event)));
        }
        self.end(messages);
    }

    /// Of a session that does not run yet. A person's inputs and time are for whatever there is.
    fn is_early(&self, event: &Event) -> bool {
        let is_of_session = !matches!(event, Event::Input(_) | Event::Tick);
        matches!(self.machine, Machine::Preparing(_)) && is_of_session && self.early.len() < QUEUE_LEN
    }

    fn started(&mut self, started: Started) -> MachineEvent {
        let Started { context, state, hands, workers } = started;
        (self.hands, self.packages) = (Some(hands), None);
        self.workers.extend(workers);
        MachineEvent::Started(context, Box::new(state))
    }

    /// Closes the log and waits for every thread. A session that was being started meanwhile ends as one that ran.
    fn end(mut self, messages: Receiver<Message>) {
        self.packages = None;
        let mut sessions: Vec<Hands> = self.hands.take().into_iter().collect();
        // The hand that prepares says the last it has to say; what it says is taken off the queue, or it would wait.
        while self.preparing.as_ref().is_some_and(|hand| !hand.is_finished()) {
            if let Ok(message) = messages.recv_timeout(Duration::from_millis(END_LOOK_MS)) {
                self.take_session(message, &mut sessions);
            }
        }
        messages.try_iter().for_each(|message| self.take_session(message, &mut sessions));
        // The session that ran has questions, the others never asked.
        let mut open = self.open_questions();
        for hands in sessions {
            drop(hands.log.send(LogOrder::Close(std::mem::take(&mut open))));
        }
        // Whoever still has something to say finds nobody who hears it, and ends.
        drop(messages);
        for thread in self.preparing.into_iter().chain(self.workers) {
            let _ = thread.join();
        }
    }

    fn open_questions(&self) -> Vec<(Query, About)> {
        match &self.machine {
            Machine::Running(_, state) => state.open_questions(),
            Machine::Preparing(_) | Machine::Halted(..) => Vec::new(),
        }
    }

    fn take_session(&mut self, message: Message, sessions: &mut Vec<Hands>) {
        if let Message::Started(started) = message {
            self.workers.extend(started.workers);
            sessions.push(started.hands);
        }
    }

    /// Until the next tick: sooner where buttons come alive before it.
    fn patience_ms(&self) -> u64 {
        let since_ms = self.clock.now().boot_ms.saturating_sub(self.stepped.boot_ms);
        let ends = self.machine.guards_ms().map(|guard_ms| guard_ms.saturating_sub(since_ms));
        ends.into_iter().filter(|left_ms| *left_ms > 0).fold(TICK_MS, u64::min)
    }

    fn take(mut self, event: MachineEvent) -> Self {
        let before_ms = self.machine.guards_ms();
        let is_quiet = self.is_quiet(&event);
        let (now, before) = (self.clock.now(), self.stepped);
        let (machine, effects) = self.machine.step(now, event);
        (self.machine, self.stepped) = (machine, now);
        let alive = before_ms.into_iter().zip(self.machine.guards_ms()).any(|(before, now)| before > 0 && now == 0);
        // A still desk costs nothing: without a change there is no new view and no new frame.
        let silent = is_quiet && !alive && effects.is_empty() && minute(before) == minute(now) && self.is_still();
        for effect in effects {
            self.run_effect(effect);
        }
        if !silent {
            self.view.set(self.machine.view(now));
        }
        self
    }

    /// Time passed, or the machine is as it was.
    fn is_quiet(&self, event: &MachineEvent) -> bool {
        let Machine::Running(_, state) = &self.machine else { return false };
        match event {
            MachineEvent::Desk(Event::Tick) => true,
            MachineEvent::Desk(Event::Machine(machine)) => *machine == state.health.machine,
            MachineEvent::Desk(Event::SecondCopy(copy)) => *copy == state.health.copy,
            _ => false,
        }
    }

    fn is_still(&self) -> bool {
        matches!(&self.machine, Machine::Running(_, state) if state.is_still())
    }

    fn run_effect(&mut self, effect: MachineEffect) {
        match (effect, &mut self.hands, &self.packages) {
            (MachineEffect::Desk(effect), Some(hands), _) => run(hands, effect),
            (MachineEffect::Preparation(effect), _, Some(packages)) => drop(packages.send(effect)),
            _ => {}
        }
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
        Effect::Ask(query, about) => order(hands, RegistryOrder::Ask(query, about)),
        Effect::Forget(id) => order(hands, RegistryOrder::Forget(id)),
        Effect::CheckPin { code, lock, pin } => {
            if let Some(pins) = &hands.pins {
                let _ = pins.send(PinOrder { code, lock, pin });
            }
        }
        Effect::KeepEvidence(evidence) => {
            let _ = hands.log.send(LogOrder::Evidence(evidence));
        }
        Effect::OnDuty(operator) => {
            let _ = hands.log.send(LogOrder::OnDuty(operator));
        }
        Effect::PaperList(sheet) => order_paper(hands, PaperOrder::List(sheet)),
        Effect::Print(paper) => order_paper(hands, PaperOrder::Case(paper)),
        Effect::WipePapers => order_paper(hands, PaperOrder::Wipe),
        Effect::Examine => drop(hands.doctor.try_send(())),
        Effect::ExportLog => {
            let _ = hands.log.send(LogOrder::Export);
        }
        Effect::CloseLog(open) => {
            let _ = hands.log.send(LogOrder::Close(open));
        }
        Effect::Sound(signal) => (hands.sound)(signal),
    }
}

fn order(hands: &Hands, order: RegistryOrder) {
    if let Some(registry) = &hands.registry {
        let _ = registry.send(order);
    }
}

/// Never waits: a stick that hangs holds up no desk, and the brain takes silence for a loss.
fn order_paper(hands: &Hands, order: PaperOrder) {
    if let Some(papers) = &hands.papers {
        let _ = papers.try_send(order);
    }
}

/// What the clock on the screen shows.
fn minute(stamp: Stamp) -> i64 {
    stamp.wall.as_second() / 60
}

/// How often the end of a desk looks whether its threads have ended, in milliseconds.
const END_LOOK_MS: u64 = 5;

/// A queue for the brain.
pub(super) fn inbox() -> (SyncSender<Message>, Receiver<Message>) {
    sync_channel(QUEUE_LEN)
}
