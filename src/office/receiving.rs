//! When the board says that it holds a log: a desk may delete its own copy of everything on that word.

use super::{
    finding::{FindingKind, Verdict},
    verify::verify,
};
use crate::language::ReceiptWords;
use record::export_form::Part;
use record::receipt::Receipt;
use record::{BoardKeys, ExportSource};
use tlog::{Checkpoint, NoteError, NoteKey};

/// Why the board signs no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReceipt {
    /// Forged, damaged, or not to be decided.
    #[error("the export is not sound ({}); see diemdanh-board verify", .0.word())]
    Unsound(Verdict),
    /// Sealed evidence is not there that entries refer to: a purge would delete the only copy.
    #[error("{}: {files} sealed files that entries refer to are not in the export; a purge would delete the only copy", FindingKind::EvidenceMissing.code())]
    EvidenceMissing {
        /// How many.
        files: u64,
    },
    /// A checkpoint cannot be read.
    #[error("the export holds a checkpoint that cannot be read")]
    Checkpoint,
    /// The receipt cannot be signed.
    #[error("the receipt cannot be signed: {0}")]
    Note(#[from] NoteError),
}

impl NoReceipt {
    /// What a member of the board reads.
    pub fn said(self, words: &ReceiptWords) -> String {
        match self {
            Self::Unsound(verdict) => words.unsound(verdict.word()),
            Self::EvidenceMissing { files } => words.evidence(FindingKind::EvidenceMissing.code(), files),
            Self::Checkpoint => words.checkpoint(),
            Self::Note(fault) => words.note(fault),
        }
    }

    /// The program's exit code: that of the verdict, or 3 for a log that is sound and not whole.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Unsound(verdict) => verdict.exit_code(),
            Self::EvidenceMissing { .. } | Self::Checkpoint | Self::Note(_) => Verdict::Undecided.exit_code(),
        }
    }
}

/// Checks an export and signs a receipt over its segments' heads, as a note; with it what the check found.
///
/// # Errors
/// [`NoReceipt`].
pub fn receipt(files: &dyn ExportSource, board: &NoteKey) -> Result<(String, Verdict), NoReceipt> {
    let keys = BoardKeys::one(board.verifier().clone());
    let verification = verify(files, &keys);
    let verdict = verification.verdict();
    if !matches!(verdict, Verdict::Clean | Verdict::Remarks) {
        return Err(NoReceipt::Unsound(verdict));
    }
    match verification.counts.get(&FindingKind::EvidenceMissing) {
        Some(files) => Err(NoReceipt::EvidenceMissing { files: *files }),
        None => {
            let heads = heads(files).ok_or(NoReceipt::Checkpoint)?;
            Ok((Receipt { heads, board_keys: Some(keys.digest()) }.sign(board)?, verdict))
        }
    }
}

/// The heads of all segments of an export, in the order of their numbers; `None` where one cannot be read.
pub fn heads(files: &dyn ExportSource) -> Option<Vec<Checkpoint>> {
    let paths = files.sizes().into_keys().filter(|path| Part::of(path) == Some(Part::Checkpoint));
    let head = |path: String| {
        let note = files.read(&path, Part::Checkpoint.max_len()).ok()?;
        let note = std::str::from_utf8(&note).ok()?;
        Checkpoint::parse(note.get(..=note.find("\n\n")?)?)
    };
    paths.map(head).collect()
}
