//! Certifies members of the board, and writes down what they do about cases.

use super::super::{Ending, Work, WorkError};
use super::reviewing::{Sources, loaded};
use super::{lock, outputs, tell_written};
use crate::board_record::{MEMBER_SITE, RECORD_FOLDER, open};
use crate::exam::{DESKS_FOLDER, MEMBERS_FOLDER};
use crate::loaded::Loaded;
use bits::stamp::{Clock as _, Stamp};
use bits::text::is_plain;
use host::clock::{SystemClock, boot_id};
use host::disk::FileStore;
use host::folder::{list_names, read_text_file, replace_files, write_folder};
use host::keys::{open_key_file, read_passphrase};
use jiff::SignedDuration;
use record::certify::{CertRequest, certify};
use record::export::export;
use record::ids::{DeskId, ExamId};
use record::segment::digest;
use record::{AttendanceEvent, AttendanceLog, BoardKeys, Code, DeskCert, LogName, OpenBasis, Opening};
use review::decision::{CaseState, RECORD_SESSION};
use review::statement::{MAX_ENTRIES, StepStatement, parse_entry};
use review::{Case, CaseId, EntryId};
use std::path::{Path, PathBuf};
use tlog::{NoteKey, NoteVerifier};

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

/// A key and where its passphrase is.
pub struct SealedKey {
    /// The sealed key.
    pub key: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// What members do about a case.
pub struct Decide {
    /// What the review is made from.
    pub sources: Sources,
    /// The case's name.
    pub case: String,
    /// The state that it comes to.
    pub state: String,
    /// What is ruled, as a code; empty for nothing.
    pub ruling: String,
    /// Why, in words.
    pub reason: String,
    /// The step that this one takes back, as a report names it.
    pub undo: Option<String>,
    /// The member whose record takes the step.
    pub member: SealedKey,
    /// The member beside.
    pub with: Option<SealedKey>,
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
    /// The state that it comes to.
    pub state: CaseState,
    /// What is ruled, as a code; empty for nothing.
    pub ruling: &'a str,
    /// Why, in words on one line.
    pub reason: &'a str,
    /// The step that this one takes back.
    pub undoes: Option<EntryId>,
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
    let Some(state) = CaseState::of_word(&asked.state) else { return Ok(work.misused(&words.no_state(&asked.state))) };
    let undoes = match &asked.undo {
        None => None,
        Some(line) => match parse_entry(line)
            .filter(|entry| loaded.steps.iter().any(|step| step.entry == *entry && step.undoes.is_none()))
        {
            Some(entry) => Some(entry),
            None => return Ok(work.refused(&words.no_step(line))),
        },
    };
    if !is_plain(&asked.reason)
        || asked.reason.contains('\n')
        || (!asked.ruling.is_empty() && Code::new(&asked.ruling).is_err())
    {
        return Ok(work.misused(&words.no_reason()));
    }
    let order = StepOrder { case, state, ruling: &asked.ruling, reason: &asked.reason, undoes };
    let mut keys = vec![open_key(&asked.member)?];
    if let Some(with) = &asked.with {
        keys.push(open_key(with)?);
    }
    let keys: Vec<&NoteKey> = keys.iter().collect();
    match record_step(work, &asked.sources.folder, &loaded, &order, &keys)? {
        Ok(entry) => {
            work.voice.say(&work.words.decide.recorded(review::case::entry_line(&entry)));
            Ok(Ending::Done)
        }
        Err(why) => Ok(work.refused(&why)),
    }
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
    keys: &[&NoteKey],
) -> Result<Result<EntryId, String>, WorkError> {
    let mut by = Vec::new();
    for key in keys {
        match loaded.members.code_of(key.verifier()) {
            Some(code) => by.push(code.to_owned()),
            None => return Ok(Err(work.words.decide.no_member(key.verifier().name()))),
        }
    }
    let exam = loaded.review.expected().exam().to_owned();
    let said = StepStatement {
        exam: exam.clone(),
        case: order.case.id,
        basis: order.case.basis,
        state: order.state,
        ruling: order.ruling.to_owned(),
        undoes: order.undoes.clone(),
        at: record::entry::whole_ms(work.now),
        by,
        entries: order.case.entries.iter().take(MAX_ENTRIES).cloned().collect(),
        reason: order.reason.to_owned(),
    };
    let note = signed_by_all(&said.text(), keys)?;
    // Whoever reads it later reads it so: what would not count then is not written now.
    if let Err(fault) = open(&note, &loaded.members, &exam) {
        return Ok(Err(fault.said(&work.words.decide)));
    }
    let (Some(first), Some(code)) = (keys.first(), said.by.first()) else {
        return Ok(Err(work.words.decide.no_member("")));
    };
    append(work, folder, loaded, (code, first), note).map(Ok)
}

fn signed_by_all(text: &str, keys: &[&NoteKey]) -> Result<String, WorkError> {
    let mut note = format!("{text}\n");
    for key in keys {
        let one = key.sign(text)?;
        note.push_str(one.get(text.len() + 1..).unwrap_or_default());
    }
    Ok(note)
}

fn append(
    work: &mut Work<'_>,
    folder: &Path,
    loaded: &Loaded,
    (member, key): (&str, &NoteKey),
    note: String,
) -> Result<EntryId, WorkError> {
    let settings = &loaded.exam.settings;
    let name = LogName {
        board: settings.board.clone(),
        exam: settings.id.parse()?,
        desk: member.parse()?,
        session: RECORD_SESSION.parse()?,
    };
    let log_name = name.log();
    let operator = Code::new(member).unwrap_or_else(|_| Code::unknown());
    let opening = Opening {
        name,
        device: key,
        desk_cert: loaded.members.note(member).unwrap_or_default().to_owned(),
        training: settings.training,
        boot_id: boot_id().unwrap_or_else(|| "unknown".to_owned()),
        operator: operator.clone(),
        package: None,
        policy_sha256: digest(b""),
        trust_store: String::new(),
        program: concat!("diemdanh-board ", env!("CARGO_PKG_VERSION")).to_owned(),
        program_sha256: None,
        revocations: None,
        basis: OpenBasis { board_keys: Some(loaded.board.digest()), ..OpenBasis::default() },
    };
    let store = FileStore::open(&folder.join(RECORD_FOLDER).join(member))?;
    let stamp = Stamp { wall: work.now, ..SystemClock.now() };
    let (mut log, _) = AttendanceLog::open(store, &opening, stamp, work.random)?;
    let appended = log.append(&operator, AttendanceEvent::CaseStep { note }, stamp)?;
    let place = appended.proof.entry();
    log.close(&operator, stamp)?;
    let leaf = leaf_of(&folder.join(RECORD_FOLDER).join(member), key.verifier(), place)?;
    let log = review::LogId::new(&log_name).ok_or(WorkError::NoEvidence)?;
    Ok(EntryId { log, place, leaf })
}

/// The leaf hash of an entry that was just written, read back from the disk.
fn leaf_of(folder: &Path, key: &NoteVerifier, place: record::EntryRef) -> Result<record::Digest, WorkError> {
    use record::SegmentContent::Good;
    let bytes = host::disk::read_segment_file(folder, place.segment)?;
    let Good(segment) = record::segment::read_segment(&bytes, key)? else { return Err(WorkError::NoEvidence) };
    let raw = usize::try_from(place.seq).ok().and_then(|seq| segment.raw.get(seq)).ok_or(WorkError::NoEvidence)?;
    Ok(record::Digest(tlog::tree::leaf_hash(raw)))
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
    let files = export(&mut store, members.note(code).unwrap_or_default(), &key)?;
    write_folder(&asked.out, &files)?;
    tell_written(work, false, &asked.out);
    Ok(Ending::Done)
}

fn open_key(sealed: &SealedKey) -> Result<NoteKey, WorkError> {
    Ok(open_key_file(&sealed.key, &read_passphrase(sealed.passphrase_file.as_deref())?)?)
}

/// A member's certificate is good for two years: appeals are part of the work.
const MEMBER_HOURS: i64 = 2 * 366 * 24;
