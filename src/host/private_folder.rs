//! A folder for personal data, its owner's alone; and short secrets from a file, the standard input or a terminal, never
//! from a command line.
//!
//! Invariant: nothing is overwritten.

use super::durable::{self, Disk};
use super::{file, terminal};
use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

/// The most bytes that are read of a short secret.
pub const SMALL_FILE_BYTES: u64 = 4 * 1024;

/// Makes `folder` for its owner alone (0700) where it is not there. One that is there must be its owner's alone already.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] for a folder that others may enter; the operating system's errors.
pub fn create(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return file::create_folders(folder);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder)?.permissions().mode();
        if mode & 0o077 != 0 {
            let text = format!("{} can be entered by others (mode {:03o})", folder.display(), mode & 0o777);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
    }
    Ok(())
}

/// Writes one new file for its owner alone (0600) and flushes it; an error names it.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`]; the operating system's errors.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    durable::create(&mut Disk, path, bytes).map_err(named)
}

/// The first line of the file at `place`, or of the standard input; at a terminal it is asked for and not shown.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::InvalidData`] where there is no text.
pub fn read_line(place: Option<&Path>) -> io::Result<String> {
    let mut text = String::new();
    match place {
        Some(path) => {
            file::open_plain(path)?.take(SMALL_FILE_BYTES).read_to_string(&mut text)?;
        }
        None if io::stdin().is_terminal() => text.push_str(terminal::ask_hidden("key:")?.expose()),
        None => {
            io::stdin().take(SMALL_FILE_BYTES).read_to_string(&mut text)?;
        }
    }
    let line = text.lines().next().unwrap_or_default().trim_end().to_owned();
    if line.is_empty() { Err(io::Error::new(io::ErrorKind::InvalidData, "nothing to read")) } else { Ok(line) }
}
