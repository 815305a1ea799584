//! A scanner at a serial port (USB CDC-ACM, or a converter): what it sends, and whether it is there.
//!
//! Nothing of what it sends is understood here, and nothing is ever sent to it. A port that is gone is looked for again, at
//! longer and longer pauses; what is wrong with it is told when it changes, not each time it is found.

use serialport::{ClearBuffer, ErrorKind, SerialPort};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most bytes that are handed over at once.
pub const MAX_READ_LEN: usize = 512;

/// Why a port gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScannerFault {
    /// Nothing is plugged in under this name.
    Missing,
    /// It is there, and this user may not open it.
    NoRights,
    /// Another program has it.
    Busy,
    /// What has this name is no serial port, or does not work as one.
    NotSerial,
}

/// What a wait came to. What was sent is a person's data; it is never printed.
#[derive(PartialEq, Eq)]
pub enum ScannerEvent {
    /// It sent these.
    Bytes(Vec<u8>),
    /// Nothing new for the time that was waited.
    Quiet,
    /// The port is open; what it had sent before is not kept.
    Opened,
    /// It cannot be read, for another reason than was told before.
    Lost(ScannerFault),
}

impl fmt::Debug for ScannerEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(_) => formatter.write_str("Bytes(…)"),
            Self::Quiet => formatter.write_str("Quiet"),
            Self::Opened => formatter.write_str("Opened"),
            Self::Lost(fault) => formatter.debug_tuple("Lost").field(fault).finish(),
        }
    }
}

/// A scanner that may be unplugged and plugged in again.
pub struct SerialScanner {
    path: PathBuf,
    baud: u32,
    port: Option<Box<dyn SerialPort>>,
    /// What was said last.
    told: Option<ScannerFault>,
    /// How long the port is left alone between two looks, in milliseconds, and how much of that is over.
    pause_ms: u64,
    waited_ms: u64,
    /// Quiet waits since it was opened.
    quiet: u32,
}

impl SerialScanner {
    /// The scanner at this port; it is opened by the first wait.
    pub fn new(path: impl Into<PathBuf>, baud: u32) -> Self {
        let (port, told) = (None, None);
        Self { path: path.into(), baud, port, told, pause_ms: FIRST_PAUSE_MS, waited_ms: FIRST_PAUSE_MS, quiet: 0 }
    }

    /// Waits for news, no longer than so many milliseconds.
    pub fn wait(&mut self, wait_ms: u64) -> ScannerEvent {
        match &mut self.port {
            Some(port) => match read(port.as_mut(), wait_ms) {
                Ok(bytes) if bytes.is_empty() => {
                    self.quiet = self.quiet.saturating_add(1);
                    ScannerEvent::Quiet
                }
                Ok(bytes) => ScannerEvent::Bytes(bytes),
                Err(_) => self.lost(),
            },
            None => self.look(wait_ms),
        }
    }

    /// A port that never stays is looked for less and less often.
    fn lost(&mut self) -> ScannerEvent {
        self.port = None;
        let was_steady = self.quiet >= STEADY_WAITS;
        self.pause_ms = if was_steady { FIRST_PAUSE_MS } else { (self.pause_ms * 2).min(LONGEST_PAUSE_MS) };
        (self.waited_ms, self.quiet, self.told) = (0, 0, Some(ScannerFault::Missing));
        ScannerEvent::Lost(ScannerFault::Missing)
    }

    fn look(&mut self, wait_ms: u64) -> ScannerEvent {
        if self.waited_ms < self.pause_ms {
            std::thread::sleep(Duration::from_millis(wait_ms));
            self.waited_ms = self.waited_ms.saturating_add(wait_ms.max(1));
            return ScannerEvent::Quiet;
        }
        self.waited_ms = 0;
        match open(&self.path, self.baud) {
            Ok(port) => {
                (self.port, self.told) = (Some(port), None);
                ScannerEvent::Opened
            }
            Err(fault) => {
                self.pause_ms = self.pause_ms.max((self.pause_ms * 2).min(MISSING_PAUSE_MS));
                let is_news = self.told.replace(fault) != Some(fault);
                if is_news { ScannerEvent::Lost(fault) } else { ScannerEvent::Quiet }
            }
        }
    }
}

/// Opens the port once and lets it go: for whoever only wants to know.
///
/// # Errors
/// [`ScannerFault`].
pub fn try_port(path: &Path, baud: u32) -> Result<(), ScannerFault> {
    open(path, baud).map(drop)
}

/// The bytes that came within the time; none where none came.
fn read(port: &mut dyn SerialPort, wait_ms: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; MAX_READ_LEN];
    port.set_timeout(Duration::from_millis(wait_ms))?;
    match port.read(&mut bytes) {
        // A port that has ended is gone: one that is only quiet runs into its time.
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(len) => {
            bytes.truncate(len);
            Ok(bytes)
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn open(path: &Path, baud: u32) -> Result<Box<dyn SerialPort>, ScannerFault> {
    let port = serialport::new(path.to_string_lossy(), baud).open().map_err(|error| fault(error.kind(), path))?;
    // What was scanned while nobody listened is nobody's key.
    port.clear(ClearBuffer::Input).map_err(|error| fault(error.kind(), path))?;
    Ok(port)
}

fn fault(kind: ErrorKind, path: &Path) -> ScannerFault {
    match kind {
        ErrorKind::Io(io::ErrorKind::NotFound) => ScannerFault::Missing,
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => ScannerFault::NoRights,
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::WouldBlock) => ScannerFault::Busy,
        // It went while it was being opened.
        _ if !path.exists() => ScannerFault::Missing,
        _ => ScannerFault::NotSerial,
    }
}

const FIRST_PAUSE_MS: u64 = 500;
const MISSING_PAUSE_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// So many quiet waits make a port one that stays.
const STEADY_WAITS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_has_a_name() {
        let here = Path::new("/");
        let rows = [
            (ErrorKind::Io(io::ErrorKind::NotFound), here, ScannerFault::Missing),
            (ErrorKind::Io(io::ErrorKind::PermissionDenied), here, ScannerFault::NoRights),
            (ErrorKind::NoDevice, here, ScannerFault::Busy),
            (ErrorKind::Io(io::ErrorKind::WouldBlock), here, ScannerFault::Busy),
            (ErrorKind::Unknown, here, ScannerFault::NotSerial),
            (ErrorKind::Unknown, Path::new("/no/such/port"), ScannerFault::Missing),
        ];
        for (kind, path, wanted) in rows {
            assert_eq!(fault(kind, path), wanted, "{kind:?} {path:?}");
        }
    }
}
