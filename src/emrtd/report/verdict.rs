//! The verdict as a function of the list of results.
//!
//! Invariants: it reads nothing but the list and the policy; it is never [`Overall::Pass`] when a required check is
//! missing, failed or undetermined.

use super::{Cause, Check, CheckResult, Outcome, Overall};
use crate::inspect::InspectionPolicy;

const PORTRAIT_GROUP: u8 = 2;

/// The verdict that follows from `results` under `policy`: the gravest of what each line says by itself and what is
/// missing. A list that lacks a required check without saying why is unfinished, and that is [`Overall::Retry`].
pub fn overall(results: &[CheckResult], policy: &InspectionPolicy) -> Overall {
    overall_ruled(results, &[], policy)
}

/// The same where entries of the list of deviations say what some lines weigh.
pub fn overall_ruled(results: &[CheckResult], rulings: &[Ruling], policy: &InspectionPolicy) -> Overall {
    let is_vouched_for = is_vouched_for(results, policy);
    let weight = |line: &CheckResult| ruled_verdict_of(line, rulings, is_vouched_for, policy);
    let weights: Vec<Overall> = results.iter().map(weight).collect();
    // Whatever came after it: a link that breaks takes no failure back.
    if weights.contains(&Overall::Fail) {
        return Overall::Fail;
    }
    let by_lines = weights.iter().copied().max().unwrap_or(Overall::Retry);
    let missing = required_checks(policy).into_iter().map(|check| absence(results, check)).max();
    let chip = if policy.chip_authentication_required { chip_verdict(results) } else { Overall::Pass };
    let so_far = by_lines.max(missing.unwrap_or(Overall::Pass)).max(chip);
    let verdict =
        if policy.from_files || is_open(results) { so_far } else { so_far.max(unopened_verdict(results, by_lines)) };
    // That nobody here knows the signer was decided before the link broke, and stands as well.
    if verdict == Overall::Retry && weights.contains(&Overall::Unknown) { Overall::Unknown } else { verdict }
}

/// The one line that says why the verdict is not [`Overall::Pass`]: the first that weighs as much as the verdict by
/// itself, else the first required check that is not good.
pub fn reason(
    results: &[CheckResult],
    rulings: &[Ruling],
    policy: &InspectionPolicy,
    verdict: Overall,
) -> Option<CheckResult> {
    if verdict == Overall::Pass {
        return None;
    }
    let is_vouched_for = is_vouched_for(results, policy);
    let by_itself =
        results.iter().find(|line| ruled_verdict_of(line, rulings, is_vouched_for, policy) == verdict).copied();
    let last = |check: Check| results.iter().rev().find(|line| line.check == check).copied();
    let required = || required_checks(policy).into_iter().filter(|check| absence(results, *check) == verdict);
    let proofs = [Check::ChipMapping, Check::ChipAuthentication, Check::ActiveAuthentication];
    let opening = [Check::Pace, Check::Bac, Check::Link];
    by_itself
        .or_else(|| required().find_map(last))
        .or_else(|| proofs.into_iter().filter(|_| verdict == Overall::Warn).find_map(last))
        .or_else(|| opening.into_iter().filter_map(last).find(|line| line.outcome != Outcome::Successful))
}

/// What an entry of the list of deviations says about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The `id` of the entry in the list.
    pub entry: String,
    /// The check whose line it is about.
    pub check: Check,
    /// The cause that the line gave, before it was ruled on.
    pub cause: Cause,
    /// What the line counts for now.
    pub weight: Weight,
}

/// What a line weighs by a ruling. There is no third: nothing bad is made good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// [`Overall::Warn`].
    Warn,
    /// [`Overall::Fail`].
    Fail,
}

impl Weight {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => Overall::Warn.word(),
            Self::Fail => Overall::Fail.word(),
        }
    }
}

/// The defects that a ruling may make weigh WARN in place of FAIL: what a state got wrong about time, its name or the
/// form of what it signed. Never what shows that data, signature, chain or chip are not the state's.
pub fn is_excusable(check: Check, cause: Cause) -> bool {
    matches!(
        (check, cause),
        (Check::SignerValidity, Cause::SignerExpired | Cause::SignerNotYetValid)
            | (Check::CountryAgreement, Cause::CountriesDisagree)
            | (Check::DgParse(_), Cause::Malformed)
            | (Check::DocumentType, Cause::DocumentTypeForbidden)
    )
}

/// Every check that a complete report lists whatever happened.
pub fn listed_checks(policy: &InspectionPolicy) -> Vec<Check> {
    let always = [
        Check::CardAccess,
        Check::Pace,
        Check::Bac,
        Check::CardAccessCopy,
        Check::AccessKey,
        Check::SignerProfile,
        Check::ChipAuthentication,
        Check::ActiveAuthentication,
        Check::Revocation,
        Check::ReadCom,
        Check::Com,
    ];
    let mut checks = required_checks(policy);
    checks.extend(always.into_iter().filter(|check| *check != Check::Revocation || !policy.revocation_required));
    checks
}

pub(super) fn outcome_of(results: &[CheckResult], check: Check) -> Option<Outcome> {
    results.iter().rev().find(|line| line.check == check).map(|line| line.outcome)
}

fn required_checks(policy: &InspectionPolicy) -> Vec<Check> {
    let of_a_card = [Check::Application, Check::Link].into_iter().filter(|_| !policy.from_files);
    let mut checks: Vec<Check> = of_a_card.collect();
    checks.extend([
        Check::ReadSod,
        Check::SodStructure,
        Check::SodSignature,
        Check::SignerChain,
        Check::SignerValidity,
    ]);
    // Without DG1 there is nothing to compare the signer's country with.
    if !policy.from_files || policy.required_groups.contains(&1) {
        checks.push(Check::CountryAgreement);
    }
    for group in policy.required_groups.iter().filter(|group| **group != PORTRAIT_GROUP || policy.portrait) {
        checks.extend([Check::ReadGroup(*group), Check::DgHash(*group), Check::DgParse(*group)]);
    }
    if policy.revocation_required {
        checks.push(Check::Revocation);
    }
    checks
}

/// A required check must be good; what is bad about it is said by its own line, so here it is only never green.
fn absence(results: &[CheckResult], check: Check) -> Overall {
    match outcome_of(results, check) {
        Some(Outcome::Successful) => Overall::Pass,
        // What nobody verified is at best unknown.
        Some(_) if vouches(check) => Overall::Unknown,
        Some(_) => Overall::Warn,
        None => Overall::Retry,
    }
}

/// The three checks that say that a state of the store signed the data.
fn vouches(check: Check) -> bool {
    matches!(check, Check::SodStructure | Check::SodSignature | Check::SignerChain)
}

/// One access procedure has succeeded.
fn is_open(results: &[CheckResult]) -> bool {
    [Check::Pace, Check::Bac].into_iter().any(|check| outcome_of(results, check) == Some(Outcome::Successful))
}

/// A chip that was not opened: the wrong key or card where a line says so, else unfinished.
fn unopened_verdict(results: &[CheckResult], by_lines: Overall) -> Overall {
    let other_key_needed = results.iter().any(|line| {
        matches!(line.check, Check::Pace | Check::Bac)
            && matches!(
                line.cause,
                Some(
                    Cause::NotOffered | Cause::ParametersNotSupported | Cause::KeyUnsuitable | Cause::ForbiddenByPolicy
                )
            )
    });
    match by_lines {
        _ if other_key_needed => Overall::Access,
        Overall::Access => Overall::Access,
        _ => Overall::Retry,
    }
}

/// One of the three proofs of the chip must have succeeded.
fn chip_verdict(results: &[CheckResult]) -> Overall {
    let proven = [Check::ChipMapping, Check::ChipAuthentication, Check::ActiveAuthentication]
        .into_iter()
        .any(|check| outcome_of(results, check) == Some(Outcome::Successful));
    if proven { Overall::Pass } else { Overall::Warn }
}

/// What one line says under the rulings. An excuse counts only for a failed line that may be excused, in a document
/// whose signature, chain and hashes are good.
fn ruled_verdict_of(
    line: &CheckResult,
    rulings: &[Ruling],
    is_vouched_for: bool,
    policy: &InspectionPolicy,
) -> Overall {
    let own = verdict_of(line, policy);
    let mut weights = rulings
        .iter()
        .filter(|ruling| ruling.check == line.check && line.cause == Some(ruling.cause))
        .map(|ruling| ruling.weight);
    let Some(first) = weights.next() else { return own };
    if first == Weight::Fail || weights.any(|weight| weight == Weight::Fail) {
        return own.max(Overall::Fail);
    }
    let may_be_excused = line.cause.is_some_and(|cause| is_excusable(line.check, cause)) && is_vouched_for;
    match own {
        Overall::Pass => Overall::Warn,
        Overall::Fail if line.outcome == Outcome::Failed && may_be_excused => Overall::Warn,
        own => own,
    }
}

/// Signature, chain and the hash of every required group are good: the data is what a state of the store signed.
fn is_vouched_for(results: &[CheckResult], policy: &InspectionPolicy) -> bool {
    let good = |check| outcome_of(results, check) == Some(Outcome::Successful);
    [Check::SodStructure, Check::SodSignature, Check::SignerChain].into_iter().all(good)
        && policy.required_groups.iter().all(|group| good(Check::DgHash(*group)))
}

/// What one line says by itself.
fn verdict_of(line: &CheckResult, policy: &InspectionPolicy) -> Overall {
    match line.outcome {
        Outcome::Successful => note_verdict(line.cause),
        Outcome::Failed => failure_verdict(line, policy),
        Outcome::Aborted => match line.cause {
            Some(Cause::ProtocolViolated) => Overall::Fail,
            _ => Overall::Retry,
        },
        Outcome::Undetermined if matches!(line.cause, Some(Cause::UnknownSigner | Cause::SignerCertificateMissing)) => {
            Overall::Unknown
        }
        Outcome::Undetermined => Overall::Warn,
        Outcome::NotSupported if vouches(line.check) => Overall::Unknown,
        // What these mean depends on whether the check was required; see `absence` and `chip_verdict`.
        Outcome::NotSupported | Outcome::NotPerformed => Overall::Pass,
    }
}

/// A good check with a note: some notes are for the record only, some the operator must see.
fn note_verdict(cause: Option<Cause>) -> Overall {
    match cause {
        None
        | Some(
            Cause::OldEncoding
            | Cause::AttributesUnsorted
            | Cause::DeprecatedHash
            | Cause::ShortKey
            | Cause::KeyIdIrregular
            | Cause::CscaIncomplete
            | Cause::ProfileDeviates
            | Cause::SigningTimeAbsent
            | Cause::SigningTimeOdd
            | Cause::TrailingBytes
            | Cause::NotNeeded
            | Cause::KeyOfUnknownSigner
            | Cause::KeyOfUnfitSigner
            | Cause::FallbackUsed,
        ) => Overall::Pass,
        Some(_) => Overall::Warn,
    }
}

fn failure_verdict(line: &CheckResult, policy: &InspectionPolicy) -> Overall {
    match (line.check, line.cause) {
        (_, Some(Cause::KeyRefused | Cause::KeyBlocked | Cause::NotAnIcaoDocument)) => Overall::Access,
        (_, Some(Cause::Link(_))) | (Check::Application | Check::Link, _) => Overall::Retry,
        (Check::Pace | Check::Bac, Some(Cause::ProtocolViolated)) => Overall::Fail,
        // A failed attempt at one procedure weighs little when the other opened the chip.
        (Check::Pace | Check::Bac | Check::CardAccess, _) => Overall::Warn,
        (Check::Com | Check::ReadCom | Check::ReadCardSecurity | Check::AccessKey, _) => Overall::Warn,
        (Check::CardAccessCopy, Some(Cause::OfferHidden)) if policy.bac_fallback => Overall::Warn,
        (Check::ReadGroup(group) | Check::DgParse(group), _) if !policy.required_groups.contains(&group) => {
            Overall::Warn
        }
        _ => Overall::Fail,
    }
}
