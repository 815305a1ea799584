//! The log that is written: one segment, one append at a time.

use super::{ArrivalIndex, AttendanceEvent, Code, Digest, LogStore, NoteKey, PackageRef, StoreFault};
use crate::bits::{random::Random, stamp::Stamp};
use jiff::Timestamp;

/// Whose log it is: the parts of an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The board's domain.
    pub board: String,
    /// The exam.
    pub exam: String,
    /// The desk.
    pub desk: String,
    /// The session.
    pub session: String,
}

/// What a segment is opened with.
pub struct Opening<'a> {
    /// Whose log it is.
    pub name: LogName,
    /// The device key, which endorses the segment's key.
    pub device: &'a NoteKey,
    /// The board's note over the device key; empty in training without one.
    pub desk_cert: String,
    /// True for training.
    pub training: bool,
    /// The operating system's id of this boot.
    pub boot_id: String,
    /// Who opens.
    pub operator: Code,
    /// The package.
    pub package: Option<PackageRef>,
    /// SHA-256 of the policy file.
    pub policy_sha256: Digest,
    /// Version of the trust store.
    pub trust_store: String,
    /// Name and version of the program.
    pub program: String,
    /// SHA-256 of the program file.
    pub program_sha256: Option<Digest>,
}

/// Proof that an entry and a checkpoint over it are on the disk. Only [`AttendanceLog::append`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durable {
    segment: u32,
    seq: u64,
    at: Timestamp,
    root: [u8; 32],
}

impl Durable {
    /// The entry.
    pub fn entry(&self) -> super::EntryRef {
        super::EntryRef { segment: self.segment, seq: self.seq }
    }

    /// The entry's time, in whole milliseconds.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The root over all entries up to and with this one.
    pub fn root(&self) -> &[u8; 32] {
        &self.root
    }
}

/// Why nothing was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// The store failed. The log is stopped from now on.
    #[error("the log cannot be written: {0}")]
    Store(#[from] StoreFault),
    /// An earlier append failed: this log never acknowledges again. A restart opens a new segment.
    #[error("the log was stopped by an earlier failure")]
    Stopped,
    /// The segment was closed.
    #[error("the segment is closed")]
    Closed,
    /// The entry is larger than an entry may be.
    #[error("the entry has {bytes} bytes")]
    EntryTooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// An event that only the log itself writes.
    #[error("this event is written by the log itself")]
    OwnEvent,
    /// The boot clock went back within one boot.
    #[error("the boot clock went back by {by_ms} ms")]
    BootClockFell {
        /// By how much.
        by_ms: u64,
    },
    /// A part of the log's name cannot stand in an origin.
    #[error("a part of the log's name is empty or has a space, a slash or a plus sign")]
    BadName,
    /// An earlier segment was damaged or tampered with: an alarm, not a torn append.
    #[error("segment {segment} was damaged or changed")]
    Damaged {
        /// Which.
        segment: u32,
    },
    /// An earlier segment belongs to another desk, exam or session.
    #[error("segment {segment} belongs to another log")]
    ForeignSegment {
        /// Which.
        segment: u32,
    },
}

/// One desk's log, open for writing.
pub struct AttendanceLog<S: LogStore> {
    store: S,
    arrivals: ArrivalIndex,
}

impl<S: LogStore> AttendanceLog<S> {
    /// Reads every earlier segment, creates a new one and writes its `open` entry.
    ///
    /// # Errors
    /// [`LogFault`].
    pub fn open(
        store: S,
        opening: &Opening<'_>,
        stamp: Stamp,
        random: &mut dyn Random,
    ) -> Result<(Self, Durable), LogFault> {
        let _ = (store, opening, stamp, random);
        Err(LogFault::Stopped)
    }

    /// Writes one event and makes it durable. A jump of the wall clock is recorded before it.
    ///
    /// # Errors
    /// [`LogFault`]. After [`LogFault::Store`] every call ends in [`LogFault::Stopped`].
    pub fn append(&mut self, operator: &Code, event: AttendanceEvent, stamp: Stamp) -> Result<Durable, LogFault> {
        let _ = (operator, event, stamp, &mut self.store);
        Err(LogFault::Stopped)
    }

    /// Writes the `close` entry with its totals. Nothing can be appended afterwards.
    ///
    /// # Errors
    /// [`LogFault`].
    pub fn close(&mut self, operator: &Code, stamp: Stamp) -> Result<Durable, LogFault> {
        let _ = (operator, stamp);
        Err(LogFault::Stopped)
    }

    /// Who is in, over all segments.
    pub fn arrivals(&self) -> &ArrivalIndex {
        &self.arrivals
    }
}
