//! The rules of a desk: the board's, as a package carries them, and the desk's own where they are stricter.
//!
//! | Rule | of the package's and the desk's value stands |
//! |---|---|
//! | `bac_fallback` | allowed only where both allow it |
//! | `authentication_required`, `revocation_required` | required where either requires it |
//! | `registry_required`, `witness_required` | required where either requires it |
//! | `scripts_required` | required where either requires it |
//! | `registry_wait_ms` | the longer |
//! | `card_types` | the types of both |
//! | `paper_folder` | the package's alone |
//! | `evidence_portrait` | the package's alone |
//! | `evidence_recipient` | the package's; the desk's where the package names none |
//! | `registry_key`, `witness_key` | the package's; the desk's file where the package names none |
//!
//! A rule that has no row cannot be: [`Rules::stricter_of`] names every field.
//!
//! Invariant: a desk's own file makes no rule of a package weaker.

use serde::{Deserialize, Deserializer, Serialize};

/// What somebody says about how a desk has to work. In a package every rule is named: a rule that is missing must not be
/// a rule that is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The verifier key of the registry's answers, one line; empty: the file that the desk's own file names.
    pub registry_key: String,
    /// Green needs a witness of the log.
    pub witness_required: bool,
    /// The verifier key of the witness, one line; empty: the file that the desk's own file names.
    pub witness_key: String,
    /// A session ends by one person only when the scripts of every room were counted.
    pub scripts_required: bool,
    /// The folder, an absolute path on a stick, that lists and forms of people may be written to in the open; empty: none
    /// are. A desk's own file has no say in it.
    pub paper_folder: String,
    /// Who alone opens the evidence, `age1…`; empty: nothing is kept, or the desk's own file says.
    pub evidence_recipient: String,
    /// The chip's portrait is kept with the evidence, sealed like it. A desk's own file has no say in it.
    pub evidence_portrait: bool,
    /// Types of documents whose chip has a key. `None` says nothing; only a desk's own file may.
    #[serde(deserialize_with = "named")]
    pub card_types: Option<Vec<CardTypeRule>>,
}

/// A type of documents, as the MRZ names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTypeRule {
    /// The issuer: `VNM`.
    pub issuer: String,
    /// The document code: `ID`.
    pub document: String,
    /// Signed on this day or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<jiff::civil::Date>,
}

/// How long a verdict waits for the registry where nobody says otherwise, in milliseconds.
pub const USUAL_WAIT_MS: u64 = 2_500;

impl Default for Rules {
    /// The usual rules: a chip that proved itself, nobody outside the desk.
    fn default() -> Self {
        let (issuer, document) = ("VNM".to_owned(), "ID".to_owned());
        Self {
            bac_fallback: true,
            authentication_required: true,
            revocation_required: false,
            registry_required: false,
            registry_wait_ms: USUAL_WAIT_MS,
            registry_key: String::new(),
            witness_required: false,
            witness_key: String::new(),
            scripts_required: false,
            paper_folder: String::new(),
            evidence_recipient: String::new(),
            evidence_portrait: false,
            card_types: Some(vec![CardTypeRule { issuer, document, since: None }]),
        }
    }
}

impl Rules {
    /// The rule of `self` (a package's) or of `other` (a desk's own), whichever is stricter, for each rule.
    ///
    /// ```
    /// use diemdanh_package::rules::Rules;
    /// let package = Rules { registry_required: true, ..Rules::default() };
    /// let desk = Rules { bac_fallback: false, ..Rules::default() };
    /// let stands = package.stricter_of(&desk);
    /// assert!(stands.registry_required && !stands.bac_fallback);
    /// ```
    pub fn stricter_of(&self, other: &Self) -> Self {
        let Self { bac_fallback, authentication_required, revocation_required, registry_required, .. } = other;
        let Self { registry_wait_ms, witness_required, card_types, .. } = other;
        let Self { evidence_recipient, registry_key, witness_key, scripts_required, .. } = other;
        Self {
            bac_fallback: self.bac_fallback && *bac_fallback,
            authentication_required: self.authentication_required || *authentication_required,
            revocation_required: self.revocation_required || *revocation_required,
            registry_required: self.registry_required || *registry_required,
            registry_wait_ms: self.registry_wait_ms.max(*registry_wait_ms),
            witness_required: self.witness_required || *witness_required,
            scripts_required: self.scripts_required || *scripts_required,
            paper_folder: self.paper_folder.clone(),
            card_types: both(self.card_types.as_ref(), card_types.as_ref()),
            evidence_portrait: self.evidence_portrait,
            evidence_recipient: first_named(&self.evidence_recipient, evidence_recipient),
            registry_key: first_named(&self.registry_key, registry_key),
            witness_key: first_named(&self.witness_key, witness_key),
        }
    }
}

/// A list that has to be there.
fn named<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Vec<CardTypeRule>>, D::Error> {
    Vec::deserialize(input).map(Some)
}

/// More types are more warnings.
fn both(one: Option<&Vec<CardTypeRule>>, other: Option<&Vec<CardTypeRule>>) -> Option<Vec<CardTypeRule>> {
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
