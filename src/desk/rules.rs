//! The rules that a desk goes by: the board's from the package, and the desk's own where they are stricter. Put together
//! here and nowhere else, once, before the log is opened; the log's first entry says them.
//!
//! | Rule | of the package's and the desk's value stands |
//! |---|---|
//! | `bac_fallback` | allowed only where both allow it |
//! | `authentication_required`, `revocation_required` | required where either requires it |
//! | `registry_required`, `witness_required` | required where either requires it |
//! | `registry_wait_ms` | the longer |
//! | `card_types` | the types of both |
//! | `evidence_recipient` | the package's; the desk's where the package names none |
//! | `registry_key`, `witness_key` | the package's; the desk's file where the package names none |
//!
//! A rule that has no row cannot be: [`Rules::stricter_of`] names every field.
//!
//! Invariant: a desk's own file makes no rule of a package weaker.

use crate::config::{CardTypeConfig, DeskConfig};
use emrtd::inspect::{CardType, InspectionPolicy};
use package::contents::{PackagePolicy, PackageSettings};
use record::{Code, Digest, OpenRules};
use std::collections::BTreeMap;

/// What somebody says about how a desk has to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// BAC may be used where PACE is not to be had.
    pub bac_fallback: bool,
    /// Green needs a proof that the chip is genuine.
    pub authentication_required: bool,
    /// Green needs a revocation list.
    pub revocation_required: bool,
    /// Green needs the registry's answer.
    pub registry_required: bool,
    /// How long a verdict waits for the registry, in milliseconds.
    pub registry_wait_ms: u64,
    /// Green needs a witness of the log.
    pub witness_required: bool,
    /// Types of documents whose chip has a key; `None` says nothing.
    pub card_types: Option<Vec<CardType>>,
    /// Who alone opens the evidence, `age1…`; empty: nothing is kept.
    pub evidence_recipient: String,
    /// The verifier key of the registry's answers; empty: the file that the desk's own file names.
    pub registry_key: String,
    /// The verifier key of the witness; empty: the file that the desk's own file names.
    pub witness_key: String,
}

/// The rules in effect, and where they come from. Made by [`effective`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveRules {
    rules: Rules,
    desk_file_sha256: [u8; 32],
    package_rules_sha256: Option<[u8; 32]>,
}

/// The rules of a package, and the digest that names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRules {
    rules: Rules,
    sha256: [u8; 32],
}

/// What `config`, and the package that it has taken up, amount to.
pub fn effective(config: &DeskConfig) -> EffectiveRules {
    let own = Rules::of_desk(config);
    let package = config.package.as_ref();
    EffectiveRules {
        rules: package.map_or_else(|| own.clone(), |package| package.rules.stricter_of(&own)),
        desk_file_sha256: config.source_sha256,
        package_rules_sha256: package.map(|package| package.sha256),
    }
}

impl EffectiveRules {
    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// True for a desk whose rules are nobody's but its own.
    pub fn is_outside_package(&self) -> bool {
        self.package_rules_sha256.is_none()
    }

    /// The digest that an entry of an older program would name: the package's rules, or the desk's own file.
    pub fn policy_sha256(&self) -> Digest {
        Digest(self.package_rules_sha256.unwrap_or(self.desk_file_sha256))
    }

    /// The rules for chips as an inspection wants them. Without types of its own a desk expects the chip card of
    /// Vietnam to have its keys.
    pub fn inspection(&self) -> InspectionPolicy {
        let usual = InspectionPolicy::default();
        InspectionPolicy {
            bac_fallback: self.rules.bac_fallback,
            chip_authentication_required: self.rules.authentication_required,
            revocation_required: self.rules.revocation_required,
            card_types: self.rules.card_types.clone().unwrap_or(usual.card_types),
            issue_date: Some(cccd::dg13::ISSUED),
            ..InspectionPolicy::default()
        }
    }

    /// How the log's first entry says them.
    pub fn said(&self) -> OpenRules {
        OpenRules {
            desk_file_sha256: Some(Digest(self.desk_file_sha256)),
            package_rules_sha256: self.package_rules_sha256.map(Digest),
            effective: self.words(),
        }
    }

    fn words(&self) -> BTreeMap<Code, Code> {
        let rules = &self.rules;
        let from = |key: &str| if key.is_empty() { "desk" } else { "package" };
        let kept = if rules.evidence_recipient.is_empty() { "none" } else { "sealed" };
        let mut words = BTreeMap::from([
            ("bac-fallback", rules.bac_fallback.to_string()),
            ("authentication-required", rules.authentication_required.to_string()),
            ("revocation-required", rules.revocation_required.to_string()),
            ("registry-required", rules.registry_required.to_string()),
            ("registry-wait-ms", rules.registry_wait_ms.to_string()),
            ("registry-key", from(&rules.registry_key).to_owned()),
            ("witness-required", rules.witness_required.to_string()),
            ("witness-key", from(&rules.witness_key).to_owned()),
            ("evidence", kept.to_owned()),
        ]);
        words.insert("card-types", rules.card_types.as_ref().map_or("usual".to_owned(), |all| all.len().to_string()));
        let code = |text: &str| Code::new(text).unwrap_or_else(|_| Code::unknown());
        words.into_iter().map(|(name, value)| (code(name), code(&value))).collect()
    }
}

impl PackageRules {
    /// The rules that stand in a package.
    pub fn of(settings: &PackageSettings) -> Self {
        Self { rules: Rules::of_package(&settings.policy), sha256: settings.sha256() }
    }

    /// The key of the registry's answers, where the board named it.
    pub(super) fn registry_key(&self) -> Option<String> {
        Some(self.rules.registry_key.clone()).filter(|key| !key.is_empty())
    }

    /// The key of the witness, where the board named it.
    pub(super) fn witness_key(&self) -> Option<String> {
        Some(self.rules.witness_key.clone()).filter(|key| !key.is_empty())
    }
}

impl Rules {
    /// The rule of `self` or of `other`, whichever is stricter, for each rule.
    pub fn stricter_of(&self, other: &Self) -> Self {
        let Self { bac_fallback, authentication_required, revocation_required, registry_required, .. } = other;
        let Self { registry_wait_ms, witness_required, card_types, .. } = other;
        let Self { evidence_recipient, registry_key, witness_key, .. } = other;
        Self {
            bac_fallback: self.bac_fallback && *bac_fallback,
            authentication_required: self.authentication_required || *authentication_required,
            revocation_required: self.revocation_required || *revocation_required,
            registry_required: self.registry_required || *registry_required,
            registry_wait_ms: self.registry_wait_ms.max(*registry_wait_ms),
            witness_required: self.witness_required || *witness_required,
            card_types: both(self.card_types.as_ref(), card_types.as_ref()),
            evidence_recipient: first_named(&self.evidence_recipient, evidence_recipient),
            registry_key: first_named(&self.registry_key, registry_key),
            witness_key: first_named(&self.witness_key, witness_key),
        }
    }

    /// The rules of a package.
    pub fn of_package(policy: &PackagePolicy) -> Self {
        let types = policy.card_types.iter().map(|one| CardType::Named {
            issuer: one.issuer.clone(),
            document: one.document.clone(),
            since: one.since,
        });
        Self {
            bac_fallback: policy.bac_fallback,
            authentication_required: policy.authentication_required,
            revocation_required: policy.revocation_required,
            registry_required: policy.registry_required,
            registry_wait_ms: policy.registry_wait_ms,
            witness_required: policy.witness_required,
            card_types: Some(types.collect()),
            evidence_recipient: policy.evidence_recipient.clone(),
            registry_key: policy.registry_key.clone(),
            witness_key: policy.witness_key.clone(),
        }
    }

    /// The rules of a desk's own file.
    pub fn of_desk(config: &DeskConfig) -> Self {
        let named = |row: &CardTypeConfig| CardType::Named {
            issuer: row.issuer.clone(),
            document: row.document.clone(),
            since: row.since,
        };
        Self {
            bac_fallback: config.chip.bac_fallback,
            authentication_required: config.chip.authentication_required,
            revocation_required: config.chip.revocation_required,
            registry_required: config.registry.required,
            registry_wait_ms: config.registry.wait_ms.unwrap_or(USUAL_WAIT_MS),
            witness_required: config.witness.required,
            card_types: config.chip.card_type.as_ref().map(|rows| rows.iter().map(named).collect()),
            evidence_recipient: config.evidence.recipient.clone(),
            registry_key: String::new(),
            witness_key: String::new(),
        }
    }
}

/// More types are more warnings.
fn both(one: Option<&Vec<CardType>>, other: Option<&Vec<CardType>>) -> Option<Vec<CardType>> {
    let mut all = one.or(other)?.clone();
    for kind in other.into_iter().flatten() {
        if !all.contains(kind) {
            all.push(kind.clone());
        }
    }
    Some(all)
}

fn first_named(one: &str, other: &str) -> String {
    if one.is_empty() { other.to_owned() } else { one.to_owned() }
}

/// How long a verdict waits for the registry where nobody says otherwise, in milliseconds.
pub const USUAL_WAIT_MS: u64 = 2_500;
