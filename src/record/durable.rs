//! What is on the disk, and the proof of it.

use super::entry::Entry;
use super::event::EntryRef;
use jiff::Timestamp;
use tlog::tree::Hash;

/// Proof that an entry and a checkpoint over it are on the disk. Only [`AttendanceLog`](super::AttendanceLog) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durable {
    pub(super) segment: u32,
    pub(super) seq: u64,
    pub(super) at: Timestamp,
    pub(super) root: Hash,
}

impl Durable {
    /// Where the entry stands: what later entries refer to.
    pub fn entry(&self) -> EntryRef {
        EntryRef { segment: self.segment, seq: self.seq }
    }

    /// The entry's time, in whole milliseconds.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The root over all entries up to and with this one.
    pub fn root(&self) -> &Hash {
        &self.root
    }
}

/// What a call has written, and the proof that it is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The proof, for the entry that was asked for.
    pub proof: Durable,
    /// The entries, in order: a jump of the clock may stand before the one that was asked for, or behind an `open`.
    pub entries: Vec<Entry>,
    /// The root over everything up to and with the last of them.
    pub root: Hash,
}
