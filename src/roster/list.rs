//! The list of all expected candidates, with the ways to find one.

use super::lines::Lines;
use super::{Candidate, CandidateId, CandidateNumber};
use crate::bits::{secret::Pii, text};
use jiff::civil::Date;
use std::collections::HashMap;

/// All expected candidates, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    rows: Vec<Candidate>,
    /// What a search walks through, in the order of the rows: folded full name, SBD, identity column, birth date.
    folded: Lines,
    numbers: Lines,
    id_numbers: Lines,
    birth_dates: Lines,
    by_id: HashMap<CandidateId, usize>,
    by_number: HashMap<CandidateNumber, Vec<usize>>,
    by_id_number: HashMap<Pii<String>, Vec<usize>>,
    by_name_and_birth: HashMap<Pii<String>, Vec<usize>>,
}

/// What a search compares of one row.
#[derive(Clone, Copy)]
pub(super) struct Searched<'a> {
    pub(super) folded_name: &'a str,
    pub(super) number: &'a str,
    pub(super) id_number: &'a str,
    /// As [`birth_date_as_typed`] writes it.
    pub(super) birth_date: &'a str,
}

impl Roster {
    /// A roster of these rows.
    pub fn new(rows: Vec<Candidate>) -> Self {
        let mut roster = Self {
            folded: Lines::of(rows.iter().map(|row| text::fold(row.full_name.reveal()))),
            numbers: Lines::of(rows.iter().map(|row| row.number.as_str())),
            id_numbers: Lines::of(rows.iter().map(|row| row.id_number.reveal())),
            birth_dates: Lines::of(rows.iter().map(birth_date_as_typed)),
            ..Self::default()
        };
        for (index, (row, folded)) in rows.iter().zip(roster.folded.iter()).enumerate() {
            roster.by_id.entry(row.id).or_insert(index);
            roster.by_number.entry(row.number.clone()).or_default().push(index);
            if !row.id_number.reveal().is_empty() {
                roster.by_id_number.entry(row.id_number.clone()).or_default().push(index);
            }
            if let Some(birth_date) = row.birth_date() {
                roster.by_name_and_birth.entry(name_key(folded, birth_date)).or_default().push(index);
            }
        }
        roster.rows = rows;
        roster
    }

    /// All rows.
    pub fn candidates(&self) -> &[Candidate] {
        &self.rows
    }

    /// Reads a roster in its canonical form.
    ///
    /// # Errors
    /// [`super::canonical::CanonicalError`], with the line.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, super::canonical::CanonicalError> {
        let mut rows = Vec::new();
        super::canonical::read(bytes, |fields| rows.extend(fields.candidate()))?;
        Ok(Self::new(rows))
    }

    /// All rows, each as a value of its own.
    pub fn iter(&self) -> impl Iterator<Item = Candidate> + '_ {
        self.rows.iter().cloned()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when nobody is expected.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row with this id.
    pub fn get(&self, id: CandidateId) -> Option<&Candidate> {
        self.by_id.get(&id).and_then(|index| self.rows.get(*index))
    }

    /// The rows with this SBD, one for each session.
    pub fn by_number(&self, number: &CandidateNumber) -> Vec<&Candidate> {
        self.rows_at(self.by_number.get(number))
    }

    /// The rows whose identity column holds exactly this text.
    pub(super) fn by_id_number(&self, text: &str) -> Vec<&Candidate> {
        self.rows_at(self.by_id_number.get(&Pii::new(text.to_owned())))
    }

    /// The rows with this name, marks and case aside, and this birth date.
    pub(super) fn by_name_and_birth(&self, name: &str, birth_date: Date) -> Vec<&Candidate> {
        self.rows_at(self.by_name_and_birth.get(&name_key(&text::fold(name), birth_date)))
    }

    /// What a search compares, row by row.
    pub(super) fn searched(&self) -> impl Iterator<Item = Searched<'_>> {
        let columns = self.folded.iter().zip(self.numbers.iter()).zip(self.id_numbers.iter());
        columns.zip(self.birth_dates.iter()).map(|(((folded_name, number), id_number), birth_date)| Searched {
            folded_name,
            number,
            id_number,
            birth_date,
        })
    }

    fn rows_at(&self, indexes: Option<&Vec<usize>>) -> Vec<&Candidate> {
        indexes.into_iter().flatten().filter_map(|index| self.rows.get(*index)).collect()
    }
}

/// Day first, without zeros in front; empty without a date.
fn birth_date_as_typed(row: &Candidate) -> String {
    row.birth_date().map(|date| format!("{}/{}/{}", date.day(), date.month(), date.year())).unwrap_or_default()
}

fn name_key(folded: &str, birth_date: Date) -> Pii<String> {
    Pii::new(format!("{folded}|{birth_date}"))
}
