//! The account of a list's rows: each is asked once what it is, and is a person or is named as left out.

use super::{Finding, Listed, People};

/// What one row came to. There is no third thing that it could come to.
pub(super) enum Outcome {
    /// Somebody.
    Person(Box<Listed>),
    /// Nobody, and why: the finding names the row.
    LeftOut(Finding),
}

/// Rows in = people + rows named. The fields are private and only [`Accounts::settle`] adds to them, so that the sum
/// cannot be wrong.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Accounts {
    people: People,
    left_out: Vec<Finding>,
    left_out_count: usize,
}

impl Accounts {
    /// Puts one row to account.
    pub(super) fn settle(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Person(person) => self.people.push(&person),
            Outcome::LeftOut(finding) => {
                self.left_out_count += 1;
                self.left_out.push(finding);
            }
        }
    }

    /// Everybody so far.
    pub(super) fn people(&self) -> &People {
        &self.people
    }

    /// How many rows are nobody.
    pub(super) fn left_out(&self) -> usize {
        self.left_out_count
    }

    /// The findings that name those rows, handed over.
    pub(super) fn take_left_out(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.left_out)
    }

    /// How many rows were put to account.
    pub(super) fn rows(&self) -> usize {
        self.people.len() + self.left_out_count
    }

    pub(super) fn into_people(self) -> People {
        self.people
    }
}
