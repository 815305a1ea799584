//! One command at a time writes a folder: a lock that says who holds it, and ends with the program that took it.
//!
//! Whoever holds it also takes away what a run that was cut has left unfinished: nobody else is writing there.

use super::file;
use super::folder::remove_partials;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder that nobody else writes.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Why a folder cannot be written now.
#[derive(Debug, thiserror::Error)]
pub enum FolderLockError {
    /// Another command writes it.
    #[error("{folder} is being written by {by}")]
    Held {
        /// The folder.
        folder: PathBuf,
        /// Who, as that command said.
        by: String,
    },
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

impl FolderLock {
    /// Takes the lock of `folder` for `who`, and removes what was left unfinished in it.
    ///
    /// # Errors
    /// [`FolderLockError`].
    pub fn take(folder: &Path, who: &str) -> Result<Self, FolderLockError> {
        let path = lock_path(folder).map_err(|error| FolderLockError::Os { path: folder.to_owned(), error })?;
        let at = |error| FolderLockError::Os { path: path.clone(), error };
        let mut file = file::private().read(true).write(true).create(true).truncate(false).open(&path).map_err(at)?;
        match patiently(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderLockError::Held { folder: folder.to_owned(), by: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
        let line = format!("{who} ({})\n", std::process::id());
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(line.as_bytes()));
        written.map_err(at)?;
        remove_partials(folder).map_err(at)?;
        Ok(Self { _file: file })
    }
}

/// Beside the folder: it is no file of the exam's, and no history of the exam's files shows it.
fn lock_path(folder: &Path) -> io::Result<PathBuf> {
    let whole = folder.canonicalize()?;
    let name = whole.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    Ok(whole.with_file_name(format!(".{name}.lock")))
}

/// A command that has just ended may hold the lock a little longer.
fn patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(LOCK_PAUSE_MS)),
            other => return other,
        }
    }
    file.try_lock()
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.rewind();
    let _ = file.take(MAX_LINE_LEN).read_to_string(&mut text);
    let line: String = text.lines().next().unwrap_or_default().chars().filter(|one| !one.is_control()).collect();
    if line.is_empty() { "another command".to_owned() } else { line }
}

const MAX_LINE_LEN: u64 = 200;
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE_MS: u64 = 20;
