//! An inspection as one page of HTML that a member of a board can read, print and file.
//!
//! Invariants: nothing about the person unless it is asked for; nothing is loaded from anywhere; every text that comes
//! from a document is escaped.

use super::render::{fingerprint, is_trusted, ruling};
use super::{Cause, CheckResult, Outcome, Overall};
use crate::inspect::Inspection;
use crate::lds::dg1;
use crate::lds::files::FileId;
use jiff::Timestamp;

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left}\
    .bad{font-weight:bold}h1{border-left:.5rem solid #888;padding-left:1rem}";

/// The page. `at` is the moment as of which was judged; with `person`, what the MRZ says about the holder stands on it.
pub fn html(inspection: &Inspection, at: Timestamp, person: bool) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Inspection: {word}</title>\n\
         <style>{STYLE}</style>\n<h1>{word}</h1>\n<p>{meaning}</p>\n<p>Judged as of {at}, trust store {store}.</p>\n",
        word = inspection.overall.word(),
        meaning = meaning(inspection.overall),
        store = escaped(&inspection.trust_store_version),
    );
    if let Some(holder) = person.then(|| holder(inspection)).flatten() {
        page.push_str(&holder);
    }
    page.push_str("<h2>Checks</h2>\n<table>\n<tr><th>Check<th>Result<th>Cause<th>Standard\n");
    page.extend(inspection.results.iter().map(check));
    page.push_str("</table>\n<h2>Files</h2>\n<table>\n<tr><th>File<th>Bytes<th>Signed by a trusted state\n");
    page.extend(inspection.files.present().map(|file| self::file(inspection, file)));
    page.push_str("</table>\n");
    page.extend(inspection.rulings.iter().map(|one| format!("<p>{}</p>\n", escaped(&ruling(one)))));
    if let Some(evidence) = &inspection.evidence {
        let signer = fingerprint(&evidence.signer_certificate);
        page.push_str(&format!("<p>Document signer (SHA-256): {signer}</p>\n"));
    }
    page
}

fn meaning(overall: Overall) -> &'static str {
    match overall {
        Overall::Pass => "Every required check is good.",
        Overall::Warn => "Readable; the causes below are for a person to look at.",
        Overall::Unknown => "Well signed, by a signer whom the trust folder does not know. Neither genuine nor forged.",
        Overall::Fail => "Altered, forged or cloned; the failed checks say what.",
        Overall::Access => "The key was refused; nothing was read.",
        Overall::Retry => "The link broke; there is no verdict.",
    }
}

fn check(line: &CheckResult) -> String {
    let class = if line.outcome == Outcome::Failed { " class=\"bad\"" } else { "" };
    let cause = line.cause.map(Cause::id).unwrap_or_default();
    format!("<tr{class}><td>{}<td>{}<td>{cause}<td>{}\n", line.check.id(), line.outcome.id(), line.section)
}

fn file(inspection: &Inspection, file: FileId) -> String {
    let bytes = inspection.files.get(file).map_or(0, <[u8]>::len);
    let trusted = if is_trusted(inspection, file) { "yes" } else { "no" };
    format!("<tr><td>{file}<td>{bytes}<td>{trusted}\n")
}

fn holder(inspection: &Inspection) -> Option<String> {
    let mrz = dg1::parse(inspection.files.get(FileId::Dg(1))?).ok()?;
    let doubt = if is_trusted(inspection, FileId::Dg(1)) { "" } else { " (not signed by a trusted state)" };
    Some(format!(
        "<h2>Holder{doubt}</h2>\n<p>{} {}, born {} (YYMMDD), document {} of {}</p>\n",
        escaped(mrz.primary.reveal()),
        escaped(mrz.secondary.reveal()),
        escaped(mrz.birth.reveal()),
        escaped(mrz.document_number.reveal()),
        escaped(&mrz.issuer),
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
