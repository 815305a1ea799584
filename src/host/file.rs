//! Files as this program makes and reads them: made for their owner alone, read whole and under a limit.
//!
//! Invariant: nobody but its owner can open a file or folder that is made here, from its first byte on and whatever the
//! umask says. On a system without such modes, and on a medium without them (VFAT), the folder's own rules hold.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Reads the file at `path`.
///
/// # Errors
/// The operating system's error; [`io::ErrorKind::FileTooLarge`] when it has more than `limit_bytes`.
pub fn read(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= limit_bytes) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

/// Options under which a file that is made is its owner's alone. Nothing is opened for reading or writing yet.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

/// Writes a new file and flushes it.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::AlreadyExists`], for nothing is overwritten.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().write(true).create_new(true).open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all())
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
const FILE_MODE: u32 = 0o600;
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;
