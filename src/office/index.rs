//! What a check found a sound export to say, as few bytes: kept so that the next review need not check it again.
//!
//! Whoever keeps it seals it with what it was found under ([`about`]), and believes it only where that still is so: another
//! program, another key of the board, another list of revocations, another file of the export, and all is checked again.
//!
//! Invariant: [`read`] gives back exactly what [`write`] was given, or nothing.

use crate::Outside;
use jiff::Timestamp;
use record::{BoardKeys, CandidateRef, ChipState, Digest, DocumentRef, EntryRef, RegistryState};
use review::{Export, Fact, Kind, LogId, SegmentFacts, Word};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::hash::Hash;

/// Everything that a verdict rests on beside the export itself: the program that judged, the board's keys, and what the
/// board knows from elsewhere. `program` is the digest of the program's file.
pub fn ground(program: [u8; 32], board: &BoardKeys, outside: &Outside) -> [u8; 32] {
    let hash = Sha256::new().chain_update(FORM).chain_update(program).chain_update(board.digest().0);
    // Whatever will be known from elsewhere stands in this text too, without being named here.
    hash.chain_update(format!("{outside:?}")).finalize().into()
}

/// What an index is about: the ground of its verdict, which export, and how its files lie there.
pub fn about(ground: &[u8; 32], name: &str, files: &[u8; 32]) -> Vec<u8> {
    [&ground[..], files, name.as_bytes()].concat()
}

/// Writes what a sound export says; `None` for what this form does not hold: such an export is checked every time.
pub fn write(export: &Export) -> Option<Vec<u8>> {
    let mut names = Names::default();
    let mut body = Writer::default();
    body.number(export.segments.len() as u64);
    for segment in &export.segments {
        body.number(u64::from(segment.number));
        body.number(segment.facts.len() as u64);
        let mut before = Before::default();
        for (seq, fact) in (0..).zip(&segment.facts) {
            let is_in_place = fact.place == EntryRef { segment: segment.number, seq };
            is_in_place.then(|| write_fact(&mut body, &mut names, fact, &mut before))??;
        }
    }
    let mut out = Writer::default();
    out.text(export.log.as_str());
    out.text(&export.site);
    out.number(u64::from(export.training));
    let (segment, size) = export.anchored.unwrap_or_default();
    out.number(u64::from(export.anchored.is_some()));
    out.number(u64::from(segment));
    out.number(size);
    out.number(names.words.list.len() as u64);
    names.words.list.iter().for_each(|word| out.text(word.as_str()));
    out.number(names.ids.list.len() as u64);
    names.ids.list.iter().for_each(|id| out.0.extend_from_slice(id));
    out.0.extend_from_slice(&body.0);
    Some(out.0)
}

/// Reads what [`write`] wrote; `None` for anything else.
pub fn read(bytes: &[u8]) -> Option<Export> {
    let mut reader = Reader(bytes);
    let log = LogId::new(reader.text()?)?;
    let site = reader.text()?.to_owned();
    let training = reader.truth()?;
    let is_anchored = reader.truth()?;
    let anchored = (reader.short()?, reader.number()?);
    let words = (0..reader.count(1)?).map(|_| reader.text().map(Word::from)).collect::<Option<Vec<_>>>()?;
    let ids = (0..reader.count(ID_LEN)?).map(|_| reader.bytes::<ID_LEN>()).collect::<Option<Vec<_>>>()?;
    let names = Read { words, ids };
    let segments = (0..reader.count(2)?).map(|_| read_segment(&mut reader, &names)).collect::<Option<Vec<_>>>()?;
    let export = Export { log, site, training, segments, anchored: is_anchored.then_some(anchored) };
    reader.0.is_empty().then_some(export)
}

fn read_segment(reader: &mut Reader<'_>, names: &Read) -> Option<SegmentFacts> {
    let number = reader.short()?;
    let count = reader.count(LEAST_FACT_LEN)?;
    let mut before = Before::default();
    let mut facts = Vec::with_capacity(count);
    for seq in 0..count as u64 {
        facts.push(read_fact(reader, names, EntryRef { segment: number, seq }, &mut before)?);
    }
    Some(SegmentFacts { number, facts })
}

/// What is told as a difference to the entry before.
#[derive(Default)]
struct Before {
    at_ms: i64,
    boot_ms: u64,
    boot: u32,
}

fn write_fact(out: &mut Writer, names: &mut Names, fact: &Fact, before: &mut Before) -> Option<()> {
    let at_ms = fact.at.as_millisecond();
    (Timestamp::from_millisecond(at_ms).ok()? == fact.at).then_some(())?;
    let flags = [
        (fact.cand.is_some(), CAND),
        (fact.doc.is_some(), DOC),
        (fact.chip.is_some(), CHIP),
        (fact.registry.is_some(), REGISTRY),
        (fact.is_late, LATE),
        (fact.second.is_some(), SECOND),
        (fact.refers.is_some(), REFERS),
        (fact.amount != 0, AMOUNT),
        (fact.boot != before.boot, BOOT),
        (!fact.reasons.is_empty(), REASONS),
    ];
    out.0.extend_from_slice(&fact.leaf.0);
    out.number(flags.iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, flag)| all | flag));
    out.index(Kind::ALL, fact.kind)?;
    out.signed(at_ms.checked_sub(before.at_ms)?);
    out.signed(i64::try_from(fact.boot_ms).ok()?.checked_sub(i64::try_from(before.boot_ms).ok()?)?);
    out.number(names.words.place(&fact.op));
    if fact.boot != before.boot {
        out.number(u64::from(fact.boot));
    }
    fact.cand.iter().for_each(|cand| out.number(names.ids.place(&cand.0)));
    fact.doc.iter().for_each(|doc| out.number(names.ids.place(&doc.0)));
    fact.chip.map_or(Some(()), |chip| out.index(CHIPS, chip))?;
    fact.registry.map_or(Some(()), |registry| out.index(REGISTRIES, registry))?;
    fact.second.iter().for_each(|second| out.number(names.words.place(second)));
    if !fact.reasons.is_empty() {
        out.number(fact.reasons.len() as u64);
        fact.reasons.iter().for_each(|reason| out.number(names.words.place(reason)));
    }
    if let Some(refers) = fact.refers {
        out.number(u64::from(refers.segment));
        out.number(refers.seq);
    }
    if fact.amount != 0 {
        out.signed(fact.amount);
    }
    *before = Before { at_ms, boot_ms: fact.boot_ms, boot: fact.boot };
    Some(())
}

fn read_fact(reader: &mut Reader<'_>, names: &Read, place: EntryRef, before: &mut Before) -> Option<Fact> {
    let leaf = Digest(reader.bytes()?);
    let flags = reader.number()?;
    let has = |flag: u64| flags & flag != 0;
    let kind = *Kind::ALL.get(reader.place()?)?;
    let at_ms = before.at_ms.checked_add(reader.signed()?)?;
    let boot_ms = before.boot_ms.checked_add_signed(reader.signed()?)?;
    let op = names.word(reader)?;
    let boot = if has(BOOT) { reader.short()? } else { before.boot };
    let cand = if has(CAND) { Some(CandidateRef(names.id(reader)?)) } else { None };
    let doc = if has(DOC) { Some(DocumentRef(names.id(reader)?)) } else { None };
    let chip = if has(CHIP) { Some(*CHIPS.get(reader.place()?)?) } else { None };
    let registry = if has(REGISTRY) { Some(*REGISTRIES.get(reader.place()?)?) } else { None };
    let second = if has(SECOND) { Some(names.word(reader)?) } else { None };
    let reasons = if has(REASONS) {
        (0..reader.count(1)?).map(|_| names.word(reader)).collect::<Option<Box<[_]>>>()?
    } else {
        Box::default()
    };
    let refers = if has(REFERS) { Some(EntryRef { segment: reader.short()?, seq: reader.number()? }) } else { None };
    let amount = if has(AMOUNT) { reader.signed()? } else { 0 };
    *before = Before { at_ms, boot_ms, boot };
    let at = Timestamp::from_millisecond(at_ms).ok()?;
    let is_late = has(LATE);
    Some(Fact {
        place,
        leaf,
        at,
        boot_ms,
        boot,
        op,
        kind,
        cand,
        doc,
        chip,
        registry,
        is_late,
        second,
        reasons,
        refers,
        amount,
    })
}

/// Words and ids, each written once.
#[derive(Default)]
struct Names {
    words: Places<Word>,
    ids: Places<[u8; ID_LEN]>,
}

struct Places<T> {
    list: Vec<T>,
    known: HashMap<T, u64>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { list: Vec::new(), known: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Places<T> {
    fn place(&mut self, one: &T) -> u64 {
        if let Some(place) = self.known.get(one) {
            return *place;
        }
        let place = self.list.len() as u64;
        self.list.push(one.clone());
        self.known.insert(one.clone(), place);
        place
    }
}

struct Read {
    words: Vec<Word>,
    ids: Vec<[u8; ID_LEN]>,
}

impl Read {
    fn word(&self, reader: &mut Reader<'_>) -> Option<Word> {
        self.words.get(reader.place()?).cloned()
    }

    fn id(&self, reader: &mut Reader<'_>) -> Option<[u8; ID_LEN]> {
        self.ids.get(reader.place()?).copied()
    }
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7F) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Small numbers of either sign in few bytes.
    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63).cast_unsigned());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Where `one` stands among all of its kind.
    fn index<T: PartialEq>(&mut self, all: &[T], one: T) -> Option<()> {
        let place = all.iter().position(|other| *other == one)?;
        self.number(place as u64);
        Some(())
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn short(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn place(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn truth(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// How many of at least so many bytes each follow: never more than there can be.
    fn count(&mut self, least_len: usize) -> Option<usize> {
        self.place().filter(|count| *count <= self.0.len() / least_len)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.place()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

/// The form, and the rules by which a verdict is made; another number where either changes.
const FORM: &[u8] = b"diemdanh/index/v1\n";
const ID_LEN: usize = 16;
/// A leaf hash, flags, a kind, two times and an operator.
const LEAST_FACT_LEN: usize = 37;
const CAND: u64 = 1;
const DOC: u64 = 1 << 1;
const CHIP: u64 = 1 << 2;
const REGISTRY: u64 = 1 << 3;
const LATE: u64 = 1 << 4;
const SECOND: u64 = 1 << 5;
const REFERS: u64 = 1 << 6;
const AMOUNT: u64 = 1 << 7;
const BOOT: u64 = 1 << 8;
const REASONS: u64 = 1 << 9;
const CHIPS: &[ChipState] = &[
    ChipState::Pass,
    ChipState::Warn,
    ChipState::Unknown,
    ChipState::Fail,
    ChipState::Access,
    ChipState::Retry,
    ChipState::NotRead,
];
const REGISTRIES: &[RegistryState] = &[
    RegistryState::Match,
    RegistryState::Mismatch,
    RegistryState::CardInvalid,
    RegistryState::NotFound,
    RegistryState::UnknownCode,
    RegistryState::Pending,
    RegistryState::NotAsked,
    RegistryState::Refused,
];
