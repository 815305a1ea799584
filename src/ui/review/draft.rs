//! A step of a case as it is typed, before it is one.

use bits::secret::Secret;
use review::answer::{Answer, Found};
use review::book::OpenCase;
use review::decision::CaseState;
use review::order::{DraftFault, Signer, StepDraft, read_day};
use review::statement::Duties;
use std::mem;

/// What was typed and chosen.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) state: CaseState,
    pub(super) ruling: String,
    pub(super) reason: String,
    /// The step that is taken back, by its place among those that may be.
    pub(super) undoes: Option<usize>,
    /// For each explanation what was found, and words.
    pub(super) answers: Vec<(Option<Found>, String)>,
    pub(super) due: String,
    pub(super) appeal_until: String,
    /// Several stand behind semicolons.
    pub(super) asked: String,
    pub(super) given: String,
    pub(super) preserve: String,
}

/// Why it is no step yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// One of its words.
    Words(DraftFault),
    /// A date that no calendar has.
    Day,
}

impl Draft {
    pub(super) fn of(case: &OpenCase) -> Self {
        Self {
            state: CaseState::New,
            ruling: String::new(),
            reason: String::new(),
            undoes: None,
            answers: vec![(None, String::new()); case.explanations.len()],
            due: String::new(),
            appeal_until: String::new(),
            asked: String::new(),
            given: String::new(),
            preserve: String::new(),
        }
    }

    /// The step that it says, where it says one.
    pub(super) fn step(&self, case: &OpenCase) -> Result<StepDraft, Wrong> {
        let day = |text: &str| read_day(text).map_err(|()| Wrong::Day);
        let answer = |((code, _), (found, words)): (&(String, String), &(Option<Found>, String))| {
            found.map(|found| Answer { code: code.clone(), found, words: words.trim().to_owned() })
        };
        let step = StepDraft {
            state: self.state,
            ruling: self.ruling.trim().to_owned(),
            reason: self.reason.trim().to_owned(),
            undoes: self.undoes.and_then(|at| case.steps.get(at)).map(|(entry, _)| entry.clone()),
            answers: case.explanations.iter().zip(&self.answers).filter_map(answer).collect(),
            duties: Duties {
                due: day(&self.due)?,
                asked: several(&self.asked),
                given: several(&self.given),
                preserve: several(&self.preserve),
                appeal_until: day(&self.appeal_until)?,
            },
        };
        let nothing = step.is_nothing().then_some(DraftFault::Nothing);
        match nothing.or_else(|| step.fault()) {
            Some(fault) => Err(Wrong::Words(fault)),
            None => Ok(step),
        }
    }
}

fn several(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// A member's key as it is typed: the passphrase goes when it is sent, and when the screen is left.
#[derive(Default)]
pub(super) struct KeyLine {
    pub(super) key: String,
    pub(super) passphrase: String,
}

impl KeyLine {
    pub(super) fn is_empty(&self) -> bool {
        self.key.trim().is_empty() && self.passphrase.is_empty()
    }

    pub(super) fn is_whole(&self) -> bool {
        !self.key.trim().is_empty() && !self.passphrase.is_empty()
    }

    /// Hands the passphrase over; it has to be typed again.
    pub(super) fn take(&mut self) -> Signer {
        Signer { key: self.key.trim().to_owned(), passphrase: Secret::new(mem::take(&mut self.passphrase)) }
    }
}

impl Drop for KeyLine {
    fn drop(&mut self) {
        drop(self.take());
    }
}
