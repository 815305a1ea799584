//! The profile of document signers' certificates, as a table (ICAO Doc 9303-12 §7.1, tables of certificate extensions;
//! RFC 5280 §4.2).
//!
//! What forbids signing documents fails; what may be advice to others warns; what only departs from the profile is a
//! remark. Extensions that the profile asks for and that restrict nothing here (subjectKeyIdentifier, alternative names,
//! CRL distribution points, a document type list, a private-key usage period) are not missed: many states leave them
//! out, and nothing follows from it. keyUsage is missed, but only below a known country signer.
//!
//! Invariants: pure; the table is the only place that judges a document signer's extensions.

use crate::authenticity::certificate::{Certificate, Extended};
use crate::report::Cause;
use jiff::Timestamp;

/// One attribute of a certificate and how it is judged.
pub struct Rule {
    /// The attribute, as RFC 5280 and ICAO name it.
    pub attribute: &'static str,
    /// Where the standard says so.
    pub section: &'static str,
    judge: fn(&Subject<'_>) -> Weight,
}

/// A document signer and what is known about its signature.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its certificate.
    pub signer: &'a Certificate,
    /// A country signer of the trust store issued it.
    pub is_under_csca: bool,
    /// When it says that it signed.
    pub signed_at: Option<Timestamp>,
}

/// What an attribute weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As the profile has it, or of no consequence.
    Good,
    /// Good, and written down.
    Remark(Cause),
    /// A person looks.
    Warn(Cause),
    /// The signer used its key outside the period for it: refused, unless the list of deviations knows the mistake.
    OutOfPeriod(Cause),
    /// It may not sign documents.
    Fail(Cause),
}

/// The table.
pub const RULES: [Rule; 8] = [
    Rule {
        attribute: "keyUsage: digitalSignature",
        section: "9303-12 §7.1.1, RFC 5280 §4.2.1.3",
        judge: |subject| match subject.signer.purposes.digital_signature {
            Some(false) => Weight::Fail(Cause::CertificateUnfit),
            // Specimens of the first years have no keyUsage; under a CSCA the profile asks for it.
            None if subject.is_under_csca => Weight::Fail(Cause::CertificateUnfit),
            None | Some(true) => Weight::Good,
        },
    },
    Rule {
        attribute: "keyUsage: keyCertSign",
        section: "9303-12 §7.1.1, RFC 5280 §4.2.1.3",
        judge: |subject| fail_if(subject.signer.purposes.certificate_signing, Cause::CertificateUnfit),
    },
    Rule {
        attribute: "keyUsage: cRLSign, other bits, not critical",
        section: "9303-12 §7.1.1",
        judge: |subject| {
            let purposes = subject.signer.purposes;
            let deviates = purposes.list_signing || purposes.usage_irregular;
            if deviates { Weight::Remark(Cause::ProfileDeviates) } else { Weight::Good }
        },
    },
    Rule {
        attribute: "basicConstraints: cA",
        section: "9303-12 §7.1.1, RFC 5280 §4.2.1.9",
        judge: |subject| fail_if(subject.signer.purposes.is_authority(), Cause::CertificateUnfit),
    },
    Rule {
        attribute: "basicConstraints without cA",
        section: "9303-12 §7.1.1",
        judge: |subject| match subject.signer.purposes.constraints {
            Some(false) => Weight::Remark(Cause::ProfileDeviates),
            _ => Weight::Good,
        },
    },
    Rule {
        attribute: "an unknown critical extension",
        section: "RFC 5280 §4.2",
        judge: |subject| fail_if(subject.signer.purposes.unknown_critical, Cause::CertificateUnfit),
    },
    Rule {
        attribute: "extKeyUsage",
        section: "9303-12 §7.1.1, RFC 5280 §4.2.1.12",
        judge: |subject| match subject.signer.purposes.extended {
            Extended::Unbound => Weight::Good,
            Extended::Named => Weight::Warn(Cause::PurposeOther),
            Extended::Critical => Weight::Fail(Cause::PurposeOther),
        },
    },
    Rule {
        attribute: "privateKeyUsagePeriod",
        section: "9303-12 §7.1.1, RFC 3280 §4.2.1.4",
        judge: |subject| match subject.signer.key_use.zip(subject.signed_at) {
            Some((period, moment)) if !period.holds(moment) => Weight::OutOfPeriod(Cause::KeyUsePeriodOver),
            _ => Weight::Good,
        },
    },
];

/// The gravest thing that the table says about `subject`, with the section that says it.
pub fn judge(subject: &Subject<'_>) -> (Weight, &'static str) {
    let judged = RULES.iter().map(|rule| ((rule.judge)(subject), rule.section));
    judged.reduce(|worst, next| if rank(next.0) > rank(worst.0) { next } else { worst }).unwrap_or((Weight::Good, ""))
}

/// Whether a signer that may sign `types` may sign a document whose MRZ has `code`: `P` stands for `PD` as well.
pub fn allows(types: &[String], code: &str) -> bool {
    types.iter().any(|kind| kind == code || (kind.len() == 1 && code.starts_with(kind)))
}

fn fail_if(bad: bool, cause: Cause) -> Weight {
    if bad { Weight::Fail(cause) } else { Weight::Good }
}

fn rank(weight: Weight) -> u8 {
    match weight {
        Weight::Good => 0,
        Weight::Remark(_) => 1,
        Weight::Warn(_) => 2,
        Weight::OutOfPeriod(_) => 3,
        Weight::Fail(_) => 4,
    }
}
