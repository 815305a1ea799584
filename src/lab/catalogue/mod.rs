//! Bad cards on order: one for each line of the conformance list that needs one, with what it must end in.
//!
//! Invariants: an id names one card for ever; each card is bad in one way; every card says which verdict and which
//! line of the report it must bring, and one test runs them all.

mod access;
mod channel;
mod chip;
mod files;

use crate::card::{CardData, CardFault, SyntheticCard};
use crate::issuer::people::{Person, people};
use crate::issuer::{Fault, IssueError, Issuer, Making};
use emrtd::access::key::AccessKey;
use emrtd::report::{Cause, Check, Overall};

/// One card of the catalogue.
#[derive(Clone)]
pub struct Entry {
    /// The line of the list and what is special: `A09-point-off-curve`.
    pub id: &'static str,
    /// The same in a sentence.
    pub about: &'static str,
    /// The verdict under the usual policy.
    pub overall: Overall,
    /// The check whose line tells, and its cause.
    pub line: (Check, Option<Cause>),
    key: Key,
    making: Making,
    edit: fn(&mut CardData),
    faults: Vec<CardFault>,
}

/// What the terminal opens the card with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Can,
    WrongCan,
    Mrz,
}

/// Every card, in the order of the list.
pub fn entries() -> Vec<Entry> {
    [access::entries(), channel::entries(), files::entries(), chip::entries()].concat()
}

/// The card with this id; upper and lower case are the same.
pub fn find(id: &str) -> Option<Entry> {
    entries().into_iter().find(|entry| entry.id.eq_ignore_ascii_case(id))
}

impl Entry {
    fn new(id: &'static str, about: &'static str, overall: Overall, check: Check, cause: Option<Cause>) -> Self {
        Self {
            id,
            about,
            overall,
            line: (check, cause),
            key: Key::Can,
            making: Making::default(),
            edit: |_| {},
            faults: Vec::new(),
        }
    }

    fn fault(mut self, fault: CardFault) -> Self {
        self.faults.push(fault);
        self
    }

    fn making(mut self, making: Making) -> Self {
        self.making = making;
        self
    }

    fn issued_with(self, fault: Fault) -> Self {
        let making = Making { fault: Some(fault), ..self.making.clone() };
        self.making(making)
    }

    fn ending_in(mut self, overall: Overall, check: Check, cause: Option<Cause>) -> Self {
        (self.overall, self.line) = (overall, (check, cause));
        self
    }

    fn edited(mut self, edit: fn(&mut CardData)) -> Self {
        self.edit = edit;
        self
    }

    fn opened_with(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// The card that the lab's first person would have.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn card(&self) -> Result<SyntheticCard, IssueError> {
        self.card_of(&first_person())
    }

    /// The card of `person`.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn card_of(&self, person: &Person) -> Result<SyntheticCard, IssueError> {
        let mut data = Issuer::lab()?.issue(person, &self.making)?;
        (self.edit)(&mut data);
        Ok(self.faults.iter().fold(SyntheticCard::new(data), |card, fault| card.with_fault(*fault)))
    }

    /// The key that an inspection of [`Entry::card`] starts with.
    pub fn access_key(&self) -> AccessKey {
        let person = first_person();
        match self.key {
            Key::Can => AccessKey::can(person.can()),
            Key::WrongCan => AccessKey::can("999999"),
            Key::Mrz => {
                let [number, birth, expiry] = crate::issuer::groups::mrz_key(&person);
                AccessKey::mrz(&number, &birth, &expiry)
            }
        }
    }
}

fn first_person() -> Person {
    people().remove(0)
}
