//! Contacts: one card in the field, from the first command to the last.
//!
//! Everything that is known of a person at the desk carries the number of the contact that told it, and is replaced
//! together or not at all. A link that breaks and comes back is another contact, whatever card it is.

use bits::secret::Secret;
use cccd::number::PersonalNumber;
use emrtd::access::key::AccessKey;

/// Names one contact with a card for as long as a desk runs. Counted from 1 by the desk's brain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ContactId(pub u64);

/// A contact that is being read: its number, and the digits that open the chip.
#[derive(Debug, Clone)]
pub(super) struct OpenContact {
    pub(super) id: ContactId,
    can: Option<Secret<String>>,
}

/// Whether the digits that opened a chip are those of the number that it holds signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFit {
    /// They are its last six digits, or it was opened by its MRZ.
    Fits,
    /// They are another number's: this is not the card that somebody scanned.
    Differs,
}

impl OpenContact {
    pub(super) fn new(id: ContactId, key: &AccessKey) -> Self {
        let can = match key {
            AccessKey::Can(can) => Some(can.clone()),
            AccessKey::Mrz(_) => None,
        };
        Self { id, can }
    }

    /// Compares the digits that opened the chip with the number that it told.
    pub(super) fn fit(&self, number: &PersonalNumber) -> KeyFit {
        match (&self.can, number.can()) {
            (Some(used), AccessKey::Can(own)) if *used != own => KeyFit::Differs,
            _ => KeyFit::Fits,
        }
    }
}
