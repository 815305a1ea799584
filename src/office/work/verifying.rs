//! Checks exports against the board's key and what the board collected.

use super::{Work, WorkError};
use crate::verify::Verification;
use crate::{Check, Outside, Verdict, exam, report};
use host::export_folder::FolderSource;
use host::folder::{read_chosen, read_text_file};
use host::progress::Progress;
use host::threads::SideBySide;
use record::{BoardKeys, EntryRef, ExportSource, RevocationList};
use std::path::PathBuf;

/// Exports to be checked.
pub struct Verify {
    /// The exported folders.
    pub paths: Vec<PathBuf>,
    /// The board's verifier key.
    pub board_key: PathBuf,
    /// The folder of what the board collected: cosigned checkpoints and keys.
    pub anchors: Option<PathBuf>,
    /// The board's newest list of revoked certificates.
    pub revocations: Option<PathBuf>,
    /// The exam's folder, against which everything that a desk rested on is held.
    pub exam: Option<PathBuf>,
    /// Disputed entries, whose windows of time are told.
    pub entry: Vec<EntryRef>,
    /// The report is for another program.
    pub json: bool,
}

/// Tells a report on each export; the worst verdict decides.
///
/// # Errors
/// What kept it from being done.
pub fn verify(work: &Work<'_>, asked: &Verify) -> Result<Verdict, WorkError> {
    let board = BoardKeys::parse(&read_text_file(&asked.board_key)?)?;
    let outside = outside(asked, &board)?;
    let folders: Vec<FolderSource> = asked.paths.iter().map(|path| FolderSource::open_or_stray(path)).collect();
    let sources: Vec<&dyn ExportSource> = folders.iter().map(|folder| folder as &dyn ExportSource).collect();
    let bar = Progress::over(work.words.report.checking(), bundle_bytes(&sources));
    let progress = |bytes| bar.add(bytes);
    let check = Check { board: &board, outside: &outside, spread: &SideBySide::new(), progress: &progress };
    let named = asked.paths.iter().map(|path| path.display().to_string()).zip(sources.iter().copied());
    let all = check.run_named(&named.collect::<Vec<_>>());
    drop(bar);
    tell(work, asked, &all);
    Ok(report::worst(all.iter().map(Verification::verdict)))
}

fn tell(work: &Work<'_>, asked: &Verify, all: &[Verification]) {
    let named = asked.paths.iter().map(|path| path.display().to_string()).zip(all);
    if asked.json {
        let reports = named.map(|(name, one)| {
            let mut report = report::json(&name, one);
            let windows = asked.entry.iter().map(|entry| report::window_json(one, *entry)).collect();
            report["windows"] = serde_json::Value::Array(windows);
            report
        });
        work.voice.hand_on(&serde_json::Value::Array(reports.collect()));
    } else {
        for (name, one) in named {
            work.voice.say(&report::text(&name, one, work.words));
            asked.entry.iter().for_each(|entry| work.voice.say(&report::window(one, *entry, work.words)));
        }
    }
}

fn outside(asked: &Verify, board: &BoardKeys) -> Result<Outside, WorkError> {
    let mut outside = Outside::default();
    if let Some(path) = &asked.revocations {
        outside.revocations = Some(RevocationList::open(&read_text_file(path)?, board)?);
    }
    if let Some(folder) = &asked.exam {
        let names = [exam::EXAM_FILE, exam::PACKAGES_FILE, exam::PROGRAMS_FILE];
        outside.issued =
            Some(exam::Issued::read(&read_chosen(folder, &names, &[exam::DESKS_FOLDER, exam::MEMBERS_FOLDER])?)?);
    }
    if let Some(folder) = &asked.anchors {
        outside.collect(&FolderSource::open(folder)?);
    }
    Ok(outside)
}

/// The bundles of entries: what takes the time.
fn bundle_bytes(sources: &[&dyn ExportSource]) -> u64 {
    let bundles = |source: &&dyn ExportSource| -> u64 {
        let sizes = source.sizes();
        let bundles = sizes.iter().filter(|(path, _)| path.contains("/tile/entries/"));
        bundles.fold(0, |sum, (_, size)| sum.saturating_add(*size))
    };
    sources.iter().map(bundles).fold(0, u64::saturating_add)
}
