//! PIN letters: who gets a new PIN, and the list with the hashes that belongs to the letters.
//!
//! Invariants:
//! - A PIN stands in its letter and nowhere else: not in the list, not in an error, not on a terminal.
//! - Nobody's PIN is drawn anew without being named; nobody who was taken off the exam gets one.

use super::Exam;
use crate::language::LetterWords;
use bits::hex;
use bits::random::Random;
use bits::secret::Secret;
use package::operators::{Operator, PinCost, PinError, PinLock, draw_pin};
use paper::missing;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// A new PIN for somebody.
pub struct Letter {
    /// Who, with the hash of this PIN.
    pub operator: Operator,
    /// Six digits.
    pub pin: Secret<String>,
}

/// Why no letters are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterFault {
    /// Nobody has this code.
    Unknown(String),
    /// A code that was named twice.
    NamedTwice(String),
    /// Two people of one code.
    Twice(String),
    /// Was taken off the exam.
    Revoked {
        /// Who.
        code: String,
        /// Why.
        reason: String,
    },
    /// Works at a site that the exam does not have.
    UnknownSite {
        /// Who.
        code: String,
        /// Where.
        site: String,
    },
    /// A text of the letter has letters that its font has not.
    NoPicture {
        /// Whose letter.
        code: String,
        /// Where they stand.
        text: String,
        /// The letters with their code points.
        letters: String,
    },
    /// Has a PIN already.
    HasPin(String),
    /// Everybody's PIN would be drawn anew.
    AgainForAll,
}

impl LetterFault {
    /// What the clerk reads.
    pub fn said(&self, words: &LetterWords) -> String {
        match self {
            Self::Unknown(code) => words.unknown(code),
            Self::NamedTwice(code) => words.named_twice(code),
            Self::Twice(code) => words.twice(code),
            Self::Revoked { code, reason } => words.revoked(code, reason),
            Self::UnknownSite { code, site } => words.unknown_site(code, site),
            Self::NoPicture { code, text, letters } => words.no_picture(code, letters, text),
            Self::HasPin(code) => words.has_pin(code),
            Self::AgainForAll => words.again_for_all(),
        }
    }
}

/// Who gets a letter: those who are named, or everybody without a PIN; those who have one only `again`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn recipients<'a>(exam: &'a Exam, only: &[String], again: bool) -> Result<Vec<&'a Operator>, Vec<LetterFault>> {
    let mut faults: Vec<LetterFault> = repeated(only.iter()).map(LetterFault::NamedTwice).collect();
    faults.extend(repeated(exam.operators.iter().map(|one| &one.code)).map(LetterFault::Twice));
    faults.extend((again && only.is_empty()).then_some(LetterFault::AgainForAll));
    let known = |code: &String| exam.operators.iter().find(|one| one.code == *code);
    faults.extend(only.iter().filter(|code| known(code).is_none()).cloned().map(LetterFault::Unknown));
    let chosen: Vec<&Operator> = match only {
        [] => exam.operators.iter().filter(|one| one.pin.is_none() && !one.is_revoked()).collect(),
        _ => only.iter().filter_map(known).collect(),
    };
    faults.extend(chosen.iter().filter_map(|one| fault(exam, one, again)));
    if faults.is_empty() { Ok(chosen) } else { Err(faults) }
}

/// Draws a PIN for each of `recipients`. `progress` hears how many are done: hashing takes a third of a second each.
///
/// # Errors
/// [`PinError::Cost`].
pub fn draw(
    recipients: &[&Operator],
    cost: PinCost,
    random: &mut dyn Random,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Letter>, PinError> {
    let mut letters = Vec::new();
    for operator in recipients {
        let pin = draw_pin(random);
        let hash = PinLock::make(&pin, cost, random)?;
        letters.push(Letter { operator: Operator { pin: Some(hash), ..(*operator).clone() }, pin });
        progress(letters.len());
    }
    Ok(letters)
}

/// The list with the hashes of these letters.
pub fn with_hashes(operators: &[Operator], letters: &[Letter]) -> Vec<Operator> {
    let new = |one: &Operator| letters.iter().map(|letter| &letter.operator).find(|new| new.code == one.code).cloned();
    operators.iter().map(|one| new(one).unwrap_or_else(|| one.clone())).collect()
}

/// What the list with these letters' hashes is known by, however it is changed afterwards.
pub fn mark(letters: &[Letter]) -> String {
    letters.first().and_then(|letter| letter.operator.pin.as_ref()).map(mark_of).unwrap_or_default()
}

/// True when the list with this mark is the one in force.
pub fn is_in_force(mark: &str, operators: &[Operator]) -> bool {
    operators.iter().filter_map(|one| one.pin.as_ref()).any(|hash| mark_of(hash) == mark)
}

fn mark_of(hash: &PinLock) -> String {
    hex::encode_lower(&Sha256::digest(hash.to_string())).chars().take(MARK_LEN).collect()
}

fn fault(exam: &Exam, one: &Operator, again: bool) -> Option<LetterFault> {
    let code = one.code.clone();
    if let Some(reason) = one.revoked.clone() {
        return Some(LetterFault::Revoked { code, reason });
    }
    if !one.site.is_empty() && exam.sites.iter().all(|site| site.code != one.site) {
        return Some(LetterFault::UnknownSite { code, site: one.site.clone() });
    }
    if one.pin.is_some() && !again {
        return Some(LetterFault::HasPin(code));
    }
    let titles = exam.sites.iter().filter(|site| site.code == one.site).map(|site| &site.title);
    let mut texts = [&one.name, &one.site, &exam.settings.title, &exam.settings.board].into_iter().chain(titles);
    texts.find_map(|text| Some((text, missing(text).ok().filter(|lacking| !lacking.is_empty())?))).map(
        |(text, lacking)| {
            let named: Vec<String> = lacking.chars().map(|one| format!("{one} (U+{:04X})", u32::from(one))).collect();
            LetterFault::NoPicture { code, text: text.clone(), letters: named.join(", ") }
        },
    )
}

fn repeated<'a>(codes: impl Iterator<Item = &'a String>) -> impl Iterator<Item = String> {
    let mut seen = BTreeSet::new();
    codes.filter(move |code| !seen.insert(code.as_str())).cloned()
}

/// 64 bits tell the lists of an exam apart.
const MARK_LEN: usize = 16;
