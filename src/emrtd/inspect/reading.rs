//! Reading files and judging what each of them is (ICAO Doc 9303-10 §4).

use super::dialogue::{Dialogue, PORTRAIT_GROUP, SECTION_FILES, SECTION_PASSIVE, SignedObject, Stop};
use super::{Progress, judging};
use crate::authenticity::passive::{self, SodVerdict};
use crate::evidence::{Evidence, GroupHash};
use crate::lds::files::{FileId, LAST_GROUP};
use crate::lds::{dg1, dg2, sod};
use crate::mrz::MrzFormat;
use crate::report::{Cause, Check, Outcome};
use bits::secret::Pii;
use iso7816::{FileAddress, FileError, FileReader, SessionError};
use std::borrow::Cow;

pub(super) const MAX_CARD_ACCESS_BYTES: usize = 4 * 1024;
pub(super) const MAX_CARD_SECURITY_BYTES: usize = 16 * 1024;
const MAX_COM_BYTES: usize = 1024;
const MAX_DG1_BYTES: usize = 1024;
const MAX_OTHER_GROUP_BYTES: usize = 64 * 1024;

/// Sessions that may be opened again in one inspection.
pub(super) const MAX_REOPENED: u32 = 1;

impl Dialogue<'_, '_> {
    /// Reads EF.SOD and judges it.
    pub(super) fn read_signed_object(&mut self) -> Result<(), Stop> {
        let Some(bytes) = self.read_and_report(FileId::Sod, Check::ReadSod)? else { return Ok(()) };
        self.kept.confirm(&bytes);
        self.signed_object = match passive::authenticate(&bytes, self.trust, self.now, &mut self.report) {
            SodVerdict::Trusted(sod) => SignedObject::Trusted(sod),
            SodVerdict::UnknownSigner(sod) => SignedObject::Unknown(sod),
            SodVerdict::OutOfForce(sod, _) => SignedObject::OutOfForce(sod),
            SodVerdict::Unverified(sod, _) => SignedObject::Unverified(sod),
            SodVerdict::Failed(_) => SignedObject::None,
        };
        if let Some(signed) = self.signed_object.signed() {
            self.inspection.evidence = Some(Evidence {
                sod: Pii::new(bytes.clone()),
                signer_certificate: signed.signer().der().to_vec(),
                group_hashes: Vec::new(),
                chip: self.mapping_evidence(),
            });
        }
        self.keep(FileId::Sod, bytes);
        Ok(())
    }

    /// Reads one data group, compares its hash and looks at its form. A group that is already there is not read again.
    pub(super) fn read_group(&mut self, group: u8) -> Result<(), Stop> {
        if self.course.groups.contains(&group) {
            return Ok(());
        }
        if self.signed_object.object().is_some_and(|object| object.group_hash(group).is_none()) {
            let (outcome, cause) = judging::unsigned_group(group);
            self.course.groups.insert(group);
            self.add(Check::ReadGroup(group), outcome, cause, SECTION_FILES);
            return Ok(());
        }
        let file = FileId::Dg(group);
        let read = self.read_and_report(file, Check::ReadGroup(group))?;
        self.course.groups.insert(group);
        let Some(bytes) = read else { return Ok(()) };
        self.compare_hash(group, &bytes);
        self.look_at(group, &bytes);
        self.keep(file, bytes);
        Ok(())
    }

    /// Reads EF.COM, which may lie, and compares it with what was signed.
    pub(super) fn read_list_of_groups(&mut self) -> Result<(), Stop> {
        let Some(bytes) = self.read_and_report(FileId::Com, Check::ReadCom)? else { return Ok(()) };
        let (outcome, cause) = judging::list_of_groups(&bytes, self.signed_object.object());
        self.keep(FileId::Com, bytes);
        self.add(Check::Com, outcome, cause, SECTION_FILES);
        Ok(())
    }

    /// Reads a file and adds the line about it. `None` when it could not be had.
    fn read_and_report(&mut self, file: FileId, check: Check) -> Result<Option<Vec<u8>>, Stop> {
        let read = self.read_file(file)?;
        Ok(self.report_file(check, read))
    }

    /// Adds the line about a file that was read, or was not.
    pub(super) fn report_file(&mut self, check: Check, read: Result<Vec<u8>, FileError>) -> Option<Vec<u8>> {
        let (outcome, cause) = match read {
            Ok(bytes) => {
                self.add(check, Outcome::Successful, None, SECTION_FILES);
                return Some(bytes);
            }
            Err(FileError::Absent) => (Outcome::Failed, Cause::FileMissing),
            Err(FileError::Locked) => (Outcome::Failed, Cause::FileProtected),
            Err(FileError::Refused(status)) => (Outcome::Failed, Cause::Status(status.0)),
            // A card that answers without data is a bad contact more often than a bad card.
            Err(FileError::Stalled) => (Outcome::Aborted, Cause::FileUnreadable),
            Err(_) => (Outcome::Failed, Cause::FileUnreadable),
        };
        self.add(check, outcome, Some(cause), SECTION_FILES);
        None
    }

    fn read_file(&mut self, file: FileId) -> Result<Result<Vec<u8>, FileError>, Stop> {
        let address = FileAddress { fid: file.fid(), sfi: Some(file.sfi()) };
        // The signed object is what tells whether the card is the same.
        let kept = if file == FileId::Sod { None } else { self.kept.take(file) };
        if let Some(bytes) = kept {
            return Ok(Ok(bytes));
        }
        let mut bytes = if file == FileId::Sod { Vec::new() } else { self.kept.take_beginning(file) };
        loop {
            let observer = &mut *self.observer;
            let mut on_progress = |done_bytes, total_bytes| {
                observer.progress(Progress::Reading { file, done_bytes, total_bytes });
            };
            let read = FileReader::new(&mut self.session).read(address, limit(file), &mut bytes, &mut on_progress);
            match read {
                Ok(()) => return Ok(Ok(bytes)),
                Err(FileError::Session(SessionError::Secure(error)))
                    if error.is_session_loss() && self.reopened < MAX_REOPENED =>
                {
                    self.open_again()?;
                }
                Err(FileError::Session(error)) => {
                    if file != FileId::Sod {
                        self.kept.keep_beginning(file, bytes);
                    }
                    return Err(error.into());
                }
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    fn compare_hash(&mut self, group: u8, bytes: &[u8]) {
        let object = self.signed_object.object();
        let (outcome, cause) = judging::group_hash(object, group, bytes);
        let hash = object.map(|object| object.hash.digest(bytes));
        if let (Some(evidence), Some(hash)) = (&mut self.inspection.evidence, hash) {
            evidence.group_hashes.push(GroupHash { group, hash: Pii::new(hash) });
        }
        if outcome == Outcome::Successful {
            self.course.intact.insert(group);
        }
        self.add(Check::DgHash(group), outcome, cause, SECTION_PASSIVE);
    }

    /// Whether the group is what it should be, and whether DG1 is of the state that signed and of the key that opened.
    fn look_at(&mut self, group: u8, bytes: &[u8]) {
        if group == 1 {
            self.fit_to_document(bytes);
            self.look_at_issuer(bytes);
            self.compare_access_key(bytes);
        }
        let (outcome, cause) = judging::group_form(group, bytes);
        self.add(Check::DgParse(group), outcome, cause, SECTION_FILES);
    }

    /// Only a DG1 that the signed object vouches for may ask for less.
    fn fit_to_document(&mut self, dg1: &[u8]) {
        let is_passport = dg1::parse(dg1).is_ok_and(|mrz| mrz.format == MrzFormat::Td3);
        if is_passport && self.course.intact.contains(&1) {
            self.policy = Cow::Owned(self.policy.for_passport());
        }
    }

    fn look_at_issuer(&mut self, dg1: &[u8]) {
        let Some(signed) = self.signed_object.signed() else { return };
        let country = judging::country(signed, dg1);
        let kind = judging::document_type(signed, dg1);
        if let Some((outcome, cause)) = country {
            self.add(Check::CountryAgreement, outcome, cause, SECTION_PASSIVE);
        }
        if let Some((outcome, cause)) = kind {
            self.add(Check::DocumentType, outcome, cause, Check::DocumentType.section());
        }
    }

    /// What opened the chip must be what its signed DG1 gives: a chip in between opens with anything.
    fn compare_access_key(&mut self, dg1: &[u8]) {
        let (outcome, cause) = if self.course.intact.contains(&1) {
            judging::access_key(self.key, self.policy.access_number, dg1)
        } else {
            (Outcome::NotPerformed, Some(Cause::EarlierFailure))
        };
        self.add(Check::AccessKey, outcome, cause, Check::AccessKey.section());
    }
}

fn limit(file: FileId) -> usize {
    match file {
        FileId::CardAccess => MAX_CARD_ACCESS_BYTES,
        FileId::CardSecurity => MAX_CARD_SECURITY_BYTES,
        FileId::Com => MAX_COM_BYTES,
        FileId::Sod => sod::MAX_SOD_BYTES,
        FileId::Dg(1) => MAX_DG1_BYTES,
        FileId::Dg(PORTRAIT_GROUP) => dg2::MAX_DG2_BYTES,
        FileId::Dg(0..=LAST_GROUP) | FileId::Dg(_) => MAX_OTHER_GROUP_BYTES,
    }
}
