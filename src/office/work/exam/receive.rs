//! Takes exports from sticks and folders into the exam's folder.

use super::super::{Ending, Work, WorkError};
use super::lock;
use super::reviewing::{Kept, Sources, issued, outside};
use crate::exam::{APART_FOLDER, LOGS_FOLDER};
use crate::language::ReviewWords;
use crate::received::{self, KeptName, Refusal};
use crate::report;
use crate::verify::{Check, Verification};
use crate::{FindingKind, Outside};
use bits::spread::{InTurn, Spread as _};
use bits::text::shown_within;
use host::durable::{Disk, Medium};
use host::export_folder::FolderSource;
use host::file::create_folders;
use host::folder::{is_folder, list_folders, read_text_file, remove_unfinished, write_folder_from};
use host::folder_batch::FolderBatch;
use host::progress::Progress;
use host::threads::SideBySide;
use record::export_form::Part;
use record::{BoardKeys, ExportSource as _, SourceFault};
use review::{Intake, Taken};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Exports that came.
pub struct Receive {
    /// The exam's folder, and what exports are checked against.
    pub sources: Sources,
    /// Exported folders, and folders of them.
    pub exports: Vec<PathBuf>,
    /// Only says what would be done.
    pub dry_run: bool,
    /// The report is for another program.
    pub json: bool,
}

/// What became of one export.
enum Became {
    Taken(Taken, String),
    KeptMore(String),
    Refused(Refusal, Option<String>),
    Failed(String),
}

/// Takes every sound export in once, and puts every other one apart; each is named, and none keeps the others from being
/// taken.
///
/// # Errors
/// What kept it from being begun.
pub fn receive(work: &Work<'_>, asked: &Receive) -> Result<Ending, WorkError> {
    receive_on(&mut Disk, work, asked)
}

/// The same onto a medium of the caller's.
///
/// # Errors
/// As [`receive`].
pub fn receive_on(medium: &mut dyn Medium, work: &Work<'_>, asked: &Receive) -> Result<Ending, WorkError> {
    let sources = &asked.sources;
    let _held = lock(&sources.folder, "receive", asked.dry_run)?;
    let board = BoardKeys::parse(&read_text_file(&sources.board_key)?)?;
    let (settings, issued) = issued(&sources.folder)?;
    let outside = outside(sources, &board, issued)?;
    let [logs, apart] = [LOGS_FOLDER, APART_FOLDER].map(|name| sources.folder.join(name));
    if !asked.dry_run {
        remove_unfinished(&logs)?;
        remove_unfinished(&apart)?;
    }
    let batch = FolderBatch::new(&logs);
    let kept = Kept::list(&logs)?;
    let is_training = settings.training;
    let mut receiving = Receiving {
        work,
        is_dry: asked.dry_run,
        logs,
        apart,
        board,
        outside,
        kept,
        is_training,
        left_bytes: MAX_APART_BYTES,
        medium,
        batch,
        waiting: Vec::new(),
    };
    let found: Vec<PathBuf> = asked.exports.iter().flat_map(|path| exports_in(path)).collect();
    let became = receiving.all(&found);
    Ok(tell(work, asked, &found, &became))
}

/// The exports at or below a path: a folder that holds a part of one is one. A path with none is told as it is.
fn exports_in(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    gather(path, 0, &mut found);
    if found.is_empty() { vec![path.to_owned()] } else { found }
}

fn gather(path: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let is_export = EXPORT_PARTS.iter().any(|part| path.join(part).symlink_metadata().is_ok());
    if is_export {
        found.push(path.to_owned());
    } else if depth < MAX_DEPTH && found.len() < MAX_EXPORTS && is_folder(path) {
        match list_folders(path) {
            Ok(names) => names.iter().for_each(|name| gather(&path.join(name), depth + 1, found)),
            // What may not be looked into may be an export: it is told, not passed over.
            Err(_) => found.push(path.to_owned()),
        }
    }
}

struct Receiving<'a, 'w> {
    work: &'a Work<'w>,
    is_dry: bool,
    logs: PathBuf,
    apart: PathBuf,
    board: BoardKeys,
    outside: Outside,
    kept: Kept,
    is_training: bool,
    /// Bytes of bad exports that may still be kept in this run: they never take the room of good ones.
    left_bytes: u64,
    medium: &'a mut dyn Medium,
    /// Exports that are written and not flushed yet.
    batch: FolderBatch,
    waiting: Vec<Waiting>,
}

/// An export that is kept once it is flushed.
struct Waiting {
    /// Which of those that came.
    at: usize,
    folder: String,
    log: String,
}

impl Receiving<'_, '_> {
    /// Checks them on all cores and keeps them one after the other, in their order.
    fn all(&mut self, found: &[PathBuf]) -> Vec<(Became, Option<Verification>)> {
        let bar = Progress::new(self.work.words.review.receiving(), found.len());
        let mut became: Vec<(Became, Option<Verification>)> = Vec::with_capacity(found.len());
        let (board, outside) = (self.board.clone(), self.outside.clone());
        let check = |at: usize| found.get(at).map(|path| checked(&board, &outside, path));
        SideBySide::new().in_order(found.len(), &check, &mut |one| {
            if let Some((source, verification)) = one {
                // What is kept of a log decides what becomes of another export of it: then it has to be there.
                let log = verification.summary.log.as_ref();
                if self.batch.is_due() || self.waiting.iter().any(|one| log == Some(&one.log)) {
                    self.flush(&mut became);
                }
                let one = self.one(became.len(), &source, &verification);
                became.push((one, Some(verification)));
            }
            bar.at(became.len());
            true
        });
        self.flush(&mut became);
        became
    }

    /// Makes durable what waits for it; what could not be has not been taken.
    fn flush(&mut self, became: &mut [(Became, Option<Verification>)]) {
        let waiting = std::mem::take(&mut self.waiting);
        for (one, (_, done)) in waiting.iter().zip(self.batch.finish(self.medium)) {
            let Err(error) = done else { continue };
            self.kept.remove(&one.folder);
            if let Some((became, _)) = became.get_mut(one.at) {
                *became = Became::Failed(WorkError::from(error).said(self.work.words));
            }
        }
    }

    fn one(&mut self, at: usize, source: &FolderSource, checked: &Verification) -> Became {
        let name = match received::judge(source, checked, self.is_training) {
            Ok(name) => name,
            Err(refusal) => return self.apart(source, checked, refusal),
        };
        let log = checked.summary.log.clone().unwrap_or_default();
        let folder = match self.kept.place(&name) {
            Some(folder) => folder,
            None => return Became::Taken(Taken::Same, name.first().to_owned()),
        };
        let is_further = folder != name.first();
        let taken = if is_further { Taken::Same } else { self.relation(source, &log) };
        if !self.is_dry {
            if let Err(why) = self.keep(source, &folder, &name) {
                return Became::Failed(why.said(self.work.words));
            }
            self.waiting.push(Waiting { at, folder: folder.clone(), log: log.clone() });
        }
        self.kept.add(&folder, log, name.manifest.clone());
        if is_further { Became::KeptMore(folder) } else { Became::Taken(taken, folder) }
    }

    /// How it stands to what is kept of its log: only those are read again.
    fn relation(&self, source: &FolderSource, log: &str) -> Taken {
        let mut intake = Intake::default();
        let check = Check { board: &self.board, outside: &self.outside, spread: &InTurn, progress: &|_| {} };
        for name in self.kept.of_log(log) {
            let kept = FolderSource::open_or_stray(&self.logs.join(name));
            check.for_review(&kept).into_export().into_iter().for_each(|export| {
                intake.take(export);
            });
        }
        if intake.is_empty() {
            return Taken::New;
        }
        check.for_review(source).into_export().map_or(Taken::New, |export| intake.take(export))
    }

    fn keep(&mut self, source: &FolderSource, folder: &str, name: &KeptName) -> Result<(), WorkError> {
        let files = received::files(source, name).ok_or(SourceFault::Unreadable)?;
        create_folders(&self.logs).map_err(|error| WorkError::at(&self.logs, error))?;
        self.batch.put(self.medium, folder, files.map(|file| file.map_err(WorkError::from)))
    }

    /// Puts an export apart with the report on it, once.
    fn apart(&mut self, source: &FolderSource, checked: &Verification, refusal: Refusal) -> Became {
        let (name, paths) = received::apart(source);
        let target = self.apart.join(&name);
        if self.is_dry || source.sizes().is_empty() || target.symlink_metadata().is_ok() {
            let is_kept = !source.sizes().is_empty();
            return Became::Refused(refusal, is_kept.then_some(name));
        }
        let report = report::json(&name, checked).to_string().into_bytes();
        let bytes = paths.iter().fold(0_u64, |sum, (_, size)| sum.saturating_add(*size));
        let left = self.left_bytes.checked_sub(bytes);
        self.left_bytes = left.unwrap_or(self.left_bytes);
        let files = paths.into_iter().filter(|_| left.is_some()).map(|(path, _)| {
            let limit = Part::of(&path).map_or(0, Part::max_len);
            let bytes = source.read(&path, limit)?.into_owned();
            Ok::<_, WorkError>((format!("files/{path}"), bytes))
        });
        let all = files.chain([Ok((REPORT_FILE.to_owned(), report))]);
        let made = create_folders(&self.apart).map_err(|error| WorkError::at(&self.apart, error));
        match made.and_then(|()| write_folder_from(self.medium, &target, all)) {
            Ok(()) => Became::Refused(refusal, Some(name)),
            Err(why) => Became::Failed(why.said(self.work.words)),
        }
    }
}

fn checked(board: &BoardKeys, outside: &Outside, path: &Path) -> (FolderSource, Verification) {
    let source = FolderSource::open_or_stray(path);
    let check = Check { board, outside, spread: &InTurn, progress: &|_| {} };
    let verification = check.run(&[&source]).pop().unwrap_or_default();
    (source, verification)
}

/// Tells each and the whole; the worst decides.
fn tell(work: &Work<'_>, asked: &Receive, found: &[PathBuf], became: &[(Became, Option<Verification>)]) -> Ending {
    if asked.json {
        let all = found.iter().zip(became).map(|(path, (one, checked))| one_json(path, one, checked.as_ref()));
        work.voice.hand_on(&Value::Array(all.collect()));
    } else {
        for (path, (one, checked)) in found.iter().zip(became) {
            let log = checked.as_ref().and_then(|checked| checked.summary.log.clone());
            let log = log.unwrap_or_else(|| "?".to_owned());
            work.voice.say(&line(
                &work.words.review,
                &shown_within(&path.display().to_string()),
                &shown_within(&log),
                one,
                work,
            ));
        }
        let count = |wanted: fn(&Became) -> bool| became.iter().filter(|(one, _)| wanted(one)).count();
        work.voice.say(&work.words.review.received_sum(
            count(|one| {
                matches!(
                    one,
                    Became::Taken(Taken::New | Taken::Longer | Taken::Contradicts | Taken::Older, _)
                        | Became::KeptMore(_)
                )
            }),
            count(|one| matches!(one, Became::Taken(Taken::Same, _))),
            count(|one| matches!(one, Became::Refused(..))),
            count(|one| matches!(one, Became::Failed(_))),
        ));
    }
    let is_bad = |one: &Became| matches!(one, Became::Refused(..) | Became::Failed(_));
    match became {
        all if all.iter().any(|(one, _)| is_bad(one)) => Ending::Refused,
        all if all.iter().any(|(one, _)| matches!(one, Became::Taken(Taken::Contradicts, _))) => Ending::Remarks,
        _ => Ending::Done,
    }
}

fn line(words: &ReviewWords, path: &str, log: &str, one: &Became, work: &Work<'_>) -> String {
    match one {
        Became::Taken(Taken::New, _) => words.received_new(path, log),
        Became::Taken(Taken::Longer, _) => words.received_longer(path, log),
        Became::Taken(Taken::Same, _) => words.received_same(path, log),
        Became::Taken(Taken::Older, _) => words.received_older(path, log),
        Became::Taken(Taken::Contradicts, _) => words.received_contradicts(path, log),
        Became::KeptMore(_) => words.received_more(path, log),
        Became::Failed(why) => words.received_failed(path, why),
        Became::Refused(refusal, kept) => {
            let why = match refusal {
                Refusal::Mode => words.other_mode(),
                Refusal::Changed => words.changed_meanwhile(),
                Refusal::Unsound(whats) => said(whats, work),
            };
            match kept {
                Some(kept) => words.received_apart(path, why, format!("{APART_FOLDER}{kept}")),
                None => words.received_nothing(path, why),
            }
        }
    }
}

/// The gravest findings in words, with their codes.
fn said(whats: &[FindingKind], work: &Work<'_>) -> String {
    let said = whats.iter().take(MAX_SAID).map(|what| format!("{} [{}]", work.words.finding(*what), what.code()));
    said.collect::<Vec<_>>().join("; ")
}

fn one_json(path: &Path, one: &Became, checked: Option<&Verification>) -> Value {
    let (state, kept, whats) = match one {
        Became::Taken(taken, name) => (taken.word(), Some(format!("{LOGS_FOLDER}{name}")), Vec::new()),
        Became::KeptMore(name) => ("more", Some(format!("{LOGS_FOLDER}{name}")), Vec::new()),
        Became::Failed(_) => ("failed", None, Vec::new()),
        Became::Refused(refusal, name) => {
            let kept = name.as_ref().map(|name| format!("{APART_FOLDER}{name}"));
            match refusal {
                Refusal::Mode => ("apart", kept, vec!["mode"]),
                Refusal::Changed => ("apart", kept, vec!["changed"]),
                Refusal::Unsound(whats) => ("apart", kept, whats.iter().map(|what| what.code()).collect()),
            }
        }
    };
    json!({
        "path": path.display().to_string(),
        "state": state,
        "kept": kept,
        "why": whats,
        "log": checked.and_then(|checked| checked.summary.log.clone()),
        "verdict": checked.map(|checked| checked.verdict().word()),
        "entries": checked.map(|checked| checked.summary.entries),
    })
}

impl Kept {
    /// Where an export of this name is to lie; `None` where it lies there already.
    fn place(&self, name: &KeptName) -> Option<String> {
        if !self.holds(name.first()) {
            return Some(name.first().to_owned());
        }
        let is_kept = self.holds(&name.further()) || self.manifest_of(name.first()) == Some(name.manifest.as_str());
        (!is_kept).then(|| name.further())
    }
}

/// What a folder that is an export holds at least one of.
const EXPORT_PARTS: [&str; 3] = ["manifest", "desk-cert", "segments"];
/// Folders of folders of exports.
const MAX_DEPTH: usize = 6;
/// More exports than any exam has desks and sessions.
const MAX_EXPORTS: usize = 100_000;
/// Findings that are told of one export; the report beside it has all.
const MAX_SAID: usize = 3;
/// So many bytes of exports that are not taken are kept in one run; of what is more, the reports.
const MAX_APART_BYTES: u64 = 1 << 30;
/// The report beside an export that is kept apart.
const REPORT_FILE: &str = "report.json";
