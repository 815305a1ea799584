//! The end of a session: what is asked before, and what is carried away afterwards.

use crate::event::ClosedLog;
use bits::base32;
use bits::qr::QrMatrix;
use std::sync::Arc;
use tlog::tree::Hash;

/// The session is being ended.
#[derive(Debug, Clone)]
pub enum Closing {
    /// Somebody has to say yes.
    Asking,
    /// The last entry is being written.
    Writing,
    /// The log is closed.
    Closed(Arc<LogHead>),
}

/// The head of a closed log as people carry it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// Segment and entries.
    pub segment: u32,
    /// Entries, the last one included.
    pub entries: u64,
    /// When it was closed.
    pub at: jiff::Timestamp,
    /// Who is in, over all segments.
    pub arrived: u64,
    /// The root over them.
    pub root: Hash,
    /// Twenty-six characters of the root, for the paper minutes: whoever owns the desk could make two histories of the
    /// same sixteen.
    pub characters: String,
    /// The signed note as a QR code.
    pub qr: Option<QrMatrix>,
}

impl LogHead {
    /// The head of this log.
    pub fn of(log: &ClosedLog) -> Self {
        let entry = log.durable.entry();
        Self {
            segment: entry.segment,
            entries: entry.seq + 1,
            at: log.durable.at(),
            arrived: log.totals.arrived,
            root: *log.durable.root(),
            characters: base32::twenty_six(log.durable.root()),
            qr: QrMatrix::of(&log.checkpoint),
        }
    }
}
