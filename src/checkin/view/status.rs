//! The bar below every screen.

use crate::event::{CopyHealth, DiskState};
use crate::health::{ReaderHealth, RegistryHealth};
use crate::paper::PaperHealth;
use crate::scanner::ScannerHealth;

/// The bar below.
#[derive(Debug, Clone)]
pub struct StatusBar {
    /// The reader.
    pub reader: ReaderHealth,
    /// The scanner at a serial port.
    pub scanner: ScannerHealth,
    /// A card is in the field.
    pub card_present: bool,
    /// The registry; `None` where it is not asked.
    pub registry: Option<RegistryHealth>,
    /// Since when it is silent, `HH:MM`.
    pub registry_silent_since: Option<String>,
    /// Questions without an answer, those of earlier segments too.
    pub pending: usize,
    /// The disk.
    pub disk: DiskState,
    /// The log's copy on a second medium.
    pub copy: CopyHealth,
    /// The list on paper.
    pub paper: PaperHealth,
    /// The clock is steady.
    pub clock_steady: bool,
    /// The clock differs from an outside time by so many minutes.
    pub clock_off_minutes: Option<i64>,
    /// How far somebody outside has seen the log.
    pub witness: WitnessView,
    /// The witness could not be asked how far it has seen this log before it was opened, and has not answered since.
    pub witness_not_asked: bool,
    /// Entries in the segment that is being written.
    pub log_entries: u64,
    /// The program's version.
    pub version: String,
}

/// How far somebody outside has seen the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WitnessView {
    /// There is no witness.
    Off,
    /// Nothing was seen yet.
    Never,
    /// The last time it was.
    Seen {
        /// Entries written since.
        entries_since: u64,
        /// Minutes since.
        minutes_ago: u64,
        /// The last call failed.
        is_silent: bool,
    },
}
