//! What an exam keeps and for how long: purges what is due, and opens sealed evidence for two members' eyes.
//!
//! Invariants:
//! - Nothing is deleted, and nothing is shown, before the signed entry about it is on the disk.
//! - Nothing is due while a case is open, or while somebody may still appeal.

use super::super::inspecting::trust;
use super::super::{Ending, Work, WorkError};
use super::lock;
use super::recording::{Signers, open_keys, record_by, record_statement};
use super::reviewing::{Sources, loaded};
use crate::exam::{APART_FOLDER, CANDIDATES_FILE, LOGS_FOLDER, PORTRAITS_FOLDER, TRUST_FOLDER};
use crate::loaded::Loaded;
use bits::hex;
use bits::text::{is_plain, shown_within};
use cccd::dg13;
use emrtd::authenticity::trust::TrustStore;
use emrtd::evidence::{ActiveAnswer, MAX_BUNDLE_BYTES, open_bundle};
use emrtd::inspect::Inspection;
use emrtd::lds::files::{FileId, LdsFiles};
use emrtd::replay::{Beside, replay_with};
use emrtd::report::page::PageWords as _;
use emrtd::report::render;
use host::folder::{is_there, list_files, list_folders, read_text_file, remove};
use host::keys::read_passphrase;
use host::{file, sealed};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use record::Digest;
use record::segment::digest;
use review::case::entry_line;
use review::deed::{DeedKind, DeedStatement};
use review::statement::Statement;
use review::{EntryId, Kind};
use std::path::{Path, PathBuf};
use tlog::NoteSigner;

/// A purge of what is due.
pub struct Purge {
    /// What the review is made from.
    pub sources: Sources,
    /// Why, in words.
    pub reason: String,
    /// Only says what would be deleted.
    pub dry_run: bool,
    /// Who signs.
    pub members: Signers,
}

/// Sealed evidence to be looked at.
pub struct Evidence {
    /// What the review is made from.
    pub sources: Sources,
    /// The sealed file, by its SHA-256.
    pub sha256: String,
    /// The sealed recovery key.
    pub recovery: PathBuf,
    /// Whose first line is its passphrase; `None` for the standard input.
    pub recovery_passphrase_file: Option<PathBuf>,
    /// The folder of CSCA certificates; `None` for the exam's own.
    pub trust: Option<PathBuf>,
    /// Why, in words.
    pub reason: String,
    /// Who looks, and signs.
    pub members: Signers,
}

/// Why nothing is due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDue {
    /// The exam does not say until when it keeps.
    Unsaid,
    /// The day is to come.
    Until(Date),
    /// So many cases are not settled.
    OpenCases(usize),
    /// Somebody may still appeal.
    Appeal(Date),
    /// A log cannot be relied on: whether a case is open is not known.
    Damaged(usize),
}

/// Whether what the exam keeps is due on this day: the day after `keep_until`, and no case is open.
///
/// # Errors
/// [`NotDue`]: the first reason why not.
pub fn due(loaded: &Loaded, today: Date) -> Result<(), NotDue> {
    let until = loaded.exam.settings.keep_until.ok_or(NotDue::Unsaid)?;
    if today <= until {
        return Err(NotDue::Until(until));
    }
    if !loaded.damaged.is_empty() {
        return Err(NotDue::Damaged(loaded.damaged.len()));
    }
    let (files, _) = review::decision::files(loaded.review.cases(), &loaded.told.steps);
    let open = files.values().filter(|file| !file.is_settled()).count();
    if open > 0 {
        return Err(NotDue::OpenCases(open));
    }
    match files.values().filter_map(|file| file.duties.appeal_until).max().filter(|until| today <= *until) {
        Some(until) => Err(NotDue::Appeal(until)),
        None => Ok(()),
    }
}

/// Deletes the list of candidates, portraits, exports that were put apart, and sealed evidence, after two members signed
/// that. Logs and the board's record stay: they name nobody.
///
/// # Errors
/// What kept it from being done.
pub fn purge(work: &mut Work<'_>, asked: &Purge) -> Result<Ending, WorkError> {
    let folder = &asked.sources.folder;
    let _held = lock(folder, "purge", asked.dry_run)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let words = &work.words.keeping;
    if !is_plain(&asked.reason) {
        return Ok(work.misused(&words.no_words()));
    }
    if let Err(why) = due(&loaded, today(work, &loaded)) {
        return Ok(work.refused(&said(why, work)));
    }
    let kept = kept(folder)?;
    for Kept { what, count, .. } in &kept {
        work.voice.say(&words.purges(what, count));
    }
    if asked.dry_run || kept.iter().all(|one| one.places.is_empty()) {
        return Ok(Ending::Done);
    }
    let what = || kept.iter().map(|one| format!("{} {}", one.what, one.count)).collect();
    let purged = |by, at| deed(&loaded, DeedKind::Purged, what(), (by, at), &asked.reason);
    let ending = record_by(work, folder, &loaded, &asked.members, &purged)?;
    if ending == Ending::Done {
        for path in kept.iter().flat_map(|one| &one.places) {
            remove(path)?;
        }
        work.voice.say(&work.words.keeping.purged());
    }
    Ok(ending)
}

fn today(work: &Work<'_>, loaded: &Loaded) -> Date {
    let offset = Offset::from_hours(loaded.exam.settings.utc_offset_hours).unwrap_or(Offset::UTC);
    offset.to_datetime(work.now).date()
}

fn said(why: NotDue, work: &Work<'_>) -> String {
    let words = &work.words.keeping;
    let day = |date: Date| date.strftime("%d/%m/%Y").to_string();
    match why {
        NotDue::Unsaid => words.unsaid(),
        NotDue::Until(until) => words.until(day(until)),
        NotDue::OpenCases(count) => words.open_cases(count),
        NotDue::Appeal(until) => words.appeal(day(until)),
        NotDue::Damaged(count) => words.damaged(count),
    }
}

fn deed(
    loaded: &Loaded,
    kind: DeedKind,
    what: Vec<String>,
    (by, at): (Vec<String>, Timestamp),
    reason: &str,
) -> Statement {
    let exam = loaded.review.expected().exam().to_owned();
    Statement::Deed(DeedStatement { exam, kind, what, at, by, reason: reason.to_owned() })
}

/// Something about people that the folder keeps: what it is, how many files or folders, and where.
struct Kept {
    what: &'static str,
    count: usize,
    places: Vec<PathBuf>,
}

/// Everything about people that the folder keeps, by kind. A folder goes as a whole: an empty one in an export is a stray.
fn kept(folder: &Path) -> Result<Vec<Kept>, WorkError> {
    let below = |what: &'static str, places: Vec<PathBuf>| -> Result<Kept, WorkError> {
        let mut kept = Kept { what, count: 0, places: Vec::new() };
        for place in places.into_iter().filter(|place| is_there(place)) {
            kept.count += list_files(&place)?.len() + list_folders(&place)?.len();
            kept.places.push(place);
        }
        Ok(kept)
    };
    let logs = list_folders(&folder.join(LOGS_FOLDER))?.into_iter();
    let evidence = logs.map(|name| folder.join(LOGS_FOLDER).join(name).join(EVIDENCE)).collect();
    let list: Vec<PathBuf> = [folder.join(CANDIDATES_FILE)].into_iter().filter(|path| is_there(path)).collect();
    Ok(vec![
        Kept { what: CANDIDATES_FILE, count: list.len(), places: list },
        below(PORTRAITS_FOLDER, vec![folder.join(PORTRAITS_FOLDER)])?,
        below(APART_FOLDER, vec![folder.join(APART_FOLDER)])?,
        below("logs/*/evidence/", evidence)?,
    ])
}

/// Opens sealed evidence in memory, writes down who looked, and shows the inspection as it is judged again.
///
/// # Errors
/// What kept it from being done.
pub fn evidence(work: &mut Work<'_>, asked: &Evidence) -> Result<Ending, WorkError> {
    let folder = &asked.sources.folder;
    let _held = lock(folder, "evidence", false)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let words = &work.words.keeping;
    if !is_plain(&asked.reason) {
        return Ok(work.misused(&words.no_words()));
    }
    let found = hex::decode(&asked.sha256).and_then(|bytes| bytes.try_into().ok()).map(Digest);
    let found = found.and_then(|sha256| Some((sha256, decision(&loaded, sha256)?)));
    let Some((sha256, (entry, at))) = found else {
        return Ok(work.refused(&words.no_evidence(shown_within(&asked.sha256))));
    };
    let Some(sealed) = sealed_file(folder, sha256)? else {
        return Ok(work.refused(&words.no_file(shown_within(&asked.sha256))));
    };
    let passphrase = read_passphrase(asked.recovery_passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&asked.recovery)?, &passphrase)?;
    let bundle = sealed::open(&sealed, &identity, MAX_BUNDLE_BYTES)?;
    let files = open_bundle(bundle.expose()).ok_or(WorkError::NoEvidence)?;
    let trust = trust(work, &asked.trust.clone().unwrap_or_else(|| folder.join(TRUST_FOLDER)))?;
    let keys = open_keys(&asked.members)?;
    let keys: Vec<&dyn NoteSigner> = keys.iter().map(AsRef::as_ref).collect();
    let what = || vec![format!("evidence {}", asked.sha256), format!("entry {}", entry_line(&entry))];
    let looked = |by, when| deed(&loaded, DeedKind::EvidenceOpened, what(), (by, when), &asked.reason);
    match record_statement(work, folder, &loaded, &looked, &keys)? {
        Ok(written) => work.voice.say(&work.words.decide.recorded(entry_line(&written))),
        Err(why) => return Ok(work.refused(&why)),
    }
    let inspection = judged_again(files, &trust, at);
    work.voice.put(&render::text(&inspection));
    work.voice.say(&work.words.inspect.meaning(inspection.overall));
    Ok(Ending::Done)
}

/// The decision that evidence was kept for, and when it was made.
fn decision(loaded: &Loaded, sha256: Digest) -> Option<(EntryId, Timestamp)> {
    let wanted = sha256.to_string();
    let logs = loaded.review.logs().iter().filter(|log| log.counts());
    logs.into_iter().find_map(|log| {
        let kept = log.packed().of_kind(Kind::Evidence).find(|fact| fact.has_reason(&wanted))?;
        let decided = log.fact(kept.refers?)?;
        Some((log.entry_id(&decided), decided.at))
    })
}

/// The sealed file, out of whichever kept export has it whole.
fn sealed_file(folder: &Path, sha256: Digest) -> Result<Option<Vec<u8>>, WorkError> {
    let logs = folder.join(LOGS_FOLDER);
    for name in list_folders(&logs)? {
        let path = logs.join(name).join(EVIDENCE).join(format!("{sha256}.age"));
        let Ok(bytes) = file::read(&path, MAX_BUNDLE_BYTES) else { continue };
        if digest(&bytes) == sha256 {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

fn judged_again(files: Vec<(String, Vec<u8>)>, trust: &TrustStore, at: Timestamp) -> Inspection {
    let (mut lds, mut answer) = (LdsFiles::new(), None);
    for (name, bytes) in files {
        match file_of(&name) {
            Some(file) => lds.insert(file, bytes),
            None if name == ActiveAnswer::FILE_NAME => answer = ActiveAnswer::parse(&bytes).ok(),
            None => (),
        }
    }
    replay_with(lds, Beside { answer: answer.as_ref(), issue_date: Some(dg13::ISSUED) }, trust, at)
}

/// The card's file with this name.
fn file_of(name: &str) -> Option<FileId> {
    let named = [FileId::Sod, FileId::Com, FileId::CardAccess, FileId::CardSecurity];
    named.into_iter().chain((1..=LAST_GROUP).map(FileId::Dg)).find(|file| file.file_name() == name)
}

const LAST_GROUP: u8 = 16;
/// Where an export keeps it.
const EVIDENCE: &str = "evidence";
