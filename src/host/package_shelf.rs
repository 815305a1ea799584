//! The packages of a desk: ciphertext only, and what remembers how new they were.
//!
//! Invariants: nothing of a package's content is ever written here; a version that was accepted is remembered after its
//! file is gone; a file takes the place of an older one all at once or not at all.

use super::device_key::DeviceStore;
use super::device_seal::{self, DeviceSealError};
use super::file;
use super::folder::{FolderError, replace_files};
use super::sealed::{self, SealError};
use bits::hex;
use bits::secret::Secret;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a package's file name ends.
pub const PACKAGE_EXTENSION: &str = "diemdanh";
/// The largest package that is read.
pub const MAX_PACKAGE_LEN: u64 = 512 << 20;
/// The most packages that are looked at in one folder: more than a country's sites and sessions on one stick.
const MAX_PACKAGES: usize = 20_000;
/// The most names that are gone through in one folder.
const MAX_NAMES: usize = 200_000;
/// A signed note is no longer than this.
const MAX_NOTE_LEN: u64 = 16 << 10;
const MAX_MEMORY_LEN: u64 = 1 << 20;
const MEMORY: &str = "seen";

/// Why the shelf cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The folder or a file in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
    /// What remembers the versions is not in its form: a lower version could pass.
    #[error("{0} is not in its form")]
    Memory(PathBuf),
    /// The key that packages are opened with.
    #[error("{path}: {error}")]
    Key {
        /// Where.
        path: PathBuf,
        /// What.
        error: DeviceSealError,
    },
    /// More packages than are looked at.
    #[error("{0} holds more than {MAX_PACKAGES} packages")]
    TooMany(PathBuf),
}

/// A version that this desk has accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub version: u32,
    /// SHA-256 of its ciphertext.
    pub sha256: [u8; 32],
}

/// The folder of a desk's packages.
#[derive(Debug, Clone)]
pub struct PackageShelf {
    folder: PathBuf,
}

impl PackageShelf {
    /// The shelf in `folder`, which is made where there is none.
    ///
    /// # Errors
    /// [`ShelfError::Os`].
    pub fn open(folder: &Path) -> Result<Self, ShelfError> {
        file::create_folders(folder).map_err(at(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The packages that lie here.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn packages(&self) -> Result<Vec<PathBuf>, ShelfError> {
        packages_in(&self.folder)
    }

    /// The newest version that was accepted, by package.
    ///
    /// # Errors
    /// [`ShelfError::Memory`], [`ShelfError::Os`].
    pub fn seen(&self) -> Result<BTreeMap<String, Seen>, ShelfError> {
        let path = self.folder.join(MEMORY);
        let bytes = match file::read(&path, MAX_MEMORY_LEN) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(at(&path)(error)),
        };
        let text = String::from_utf8(bytes).map_err(|_| ShelfError::Memory(path.clone()))?;
        text.lines().map(|line| seen_of(line).ok_or_else(|| ShelfError::Memory(path.clone()))).collect()
    }

    /// Takes a package under `name`, in the place of an older one, and remembers its version.
    ///
    /// # Errors
    /// [`ShelfError`]; then the older one stands.
    pub fn keep(&self, name: &str, bytes: &[u8], id: &str, seen: Seen) -> Result<PathBuf, ShelfError> {
        let mut all = self.seen()?;
        all.insert(id.to_owned(), seen);
        let memory: String = all.iter().map(|(id, seen)| line_of(id, seen)).collect();
        let name = format!("{name}.{PACKAGE_EXTENSION}");
        // Remembered first: a cut in between leaves a memory without its package, which is asked for again; never a
        // package whose age was forgotten.
        replace_files(&self.folder, &[(MEMORY.to_owned(), memory.into_bytes()), (name.clone(), bytes.to_vec())])?;
        Ok(self.folder.join(name))
    }

    /// The key that packages are opened with, as the store of the device key keeps it; made where there is none. `name`
    /// is that of the device key.
    ///
    /// # Errors
    /// [`ShelfError::Key`] for another passphrase, token or TPM.
    pub fn identity(&self, store: &DeviceStore<'_>, name: &str) -> Result<Secret<String>, ShelfError> {
        let path = self.folder.join(device_seal::file_name(store));
        match file::read(&path, MAX_NOTE_LEN) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| DeviceSealError::File(SealError::Open));
                let opened = text.and_then(|text| device_seal::open(store, name, &text));
                opened.map_err(|error| ShelfError::Key { path, error })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make_identity(store, name),
            Err(error) => Err(at(&path)(error)),
        }
    }

    fn make_identity(&self, store: &DeviceStore<'_>, name: &str) -> Result<Secret<String>, ShelfError> {
        let (identity, _) = sealed::generate();
        let file = device_seal::file_name(store);
        let path = self.folder.join(file);
        let locked = device_seal::seal(store, name, &identity);
        let locked = locked.map_err(|error| ShelfError::Key { path, error })?;
        replace_files(&self.folder, &[(file.to_owned(), locked.into_bytes())])?;
        Ok(identity)
    }
}

/// The packages in any folder, a stick's for instance; none where there is no such folder. A name that is no UTF-8
/// hides nobody: it is a name like every other.
///
/// # Errors
/// [`ShelfError`].
pub fn packages_in(folder: &Path) -> Result<Vec<PathBuf>, ShelfError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for (entry, looked_at) in fs::read_dir(folder).map_err(at(folder))?.zip(1..) {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        // Neither a folder nor a pipe, which nobody ever ends writing to.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        paths.extend((is_file && is_package(&path) && !is_hidden(&path)).then_some(path));
        if paths.len() > MAX_PACKAGES || looked_at > MAX_NAMES {
            return Err(ShelfError::TooMany(folder.to_owned()));
        }
    }
    paths.sort();
    Ok(paths)
}

/// What tells that a file is another than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Its bytes.
    pub len: u64,
    /// When it was changed.
    pub changed: Option<SystemTime>,
}

/// The stamp of a file as it is now.
///
/// # Errors
/// [`ShelfError::Os`].
pub fn stamp_of(path: &Path) -> Result<FileStamp, ShelfError> {
    let facts = path.symlink_metadata().map_err(at(path))?;
    Ok(FileStamp { len: facts.len(), changed: facts.modified().ok() })
}

/// The beginning of a package, enough for its note.
///
/// # Errors
/// [`ShelfError::Os`].
pub fn read_beginning(path: &Path) -> Result<Vec<u8>, ShelfError> {
    file::read_beginning(path, MAX_NOTE_LEN).map_err(at(path))
}

/// A whole package.
///
/// # Errors
/// [`ShelfError::Os`], also for one larger than [`MAX_PACKAGE_LEN`].
pub fn read_package(path: &Path) -> Result<Vec<u8>, ShelfError> {
    file::read(path, MAX_PACKAGE_LEN).map_err(at(path))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(PACKAGE_EXTENSION))
}

/// `<id> <version> <sha256>`; an id has no space.
fn line_of(id: &str, seen: &Seen) -> String {
    format!("{id} {} {}\n", seen.version, hex::encode_lower(&seen.sha256))
}

fn seen_of(line: &str) -> Option<(String, Seen)> {
    let mut parts = line.split(' ');
    let (id, version, sha256) = (parts.next()?, parts.next()?, parts.next()?);
    let sha256 = hex::decode(sha256)?.try_into().ok()?;
    let seen = Seen { version: version.parse().ok()?, sha256 };
    (parts.next().is_none() && !id.is_empty()).then(|| (id.to_owned(), seen))
}

fn at(path: &Path) -> impl Fn(io::Error) -> ShelfError + '_ {
    move |error| ShelfError::Os { path: path.to_owned(), error }
}
