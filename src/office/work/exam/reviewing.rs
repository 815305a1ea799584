//! Puts what was received together with what the exam expects, and tells what follows from it. The one place that does.

use super::super::{Ending, Work, WorkError};
use super::indexing::Indexed;
use super::read;
use crate::board_record::{self, Members, RECORD_FOLDER};
use crate::exam::{self, Exam, Issued, LOGS_FOLDER, Settings, expecting};
use crate::loaded::Loaded;
use crate::received;
use crate::review_report::{self, Asked};
use crate::verify::Check;
use crate::{FindingKind, Outside};
use bits::spread::{InTurn, Spread as _};
use host::disk::{read_segment_file, segment_numbers};
use host::export_folder::FolderSource;
use host::folder::{list_folders, read_chosen, read_text_file};
use host::progress::Progress;
use host::threads::{SideBySide, meanwhile};
use jiff::tz::Offset;
use record::segment::read_segment;
use record::{BoardKeys, Digest, RevocationList, SegmentContent};
use review::decision::RECORD_SESSION;
use review::{Expected, Export, FactReader, Facts, Intake, LogId, Review, SegmentFacts};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use tlog::tree::leaf_hash;

/// What a review is made from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The board's verifier key.
    pub board_key: PathBuf,
    /// The folder of what the board collected: cosigned checkpoints and keys.
    pub anchors: Option<PathBuf>,
    /// The board's newest list of revoked certificates.
    pub revocations: Option<PathBuf>,
    /// The folder of the key under which this user keeps what was checked; without one everything is checked every time.
    pub index_keys: Option<PathBuf>,
}

/// Where this user's key for indexes lies; `None` where the system names no place that is the user's alone.
pub fn usual_index_keys() -> Option<PathBuf> {
    host::index_seal::state_folder()
}

/// Reads an exam, checks every kept export once more, unless this user's program has checked it as it lies there under what
/// is known now, and puts all together. `progress` is told how many of how many
/// exports are done; it says whether to go on.
///
/// # Errors
/// What kept it from being done. `Ok(None)` where `progress` said to stop.
pub fn load(sources: &Sources, progress: &mut dyn FnMut(usize, usize) -> bool) -> Result<Option<Loaded>, WorkError> {
    let board = BoardKeys::parse(&read_text_file(&sources.board_key)?)?;
    // The list of a whole country takes as long to read as all logs from their index: it is read beside them.
    let folder = sources.folder.clone();
    let reading = meanwhile("exam", move || -> Result<(Exam, Expected), WorkError> {
        let exam = Exam::read(&read(&folder)?)?;
        let expected = expecting::expected(&exam);
        Ok((exam, expected))
    });
    let reading = reading.map_err(|error| WorkError::at(&sources.folder, error))?;
    let (settings, issued) = issued(&sources.folder)?;
    let mut outside = outside(sources, &board, issued)?;
    let members = members(&sources.folder, &board)?;
    let own = |code| own_record(&sources.folder, &settings, code, &members);
    let records: Vec<Result<Option<Export>, String>> = members.codes().map(own).collect();
    let named = format!("{}/{}", settings.board, settings.id);
    outside.is_evidence_purged =
        records.iter().flatten().flatten().any(|record| board_record::has_purged(record, &members, &named));
    let index = Indexed::open(&sources.folder, sources.index_keys.as_deref(), &board, &outside);
    let names = list_folders(&sources.folder.join(LOGS_FOLDER))?;
    let names: Vec<String> = names.into_iter().filter(|name| !name.starts_with('.')).collect();
    let one = |at: usize| {
        let name = names.get(at)?;
        let source = FolderSource::open_or_stray(&sources.folder.join(LOGS_FOLDER).join(name));
        if let Some(export) = index.get(name, &source) {
            return Some((name.clone(), Some(export), Vec::new()));
        }
        let check = Check { board: &board, outside: &outside, spread: &InTurn, progress: &|_| {} };
        let checked = check.for_review(&source);
        let whats: Vec<FindingKind> =
            checked.counts.keys().copied().filter(|what| what.severity() != crate::Severity::Remark).collect();
        let export = checked.into_export();
        export.iter().for_each(|export| index.put(name, &source, export));
        Some((name.clone(), export, whats))
    };
    let (mut intake, mut damaged, mut exports, mut goes_on) = (Intake::default(), Vec::new(), 0, true);
    SideBySide::new().in_order(names.len(), &one, &mut |one| {
        match one {
            Some((_, Some(export), _)) => {
                exports += 1;
                intake.take(export);
            }
            Some((name, None, whats)) => damaged.push((name, whats)),
            None => (),
        }
        goes_on = progress(exports + damaged.len(), names.len());
        goes_on
    });
    if !goes_on {
        return Ok(None);
    }
    for record in records {
        match record {
            Ok(record) => record.into_iter().for_each(|record| {
                intake.take(record);
            }),
            Err(name) => damaged.push((name, vec![FindingKind::EntriesForm])),
        }
    }
    let (exam, expected) =
        reading.join().map_err(|_| WorkError::at(&sources.folder, io::ErrorKind::Other.into()))??;
    let review = Review::build_on(&SideBySide::new(), expected, intake);
    let told = board_record::told(&review, &members);
    let unindexed = index.fault.map(|(path, error)| (path, error.to_string()));
    Ok(Some(Loaded { exam, review, exports, board, members, told, damaged, unindexed }))
}

/// The members of the board, as the exam's folder names them.
pub(super) fn members(folder: &Path, board: &BoardKeys) -> Result<Members, WorkError> {
    let files = read_chosen(folder, &[exam::EXAM_FILE], &[exam::MEMBERS_FOLDER])?;
    let settings = Settings::read(files.get(exam::EXAM_FILE).map(Vec::as_slice).unwrap_or_default())?;
    Ok(Members::read(&files, board, &format!("{}/{}", settings.board, settings.id)))
}

/// A member's journal in the exam's folder, checked as an export of it would be: keys, checkpoints, roots. The folder's
/// name where it is damaged.
fn own_record(folder: &Path, settings: &Settings, code: &str, members: &Members) -> Result<Option<Export>, String> {
    let (name, Some(key)) = (format!("{RECORD_FOLDER}{code}"), members.key(code)) else { return Ok(None) };
    let journal = folder.join(&name);
    if !host::folder::is_folder(&journal) {
        return Ok(None);
    }
    let (mut reader, mut segments, mut last) = (FactReader::default(), Vec::new(), None);
    for number in segment_numbers(&journal).map_err(|_| name.clone())? {
        let bytes = read_segment_file(&journal, number).map_err(|_| name.clone())?;
        let SegmentContent::Good(segment) = read_segment(&bytes, key).map_err(|_| name.clone())? else { continue };
        let prev = segment.opened.prev.as_ref().map(|prev| prev.root.0);
        let origin = format!("{}/{}/{code}/{RECORD_SESSION}/{number:03}", settings.board, settings.id);
        if segment.opened.origin != origin || prev != last {
            return Err(name);
        }
        last = Some(segment.root);
        let facts = segment.entries.iter().zip(&segment.raw);
        let facts = facts.map(|(entry, raw)| reader.fact(number, entry, Digest(leaf_hash(raw)))).collect();
        segments.push(SegmentFacts { number, facts });
    }
    let log = LogId::new(&format!("{}/{}/{code}/{RECORD_SESSION}", settings.board, settings.id));
    let facts = Facts::of(segments);
    let of = |log| Export { log, site: String::new(), training: settings.training, facts, anchored: None };
    Ok(log.map(of))
}

/// Tells which logs have not come, are not closed, or contradict each other.
///
/// # Errors
/// What kept it from being done.
pub fn missing(work: &Work<'_>, sources: &Sources, json: bool) -> Result<Ending, WorkError> {
    let Some(loaded) = loaded(work, sources)? else { return Ok(Ending::Refused) };
    if json {
        work.voice.hand_on(&review_report::missing_json(&loaded));
    } else {
        work.voice.put(&review_report::missing(&loaded, work.words));
    }
    let is_whole = loaded.review.missing().next().is_none() && loaded.damaged.is_empty();
    Ok(if is_whole { Ending::Done } else { Ending::Remarks })
}

/// Tells what is known of the whole exam.
///
/// # Errors
/// What kept it from being done.
pub fn review(work: &Work<'_>, sources: &Sources, asked: &Asked, json: bool) -> Result<Ending, WorkError> {
    let Some(loaded) = loaded(work, sources)? else { return Ok(Ending::Refused) };
    if json {
        work.voice.hand_on(&review_report::json(&loaded));
    } else {
        let offset = Offset::from_hours(loaded.exam.settings.utc_offset_hours).unwrap_or(Offset::UTC);
        let asked = Asked { today: Some(offset.to_datetime(work.now).date()), ..asked.clone() };
        work.voice.put(&review_report::text(&loaded, &asked, work.words));
    }
    Ok(if loaded.damaged.is_empty() { Ending::Done } else { Ending::Remarks })
}

pub(super) fn loaded(work: &Work<'_>, sources: &Sources) -> Result<Option<Loaded>, WorkError> {
    let mut bar: Option<Progress> = None;
    let loaded = load(sources, &mut |done, all| {
        bar.get_or_insert_with(|| Progress::new(work.words.report.checking(), all)).at(done);
        true
    })?;
    if let Some((path, why)) = loaded.as_ref().and_then(|loaded| loaded.unindexed.as_ref()) {
        work.voice.remark(&work.words.review.unindexed(path.display(), why));
    }
    Ok(loaded)
}

/// What was issued for the exam of a folder, without its people.
pub(super) fn issued(folder: &Path) -> Result<(Settings, Issued), WorkError> {
    let names = [exam::EXAM_FILE, exam::PACKAGES_FILE, exam::PROGRAMS_FILE];
    let files = read_chosen(folder, &names, &[exam::DESKS_FOLDER, exam::MEMBERS_FOLDER])?;
    let settings = Settings::read(files.get(exam::EXAM_FILE).map(Vec::as_slice).unwrap_or_default())?;
    Ok((settings, Issued::read(&files)?))
}

/// What the board knows from elsewhere.
pub(super) fn outside(sources: &Sources, board: &BoardKeys, issued: Issued) -> Result<Outside, WorkError> {
    let mut outside = Outside { issued: Some(issued), ..Outside::default() };
    if let Some(path) = &sources.revocations {
        outside.revocations = Some(RevocationList::open(&read_text_file(path)?, board)?);
    }
    if let Some(folder) = &sources.anchors {
        outside.collect(&FolderSource::open(folder)?);
    }
    Ok(outside)
}

/// The exports that are kept already, by their folders' names: the log of each, and its manifest's digest.
pub(super) struct Kept(BTreeMap<String, (String, String)>);

impl Kept {
    pub(super) fn list(logs: &Path) -> Result<Self, WorkError> {
        let names = list_folders(logs)?.into_iter().filter(|name| !name.starts_with('.'));
        let facts = |name: String| {
            let source = FolderSource::open_or_stray(&logs.join(&name));
            let manifest = received::name(&source).map(|name| name.manifest).unwrap_or_default();
            (name, (received::log_of(&source).unwrap_or_default(), manifest))
        };
        Ok(Self(names.map(facts).collect()))
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn manifest_of(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(_, manifest)| manifest.as_str())
    }

    pub(super) fn of_log<'a>(&'a self, log: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(_, (one, _))| one == log).map(|(name, _)| name.as_str())
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(super) fn add(&mut self, name: &str, log: String, manifest: String) {
        self.0.insert(name.to_owned(), (log, manifest));
    }
}
