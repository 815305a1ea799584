//! Signs a receipt for every export that an exam's folder keeps; those that get none are named.

use super::super::{Ending, Work, WorkError};
use super::outputs;
use crate::exam::LOGS_FOLDER;
use crate::received::log_of;
use crate::receiving::{NoReceipt, receipt};
use bits::spread::Spread as _;
use bits::text::shown_within;
use host::export_folder::FolderSource;
use host::folder::{list_folders, write_folder};
use host::keys::{open_key_file, read_passphrase};
use host::progress::Progress;
use host::threads::SideBySide;
use std::path::PathBuf;

/// Receipts for all.
pub struct ReceiptAll {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The board's sealed key.
    pub key: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
    /// The new folder for the receipts, outside the exam's.
    pub into: PathBuf,
}

/// Checks each kept export once more and signs a receipt for it where it is sound and whole. One that gets none keeps no
/// other from its receipt.
///
/// # Errors
/// What kept it from being done.
pub fn receipt_all(work: &Work<'_>, asked: &ReceiptAll) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.into)?;
    let board = open_key_file(&asked.key, &read_passphrase(asked.passphrase_file.as_deref())?)?;
    let logs = asked.folder.join(LOGS_FOLDER);
    let names: Vec<String> = list_folders(&logs)?.into_iter().filter(|name| !name.starts_with('.')).collect();
    let one = |at: usize| {
        let name = names.get(at)?;
        let source = FolderSource::open_or_stray(&logs.join(name));
        Some((file_name(&source, name), name.clone(), receipt(&source, &board).map(|(note, _)| note)))
    };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut refused: Vec<(String, NoReceipt)> = Vec::new();
    let (mut done, bar) = (0, Progress::new(work.words.report.checking(), names.len()));
    SideBySide::new().in_order(names.len(), &one, &mut |one| {
        match one {
            Some((file, _, Ok(note))) => files.push((file, note.into_bytes())),
            Some((_, name, Err(why))) => refused.push((name, why)),
            None => (),
        }
        done += 1;
        bar.at(done);
        true
    });
    if !files.is_empty() {
        write_folder(&asked.into, &files)?;
    }
    let words = &work.words.receipt;
    for (name, why) in &refused {
        work.voice.remark(&words.none_for(shown_within(name), why.said(words)));
    }
    work.voice.say(&words.all(files.len(), refused.len(), asked.into.display()));
    Ok(if refused.is_empty() { Ending::Done } else { Ending::Refused })
}

/// Desk and session for people, the kept folder's name so that no two are one.
fn file_name(source: &FolderSource, kept: &str) -> String {
    let log = log_of(source).unwrap_or_default();
    let is_plain = |one: &char| one.is_ascii_alphanumeric() || *one == '-' || *one == '_';
    let part = |at: usize| log.split('/').nth(at).unwrap_or_default().chars().filter(is_plain).collect::<String>();
    format!("{}-{}-{kept}.receipt", part(DESK_PART), part(SESSION_PART))
}

const DESK_PART: usize = 2;
const SESSION_PART: usize = 3;
