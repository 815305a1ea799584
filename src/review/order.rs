//! What a member at the window wants done. The window does none of it: whoever works beside it does, and tells.
//!
//! Invariants:
//! - An order about a case says what its member saw: whoever carries it out refuses where that has changed.
//! - Passphrases are wiped with the order, and nothing here can be printed.

use crate::{answer::Answer, case::CaseId, decision::CaseState, fact::EntryId, statement::Duties};
use bits::{secret::Secret, text::is_plain};
use jiff::civil::Date;
use record::{CandidateRef, Code, Digest};
use words::Language;

/// Something to be done, and the language in which to tell of it.
pub struct Order {
    /// What.
    pub what: What,
    /// The language of whoever reads how it went.
    pub language: Language,
}

/// What is to be done.
pub enum What {
    /// A step of a case is to be signed and written.
    Decide(Box<Decision>),
    /// One person's papers and proofs are to be written into a new folder.
    HandOver {
        /// Who.
        cand: CandidateRef,
        /// The folder's path, as it was typed.
        into: String,
    },
}

/// A step of a case, as a member at the window means it.
#[derive(Clone)]
pub struct Decision {
    /// The case.
    pub case: CaseId,
    /// What the member saw, see [`crate::decision::seen`].
    pub seen: Digest,
    /// What is to be written.
    pub step: StepDraft,
    /// The members who sign, the one whose record takes it first.
    pub signers: Vec<Signer>,
}

/// The words of a step, before anybody has signed.
// Without `Debug`: words may name a person.
#[derive(Clone, PartialEq, Eq)]
pub struct StepDraft {
    /// The state that the case comes to; [`CaseState::New`] leaves it where it is.
    pub state: CaseState,
    /// What is ruled, as a code; empty for nothing.
    pub ruling: String,
    /// Why, in words on one line.
    pub reason: String,
    /// The step that this one takes back.
    pub undoes: Option<EntryId>,
    /// Answers to explanations of the case's kind.
    pub answers: Vec<Answer>,
    /// What it asks for and brings.
    pub duties: Duties,
}

/// Whose key signs.
#[derive(Clone)]
pub struct Signer {
    /// The sealed key's path, as it was typed.
    pub key: String,
    /// What opens it.
    pub passphrase: Secret<String>,
}

/// Why a step cannot be written so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftFault {
    /// No reason, or one of several lines or with hidden characters.
    Reason,
    /// The ruling is no code.
    Ruling,
    /// Another text is of several lines or has hidden characters.
    Text,
    /// A text holds so many digits in a row that they may be somebody's number: a record is for ever, and names nobody so.
    Number,
    /// It changes nothing, asks for nothing and answers nothing.
    Nothing,
}

impl StepDraft {
    /// What is wrong with its words; whoever writes a step asks this first.
    pub fn fault(&self) -> Option<DraftFault> {
        let Duties { asked, given, preserve, .. } = &self.duties;
        let texts = || [asked, given, preserve].into_iter().flatten();
        let answers = || self.answers.iter().map(|answer| &answer.words);
        let is_broken = |text: &String| !is_plain(text);
        let all = || texts().chain(answers()).chain([&self.reason]);
        let faults = [
            (!is_plain(&self.reason), DraftFault::Reason),
            (!self.ruling.is_empty() && Code::new(&self.ruling).is_err(), DraftFault::Ruling),
            (texts().any(is_broken) || answers().any(|text| !text.is_empty() && is_broken(text)), DraftFault::Text),
            (all().any(|text| has_number(text)), DraftFault::Number),
        ];
        faults.into_iter().find(|(is_so, _)| *is_so).map(|(_, fault)| fault)
    }

    /// It would leave everything as it is.
    pub fn is_nothing(&self) -> bool {
        let says = !self.answers.is_empty() || self.undoes.is_some() || self.duties != Duties::default();
        self.state == CaseState::New && self.ruling.is_empty() && !says
    }

    /// Two members stand behind it.
    pub fn needs_two(&self) -> bool {
        self.state.needs_two() || self.undoes.is_some()
    }
}

/// As many digits in a row as the shortest number of a person has.
fn has_number(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|one| {
        run = if one.is_ascii_digit() { run + 1 } else { 0 };
        run >= NUMBER_DIGITS
    })
}

/// Reads a day as it is written here, `dd/mm/yyyy`, or as programs write it; nothing for an empty text.
///
/// # Errors
/// `()` where it is no day.
#[expect(clippy::result_unit_err, reason = "there is one way to be no day")]
pub fn read_day(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = match text.split('/').collect::<Vec<_>>().as_slice() {
        [day, month, year] => format!("{year:0>4}-{month:0>2}-{day:0>2}").parse(),
        _ => text.parse(),
    };
    read.map(Some).map_err(|_| ())
}

/// A day as it is written here.
pub fn day_words(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// A CMND has nine digits, a CCCD twelve.
const NUMBER_DIGITS: usize = 9;
