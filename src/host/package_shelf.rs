//! The packages of a desk: ciphertext only, and what remembers how new they were.
//!
//! Invariants: nothing of a package's content is ever written here; a version that was accepted is remembered after its
//! file is gone; a file takes the place of an older one all at once or not at all.

use super::file;
use super::folder::{FolderError, list_names, replace_files};
use super::sealed::{self, SealError};
use crate::bits::hex;
use crate::bits::secret::Secret;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How a package's file name ends.
pub const PACKAGE_EXTENSION: &str = "diemdanh";
/// The largest package that is read.
pub const MAX_PACKAGE_LEN: u64 = 512 << 20;
/// The most packages that are looked at in one folder: more than a country's sites and sessions on one stick.
const MAX_PACKAGES: usize = 20_000;
/// A signed note is no longer than this.
const MAX_NOTE_LEN: u64 = 16 << 10;
const MAX_MEMORY_LEN: u64 = 1 << 20;
const MEMORY: &str = "seen";
const TRIES: &str = "tries";
const IDENTITY: &str = "identity.age";

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
        error: SealError,
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
        fs::create_dir_all(folder).map_err(at(folder))?;
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

    /// Wrong PINs in a row, by operator. A file that cannot be read counts for nothing: it locks nobody out.
    pub fn tries(&self) -> Vec<(String, u32)> {
        let bytes = file::read(&self.folder.join(TRIES), MAX_MEMORY_LEN).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let one =
            |line: &str| line.split_once(' ').and_then(|(code, count)| Some((code.to_owned(), count.parse().ok()?)));
        text.lines().filter_map(one).collect()
    }

    /// Remembers them.
    ///
    /// # Errors
    /// [`ShelfError::Folder`].
    pub fn keep_tries<'a>(&self, tries: impl Iterator<Item = (&'a str, u32)>) -> Result<(), ShelfError> {
        let text: String = tries.map(|(code, count)| format!("{code} {count}\n")).collect();
        Ok(replace_files(&self.folder, &[(TRIES.to_owned(), text.into_bytes())])?)
    }

    /// The key that packages are opened with; made where there is none.
    ///
    /// # Errors
    /// [`ShelfError::Key`] for another passphrase.
    pub fn identity(&self, passphrase: &Secret<String>) -> Result<Secret<String>, ShelfError> {
        let path = self.folder.join(IDENTITY);
        match file::read(&path, MAX_NOTE_LEN) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| SealError::Open);
                let opened = text.and_then(|text| sealed::unlock_identity(&text, passphrase));
                opened.map_err(|error| ShelfError::Key { path, error })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make_identity(passphrase),
            Err(error) => Err(at(&path)(error)),
        }
    }

    fn make_identity(&self, passphrase: &Secret<String>) -> Result<Secret<String>, ShelfError> {
        let (identity, _) = sealed::generate();
        let path = self.folder.join(IDENTITY);
        let locked = sealed::lock_desk_identity(&identity, passphrase);
        let locked = locked.map_err(|error| ShelfError::Key { path, error })?;
        replace_files(&self.folder, &[(IDENTITY.to_owned(), locked.into_bytes())])?;
        Ok(identity)
    }
}

/// The packages in any folder, a stick's for instance; none where there is no such folder.
///
/// # Errors
/// [`ShelfError`].
pub fn packages_in(folder: &Path) -> Result<Vec<PathBuf>, ShelfError> {
    let names = list_names(folder)?;
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).filter(|path| is_package(path)).collect();
    if paths.len() > MAX_PACKAGES { Err(ShelfError::TooMany(folder.to_owned())) } else { Ok(paths) }
}

/// The beginning of a package, enough for its note.
///
/// # Errors
/// [`ShelfError::Os`].
pub fn read_beginning(path: &Path) -> Result<Vec<u8>, ShelfError> {
    use io::Read as _;
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(at(path))?;
    file.take(MAX_NOTE_LEN).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
}

/// A whole package.
///
/// # Errors
/// [`ShelfError::Os`], also for one larger than [`MAX_PACKAGE_LEN`].
pub fn read_package(path: &Path) -> Result<Vec<u8>, ShelfError> {
    file::read(path, MAX_PACKAGE_LEN).map_err(at(path))
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
