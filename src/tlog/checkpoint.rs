//! Checkpoints (C2SP `tlog-checkpoint`): origin, size and root of a tree in a signed note.

use super::{
    note::{NoteError, NoteKey, NoteVerifier},
    tree::Hash,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// The head of a log at one moment: which log, how long it is, and what its tree adds up to.
///
/// ```
/// use diemdanh_tlog::checkpoint::Checkpoint;
///
/// let head = Checkpoint { origin: "log.example/2027".to_owned(), size: 3, root: [0; 32] };
/// let text = "log.example/2027\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
/// assert_eq!(head.text(), text);
/// assert_eq!(Checkpoint::parse(text), Some(head));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin, a URL without scheme (`log.example/2027`); also the name of the key that signs.
    pub origin: String,
    /// How many entries the tree has; 0 for a log that has only begun.
    pub size: u64,
    /// The tree's root over exactly these entries (RFC 6962 §2.1): SHA-256, raw bytes.
    pub root: Hash,
}

impl Checkpoint {
    /// The note's text: origin, size in decimal and root in Base64, each with its line break.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// The checkpoint as a note that `key` signed; the key has to have the origin as its name, or nobody opens it.
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
