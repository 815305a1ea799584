//! The board's recovery key, and evidence that was sealed for it.

use super::{Work, WorkError};
use emrtd::evidence::{MAX_BUNDLE_BYTES, open_bundle};
use host::folder::{read_text_file, write_folder, write_new_file};
use host::keys::{read_new_passphrase, read_passphrase};
use host::{file, sealed};
use std::path::PathBuf;

/// A recovery key to be made.
pub struct Recovery {
    /// The folder that takes `recovery.key`, sealed, and `recovery.pub`.
    pub out: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Sealed evidence to be opened.
pub struct Open {
    /// The sealed file of an export.
    pub file: PathBuf,
    /// The sealed recovery key.
    pub key: PathBuf,
    /// The new folder for what is in it.
    pub out: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Makes the key that evidence and packages are sealed for.
///
/// # Errors
/// What kept it from being done.
pub fn recovery(work: &Work<'_>, asked: &Recovery) -> Result<(), WorkError> {
    let passphrase = read_new_passphrase(asked.passphrase_file.as_deref())?;
    file::create_folders(&asked.out)?;
    let (identity, recipient) = sealed::generate();
    write_new_file(&asked.out.join("recovery.key"), sealed::lock_identity(&identity, &passphrase)?.as_bytes())?;
    write_new_file(&asked.out.join("recovery.pub"), format!("{recipient}\n").as_bytes())?;
    work.voice.say(&recipient);
    Ok(())
}

/// Opens one file of evidence.
///
/// # Errors
/// What kept it from being done.
pub fn open(work: &Work<'_>, asked: &Open) -> Result<(), WorkError> {
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&asked.key)?, &passphrase)?;
    let bundle = sealed::open(&file::read(&asked.file, MAX_BUNDLE_BYTES)?, &identity, MAX_BUNDLE_BYTES)?;
    let files = open_bundle(bundle.expose()).ok_or(WorkError::NoEvidence)?;
    write_folder(&asked.out, &files)?;
    for (name, _) in files {
        work.voice.say(&asked.out.join(name).display().to_string());
    }
    Ok(())
}
