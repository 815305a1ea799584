//! The board's signature over a trust folder: a signed note over its version and the digest of every file.
//!
//! Invariants: what is checked is what was read, not what lies there a moment later; a folder whose version is lower
//! than one that this desk has used before is refused.

use super::durable::{self, Disk};
use super::file;
use super::folder::{FolderError, read_text_file};
use super::trust::{Listing, MANIFEST, TrustFolder};
use bits::hex;
use record::{BoardKeys, Digest};
use std::io;
use std::path::{Path, PathBuf};
use tlog::{NoteError, NoteKey};

/// The name of the note within the folder.
pub const NOTE: &str = "manifest.note";

const HEAD: &str = "diemdanh trust folder 1";
const BOARD_KEYS: &str = "board-keys ";

/// Why a folder is not the board's.
#[derive(Debug, thiserror::Error)]
pub enum TrustNoteError {
    /// It has no manifest, so nobody can have signed it.
    #[error("{MANIFEST} is missing: the board has not signed this folder")]
    NoManifest,
    /// It has no note.
    #[error("{NOTE} is missing: the board has not signed this folder")]
    Missing,
    /// The note cannot be read.
    #[error("{NOTE}: {0}")]
    Unreadable(FolderError),
    /// The note is not signed by the board's key.
    #[error("{NOTE} is not signed by {board}: {fault}")]
    NotTheBoard {
        /// The name of the board's key.
        board: String,
        /// What is wrong with the note.
        fault: NoteError,
    },
    /// The board signed another folder.
    #[error("{NOTE} is signed over other files")]
    OtherFiles,
    /// This desk has used a newer one.
    #[error("version {version} is older than version {seen}, which this desk has used")]
    Older {
        /// The version of the folder.
        version: u64,
        /// The version that was used.
        seen: u64,
    },
    /// What is remembered about the version cannot be read or written.
    #[error("{path}: {error}")]
    Memory {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

/// The text that a board signs: the version, and the digest of the manifest and of every file in it.
pub fn text(manifest: &Listing, manifest_sha256: &str) -> String {
    let mut text = format!("{HEAD}\nversion {}\n{manifest_sha256} {MANIFEST}\n", manifest.version);
    for file in &manifest.files {
        text.push_str(&format!("{} {}\n", file.sha256, file.name));
    }
    text
}

/// Signs what [`text`] says, under the set of board keys that this key alone is.
///
/// # Errors
/// [`NoteError`].
pub fn sign(board: &NoteKey, manifest: &Listing, manifest_sha256: &str) -> Result<String, NoteError> {
    let set = BoardKeys::one(board.verifier().clone()).digest();
    board.sign(&format!("{}{BOARD_KEYS}{set}\n", text(manifest, manifest_sha256)))
}

/// What [`text`] said when `board` signed `note`, without the line that names the set of its keys.
///
/// # Errors
/// [`NoteError`]; [`NoteError::OtherKeys`] for a note that names another set.
pub fn opened<'a>(note: &'a str, board: &BoardKeys) -> Result<&'a str, NoteError> {
    let signed = board.open(note)?;
    let last = signed.trim_end_matches('\n').rfind('\n').map_or(0, |before| before + 1);
    let (files, set) = signed.split_at(last);
    let Some(set) = set.strip_prefix(BOARD_KEYS) else { return board.is_meant(None).map(|()| signed) };
    let digest = hex::decode(set.trim_end()).and_then(|bytes| bytes.try_into().ok()).ok_or(NoteError::Form)?;
    board.is_meant(Some(Digest(digest))).map(|()| files)
}

/// Checks that `board` signed the folder that was read as `found`. Returns its version.
///
/// # Errors
/// [`TrustNoteError`].
pub fn check(folder: &Path, found: &TrustFolder, board: &BoardKeys) -> Result<u64, TrustNoteError> {
    let (Some(wanted), Some(version)) = (&found.note_text, found.version) else {
        return Err(TrustNoteError::NoManifest);
    };
    let note = read_text_file(&folder.join(NOTE)).map_err(|error| match error {
        FolderError::Os { error, .. } if error.kind() == io::ErrorKind::NotFound => TrustNoteError::Missing,
        error => TrustNoteError::Unreadable(error),
    })?;
    let board_name = || board.board().to_owned();
    let signed = opened(&note, board).map_err(|fault| TrustNoteError::NotTheBoard { board: board_name(), fault })?;
    if signed == wanted { Ok(version) } else { Err(TrustNoteError::OtherFiles) }
}

/// Refuses a version that is lower than the one remembered in `memory`, and remembers a higher one.
///
/// # Errors
/// [`TrustNoteError::Older`], [`TrustNoteError::Memory`].
pub fn remember(memory: &Path, version: u64) -> Result<(), TrustNoteError> {
    let failed = |error| TrustNoteError::Memory { path: memory.to_owned(), error };
    let seen = match file::read(memory, MAX_MEMORY_LEN).map(|bytes| String::from_utf8(bytes).unwrap_or_default()) {
        Ok(text) => text.trim().parse().map_err(|_| failed(io::ErrorKind::InvalidData.into()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(failed(error)),
    };
    if version < seen {
        return Err(TrustNoteError::Older { version, seen });
    }
    if version > seen {
        durable::replace(&mut Disk, memory, format!("{version}\n").as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// A number, and a line's end.
const MAX_MEMORY_LEN: u64 = 64;
