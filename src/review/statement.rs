//! What members sign: statements in lines of one spelling only, told apart by their first line.

use crate::{
    answer::Answer,
    case::{CaseId, entry_line},
    decision::CaseState,
    deed::DeedStatement,
    explanation::ExplanationStatement,
    fact::EntryId,
    lines::{Lines, MAX_REPEATED, entry_or_dash, or_dash, parse_digest, parse_entry_or_dash, un_dash},
    scripts::CountStatement,
};
use jiff::{Timestamp, civil::Date};
use record::Digest;
use std::fmt::{self, Write as _};

pub use crate::lines::parse_entry;

/// Anything that stands as a signed note in a member's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A step of a case.
    Step(StepStatement),
    /// How many scripts a room handed in.
    Count(CountStatement),
    /// What explains a difference.
    Explanation(ExplanationStatement),
    /// What was done with what the exam keeps.
    Deed(DeedStatement),
}

impl Statement {
    /// Reads any of them.
    pub fn parse(text: &str) -> Option<Self> {
        StepStatement::parse(text)
            .map(Self::Step)
            .or_else(|| CountStatement::parse(text).map(Self::Count))
            .or_else(|| ExplanationStatement::parse(text).map(Self::Explanation))
            .or_else(|| DeedStatement::parse(text).map(Self::Deed))
    }

    /// The lines, newline included.
    pub fn text(&self) -> String {
        match self {
            Self::Step(one) => one.text(),
            Self::Count(one) => one.text(),
            Self::Explanation(one) => one.text(),
            Self::Deed(one) => one.text(),
        }
    }

    /// The exam, `<board>/<exam>`.
    pub fn exam(&self) -> &str {
        match self {
            Self::Step(one) => &one.exam,
            Self::Count(one) => &one.exam,
            Self::Explanation(one) => &one.exam,
            Self::Deed(one) => &one.exam,
        }
    }

    /// The codes of the members who sign.
    pub fn by(&self) -> &[String] {
        match self {
            Self::Step(one) => &one.by,
            Self::Count(one) => &one.by,
            Self::Explanation(one) => &one.by,
            Self::Deed(one) => &one.by,
        }
    }

    /// Two members stand behind it. What took two takes two to be taken back.
    pub fn needs_two(&self) -> bool {
        match self {
            Self::Step(one) => one.state.needs_two() || one.undoes.is_some(),
            Self::Count(one) => !one.instead.is_empty(),
            Self::Explanation(_) | Self::Deed(_) => true,
        }
    }
}

/// A step of a case as its members sign it: the text of a note with a signature of each.
#[derive(Clone, PartialEq, Eq)]
pub struct StepStatement {
    /// The exam, `<board>/<exam>`.
    pub exam: String,
    /// The case.
    pub case: CaseId,
    /// What the case rested on, see [`crate::Case::basis`].
    pub basis: Digest,
    /// The state that the case comes to.
    pub state: CaseState,
    /// What is ruled, or which explanation fits, as a stable code; empty for none.
    pub ruling: String,
    /// The step of some member's record that this one takes back.
    pub undoes: Option<EntryId>,
    /// When, by the member's computer.
    pub at: Timestamp,
    /// The codes of the members who sign.
    pub by: Vec<String>,
    /// The entries that the case rested on.
    pub entries: Vec<EntryId>,
    /// Why, in words on one line.
    pub reason: String,
    /// What is to be done, and until when.
    pub duties: Duties,
    /// What was found about harmless explanations of the case's kind.
    pub answers: Vec<Answer>,
}

impl fmt::Debug for StepStatement {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StepStatement")
            .field("case", &self.case)
            .field("state", &self.state)
            .field("ruling", &self.ruling)
            .field("undoes", &self.undoes)
            .field("at", &self.at)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// What a step of a case asks for and brings. Each text is one line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Duties {
    /// Until when the next step is due.
    pub due: Option<Date>,
    /// Of whom statements were asked.
    pub asked: Vec<String>,
    /// Of whom statements were given.
    pub given: Vec<String>,
    /// What must not be overwritten: the camera, and from when to when.
    pub preserve: Vec<String>,
    /// The last day of an appeal.
    pub appeal_until: Option<Date>,
}

impl fmt::Debug for Duties {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Duties")
            .field("due", &self.due)
            .field("appeal_until", &self.appeal_until)
            .finish_non_exhaustive()
    }
}

impl Duties {
    fn text(&self) -> String {
        let date = |name, date: Option<Date>| date.map(|date| format!("{name} {date}\n"));
        let all = |name, texts: &[String]| texts.iter().map(|one| format!("{name} {one}\n")).collect::<String>();
        [
            date("due", self.due).unwrap_or_default(),
            all("asked", &self.asked),
            all("given", &self.given),
            all("preserve", &self.preserve),
            date("appeal-until", self.appeal_until).unwrap_or_default(),
        ]
        .concat()
    }

    fn parse(lines: &mut Lines<'_>) -> Option<Self> {
        let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
        let date = |text: Option<&str>| text.map_or(Some(None), |text| text.parse().ok().map(Some));
        Some(Self {
            due: date(lines.take_if("due"))?,
            asked: owned(lines.all("asked")?),
            given: owned(lines.all("given")?),
            preserve: owned(lines.all("preserve")?),
            appeal_until: date(lines.take_if("appeal-until"))?,
        })
    }
}

impl StepStatement {
    /// The lines, newline included.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{HEAD}\nexam {}\ncase {}\nbasis {}\nstate {}\nruling {}\nundoes {}\nat {:.3}\nby {}\n",
            self.exam,
            self.case,
            self.basis,
            self.state.word(),
            or_dash(&self.ruling),
            entry_or_dash(self.undoes.as_ref()),
            self.at,
            self.by.join(" "),
        );
        self.entries.iter().for_each(|entry| {
            let _ = writeln!(text, "entry {}", entry_line(entry));
        });
        let _ = writeln!(text, "reason {}", or_dash(&self.reason));
        text.push_str(&self.duties.text());
        self.answers.iter().for_each(|answer| {
            let _ = writeln!(text, "answer {}", answer.line());
        });
        text
    }

    /// Reads the lines; nothing but what [`Self::text`] writes is read.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::behind(HEAD, text)?;
        let read = Self {
            exam: lines.take("exam")?.to_owned(),
            case: CaseId::parse(lines.take("case")?)?,
            basis: parse_digest(lines.take("basis")?)?,
            state: CaseState::of_word(lines.take("state")?)?,
            ruling: un_dash(lines.take("ruling")?),
            undoes: parse_entry_or_dash(lines.take("undoes")?)?,
            at: lines.at()?,
            by: lines.by()?,
            entries: lines.all("entry")?.into_iter().map(parse_entry).collect::<Option<_>>()?,
            reason: un_dash(lines.take("reason")?),
            duties: Duties::parse(&mut lines)?,
            answers: lines.all("answer")?.into_iter().map(Answer::parse).collect::<Option<_>>()?,
        };
        (read.text() == text).then_some(read)
    }
}

const HEAD: &str = "diemdanh/case-step/v1";
/// Entries that one statement names; a note has no room for more.
pub const MAX_ENTRIES: usize = MAX_REPEATED;
