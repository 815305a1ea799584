//! The list of all expected candidates, with the ways to find one.
//!
//! A national exam has more than a million rows on one desk: columns instead of rows, packed numbers, names as numbers
//! of words, and indexes of four bytes a row keep that within a desk's memory. A [`Candidate`] is made when one is
//! asked for.

use super::builder::{Interned, id_key, pack_date, person_key, unpack_date};
use super::digits::{self, Digits};
use super::index::{Index, place};
use super::names::Names;
use super::{Candidate, CandidateId, CandidateNumber, Place, Sex, matching};
use bits::letters;
use bits::secret::Pii;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All expected candidates, in the order of the file.
#[derive(Clone)]
pub struct Roster {
    pub(super) ids: Vec<CandidateId>,
    pub(super) numbers: Digits,
    pub(super) id_numbers: Digits,
    pub(super) names: Names,
    pub(super) born: Pii<Vec<u32>>,
    pub(super) sexes: Vec<Option<Sex>>,
    pub(super) spots: Interned<Spot>,
    pub(super) seats: Interned<String>,
    pub(super) schools: Interned<String>,
    pub(super) by_id: Index,
    pub(super) by_number: Index,
    pub(super) by_id_number: Index,
    pub(super) by_person: Index,
}

/// Where somebody belongs, as the list writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belongs<'a> {
    /// The site's code.
    pub site: &'a str,
    /// The room.
    pub room: &'a str,
    /// The session; empty for every one.
    pub session: &'a str,
}

/// Where many people belong.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) site: String,
    pub(super) room: String,
    pub(super) session: String,
}

impl fmt::Debug for Roster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Roster({} rows)", self.len())
    }
}

impl Default for Roster {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Roster {
    /// All rows, in their order, each made as it is asked for.
    pub fn iter(&self) -> impl Iterator<Item = Candidate> + '_ {
        (0..self.len()).filter_map(|row| self.row(row))
    }

    /// All ids, in the order of the rows.
    pub fn ids(&self) -> &[CandidateId] {
        &self.ids
    }

    /// Where everybody belongs, in the order of the rows.
    pub fn places(&self) -> impl Iterator<Item = (CandidateId, Belongs<'_>)> {
        self.ids.iter().enumerate().filter_map(|(row, id)| {
            let Spot { site, room, session } = self.spots.get(row)?;
            Some((*id, Belongs { site, room, session }))
        })
    }

    /// The row at this place, from 0.
    pub fn row(&self, row: usize) -> Option<Candidate> {
        let spot = self.spots.get(row)?;
        let born = self.born.reveal().get(row).copied().and_then(unpack_date);
        Some(Candidate {
            id: *self.ids.get(row)?,
            number: CandidateNumber::new(&self.numbers.text(row))?,
            full_name: Pii::new(self.names.text(row)),
            birth_date: Pii::new(born.map(|date| date.to_string()).unwrap_or_default()),
            id_number: Pii::new(self.id_numbers.text(row)),
            site: spot.site.clone(),
            room: spot.room.clone(),
            seat: self.seats.get(row).cloned().unwrap_or_default(),
            session: spot.session.clone(),
            sex: self.sexes.get(row).copied().flatten(),
            school: self.schools.get(row).cloned().unwrap_or_default(),
        })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when nobody is expected.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The row with this id.
    pub fn get(&self, id: CandidateId) -> Option<Candidate> {
        self.row(self.row_of(id)?)
    }

    /// The rows with this SBD, one for each session.
    pub fn by_number(&self, number: &CandidateNumber) -> Vec<Candidate> {
        let rows = self.by_number.rows(digits::key(number.as_str()), |row| self.numbers.key_at(row));
        let rows = rows.filter_map(|row| self.row(row));
        rows.filter(|row| row.number == *number).collect()
    }

    /// The rows whose identity column holds exactly this text.
    pub fn by_id_number(&self, text: &str) -> Vec<Candidate> {
        let rows = self.by_id_number.rows(digits::key(text), |row| self.id_numbers.key_at(row));
        let rows = rows.filter_map(|row| self.row(row));
        rows.filter(|row| row.id_number.reveal() == text).collect()
    }

    /// How many rows belong to a place; a place that is not named fits every place.
    pub fn count_at(&self, place: &Place) -> usize {
        let fits: Vec<bool> = self.spots.values.iter().map(|spot| matching::fits_spot(spot, place)).collect();
        let is_here = |spot: &&u32| usize::try_from(**spot).is_ok_and(|spot| fits.get(spot) == Some(&true));
        self.spots.rows.iter().filter(is_here).count()
    }

    /// Who belongs to this place, in the order of the rows.
    pub fn rows_at(&self, place: &Place) -> impl Iterator<Item = CandidateId> {
        let fits: Vec<bool> = self.spots.values.iter().map(|spot| matching::fits_spot(spot, place)).collect();
        let spots = self.ids.iter().zip(&self.spots.rows);
        let is_here = move |spot: u32| usize::try_from(spot).is_ok_and(|spot| fits.get(spot) == Some(&true));
        spots.filter(move |(_, spot)| is_here(**spot)).map(|(id, _)| *id)
    }

    /// How many rows belong to each room of this place.
    pub fn count_by_room(&self, place: &Place) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let spots = self.spots.rows.iter().filter_map(|spot| self.spots.values.get(usize::try_from(*spot).ok()?));
        for spot in spots.filter(|spot| matching::fits_spot(spot, place)) {
            *counts.entry(&spot.room).or_default() += 1;
        }
        counts.into_iter().map(|(room, count)| (room.to_owned(), count)).collect()
    }

    /// True where the row with this id belongs to another place.
    pub fn is_elsewhere(&self, id: CandidateId, here: &Place) -> bool {
        let spot = self.row_of(id).and_then(|row| self.spots.get(row));
        spot.is_some_and(|spot| !matching::fits_spot(spot, here))
    }

    /// The rooms of a place, in order, each once.
    pub fn rooms_at(&self, place: &Place) -> Vec<String> {
        let here = self.spots.values.iter().filter(|spot| matching::fits_spot(spot, place));
        let rooms: BTreeSet<&String> = here.map(|spot| &spot.room).collect();
        rooms.into_iter().cloned().collect()
    }

    /// The rows with this name, marks and case aside, and this birth date.
    pub(super) fn by_name_and_birth(&self, name: &str, birth_date: Date) -> Vec<Candidate> {
        let (folded, born) = (letters::fold_name(name), pack_date(birth_date));
        let rows = self.by_person.rows(person_key(&folded, born), |row| self.person_key_at(row));
        let is_it = |row: &usize| self.born.reveal().get(*row) == Some(&born) && self.names.folded(*row) == folded;
        rows.filter(is_it).filter_map(|row| self.row(row)).collect()
    }

    /// The second row of an id that stands there twice.
    pub(super) fn repeated_id(&self) -> Option<usize> {
        let mut groups = self.by_id.same(|row| self.id_key_at(row));
        groups.find_map(|rows| {
            let mut seen = BTreeSet::new();
            rows.iter().map(|row| place(*row)).find(|row| self.ids.get(*row).is_none_or(|id| !seen.insert(id)))
        })
    }

    fn row_of(&self, id: CandidateId) -> Option<usize> {
        self.by_id.rows(id_key(&id), |row| self.id_key_at(row)).find(|row| self.ids.get(*row) == Some(&id))
    }

    fn id_key_at(&self, row: usize) -> u32 {
        self.ids.get(row).map_or(0, id_key)
    }

    fn person_key_at(&self, row: usize) -> u32 {
        person_key(&self.names.folded(row), self.born.reveal().get(row).copied().unwrap_or(0))
    }
}
