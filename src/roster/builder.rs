//! A roster on its way into memory, row by row, in as little of it as goes.

use super::canonical::{self, CanonicalError, Fields};
use super::digits::{Digits, DigitsBuilder};
use super::index::{Index, hash};
use super::lines::Lines;
use super::list::{Roster, Spot};
use super::vocabulary::{Vocabulary, Words};
use super::{Candidate, CandidateId, Sex};
use bits::secret::Pii;
use std::collections::HashMap;
use std::hash::Hash;

impl Roster {
    /// A roster of these rows.
    pub fn new(rows: Vec<Candidate>) -> Self {
        let mut builder = Builder::with_capacity(rows.len());
        rows.into_iter().for_each(|row| builder.push(&fields(&row)));
        builder.finish()
    }

    /// Reads a roster in its canonical form.
    ///
    /// # Errors
    /// [`CanonicalError`], with the line.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let rows = bytes.iter().filter(|byte| **byte == b'\n').count();
        let mut builder = Builder::with_capacity(rows);
        canonical::read(bytes, |fields| builder.push(&fields))?;
        let roster = builder.finish();
        match roster.repeated_id() {
            // The header is line 1, and no field has a line break.
            Some(row) => Err(CanonicalError::Id { line: u64::try_from(row + 2).unwrap_or(u64::MAX) }),
            None => Ok(roster),
        }
    }
}

fn fields(row: &Candidate) -> Fields<'_> {
    Fields {
        id: row.id,
        number: row.number.as_str(),
        session: &row.session,
        full_name: row.full_name.reveal(),
        born: row.birth_date(),
        sex: row.sex,
        id_number: row.id_number.reveal(),
        site: &row.site,
        room: &row.room,
        seat: &row.seat,
        school: &row.school,
    }
}

struct Builder {
    ids: Vec<CandidateId>,
    numbers: DigitsBuilder,
    id_numbers: DigitsBuilder,
    names: String,
    name_ends: Vec<u32>,
    words: Vocabulary,
    born: Vec<u32>,
    sexes: Vec<Option<Sex>>,
    spots: Interner<Spot>,
    seats: Interner<String>,
    schools: Interner<String>,
    number_keys: Vec<u32>,
    id_number_keys: Vec<u32>,
    person_keys: Vec<u32>,
}

impl Builder {
    fn with_capacity(rows: usize) -> Self {
        Self {
            ids: Vec::with_capacity(rows),
            numbers: DigitsBuilder::with_capacity(rows),
            id_numbers: DigitsBuilder::with_capacity(rows),
            names: String::with_capacity(rows.saturating_mul(NAME_LEN)),
            name_ends: Vec::with_capacity(rows),
            words: Vocabulary::with_capacity(rows.saturating_mul(NAME_WORDS)),
            born: Vec::with_capacity(rows),
            sexes: Vec::with_capacity(rows),
            spots: Interner::with_capacity(rows),
            seats: Interner::with_capacity(rows),
            schools: Interner::with_capacity(rows),
            number_keys: Vec::with_capacity(rows),
            id_number_keys: Vec::with_capacity(rows),
            person_keys: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, row: &Fields<'_>) {
        let born = row.born.map(pack_date).unwrap_or(0);
        let folded = self.words.push(row.full_name);
        self.person_keys.push(person_key(folded, born));
        self.number_keys.push(hash(&[row.number.as_bytes()]));
        self.id_number_keys.push(hash(&[row.id_number.as_bytes()]));
        self.ids.push(row.id);
        self.numbers.push(row.number);
        self.id_numbers.push(row.id_number);
        self.names.push_str(row.full_name);
        self.name_ends.push(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.born.push(born);
        self.sexes.push(row.sex);
        self.spots.push(
            |known| known.site == row.site && known.room == row.room && known.session == row.session,
            || Spot { site: row.site.to_owned(), room: row.room.to_owned(), session: row.session.to_owned() },
        );
        self.seats.push(|known| known == row.seat, || row.seat.to_owned());
        self.schools.push(|known| known == row.school, || row.school.to_owned());
    }

    fn finish(mut self) -> Roster {
        self.names.shrink_to_fit();
        let rows = self.ids.len();
        let (words, vocabulary): (Words, Vec<Pii<String>>) = self.words.finish();
        let id_numbers: Digits = self.id_numbers.finish();
        let has_id = id_numbers.iter().map(|number| number.is_none_or(|number| number.len > 0));
        let id_keys = self.id_number_keys.iter().copied().enumerate().zip(has_id);
        let born = self.born.iter().map(|born| *born > 0);
        let person_keys = self.person_keys.iter().copied().enumerate().zip(born);
        let kept = |(key, keep): ((usize, u32), bool)| keep.then_some(key);
        Roster {
            by_id: Index::of(self.ids.iter().map(id_key).enumerate(), rows),
            by_number: Index::of(self.number_keys.iter().copied().enumerate(), rows),
            by_id_number: Index::of(id_keys.filter_map(kept), rows),
            by_person: Index::of(person_keys.filter_map(kept), rows),
            ids: self.ids,
            numbers: self.numbers.finish(),
            id_numbers,
            names: Lines::new(self.names, self.name_ends),
            words,
            vocabulary,
            born: Pii::new(self.born),
            sexes: self.sexes,
            spots: self.spots.finish(),
            seats: self.seats.finish(),
            schools: self.schools.finish(),
        }
    }
}

/// The hash of an id: it is random itself.
pub(super) fn id_key(id: &CandidateId) -> u32 {
    id.0.first_chunk().map_or(0, |head| u32::from_le_bytes(*head))
}

/// The hash of a folded name and a birth date.
pub(super) fn person_key(folded: &str, born: u32) -> u32 {
    hash(&[folded.as_bytes(), &born.to_le_bytes()])
}

/// A date in 23 bits; 0 is none.
pub(super) fn pack_date(date: jiff::civil::Date) -> u32 {
    let part = |value: i16| u32::try_from(value).unwrap_or(0);
    part(date.year()) << 9 | part(i16::from(date.month())) << 5 | part(i16::from(date.day()))
}

/// The date of [`pack_date`].
pub(super) fn unpack_date(packed: u32) -> Option<jiff::civil::Date> {
    let (year, month, day) = (packed >> 9, packed >> 5 & 15, packed & 31);
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A column of values that are often the same.
#[derive(Clone)]
pub(super) struct Interned<T> {
    pub(super) values: Vec<T>,
    pub(super) rows: Vec<u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { values: Vec::new(), rows: Vec::new() }
    }
}

impl<T> Interned<T> {
    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Option<&T> {
        let at = usize::try_from(*self.rows.get(row)?).ok()?;
        self.values.get(at)
    }
}

struct Interner<T> {
    column: Interned<T>,
    known: HashMap<T, u32>,
    last: u32,
}

impl<T: Hash + Eq + Clone> Interner<T> {
    fn with_capacity(rows: usize) -> Self {
        let column = Interned { values: Vec::new(), rows: Vec::with_capacity(rows) };
        Self { column, known: HashMap::new(), last: 0 }
    }

    /// Neighbours in a list are mostly the same: the last value is tried before the table is asked.
    fn push(&mut self, is_it: impl Fn(&T) -> bool, make: impl Fn() -> T) {
        let last = usize::try_from(self.last).ok().and_then(|last| self.column.values.get(last));
        if !last.is_some_and(is_it) {
            let value = make();
            let next = u32::try_from(self.column.values.len()).unwrap_or(u32::MAX);
            self.last = match self.known.get(&value) {
                Some(known) => *known,
                None => {
                    self.column.values.push(value.clone());
                    self.known.insert(value, next);
                    next
                }
            };
        }
        self.column.rows.push(self.last);
    }

    fn finish(self) -> Interned<T> {
        self.column
    }
}

/// Bytes of a Vietnamese name, with some room.
const NAME_LEN: usize = 24;
const NAME_WORDS: usize = 4;
