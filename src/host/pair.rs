//! Two files that only mean something together: a document, and the file that makes its content true.
//!
//! Letters with PINs and the list with their hashes: hashes without letters lock people out, and letters without
//! hashes open nothing. The document is written and flushed under a name with a mark that the new list is known by,
//! then the list is replaced, then the document gets its own name. Wherever that is cut, [`settle`] knows from the
//! list in force whether the unfinished document is the true one or never became true.
//!
//! Invariants:
//! - The list is never replaced before the document lies whole on the disk.
//! - An existing document is never overwritten.

use super::durable::{self, Disk, Medium, parent};
use super::folder::FolderError;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What [`settle`] found of runs that were cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing.
    Nothing,
    /// The document is true and has its name now.
    Finished,
    /// So many documents that never became true were removed.
    Removed(usize),
}

/// A document that waits for its list.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its place.
    pub path: &'a Path,
    /// Its content.
    pub bytes: &'a [u8],
    /// What the new list is known by: letters and digits.
    pub mark: &'a str,
}

/// Writes `document` and replaces the list at `list`, so that a cut leaves both old or can be settled to both new.
///
/// # Errors
/// [`FolderError::Exists`] for a document that is there already; the operating system's. After an error, as after a
/// cut, [`settle`] tells what holds.
pub fn write_pair(document: Document<'_>, list: &Path, lines: &[u8]) -> Result<(), FolderError> {
    write_pair_on(&mut Disk, document, list, lines)
}

/// The same on a medium of the caller's.
///
/// # Errors
/// As [`write_pair`].
pub fn write_pair_on(
    medium: &mut dyn Medium,
    document: Document<'_>,
    list: &Path,
    lines: &[u8],
) -> Result<(), FolderError> {
    let Document { path, bytes, mark } = document;
    let (folder, unfinished) = (parent(path), unfinished(path, mark)?);
    refuse_existing(path)?;
    medium.create_folder(folder).map_err(at(folder))?;
    durable::create(medium, &unfinished, bytes).map_err(at(&unfinished))?;
    durable::replace(medium, list, lines).map_err(at(list))?;
    refuse_existing(path)?;
    durable::rename(medium, &unfinished, path).map_err(at(path))
}

/// Replaces a file by one that only its owner reads, whole or not at all.
///
/// # Errors
/// The operating system's.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    durable::replace(&mut Disk, path, bytes).map_err(at(path))
}

/// Brings a run that was cut to its end, or takes its leavings away. `is_in_force` knows the mark of the list in force.
///
/// # Errors
/// [`FolderError::Exists`] when a true document cannot get its name; the operating system's.
pub fn settle(path: &Path, is_in_force: impl Fn(&str) -> bool) -> Result<Settled, FolderError> {
    let (folder, left) = (parent(path), left_over(path)?);
    let (mut removed, mut finished) = (0, false);
    for (mark, unfinished) in &left {
        if is_in_force(mark) {
            refuse_existing(path)?;
            fs::rename(unfinished, path).map_err(at(path))?;
            finished = true;
        } else {
            fs::remove_file(unfinished).map_err(at(unfinished))?;
            removed += 1;
        }
    }
    if !left.is_empty() {
        Disk.sync_names(folder).map_err(at(folder))?;
    }
    Ok(match (finished, removed) {
        (true, _) => Settled::Finished,
        (false, 0) => Settled::Nothing,
        (false, count) => Settled::Removed(count),
    })
}

/// The documents of this name that wait for their list, by their marks.
fn left_over(path: &Path) -> Result<Vec<(String, PathBuf)>, FolderError> {
    let folder = parent(path);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let head = format!("{}.", name(path)?);
    let mark_of = |name: &str| {
        let mark = name.strip_prefix(&head)?.strip_suffix(UNFINISHED)?;
        (!mark.is_empty() && mark.bytes().all(|one| one.is_ascii_alphanumeric())).then(|| mark.to_owned())
    };
    let mut left = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        left.extend(entry.file_name().to_str().and_then(mark_of).map(|mark| (mark, entry.path())));
    }
    Ok(left)
}

fn unfinished(path: &Path, mark: &str) -> Result<PathBuf, FolderError> {
    Ok(parent(path).join(format!("{}.{mark}{UNFINISHED}", name(path)?)))
}

fn refuse_existing(document: &Path) -> Result<(), FolderError> {
    if document.symlink_metadata().is_ok() { Err(FolderError::Exists(document.to_owned())) } else { Ok(()) }
}

fn name(document: &Path) -> Result<String, FolderError> {
    let name = document.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| FolderError::NotPlain(document.to_owned()))
}

fn at(path: &Path) -> impl Fn(io::Error) -> FolderError + '_ {
    move |error| FolderError::Os { path: path.to_owned(), error }
}

/// In plain sight: whoever finds it can ask what became of the run.
const UNFINISHED: &str = ".unfinished";
