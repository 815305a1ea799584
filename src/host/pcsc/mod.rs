//! Real readers through PC/SC (PC/SC Workgroup Specification part 5; pcsc-lite).
//!
//! One [`PcscReader`] owns one context. It reports what enters the field, connects exclusively, and rebuilds the
//! context by itself, with back-off, when the service or the reader goes away. Each connection has a thread of
//! its own with a watchdog, because a mute card blocks a transmission without limit.
//!
//! Invariants: never shares a card, never interprets an APDU, never logs one.

mod connection;

use crate::iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use connection::Connection;
use pcsc::{Context, Error, Protocols, ReaderState, Scope, ShareMode, State};
use std::ffi::{CStr, CString};
use std::time::Duration;

/// The longest one APDU may take before the card counts as mute. Real cards need up to 6.6 s for PACE.
pub const TRANSMIT_TIMEOUT_MS: u32 = 15_000;

const BACKOFF_START_MS: u64 = 100;
const BACKOFF_LIMIT_MS: u64 = 2_000;

/// A reader reached through PC/SC.
pub struct PcscReader {
    wanted: Option<String>,
    context: Option<Context>,
    watched: Option<ReaderState>,
    told: Option<ReaderEvent>,
    backoff_ms: u64,
    transmit_timeout_ms: u32,
}

impl PcscReader {
    /// A reader whose name contains `wanted`; without a wish, the first one that is connected.
    ///
    /// Nothing is opened yet: a desk starts without a reader and tells that it misses one.
    pub fn new(wanted: Option<String>) -> Self {
        Self {
            wanted,
            context: None,
            watched: None,
            told: None,
            backoff_ms: BACKOFF_START_MS,
            transmit_timeout_ms: TRANSMIT_TIMEOUT_MS,
        }
    }

    /// The same reader with another patience for one APDU.
    #[must_use]
    pub fn with_transmit_timeout_ms(self, transmit_timeout_ms: u32) -> Self {
        Self { transmit_timeout_ms, ..self }
    }

    /// The names of all connected readers.
    ///
    /// # Errors
    /// [`TransportError::ServiceLost`] when the PC/SC service does not run.
    pub fn names(&mut self) -> Result<Vec<String>, TransportError> {
        let names = self.context().map_err(translate)?.list_readers_owned();
        match names {
            Ok(names) => Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect()),
            Err(Error::NoReadersAvailable) => Ok(Vec::new()),
            Err(error) => Err(self.lost(error)),
        }
    }

    fn context(&mut self) -> Result<&Context, Error> {
        match &mut self.context {
            Some(context) => Ok(context),
            empty => Ok(empty.insert(Context::establish(Scope::User)?)),
        }
    }

    fn lost(&mut self, error: Error) -> TransportError {
        if service_is_gone(error) {
            self.context = None;
            self.watched = None;
        }
        translate(error)
    }

    /// The configured reader, or the first; `None` when it is not connected.
    fn find(&mut self) -> Result<Option<CString>, Error> {
        let wanted = self.wanted.clone();
        let names = match self.context()?.list_readers_owned() {
            Ok(names) => names,
            Err(Error::NoReadersAvailable) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(names.into_iter().find(|name| match &wanted {
            Some(wanted) => name.to_string_lossy().contains(wanted.as_str()),
            None => true,
        }))
    }

    /// Looks once; `Ok(None)` when nothing changed within the time.
    fn look(&mut self, timeout_ms: u32) -> Result<Option<ReaderEvent>, Error> {
        if self.watched.is_none() {
            let Some(name) = self.find()? else { return self.wait_for_readers(timeout_ms) };
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

    fn wait_for_readers(&mut self, timeout_ms: u32) -> Result<Option<ReaderEvent>, Error> {
        if self.told.as_ref() != Some(&ReaderEvent::NoReader) {
            return Ok(Some(ReaderEvent::NoReader));
        }
        let mut plug = [ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE)];
        let timeout = Duration::from_millis(u64::from(timeout_ms));
        match self.context()?.get_status_change(timeout, &mut plug) {
            Ok(()) => self.pause(u64::from(timeout_ms)),
            Err(Error::Timeout | Error::Cancelled) => {}
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// Waits before the service is tried again; each time longer, up to a limit.
    fn back_off(&mut self, timeout_ms: u32) {
        self.pause(self.backoff_ms.min(u64::from(timeout_ms)));
        self.backoff_ms = (self.backoff_ms * 2).min(BACKOFF_LIMIT_MS);
    }

    fn pause(&self, wanted_ms: u64) {
        std::thread::sleep(Duration::from_millis(wanted_ms.clamp(1, BACKOFF_LIMIT_MS)));
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
                self.watched = None;
                let gone = service_is_gone(error);
                if gone {
                    self.context = None;
                }
                self.back_off(timeout_ms);
                Some(if gone { ReaderEvent::ServiceDown } else { ReaderEvent::NoReader })
            }
        };
        let event = event.filter(|event| self.told.as_ref() != Some(event))?;
        self.told = Some(event.clone());
        Some(event)
    }

    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError> {
        let found = self.find().map_err(|error| self.lost(error))?;
        let Some(name) = found else { return Err(TransportError::ReaderLost) };
        let connected = match self.context() {
            Ok(context) => open(context, &name),
            Err(error) => Err(error),
        };
        let card = connected.map_err(|error| self.lost(error))?;
        Ok(Box::new(Connection::start(card, self.transmit_timeout_ms)?))
    }
}

fn open(context: &Context, name: &CStr) -> Result<pcsc::Card, Error> {
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
