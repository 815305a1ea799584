//! How bytes come to be on the disk: written and flushed, then named, then the name flushed. Every file that has to be
//! there after a power cut is written here; the journal and its second copy, which only grow, flush themselves.
//!
//! Invariants:
//! - A file that is replaced is the old one or the new one, whole, under every cut.
//! - A new file takes no other's place. Cut while it is written it may be a part; an error takes that part away.
//! - What can fail goes through a [`Medium`], so that a test lets each call of it fail.

use super::file;
use super::random::SystemRandom;
use bits::hex;
use bits::random::Random as _;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The calls that files are written with. Real: [`Disk`]; tests let each of them fail.
pub trait Medium {
    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// The operating system's.
    fn create_folder(&mut self, path: &Path) -> io::Result<()>;

    /// Writes a new file and flushes it.
    ///
    /// # Errors
    /// The operating system's; [`io::ErrorKind::AlreadyExists`], for nothing is overwritten.
    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Writes a new file, which [`Self::flush_folders`] flushes with all others.
    ///
    /// # Errors
    /// As [`Self::write_new`].
    fn write_unflushed(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_new(path, bytes)
    }

    /// Flushes everything that was written into these folders and those in them, their names included.
    ///
    /// # Errors
    /// The operating system's.
    fn flush_folders(&mut self, folders: &[PathBuf]) -> io::Result<()> {
        folders.iter().try_for_each(|folder| self.flush_names_below(folder))
    }

    /// Makes the names in a folder, and in those in it, durable.
    ///
    /// # Errors
    /// The operating system's.
    fn flush_names_below(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.flush_names_below(&path)?;
            }
        }
        self.sync_names(folder)
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// The operating system's.
    fn sync_names(&mut self, path: &Path) -> io::Result<()>;

    /// Gives a file or folder another name; a file of that name is replaced.
    ///
    /// # Errors
    /// The operating system's.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file away.
    ///
    /// # Errors
    /// The operating system's.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// The operating system's files, readable by their owner only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Medium for Disk {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        file::create_folders(path)
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = file::private().write(true).create_new(true).open(path)?;
        file.write_all(bytes).and_then(|()| file.sync_all())
    }

    fn write_unflushed(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        file::private().write(true).create_new(true).open(path)?.write_all(bytes)
    }

    fn flush_folders(&mut self, folders: &[PathBuf]) -> io::Result<()> {
        let mut flushed = Vec::new();
        for folder in folders {
            match whole_flush(folder)? {
                // Its journal is written once, instead of once a file.
                Some((system, _)) if flushed.contains(&system) => (),
                Some((system, flush)) => {
                    flush()?;
                    flushed.push(system);
                }
                None => flush_files_below(folder)?,
            }
        }
        Ok(())
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        // Windows flushes names with the files; it cannot open a folder as a file.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// A flush of the whole file system that a folder lies on, and which that is; `None` where there is no such flush, or it is
/// not known to reach the medium: FUSE and network file systems have a server of their own behind them.
#[cfg(target_os = "linux")]
fn whole_flush(folder: &Path) -> io::Result<Option<(u64, impl FnOnce() -> io::Result<()>)>> {
    let opened = File::open(folder)?;
    let kind = u32::try_from(rustix::fs::fstatfs(&opened)?.f_type).unwrap_or_default();
    let system = std::os::unix::fs::MetadataExt::dev(&opened.metadata()?);
    let flush = move || Ok(rustix::fs::syncfs(&opened)?);
    Ok(FLUSHED_WHOLE.contains(&kind).then_some((system, flush)))
}

#[cfg(not(target_os = "linux"))]
fn whole_flush(_: &Path) -> io::Result<Option<(u64, fn() -> io::Result<()>)>> {
    Ok(None)
}

/// `f_type` of ext2 to ext4, XFS, Btrfs, F2FS, VFAT, exFAT, tmpfs and overlays (statfs(2)).
#[cfg(target_os = "linux")]
const FLUSHED_WHOLE: [u32; 8] =
    [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x4D44, 0x2011_BAB0, 0x0102_1994, 0x794C_7630];

/// Flushes every file below a folder, and the names where the system can.
fn flush_files_below(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            flush_files_below(&path)?;
        } else {
            fs::OpenOptions::new().write(true).open(&path)?.sync_all()?;
        }
    }
    Disk.sync_names(folder)
}

/// Writes a new file.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::AlreadyExists`], for nothing is overwritten.
pub fn create(medium: &mut dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_unnamed(medium, path, bytes)?;
    medium.sync_names(parent(path))
}

/// Puts a file at `path`, in the place of the one that may be there.
///
/// # Errors
/// The operating system's; unless flushing the name failed, what was there is there.
pub fn replace(medium: &mut dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    Waiting::write(medium, path, bytes)?.name(medium)
}

/// Gives a file or folder another name.
///
/// # Errors
/// The operating system's.
pub fn rename(medium: &mut dyn Medium, from: &Path, to: &Path) -> io::Result<()> {
    medium.rename(from, to)?;
    medium.sync_names(parent(to))?;
    if parent(from) == parent(to) { Ok(()) } else { medium.sync_names(parent(from)) }
}

/// Writes one of many new files, whose names the caller makes durable together.
///
/// # Errors
/// As [`create`].
pub(super) fn write_unnamed(medium: &mut dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    medium.write_new(path, bytes).inspect_err(|error| take_away(medium, path, error))
}

/// Writes one of many new files that the caller flushes together.
///
/// # Errors
/// As [`create`].
pub(super) fn write_unflushed(medium: &mut dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    medium.write_unflushed(path, bytes).inspect_err(|error| take_away(medium, path, error))
}

/// A full disk leaves nothing of anybody behind; what was there before is not ours.
fn take_away(medium: &mut dyn Medium, path: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::AlreadyExists {
        let _ = medium.remove(path);
    }
}

/// A whole file beside its place.
pub(super) struct Waiting {
    beside: PathBuf,
    path: PathBuf,
}

impl Waiting {
    pub(super) fn write(medium: &mut dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<Self> {
        // Another program's unfinished file never has the same name.
        let mark = hex::encode_lower(&SystemRandom.bytes(MARK_LEN));
        let mut beside = OsString::from(path);
        beside.push(format!(".{mark}{PARTIAL}"));
        let waiting = Self { beside: PathBuf::from(beside), path: path.to_owned() };
        write_unnamed(medium, &waiting.beside, bytes)?;
        Ok(waiting)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes its place.
    pub(super) fn name(self, medium: &mut dyn Medium) -> io::Result<()> {
        if let Err(error) = medium.rename(&self.beside, &self.path) {
            self.give_up(medium);
            return Err(error);
        }
        medium.sync_names(parent(&self.path))
    }

    pub(super) fn give_up(self, medium: &mut dyn Medium) {
        let _ = medium.remove(&self.beside);
    }
}

/// The folder that a file's name stands in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Behind the name of a file that is not yet whole.
pub(super) const PARTIAL: &str = ".partial";
/// Bytes that tell one run's unfinished files from another's.
const MARK_LEN: usize = 4;
