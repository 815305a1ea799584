//! The journal on a disk, and how much room is left there.

use super::durable::{Disk, Medium as _, parent};
use super::file;
use super::folder::{FolderError, read_folder, read_text_file, write_new_file};
use record::export::KeptAnchor;
use record::{LogStore, StoreFault};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The largest segment that is read back.
pub const MAX_SEGMENT_LEN: u64 = 1 << 30;
/// A desk refuses to open a log with less room than this.
pub const REFUSE_BELOW_BYTES: u64 = 512 << 20;
/// Room that is kept from a segment's start for its last entry.
pub const RESERVE_BYTES: u64 = 64 << 20;
/// A desk warns when there is less room than this.
pub const WARN_BELOW_BYTES: u64 = 1 << 30;

/// A journal as a folder of `<nnn>.seg` files. One process at a time holds it.
#[derive(Debug)]
pub struct FileStore {
    folder: PathBuf,
    current: Option<File>,
    /// Bytes of it that were written.
    written: u64,
    /// Held until the store is dropped.
    _lock: File,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process holds the journal.
    #[error("another program holds this journal")]
    InUse,
    /// The folder cannot be made, read or written.
    #[error("the journal's folder cannot be used: {0}")]
    Folder(#[source] io::Error),
}

impl FileStore {
    /// Opens the journal in `folder`, which is made when it is missing.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        file::create_folders(folder).map_err(JournalError::Folder)?;
        let mut options = file::private();
        options.write(true).create(true).truncate(false);
        let lock = options.open(folder.join(LOCK_NAME)).map_err(JournalError::Folder)?;
        match lock_patiently(&lock) {
            Ok(()) => Ok(Self { folder: folder.to_owned(), current: None, written: 0, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse),
            Err(TryLockError::Error(error)) => Err(JournalError::Folder(error)),
        }
    }

    /// Keeps room for the last entry. A file system that cannot keep room is no reason to have no log.
    fn reserve(&self) -> Result<(), StoreFault> {
        let mut options = file::private();
        let Ok(file) = options.write(true).create(true).truncate(false).open(self.folder.join(RESERVE_NAME)) else {
            return Ok(());
        };
        let kept = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, RESERVE_BYTES);
        match kept {
            Err(rustix::io::Errno::NOSPC) => Err(StoreFault::NoSpace),
            _ => Ok(()),
        }
    }

    fn path(&self, segment: u32) -> PathBuf {
        segment_path(&self.folder, segment)
    }
}

/// The numbers of a journal's segments, in order. Nothing is held: a desk may be writing them.
///
/// # Errors
/// [`StoreFault`].
pub fn segment_numbers(folder: &Path) -> Result<Vec<u32>, StoreFault> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| fault(&error))? {
        let name = entry.map_err(|error| fault(&error))?.file_name();
        numbers.extend(name.to_str().and_then(segment_number));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The bytes of one segment of a journal.
///
/// # Errors
/// [`StoreFault`].
pub fn read_segment_file(folder: &Path, segment: u32) -> Result<Vec<u8>, StoreFault> {
    let file = file::open_plain(&segment_path(folder, segment)).map_err(|error| fault(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_SEGMENT_LEN + 1).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    let too_large = u64::try_from(bytes.len()).map_or(true, |len| len > MAX_SEGMENT_LEN);
    if too_large { Err(StoreFault::TooLarge) } else { Ok(bytes) }
}

fn segment_path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("{segment:03}.{SEGMENT_EXTENSION}"))
}

/// A program that has just ended, or one that is starting a child at this moment, may hold the lock a little longer.
fn lock_patiently(lock: &File) -> Result<(), TryLockError> {
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(LOCK_PAUSE_MS)),
            other => return other,
        }
    }
    lock.try_lock()
}

const LOCK_TRIES: u32 = 25;
const LOCK_PAUSE_MS: u64 = 20;

impl LogStore for FileStore {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        segment_numbers(&self.folder)
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        read_segment_file(&self.folder, segment)
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        self.reserve()?;
        let mut options = file::private();
        options.append(true).create_new(true);
        let file = options.open(self.path(segment)).map_err(|error| fault(&error))?;
        file.sync_all().map_err(|error| fault(&error))?;
        Disk.sync_names(&self.folder).map_err(|error| fault(&error))?;
        (self.current, self.written) = (Some(file), 0);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault> {
        let file = self.current.as_mut().ok_or(StoreFault::Missing)?;
        let result = file.write(bytes).map_err(|error| fault(&error));
        if result == Err(StoreFault::NoSpace) && file.metadata().is_ok_and(|facts| facts.len() != self.written) {
            // Something of it is there all the same: this is no clean end.
            return Err(StoreFault::Os { code: rustix::io::Errno::NOSPC.raw_os_error() });
        }
        self.written += result.as_ref().map_or(0, |written| u64::try_from(*written).unwrap_or(u64::MAX));
        result
    }

    fn sync(&mut self) -> Result<(), StoreFault> {
        let file = self.current.as_ref().ok_or(StoreFault::Missing)?;
        file.sync_data().map_err(|error| fault(&error))
    }

    fn release_reserve(&mut self) {
        let _ = fs::remove_file(self.folder.join(RESERVE_NAME));
    }
}

impl Drop for FileStore {
    fn drop(&mut self) {
        if self.current.is_some() {
            self.release_reserve();
        }
    }
}

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// Enough.
    Enough {
        /// Bytes free.
        free: u64,
    },
    /// Little: the technician is told.
    Low {
        /// Bytes free.
        free: u64,
    },
    /// Too little to open a log.
    TooLittle {
        /// Bytes free.
        free: u64,
    },
}

/// Writes a page and makes it durable, so many times: for whoever measures how long that takes. Leaves nothing behind.
///
/// # Errors
/// The operating system's.
pub fn flush_times(folder: &Path, times: u32) -> io::Result<()> {
    let path = folder.join(format!(".flush-probe-{}", std::process::id()));
    let mut file = File::create_new(&path)?;
    let written = (0..times).try_for_each(|_| {
        file.write_all(&[0x55; PAGE_LEN])?;
        file.sync_data()
    });
    fs::remove_file(&path)?;
    written
}

const PAGE_LEN: usize = 4_096;

/// Takes a file away, and what stood in it: written over first, as far as the medium does that. One that is not there is
/// as good as taken away.
///
/// # Errors
/// The operating system's.
pub fn wipe(path: &Path) -> io::Result<()> {
    let len = match path.symlink_metadata() {
        Ok(facts) => usize::try_from(facts.len()).unwrap_or(0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    file.write_all(&vec![0; len.min(MAX_WIPED_LEN)])?;
    file.sync_all()?;
    let mut disk = Disk;
    disk.remove(path)?;
    disk.sync_names(parent(path))
}

/// No paper is longer.
const MAX_WIPED_LEN: usize = 64 << 20;

/// True when the folder lies on another medium than `own`. A mount point without its stick lies on the disk around it.
///
/// # Errors
/// The operating system's, where one of the two is not there.
pub fn is_other_medium(folder: &Path, own: &Path) -> io::Result<bool> {
    Ok(rustix::fs::stat(folder)?.st_dev != rustix::fs::stat(own)?.st_dev)
}

/// Judges the room that a user without special rights has on the disk of `path`.
///
/// # Errors
/// The operating system's error, where it does not say.
pub fn space(path: &Path, refuse_below: u64, warn_below: u64) -> io::Result<Space> {
    let facts = rustix::fs::statvfs(path)?;
    let free = facts.f_bavail.saturating_mul(facts.f_frsize);
    Ok(match free {
        free if free < refuse_below => Space::TooLittle { free },
        free if free < warn_below => Space::Low { free },
        free => Space::Enough { free },
    })
}

/// Says how much room there is in a folder.
pub type Gauge = Arc<dyn Fn(&Path) -> io::Result<Space> + Send + Sync>;

/// What the disk says itself, with the limits of a desk.
pub fn gauge() -> Gauge {
    Arc::new(|folder| space(folder, REFUSE_BELOW_BYTES, WARN_BELOW_BYTES))
}

/// Keeps a witness's signature over a closed segment beside the journal: `<nnn>-<size>.anchor`.
///
/// # Errors
/// [`FolderError`].
pub fn keep_anchor(folder: &Path, segment: u32, size: u64, note: &str) -> Result<(), FolderError> {
    write_new_file(&folder.join(format!("{segment:03}-{size}.{ANCHOR_EXTENSION}")), note.as_bytes())
}

/// Keeps a sealed file of evidence, `<sha256>.age`; the folder is made when it is missing.
///
/// # Errors
/// [`FolderError`].
pub fn keep_evidence(folder: &Path, sha256: &str, sealed: &[u8]) -> Result<(), FolderError> {
    file::create_folders(folder).map_err(|error| FolderError::Os { path: folder.to_owned(), error })?;
    write_new_file(&folder.join(format!("{sha256}.{EVIDENCE_EXTENSION}")), sealed)
}

/// The sealed files of evidence by their names; none where nothing was kept.
///
/// # Errors
/// [`FolderError`].
pub fn kept_evidence(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    match read_folder(folder) {
        Ok(files) => Ok(files.into_iter().collect()),
        Err(FolderError::Missing(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The signatures kept beside the journal, by segment and size.
///
/// # Errors
/// [`FolderError`].
pub fn kept_anchors(folder: &Path) -> Result<Vec<KeptAnchor>, FolderError> {
    let at = |error| FolderError::Os { path: folder.to_owned(), error };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(anchor_name);
        if let Some((segment, size)) = name {
            found.push(KeptAnchor { segment, size, note: read_text_file(&path)? });
        }
    }
    found.sort();
    Ok(found)
}

fn anchor_name(name: &str) -> Option<(u32, u64)> {
    let (segment, size) = name.strip_suffix(ANCHOR_EXTENSION)?.strip_suffix('.')?.split_once('-')?;
    Some((segment.parse().ok()?, size.parse().ok()?))
}

fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(SEGMENT_EXTENSION)?.strip_suffix('.')?;
    let number = digits.parse().ok()?;
    (format!("{number:03}") == digits).then_some(number)
}

fn fault(error: &io::Error) -> StoreFault {
    match error.kind() {
        io::ErrorKind::AlreadyExists => StoreFault::Exists,
        io::ErrorKind::NotFound => StoreFault::Missing,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreFault::NoSpace,
        _ => StoreFault::Os { code: error.raw_os_error().unwrap_or(0) },
    }
}

const SEGMENT_EXTENSION: &str = "seg";
const ANCHOR_EXTENSION: &str = "anchor";
const EVIDENCE_EXTENSION: &str = "age";
const LOCK_NAME: &str = "lock";
const RESERVE_NAME: &str = "reserve";
