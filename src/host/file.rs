//! Files as this program makes and reads them: made for their owner alone, read whole and under a limit.
//!
//! Invariant: nobody but its owner can open a file or folder that is made here, from its first byte on and whatever the
//! umask says. On a system without such modes, and on a medium without them (VFAT), the folder's own rules hold.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// Reads the file at `path`.
///
/// # Errors
/// The operating system's error; [`io::ErrorKind::FileTooLarge`] when it has more than `limit_bytes`; what
/// [`open_plain`] ends in.
pub fn read(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_plain(path)?.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= limit_bytes) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

/// Opens a plain file for reading. A pipe or a device would be waited for without end: it is refused at once.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::InvalidInput`] for what is no plain file.
pub fn open_plain(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a pipe that nobody writes to would wait already.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NONBLOCK);
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no plain file"))
}

/// The first bytes of a plain file, at most so many.
///
/// # Errors
/// Those of [`open_plain`].
pub fn read_beginning(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_plain(path)?.take(limit_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Options under which a file that is made is its owner's alone. Nothing is opened for reading or writing yet.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

/// Makes a folder and those above it that are missing, each its owner's alone.
///
/// # Errors
/// The operating system's.
pub fn create_folders(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)
}

#[cfg(unix)]
const NONBLOCK: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
#[cfg(unix)]
const FILE_MODE: u32 = 0o600;
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;
