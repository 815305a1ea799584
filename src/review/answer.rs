//! What members found about the harmless explanations of a case's kind, one by one.

use crate::lines::{or_dash, un_dash};
use std::fmt;

/// What was found about one explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// It explains what was recorded.
    Fits,
    /// It does not.
    RuledOut,
    /// Nobody can tell any more.
    CannotTell,
}

impl Found {
    /// All of them, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Fits, Self::RuledOut, Self::CannotTell];

    /// The stable word of statements and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::RuledOut => "ruled-out",
            Self::CannotTell => "cannot-tell",
        }
    }

    /// What this word stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.word() == word)
    }
}

/// An answer to one harmless explanation.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The explanation, by its code.
    pub code: String,
    /// What was found.
    pub found: Found,
    /// By what, in words on one line; empty for none.
    pub words: String,
}

impl fmt::Debug for Answer {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Answer").field("code", &self.code).field("found", &self.found).finish_non_exhaustive()
    }
}

impl Answer {
    /// The line of a statement, without its name.
    pub(crate) fn line(&self) -> String {
        format!("{} {} {}", self.code, self.found.word(), or_dash(&self.words))
    }

    /// Reads that.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (code, rest) = line.split_once(' ')?;
        let (found, words) = rest.split_once(' ')?;
        Some(Self { code: code.to_owned(), found: Found::of_word(found)?, words: un_dash(words) })
    }

    /// Reads what somebody types: `<code>=<found>`, or `<code>=<found>: <words>`.
    pub fn typed(text: &str) -> Option<Self> {
        let (code, rest) = text.split_once('=')?;
        let (found, words) = rest.split_once(':').unwrap_or((rest, ""));
        Some(Self { code: code.to_owned(), found: Found::of_word(found)?, words: words.trim().to_owned() })
    }
}
