//! The lab's people and their cards, for whoever needs no desk around them.

use diemdanh::lab::card::data::CardData;
use diemdanh::lab::issuer::people::{Person, people};
use diemdanh::lab::issuer::{Issuer, Making};

/// One of the lab's people; all but the last are in the roster, in this desk's room.
pub(crate) fn person(index: usize) -> Person {
    people().remove(index)
}

/// A good card's content.
pub(crate) fn good(person: &Person) -> CardData {
    made(person, &Making::default())
}

pub(crate) fn made(person: &Person, making: &Making) -> CardData {
    Issuer::lab().unwrap().issue(person, making).unwrap()
}
