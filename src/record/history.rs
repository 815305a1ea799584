//! Everything a new segment must know about the segments before it.

use super::log::LastTime;
use super::segment::{Segment, SegmentContent, read_segment};
use super::{ArrivalIndex, Digest, LogFault, LogName, LogStore, Previous, Standing, TornSegment};
use tlog::NoteVerifier;
use tlog::presenting::PresentedSegment;
use tlog::tree::{Hash, leaf_hash};

/// What the earlier segments of one log add up to.
pub(super) struct History {
    pub(super) next_segment: u32,
    pub(super) prev: Option<Previous>,
    pub(super) abandoned: Vec<TornSegment>,
    pub(super) arrivals: ArrivalIndex,
    pub(super) standing: Standing,
    pub(super) last: Option<LastTime>,
    pub(super) heads: Vec<SegmentHead>,
    pub(super) presented: Vec<PresentedSegment>,
}

/// How far a segment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHead {
    /// The segment's number, from 1.
    pub segment: u32,
    /// How many of its entries were acknowledged.
    pub size: u64,
    /// The root of its tree over them.
    pub root: Hash,
}

impl SegmentHead {
    /// The head of the segment with this number.
    pub fn of(segment: u32, content: &Segment) -> Self {
        Self { segment, size: u64::try_from(content.entries.len()).unwrap_or(u64::MAX), root: content.root }
    }
}

impl History {
    /// Reads all segments in order and holds their links together.
    pub(super) fn read<S: LogStore>(store: &mut S, name: &LogName, device: &NoteVerifier) -> Result<Self, LogFault> {
        let mut history = Self {
            next_segment: 1,
            prev: None,
            abandoned: Vec::new(),
            arrivals: ArrivalIndex::default(),
            standing: Standing::default(),
            last: None,
            heads: Vec::new(),
            presented: Vec::new(),
        };
        for segment in store.segments()? {
            let bytes = store.read(segment)?;
            let content = read_segment(&bytes, device).map_err(|_| LogFault::Damaged { segment })?;
            history.take(segment, content, name)?;
        }
        Ok(history)
    }

    fn take(&mut self, number: u32, content: SegmentContent, name: &LogName) -> Result<(), LogFault> {
        self.next_segment = number.checked_add(1).ok_or(LogFault::Damaged { segment: number })?;
        let segment = match content {
            SegmentContent::Nothing { bytes, sha256 } => {
                self.abandoned.push(TornSegment { segment: number, bytes, sha256 });
                return Ok(());
            }
            SegmentContent::Good(segment) => segment,
        };
        let opened = &segment.opened;
        if opened.origin != name.origin(number) || opened.segment != number {
            return Err(LogFault::ForeignSegment { segment: number });
        }
        if opened.prev != self.prev || opened.abandoned != self.abandoned {
            return Err(LogFault::Damaged { segment: number });
        }
        self.arrive(number, &segment);
        self.prev = Some(as_previous(&segment));
        self.heads.push(SegmentHead::of(number, &segment));
        self.presented.push(presented(&segment));
        self.abandoned.clear();
        Ok(())
    }

    fn arrive(&mut self, number: u32, segment: &Segment) {
        for entry in &segment.entries {
            self.arrivals.apply(number, entry);
            self.standing.apply(entry);
        }
        let last = segment.entries.last();
        self.last = last.map(|entry| LastTime { wall: entry.t, boot_ms: entry.bt, boot: entry.boot.clone() });
    }
}

fn presented(segment: &Segment) -> PresentedSegment {
    let first = segment.raw.first().map(|first| String::from_utf8_lossy(first).into_owned());
    PresentedSegment {
        introduction: segment.opened.introduction(first.unwrap_or_default()),
        leaves: segment.raw.iter().map(|entry| leaf_hash(entry)).collect(),
        checkpoint: segment.checkpoint.clone(),
    }
}

fn as_previous(segment: &Segment) -> Previous {
    Previous {
        origin: segment.opened.origin.clone(),
        size: u64::try_from(segment.entries.len()).unwrap_or(u64::MAX),
        root: Digest(segment.root),
        torn_bytes: segment.torn_bytes,
        torn_sha256: segment.torn_sha256,
    }
}
