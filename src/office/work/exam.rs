//! Makes an exam and keeps it as a folder of files.

pub mod book;
pub mod checking;
pub mod counting;
pub mod deciding;
pub mod desks;
pub mod handing;
pub mod import;
mod indexing;
pub mod keeping;
mod list;
mod material;
pub mod operators;
pub mod pack;
pub mod packages;
pub mod pin_letters;
pub mod receipting;
pub mod receive;
pub mod recording;
pub mod reporting;
pub mod reviewing;
mod summary;

use super::{Ending, Work, WorkError};
use crate::Files;
use crate::exam::settings::is_part;
use crate::exam::{self, Exam, Settings};
use bits::text::is_plain;
use host::folder::{read_chosen, write_folder};
use host::folder_lock::FolderLock;
use host::outputs::Outputs;
use std::path::{Path, PathBuf};

/// A new exam.
pub struct New {
    /// The folder to make.
    pub folder: PathBuf,
    /// The board's domain.
    pub board: String,
    /// The exam's id.
    pub id: String,
    /// The exam's name on screens and paper.
    pub title: String,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Makes the folder of a new exam.
///
/// # Errors
/// What kept it from being done.
pub fn new(work: &Work<'_>, asked: &New) -> Result<Ending, WorkError> {
    if !is_part(&asked.board) || !is_part(&asked.id) {
        return Ok(work.misused(&work.words.exam.ids_not_ascii()));
    }
    if !is_plain(&asked.title) {
        return Ok(work.misused(&work.words.files.not_plain("--title")));
    }
    let files: Vec<_> = Exam::new_files(&Settings::new(&asked.board, &asked.id, &asked.title)).into_iter().collect();
    if !asked.dry_run {
        write_folder(&asked.folder, &files)?;
    }
    let words = &work.words.files;
    for (path, _) in &files {
        let path = asked.folder.join(path);
        work.voice.say(&if asked.dry_run { words.will_make(path.display()) } else { words.made(path.display()) });
    }
    Ok(Ending::Done)
}

/// The files of an exam's folder; portraits and what is not the exam's stay where they are.
fn read(folder: &Path) -> Result<Files, WorkError> {
    let names = [
        exam::EXAM_FILE,
        exam::SITES_FILE,
        exam::ROOMS_FILE,
        exam::CANDIDATES_FILE,
        exam::EXEMPT_FILE,
        exam::OPERATORS_FILE,
        exam::POLICY_FILE,
        exam::MAPPING_FILE,
        exam::IMPORT_FILE,
        exam::PACKAGES_FILE,
    ];
    Ok(read_chosen(folder, &names, &[exam::TRUST_FOLDER, exam::DESKS_FOLDER])?)
}

/// Nobody else writes the exam's folder while this is held; a dry run writes nothing and needs no lock.
fn lock(folder: &Path, command: &str, dry_run: bool) -> Result<Option<FolderLock>, WorkError> {
    if dry_run { Ok(None) } else { Ok(Some(FolderLock::take(folder, &format!("exam {command}"))?)) }
}

/// Where a command that reads `inputs` may write what it was asked for.
fn outputs(inputs: &[&Path]) -> Outputs {
    Outputs::beside(inputs, exam::EXAM_FILE)
}

/// Says that a file was written, or would be.
fn tell_written(work: &Work<'_>, dry_run: bool, path: &Path) {
    let (words, path) = (&work.words.files, path.display());
    work.voice.say(&if dry_run { words.will_write(path) } else { words.wrote(path) });
}
