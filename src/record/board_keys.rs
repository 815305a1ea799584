//! Who speaks for a board: a set of keys, and how many of them must have signed.
//!
//! What a desk fixes at its enrolment is such a set, today one key of one. Certificates, packages, trust folders, lists
//! of revocations, receipts and the `open` entry of every segment name it by its digest, so that a later set of
//! several officers needs another ceremony and no other format.
//!
//! Invariants: one set has one text and one digest, whatever order its keys were given in; no key counts twice.

use super::event::Digest;
use super::statement::Fields;
use bits::base32;
use bits::text::with_plain_lines;
use sha2::{Digest as _, Sha256};
use std::fmt;
use tlog::{NoteError, NoteVerifier};

/// The most keys of a board. A note holds no more than sixteen signatures.
pub const MAX_BOARD_KEYS: usize = 8;
/// The longest text of a set.
pub const MAX_BOARD_KEYS_LEN: usize = 8 << 10;

/// The keys of a board, all under the board's domain as their name.
#[derive(Clone, PartialEq, Eq)]
pub struct BoardKeys {
    needed: usize,
    /// By their lines; never empty.
    keys: Vec<NoteVerifier>,
    digest: Digest,
}

/// Why a text is no set of board keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoardKeysError {
    /// Neither one verifier key line nor the text of a set.
    #[error("neither a verifier key nor a set of board keys")]
    Form,
    /// A line is no verifier key.
    #[error("not a board key: {0}")]
    Key(#[from] NoteError),
    /// No key, or more than [`MAX_BOARD_KEYS`].
    #[error("a board has 1 to {MAX_BOARD_KEYS} keys")]
    Count,
    /// Nobody, or more signers than there are keys.
    #[error("{needed} signatures of {keys} keys are needed")]
    Needed {
        /// How many must sign.
        needed: usize,
        /// How many there are.
        keys: usize,
    },
    /// Two keys have two names: they are of two boards.
    #[error("the keys of a board have one name")]
    Names,
    /// The same key stands there twice, or two keys that signature lines cannot tell apart.
    #[error("a board's keys differ from each other")]
    Twice,
}

impl BoardKeys {
    /// A board that one key speaks for.
    pub fn one(key: NoteVerifier) -> Self {
        Self::sorted(1, vec![key])
    }

    /// A board for which `needed` of `keys` speak.
    ///
    /// # Errors
    /// [`BoardKeysError`].
    pub fn new(needed: usize, mut keys: Vec<NoteVerifier>) -> Result<Self, BoardKeysError> {
        keys.sort_by_key(ToString::to_string);
        let first = keys.first().filter(|_| keys.len() <= MAX_BOARD_KEYS).ok_or(BoardKeysError::Count)?;
        if keys.iter().any(|key| key.name() != first.name()) {
            return Err(BoardKeysError::Names);
        }
        let is_namesake =
            |index: usize, key: &NoteVerifier| keys.iter().skip(index + 1).any(|other| other.id() == key.id());
        if keys.iter().enumerate().any(|(index, key)| is_namesake(index, key)) {
            return Err(BoardKeysError::Twice);
        }
        if needed == 0 || needed > keys.len() {
            return Err(BoardKeysError::Needed { needed, keys: keys.len() });
        }
        Ok(Self::sorted(needed, keys))
    }

    /// Reads the text of a set, or one verifier key line: a board of one key.
    ///
    /// # Errors
    /// [`BoardKeysError`].
    pub fn parse(text: &str) -> Result<Self, BoardKeysError> {
        if text.len() > MAX_BOARD_KEYS_LEN {
            return Err(BoardKeysError::Form);
        }
        // A file of keys is handed round by mail and stick; what is signed is the digest of the set, not this file.
        let text = &*with_plain_lines(text);
        if !text.starts_with(BOARD_KEYS) {
            return Ok(Self::one(NoteVerifier::parse(text.trim())?));
        }
        let mut fields = Fields::new(text, BOARD_KEYS).ok_or(BoardKeysError::Form)?;
        let needed = fields.take("needed").and_then(|needed| needed.parse().ok()).ok_or(BoardKeysError::Form)?;
        let mut keys = Vec::new();
        while !fields.is_done() {
            keys.push(NoteVerifier::parse(fields.take("key").ok_or(BoardKeysError::Form)?)?);
        }
        let set = Self::new(needed, keys)?;
        if set.text() == text { Ok(set) } else { Err(BoardKeysError::Form) }
    }

    /// The text of the set: a head, how many must sign, one line a key.
    pub fn text(&self) -> String {
        text(self.needed, &self.keys)
    }

    /// The board's domain: the name of every key.
    pub fn board(&self) -> &str {
        self.keys.first().map_or("", NoteVerifier::name)
    }

    /// How many of [`Self::keys`] must have signed.
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// The keys, in the order of their lines.
    pub fn keys(&self) -> &[NoteVerifier] {
        &self.keys
    }

    /// SHA-256 of [`Self::text`]: how statements and entries name the set.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The sixteen characters by which two people compare the set: 80 bits of [`Self::digest`].
    pub fn fingerprint(&self) -> String {
        base32::fingerprint(&self.digest.0)
    }

    /// Checks `note` and returns its text, newline included, when enough of the keys signed it.
    ///
    /// # Errors
    /// [`NoteError::NoSignature`] when none did, [`NoteError::TooFewSignatures`], and [`NoteError::BadSignature`] when
    /// one line under a key of the set is wrong, however many others are right.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let mut opened = Err(NoteError::NoSignature);
        let mut signed = 0;
        for key in &self.keys {
            match key.open(note) {
                Ok(text) => (opened, signed) = (Ok(text), signed + 1),
                Err(NoteError::NoSignature) => (),
                Err(error) => return Err(error),
            }
        }
        if signed > 0 && signed < self.needed { Err(NoteError::TooFewSignatures) } else { opened }
    }

    /// Says that a statement which names the set `named` is one of this set's. Older programs named none: such a
    /// statement counts for a board of one key only.
    ///
    /// # Errors
    /// [`NoteError::OtherKeys`].
    pub fn is_meant(&self, named: Option<Digest>) -> Result<(), NoteError> {
        let is_meant = named.map_or(self.keys.len() == 1, |named| named == self.digest);
        if is_meant { Ok(()) } else { Err(NoteError::OtherKeys) }
    }

    fn sorted(needed: usize, keys: Vec<NoteVerifier>) -> Self {
        let digest = Digest(Sha256::digest(text(needed, &keys).as_bytes()).into());
        Self { needed, keys, digest }
    }
}

impl fmt::Debug for BoardKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "BoardKeys({} of {} of {}, {})",
            self.needed,
            self.keys.len(),
            self.board(),
            self.fingerprint()
        )
    }
}

fn text(needed: usize, keys: &[NoteVerifier]) -> String {
    let lines: String = keys.iter().map(|key| format!("key {key}\n")).collect();
    format!("{BOARD_KEYS}\nneeded {needed}\n{lines}")
}

const BOARD_KEYS: &str = "diemdanh/board-keys/v1";
