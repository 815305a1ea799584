//! A column of numbers, packed: four bits a digit, so that a search compares a number in one step.

use super::index::hash;
use bits::secret::Pii;
use std::collections::BTreeMap;

/// Numbers in the order of the rows.
#[derive(Clone)]
pub(super) struct Digits {
    packed: Pii<Vec<u64>>,
    lens: Vec<u8>,
    /// What is no number of at most sixteen digits, by row.
    others: BTreeMap<u32, Pii<String>>,
}

/// One number, or the part of one that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed {
    pub(super) digits: u64,
    pub(super) len: u32,
}

impl Packed {
    /// `None` for what is no number, or too long a one.
    pub(super) fn of(text: &str) -> Option<Self> {
        if text.len() > MAX_DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = text.bytes().fold(0, |packed, byte| packed << BITS | u64::from(byte - b'0'));
        Some(Self { digits, len: u32::try_from(text.len()).ok()? })
    }

    fn text(self) -> String {
        let digit = |place: u32| (self.digits >> (place * BITS)) & 0xF;
        (0..self.len).rev().filter_map(|place| char::from_digit(u32::try_from(digit(place)).ok()?, 10)).collect()
    }

    pub(super) fn ends_with(self, tail: Self) -> bool {
        // Sixteen digits fill the word: a shift by all of it is none.
        let mask = 1_u64.checked_shl(tail.len * BITS).map_or(u64::MAX, |bit| bit - 1);
        tail.len <= self.len && self.digits & mask == tail.digits
    }

    pub(super) fn starts_with(self, head: Self) -> bool {
        head.len <= self.len && self.digits.checked_shr((self.len - head.len) * BITS).unwrap_or(0) == head.digits
    }
}

impl Digits {
    pub(super) fn new(packed: Vec<u64>, lens: Vec<u8>, others: BTreeMap<u32, Pii<String>>) -> Self {
        Self { packed: Pii::new(packed), lens, others }
    }

    /// The text of a row.
    pub(super) fn text(&self, row: usize) -> String {
        match self.packed(row) {
            Some(packed) => packed.text(),
            None => self.other(row).unwrap_or_default().to_owned(),
        }
    }

    /// Every number; `None` stands for what is no number.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<Packed>> + '_ {
        let pairs = self.packed.reveal().iter().zip(&self.lens);
        pairs.map(|(digits, len)| (*len != OTHER).then(|| Packed { digits: *digits, len: u32::from(*len) }))
    }

    /// The hash of each row's number, in the order of the rows: [`key`] of its text.
    pub(super) fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.lens.len()).map(|row| self.key_at(row))
    }

    /// The hash of a row's number.
    pub(super) fn key_at(&self, row: usize) -> u32 {
        self.packed(row).map_or_else(|| hash(&[self.other(row).unwrap_or_default().as_bytes()]), packed_key)
    }

    /// True for a row without a number.
    pub(super) fn is_empty_at(&self, row: usize) -> bool {
        self.lens.get(row) == Some(&0)
    }

    /// What is no number.
    pub(super) fn others(&self) -> impl Iterator<Item = (usize, &str)> {
        self.others.iter().filter_map(|(row, text)| Some((usize::try_from(*row).ok()?, text.reveal().as_str())))
    }

    /// The text of a row that is no number.
    pub(super) fn other(&self, row: usize) -> Option<&str> {
        u32::try_from(row).ok().and_then(|row| self.others.get(&row)).map(|text| text.reveal().as_str())
    }

    fn packed(&self, row: usize) -> Option<Packed> {
        let len = self.lens.get(row).copied().filter(|len| *len != OTHER)?;
        self.packed.reveal().get(row).map(|digits| Packed { digits: *digits, len: u32::from(len) })
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new(), BTreeMap::new())
    }
}

/// The hash of a number's text.
pub(super) fn key(text: &str) -> u32 {
    Packed::of(text).map_or_else(|| hash(&[text.as_bytes()]), packed_key)
}

fn packed_key(packed: Packed) -> u32 {
    hash(&[&packed.digits.to_le_bytes(), &packed.len.to_le_bytes()])
}

/// A column on its way.
#[derive(Default)]
pub(super) struct DigitsBuilder {
    packed: Vec<u64>,
    lens: Vec<u8>,
    others: BTreeMap<u32, Pii<String>>,
}

impl DigitsBuilder {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self { packed: Vec::with_capacity(rows), lens: Vec::with_capacity(rows), others: BTreeMap::new() }
    }

    pub(super) fn push(&mut self, text: &str) {
        let packed = Packed::of(text);
        if packed.is_none() {
            let row = u32::try_from(self.lens.len()).unwrap_or(u32::MAX);
            self.others.insert(row, Pii::new(text.to_owned()));
        }
        self.packed.push(packed.map_or(0, |packed| packed.digits));
        self.lens.push(packed.and_then(|packed| u8::try_from(packed.len).ok()).unwrap_or(OTHER));
    }

    pub(super) fn finish(self) -> Digits {
        Digits::new(self.packed, self.lens, self.others)
    }
}

const BITS: u32 = 4;
const MAX_DIGITS: usize = 16;
const OTHER: u8 = u8::MAX;
