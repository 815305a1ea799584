//! The thread that makes a reader's calls, so that somebody else can stop waiting for them.

use super::{FoundReader, service_is_gone};
use iso7816::transport::ReaderEvent;
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use std::ffi::{CStr, CString};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// The longest pause where a plug is waited for that was not the wanted reader's, in milliseconds.
const PLUG_PAUSE_LIMIT_MS: u64 = 2_000;
/// The most readers that are looked at in a survey.
const MAX_READERS: usize = 16;

/// What the thread is asked for.
pub(super) enum Job {
    /// What happens in the field, within a time.
    Look { timeout_ms: u32, missing_is_told: bool },
    /// The card in the field.
    Connect,
    /// Every reader.
    Survey,
}

/// What came of it.
pub(super) enum Done {
    Look(Result<Option<ReaderEvent>, Error>),
    /// A card with its answer to reset; none where the reader is not connected.
    Connect(Result<Option<(Card, Vec<u8>)>, Error>),
    Survey(Result<Vec<FoundReader>, Error>),
}

/// The thread, seen from outside.
pub(super) struct Worker {
    jobs: SyncSender<Job>,
    answers: Receiver<Done>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts one for the reader whose name contains `wanted` (lower case).
    pub(super) fn start(wanted: Option<String>) -> io::Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(1);
        let (answer_queue, answers) = sync_channel::<Done>(1);
        let calls = Calls { wanted, context: None, watched: None };
        let thread = std::thread::Builder::new()
            .name("card-reader".to_owned())
            .spawn(move || serve(calls, &queue, &answer_queue))?;
        Ok(Self { jobs, answers, thread })
    }

    /// `None` where it did not come back in time.
    pub(super) fn call(&self, job: Job, patience: Duration) -> Option<Done> {
        self.jobs.send(job).ok()?;
        self.answers.recv_timeout(patience).ok()
    }

    /// Leaves the thread to itself: it ends when its call returns.
    pub(super) fn abandon(self) -> JoinHandle<()> {
        self.thread
    }
}

fn serve(mut calls: Calls, jobs: &Receiver<Job>, answers: &SyncSender<Done>) {
    while let Ok(job) = jobs.recv() {
        let done = match job {
            Job::Look { timeout_ms, missing_is_told } => {
                let found = calls.look(timeout_ms, missing_is_told);
                Done::Look(calls.noted(found))
            }
            Job::Connect => {
                let card = calls.connect();
                Done::Connect(calls.noted(card))
            }
            Job::Survey => {
                let found = calls.survey();
                Done::Survey(calls.noted(found))
            }
        };
        if let Err(unwanted) = answers.send(done) {
            // Nobody waits any more. A card that was got too late is put down as it lies.
            if let Done::Connect(Ok(Some((card, _)))) = unwanted.0 {
                let _ = card.disconnect(Disposition::LeaveCard);
            }
            return;
        }
    }
}

/// The calls themselves, over one context.
struct Calls {
    wanted: Option<String>,
    context: Option<Context>,
    watched: Option<ReaderState>,
}

impl Calls {
    /// Forgets the context where an error says that it is of no use any more.
    fn noted<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            self.watched = None;
            if service_is_gone(*error) {
                self.context = None;
            }
        }
        result
    }

    fn context(&mut self) -> Result<&Context, Error> {
        match &mut self.context {
            Some(context) => Ok(context),
            empty => Ok(empty.insert(Context::establish(Scope::User)?)),
        }
    }

    fn names(&mut self) -> Result<Vec<CString>, Error> {
        match self.context()?.list_readers_owned() {
            Err(Error::NoReadersAvailable) => Ok(Vec::new()),
            names => names,
        }
    }

    /// The wanted reader, or the first; `None` when it is not connected.
    fn find(&mut self) -> Result<Option<CString>, Error> {
        let names = self.names()?;
        Ok(names.into_iter().find(|name| match &self.wanted {
            Some(wanted) => name.to_string_lossy().to_lowercase().contains(wanted.as_str()),
            None => true,
        }))
    }

    fn look(&mut self, timeout_ms: u32, missing_is_told: bool) -> Result<Option<ReaderEvent>, Error> {
        if self.watched.is_none() {
            let Some(name) = self.find()? else { return self.wait_for_readers(timeout_ms, missing_is_told) };
            self.watched = Some(ReaderState::new(name, State::UNAWARE));
        }
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        let (Some(context), Some(watched)) = (&self.context, &mut self.watched) else { return Ok(None) };
        match context.get_status_change(timeout, std::slice::from_mut(watched)) {
            Err(Error::Timeout | Error::Cancelled) => return Ok(None),
            result => result?,
        }
        watched.sync_current_state();
        let event = event_of(watched);
        if event == ReaderEvent::NoReader {
            self.watched = None;
        }
        Ok(Some(event))
    }

    fn wait_for_readers(&mut self, timeout_ms: u32, missing_is_told: bool) -> Result<Option<ReaderEvent>, Error> {
        if !missing_is_told {
            return Ok(Some(ReaderEvent::NoReader));
        }
        let mut plug = [ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE)];
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        match self.context()?.get_status_change(timeout, &mut plug) {
            Ok(()) => {
                let pause_ms = u64::from(timeout_ms).clamp(1, PLUG_PAUSE_LIMIT_MS);
                std::thread::sleep(Duration::from_millis(pause_ms));
            }
            Err(Error::Timeout | Error::Cancelled) => {}
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    fn connect(&mut self) -> Result<Option<(Card, Vec<u8>)>, Error> {
        let Some(name) = self.find()? else { return Ok(None) };
        let card = open(self.context()?, &name)?;
        let atr = card.status2_owned()?.atr().to_vec();
        Ok(Some((card, atr)))
    }

    fn survey(&mut self) -> Result<Vec<FoundReader>, Error> {
        let names = self.names()?;
        let mut found = Vec::new();
        for name in names.into_iter().take(MAX_READERS) {
            let shown = name.to_string_lossy().into_owned();
            let mut state = [ReaderState::new(name, State::UNAWARE)];
            let has_card = match self.context()?.get_status_change(Duration::ZERO, &mut state) {
                Ok(()) => state.iter().any(|state| state.event_state().contains(State::PRESENT)),
                Err(Error::Timeout) => false,
                Err(error) => return Err(error),
            };
            found.push(FoundReader { name: shown, has_card });
        }
        Ok(found)
    }
}

fn open(context: &Context, name: &CStr) -> Result<Card, Error> {
    context.connect(name, ShareMode::Exclusive, Protocols::T0 | Protocols::T1)
}

fn event_of(watched: &ReaderState) -> ReaderEvent {
    let state = watched.event_state();
    let reader = watched.name().to_string_lossy().into_owned();
    if state.intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
        ReaderEvent::NoReader
    } else if state.contains(State::PRESENT) && !state.contains(State::MUTE) {
        ReaderEvent::CardPresent { reader, atr: watched.atr().to_vec() }
    } else {
        ReaderEvent::Ready { reader }
    }
}
