//! Where a command may write what it was asked for: one function for all of them.
//!
//! Invariants: an output is never an input, never within a folder that a program keeps (an exam's), and never takes the
//! place of something that is there.

use super::durable::{self, Disk};
use std::io;
use std::path::{Path, PathBuf};

/// What an output may not be.
#[derive(Debug, Clone)]
pub struct Outputs {
    inputs: Vec<PathBuf>,
    /// A folder with a file of this name is kept by a program.
    kept_by: &'static str,
}

/// Why nothing is written there.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// There is something of this name.
    #[error("{0} exists already; nothing is overwritten")]
    Exists(PathBuf),
    /// It is what the command reads.
    #[error("{0} is what this command reads")]
    Input(PathBuf),
    /// It lies within a folder that a program keeps.
    #[error("{path} lies in {folder}, whose files are written by their own commands only")]
    Kept {
        /// The output.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

impl Outputs {
    /// What a command may write that reads `inputs`; `kept_by` is the file by which a kept folder is known.
    pub fn beside(inputs: &[&Path], kept_by: &'static str) -> Self {
        let whole = |path: &&Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        Self { inputs: inputs.iter().map(whole).collect(), kept_by }
    }

    /// Says that a new file may be written there. A command asks before it begins its work.
    ///
    /// # Errors
    /// [`OutputError`].
    pub fn check(&self, path: &Path) -> Result<(), OutputError> {
        let whole = self.check_place(path)?;
        if self.inputs.contains(&whole) {
            return Err(OutputError::Input(path.to_owned()));
        }
        if path.symlink_metadata().is_ok() { Err(OutputError::Exists(path.to_owned())) } else { Ok(()) }
    }

    /// Says that a folder there may take new files; it may be there already, and is told whole.
    ///
    /// # Errors
    /// [`OutputError`].
    pub fn check_place(&self, path: &Path) -> Result<PathBuf, OutputError> {
        let whole = whole(path).map_err(|error| OutputError::Os { path: path.to_owned(), error })?;
        let kept = whole.ancestors().find(|folder| folder.join(self.kept_by).symlink_metadata().is_ok());
        match kept {
            Some(folder) => Err(OutputError::Kept { path: path.to_owned(), folder: folder.to_owned() }),
            None => Ok(whole),
        }
    }

    /// Writes a new file for its owner alone, and flushes it.
    ///
    /// # Errors
    /// [`OutputError`].
    pub fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
        self.check(path)?;
        durable::create(&mut Disk, path, bytes).map_err(|error| OutputError::Os { path: path.to_owned(), error })
    }
}

/// The path as the system knows it, though its last parts may not be there yet.
fn whole(path: &Path) -> io::Result<PathBuf> {
    if let Ok(whole) = path.canonicalize() {
        return Ok(whole);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let above = if parent.symlink_metadata().is_ok() { parent.canonicalize()? } else { whole(parent)? };
    Ok(above.join(name))
}
