//! Did the chip that ran PACE with chip-authentication mapping prove its static key (ICAO Doc 9303-11 §4.4.3.5)?
//!
//! EF.CardSecurity lies under the master file and is read under protection before the application is selected.

use super::dialogue::{Dialogue, SECTION_MAPPING, Stop};
use super::reading::{MAX_CARD_SECURITY_BYTES, MAX_REOPENED};
use crate::access::pace::MappingProof;
use crate::authenticity::card_security::{self, CardSecurityVerdict};
use crate::lds::files::FileId;
use crate::report::{Cause, Check, Outcome};
use iso7816::{FileAddress, FileError, FileReader, SessionError};

impl Dialogue<'_, '_> {
    /// Reads EF.CardSecurity, judges it, and checks the proof with the key in it.
    pub(super) fn prove_by_mapping(&mut self, proof: MappingProof) -> Result<(), Stop> {
        let (read, proof) = self.read_card_security(proof)?;
        let Some(bytes) = self.report_file(Check::ReadCardSecurity, read) else {
            self.add(Check::ChipMapping, Outcome::NotPerformed, Some(Cause::FileMissing), SECTION_MAPPING);
            return Ok(());
        };
        let verdict = card_security::authenticate(&bytes, self.trust, self.now);
        let (outcome, cause) = verdict.line();
        self.add(Check::CardSecurity, outcome, cause, SECTION_MAPPING);
        self.keep(FileId::CardSecurity, bytes);
        if let Some(signed) = verdict.signed() {
            self.compare_offer(signed.infos());
        }
        self.card_security = Some(verdict);
        self.judge_mapping(&proof);
        Ok(())
    }

    /// A session that was opened again is with the same chip only if that one gives the proof once more.
    pub(super) fn confirm_mapping(&mut self, proof: Option<&MappingProof>) -> Result<(), Stop> {
        match proof {
            Some(proof) if self.card_security.is_some() => {
                self.judge_mapping(proof);
                Ok(())
            }
            None if self.card_security.is_some() => Err(Stop::Channel),
            _ => Ok(()),
        }
    }

    /// Whether the mapping has said what there is to say about the chip.
    pub(super) fn mapping_is_decided(&self) -> bool {
        self.course.mapping.is_some_and(|outcome| outcome != Outcome::NotPerformed)
    }

    fn judge_mapping(&mut self, proof: &MappingProof) {
        let Some(verdict) = &self.card_security else { return };
        let (outcome, cause) = match verdict.signed().map(|signed| signed.check(proof)) {
            None => (Outcome::NotPerformed, Some(Cause::KeyNotBound)),
            Some(Err(_)) => (Outcome::Failed, Some(Cause::KeyNotBound)),
            Some(Ok(())) if matches!(verdict, CardSecurityVerdict::Trusted(_)) => (Outcome::Successful, None),
            Some(Ok(())) => (Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner)),
        };
        self.course.mapping = Some(outcome);
        self.add(Check::ChipMapping, outcome, cause, SECTION_MAPPING);
    }

    fn read_card_security(
        &mut self,
        mut proof: MappingProof,
    ) -> Result<(Result<Vec<u8>, FileError>, MappingProof), Stop> {
        let file = FileId::CardSecurity;
        let address = FileAddress { fid: file.fid(), sfi: Some(file.sfi()) };
        let mut bytes = Vec::new();
        loop {
            let read =
                FileReader::new(&mut self.session).read(address, MAX_CARD_SECURITY_BYTES, &mut bytes, &mut |_, _| {});
            match read {
                Ok(()) => return Ok((Ok(bytes), proof)),
                Err(FileError::Session(SessionError::Secure(error)))
                    if error.is_session_loss() && self.reopened < MAX_REOPENED =>
                {
                    proof = self.run_pace_again()?.ok_or(Stop::Channel)?;
                }
                Err(FileError::Session(error)) => return Err(error.into()),
                Err(error) => return Ok((Err(error), proof)),
            }
        }
    }
}
