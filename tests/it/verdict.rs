//! The verdict is a function of the list: over all combinations it is never green when anything required is not good.

use diemdanh::emrtd::inspect::InspectionPolicy;
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Overall, listed_checks, overall};
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
        (Check::SodStructure, Outcome::Successful, Some(Cause::OldEncoding), Overall::Pass),
        (Check::SodStructure, Outcome::Successful, Some(Cause::Irregular), Overall::Warn),
        (Check::SignerValidity, Outcome::Successful, Some(Cause::SigningTimeAbsent), Overall::Warn),
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
        let checks = listed_checks(&policy);
        let results: Vec<CheckResult> = checks
            .iter()
            .zip(&picks)
            .filter_map(|(check, pick)| OUTCOMES.get(*pick).map(|outcome| line(*check, *outcome, None)))
            .collect();
        let is_good = |check: Check| results.iter().any(|line| line.check == check && line.outcome == Outcome::Successful);
        let all_good = required(&policy).into_iter().all(is_good)
            && (is_good(Check::Pace) || is_good(Check::Bac))
            && (is_good(Check::ChipAuthentication) || is_good(Check::ActiveAuthentication))
            && !results.iter().any(|line| line.outcome == Outcome::Failed);
        let verdict = overall(&results, &policy);
        prop_assert!(all_good || verdict != Overall::Pass, "{results:?}");
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
