//! Opening the chip: EF.CardAccess, PACE, the application, BAC (ICAO Doc 9303-11 §4.2; field lessons 1 to 4).

use super::dialogue::{Dialogue, SECTION_ACCESS, SECTION_APPLICATION, SECTION_BAC, SECTION_PACE, Stop};
use super::reading::MAX_CARD_ACCESS_BYTES;
use super::{AccessMethod, Progress};
use crate::access::key::AccessKey;
use crate::access::pace::MappingProof;
use crate::access::{AccessError, bac, pace};
use crate::lds::files::FileId;
use crate::lds::security_infos::{Agreement, Domain, Mapping, PaceInfo, SecurityInfos};
use crate::report::{Cause, Check, Outcome};
use crypto::{CipherAlg, NamedCurve};
use iso7816::{CommandApdu, FileAddress, FileError, FileReader, SessionError, StatusWord};

/// The application of machine-readable travel documents (ICAO Doc 9303-10 §3.3).
const APPLICATION_ID: &[u8] = &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// What most cards offer: used where EF.CardAccess cannot be read and the policy allows it.
const USUAL_PACE: PaceInfo = PaceInfo {
    agreement: Agreement::Ecdh,
    mapping: Mapping::Generic,
    cipher: CipherAlg::Aes128,
    domain: Domain::Ecdh(NamedCurve::BrainpoolP256r1),
    parameter_id: 13,
};

/// Whether the other procedure may be tried.
enum Attempt {
    Opened,
    NotOpened,
}

impl Dialogue<'_, '_> {
    /// Opens the chip and selects the application.
    pub(super) fn open(&mut self) -> Result<(), Stop> {
        let offered = self.read_card_access()?;
        self.pace = match &offered {
            Some(infos) => pace::choose(infos),
            None => self.policy.card_access_fallback.then_some(USUAL_PACE),
        };
        self.offered = offered;
        if let Attempt::Opened = self.open_by_pace()? {
            self.add(Check::Bac, Outcome::NotPerformed, Some(Cause::NotNeeded), SECTION_BAC);
            return self.select_application();
        }
        self.select_application()?;
        self.open_by_bac()?;
        self.inspection.downgraded = self.card_offers_pace();
        Ok(())
    }

    fn card_offers_pace(&self) -> bool {
        self.offered.as_ref().is_some_and(|infos| !infos.pace.is_empty())
    }

    /// Opens the chip once more after it gave up a session, without reading or reporting anything again.
    pub(super) fn open_again(&mut self) -> Result<(), Stop> {
        let select = CommandApdu::select_application(APPLICATION_ID);
        if self.inspection.access_method == Some(AccessMethod::Bac) {
            self.reopened += 1;
            self.session.drop_protection();
            self.session.expect_ok(&select)?.map_err(|_| Stop::Channel)?;
            return bac::open(&mut self.session, self.key, self.random).map_err(not_opened_again);
        }
        let proof = self.run_pace_again()?;
        self.confirm_mapping(proof.as_ref())?;
        self.session.expect_ok(&select)?.map(drop).map_err(|_| Stop::Channel)
    }

    /// PACE once more, in the variant that opened the chip.
    pub(super) fn run_pace_again(&mut self) -> Result<Option<MappingProof>, Stop> {
        self.reopened += 1;
        self.session.drop_protection();
        let info = self.pace.filter(|_| self.inspection.access_method.is_some()).ok_or(Stop::Channel)?;
        let result = pace::open(&mut self.session, self.key, info, self.random).map_err(not_opened_again)?;
        Ok(result.mapping_proof)
    }

    /// By FID alone, then below the master file, then by its short identifier; real cards differ.
    fn read_card_access(&mut self) -> Result<Option<SecurityInfos>, Stop> {
        let file = FileId::CardAccess;
        let by_fid = FileAddress { fid: file.fid(), sfi: None };
        let by_sfi = FileAddress { fid: file.fid(), sfi: Some(file.sfi()) };
        let mut last = FileError::Absent;
        for (step, address) in [by_fid, by_fid, by_sfi].into_iter().enumerate() {
            if step == 1 {
                // Many cards refuse to select the master file; the next read tells whether it helped.
                self.session.exchange(&CommandApdu::select_master_file())?;
            }
            let mut bytes = Vec::new();
            let read =
                FileReader::new(&mut self.session).read(address, MAX_CARD_ACCESS_BYTES, &mut bytes, &mut |_, _| {});
            match read {
                Ok(()) => return Ok(self.parse_card_access(bytes)),
                Err(FileError::Session(error)) => return Err(error.into()),
                Err(error) => last = error,
            }
        }
        let (outcome, cause) = match last {
            FileError::Absent => (Outcome::NotSupported, Cause::FileMissing),
            FileError::Locked => (Outcome::NotPerformed, Cause::FileProtected),
            FileError::Refused(status) => (Outcome::NotPerformed, Cause::Status(status.0)),
            _ => (Outcome::Undetermined, Cause::FileUnreadable),
        };
        self.add(Check::CardAccess, outcome, Some(cause), SECTION_ACCESS);
        Ok(None)
    }

    fn parse_card_access(&mut self, bytes: Vec<u8>) -> Option<SecurityInfos> {
        let infos = SecurityInfos::parse(&bytes).ok();
        self.keep(FileId::CardAccess, bytes);
        match infos {
            Some(infos) => {
                self.add(Check::CardAccess, Outcome::Successful, None, SECTION_ACCESS);
                Some(infos)
            }
            None => {
                self.add(Check::CardAccess, Outcome::Undetermined, Some(Cause::Malformed), SECTION_ACCESS);
                None
            }
        }
    }

    fn open_by_pace(&mut self) -> Result<Attempt, Stop> {
        let Some(info) = self.pace else {
            self.add(Check::Pace, Outcome::NotSupported, Some(Cause::NotOffered), SECTION_PACE);
            return Ok(Attempt::NotOpened);
        };
        match pace::open(&mut self.session, self.key, info, self.random) {
            Ok(result) => {
                let note = self.offered.is_none().then_some(Cause::FallbackUsed);
                self.add(Check::Pace, Outcome::Successful, note, SECTION_PACE);
                self.opened(match self.key {
                    AccessKey::Can(_) => AccessMethod::PaceCan,
                    AccessKey::Mrz(_) => AccessMethod::PaceMrz,
                });
                result.mapping_proof.map_or(Ok(()), |proof| self.prove_by_mapping(proof))?;
                Ok(Attempt::Opened)
            }
            Err(error) => self.not_opened(Check::Pace, SECTION_PACE, error),
        }
    }

    fn open_by_bac(&mut self) -> Result<(), Stop> {
        if matches!(self.key, AccessKey::Can(_)) {
            self.add(Check::Bac, Outcome::NotPerformed, Some(Cause::KeyUnsuitable), SECTION_BAC);
            return Err(Stop::NotOpened);
        }
        if self.card_offers_pace() && !self.policy.bac_fallback {
            self.add(Check::Bac, Outcome::NotPerformed, Some(Cause::ForbiddenByPolicy), SECTION_BAC);
            return Err(Stop::NotOpened);
        }
        match bac::open(&mut self.session, self.key, self.random) {
            Ok(()) => {
                self.add(Check::Bac, Outcome::Successful, None, SECTION_BAC);
                self.opened(AccessMethod::Bac);
                Ok(())
            }
            Err(error) => self.not_opened(Check::Bac, SECTION_BAC, error).and(Err(Stop::NotOpened)),
        }
    }

    /// Writes down why a procedure failed, and whether the other one may be tried: never after the key was refused or
    /// the chip did what no chip does.
    fn not_opened(&mut self, check: Check, section: &'static str, error: AccessError) -> Result<Attempt, Stop> {
        // A blind attempt that is refused at once: nothing was offered, so the word is about the procedure, not the key.
        let is_blind = check == Check::Pace && self.offered.is_none();
        if is_blind && error.refused_at_the_beginning().is_some() {
            self.add(check, Outcome::NotSupported, Some(Cause::NotOffered), section);
            return Ok(Attempt::NotOpened);
        }
        let (outcome, cause, end) = match error {
            AccessError::WrongKey { .. } => (Outcome::Failed, Cause::KeyRefused, Err(Stop::NotOpened)),
            AccessError::Blocked { .. } => (Outcome::Failed, Cause::KeyBlocked, Err(Stop::NotOpened)),
            AccessError::Forged(_) => (Outcome::Failed, Cause::ProtocolViolated, Err(Stop::NotOpened)),
            // An offer in EF.CardAccess that the card then does not keep: never taken in silence.
            AccessError::NotOffered { status } if check == Check::Pace && self.card_offers_pace() => {
                (Outcome::Failed, Cause::Status(status.0), Ok(Attempt::NotOpened))
            }
            AccessError::NotOffered { .. } => (Outcome::NotSupported, Cause::NotOffered, Ok(Attempt::NotOpened)),
            AccessError::Unsupported(_) => {
                (Outcome::NotSupported, Cause::ParametersNotSupported, Ok(Attempt::NotOpened))
            }
            AccessError::Refused { status, .. } => (Outcome::Failed, Cause::Status(status.0), Ok(Attempt::NotOpened)),
            AccessError::Session(SessionError::Transport(error)) => {
                (Outcome::Aborted, Cause::Link(error), Err(Stop::Link(error)))
            }
            AccessError::Session(_) => (Outcome::Aborted, Cause::ChannelBroken, Err(Stop::Channel)),
        };
        self.add(check, outcome, Some(cause), section);
        end
    }

    fn opened(&mut self, method: AccessMethod) {
        self.inspection.access_method = Some(method);
        self.observer.progress(Progress::AccessDone { method });
    }

    fn select_application(&mut self) -> Result<(), Stop> {
        let answer = self.session.exchange(&CommandApdu::select_application(APPLICATION_ID))?;
        let cause = match answer.status {
            status if status.brings_data() => {
                self.add(Check::Application, Outcome::Successful, None, SECTION_APPLICATION);
                return Ok(());
            }
            StatusWord::NOT_FOUND => Cause::NotAnIcaoDocument,
            status => Cause::Status(status.0),
        };
        self.add(Check::Application, Outcome::Failed, Some(cause), SECTION_APPLICATION);
        Err(Stop::NotOpened)
    }
}

fn not_opened_again(error: AccessError) -> Stop {
    match error {
        AccessError::Session(SessionError::Transport(error)) => Stop::Link(error),
        _ => Stop::Channel,
    }
}
