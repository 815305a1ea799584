//! What the tests of whole inspections share: one synthetic person, one issuer, one way to check a report.

use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Overall, listed_checks, render};
use diemdanh::iso7816::transport::CardTransport;
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::issuer::people::{Person, people};
use diemdanh::lab::issuer::{Fault, Issuer, Making, trust_store_der};
use std::sync::OnceLock;

pub(crate) fn person() -> Person {
    people().remove(0)
}

pub(crate) fn other_person() -> Person {
    people().remove(1)
}

pub(crate) fn can() -> AccessKey {
    AccessKey::can(person().can())
}

pub(crate) fn mrz() -> AccessKey {
    AccessKey::mrz("208000017", "080215", "330215")
}

pub(crate) fn lab() -> &'static Issuer {
    static LAB: OnceLock<Issuer> = OnceLock::new();
    LAB.get_or_init(|| Issuer::lab().unwrap())
}

pub(crate) fn trust() -> TrustStore {
    TrustStore::from_certificates(&trust_store_der().unwrap()).0
}

pub(crate) fn issued(making: &Making) -> CardData {
    lab().issue(&person(), making).unwrap()
}

pub(crate) fn faulty(fault: Fault) -> CardData {
    issued(&Making::with_fault(fault))
}

pub(crate) fn read(transport: &mut dyn CardTransport, key: &AccessKey, policy: &InspectionPolicy) -> Inspection {
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    inspect(transport, key, &trust(), policy, now, &mut SeededRandom::new("inspection"), &mut Unobserved)
}

pub(crate) fn read_card(data: CardData, key: &AccessKey) -> Inspection {
    read(&mut SyntheticCard::new(data), key, &InspectionPolicy::default())
}

pub(crate) fn line(inspection: &Inspection, check: Check) -> CheckResult {
    *inspection.results.iter().rev().find(|line| line.check == check).unwrap_or_else(|| panic!("no line for {check:?}"))
}

#[track_caller]
pub(crate) fn check(inspection: &Inspection, overall: Overall, lines: &[(Check, Outcome, Option<Cause>)]) {
    let report = render::text(inspection);
    assert_eq!(inspection.overall, overall, "{report}");
    for (check, outcome, cause) in lines {
        let found = line(inspection, *check);
        assert_eq!((found.outcome, found.cause), (*outcome, *cause), "{check:?}\n{report}");
    }
    for check in listed_checks(&InspectionPolicy::default()) {
        assert!(inspection.results.iter().any(|line| line.check == check), "{check:?} is not listed\n{report}");
    }
}

pub(crate) const GOOD: Outcome = Outcome::Successful;
