//! Known deviations: what a named defect of named documents is to weigh (the purpose of ICAO Doc 9303-12 §9, deviation
//! lists, in a form of our own that a person can write and read: `deviations.toml` in the trust folder).
//!
//! Invariants: an entry makes a defect weigh WARN at best, never less; what shows altered data, a forged signature, a
//! broken chain or a cloned chip cannot be excused, and an entry that asks for it refuses the whole list.

use crate::authenticity::certificate::Certificate;
use crate::report::{Cause, Check, CheckResult, Outcome, Ruling, Weight, codes, is_excusable};
use bits::hex;
use crypto::HashAlg;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;
use thiserror::Error;

/// The first line of every list.
pub const FORMAT: &str = "diemdanh deviations 1";
/// The largest list that is read, in bytes.
pub const MAX_LIST_BYTES: usize = 256 * 1024;
/// The most entries of a list.
pub const MAX_ENTRIES: usize = 1024;

const MAX_ID_LEN: usize = 64;
const SHA256_LEN: usize = 32;
const MAX_SERIAL_LEN: usize = 32;
const SECTION: &str = "9303-12 §9";

/// A list of deviations. [`Deviations::default`] has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations {
    entries: Vec<Entry>,
    digest: Vec<u8>,
}

/// What an entry is compared with.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The document signer.
    pub signer: &'a Certificate,
    /// When the document was signed, as far as it says.
    pub signed_at: Option<Timestamp>,
    /// The document number of the MRZ, where DG1 was read.
    pub document_number: Option<&'a str>,
}

/// Why a list is refused.
#[derive(Debug, Error)]
pub enum DeviationError {
    /// Not TOML, or an unknown or missing key.
    #[error("not a list of deviations: {}", .0.message())]
    Toml(#[from] Box<toml::de::Error>),
    /// Larger than [`MAX_LIST_BYTES`], or more than [`MAX_ENTRIES`] entries.
    #[error("the list is too large")]
    TooLarge,
    /// The first line does not say [`FORMAT`].
    #[error("the format is not \"{FORMAT}\"")]
    Format,
    /// One entry is wrong.
    #[error("entry {place}: {fault}")]
    Entry {
        /// Its place, from 1.
        place: usize,
        /// What is wrong.
        fault: EntryFault,
    },
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// The name is empty, too long, has other characters than `a-z 0-9 . -`, or stands twice.
    #[error("the id is not 1 to {MAX_ID_LEN} of a-z, 0-9, \".\" and \"-\", or stands twice")]
    Id,
    /// Nothing says which documents are meant.
    #[error("neither signer_sha256, issuer with serial, country nor series")]
    Nobody,
    /// A digest, serial number, country or range that is none.
    #[error("invalid digest, serial number, country, series or range")]
    Subject,
    /// A check or cause with a code that no report has, or one of both only.
    #[error("check and cause are not codes of a report, or one of them is missing")]
    Code,
    /// A defect that nothing may excuse.
    #[error("a signature, a chain, a hash or the proof of a chip cannot be excused")]
    NotExcusable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    id: String,
    signer_sha256: Option<Vec<u8>>,
    issuer_and_serial: Option<(String, Vec<u8>)>,
    country: Option<String>,
    series: Option<String>,
    signed_from: Option<Date>,
    signed_to: Option<Date>,
    defect: Option<(Check, Cause)>,
    weight: Weight,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListForm {
    format: String,
    #[serde(default)]
    deviation: Vec<EntryForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryForm {
    id: String,
    /// For whoever reads the list; a rule without a reason is not written down.
    #[serde(rename = "reason")]
    _reason: String,
    signer_sha256: Option<String>,
    issuer: Option<String>,
    serial: Option<String>,
    country: Option<String>,
    series: Option<String>,
    signed_from: Option<Date>,
    signed_to: Option<Date>,
    check: Option<String>,
    cause: Option<String>,
    verdict: VerdictForm,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum VerdictForm {
    Warn,
    Fail,
}

impl Deviations {
    /// Reads a list.
    ///
    /// # Errors
    /// [`DeviationError`]; one bad entry refuses the list, because a misspelt rule must not be a missing rule.
    pub fn parse(text: &str) -> Result<Self, DeviationError> {
        if text.len() > MAX_LIST_BYTES {
            return Err(DeviationError::TooLarge);
        }
        let form: ListForm = toml::from_str(text).map_err(Box::new)?;
        if form.format != FORMAT {
            return Err(DeviationError::Format);
        }
        if form.deviation.len() > MAX_ENTRIES {
            return Err(DeviationError::TooLarge);
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (index, form) in form.deviation.into_iter().enumerate() {
            let entry = Entry::read(form, &entries);
            entries.push(entry.map_err(|fault| DeviationError::Entry { place: index + 1, fault })?);
        }
        Ok(Self { entries, digest: HashAlg::Sha256.digest(text.as_bytes()) })
    }

    /// True when there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// SHA-256 of the list's text; empty where there is no list.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// What the entries that fit `subject` say about the lines in `results`. An entry that refuses documents whatever
    /// they are like adds a line of its own to `results`.
    pub fn rule(&self, subject: &Subject<'_>, results: &mut Vec<CheckResult>) -> Vec<Ruling> {
        let mut rulings = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.fits(subject)) {
            let (check, cause) = entry.defect.unwrap_or((Check::Deviation, Cause::RefusedByDeviation));
            if entry.defect.is_none() {
                results.push(CheckResult { check, outcome: Outcome::Failed, cause: Some(cause), section: SECTION });
            }
            if results.iter().any(|line| line.check == check && line.cause == Some(cause)) {
                rulings.push(Ruling { entry: entry.id.clone(), check, cause, weight: entry.weight });
            }
        }
        rulings
    }
}

impl Entry {
    fn read(form: EntryForm, before: &[Self]) -> Result<Self, EntryFault> {
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
        let good_id = (1..=MAX_ID_LEN).contains(&form.id.len()) && form.id.bytes().all(is_plain);
        if !good_id || before.iter().any(|entry| entry.id == form.id) {
            return Err(EntryFault::Id);
        }
        let weight = match form.verdict {
            VerdictForm::Warn => Weight::Warn,
            VerdictForm::Fail => Weight::Fail,
        };
        let entry = Self {
            defect: defect(form.check.as_deref(), form.cause.as_deref(), weight)?,
            signer_sha256: form.signer_sha256.map(|text| bytes(&text, SHA256_LEN..=SHA256_LEN)).transpose()?,
            issuer_and_serial: issuer_and_serial(form.issuer, form.serial)?,
            country: form.country.map(country).transpose()?,
            series: form.series.map(series).transpose()?,
            signed_from: form.signed_from,
            signed_to: form.signed_to,
            id: form.id,
            weight,
        };
        let backwards = entry.signed_from.zip(entry.signed_to).is_some_and(|(from, to)| from > to);
        match (entry.names_somebody(), backwards) {
            (false, _) => Err(EntryFault::Nobody),
            (true, true) => Err(EntryFault::Subject),
            (true, false) => Ok(entry),
        }
    }

    fn names_somebody(&self) -> bool {
        self.signer_sha256.is_some()
            || self.issuer_and_serial.is_some()
            || self.country.is_some()
            || self.series.is_some()
    }

    /// Everything that the entry names must fit; what cannot be compared does not fit.
    fn fits(&self, subject: &Subject<'_>) -> bool {
        let signer = subject.signer;
        let digest = HashAlg::Sha256.digest(signer.der());
        let signed = subject.signed_at.unwrap_or(signer.not_before);
        let day = Offset::UTC.to_datetime(signed).date();
        let serial = without_leading_zeros(&signer.serial);
        self.signer_sha256.as_ref().is_none_or(|wanted| *wanted == digest)
            && self
                .issuer_and_serial
                .as_ref()
                .is_none_or(|(issuer, wanted)| *issuer == signer.issuer.display() && wanted == serial)
            && self.country.as_ref().is_none_or(|wanted| signer.issuer.country().as_ref() == Some(wanted))
            && self
                .series
                .as_ref()
                .is_none_or(|wanted| subject.document_number.is_some_and(|number| number.starts_with(wanted.as_str())))
            && self.signed_from.is_none_or(|from| day >= from)
            && self.signed_to.is_none_or(|to| day <= to)
    }
}

/// A defect is named by both codes of its line. Only a refusal may leave it out.
fn defect(check: Option<&str>, cause: Option<&str>, weight: Weight) -> Result<Option<(Check, Cause)>, EntryFault> {
    let (check, cause) = match (check, cause) {
        (None, None) if weight == Weight::Fail => return Ok(None),
        (Some(check), Some(cause)) => (check, cause),
        _ => return Err(EntryFault::Code),
    };
    let check = codes::check(check).ok_or(EntryFault::Code)?;
    let cause = codes::cause(cause).ok_or(EntryFault::Code)?;
    if weight == Weight::Warn && !is_excusable(check, cause) && !codes::is_remark(check, cause) {
        return Err(EntryFault::NotExcusable);
    }
    Ok(Some((check, cause)))
}

fn issuer_and_serial(issuer: Option<String>, serial: Option<String>) -> Result<Option<(String, Vec<u8>)>, EntryFault> {
    match (issuer, serial) {
        (None, None) => Ok(None),
        (Some(issuer), Some(serial)) => {
            let serial = bytes(&serial, 1..=MAX_SERIAL_LEN)?;
            Ok(Some((issuer, without_leading_zeros(&serial).to_vec())))
        }
        _ => Err(EntryFault::Subject),
    }
}

fn country(text: String) -> Result<String, EntryFault> {
    let good = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    if good { Ok(text) } else { Err(EntryFault::Subject) }
}

fn series(text: String) -> Result<String, EntryFault> {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if !text.is_empty() && text.bytes().all(is_plain) { Ok(text) } else { Err(EntryFault::Subject) }
}

fn bytes(text: &str, len: std::ops::RangeInclusive<usize>) -> Result<Vec<u8>, EntryFault> {
    hex::decode(text).filter(|bytes| len.contains(&bytes.len())).ok_or(EntryFault::Subject)
}

fn without_leading_zeros(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}
