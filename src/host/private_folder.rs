//! Files and folders for their owner alone, from the first byte and whatever the umask says; and the short secrets that
//! come from a file or the standard input, never from a command line.
//!
//! Invariant: nothing is overwritten.

use super::file;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
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
        let mode = std::fs::metadata(folder)?.permissions().mode();
        if mode & 0o077 != 0 {
            let text = format!("{} can be entered by others (mode {:03o})", folder.display(), mode & 0o777);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
    }
    Ok(())
}

/// Writes one new file for its owner alone (0600) and flushes it.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`]; the operating system's errors.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    file::write_new(path, bytes).map_err(named)
}

/// The first line of the file at `place`, or of the standard input; at a terminal it is asked for.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::InvalidData`] where it is no text or too long.
pub fn read_line(place: Option<&Path>) -> io::Result<String> {
    let mut text = String::new();
    match place {
        Some(path) => {
            let file = File::open(path)?;
            if !file.metadata()?.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "no plain file"));
            }
            file.take(SMALL_FILE_BYTES).read_to_string(&mut text)?;
        }
        None if io::stdin().is_terminal() => {
            // The question goes where the answer comes from, so that the output stays the report.
            write!(io::stderr(), "key: ")?;
            io::stdin().read_line(&mut text)?;
        }
        None => {
            io::stdin().take(SMALL_FILE_BYTES).read_to_string(&mut text)?;
        }
    }
    let line = text.lines().next().unwrap_or_default().trim_end().to_owned();
    if line.is_empty() { Err(io::Error::new(io::ErrorKind::InvalidData, "nothing to read")) } else { Ok(line) }
}
