//! Real readers through PC/SC (PC/SC Workgroup Specification part 5; pcsc-lite).
//!
//! One [`PcscReader`] owns one thread with one context. It reports what enters the field, connects exclusively, and
//! rebuilds the context by itself, with back-off, when the service or the reader goes away. A watchdog stands over every
//! call, because a service that is stopped in its tracks never answers; each connection has a thread of its own with a
//! watchdog too, because a mute card blocks a transmission without limit.
//!
//! A thread within a call that never returns cannot be ended. It is abandoned with its context, counted, and no second
//! one is started before it has come back; what it brings then is put away untouched.
//!
//! Invariants: never shares a card, never interprets an APDU, never logs one.

mod connection;
mod worker;

use connection::Connection;
use iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use pcsc::Error;
use std::thread::JoinHandle;
use std::time::Duration;
use worker::{Done, Job, Worker};

/// The longest one APDU may take before the card counts as mute. Real cards need up to 6.6 s for PACE.
pub const TRANSMIT_TIMEOUT_MS: u32 = 15_000;
/// The longest any other call may take beyond the time that it was given, in milliseconds.
pub const CALL_TIMEOUT_MS: u32 = 3_000;

const BACKOFF_START_MS: u64 = 100;
const BACKOFF_LIMIT_MS: u64 = 2_000;

/// A reader reached through PC/SC.
pub struct PcscReader {
    wanted: Option<String>,
    worker: Option<Worker>,
    /// A thread that did not come back from a call.
    frozen: Option<JoinHandle<()>>,
    abandoned: u32,
    told: Option<ReaderEvent>,
    backoff_ms: u64,
    transmit_timeout_ms: u32,
    call_timeout_ms: u32,
}

/// One connected reader, as a survey finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReader {
    /// Its name.
    pub name: String,
    /// A card is in its field.
    pub has_card: bool,
}

impl PcscReader {
    /// A reader whose name contains `wanted`, in any case; without a wish, the first one that is connected.
    ///
    /// Nothing is opened yet: a desk starts without a reader and tells that it misses one.
    pub fn new(wanted: Option<String>) -> Self {
        Self {
            wanted: wanted.map(|name| name.to_lowercase()),
            worker: None,
            frozen: None,
            abandoned: 0,
            told: None,
            backoff_ms: BACKOFF_START_MS,
            transmit_timeout_ms: TRANSMIT_TIMEOUT_MS,
            call_timeout_ms: CALL_TIMEOUT_MS,
        }
    }

    /// The same reader with another patience for one APDU.
    #[must_use]
    pub fn with_transmit_timeout_ms(self, transmit_timeout_ms: u32) -> Self {
        Self { transmit_timeout_ms, ..self }
    }

    /// All connected readers, and which of them has a card.
    ///
    /// # Errors
    /// [`TransportError::ServiceLost`] when the PC/SC service does not run or does not answer.
    pub fn survey(&mut self) -> Result<Vec<FoundReader>, TransportError> {
        match self.call(Job::Survey, 0)? {
            Done::Survey(found) => found.map_err(translate),
            _ => Err(TransportError::ServiceLost),
        }
    }

    /// How many threads were abandoned in calls that did not come back in time.
    pub fn abandoned(&self) -> u32 {
        self.abandoned
    }

    /// The service was stopped in its tracks: a call has not come back, and nothing else is tried until it has.
    pub fn is_frozen(&self) -> bool {
        self.frozen.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Does `job` on the reader's own thread, which may take `time_ms` by itself.
    fn call(&mut self, job: Job, time_ms: u32) -> Result<Done, TransportError> {
        if self.is_frozen() {
            return Err(TransportError::ServiceLost);
        }
        self.frozen = None;
        let worker = match &self.worker {
            Some(worker) => worker,
            None => {
                let started = Worker::start(self.wanted.clone());
                self.worker.insert(started.map_err(|_| TransportError::ReaderFailed { code: 0 })?)
            }
        };
        let patience = Duration::from_millis(u64::from(time_ms) + u64::from(self.call_timeout_ms));
        match worker.call(job, patience) {
            Some(done) => Ok(done),
            None => {
                self.abandoned += 1;
                tracing::warn!(abandoned = self.abandoned, "the PC/SC service does not answer");
                self.frozen = self.worker.take().map(Worker::abandon);
                Err(TransportError::ServiceLost)
            }
        }
    }

    /// Looks once; `Ok(None)` when nothing changed within the time.
    fn look(&mut self, timeout_ms: u32) -> Result<Option<ReaderEvent>, TransportError> {
        let missing_is_told = self.told.as_ref() == Some(&ReaderEvent::NoReader);
        match self.call(Job::Look { timeout_ms, missing_is_told }, timeout_ms)? {
            Done::Look(found) => found.map_err(translate),
            _ => Err(TransportError::ServiceLost),
        }
    }

    /// Waits before the service is tried again; each time longer, up to a limit.
    fn back_off(&mut self, timeout_ms: u32) {
        let wanted_ms = self.backoff_ms.min(u64::from(timeout_ms));
        std::thread::sleep(Duration::from_millis(wanted_ms.clamp(1, BACKOFF_LIMIT_MS)));
        self.backoff_ms = (self.backoff_ms * 2).min(BACKOFF_LIMIT_MS);
    }
}

impl CardReader for PcscReader {
    fn wait(&mut self, timeout_ms: u32) -> Option<ReaderEvent> {
        let event = match self.look(timeout_ms) {
            Ok(event) => {
                self.backoff_ms = BACKOFF_START_MS;
                event
            }
            Err(error) => {
                self.back_off(timeout_ms);
                let gone = error == TransportError::ServiceLost;
                Some(if gone { ReaderEvent::ServiceDown } else { ReaderEvent::NoReader })
            }
        };
        let event = event.filter(|event| self.told.as_ref() != Some(event))?;
        self.told = Some(event.clone());
        Some(event)
    }

    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError> {
        match self.call(Job::Connect, 0)? {
            Done::Connect(Ok(Some((card, atr)))) => {
                Ok(Box::new(Connection::start(card, atr, self.transmit_timeout_ms)?))
            }
            Done::Connect(Ok(None)) => Err(TransportError::ReaderLost),
            Done::Connect(Err(error)) => Err(translate(error)),
            _ => Err(TransportError::ServiceLost),
        }
    }
}

fn service_is_gone(error: Error) -> bool {
    matches!(
        error,
        Error::NoService | Error::ServiceStopped | Error::CommError | Error::InvalidHandle | Error::InternalError
    )
}

/// What a PC/SC error means to a card dialogue.
fn translate(error: Error) -> TransportError {
    match error {
        Error::NoSmartcard | Error::RemovedCard | Error::ResetCard | Error::NotTransacted => TransportError::CardLost,
        Error::UnpoweredCard | Error::UnresponsiveCard | Error::ProtoMismatch => TransportError::CardLost,
        Error::ReaderUnavailable | Error::UnknownReader | Error::NoReadersAvailable => TransportError::ReaderLost,
        Error::SharingViolation => TransportError::HeldByAnother,
        Error::InvalidParameter | Error::InvalidValue => TransportError::ExtendedLengthRefused,
        other if service_is_gone(other) => TransportError::ServiceLost,
        other => TransportError::ReaderFailed { code: other as u32 },
    }
}
