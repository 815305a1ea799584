//! The order of an inspection, and how it ends.

use super::resumption::{Kept, Resumption};
use super::{Contact, Inspection, InspectionPolicy, Observer, Progress, judging};
use crate::access::key::AccessKey;
use crate::authenticity::card_security::CardSecurityVerdict;
use crate::authenticity::passive::{self, SignedSod, TrustedSod, UnverifiedSod};
use crate::authenticity::trust::TrustStore;
use crate::lds::files::FileId;
use crate::lds::security_infos::{PaceInfo, SecurityInfos};
use crate::lds::sod::SecurityObject;
use crate::report::{self, Cause, Check, CheckResult, Outcome, Overall, Report};
use bits::random::Random;
use iso7816::transport::TransportError;
use iso7816::{CardSession, SessionError};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeSet;

pub(super) const SECTION_ACCESS: &str = "9303-11 §4.2";
pub(super) const SECTION_PACE: &str = "9303-11 §4.4";
pub(super) const SECTION_MAPPING: &str = "9303-11 §4.4.3.5";
pub(super) const SECTION_BAC: &str = "9303-11 §4.3";
pub(super) const SECTION_APPLICATION: &str = "9303-10 §3.3";
pub(super) const SECTION_FILES: &str = "9303-10 §4";
pub(super) const SECTION_PASSIVE: &str = "9303-11 §5.1";
pub(super) const SECTION_ACTIVE: &str = "9303-11 §6.1";
pub(super) const SECTION_CHIP: &str = "9303-11 §6.2";
pub(super) const SECTION_LINK: &str = "9303-10 §2";

/// Groups that hold fingerprints and irises: never readable without terminal authentication.
const LOCKED_GROUPS: [u8; 2] = [3, 4];
/// The portrait, read last because it is the longest.
pub(super) const PORTRAIT_GROUP: u8 = 2;
pub(super) const CHIP_KEY_GROUP: u8 = 14;
pub(super) const ACTIVE_KEY_GROUP: u8 = 15;

/// Why a dialogue ends before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The link broke.
    Link(TransportError),
    /// The protected channel broke and was not to be had again.
    Channel,
    /// The chip was not opened; its line says why.
    NotOpened,
}

impl From<SessionError> for Stop {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Transport(error) => Self::Link(error),
            SessionError::Secure(_) | SessionError::EndlessAnswer => Self::Channel,
        }
    }
}

/// What the signed object came to.
#[expect(clippy::large_enum_variant, reason = "one of these lives in an inspection")]
pub(super) enum SignedObject {
    /// Not read, or not good.
    None,
    /// Nobody here can verify it; only its hashes are of use.
    Unverified(UnverifiedSod),
    /// Good, of an unknown signer.
    Unknown(SignedSod),
    /// Good, of a known signer whose certificate was not in force.
    OutOfForce(SignedSod),
    /// Good, of a known signer.
    Trusted(TrustedSod),
}

impl SignedObject {
    /// What was signed, whoever signed it.
    pub(super) fn signed(&self) -> Option<&SignedSod> {
        match self {
            Self::None | Self::Unverified(_) => None,
            Self::Unknown(sod) | Self::OutOfForce(sod) => Some(sod),
            Self::Trusted(sod) => Some(sod.signed()),
        }
    }

    /// What it says, verified or not.
    pub(super) fn object(&self) -> Option<&SecurityObject> {
        match self {
            Self::Unverified(sod) => Some(sod.object()),
            other => other.signed().map(SignedSod::object),
        }
    }
}

/// How far an inspection has come. What people are told of it stands in the report, and is never read back from there.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Groups that were come to: read, or it is known why not.
    pub(super) groups: BTreeSet<u8>,
    /// Groups whose bytes have the hash that was signed.
    pub(super) intact: BTreeSet<u8>,
    /// What chip-authentication mapping came to, where the chip was asked.
    pub(super) mapping: Option<Outcome>,
    /// What chip authentication came to, where the chip was asked.
    pub(super) agreement: Option<Outcome>,
}

/// One inspection while it runs.
pub(super) struct Dialogue<'a, 't> {
    pub(super) session: CardSession<'t>,
    pub(super) key: &'a AccessKey,
    pub(super) trust: &'a TrustStore,
    pub(super) policy: Cow<'a, InspectionPolicy>,
    pub(super) now: Timestamp,
    pub(super) random: &'a mut dyn Random,
    pub(super) observer: &'a mut dyn Observer,
    pub(super) report: Report,
    pub(super) course: Course,
    pub(super) inspection: Inspection,
    pub(super) offered: Option<SecurityInfos>,
    pub(super) pace: Option<PaceInfo>,
    /// EF.CardSecurity, where the chip ran PACE with chip-authentication mapping.
    pub(super) card_security: Option<CardSecurityVerdict>,
    pub(super) signed_object: SignedObject,
    /// Sessions that were opened again after the card gave one up.
    pub(super) reopened: u32,
    /// From an earlier contact; nothing of it is used before the signed object was seen to be the same.
    pub(super) kept: Kept,
}

impl Dialogue<'_, '_> {
    /// Runs to the end or to what stops it.
    pub(super) fn run(mut self) -> Contact {
        let end = self.steps();
        self.finish(end)
    }

    fn steps(&mut self) -> Result<(), Stop> {
        self.open()?;
        self.read_signed_object()?;
        let identity = self.policy.identity_groups.clone();
        for (index, group) in identity.iter().enumerate() {
            // The first one tells which the others are.
            if self.policy.identity_groups.contains(group) {
                self.read_group(*group)?;
            }
            // The chip is asked early: what follows is then read under keys that only the genuine chip has.
            if index == 0 {
                self.prove_by_agreement()?;
            }
        }
        if identity.is_empty() {
            self.prove_by_agreement()?;
        }
        self.prove_by_signature()?;
        self.compare_with_card_type();
        self.settle_validity();
        self.hand_over_identity();
        self.read_list_of_groups()?;
        self.read_remaining_groups()
    }

    /// Where the object does not say when it was signed and its signer has ended since, the signed date of issue decides.
    fn settle_validity(&mut self) {
        let Some(signed) = self.signed_object.signed().filter(|signed| signed.is_validity_open()) else { return };
        let issued = judging::issued(&self.policy, &self.course.intact, &self.inspection.files);
        passive::settle_validity(signed.signer(), issued, &mut self.report);
    }

    fn read_remaining_groups(&mut self) -> Result<(), Stop> {
        let mut groups: Vec<u8> = self.policy.required_groups.clone();
        groups.retain(|group| *group != PORTRAIT_GROUP && !self.policy.identity_groups.contains(group));
        if self.policy.portrait {
            groups.push(PORTRAIT_GROUP);
        }
        groups.into_iter().try_for_each(|group| self.read_group(group))
    }

    /// Everything but the portrait is judged: the verdict over the identity groups goes out before the rest is read.
    fn hand_over_identity(&mut self) {
        let policy = self.policy.for_identity();
        let mut results = self.report.results().to_vec();
        results.push(CheckResult {
            check: Check::Link,
            outcome: Outcome::Successful,
            cause: None,
            section: SECTION_LINK,
        });
        self.judge(results, &policy);
        self.note_session();
        self.observer.progress(Progress::Identity(&self.inspection));
    }

    /// Closes the list: what was not come to is named, so that the report lists every check.
    fn finish(mut self, end: Result<(), Stop>) -> Contact {
        match end {
            Ok(()) => self.add(Check::Link, Outcome::Successful, None, SECTION_LINK),
            Err(Stop::Link(error)) => self.add(Check::Link, Outcome::Aborted, Some(Cause::Link(error)), SECTION_LINK),
            Err(Stop::Channel) => self.add(Check::Link, Outcome::Aborted, Some(Cause::ChannelBroken), SECTION_LINK),
            Err(Stop::NotOpened) => {
                self.add(Check::Link, Outcome::NotPerformed, Some(Cause::EarlierFailure), SECTION_LINK);
            }
        }
        self.list_groups_left_out(end.is_ok());
        for check in report::listed_checks(&self.policy) {
            if self.report.outcome(check).is_none() {
                self.add(check, Outcome::NotPerformed, Some(Cause::EarlierFailure), check.section());
            }
        }
        self.note_session();
        let resumption = if matches!(end, Err(Stop::Link(_))) { self.left_to_resume() } else { None };
        let policy = self.policy.clone();
        self.judge(self.report.results().to_vec(), &policy);
        if self.inspection.overall == Overall::Retry {
            // No partial verdict, and nothing of a broken reading stays. What a verdict stands on stays with it.
            self.inspection.files.clear();
            self.inspection.evidence = None;
        }
        Contact { inspection: self.inspection, resumption }
    }

    /// The verdict over `results` under `policy` and the known deviations.
    fn judge(&mut self, results: Vec<CheckResult>, policy: &InspectionPolicy) {
        let signed = self.signed_object.signed();
        judging::verdict(&mut self.inspection, results, signed, self.trust.deviations(), policy);
    }

    fn left_to_resume(&mut self) -> Option<Resumption> {
        let mut kept = std::mem::take(&mut self.kept);
        kept.take_over(&self.inspection);
        Resumption::of(self.key, self.now, kept)
    }

    /// Groups that are signed and were not read on purpose.
    fn list_groups_left_out(&mut self, complete: bool) {
        let signed: Vec<u8> = self.signed_object.object().map(|object| object.groups().collect()).unwrap_or_default();
        for group in signed {
            if self.course.groups.contains(&group) {
                continue;
            }
            let cause = match (LOCKED_GROUPS.contains(&group), complete) {
                (true, _) => Cause::FileProtected,
                (false, true) => Cause::NotNeeded,
                (false, false) => Cause::EarlierFailure,
            };
            self.add(Check::ReadGroup(group), Outcome::NotPerformed, Some(cause), SECTION_FILES);
        }
    }

    /// A copy whose maker left out the chip's keys has nothing to fail at; its type gives it away.
    fn compare_with_card_type(&mut self) {
        let signed = self.signed_object.signed();
        let dg1 = self.inspection.files.get(FileId::Dg(1));
        if let Some((outcome, cause)) = judging::card_type(&self.policy.card_types, signed, dg1) {
            self.add(Check::CardTypeKeys, outcome, cause, SECTION_CHIP);
        }
    }

    fn note_session(&mut self) {
        self.inspection.apdu_count = self.session.apdu_count();
        self.inspection.sessions_reopened = self.reopened;
        let block = self.session.quirks().largest_block();
        self.inspection.block_size_bytes = usize::try_from(block).unwrap_or(usize::MAX);
    }

    pub(super) fn add(&mut self, check: Check, outcome: Outcome, cause: Option<Cause>, section: &'static str) {
        self.report.add(check, outcome, cause, section);
    }

    pub(super) fn keep(&mut self, file: FileId, bytes: Vec<u8>) {
        self.inspection.files.insert(file, bytes);
        self.observer.progress(Progress::FileRead(file));
    }
}
