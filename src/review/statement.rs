//! What members sign about a case: lines in one spelling only.

use crate::{
    case::{CaseId, entry_line},
    decision::CaseState,
    fact::{EntryId, LogId},
};
use bits::hex;
use jiff::Timestamp;
use record::{Digest, EntryRef};
use std::fmt::Write as _;

/// A step of a case as its members sign it: the text of a note with a signature of each.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl StepStatement {
    /// The lines, newline included.
    pub fn text(&self) -> String {
        let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let mut text = format!(
            "{HEAD}\nexam {}\ncase {}\nbasis {}\nstate {}\nruling {}\nundoes {}\nat {:.3}\nby {}\n",
            self.exam,
            self.case,
            self.basis,
            self.state.word(),
            or_dash(&self.ruling),
            self.undoes.as_ref().map_or_else(|| "-".to_owned(), entry_line),
            self.at,
            self.by.join(" "),
        );
        self.entries.iter().for_each(|entry| {
            let _ = writeln!(text, "entry {}", entry_line(entry));
        });
        let _ = writeln!(text, "reason {}", or_dash(&self.reason));
        text
    }

    /// Reads the lines; nothing but what [`Self::text`] writes is read.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n').peekable();
        (lines.next()? == HEAD).then_some(())?;
        let mut take = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        let exam = take("exam")?;
        let case = CaseId::parse(&take("case")?)?;
        let basis = Digest(hex::decode(&take("basis")?)?.try_into().ok()?);
        let state = CaseState::of_word(&take("state")?)?;
        let ruling = un_dash(take("ruling")?);
        let undoes = match take("undoes")?.as_str() {
            "-" => None,
            line => Some(parse_entry(line)?),
        };
        let at = take("at")?.parse().ok()?;
        let by = take("by")?.split(' ').map(str::to_owned).collect();
        let mut entries = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("entry ")) {
            (entries.len() < MAX_ENTRIES).then_some(())?;
            entries.push(parse_entry(line.strip_prefix("entry ")?)?);
        }
        let reason = un_dash(lines.next()?.strip_prefix("reason ")?.to_owned());
        let read = Self { exam, case, basis, state, ruling, undoes, at, by, entries, reason };
        (read.text() == text).then_some(read)
    }
}

/// Reads an entry as [`entry_line`] writes it.
pub fn parse_entry(line: &str) -> Option<EntryId> {
    let mut parts = line.split(' ');
    let log = LogId::new(parts.next()?)?;
    let place = EntryRef { segment: parts.next()?.parse().ok()?, seq: parts.next()?.parse().ok()? };
    let leaf = Digest(hex::decode(parts.next()?)?.try_into().ok()?);
    parts.next().is_none().then_some(EntryId { log, place, leaf })
}

fn un_dash(text: String) -> String {
    if text == "-" { String::new() } else { text }
}

const HEAD: &str = "diemdanh/case-step/v1";
/// Entries that one statement names; a note has no room for more.
pub const MAX_ENTRIES: usize = 300;
