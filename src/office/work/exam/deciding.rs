//! Certifies members of the board, and writes down what they do about cases.

use super::super::{Ending, Work, WorkError};
use super::recording::{Signers, open_key, record_by, record_statement};
use super::reviewing::{Sources, loaded};
use super::{lock, outputs, tell_written};
use crate::board_record::{MEMBER_SITE, RECORD_FOLDER};
use crate::exam::{DESKS_FOLDER, MEMBERS_FOLDER};
use crate::loaded::Loaded;
use bits::text::shown_within;
use host::disk::FileStore;
use host::folder::{list_names, read_text_file, replace_files, write_folder};
use host::keys::{open_key_file, read_passphrase};
use jiff::{SignedDuration, Timestamp};
use record::certify::{CertRequest, certify};
use record::export::export;
use record::ids::{DeskId, ExamId};
use record::{BoardKeys, Code, DeskCert, Digest};
use review::answer::Answer;
use review::decision::{CaseState, files, seen};
use review::order::StepDraft;
use review::statement::{Duties, MAX_ENTRIES, Statement, StepStatement, parse_entry};
use review::{Case, CaseId, EntryId};
use std::path::{Path, PathBuf};
use tlog::{NoteSigner, NoteVerifier};

pub use super::recording::{Passphrase, SealedKey};

/// Somebody who becomes a member.
pub struct Member {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The member's code, which stands in the record.
    pub code: String,
    /// The member's verifier key, named `<board>/<code>`.
    pub member: PathBuf,
    /// The board's sealed key.
    pub key: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// What members do about a case.
pub struct Decide {
    /// What the review is made from.
    pub sources: Sources,
    /// The case's name.
    pub case: String,
    /// What its members saw of it, see [`seen`]; `None` where they look at what is there now.
    pub seen: Option<Digest>,
    /// The state that it comes to.
    pub state: String,
    /// What is ruled, as a code; empty for nothing.
    pub ruling: String,
    /// Why, in words.
    pub reason: String,
    /// The step that this one takes back, as a report names it.
    pub undo: Option<String>,
    /// What it asks for and brings.
    pub duties: Duties,
    /// What was found about explanations of the case's kind.
    pub answers: Vec<Answer>,
    /// Who signs.
    pub members: Signers,
}

/// A member's record to be handed over.
pub struct Record {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The board's verifier key.
    pub board_key: PathBuf,
    /// The member's key.
    pub member: SealedKey,
    /// The new folder.
    pub out: PathBuf,
}

/// What becomes of a case, before anybody has signed.
pub struct StepOrder<'a> {
    /// The case.
    pub case: &'a Case,
    /// What is to be said about it.
    pub draft: StepDraft,
}

impl StepOrder<'_> {
    fn statement(&self, exam: &str, by: Vec<String>, at: Timestamp) -> Statement {
        Statement::Step(StepStatement {
            exam: exam.to_owned(),
            case: self.case.id,
            basis: self.case.basis,
            state: self.draft.state,
            ruling: self.draft.ruling.clone(),
            undoes: self.draft.undoes.clone(),
            at,
            by,
            entries: self.case.entries.iter().take(MAX_ENTRIES).cloned().collect(),
            reason: self.draft.reason.clone(),
            duties: self.draft.duties.clone(),
            answers: self.draft.answers.clone(),
        })
    }
}

/// Signs a member's certificate for this exam.
///
/// # Errors
/// What kept it from being done.
pub fn member(work: &Work<'_>, asked: &Member) -> Result<Ending, WorkError> {
    let _held = lock(&asked.folder, "member", asked.dry_run)?;
    let (settings, _) = super::reviewing::issued(&asked.folder)?;
    let path = format!("{MEMBERS_FOLDER}{}.cert", asked.code);
    let (Ok(desk), Ok(_)) = (asked.code.parse::<DeskId>(), Code::new(&asked.code)) else {
        return Ok(work.misused(&work.words.decide.no_code(&asked.code)));
    };
    let exam: ExamId = settings.id.parse()?;
    if asked.folder.join(&path).symlink_metadata().is_ok()
        || asked.folder.join(format!("{DESKS_FOLDER}{}.toml", asked.code)).symlink_metadata().is_ok()
    {
        return Ok(work.refused(&work.words.decide.taken(&asked.code)));
    }
    let device = NoteVerifier::parse(read_text_file(&asked.member)?.trim_end_matches(['\r', '\n']))?;
    let board = open_key_file(&asked.key, &read_passphrase(asked.passphrase_file.as_deref())?)?;
    let request = CertRequest {
        serial: next_serial(&asked.folder)?,
        exam,
        desk,
        site: MEMBER_SITE.to_owned(),
        training: settings.training,
        not_before: work.now,
        not_after: work.now.checked_add(SignedDuration::from_hours(MEMBER_HOURS))?,
        device,
        tls_certificate: None,
    };
    let note = certify(&board, request)?;
    if !asked.dry_run {
        replace_files(&asked.folder, &[(path.clone(), note.into_bytes())])?;
    }
    tell_written(work, asked.dry_run, &asked.folder.join(path));
    Ok(Ending::Done)
}

/// One above every certificate of a desk or a member.
fn next_serial(folder: &Path) -> Result<u32, WorkError> {
    let mut highest = 0;
    for inner in [DESKS_FOLDER, MEMBERS_FOLDER] {
        for name in list_names(&folder.join(inner))?.iter().filter(|name| name.ends_with(".cert")) {
            let note = read_text_file(&folder.join(inner).join(name))?;
            highest = highest.max(DeskCert::peek(&note).map_or(0, |cert| cert.serial));
        }
    }
    highest.checked_add(1).ok_or(WorkError::LastList)
}

/// Writes a step into a member's record, signed by all who stand behind it.
///
/// # Errors
/// What kept it from being done.
pub fn decide(work: &mut Work<'_>, asked: &Decide) -> Result<Ending, WorkError> {
    let _held = lock(&asked.sources.folder, "decide", false)?;
    let words = &work.words.decide;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let case = CaseId::parse(&asked.case).and_then(|id| loaded.review.cases().iter().find(|case| case.id == id));
    let Some(case) = case else { return Ok(work.refused(&words.no_case(&asked.case))) };
    if asked.seen.is_some_and(|before| Some(before) != seen_now(&loaded, case)) {
        return Ok(work.refused(&words.changed_since()));
    }
    let Some(state) = CaseState::of_word(&asked.state) else { return Ok(work.misused(&words.no_state(&asked.state))) };
    let undoes = match &asked.undo {
        None => None,
        Some(line) => match parse_entry(line).filter(|entry| can_be_taken_back(&loaded, entry)) {
            Some(entry) => Some(entry),
            None => return Ok(work.refused(&words.no_step(line))),
        },
    };
    let draft = StepDraft {
        state,
        ruling: asked.ruling.clone(),
        reason: asked.reason.clone(),
        undoes,
        answers: asked.answers.clone(),
        duties: asked.duties.clone(),
    };
    if let Some(fault) = draft.fault() {
        return Ok(work.misused(&words.draft(fault)));
    }
    if let Some(answer) = draft.answers.iter().find(|one| !case.rule.explanations().contains(&one.code.as_str())) {
        let all = case.rule.explanations().join(", ");
        return Ok(work.misused(&words.no_explanation(shown_within(&answer.code), all)));
    }
    let order = StepOrder { case, draft };
    let step = |by, at| order.statement(loaded.review.expected().exam(), by, at);
    record_by(work, &asked.sources.folder, &loaded, &asked.members, &step)
}

fn seen_now(loaded: &Loaded, case: &Case) -> Option<Digest> {
    let (files, _) = files(std::slice::from_ref(case), &loaded.told.steps);
    files.get(&case.id).map(|file| seen(case, file))
}

fn can_be_taken_back(loaded: &Loaded, entry: &EntryId) -> bool {
    loaded.told.steps.iter().any(|step| step.entry == *entry && step.undoes.is_none())
}

/// Signs a step with all keys and writes it durably into the first member's record; the entry that it became, or why
/// nobody may sign it. The caller holds the lock of the exam's folder.
///
/// # Errors
/// What kept it from being written.
pub fn record_step(
    work: &mut Work<'_>,
    folder: &Path,
    loaded: &Loaded,
    order: &StepOrder<'_>,
    keys: &[&dyn NoteSigner],
) -> Result<Result<EntryId, String>, WorkError> {
    let step = |by, at| order.statement(loaded.review.expected().exam(), by, at);
    record_statement(work, folder, loaded, &step, keys)
}

/// Lays a member's record out as an export that anybody can check.
///
/// # Errors
/// What kept it from being done.
pub fn record(work: &Work<'_>, asked: &Record) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.out)?;
    let board = BoardKeys::parse(&read_text_file(&asked.board_key)?)?;
    let members = super::reviewing::members(&asked.folder, &board)?;
    let key = open_key(&asked.member)?;
    let Some(code) = members.code_of(key.verifier()) else {
        return Ok(work.refused(&work.words.decide.no_member(key.verifier().name())));
    };
    let mut store = FileStore::open(&asked.folder.join(RECORD_FOLDER).join(code))?;
    let files = export(&mut store, members.note(code).unwrap_or_default(), key.as_ref())?;
    write_folder(&asked.out, &files)?;
    tell_written(work, false, &asked.out);
    Ok(Ending::Done)
}

/// A member's certificate is good for two years: appeals are part of the work.
const MEMBER_HOURS: i64 = 2 * 366 * 24;
