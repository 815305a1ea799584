//! A roster on its way into memory, row by row, in as little of it as goes.

use super::canonical::{self, CanonicalError, Fields};
use super::digits::DigitsBuilder;
use super::index::{Index, hash};
use super::list::{Roster, Spot};
use super::names::NamesBuilder;
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
    names: NamesBuilder,
    born: Vec<u32>,
    sexes: Vec<Option<Sex>>,
    spots: Interner<Spot>,
    seats: Interner<String>,
    schools: Interner<String>,
}

impl Builder {
    fn with_capacity(rows: usize) -> Self {
        Self {
            ids: Vec::with_capacity(rows),
            numbers: DigitsBuilder::with_capacity(rows),
            id_numbers: DigitsBuilder::with_capacity(rows),
            names: NamesBuilder::with_capacity(rows),
            born: Vec::with_capacity(rows),
            sexes: Vec::with_capacity(rows),
            spots: Interner::with_capacity(rows),
            seats: Interner::with_capacity(rows),
            schools: Interner::with_capacity(rows),
        }
    }

    fn push(&mut self, row: &Fields<'_>) {
        self.ids.push(row.id);
        self.numbers.push(row.number);
        self.id_numbers.push(row.id_number);
        self.names.push(row.full_name);
        self.born.push(row.born.map(pack_date).unwrap_or(0));
        self.sexes.push(row.sex);
        self.spots.push(
            |known| known.site == row.site && known.room == row.room && known.session == row.session,
            || Spot { site: row.site.to_owned(), room: row.room.to_owned(), session: row.session.to_owned() },
        );
        self.seats.push(|known| known == row.seat, || row.seat.to_owned());
        self.schools.push(|known| known == row.school, || row.school.to_owned());
    }

    fn finish(self) -> Roster {
        let rows = self.ids.len();
        let (names, numbers, id_numbers) = (self.names.finish(), self.numbers.finish(), self.id_numbers.finish());
        let id_keys = id_numbers.keys().enumerate().filter(|(row, _)| !id_numbers.is_empty_at(*row));
        let people = names.all_folded().zip(&self.born).enumerate().filter(|(_, (_, born))| **born > 0);
        Roster {
            by_id: Index::of(self.ids.iter().map(id_key).enumerate(), rows),
            by_number: Index::of(numbers.keys().enumerate(), rows),
            by_id_number: Index::of(id_keys, rows),
            by_person: Index::of(people.map(|(row, (folded, born))| (row, person_key(&folded, *born))), rows),
            ids: self.ids,
            numbers,
            id_numbers,
            names,
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
