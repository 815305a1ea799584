//! Small files, read whole and under a limit.

use std::fs::File;
use std::io::{self, Read as _};
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
