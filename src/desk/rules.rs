//! The rules in effect at a desk, and where they come from. Which rule stands is the table of [`package::rules`].

use crate::config::{CardTypeConfig, DeskConfig};
use emrtd::inspect::{CardType, InspectionPolicy};
use package::contents::PackageSettings;
use package::rules::{CardTypeRule, Rules, USUAL_WAIT_MS};
use record::{Code, Digest, OpenRules};
use std::collections::BTreeMap;

/// The rules in effect, and where they come from. The log's first entry says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveRules {
    rules: Rules,
    desk_file_sha256: [u8; 32],
    package_rules_sha256: Option<[u8; 32]>,
}

impl EffectiveRules {
    /// The rules of a desk's own file, which nobody stands behind.
    pub(super) fn of_desk(config: &DeskConfig) -> Self {
        Self { rules: own(config), desk_file_sha256: config.source_sha256, package_rules_sha256: None }
    }

    /// What stands when a package with these settings is taken up.
    pub fn under(&self, settings: &PackageSettings) -> Self {
        Self {
            rules: settings.policy.stricter_of(&self.rules),
            desk_file_sha256: self.desk_file_sha256,
            package_rules_sha256: Some(settings.sha256()),
        }
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The key of the registry's answers, where the board named it.
    pub(super) fn registry_key(&self) -> Option<&str> {
        Some(self.rules.registry_key.as_str()).filter(|key| !key.is_empty())
    }

    /// The key of the witness, where the board named it.
    pub(super) fn witness_key(&self) -> Option<&str> {
        Some(self.rules.witness_key.as_str()).filter(|key| !key.is_empty())
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
        let types = self.rules.card_types.as_ref().map(|all| all.iter().map(card_type).collect());
        InspectionPolicy {
            bac_fallback: self.rules.bac_fallback,
            chip_authentication_required: self.rules.authentication_required,
            revocation_required: self.rules.revocation_required,
            card_types: types.unwrap_or(usual.card_types),
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
        let paper = if rules.paper_folder.is_empty() { "none" } else { "allowed" };
        let kept = match (rules.evidence_recipient.is_empty(), rules.evidence_portrait) {
            (true, _) => "none",
            (false, false) => "sealed",
            (false, true) => "sealed-with-portrait",
        };
        let mut words = BTreeMap::from([
            ("bac-fallback", rules.bac_fallback.to_string()),
            ("authentication-required", rules.authentication_required.to_string()),
            ("revocation-required", rules.revocation_required.to_string()),
            ("registry-required", rules.registry_required.to_string()),
            ("registry-wait-ms", rules.registry_wait_ms.to_string()),
            ("registry-key", from(&rules.registry_key).to_owned()),
            ("witness-required", rules.witness_required.to_string()),
            ("scripts-required", rules.scripts_required.to_string()),
            ("paper", paper.to_owned()),
            ("witness-key", from(&rules.witness_key).to_owned()),
            ("evidence", kept.to_owned()),
        ]);
        words.insert("card-types", rules.card_types.as_ref().map_or("usual".to_owned(), |all| all.len().to_string()));
        let code = |text: &str| Code::new(text).unwrap_or_else(|_| Code::unknown());
        words.into_iter().map(|(name, value)| (code(name), code(&value))).collect()
    }
}

/// What a desk's own file says; keys of others are files to it.
fn own(config: &DeskConfig) -> Rules {
    let named = |row: &CardTypeConfig| CardTypeRule {
        issuer: row.issuer.clone(),
        document: row.document.clone(),
        since: row.since,
    };
    Rules {
        bac_fallback: config.chip.bac_fallback,
        authentication_required: config.chip.authentication_required,
        revocation_required: config.chip.revocation_required,
        registry_required: config.registry.required,
        registry_wait_ms: config.registry.wait_ms.unwrap_or(USUAL_WAIT_MS),
        registry_key: String::new(),
        witness_required: config.witness.required,
        witness_key: String::new(),
        scripts_required: config.closing.scripts_required,
        // People's data leave the desk in the open only where the board says so.
        paper_folder: String::new(),
        evidence_recipient: config.evidence.recipient.clone(),
        evidence_portrait: false,
        card_types: config.chip.card_type.as_ref().map(|rows| rows.iter().map(named).collect()),
    }
}

fn card_type(rule: &CardTypeRule) -> CardType {
    CardType::Named { issuer: rule.issuer.clone(), document: rule.document.clone(), since: rule.since }
}
