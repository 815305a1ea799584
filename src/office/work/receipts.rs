//! Receipts for exports.

use super::{Work, WorkError};
use crate::receiving::receipt;
use host::export_folder::FolderSource;
use host::folder::write_new_file;
use host::keys::{open_key_file, read_passphrase};
use std::path::PathBuf;

/// An export to be received.
pub struct Receive {
    /// The exported folder.
    pub export: PathBuf,
    /// The board's sealed key.
    pub key: PathBuf,
    /// The receipt's new file.
    pub out: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Checks the export; signs a receipt only for one that is sound and whole. The exit code.
///
/// # Errors
/// What kept it from being done.
pub fn receive(work: &Work<'_>, asked: &Receive) -> Result<u8, WorkError> {
    let board = open_key_file(&asked.key, &read_passphrase(asked.passphrase_file.as_deref())?)?;
    match receipt(&FolderSource::open(&asked.export)?, &board) {
        Ok((note, verdict)) => {
            write_new_file(&asked.out, note.as_bytes())?;
            work.voice.say(&work.words.receipt.written(asked.out.display()));
            Ok(verdict.exit_code())
        }
        Err(why) => {
            work.voice.remark(&work.words.receipt.refused(why.said(&work.words.receipt)));
            Ok(why.exit_code())
        }
    }
}
