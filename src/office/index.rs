//! What a check found a sound export to say, as few bytes: kept so that the next review need not check it again.
//!
//! Whoever keeps it seals it with what it was found under ([`about`]), and believes it only where that still is so: another
//! program, another key of the board, another list of revocations, another file of the export, and all is checked again.
//!
//! Invariant: [`read`] gives back exactly what [`write`] was given, or nothing.

use crate::Outside;
use jiff::Timestamp;
use record::{BoardKeys, ChipState, Digest, EntryRef, RegistryState};
use review::packed::{ID_LEN, More, NOBODY, Packing, Row};
use review::{Export, Kind, LogId, Word};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

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
    let facts = &export.facts;
    let mut words = Words::default();
    let mut body = Writer::default();
    let mut rows = facts.rows().iter().zip(facts.hashes());
    body.number(facts.segments().count() as u64);
    for (number, len) in facts.segments() {
        body.number(u64::from(number));
        body.number(len as u64);
        let mut before = Before::default();
        for (row, leaf) in rows.by_ref().take(len) {
            body.0.extend_from_slice(&leaf.0);
            write_row(&mut body, &mut words, (row, facts.more(row)), &mut before)?;
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
    out.words(facts.words());
    out.words(&words.list);
    out.number(facts.ids().len() as u64);
    facts.ids().iter().for_each(|id| out.0.extend_from_slice(id));
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
    let (ops, words) = (reader.words()?, reader.words()?);
    let ids = (0..reader.count(ID_LEN)?).map(|_| reader.bytes::<ID_LEN>()).collect::<Option<Vec<_>>>()?;
    let mut packing = Packing::with(ids, ops);
    for _ in 0..reader.count(2)? {
        read_segment(&mut reader, &words, &mut packing)?;
    }
    let export = Export { log, site, training, facts: packing.finish(), anchored: is_anchored.then_some(anchored) };
    reader.0.is_empty().then_some(export)
}

fn read_segment(reader: &mut Reader<'_>, words: &[Word], packing: &mut Packing) -> Option<()> {
    packing.segment(reader.short()?);
    let count = reader.count(LEAST_FACT_LEN)?;
    let mut before = Before::default();
    packing.reserve(count);
    for _ in 0..count {
        let leaf = Digest(reader.bytes()?);
        let (row, more) = read_row(reader, words, &mut before)?;
        packing.row(row, leaf, more)?;
    }
    Some(())
}

/// What is told as a difference to the entry before.
#[derive(Default)]
struct Before {
    at_ms: i64,
    boot_ms: u64,
    boot: u32,
}

fn write_row(
    out: &mut Writer,
    words: &mut Words,
    (row, more): (&Row, Option<&More>),
    before: &mut Before,
) -> Option<()> {
    let second = more.and_then(|more| more.second.as_ref());
    let reasons = more.map(|more| &more.reasons).filter(|reasons| !reasons.is_empty());
    let (refers, amount) = (more.and_then(|more| more.refers), more.map_or(0, |more| more.amount));
    more.is_none_or(|more| more.at_ns == 0).then_some(())?;
    let flags = [
        (row.cand != NOBODY, CAND),
        (row.doc != NOBODY, DOC),
        (row.chip.is_some(), CHIP),
        (row.registry.is_some(), REGISTRY),
        (row.is_late, LATE),
        (second.is_some(), SECOND),
        (refers.is_some(), REFERS),
        (amount != 0, AMOUNT),
        (row.boot != before.boot, BOOT),
        (reasons.is_some(), REASONS),
    ];
    out.number(flags.iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, flag)| all | flag));
    out.index(Kind::ALL, row.kind)?;
    out.signed(row.at_ms.checked_sub(before.at_ms)?);
    out.signed(i64::try_from(row.boot_ms).ok()?.checked_sub(i64::try_from(before.boot_ms).ok()?)?);
    out.number(u64::from(row.op));
    if row.boot != before.boot {
        out.number(u64::from(row.boot));
    }
    [row.cand, row.doc].iter().filter(|id| **id != NOBODY).for_each(|id| out.number(u64::from(*id)));
    row.chip.map_or(Some(()), |chip| out.index(CHIPS, chip))?;
    row.registry.map_or(Some(()), |registry| out.index(REGISTRIES, registry))?;
    second.into_iter().for_each(|second| out.number(words.place(second)));
    if let Some(reasons) = reasons {
        out.number(reasons.len() as u64);
        reasons.iter().for_each(|reason| out.number(words.place(reason)));
    }
    if let Some(refers) = refers {
        out.number(u64::from(refers.segment));
        out.number(refers.seq);
    }
    if amount != 0 {
        out.signed(amount);
    }
    *before = Before { at_ms: row.at_ms, boot_ms: row.boot_ms, boot: row.boot };
    Some(())
}

fn read_row(reader: &mut Reader<'_>, words: &[Word], before: &mut Before) -> Option<(Row, Option<More>)> {
    let flags = reader.number()?;
    let has = |flag: u64| flags & flag != 0;
    let kind = *Kind::ALL.get(reader.place()?)?;
    let at_ms = before.at_ms.checked_add(reader.signed()?)?;
    Timestamp::from_millisecond(at_ms).ok()?;
    let boot_ms = before.boot_ms.checked_add_signed(reader.signed()?)?;
    let op = reader.short()?;
    let boot = if has(BOOT) { reader.short()? } else { before.boot };
    let row = Row {
        cand: if has(CAND) { reader.id()? } else { NOBODY },
        doc: if has(DOC) { reader.id()? } else { NOBODY },
        chip: if has(CHIP) { Some(*CHIPS.get(reader.place()?)?) } else { None },
        registry: if has(REGISTRY) { Some(*REGISTRIES.get(reader.place()?)?) } else { None },
        is_late: has(LATE),
        ..Row::new(at_ms, (boot_ms, boot), op, kind)
    };
    *before = Before { at_ms, boot_ms, boot };
    let more = if has(SECOND | REASONS | REFERS | AMOUNT) { Some(read_more(reader, words, flags)?) } else { None };
    Some((row, more))
}

fn read_more(reader: &mut Reader<'_>, words: &[Word], flags: u64) -> Option<More> {
    let has = |flag: u64| flags & flag != 0;
    let word = |reader: &mut Reader<'_>| words.get(reader.place()?).cloned();
    let second = if has(SECOND) { Some(word(reader)?) } else { None };
    let reasons = if has(REASONS) {
        (0..reader.count(1)?).map(|_| word(reader)).collect::<Option<Box<[_]>>>()?
    } else {
        Box::default()
    };
    let refers = if has(REFERS) { Some(EntryRef { segment: reader.short()?, seq: reader.number()? }) } else { None };
    let amount = if has(AMOUNT) { reader.signed()? } else { 0 };
    Some(More { at_ns: 0, second, reasons, refers, amount })
}

/// Words, each written once.
#[derive(Default)]
struct Words {
    list: Vec<Word>,
    known: HashMap<Word, u64>,
}

impl Words {
    fn place(&mut self, one: &Word) -> u64 {
        if let Some(place) = self.known.get(one) {
            return *place;
        }
        let place = self.list.len() as u64;
        self.list.push(one.clone());
        self.known.insert(one.clone(), place);
        place
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

    fn words(&mut self, words: &[Word]) {
        self.number(words.len() as u64);
        words.iter().for_each(|word| self.text(word.as_str()));
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

    fn words(&mut self) -> Option<Vec<Word>> {
        (0..self.count(1)?).map(|_| self.text().map(Word::from)).collect()
    }

    /// The number of a person or a card; who has none is not written.
    fn id(&mut self) -> Option<u32> {
        self.short().filter(|id| *id != NOBODY)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.place()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

/// The form, and the rules by which a verdict is made; another number where either changes.
const FORM: &[u8] = b"diemdanh/index/v2\n";
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
