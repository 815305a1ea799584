//! Contacts: one card in the field, from the first command to the last.
//!
//! Everything that is known of a person at the desk carries the number of the contact that told it, and is replaced
//! together or not at all. A link that breaks and comes back is another contact, whatever card it is.

use bits::secret::Secret;
use cccd::number::PersonalNumber;
use cccd::passport::HolderNumber;
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

/// The field of the reader, and what becomes of the card in it.
#[derive(Debug, Clone, Default)]
pub(super) enum CardField {
    /// No card lies there.
    #[default]
    Empty,
    /// A card lies there that nobody reads.
    Lying,
    /// The card of the last person lies there; it is to be taken away.
    Done,
    /// A card is being read.
    Read(OpenContact, Link),
}

/// Where the card is that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// It lies in the field.
    Held,
    /// It was lifted; the reading does not know yet.
    Lifted,
    /// A card came into the field while the reading of one before it was still out.
    Back,
}

impl CardField {
    /// A card came into the field.
    pub(super) fn lay(&mut self) {
        match self {
            Self::Read(_, link) => *link = Link::Back,
            Self::Empty | Self::Lying | Self::Done => *self = Self::Lying,
        }
    }

    /// Whatever lay in the field is gone, or the field itself is.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Read(_, link) => *link = Link::Lifted,
            Self::Empty | Self::Lying | Self::Done => *self = Self::Empty,
        }
    }

    /// The reading of the card that lies there begins.
    pub(super) fn begin(&mut self, contact: OpenContact) {
        *self = Self::Read(contact, Link::Held);
    }

    /// The reading is over. Tells where its card is; `None` where nothing was read.
    pub(super) fn end(&mut self) -> Option<Link> {
        let Self::Read(_, link) = *self else { return None };
        *self = if link == Link::Lifted { Self::Empty } else { Self::Lying };
        Some(link)
    }

    /// The person of this card has gone.
    pub(super) fn done(&mut self) {
        if matches!(self, Self::Lying) {
            *self = Self::Done;
        }
    }

    /// The contact that is being read.
    pub(super) fn contact(&self) -> Option<&OpenContact> {
        match self {
            Self::Read(contact, _) => Some(contact),
            Self::Empty | Self::Lying | Self::Done => None,
        }
    }

    /// A card lies there that is somebody's and that nobody reads.
    pub(super) fn waits(&self) -> bool {
        matches!(self, Self::Lying)
    }

    /// A card lies in the field.
    pub(super) fn has_card(&self) -> bool {
        !matches!(self, Self::Empty | Self::Read(_, Link::Lifted))
    }
}

/// Whether the digits that opened a chip are those of the number that it holds signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFit {
    /// They are its last six digits, or it was opened by its MRZ.
    Fits,
    /// They are another number's, or a passport's that has no such digits: this is not the card that somebody scanned.
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
    pub(super) fn fit(&self, number: &HolderNumber) -> KeyFit {
        let own = number.personal().map(PersonalNumber::can);
        match (&self.can, own) {
            (None, _) => KeyFit::Fits,
            (Some(used), Some(AccessKey::Can(own))) if *used == own => KeyFit::Fits,
            (Some(_), _) => KeyFit::Differs,
        }
    }
}
