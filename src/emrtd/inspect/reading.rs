//! Reading files and judging what each of them is (ICAO Doc 9303-10 §4).

use super::Progress;
use super::dialogue::{Dialogue, PORTRAIT_GROUP, SECTION_FILES, SECTION_PASSIVE, SignedObject, Stop};
use crate::bits::secret::Pii;
use crate::bits::tlv::Reader;
use crate::emrtd::authenticity::country;
use crate::emrtd::authenticity::passive::{self, GroupHashVerdict, SodVerdict};
use crate::emrtd::evidence::{Evidence, GroupHash};
use crate::emrtd::lds::com::Com;
use crate::emrtd::lds::files::{FileId, LAST_GROUP};
use crate::emrtd::lds::security_infos::SecurityInfos;
use crate::emrtd::lds::{dg1, dg2, dg15, image_header, sod};
use crate::emrtd::report::{Cause, Check, Outcome};
use crate::iso7816::{FileAddress, FileError, FileReader, SessionError};

pub(super) const MAX_CARD_ACCESS_BYTES: usize = 4 * 1024;
pub(super) const MAX_CARD_SECURITY_BYTES: usize = 16 * 1024;
const MAX_COM_BYTES: usize = 1024;
const MAX_DG1_BYTES: usize = 1024;
const MAX_OTHER_GROUP_BYTES: usize = 64 * 1024;

/// Sessions that may be opened again in one inspection.
pub(super) const MAX_REOPENED: u32 = 1;

/// ICAO asks for these two on every document.
const MANDATORY_GROUPS: [u8; 2] = [1, 2];

impl Dialogue<'_, '_> {
    /// Reads EF.SOD and judges it.
    pub(super) fn read_signed_object(&mut self) -> Result<(), Stop> {
        let Some(bytes) = self.read_and_report(FileId::Sod, Check::ReadSod)? else { return Ok(()) };
        self.kept.confirm(&bytes);
        self.signed_object = match passive::authenticate(&bytes, self.trust, self.now, &mut self.report) {
            SodVerdict::Trusted(sod) => SignedObject::Trusted(sod),
            SodVerdict::UnknownSigner(sod) => SignedObject::Unknown(sod),
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
        if self.report.outcome(Check::ReadGroup(group)).is_some() {
            return Ok(());
        }
        if self.signed_object.signed().is_some_and(|sod| sod.object().group_hash(group).is_none()) {
            let outcome = if MANDATORY_GROUPS.contains(&group) { Outcome::Failed } else { Outcome::NotSupported };
            self.add(Check::ReadGroup(group), outcome, Some(Cause::NotSigned), SECTION_FILES);
            return Ok(());
        }
        let file = FileId::Dg(group);
        let Some(bytes) = self.read_and_report(file, Check::ReadGroup(group))? else { return Ok(()) };
        self.compare_hash(group, &bytes);
        self.look_at(group, &bytes);
        self.keep(file, bytes);
        Ok(())
    }

    /// Reads EF.COM, which may lie, and compares it with what was signed.
    pub(super) fn read_list_of_groups(&mut self) -> Result<(), Stop> {
        let Some(bytes) = self.read_and_report(FileId::Com, Check::ReadCom)? else { return Ok(()) };
        let com = Com::parse(&bytes).ok();
        self.keep(FileId::Com, bytes);
        let (outcome, cause) = match (com, self.signed_object.signed()) {
            (None, _) => (Outcome::Failed, Some(Cause::Malformed)),
            (Some(_), None) => (Outcome::NotPerformed, Some(Cause::EarlierFailure)),
            (Some(com), Some(signed)) => {
                let mut listed = com.groups;
                let mut hashed: Vec<u8> = signed.object().groups().collect();
                listed.sort_unstable();
                hashed.sort_unstable();
                let versions_differ =
                    signed.object().lds_version.is_some() && signed.object().lds_version != com.lds_version;
                if com.has_unknown_tags || listed != hashed {
                    (Outcome::Failed, Some(Cause::ListDiffers))
                } else if versions_differ {
                    (Outcome::Failed, Some(Cause::Irregular))
                } else {
                    (Outcome::Successful, None)
                }
            }
        };
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
        let Some(signed) = self.signed_object.signed() else {
            return self.add(Check::DgHash(group), Outcome::NotPerformed, Some(Cause::EarlierFailure), SECTION_PASSIVE);
        };
        let hash = signed.object().hash.digest(bytes);
        let (outcome, cause) = match signed.compare(group, bytes) {
            GroupHashVerdict::Same => (Outcome::Successful, None),
            GroupHashVerdict::Differs => (Outcome::Failed, Some(Cause::HashDiffers)),
            GroupHashVerdict::NotSigned => (Outcome::Undetermined, Some(Cause::NotSigned)),
        };
        if let Some(evidence) = &mut self.inspection.evidence {
            evidence.group_hashes.push(GroupHash { group, hash: Pii::new(hash) });
        }
        self.add(Check::DgHash(group), outcome, cause, SECTION_PASSIVE);
    }

    /// Whether the group is what it should be. Groups whose content is a state's own are only looked at from outside.
    fn look_at(&mut self, group: u8, bytes: &[u8]) {
        let tag = FileId::Dg(group).tag();
        let outer = Reader::new(bytes).read().ok().filter(|element| Some(element.tag) == tag);
        let (outcome, cause) = match (group, outer) {
            (_, None) => (Outcome::Failed, Some(Cause::Malformed)),
            (1, _) => self.look_at_mrz(bytes),
            (PORTRAIT_GROUP, _) => look_at_portrait(bytes),
            (14, _) => malformed_if(SecurityInfos::parse_dg14(bytes).is_err()),
            (15, _) => match dg15::parse(bytes) {
                Ok(_) => (Outcome::Successful, None),
                Err(_) => (Outcome::Undetermined, Some(Cause::KeyNotAcceptable)),
            },
            (_, Some(element)) => malformed_if(element.value.is_empty()),
        };
        self.add(Check::DgParse(group), outcome, cause, SECTION_FILES);
    }

    fn look_at_mrz(&mut self, bytes: &[u8]) -> (Outcome, Option<Cause>) {
        let Ok(mrz) = dg1::parse(bytes) else { return (Outcome::Failed, Some(Cause::Malformed)) };
        self.compare_countries(&mrz.issuer);
        (Outcome::Successful, (!mrz.wrong_digits.is_empty()).then_some(Cause::MrzWrong))
    }

    fn compare_countries(&mut self, issuing_state: &str) {
        if self.report.outcome(Check::CountryAgreement).is_some() {
            return;
        }
        let Some(signed) = self.signed_object.signed() else { return };
        let agree = signed.signer().issuer.country().and_then(|country| country::agree(&country, issuing_state));
        let (outcome, cause) = match agree {
            Some(true) => (Outcome::Successful, None),
            Some(false) => (Outcome::Failed, Some(Cause::CountriesDisagree)),
            None => (Outcome::Undetermined, None),
        };
        self.add(Check::CountryAgreement, outcome, cause, SECTION_PASSIVE);
    }
}

fn look_at_portrait(bytes: &[u8]) -> (Outcome, Option<Cause>) {
    let readable = dg2::parse(bytes)
        .is_ok_and(|image| image_header::dimensions(image.kind, image.bytes).is_ok() && image.faces >= 1);
    if readable { (Outcome::Successful, None) } else { (Outcome::Undetermined, Some(Cause::PortraitUnreadable)) }
}

fn malformed_if(malformed: bool) -> (Outcome, Option<Cause>) {
    if malformed { (Outcome::Failed, Some(Cause::Malformed)) } else { (Outcome::Successful, None) }
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
