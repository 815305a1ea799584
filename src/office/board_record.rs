//! The board's own record: what members did about cases, in the same format as a desk's log, each member under a key that
//! the board's set has certified.
//!
//! Invariants:
//! - A step counts when every member whom it names has signed it, the writer among them, and there are two where two are
//!   needed. A typed name is nobody.
//! - A member's certificate makes nobody a desk: a log of a member about who sat is not taken.

use crate::exam::{Files, MEMBERS_FOLDER};
use crate::language::DecideWords;
use record::segment::digest;
use record::{BoardKeys, DeskCert};
use review::decision::{RECORD_SESSION, Step};
use review::deed::{Deed, DeedKind};
use review::explanation::Explanation;
use review::scripts::{CountSource, ScriptCount};
use review::statement::Statement;
use review::{EntryId, Fact, Kind, Log, LogState, Review};
use std::collections::{BTreeMap, BTreeSet};
use tlog::NoteVerifier;

/// The folder of the members' journals, in an exam's: one folder each.
pub const RECORD_FOLDER: &str = "board/";

/// What a member's certificate names for a site. No site of an exam is called so: a desk's certificate makes nobody a member.
pub const MEMBER_SITE: &str = "@board";

/// The members of a board, by their codes, each with what the board certified.
#[derive(Debug, Clone, Default)]
pub struct Members(BTreeMap<String, (DeskCert, String)>);

impl Members {
    /// Those whose certificates this board has signed for this exam, out of the files of an exam's folder. A file that is
    /// none is nobody.
    pub fn read(files: &Files, board: &BoardKeys, exam: &str) -> Self {
        let one = |(path, bytes): (&String, &Vec<u8>)| {
            let code = path.strip_prefix(MEMBERS_FOLDER)?.strip_suffix(".cert")?;
            let note = String::from_utf8(bytes.clone()).ok()?;
            let cert = DeskCert::open(&note, board).ok()?;
            let is_ours =
                cert.desk == *code && cert.site == MEMBER_SITE && format!("{}/{}", cert.board, cert.exam) == exam;
            is_ours.then(|| (code.to_owned(), (cert, note)))
        };
        Self(files.iter().filter_map(one).collect())
    }

    /// A member's key.
    pub fn key(&self, code: &str) -> Option<&NoteVerifier> {
        self.0.get(code).map(|(cert, _)| &cert.device)
    }

    /// A member's certificate, as a note.
    pub fn note(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(|(_, note)| note.as_str())
    }

    /// The member whose key this is.
    pub fn code_of(&self, key: &NoteVerifier) -> Option<&str> {
        self.0.iter().find(|(_, (cert, _))| cert.device == *key).map(|(code, _)| code.as_str())
    }

    /// All codes.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Why a step of a record does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepFault {
    /// Not in the form of a step, or of another exam.
    #[error("not a step of a case of this exam")]
    Form,
    /// A member whom it names has not signed it, or is none.
    #[error("a member named in it has not signed it")]
    Unsigned,
    /// Whoever wrote the record is not among those who signed.
    #[error("the member whose record this is has not signed it")]
    Writer,
    /// One member where two are needed.
    #[error("two members have to sign it")]
    OneMember,
}

impl StepFault {
    /// What a member reads.
    pub fn said(self, words: &DecideWords) -> String {
        match self {
            Self::Form => words.form(),
            Self::Unsigned => words.unsigned(),
            Self::Writer => words.writer(),
            Self::OneMember => words.one_member(),
        }
    }
}

/// Everything that members did, out of all their records.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Steps of cases.
    pub steps: Vec<Step>,
    /// How many scripts rooms handed in.
    pub counts: Vec<ScriptCount>,
    /// What explains differences.
    pub explanations: Vec<Explanation>,
    /// What was looked at and purged.
    pub deeds: Vec<Deed>,
    /// Entries that do not count, and why.
    pub faults: Vec<(EntryId, StepFault)>,
}

/// What members did, out of all logs of a review.
pub fn told(review: &Review, members: &Members) -> Told {
    let mut told = Told::default();
    let records = review.logs().iter().filter(|log| log.state == LogState::BoardRecord);
    for log in records {
        for fact in log.packed().of_kind(Kind::CaseStep) {
            match of_writer(log, &fact, members, review.expected().exam()) {
                Ok(said) => told.take(log.entry_id(&fact), &fact, said),
                Err(fault) => told.faults.push((log.entry_id(&fact), fault)),
            }
        }
    }
    told
}

impl Told {
    fn take(&mut self, entry: EntryId, fact: &Fact, said: Statement) {
        let (statement, at) = (digest(said.text().as_bytes()), fact.at);
        match said {
            Statement::Step(said) => self.steps.push(Step {
                entry,
                at,
                case: said.case,
                basis: said.basis,
                state: said.state,
                ruling: said.ruling,
                reason: said.reason,
                duties: said.duties,
                answers: said.answers,
                by: said.by,
                statement,
                undoes: said.undoes,
            }),
            Statement::Count(said) => self.counts.push(ScriptCount {
                entry,
                source: CountSource::Board,
                statement,
                session: said.session,
                room: said.room,
                scripts: said.scripts,
                at,
                by: said.by,
                instead: said.instead,
                reason: said.reason,
            }),
            Statement::Explanation(said) => self.explanations.push(Explanation { entry, statement, said }),
            Statement::Deed(said) => self.deeds.push(Deed { entry, said }),
        }
    }
}

/// True where two members signed in this record that what was due was purged.
pub(crate) fn has_purged(record: &review::Export, members: &Members, exam: &str) -> bool {
    let facts = record.facts.of_kind(Kind::CaseStep);
    let notes = facts.filter_map(|fact| Some(open(fact.reasons.first()?.as_str(), members, exam)));
    notes.flatten().any(|said| matches!(said, Statement::Deed(deed) if deed.kind == DeedKind::Purged))
}

fn of_writer(log: &Log, fact: &Fact, members: &Members, exam: &str) -> Result<Statement, StepFault> {
    let note = fact.reasons.first().map_or("", |note| note.as_str());
    let said = open(note, members, exam)?;
    if said.by().iter().any(|code| code == log.id.desk()) { Ok(said) } else { Err(StepFault::Writer) }
}

/// Reads a signed statement; every member whom it names must have signed.
///
/// # Errors
/// [`StepFault`].
pub fn open(note: &str, members: &Members, exam: &str) -> Result<Statement, StepFault> {
    let text = note.split_once("\n\n").map(|(text, _)| format!("{text}\n")).ok_or(StepFault::Form)?;
    let said = Statement::parse(&text).filter(|said| said.exam() == exam).ok_or(StepFault::Form)?;
    let has_signed = |code: &String| members.key(code).is_some_and(|key| key.open(note) == Ok(text.as_str()));
    if !said.by().iter().all(has_signed) {
        return Err(StepFault::Unsigned);
    }
    let keys: BTreeSet<Vec<u8>> =
        said.by().iter().filter_map(|code| members.key(code)).map(NoteVerifier::key_bytes).collect();
    let needed = if said.needs_two() { 2 } else { 1 };
    if keys.len() < needed { Err(StepFault::OneMember) } else { Ok(said) }
}

/// True for the name of a log that is a member's record.
pub(crate) fn is_record(log: &str) -> bool {
    log.rsplit_once('/').is_some_and(|(_, session)| session == RECORD_SESSION)
}
