//! An inspection as text and as JSON, for a person at a command line and for a machine.
//!
//! Invariants: no number, name, MRZ, picture or key; sizes and codes only.

use super::{Check, CheckResult, Outcome, Ruling};
use crate::inspect::Inspection;
use crate::lds::files::FileId;
use bits::hex;
use crypto::HashAlg;
use serde_json::{Value, json};

/// The verdict in the first line, then one line a check, then how the dialogue went.
pub fn text(inspection: &Inspection) -> String {
    let mut lines = vec![verdict(inspection)];
    lines.extend(inspection.results.iter().map(line));
    let access = inspection.access_method.map_or("none", |method| method.id());
    let downgraded = if inspection.downgraded { " (PACE was offered)" } else { "" };
    lines.push(format!("access {access}{downgraded}"));
    let files: Vec<String> = inspection
        .files
        .present()
        .map(|file| {
            let doubt = if is_trusted(inspection, file) { "" } else { " untrusted" };
            format!("{file} {}{doubt}", inspection.files.get(file).map_or(0, <[u8]>::len))
        })
        .collect();
    lines.push(format!("files (bytes): {}", files.join(", ")));
    lines.push(format!("commands {}, largest block {} bytes", inspection.apdu_count, inspection.block_size_bytes));
    if inspection.sessions_reopened > 0 {
        lines.push(format!("sessions opened again {}", inspection.sessions_reopened));
    }
    lines.extend(inspection.rulings.iter().map(ruling));
    if let Some(evidence) = &inspection.evidence {
        lines.push(format!("signer {}", fingerprint(&evidence.signer_certificate)));
    }
    lines.push(format!("trust store {}", inspection.trust_store_version));
    lines.push(String::new());
    lines.join("\n")
}

/// The word, and where it is no pass its one reason: `WARN because of chip.active: no-key`.
fn verdict(inspection: &Inspection) -> String {
    let word = inspection.overall.word();
    match &inspection.reason {
        Some(line) => {
            let cause = line.cause.map_or_else(|| line.outcome.id().to_owned(), super::Cause::id);
            format!("{word} because of {}: {cause}", line.check.id())
        }
        None => word.to_owned(),
    }
}

/// The same facts with stable codes.
pub fn json(inspection: &Inspection) -> Value {
    let checks: Vec<Value> = inspection
        .results
        .iter()
        .map(|line| {
            json!({
                "check": line.check.id(),
                "outcome": line.outcome.id(),
                "cause": line.cause.map(super::Cause::id),
                "section": line.section,
            })
        })
        .collect();
    let files: Vec<Value> = inspection
        .files
        .present()
        .map(|file| {
            json!({
                "file": file.name(),
                "bytes": inspection.files.get(file).map_or(0, <[u8]>::len),
                "trusted": is_trusted(inspection, file),
            })
        })
        .collect();
    let deviations: Vec<Value> = inspection
        .rulings
        .iter()
        .map(|one| json!({ "entry": one.entry, "check": one.check.id(), "cause": one.cause.id(), "weighs": one.weight.word() }))
        .collect();
    json!({
        "overall": inspection.overall.word(),
        "reason": inspection.reason.map(|line| json!({ "check": line.check.id(), "cause": line.cause.map(super::Cause::id) })),
        "checks": checks,
        "deviations": deviations,
        "access": inspection.access_method.map(|method| method.id()),
        "downgraded": inspection.downgraded,
        "files": files,
        "apdu_count": inspection.apdu_count,
        "block_size_bytes": inspection.block_size_bytes,
        "sessions_reopened": inspection.sessions_reopened,
        "signer_sha256": inspection.evidence.as_ref().map(|evidence| fingerprint(&evidence.signer_certificate)),
        "trust_store": inspection.trust_store_version,
    })
}

/// Whether a trusted state signed this file's bytes. EF.COM and EF.CardAccess are signed by nobody, whatever they say.
pub(super) fn is_trusted(inspection: &Inspection, file: FileId) -> bool {
    let good = |check| super::verdict::outcome_of(&inspection.results, check) == Some(Outcome::Successful);
    let is_under_csca = good(Check::SodSignature) && good(Check::SignerChain) && good(Check::SignerValidity);
    match file {
        FileId::Sod => is_under_csca,
        FileId::Dg(group) => is_under_csca && good(Check::DgHash(group)),
        FileId::CardSecurity => good(Check::CardSecurity),
        FileId::Com | FileId::CardAccess => false,
    }
}

/// What an entry of the list of deviations says: `deviation vn-2019: passive.validity signer-expired weighs WARN`.
pub(super) fn ruling(ruling: &Ruling) -> String {
    let Ruling { entry, check, cause, weight } = ruling;
    format!("deviation {entry}: {} {} weighs {}", check.id(), cause.id(), weight.word())
}

fn line(line: &CheckResult) -> String {
    let mark = match line.outcome {
        Outcome::Successful => "good",
        Outcome::Failed => "BAD",
        Outcome::NotSupported | Outcome::NotPerformed => "-",
        Outcome::Aborted => "broke",
        Outcome::Undetermined => "?",
    };
    let cause = line.cause.map(super::Cause::id).unwrap_or_default();
    format!("  {mark:<5} {:<24} {:<14} {cause:<26} {}", line.check.id(), line.outcome.id(), line.section)
}

pub(super) fn fingerprint(certificate: &[u8]) -> String {
    hex::encode_lower(&HashAlg::Sha256.digest(certificate))
}
