//! The entries of one log as they stay in memory: a national exam has millions, and most of what they say is the same.
//!
//! People, cards and words stand once a log, and an entry names them by their numbers; what few entries say (a second person,
//! reasons, a reference, an amount) stands beside. An entry is 72 bytes here, a third of a [`Fact`].
//!
//! Invariant: [`Facts::iter`] gives back exactly what [`Facts::of`] was given.

use crate::{
    fact::{Fact, Kind, Word},
    intake::SegmentFacts,
};
use jiff::Timestamp;
use record::{CandidateRef, ChipState, Digest, DocumentRef, EntryRef, RegistryState};
use std::{collections::HashMap, hash::Hash};

/// All entries of a log, segment by segment, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// People and cards.
    ids: Vec<Id>,
    words: Vec<Word>,
    segments: Vec<Segment>,
    leaves: Vec<Digest>,
    rows: Vec<Row>,
    more: Vec<More>,
}

/// A segment's number, and its first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    number: u32,
    first: usize,
}

/// One entry; numbers name people, cards and words of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The desk's wall clock, in whole milliseconds.
    pub at_ms: i64,
    /// The machine's boot clock.
    pub boot_ms: u64,
    /// Which boot of the log.
    pub boot: u32,
    /// Who was signed in, as a number of [`Facts::words`].
    pub op: u32,
    /// About whom, as a number of [`Facts::ids`], or [`NOBODY`].
    pub cand: u32,
    /// Which card, as a number of [`Facts::ids`], or [`NOBODY`].
    pub doc: u32,
    /// Where stands what few entries say, or [`NOBODY`]; whoever packs sets it.
    pub more: u32,
    /// What happened.
    pub kind: Kind,
    /// What the chip's inspection ended in.
    pub chip: Option<ChipState>,
    /// The registry's word.
    pub registry: Option<RegistryState>,
    /// After the start signal.
    pub is_late: bool,
}

/// What few entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// Nanoseconds behind the whole millisecond.
    pub at_ns: i32,
    /// The second person.
    pub second: Option<Word>,
    /// Reasons, as [`Fact::reasons`].
    pub reasons: Box<[Word]>,
    /// The entry that it is about.
    pub refers: Option<EntryRef>,
    /// As [`Fact::amount`].
    pub amount: i64,
}

/// A person or a card.
pub type Id = [u8; ID_LEN];

/// Says that an entry names no such thing.
pub const NOBODY: u32 = u32::MAX;

impl Facts {
    /// Packs the entries of a log. What a segment's entries are called follows from where they stand.
    pub fn of(segments: impl IntoIterator<Item = SegmentFacts>) -> Self {
        let mut packing = Packing::default();
        for segment in segments {
            packing.segment(segment.number);
            segment.facts.iter().for_each(|fact| packing.fact(fact));
        }
        packing.finish()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True for a log without an entry.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Fact> + '_ {
        (0..self.rows.len()).filter_map(|at| self.fact_at(at))
    }

    /// All entries of a kind, in order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Fact> + '_ {
        let own = self.rows.iter().enumerate().filter(move |(_, row)| row.kind == kind);
        own.filter_map(|(at, _)| self.fact_at(at))
    }

    /// The entry at a place.
    pub fn get(&self, place: EntryRef) -> Option<Fact> {
        self.fact_at(self.at(place)?)
    }

    /// Where each entry stands and what it is, in order.
    pub(crate) fn leaves(&self) -> impl DoubleEndedIterator<Item = (EntryRef, [u8; 32])> + '_ {
        self.leaves.iter().enumerate().map(|(at, leaf)| (self.place(at), leaf.0))
    }

    /// Which segments there are, and how many entries each has.
    pub fn segments(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        let ends = self.segments.iter().skip(1).map(|next| next.first).chain([self.rows.len()]);
        self.segments.iter().zip(ends).map(|(segment, end)| (segment.number, end.saturating_sub(segment.first)))
    }

    /// People and cards, by their numbers.
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// Words, by their numbers.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The entries, by where they stand.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The leaf hashes, by where they stand.
    pub fn hashes(&self) -> &[Digest] {
        &self.leaves
    }

    /// What an entry says that few do.
    pub fn more(&self, row: &Row) -> Option<&More> {
        self.more.get(usize::try_from(row.more).ok()?)
    }

    /// A person or a card by its number.
    pub(crate) fn id(&self, number: u32) -> Option<Id> {
        self.ids.get(usize::try_from(number).ok()?).copied()
    }

    /// The place of the entry that stands there.
    pub fn place(&self, at: usize) -> EntryRef {
        // Most logs have one segment, and few have many.
        let behind = self.segments.partition_point(|segment| segment.first <= at);
        let segment = behind.checked_sub(1).and_then(|number| self.segments.get(number));
        let (segment, first) = segment.map_or((0, 0), |segment| (segment.number, segment.first));
        EntryRef { segment, seq: u64::try_from(at.saturating_sub(first)).unwrap_or(u64::MAX) }
    }

    /// Where the entry of a place stands.
    pub(crate) fn at(&self, place: EntryRef) -> Option<usize> {
        let number = self.segments.iter().position(|segment| segment.number == place.segment)?;
        let (first, next) = (self.segments.get(number)?.first, self.segments.get(number + 1));
        let at = first.checked_add(usize::try_from(place.seq).ok()?)?;
        (at < next.map_or(self.rows.len(), |next| next.first)).then_some(at)
    }

    /// Lets go of everything behind the first entries.
    pub fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
        self.leaves.truncate(len);
        self.segments.retain(|segment| segment.first < len);
    }

    /// The entry that stands there.
    pub(crate) fn fact_at(&self, at: usize) -> Option<Fact> {
        let (row, leaf) = (self.rows.get(at)?, self.leaves.get(at)?);
        let more = self.more(row);
        let fine = more.map_or(0, |more| more.at_ns);
        Some(Fact {
            place: self.place(at),
            leaf: *leaf,
            at: moment(row.at_ms, fine),
            boot_ms: row.boot_ms,
            boot: row.boot,
            op: self.words.get(usize::try_from(row.op).ok()?)?.clone(),
            kind: row.kind,
            cand: self.id(row.cand).map(CandidateRef),
            doc: self.id(row.doc).map(DocumentRef),
            chip: row.chip,
            registry: row.registry,
            is_late: row.is_late,
            second: more.and_then(|more| more.second.clone()),
            reasons: more.map(|more| more.reasons.clone()).unwrap_or_default(),
            refers: more.and_then(|more| more.refers),
            amount: more.map_or(0, |more| more.amount),
        })
    }
}

impl Row {
    /// An entry that says nothing but these; numbers must be those of its log.
    pub fn new(at_ms: i64, boot: (u64, u32), op: u32, kind: Kind) -> Self {
        let (boot_ms, boot) = boot;
        let (chip, registry, is_late) = (None, None, false);
        Self { at_ms, boot_ms, boot, op, cand: NOBODY, doc: NOBODY, more: NOBODY, kind, chip, registry, is_late }
    }

    /// It says something that few entries do.
    pub fn has_more(&self) -> bool {
        self.more != NOBODY
    }
}

/// Facts that are being packed.
#[derive(Debug, Default)]
pub struct Packing {
    facts: Facts,
    ids: HashMap<Id, u32>,
    words: HashMap<Word, u32>,
}

impl Packing {
    /// Begins with people, cards and words whose numbers are known already.
    pub fn with(ids: Vec<Id>, words: Vec<Word>) -> Self {
        Self { facts: Facts { ids, words, ..Facts::default() }, ids: HashMap::new(), words: HashMap::new() }
    }

    /// Makes room for so many entries.
    pub fn reserve(&mut self, entries: usize) {
        self.facts.rows.reserve_exact(entries);
        self.facts.leaves.reserve_exact(entries);
    }

    /// A segment begins.
    pub fn segment(&mut self, number: u32) {
        self.facts.segments.push(Segment { number, first: self.facts.rows.len() });
    }

    /// The next entry of the segment. `None`, and nothing taken, where it names a number that its log does not have.
    pub fn row(&mut self, row: Row, leaf: Digest, more: Option<More>) -> Option<()> {
        let knows = |number: u32, len: usize| usize::try_from(number).is_ok_and(|number| number < len);
        let is_known = |id: u32| id == NOBODY || knows(id, self.facts.ids.len());
        (knows(row.op, self.facts.words.len()) && is_known(row.cand) && is_known(row.doc)).then_some(())?;
        let place = match more {
            Some(more) => {
                self.facts.more.push(more);
                u32::try_from(self.facts.more.len() - 1).ok().filter(|place| *place != NOBODY)?
            }
            None => NOBODY,
        };
        self.facts.rows.push(Row { more: place, ..row });
        self.facts.leaves.push(leaf);
        Some(())
    }

    /// All entries are told.
    pub fn finish(mut self) -> Facts {
        self.facts.rows.shrink_to_fit();
        self.facts.leaves.shrink_to_fit();
        self.facts.ids.shrink_to_fit();
        self.facts
    }

    fn fact(&mut self, fact: &Fact) {
        let at_ms = fact.at.as_millisecond();
        let at_ns = fact.at.subsec_nanosecond() % NS_PER_MS;
        let is_more = at_ns != 0
            || fact.second.is_some()
            || !fact.reasons.is_empty()
            || fact.refers.is_some()
            || fact.amount != 0;
        let more = is_more.then(|| More {
            at_ns,
            second: fact.second.clone(),
            reasons: fact.reasons.clone(),
            refers: fact.refers,
            amount: fact.amount,
        });
        let op = numbered(&mut self.facts.words, &mut self.words, &fact.op);
        let mut id = |id: Option<Id>| id.map_or(NOBODY, |id| numbered(&mut self.facts.ids, &mut self.ids, &id));
        let row = Row {
            cand: id(fact.cand.map(|cand| cand.0)),
            doc: id(fact.doc.map(|doc| doc.0)),
            chip: fact.chip,
            registry: fact.registry,
            is_late: fact.is_late,
            ..Row::new(at_ms, (fact.boot_ms, fact.boot), op, fact.kind)
        };
        self.row(row, fact.leaf, more);
    }
}

/// The number of `one`, which is given the next where it has none.
fn numbered<T: Clone + Eq + Hash>(list: &mut Vec<T>, known: &mut HashMap<T, u32>, one: &T) -> u32 {
    if let Some(number) = known.get(one) {
        return *number;
    }
    let number = u32::try_from(list.len()).unwrap_or(NOBODY);
    list.push(one.clone());
    known.insert(one.clone(), number);
    number
}

/// A moment of so many milliseconds and nanoseconds of the same sign.
fn moment(at_ms: i64, at_ns: i32) -> Timestamp {
    let (second, rest_ms) = (at_ms / MS_PER_S, at_ms % MS_PER_S);
    let rest = i32::try_from(rest_ms).unwrap_or(0) * NS_PER_MS + at_ns;
    Timestamp::new(second, rest).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Bytes of an id of a person or a card.
pub const ID_LEN: usize = 16;
const NS_PER_MS: i32 = 1_000_000;
const MS_PER_S: i64 = 1_000;
