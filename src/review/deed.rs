//! What members did with what the exam keeps: looked at sealed evidence, purged what was due. Two people each time.

use crate::{
    fact::EntryId,
    lines::{Lines, or_dash, un_dash},
};
use jiff::Timestamp;
use std::fmt::{self, Write as _};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeedKind {
    /// Sealed evidence was opened and looked at.
    EvidenceOpened,
    /// What the exam need not keep any longer is to be deleted. Signed before anything is.
    Purged,
}

impl DeedKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::EvidenceOpened, Self::Purged];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::EvidenceOpened => "evidence-opened",
            Self::Purged => "purged",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A deed: an entry of the board's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The entry.
    pub entry: EntryId,
    /// What they signed.
    pub said: DeedStatement,
}

/// A deed as members sign it.
#[derive(Clone, PartialEq, Eq)]
pub struct DeedStatement {
    /// The exam, `<board>/<exam>`.
    pub exam: String,
    /// What was done.
    pub kind: DeedKind,
    /// With what: digests of files, names of folders; a line each.
    pub what: Vec<String>,
    /// When, by the member's computer.
    pub at: Timestamp,
    /// The codes of the members who sign.
    pub by: Vec<String>,
    /// Why, in words on one line.
    pub reason: String,
}

impl fmt::Debug for DeedStatement {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeedStatement")
            .field("kind", &self.kind)
            .field("what", &self.what)
            .field("at", &self.at)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl DeedStatement {
    /// The lines, newline included.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\nexam {}\ndeed {}\n", self.exam, self.kind.word());
        for what in &self.what {
            let _ = writeln!(text, "what {what}");
        }
        let _ = writeln!(text, "at {:.3}\nby {}\nreason {}", self.at, self.by.join(" "), or_dash(&self.reason));
        text
    }

    /// Reads the lines; nothing but what [`Self::text`] writes is read.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::behind(HEAD, text)?;
        let read = Self {
            exam: lines.take("exam")?.to_owned(),
            kind: DeedKind::of_word(lines.take("deed")?)?,
            what: lines.all("what")?.into_iter().map(str::to_owned).collect(),
            at: lines.at()?,
            by: lines.by()?,
            reason: un_dash(lines.take("reason")?),
        };
        (read.text() == text).then_some(read)
    }
}

const HEAD: &str = "diemdanh/deed/v1";
