//! Files that may be lost: what is in them can be made again, and whoever reads them finds out whether they are whole.
//!
//! Invariant: under the name there is never a part of what one call wrote, unless the power fails.

use super::file;
use super::random::SystemRandom;
use bits::hex;
use bits::random::Random as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Puts a file at `path`, with the folder that it lies in; nothing is flushed.
///
/// # Errors
/// The operating system's.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    file::create_folders(folder)?;
    let beside = folder.join(format!(".{}.partial", hex::encode_lower(&SystemRandom.bytes(8))));
    let written = file::private().write(true).create_new(true).open(&beside).and_then(|mut file| file.write_all(bytes));
    let done = written.and_then(|()| fs::rename(&beside, path));
    done.inspect_err(|_| drop(fs::remove_file(&beside)))
}
