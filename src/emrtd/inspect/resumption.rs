//! What is left of an interrupted reading, so that the next one with the same card need not begin anew.
//!
//! Invariants: no key of a session and no proof of a chip outlives its contact; nothing in a [`Resumption`] is used
//! before the card has shown the same EF.SOD again, byte for byte.

use super::Inspection;
use crate::access::key::AccessKey;
use crate::lds::files::{FileId, LdsFiles};
use bits::secret::Pii;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// The files of a reading whose link broke. Wiped when dropped; made by an inspection only.
#[derive(Clone)]
pub struct Resumption {
    key: AccessKey,
    begun: Timestamp,
    kept: Kept,
}

/// Files and the beginning of a file, from an earlier contact with what may be the same card.
#[derive(Clone, Default)]
pub(super) struct Kept {
    files: LdsFiles,
    partial: Option<(FileId, Pii<Vec<u8>>)>,
}

impl Resumption {
    /// What an interrupted reading leaves. `None` where it had not come to the signed object, without which nobody can
    /// tell whether the next card is the same.
    pub(super) fn of(key: &AccessKey, begun: Timestamp, kept: Kept) -> Option<Self> {
        kept.files.get(FileId::Sod)?;
        Some(Self { key: key.clone(), begun, kept })
    }

    /// What may be used in a contact that begins `now` with `key`: nothing after `limit`, or with another key.
    pub(super) fn for_contact(self, key: &AccessKey, now: Timestamp, limit: SignedDuration) -> Option<Kept> {
        let age = now.duration_since(self.begun);
        (self.key == *key && !age.is_negative() && age <= limit).then_some(self.kept)
    }

    /// Which files are kept whole.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.kept.files.present()
    }
}

impl Kept {
    /// Forgets everything unless `sod` is the signed object that was read before.
    pub(super) fn confirm(&mut self, sod: &[u8]) {
        if self.files.get(FileId::Sod) != Some(sod) {
            *self = Self::default();
        }
    }

    /// The whole file, if it was read before.
    pub(super) fn take(&mut self, file: FileId) -> Option<Vec<u8>> {
        let bytes = self.files.get(file).map(<[u8]>::to_vec);
        self.files.remove(file);
        bytes
    }

    /// The beginning of a file, as far as it was read before.
    pub(super) fn take_beginning(&mut self, file: FileId) -> Vec<u8> {
        match self.partial.take_if(|(partial, _)| *partial == file) {
            Some((_, bytes)) => bytes.reveal().clone(),
            None => Vec::new(),
        }
    }

    /// Keeps the beginning of a file.
    pub(super) fn keep_beginning(&mut self, file: FileId, bytes: Vec<u8>) {
        self.partial = Some((file, Pii::new(bytes)));
    }

    /// Takes over what was read in this contact, if it came to the signed object.
    pub(super) fn take_over(&mut self, inspection: &Inspection) {
        if inspection.files.get(FileId::Sod).is_none() {
            return;
        }
        for file in inspection.files.present().filter(|file| is_of_application(*file)) {
            self.files.insert(file, inspection.files.get(file).unwrap_or_default().to_vec());
        }
    }
}

/// Files under the master file are read again: they belong to opening the chip.
fn is_of_application(file: FileId) -> bool {
    !matches!(file, FileId::CardAccess | FileId::CardSecurity)
}

impl fmt::Debug for Resumption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.files()).finish()
    }
}
