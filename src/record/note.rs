//! Signed notes (C2SP `signed-note`): a text that a person can read and the Ed25519 signatures under it.

use crate::bits::{random::Random, secret::Secret};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The longest note that is read.
pub const MAX_NOTE_LEN: usize = 4 << 20;
/// The most signature lines that are looked at.
const MAX_SIGNATURES: usize = 16;

/// Why a note does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than [`MAX_NOTE_LEN`].
    #[error("the note is too long")]
    TooLong,
    /// Not in the form of a note.
    #[error("not in the form of a signed note")]
    Form,
    /// No signature line of the wanted key.
    #[error("no signature of the wanted key")]
    NoSignature,
    /// The wanted key's signature is wrong.
    #[error("the signature is wrong")]
    BadSignature,
    /// A key's name is empty or has a space or a plus sign.
    #[error("not a key name")]
    BadName,
    /// Not a verifier key.
    #[error("not a verifier key")]
    BadKey,
}

/// A key that signs notes under a name.
#[derive(Clone)]
pub struct NoteKey {
    signing: SigningKey,
    verifier: NoteVerifier,
}

impl NoteKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`NoteError::BadName`].
    pub fn generate(name: &str, random: &mut dyn Random) -> Result<Self, NoteError> {
        let mut seed = [0; 32];
        random.fill(&mut seed);
        Self::from_seed(name, &Secret::new(seed))
    }

    /// The key of a stored seed.
    ///
    /// # Errors
    /// [`NoteError::BadName`].
    pub fn from_seed(name: &str, seed: &Secret<[u8; 32]>) -> Result<Self, NoteError> {
        let signing = SigningKey::from_bytes(seed.expose());
        let verifier = NoteVerifier::new(name, signing.verifying_key())?;
        Ok(Self { signing, verifier })
    }

    /// The seed, for a sealed file.
    pub fn seed(&self) -> Secret<[u8; 32]> {
        Secret::new(self.signing.to_bytes())
    }

    /// What others check this key's signatures with.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Signs `text`, which must end in a newline and hold no other control character.
    ///
    /// # Errors
    /// [`NoteError::Form`] when it does not.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        if !is_note_text(text) {
            return Err(NoteError::Form);
        }
        let mut payload = self.verifier.id.to_vec();
        payload.extend_from_slice(&self.signing.sign(text.as_bytes()).to_bytes());
        Ok(format!("{text}\n{SIGNATURE_MARK}{} {}\n", self.verifier.name, BASE64.encode(payload)))
    }
}

/// A key that notes are checked with.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl NoteVerifier {
    /// Reads a verifier key line: `name+hexid+base64(01 ‖ key)`.
    ///
    /// # Errors
    /// [`NoteError::BadKey`], [`NoteError::BadName`].
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let mut parts = vkey.trim_end_matches('\n').splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey);
        };
        let bytes = BASE64.decode(key).map_err(|_| NoteError::BadKey)?;
        let (&ALG_ED25519, key) = bytes.split_first().ok_or(NoteError::BadKey)? else {
            return Err(NoteError::BadKey);
        };
        let key: [u8; 32] = key.try_into().map_err(|_| NoteError::BadKey)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NoteError::BadKey)?;
        let verifier = Self::new(name, key)?;
        if verifier.hex_id() == id { Ok(verifier) } else { Err(NoteError::BadKey) }
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 32 bytes of the key.
    pub fn key_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Checks `note` and returns its text, newline included, when this key signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        if note.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, signatures) = (&note[..=split], &note[split + 2..]);
        if !is_note_text(text) || !signatures.ends_with('\n') {
            return Err(NoteError::Form);
        }
        let mut found = Err(NoteError::NoSignature);
        for (index, line) in signatures.lines().enumerate() {
            let (name, payload) = signature_line(line).ok_or(NoteError::Form)?;
            if index >= MAX_SIGNATURES {
                return Err(NoteError::Form);
            }
            if found.is_err() && name == self.name && payload.starts_with(&self.id) {
                found = self.check(text, payload.get(4..).unwrap_or_default());
                found?;
            }
        }
        found.map(|()| text)
    }

    fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if name.is_empty() || name.contains(|character: char| character.is_whitespace() || character == '+') {
            return Err(NoteError::BadName);
        }
        let mut hash = Sha256::new();
        hash.update(name.as_bytes());
        hash.update([b'\n', ALG_ED25519]);
        hash.update(key.as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        Ok(Self { name: name.to_owned(), id: [digest[0], digest[1], digest[2], digest[3]], key })
    }

    fn check(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::BadSignature)?;
        self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::BadSignature)
    }

    fn hex_id(&self) -> String {
        crate::bits::hex::encode_lower(&self.id)
    }
}

/// The verifier key line.
impl fmt::Display for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ALG_ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(formatter, "{}+{}+{}", self.name, self.hex_id(), BASE64.encode(key))
    }
}

impl fmt::Debug for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NoteVerifier({self})")
    }
}

fn is_note_text(text: &str) -> bool {
    text.ends_with('\n') && !text.chars().any(|character| character < ' ' && character != '\n')
}

fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, payload) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
    let payload = BASE64.decode(payload).ok().filter(|payload| payload.len() >= 5)?;
    (!name.is_empty() && !name.contains('+')).then_some((name, payload))
}

/// What a signature line starts with: an em dash and a space.
const SIGNATURE_MARK: &str = "\u{2014} ";
/// The algorithm byte of Ed25519 in key ids and verifier keys.
const ALG_ED25519: u8 = 1;
