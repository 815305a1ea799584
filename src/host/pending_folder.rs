//! Sealed files beside the journal, one for each question that still waits for its answer.

use super::device_key::DeviceStore;
use super::durable::{self, Disk};
use super::file;
use super::folder::{FolderError, remove};
use super::package_shelf::{PackageShelf, ShelfError};
use bits::secret::Secret;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of questions that wait.
#[derive(Debug, Clone)]
pub struct PendingFolder {
    folder: PathBuf,
}

impl PendingFolder {
    /// The folder at this place, which is made where there is none.
    ///
    /// # Errors
    /// The operating system's.
    pub fn open(folder: &Path) -> io::Result<Self> {
        file::create_folders(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The key that the files are opened with, kept as the key of a desk's packages is: by its TPM, its token, or under
    /// its passphrase. Made where there is none.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn identity(&self, store: &DeviceStore<'_>, name: &str) -> Result<Secret<String>, ShelfError> {
        PackageShelf::open(&self.folder)?.identity(store, name)
    }

    /// Keeps a sealed question under its id; one that is kept already stays.
    ///
    /// # Errors
    /// The operating system's.
    pub fn keep(&self, id: &str, sealed: &[u8]) -> io::Result<()> {
        match durable::create(&mut Disk, &self.path(id), sealed) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    /// Forgets a question; true where it was kept.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn forget(&self, id: &str) -> Result<bool, FolderError> {
        remove(&self.path(id))
    }

    /// The sealed questions that are kept, in the order of their ids; a file that cannot be read is none.
    ///
    /// # Errors
    /// The operating system's.
    pub fn kept(&self) -> io::Result<Vec<Vec<u8>>> {
        let entries = fs::read_dir(&self.folder)?.take(MAX_FILES).collect::<io::Result<Vec<_>>>()?;
        let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        paths.sort();
        Ok(paths.iter().filter_map(|path| file::read(path, MAX_LEN).ok()).collect())
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{EXTENSION}"))
    }
}

const EXTENSION: &str = "question";
const MAX_LEN: u64 = 64 << 10;
/// More people than any session has.
const MAX_FILES: usize = 65_536;
