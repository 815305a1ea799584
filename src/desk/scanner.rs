//! What a scanner at a serial port sends, as the keys that a person at the desk gives.
//!
//! Scanners end a code with a carriage return, a line feed, both, a tab, or with nothing but a rest; what they send is text
//! in whatever encoding they were set to. Here it becomes lines; what a line means is the brain's.
//!
//! Invariants:
//! - A line is [`Input::Scanned`] and nothing else: no scanner presses anything.
//! - What a scanner sends is never written into a log, and never kept once it was handed over.
//! - A scanner that does not stop takes neither memory nor the desk's time.

use crate::orders::Message;
use checkin::event::{Event, Input};
use checkin::scanner::ScannerHealth;
use host::serial::{ScannerEvent, ScannerFault, SerialScanner};
use std::sync::mpsc::{SyncSender, TrySendError};

/// A line without an end has ended after such a rest, in milliseconds.
pub const REST_MS: u64 = 300;
/// The longest line in bytes: what is longer is handed over cut, as a text that is no key, once.
pub const MAX_LINE_LEN: usize = 2_049;
/// The shortest text that is a key and no noise on the line.
pub const MIN_LINE_LEN: usize = 6;
/// So many lines may come without a rest: three printed lines of a card, twice over. A scanner that sends more does not stop.
pub const MAX_BURST_LINES: usize = 6;

/// Bytes that become lines.
#[derive(Default)]
pub struct ScanLines {
    line: Vec<u8>,
    /// The line was longer than any: the rest of it is nothing.
    is_over: bool,
    /// Lines since the last rest.
    in_burst: usize,
}

impl ScanLines {
    /// Takes what came; the lines that ended with it, in order.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        bytes.iter().filter_map(|byte| self.take_byte(*byte)).collect()
    }

    /// Nothing came for a rest: what stands there is a line, even if its scanner sends no end.
    pub fn rest(&mut self) -> Option<String> {
        let line = self.ended();
        self.in_burst = 0;
        line
    }

    /// The scanner is another one, or came back: half a line of before is nothing.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn take_byte(&mut self, byte: u8) -> Option<String> {
        match byte {
            b'\r' | b'\n' | b'\t' => self.ended(),
            _ if byte.is_ascii_control() || self.is_over => None,
            _ => {
                self.line.push(byte);
                let is_too_long = self.line.len() >= MAX_LINE_LEN;
                if is_too_long { self.handed_over(true) } else { None }
            }
        }
    }

    fn ended(&mut self) -> Option<String> {
        let was_over = self.is_over;
        let line = self.handed_over(false);
        line.filter(|_| !was_over)
    }

    fn handed_over(&mut self, is_over: bool) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        self.is_over = is_over;
        // The number that counts is digits: what is no UTF-8 behind them does not matter.
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.chars().count() < MIN_LINE_LEN {
            return None;
        }
        self.in_burst = self.in_burst.saturating_add(1);
        (self.in_burst <= MAX_BURST_LINES).then(|| text.to_owned())
    }
}

/// Tells the brain what is scanned, until the desk ends.
pub(super) fn listen(mut scanner: SerialScanner, inbox: &SyncSender<Message>) {
    let mut lines = ScanLines::default();
    loop {
        let events = match scanner.wait(REST_MS) {
            ScannerEvent::Bytes(bytes) => scans(lines.take(&bytes)),
            ScannerEvent::Quiet if is_gone(inbox) => break,
            ScannerEvent::Quiet => scans(lines.rest()),
            ScannerEvent::Opened => news(&mut lines, ScannerHealth::Ready),
            ScannerEvent::Lost(fault) => news(&mut lines, health(fault)),
        };
        if events.into_iter().any(|event| inbox.send(Message::Event(event)).is_err()) {
            break;
        }
    }
}

/// A tick that nobody needs tells whether somebody still listens; a scanner that talks without end costs the desk none.
fn is_gone(inbox: &SyncSender<Message>) -> bool {
    matches!(inbox.try_send(Message::Event(Event::Tick)), Err(TrySendError::Disconnected(_)))
}

fn scans(lines: impl IntoIterator<Item = String>) -> Vec<Event> {
    lines.into_iter().map(|line| Event::Input(Input::Scanned(line))).collect()
}

/// Told once for each change: what tells them apart is in the port's own hand.
fn news(lines: &mut ScanLines, health: ScannerHealth) -> Vec<Event> {
    lines.forget();
    match health {
        ScannerHealth::Ready => tracing::info!("the scanner is there"),
        fault => tracing::warn!(?fault, "the scanner cannot be read"),
    }
    vec![Event::Scanner(health)]
}

pub(super) fn health(fault: ScannerFault) -> ScannerHealth {
    match fault {
        ScannerFault::Missing => ScannerHealth::Missing,
        ScannerFault::NoRights => ScannerHealth::NoRights,
        ScannerFault::Busy => ScannerHealth::Busy,
        ScannerFault::NotSerial => ScannerHealth::NotSerial,
    }
}
