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

/// What the page says around the stable codes, in the language of whoever reads it.
pub trait PageWords {
    /// The language as HTML names it (`vi`, `en`).
    fn language(&self) -> String;
    /// What the verdict means, in a sentence.
    fn meaning(&self, overall: Overall) -> String;
    /// As of when, and against which store of anchors, was judged.
    fn judged(&self, at: &str, store: &str) -> String;
    /// A label of the page.
    fn label(&self, label: PageLabel) -> String;
}

/// What has a name on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the name is the whole meaning")]
pub enum PageLabel {
    Title,
    Checks,
    Check,
    Result,
    Cause,
    Standard,
    Files,
    File,
    Bytes,
    SignedByTrusted,
    Yes,
    No,
    Holder,
    HolderUnproven,
    Born,
    Document,
    IssuedBy,
    DocumentSigner,
}

/// The page. `at` is the moment as of which was judged; with `person`, what the MRZ says about the holder stands on it.
/// Checks, results and causes stand as the stable codes that the manual's chapter `inspection` explains.
pub fn html(inspection: &Inspection, at: Timestamp, person: bool, words: &dyn PageWords) -> String {
    let label = |label| escaped(&words.label(label));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<meta charset=\"utf-8\">\n<title>{title}: {word}</title>\n\
         <style>{STYLE}</style>\n<h1>{word}</h1>\n<p>{meaning}</p>\n<p>{judged}</p>\n",
        language = words.language(),
        title = label(PageLabel::Title),
        word = inspection.overall.word(),
        meaning = escaped(&words.meaning(inspection.overall)),
        judged = escaped(&words.judged(&at.to_string(), &inspection.trust_store_version)),
    );
    if let Some(holder) = person.then(|| holder(inspection, words)).flatten() {
        page.push_str(&holder);
    }
    let heads = |labels: &[PageLabel]| labels.iter().map(|one| format!("<th>{}", label(*one))).collect::<String>();
    let checks = heads(&[PageLabel::Check, PageLabel::Result, PageLabel::Cause, PageLabel::Standard]);
    page.push_str(&format!("<h2>{}</h2>\n<table>\n<tr>{checks}\n", label(PageLabel::Checks)));
    page.extend(inspection.results.iter().map(check));
    let files = heads(&[PageLabel::File, PageLabel::Bytes, PageLabel::SignedByTrusted]);
    page.push_str(&format!("</table>\n<h2>{}</h2>\n<table>\n<tr>{files}\n", label(PageLabel::Files)));
    page.extend(inspection.files.present().map(|file| self::file(inspection, file, words)));
    page.push_str("</table>\n");
    page.extend(inspection.rulings.iter().map(|one| format!("<p>{}</p>\n", escaped(&ruling(one)))));
    if let Some(evidence) = &inspection.evidence {
        let signer = fingerprint(&evidence.signer_certificate);
        page.push_str(&format!("<p>{} (SHA-256): {signer}</p>\n", label(PageLabel::DocumentSigner)));
    }
    page
}

fn check(line: &CheckResult) -> String {
    let class = if line.outcome == Outcome::Failed { " class=\"bad\"" } else { "" };
    let cause = line.cause.map(Cause::id).unwrap_or_default();
    format!("<tr{class}><td>{}<td>{}<td>{cause}<td>{}\n", line.check.id(), line.outcome.id(), line.section)
}

fn file(inspection: &Inspection, file: FileId, words: &dyn PageWords) -> String {
    let bytes = inspection.files.get(file).map_or(0, <[u8]>::len);
    let label = if is_trusted(inspection, file) { PageLabel::Yes } else { PageLabel::No };
    let trusted = escaped(&words.label(label));
    format!("<tr><td>{file}<td>{bytes}<td>{trusted}\n")
}

fn holder(inspection: &Inspection, words: &dyn PageWords) -> Option<String> {
    let mrz = dg1::parse(inspection.files.get(FileId::Dg(1))?).ok()?;
    let is_proven = is_trusted(inspection, FileId::Dg(1));
    let head = if is_proven { PageLabel::Holder } else { PageLabel::HolderUnproven };
    let row = |label, value: &str| format!("<tr><th>{}<td>{}\n", escaped(&words.label(label)), escaped(value));
    Some(format!(
        "<h2>{}</h2>\n<p>{} {}</p>\n<table>\n{}{}{}</table>\n",
        escaped(&words.label(head)),
        escaped(mrz.primary.reveal()),
        escaped(mrz.secondary.reveal()),
        row(PageLabel::Born, mrz.birth.reveal()),
        row(PageLabel::Document, mrz.document_number.reveal()),
        row(PageLabel::IssuedBy, &mrz.issuer),
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
