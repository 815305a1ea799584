//! Is the chip the one that was signed for: chip authentication, else active authentication (ICAO Doc 9303-11 §6).
//!
//! A proof counts only for a key that a trusted signer signed. With an unknown signer the same dialogue runs, because a
//! clone shows all the same, and its success is written down as undecided.

use super::dialogue::{
    ACTIVE_KEY_GROUP, CHIP_KEY_GROUP, Dialogue, SECTION_ACCESS, SECTION_ACTIVE, SECTION_CHIP, SignedObject, Stop,
};
use super::{AccessMethod, judging};
use crate::authenticity::active::{self, ActiveError, ActiveProof};
use crate::authenticity::chip::{self, ChipAuthenticationError, ChipAuthenticationPlan};
use crate::authenticity::passive::{BoundKey, SignedKey};
use crate::authenticity::public_key::PublicKey;
use crate::evidence::{ActiveAnswer, ChipEvidence};
use crate::lds::dg15;
use crate::lds::files::FileId;
use crate::lds::security_infos::SecurityInfos;
use crate::report::{Cause, Check, Outcome};
use bits::secret::Pii;
use iso7816::{SessionError, SmError};

/// Sessions that may be opened again because of proofs that a chip gives up at: one for each of the two.
const MAX_REOPENED_FOR_PROOFS: u32 = 2;

/// A key of the chip, by who signed it.
enum ChipKeyOf<K> {
    Trusted(BoundKey<K>),
    Unknown(SignedKey<K>),
    OutOfForce(SignedKey<K>),
}

impl<K> ChipKeyOf<K> {
    fn key(&self) -> &K {
        match self {
            Self::Trusted(bound) => bound.key(),
            Self::Unknown(signed) | Self::OutOfForce(signed) => signed.key(),
        }
    }

    /// What a success means: a proof only under a trusted signer.
    fn success(&self) -> (Outcome, Option<Cause>) {
        match self {
            Self::Trusted(_) => (Outcome::Successful, None),
            Self::Unknown(_) => (Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner)),
            Self::OutOfForce(_) => (Outcome::Undetermined, Some(Cause::KeyOfUnfitSigner)),
        }
    }
}

impl Dialogue<'_, '_> {
    /// Chip authentication with the key in DG14.
    pub(super) fn prove_by_agreement(&mut self) -> Result<(), Stop> {
        if self.mapping_is_decided() {
            self.add(Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::NotNeeded), SECTION_CHIP);
            return Ok(());
        }
        let Some(infos) = self.key_of_group(CHIP_KEY_GROUP, Check::ChipAuthentication, SECTION_CHIP, |bytes| {
            SecurityInfos::parse_dg14(bytes).ok()
        })?
        else {
            return Ok(());
        };
        self.compare_offer(infos.key());
        let Some(plan) = ChipAuthenticationPlan::choose(infos.key()) else {
            let cause = if infos.key().refused_key.is_some() { Cause::KeyNotAcceptable } else { Cause::NoKey };
            self.add(Check::ChipAuthentication, Outcome::NotSupported, Some(cause), SECTION_CHIP);
            return Ok(());
        };
        let (outcome, cause) = match chip::run(&mut self.session, &plan, self.random) {
            Ok(()) => {
                self.keep_agreement_evidence();
                infos.success()
            }
            Err(ChipAuthenticationError::Refused(status)) => (Outcome::NotPerformed, Some(Cause::Status(status.0))),
            Err(ChipAuthenticationError::NoSecret(_)) => (Outcome::Failed, Some(Cause::KeyNotBound)),
            Err(ChipAuthenticationError::Point(_) | ChipAuthenticationError::Element(_)) => {
                (Outcome::NotSupported, Some(Cause::KeyNotAcceptable))
            }
            Err(ChipAuthenticationError::Session(error)) => {
                return self.leave_out(Check::ChipAuthentication, SECTION_CHIP, error);
            }
        };
        self.course.agreement = Some(outcome);
        self.add(Check::ChipAuthentication, outcome, cause, SECTION_CHIP);
        if outcome == Outcome::Failed {
            // The old keys are gone and the chip has not the new ones: the rest is read in a session of its own.
            self.open_again()?;
        }
        Ok(())
    }

    /// Active authentication with the key in DG15, where chip authentication gave neither proof nor disproof.
    pub(super) fn prove_by_signature(&mut self) -> Result<(), Stop> {
        let agreement_decided =
            matches!(self.course.agreement, Some(Outcome::Successful | Outcome::Failed | Outcome::Undetermined));
        if agreement_decided || self.mapping_is_decided() {
            self.add(Check::ActiveAuthentication, Outcome::NotPerformed, Some(Cause::NotNeeded), SECTION_ACTIVE);
            return Ok(());
        }
        let key = self.key_of_group(ACTIVE_KEY_GROUP, Check::ActiveAuthentication, SECTION_ACTIVE, |bytes| {
            dg15::parse(bytes).ok()
        })?;
        let Some(key) = key else { return Ok(()) };
        let (outcome, cause) = match self.challenge(key.key()) {
            Ok(proof) => {
                self.keep_signature_evidence(proof);
                key.success()
            }
            Err(ActiveError::Refused(status)) => (Outcome::NotPerformed, Some(Cause::Status(status.0))),
            Err(ActiveError::AnswerCut { .. }) => (Outcome::NotPerformed, Some(Cause::FileUnreadable)),
            Err(ActiveError::Signature(_)) => (Outcome::Failed, Some(Cause::SignatureWrong)),
            Err(ActiveError::Session(error)) => {
                return self.leave_out(Check::ActiveAuthentication, SECTION_ACTIVE, error);
            }
        };
        self.add(Check::ActiveAuthentication, outcome, cause, SECTION_ACTIVE);
        Ok(())
    }

    fn challenge(&mut self, key: &PublicKey) -> Result<ActiveProof, ActiveError> {
        let dg14 = self.inspection.files.get(FileId::Dg(CHIP_KEY_GROUP));
        let info =
            dg14.and_then(|bytes| SecurityInfos::parse_dg14(bytes).ok()).and_then(|infos| infos.active_authentication);
        active::run(&mut self.session, key, info, self.random)
    }

    /// Reads the group and takes the key out of it, if the signed object holds its hash. `None` where there is no such
    /// key, with the reason as the line of `check`.
    fn key_of_group<K>(
        &mut self,
        group: u8,
        check: Check,
        section: &'static str,
        parse: impl Fn(&[u8]) -> Option<K>,
    ) -> Result<Option<ChipKeyOf<K>>, Stop> {
        let Some(signed) = self.signed_object.signed() else {
            self.add(check, Outcome::NotPerformed, Some(Cause::EarlierFailure), section);
            return Ok(None);
        };
        if signed.object().group_hash(group).is_none() {
            self.add(check, Outcome::NotSupported, Some(Cause::NoKey), section);
            return Ok(None);
        }
        self.read_group(group)?;
        let Some(bytes) = self.inspection.files.get(FileId::Dg(group)) else {
            self.add(check, Outcome::NotPerformed, Some(Cause::FileMissing), section);
            return Ok(None);
        };
        let parse = |bytes: &[u8]| parse(bytes).ok_or(());
        let key = match &self.signed_object {
            SignedObject::Trusted(sod) => sod.bind(group, bytes, parse).map(ChipKeyOf::Trusted).ok(),
            SignedObject::Unknown(sod) => sod.bind(group, bytes, parse).map(ChipKeyOf::Unknown).ok(),
            SignedObject::OutOfForce(sod) => sod.bind(group, bytes, parse).map(ChipKeyOf::OutOfForce).ok(),
            SignedObject::None | SignedObject::Unverified(_) => None,
        };
        if key.is_none() {
            self.add(check, Outcome::NotPerformed, Some(Cause::KeyNotBound), section);
        }
        Ok(key)
    }

    /// EF.CardAccess is unsigned; its signed copy in DG14 or EF.CardSecurity shows whether the offer was changed on the
    /// way (§4.2). Where it could not be read and the chip was opened by BAC, an offer of PACE in the copy was hidden.
    pub(super) fn compare_offer(&mut self, signed: &SecurityInfos) {
        let by_bac = self.inspection.access_method == Some(AccessMethod::Bac);
        let (outcome, cause) = match &self.offered {
            Some(offered) => judging::offer(offered, signed),
            None if by_bac && !signed.pace.is_empty() => {
                self.inspection.downgraded = true;
                (Outcome::Failed, Some(Cause::OfferHidden))
            }
            None => return,
        };
        self.add(Check::CardAccessCopy, outcome, cause, SECTION_ACCESS);
    }

    /// What chip-authentication mapping leaves behind, if it proved the chip.
    pub(super) fn mapping_evidence(&self) -> Option<ChipEvidence> {
        let proven = matches!(self.course.mapping, Some(Outcome::Successful | Outcome::Undetermined));
        let file = self.inspection.files.get(FileId::CardSecurity).filter(|_| proven)?;
        Some(ChipEvidence::ChipMapping { card_security: Pii::new(file.to_vec()) })
    }

    fn keep_agreement_evidence(&mut self) {
        let dg14 = self.inspection.files.get(FileId::Dg(CHIP_KEY_GROUP)).map(<[u8]>::to_vec).unwrap_or_default();
        if let Some(evidence) = &mut self.inspection.evidence {
            evidence.chip = Some(ChipEvidence::ChipAuthentication { dg14: Pii::new(dg14) });
        }
    }

    fn keep_signature_evidence(&mut self, proof: ActiveProof) {
        let dg14 = self.inspection.files.get(FileId::Dg(CHIP_KEY_GROUP)).map(<[u8]>::to_vec);
        let dg15 = self.inspection.files.get(FileId::Dg(ACTIVE_KEY_GROUP)).map(<[u8]>::to_vec).unwrap_or_default();
        if let Some(evidence) = &mut self.inspection.evidence {
            evidence.chip = Some(ChipEvidence::ActiveAuthentication {
                dg15: Pii::new(dg15),
                dg14: dg14.map(Pii::new),
                answer: ActiveAnswer { challenge: proof.challenge, response: proof.signature },
            });
        }
    }

    /// A chip that answers a proof with a plain error has given up the session. It is opened once more and the proof is
    /// left out, so that there is a verdict: a card that always does it would never get one.
    fn leave_out(&mut self, check: Check, section: &'static str, error: SessionError) -> Result<(), Stop> {
        match error {
            SessionError::Secure(SmError::Plain(status)) if self.reopened < MAX_REOPENED_FOR_PROOFS => {
                self.add(check, Outcome::NotPerformed, Some(Cause::Status(status.0)), section);
                self.open_again()
            }
            error => Err(self.broke_off(check, section, error)),
        }
    }

    fn broke_off(&mut self, check: Check, section: &'static str, error: SessionError) -> Stop {
        let stop = Stop::from(error);
        let cause = match stop {
            Stop::Link(error) => Cause::Link(error),
            Stop::Channel | Stop::NotOpened => Cause::ChannelBroken,
        };
        self.add(check, Outcome::Aborted, Some(cause), section);
        stop
    }
}
