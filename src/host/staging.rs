//! Files on their way into a folder: whole and flushed in a hidden folder of it before any of them gets its name.
//!
//! Between the last [`Staging::put`] and [`Staging::publish`] the caller may write down elsewhere what is about to
//! appear. A program that is stopped after that leaves the files in the hidden folder, and [`recover`] names them.
//!
//! Invariant: no file of the folder is ever overwritten.

use super::durable::{self, Disk, Medium};
use super::folder::{FolderError, list_names};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files that have no name yet.
pub struct Staging {
    medium: Box<dyn Medium>,
    folder: PathBuf,
    hidden: PathBuf,
    names: Vec<String>,
    is_kept: bool,
}

impl Staging {
    /// Begins, in `folder`, which is made if it is not there. What an earlier run left is removed: [`recover`] comes
    /// first.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn begin(folder: &Path) -> Result<Self, FolderError> {
        Self::begin_on(Box::new(Disk), folder)
    }

    /// As [`Staging::begin`], through a medium of which a test lets each call fail.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn begin_on(mut medium: Box<dyn Medium>, folder: &Path) -> Result<Self, FolderError> {
        let hidden = folder.join(HIDDEN);
        remove_hidden(&hidden)?;
        medium.create_folder(&hidden).map_err(at(&hidden))?;
        Ok(Self { medium, folder: folder.to_owned(), hidden, names: Vec::new(), is_kept: false })
    }

    /// Writes one more file and flushes it.
    ///
    /// # Errors
    /// [`FolderError::Exists`] when the folder has such a file; [`FolderError::NotPlain`]; others.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let target = self.folder.join(name);
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':']) {
            return Err(FolderError::NotPlain(target));
        }
        if target.symlink_metadata().is_ok() {
            return Err(FolderError::Exists(target));
        }
        let hidden = self.hidden.join(name);
        durable::write_unnamed(self.medium.as_mut(), &hidden, bytes).map_err(at(&hidden))?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Makes all of them durable where they are: whatever happens now, [`recover`] finds them.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn keep(&mut self) -> Result<(), FolderError> {
        self.is_kept = true;
        self.medium.sync_names(&self.hidden).map_err(at(&self.hidden))?;
        self.medium.sync_names(&self.folder).map_err(at(&self.folder))
    }

    /// Gives every file its name.
    ///
    /// # Errors
    /// [`FolderError`]; what has no name yet stays for [`recover`].
    pub fn publish(mut self) -> Result<(), FolderError> {
        self.is_kept = true;
        name_all(self.medium.as_mut(), &self.folder, &self.hidden, &self.names)
    }
}

impl Drop for Staging {
    /// Nothing is left of files that nobody was told to keep.
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.hidden);
        }
    }
}

/// Gives those files that an earlier run left, and that are `wanted`, their names, and removes the others. Returns
/// the names.
///
/// # Errors
/// [`FolderError`].
pub fn recover(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<String>, FolderError> {
    let hidden = folder.join(HIDDEN);
    let mut names = list_names(&hidden)?;
    names.retain(|name| wanted(&hidden.join(name)) && folder.join(name).symlink_metadata().is_err());
    if !names.is_empty() {
        name_all(&mut Disk, folder, &hidden, &names)?;
    }
    remove_hidden(&hidden)?;
    Ok(names)
}

fn name_all(medium: &mut dyn Medium, folder: &Path, hidden: &Path, names: &[String]) -> Result<(), FolderError> {
    for name in names {
        let target = folder.join(name);
        medium.rename(&hidden.join(name), &target).map_err(at(&target))?;
    }
    medium.sync_names(folder).map_err(at(folder))?;
    remove_hidden(hidden)
}

fn remove_hidden(hidden: &Path) -> Result<(), FolderError> {
    match fs::remove_dir_all(hidden) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(hidden)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> FolderError + '_ {
    move |error| FolderError::Os { path: path.to_owned(), error }
}

/// The hidden folder.
const HIDDEN: &str = ".diemdanh-staging";
