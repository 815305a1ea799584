//! The verdict is a function of the list: over all combinations it is never green when anything required is not good.

use diemdanh::emrtd::inspect::InspectionPolicy;
use diemdanh::emrtd::report::{
    Cause, Check, CheckResult, Outcome, Overall, Ruling, Weight, listed_checks, overall, overall_ruled,
};
use diemdanh::iso7816::transport::TransportError;
use proptest::prelude::*;

const OUTCOMES: [Outcome; 6] = [
    Outcome::Successful,
    Outcome::Failed,
    Outcome::NotSupported,
    Outcome::NotPerformed,
    Outcome::Aborted,
    Outcome::Undetermined,
];

const PROOFS: [Check; 3] = [Check::ChipMapping, Check::ChipAuthentication, Check::ActiveAuthentication];

/// A cause that a ruling can name, for lines that fail.
fn cause_of(check: Check) -> Option<Cause> {
    match check {
        Check::SignerValidity => Some(Cause::SignerExpired),
        Check::CountryAgreement => Some(Cause::CountriesDisagree),
        Check::DgParse(_) => Some(Cause::Malformed),
        Check::DgHash(_) => Some(Cause::HashDiffers),
        Check::SodSignature => Some(Cause::SignatureWrong),
        Check::SignerChain => Some(Cause::ChainSignatureWrong),
        _ => None,
    }
}

#[test]
fn h02_each_proof_of_the_chip_is_enough_and_none_is_a_warning() {
    let without: Vec<CheckResult> = good().into_iter().filter(|line| !PROOFS.contains(&line.check)).collect();
    assert_eq!(verdict(&without), Overall::Warn);
    for proof in PROOFS {
        for outcome in OUTCOMES {
            let results = [without.clone(), vec![line(proof, outcome, None)]].concat();
            let green = verdict(&results) == Overall::Pass;
            assert_eq!(green, outcome == Outcome::Successful, "{proof:?} {outcome:?}");
        }
    }
}

fn line(check: Check, outcome: Outcome, cause: Option<Cause>) -> CheckResult {
    CheckResult { check, outcome, cause, section: "test" }
}

/// Every check that must be good for a pass, by the words of the policy and not by the code under test.
fn required(policy: &InspectionPolicy) -> Vec<Check> {
    let mut checks = vec![
        Check::Application,
        Check::Link,
        Check::ReadSod,
        Check::SodStructure,
        Check::SodSignature,
        Check::SignerChain,
        Check::SignerValidity,
        Check::CountryAgreement,
    ];
    for group in &policy.required_groups {
        checks.extend([Check::ReadGroup(*group), Check::DgHash(*group), Check::DgParse(*group)]);
    }
    checks
}

fn good() -> Vec<CheckResult> {
    let policy = InspectionPolicy::default();
    let extra = [Check::Pace, Check::ChipAuthentication];
    required(&policy).into_iter().chain(extra).map(|check| line(check, Outcome::Successful, None)).collect()
}

fn verdict(results: &[CheckResult]) -> Overall {
    overall(results, &InspectionPolicy::default())
}

/// `good()` with the line of `check` replaced.
fn with(check: Check, outcome: Outcome, cause: Option<Cause>) -> Vec<CheckResult> {
    let mut results = good();
    results.retain(|line| line.check != check);
    results.push(line(check, outcome, cause));
    results
}

#[test]
fn h02_all_good_is_a_pass_and_nothing_at_all_is_unfinished() {
    assert_eq!(verdict(&good()), Overall::Pass);
    assert_eq!(verdict(&[]), Overall::Retry);
}

#[test]
fn h02_each_situation_has_its_verdict() {
    let lost = Cause::Link(TransportError::CardLost);
    let rows = [
        (Check::SignerChain, Outcome::Undetermined, Some(Cause::UnknownSigner), Overall::Unknown),
        (Check::SignerChain, Outcome::Failed, Some(Cause::ChainSignatureWrong), Overall::Fail),
        (Check::SodSignature, Outcome::Failed, Some(Cause::SignatureWrong), Overall::Fail),
        (Check::SodSignature, Outcome::Successful, Some(Cause::DeprecatedHash), Overall::Pass),
        (Check::SodSignature, Outcome::Successful, Some(Cause::WeakKey), Overall::Warn),
        (Check::SodSignature, Outcome::NotSupported, Some(Cause::AlgorithmNotSupported), Overall::Unknown),
        (Check::SodSignature, Outcome::Undetermined, Some(Cause::SignerCertificateMissing), Overall::Unknown),
        (Check::SodSignature, Outcome::Successful, Some(Cause::SignerMismatch), Overall::Warn),
        (Check::SodSignature, Outcome::Successful, Some(Cause::AttributesUnsorted), Overall::Pass),
        (Check::SodStructure, Outcome::NotSupported, Some(Cause::AlgorithmNotSupported), Overall::Unknown),
        (Check::SignerChain, Outcome::Successful, Some(Cause::CscaIncomplete), Overall::Pass),
        (Check::SignerProfile, Outcome::Successful, Some(Cause::PurposeOther), Overall::Warn),
        (Check::SignerProfile, Outcome::Successful, Some(Cause::ProfileDeviates), Overall::Pass),
        (Check::SignerProfile, Outcome::Failed, Some(Cause::KeyUsePeriodOver), Overall::Fail),
        (Check::DocumentType, Outcome::Failed, Some(Cause::DocumentTypeForbidden), Overall::Fail),
        (Check::AccessKey, Outcome::Failed, Some(Cause::AccessKeyDiffers), Overall::Warn),
        (Check::CardAccessCopy, Outcome::Failed, Some(Cause::OfferHidden), Overall::Warn),
        (Check::CardTypeKeys, Outcome::Undetermined, Some(Cause::KeysDropped), Overall::Warn),
        (Check::ChipMapping, Outcome::Failed, Some(Cause::KeyNotBound), Overall::Fail),
        (Check::SodStructure, Outcome::Successful, Some(Cause::OldEncoding), Overall::Pass),
        (Check::SodStructure, Outcome::Successful, Some(Cause::Irregular), Overall::Warn),
        (Check::SignerValidity, Outcome::Successful, Some(Cause::SigningTimeAbsent), Overall::Pass),
        (Check::SignerValidity, Outcome::Undetermined, Some(Cause::SigningTimeAbsent), Overall::Warn),
        (Check::SignerValidity, Outcome::Failed, Some(Cause::SignedInFuture), Overall::Fail),
        (Check::DgHash(13), Outcome::Failed, Some(Cause::HashDiffers), Overall::Fail),
        (Check::ReadGroup(13), Outcome::Failed, Some(Cause::FileMissing), Overall::Fail),
        (Check::ReadGroup(13), Outcome::NotSupported, Some(Cause::NotSigned), Overall::Warn),
        (Check::DgParse(2), Outcome::Undetermined, Some(Cause::PortraitUnreadable), Overall::Warn),
        (Check::DgParse(1), Outcome::Successful, Some(Cause::MrzWrong), Overall::Warn),
        (Check::ChipAuthentication, Outcome::Failed, Some(Cause::KeyNotBound), Overall::Fail),
        (Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::Status(0x6A80)), Overall::Warn),
        (Check::ChipAuthentication, Outcome::Aborted, Some(lost), Overall::Retry),
        (Check::Com, Outcome::Failed, Some(Cause::ListDiffers), Overall::Warn),
        (Check::CardAccessCopy, Outcome::Failed, Some(Cause::ListDiffers), Overall::Fail),
        (Check::Link, Outcome::Aborted, Some(lost), Overall::Retry),
        (Check::Link, Outcome::Aborted, Some(Cause::ChannelBroken), Overall::Retry),
        (Check::Application, Outcome::Failed, Some(Cause::NotAnIcaoDocument), Overall::Access),
        (Check::Pace, Outcome::Failed, Some(Cause::KeyRefused), Overall::Access),
        (Check::Pace, Outcome::Failed, Some(Cause::ProtocolViolated), Overall::Fail),
        (Check::Pace, Outcome::NotSupported, Some(Cause::NotOffered), Overall::Access),
        (Check::Revocation, Outcome::NotPerformed, Some(Cause::NoRevocationList), Overall::Pass),
    ];
    for (check, outcome, cause, expected) in rows {
        assert_eq!(verdict(&with(check, outcome, cause)), expected, "{check:?} {outcome:?} {cause:?}");
    }
}

#[test]
fn active_authentication_stands_in_for_chip_authentication() {
    let mut results = with(Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::Status(0x6A80)));
    results.push(line(Check::ActiveAuthentication, Outcome::Successful, None));
    assert_eq!(verdict(&results), Overall::Pass);
}

#[test]
fn a_policy_without_the_proof_of_the_chip_passes_without_it() {
    let policy = InspectionPolicy { chip_authentication_required: false, ..InspectionPolicy::default() };
    let results = with(Check::ChipAuthentication, Outcome::NotSupported, Some(Cause::NoKey));
    assert_eq!(overall(&results, &policy), Overall::Pass);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each listed check is missing (6) or has one of the six outcomes.
    #[test]
    fn h02_never_green_when_a_required_check_is_not_good(picks in prop::collection::vec(0_usize..7, 40)) {
        let policy = InspectionPolicy::default();
        let checks: Vec<Check> = listed_checks(&policy).into_iter().chain([Check::ChipMapping, Check::CardTypeKeys]).collect();
        let results: Vec<CheckResult> = checks
            .iter()
            .zip(&picks)
            .filter_map(|(check, pick)| OUTCOMES.get(*pick).map(|outcome| line(*check, *outcome, None)))
            .collect();
        let is_good = |check: Check| results.iter().any(|line| line.check == check && line.outcome == Outcome::Successful);
        let all_good = required(&policy).into_iter().all(is_good)
            && (is_good(Check::Pace) || is_good(Check::Bac))
            && PROOFS.into_iter().any(is_good)
            && !results.iter().any(|line| line.outcome == Outcome::Failed);
        let verdict = overall(&results, &policy);
        prop_assert!(all_good || verdict != Overall::Pass, "{results:?}");
    }

    /// The same under rulings of any weight on any line: a list of deviations makes nothing green either.
    #[test]
    fn h02_f15_never_green_under_any_rulings(
        picks in prop::collection::vec(0_usize..7, 40),
        rules in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..8),
    ) {
        let policy = InspectionPolicy::default();
        let checks: Vec<Check> = listed_checks(&policy).into_iter().chain([Check::ChipMapping]).collect();
        let results: Vec<CheckResult> = checks
            .iter()
            .zip(&picks)
            .filter_map(|(check, pick)| OUTCOMES.get(*pick).map(|outcome| line(*check, *outcome, cause_of(*check))))
            .collect();
        let rulings: Vec<Ruling> = rules
            .iter()
            .filter_map(|(index, warn)| {
                let check = *index.get(&checks);
                let weight = if *warn { Weight::Warn } else { Weight::Fail };
                cause_of(check).map(|cause| Ruling { entry: "x".to_owned(), check, cause, weight })
            })
            .collect();
        let (plain, ruled) = (overall(&results, &policy), overall_ruled(&results, &rulings, &policy));
        prop_assert!(rulings.is_empty() || ruled != Overall::Pass || plain == Overall::Pass, "{results:?}");
        let forged = [Check::SodSignature, Check::SignerChain, Check::DgHash(1), Check::ChipAuthentication];
        let is_forged = results.iter().any(|line| forged.contains(&line.check) && line.outcome == Outcome::Failed);
        prop_assert!(!is_forged || ruled == Overall::Fail, "{results:?}");
    }

    /// Whatever else stands in the list, broken links included: a failure of the data or the chip stays one.
    #[test]
    fn a_failure_stays_a_failure_whatever_comes_after(
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, 0_usize..4), 0..30),
        place in any::<prop::sample::Index>(),
        which in 0_usize..6,
    ) {
        let policy = InspectionPolicy::default();
        let checks: Vec<Check> = listed_checks(&policy).into_iter().chain([Check::ChipMapping]).collect();
        let causes = [
            None,
            Some(Cause::Link(TransportError::CardLost)),
            Some(Cause::ChannelBroken),
            Some(Cause::KeyRefused),
        ];
        let mut results: Vec<CheckResult> =
            picks.iter().map(|(check, outcome, cause)| line(*check.get(&checks), OUTCOMES[*outcome], causes[*cause])).collect();
        let failed = [
            line(Check::DgHash(1), Outcome::Failed, Some(Cause::HashDiffers)),
            line(Check::SodSignature, Outcome::Failed, Some(Cause::SignatureWrong)),
            line(Check::SignerChain, Outcome::Failed, Some(Cause::ChainSignatureWrong)),
            line(Check::ChipAuthentication, Outcome::Failed, Some(Cause::KeyNotBound)),
            line(Check::Revocation, Outcome::Failed, Some(Cause::SignerRevoked)),
            line(Check::Pace, Outcome::Failed, Some(Cause::ProtocolViolated)),
        ][which];
        results.insert(place.index(results.len() + 1), failed);
        prop_assert_eq!(overall(&results, &policy), Overall::Fail, "{:?}", results);
    }

    /// From a good list, one change for the worse is never green.
    #[test]
    fn h02_one_bad_required_line_is_enough(index in 0_usize..17, pick in 1_usize..7) {
        let mut results = good();
        prop_assume!(index < results.len());
        let check = results[index].check;
        match OUTCOMES.get(pick) {
            Some(outcome) => results[index].outcome = *outcome,
            None => {
                results.remove(index);
            }
        }
        prop_assert_ne!(verdict(&results), Overall::Pass, "{:?}", check);
    }
}
