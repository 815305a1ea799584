//! What an inspection means at the desk.

use crate::failure::Failure;
use emrtd::inspect::{AccessMethod, Inspection};
use emrtd::report::{Cause, Check, CheckResult, Outcome, Overall};
use iso7816::transport::TransportError;
use record::ChipState;

/// The verdict on a chip in the desk's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipReading {
    /// The inspection's verdict.
    pub overall: Overall,
    /// What the invigilator is told; `None` when all is well.
    pub failure: Option<Failure>,
    /// How the chip was opened.
    pub access: Option<AccessMethod>,
    /// Commands sent.
    pub apdu_count: u32,
    /// Whether what the chip says of its holder is signed.
    pub data: DataProof,
}

/// What is proven of the data that name the holder, whatever became of the chip itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataProof {
    /// A signer whom the trust store knows signed them, and every hash that was compared agrees.
    Signed,
    /// Not so, or not yet: nobody outside is asked about them.
    Unproven,
}

impl DataProof {
    fn of(results: &[CheckResult]) -> Self {
        let ended = |check, outcome| results.iter().any(|line| line.check == check && line.outcome == outcome);
        let signed = [Check::SodSignature, Check::SignerChain, Check::DgHash(1)]
            .into_iter()
            .all(|check| ended(check, Outcome::Successful));
        let altered =
            results.iter().any(|line| matches!(line.check, Check::DgHash(_)) && line.outcome == Outcome::Failed);
        if signed && !altered { Self::Signed } else { Self::Unproven }
    }
}

impl ChipReading {
    /// Reads the verdict of `inspection`.
    pub fn of(inspection: &Inspection) -> Self {
        Self {
            overall: inspection.overall,
            failure: failure_of(inspection.overall, &inspection.results),
            access: inspection.access_method,
            apdu_count: inspection.apdu_count,
            data: DataProof::of(&inspection.results),
        }
    }

    /// The same verdict, turned into a failure because the chip's files disagree about their holder.
    pub fn contradicted(mut self) -> Self {
        self.overall = Overall::Fail;
        self.failure = Some(Failure::HolderContradicts);
        self.data = DataProof::Unproven;
        self
    }

    /// The word in the log.
    pub fn state(&self) -> ChipState {
        match self.overall {
            Overall::Pass => ChipState::Pass,
            Overall::Warn => ChipState::Warn,
            Overall::Unknown => ChipState::Unknown,
            Overall::Fail => ChipState::Fail,
            Overall::Access => ChipState::Access,
            Overall::Retry => ChipState::Retry,
        }
    }
}

/// What a broken link is called at the desk.
pub fn link_failure(error: TransportError) -> Failure {
    match error {
        TransportError::CardLost => Failure::CardLifted,
        TransportError::TimedOut { .. } => Failure::CardMute,
        TransportError::HeldByAnother => Failure::CardHeld,
        TransportError::ReaderLost => Failure::NoReader,
        TransportError::ServiceLost => Failure::ServiceDown,
        TransportError::ExtendedLengthRefused | TransportError::ReaderFailed { .. } => Failure::ReaderFailed,
    }
}

fn failure_of(overall: Overall, results: &[CheckResult]) -> Option<Failure> {
    match overall {
        Overall::Pass => None,
        Overall::Warn => Some(warning(results)),
        Overall::Unknown => Some(Failure::SignerUnknown),
        Overall::Fail => Some(forgery(results)),
        Overall::Access => Some(refusal(results)),
        Overall::Retry => Some(breakage(results)),
    }
}

fn warning(results: &[CheckResult]) -> Failure {
    let proven = |check| results.iter().any(|line| line.check == check && line.outcome == Outcome::Successful);
    if [Check::ChipMapping, Check::ChipAuthentication, Check::ActiveAuthentication].into_iter().any(proven) {
        Failure::ChipRemark
    } else {
        Failure::ChipNotAsked
    }
}

/// The gravest thing first: altered data, then a chip that is not the signed one, then damaged files, then the rest.
fn forgery(results: &[CheckResult]) -> Failure {
    let failed =
        |wanted: fn(&CheckResult) -> bool| results.iter().any(|line| line.outcome == Outcome::Failed && wanted(line));
    if failed(|line| matches!(line.check, Check::DgHash(_) | Check::SodSignature)) {
        Failure::DataAltered
    } else if failed(|line| {
        matches!(line.check, Check::ChipMapping | Check::ChipAuthentication | Check::ActiveAuthentication)
    }) {
        Failure::ChipNotProven
    } else if failed(|line| is_of_the_issuer(line.check)) {
        Failure::ChainBroken
    } else if results.iter().any(is_damage) {
        Failure::FileDamaged
    } else {
        Failure::ChainBroken
    }
}

/// Who signed, whether he might, and whether what is unsigned agrees with what he signed.
fn is_of_the_issuer(check: Check) -> bool {
    matches!(
        check,
        Check::SignerChain
            | Check::SignerValidity
            | Check::SignerProfile
            | Check::DocumentType
            | Check::Revocation
            | Check::CountryAgreement
            | Check::CardAccessCopy
            | Check::CardSecurity
    )
}

fn is_damage(line: &CheckResult) -> bool {
    let reads = matches!(
        line.check,
        Check::ReadGroup(_) | Check::ReadSod | Check::ReadCom | Check::DgParse(_) | Check::SodStructure
    );
    reads && line.outcome != Outcome::Successful && line.outcome != Outcome::NotPerformed
}

fn refusal(results: &[CheckResult]) -> Failure {
    let caused = |cause| results.iter().any(|line| line.cause == Some(cause));
    if caused(Cause::NotAnIcaoDocument) {
        Failure::NotAnIdCard
    } else if caused(Cause::KeyBlocked) {
        Failure::CardBlocked
    } else if caused(Cause::KeyRefused) {
        Failure::KeyRefused
    } else if caused(Cause::ParametersNotSupported) || caused(Cause::NotOffered) {
        Failure::AccessUnsupported
    } else {
        Failure::KeyRefused
    }
}

fn breakage(results: &[CheckResult]) -> Failure {
    let mut links = results.iter().filter_map(|line| match line.cause {
        Some(Cause::Link(error)) => Some(link_failure(error)),
        _ => None,
    });
    links
        .next_back()
        .unwrap_or_else(|| if results.iter().any(is_damage) { Failure::FileDamaged } else { Failure::CardLifted })
}
