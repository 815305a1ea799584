//! Checkpoints (C2SP `tlog-checkpoint`): origin, size and root of a tree in a signed note.

use super::{
    note::{NoteError, NoteKey, NoteVerifier},
    tree::Hash,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin, also the name of its key.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The note's text: three lines.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`NoteError::Form`] when the origin cannot stand in a note.
    pub fn sign(&self, key: &NoteKey) -> Result<String, NoteError> {
        key.sign(&self.text())
    }

    /// Reads a note that `key` must have signed, and whose origin must be the key's name.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, key: &NoteVerifier) -> Result<Self, NoteError> {
        let checkpoint = Self::parse(key.open(note)?).ok_or(NoteError::Form)?;
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(NoteError::BadName) }
    }

    /// Reads the three lines; `None` for any other form, extension lines included.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: BASE64.decode(root).ok()?.try_into().ok()?,
        };
        (lines.next().is_none() && !origin.is_empty() && checkpoint.text() == text).then_some(checkpoint)
    }
}
