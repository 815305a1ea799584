//! Folders that come one after the other into one folder, each there completely or not at all, and flushed together: a
//! flush costs as much for one file as for a thousand.
//!
//! Invariants:
//! - A folder has its name only when everything in it is on the disk; until then it is one of those that
//!   [`remove_unfinished`](super::folder::remove_unfinished) takes away.
//! - Nothing is said to be there before [`FolderBatch::finish`] has said so.

use super::durable::{self, Medium, PARTIAL};
use super::folder::{FolderError, write_partial};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that are written, and not named yet.
#[derive(Debug)]
pub struct FolderBatch {
    folder: PathBuf,
    waiting: Vec<String>,
    bytes: usize,
}

impl FolderBatch {
    /// Folders for `folder`, which is there.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), waiting: Vec::new(), bytes: 0 }
    }

    /// Writes one more folder.
    ///
    /// # Errors
    /// [`FolderError`], or why there is no next file; nothing is left of this folder then.
    pub fn put<E: From<FolderError>, P: AsRef<str>, B: AsRef<[u8]>>(
        &mut self,
        medium: &mut dyn Medium,
        name: &str,
        files: impl IntoIterator<Item = Result<(P, B), E>>,
    ) -> Result<(), E> {
        let (target, partial) = (self.folder.join(name), self.partial(name));
        if target.symlink_metadata().is_ok() || self.waiting.iter().any(|one| one == name) {
            return Err(FolderError::Exists(target).into());
        }
        if partial.symlink_metadata().is_ok() {
            fs::remove_dir_all(&partial).map_err(|error| FolderError::Os { path: partial.clone(), error })?;
        }
        let mut bytes = 0_usize;
        let counted = files.into_iter().inspect(|file| {
            bytes = bytes.saturating_add(file.as_ref().map_or(0, |(_, content)| content.as_ref().len()));
        });
        if let Err(error) = write_partial(medium, &partial, counted, durable::write_unflushed) {
            // A full disk leaves nothing of anybody behind.
            let _ = fs::remove_dir_all(&partial);
            return Err(error);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.waiting.push(name.to_owned());
        Ok(())
    }

    /// True when so much waits that it should be flushed now: a stop would cost no more than that.
    pub fn is_due(&self) -> bool {
        self.waiting.len() >= MAX_WAITING || self.bytes >= MAX_WAITING_BYTES
    }

    /// Flushes everything that waits and gives it its names; each name with whether it is there now.
    pub fn finish(&mut self, medium: &mut dyn Medium) -> Vec<(String, Result<(), FolderError>)> {
        self.bytes = 0;
        let names = std::mem::take(&mut self.waiting);
        let partials: Vec<PathBuf> = names.iter().map(|name| self.partial(name)).collect();
        let flushed = if names.is_empty() { Ok(()) } else { medium.flush_folders(&partials) };
        let mut named: Vec<_> = names
            .into_iter()
            .zip(&partials)
            .map(|(name, partial)| {
                let target = self.folder.join(&name);
                let done = again(&flushed, partial).and_then(|()| {
                    medium.rename(partial, &target).map_err(|error| FolderError::Os { path: target, error })
                });
                if done.is_err() {
                    let _ = fs::remove_dir_all(partial);
                }
                (name, done)
            })
            .collect();
        let flushed = if named.is_empty() { Ok(()) } else { medium.sync_names(&self.folder) };
        for (_, done) in named.iter_mut().filter(|(_, done)| done.is_ok()) {
            *done = again(&flushed, &self.folder);
        }
        named
    }

    fn partial(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}{PARTIAL}"))
    }
}

/// One result for many.
fn again(result: &io::Result<()>, path: &Path) -> Result<(), FolderError> {
    let error = result.as_ref().err().map(|error| io::Error::new(error.kind(), error.to_string()));
    error.map_or(Ok(()), |error| Err(FolderError::Os { path: path.to_owned(), error }))
}

/// Folders that are flushed together at most.
const MAX_WAITING: usize = 64;
/// And bytes in them.
const MAX_WAITING_BYTES: usize = 256 << 20;
