//! What a segment file really holds after whatever happened to the machine.

use super::entry::Entry;
use super::frame::{self, FrameKind};
use super::{AttendanceEvent, Digest, Opened, statement};
use sha2::{Digest as _, Sha256};
use tlog::NoteVerifier;
use tlog::checkpoint::Checkpoint;
use tlog::tree::{Hash, Tree, leaf_hash};

/// The good part of a segment: the longest prefix that ends in a checkpoint whose signature, size and recomputed
/// root agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What its first entry says: who opened it, from what, and the segment before.
    pub opened: Opened,
    /// The key that signed its checkpoints; it lived in memory for one start of the program.
    pub key: NoteVerifier,
    /// Its acknowledged entries, `open` first.
    pub entries: Vec<Entry>,
    /// The exact bytes of each entry, as they were hashed; as many as `entries`.
    pub raw: Vec<Vec<u8>>,
    /// The last good checkpoint, as a note.
    pub checkpoint: String,
    /// The root that this checkpoint names and the entries add up to.
    pub root: Hash,
    /// Bytes behind that checkpoint: an append that was cut off, and never acknowledged.
    pub torn_bytes: u64,
    /// SHA-256 of these bytes.
    pub torn_sha256: Digest,
}

/// What a segment file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentContent {
    /// Entries that were acknowledged, or could have been.
    Good(Box<Segment>),
    /// Nothing that was ever acknowledged.
    Nothing {
        /// Bytes in the file.
        bytes: u64,
        /// SHA-256 of them.
        sha256: Digest,
    },
}

/// A segment that no torn append explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentDamage {
    /// Behind the good part stands a signed checkpoint that is at least two entries ahead.
    #[error("entries were damaged: a later signed checkpoint stands behind them")]
    LaterCheckpoint,
    /// The first entry is no `open`, or its key is not the device's.
    #[error("the first entry does not open a segment of this device")]
    NotOpened,
    /// A signed entry is not in our form, or not in its place.
    #[error("entry {seq} is malformed or out of place")]
    ForeignEntry {
        /// Its index.
        seq: u64,
    },
}

/// Reads a segment file of the desk that holds `device`.
///
/// # Errors
/// [`SegmentDamage`] when more is wrong than one append that was cut off.
pub fn read_segment(bytes: &[u8], device: &NoteVerifier) -> Result<SegmentContent, SegmentDamage> {
    let frames = read_frames(bytes);
    let nothing = SegmentContent::Nothing { bytes: count(bytes.len()), sha256: digest(bytes) };
    let Some(first) = frames.raw.first() else {
        return if has_checkpoint(bytes, 2) { Err(SegmentDamage::LaterCheckpoint) } else { Ok(nothing) };
    };
    let (opened, key) = open_entry(first, device).ok_or(SegmentDamage::NotOpened)?;
    let good = frames.marks.iter().rev().find_map(|mark| mark.check(&key).map(|note| (mark, note)));
    let (good_end, size) = good.map_or((0, 0), |(mark, _)| (mark.end, mark.entries));
    let tail = bytes.get(good_end..).unwrap_or_default();
    if has_signed_checkpoint(tail, &key, count(size) + 2) {
        return Err(SegmentDamage::LaterCheckpoint);
    }
    let Some((mark, note)) = good else { return Ok(nothing) };
    let raw: Vec<Vec<u8>> = frames.raw.iter().take(size).map(|entry| entry.to_vec()).collect();
    let segment = Segment {
        opened,
        entries: parse_entries(&raw)?,
        raw,
        checkpoint: note.to_owned(),
        root: mark.tree.root(),
        torn_bytes: count(tail.len()),
        torn_sha256: digest(tail),
        key,
    };
    Ok(SegmentContent::Good(Box::new(segment)))
}

/// Reads every entry strictly and holds `seq` to the index.
///
/// # Errors
/// [`SegmentDamage::ForeignEntry`].
pub fn parse_entries(raw: &[Vec<u8>]) -> Result<Vec<Entry>, SegmentDamage> {
    let parse = |(index, bytes): (usize, &Vec<u8>)| {
        let seq = count(index);
        let entry = Entry::parse(bytes).filter(|entry| entry.seq == seq);
        entry
            .filter(|entry| matches!(entry.event, AttendanceEvent::Open(_)) == (seq == 0))
            .ok_or(SegmentDamage::ForeignEntry { seq })
    };
    raw.iter().enumerate().map(parse).collect()
}

/// The first entry and the segment key that `device` endorsed in it.
pub fn open_entry(bytes: &[u8], device: &NoteVerifier) -> Option<(Opened, NoteVerifier)> {
    let AttendanceEvent::Open(opened) = Entry::parse(bytes).filter(|entry| entry.seq == 0)?.event else {
        return None;
    };
    let key = statement::endorsed(&opened.endorsement, &opened.origin, device).ok()?;
    Some((*opened, key))
}

/// SHA-256 of `bytes`, as entries write it.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// A checkpoint frame and what stood before it.
struct Mark<'a> {
    end: usize,
    entries: usize,
    tree: Tree,
    note: &'a [u8],
}

impl<'a> Mark<'a> {
    fn check(&self, key: &NoteVerifier) -> Option<&'a str> {
        let note = std::str::from_utf8(self.note).ok()?;
        let checkpoint = Checkpoint::open(note, key).ok()?;
        let agrees = checkpoint.size == self.tree.size() && checkpoint.root == self.tree.root();
        (agrees && self.entries > 0).then_some(note)
    }
}

#[derive(Default)]
struct Frames<'a> {
    raw: Vec<&'a [u8]>,
    marks: Vec<Mark<'a>>,
}

/// Good frames from the start to the first that is not.
fn read_frames(bytes: &[u8]) -> Frames<'_> {
    let mut frames = Frames::default();
    let mut tree = Tree::default();
    let mut offset = 0;
    while let Some(frame) = frame::read(bytes, offset) {
        offset = frame.end;
        match frame.kind {
            FrameKind::Entry => {
                tree.push(leaf_hash(frame.payload));
                frames.raw.push(frame.payload);
            }
            FrameKind::Checkpoint => {
                let entries = frames.raw.len();
                frames.marks.push(Mark { end: offset, entries, tree: tree.clone(), note: frame.payload });
            }
        }
    }
    frames
}

/// A checkpoint of at least `min_size` that `key` signed stands somewhere in `bytes`, in a frame or out of one.
fn has_signed_checkpoint(bytes: &[u8], key: &NoteVerifier, min_size: u64) -> bool {
    let head = format!("{}\n", key.name());
    let starts = bytes.windows(head.len()).enumerate().filter(|(_, window)| *window == head.as_bytes());
    starts
        .filter_map(|(start, _)| note_at(bytes, start))
        .any(|note| Checkpoint::open(note, key).is_ok_and(|checkpoint| checkpoint.size >= min_size))
}

/// The text of a note that starts at `start` and has one signature line.
fn note_at(bytes: &[u8], start: usize) -> Option<&str> {
    let window = bytes.get(start..)?;
    let window = window.get(..window.len().min(frame::MAX_CHECKPOINT_LEN))?;
    let body = window.windows(2).position(|pair| pair == b"\n\n")? + 2;
    let line = window.get(body..)?.iter().position(|byte| *byte == b'\n')?;
    std::str::from_utf8(window.get(..=body + line)?).ok()
}

/// A frame that holds a checkpoint of at least `min_size` by anybody stands somewhere in `bytes`. For a segment
/// whose first entry, and so its key, cannot be read.
fn has_checkpoint(bytes: &[u8], min_size: u64) -> bool {
    (0..bytes.len()).filter_map(|offset| frame::read(bytes, offset)).any(|frame| {
        let text = std::str::from_utf8(frame.payload).ok().and_then(|note| note.rsplit_once("\n\n"));
        let checkpoint = text.and_then(|(text, _)| Checkpoint::parse(&format!("{text}\n")));
        checkpoint.is_some_and(|checkpoint| checkpoint.size >= min_size)
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
