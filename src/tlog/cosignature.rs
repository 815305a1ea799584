//! Cosignatures (C2SP `tlog-cosignature`, `cosignature/v1` under Ed25519): what a witness says about a checkpoint, and
//! when it said so.

use super::{
    checkpoint::Checkpoint,
    note::{KEY_ID_LEN, NoteError, NoteKey, SignedNote, key_id, read_vkey, write_signature_line, write_vkey},
};
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use std::fmt;

/// A witness's key that cosignatures are checked with.
#[derive(Clone, PartialEq, Eq)]
pub struct CosignatureKey {
    name: String,
    id: [u8; KEY_ID_LEN],
    key: VerifyingKey,
}

impl CosignatureKey {
    /// What others check the cosignatures of `key` with.
    ///
    /// # Errors
    /// [`NoteError::BadKey`], never for a key that was made.
    pub fn of(key: &NoteKey) -> Result<Self, NoteError> {
        let verifier = key.verifier();
        let key = VerifyingKey::try_from(verifier.key_bytes().as_slice()).map_err(|_| NoteError::BadKey)?;
        let name = verifier.name().to_owned();
        Ok(Self { id: key_id(&name, ALG_COSIGNATURE, &key), name, key })
    }

    /// Reads a verifier key line of a cosigner: `name+hexid+base64(04 ‖ key)`.
    ///
    /// # Errors
    /// [`NoteError::BadKey`], [`NoteError::BadName`].
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let (name, id, key) = read_vkey(vkey, ALG_COSIGNATURE)?;
        Ok(Self { name, id, key })
    }

    /// The name that the cosigner's signature lines begin with; also the first part of the verifier key line.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The verifier key line, `name+hexid+base64(04 ‖ key)`, as [`CosignatureKey::parse`] reads it.
impl fmt::Display for CosignatureKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&write_vkey(&self.name, ALG_COSIGNATURE, &self.key))
    }
}

impl fmt::Debug for CosignatureKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CosignatureKey({self})")
    }
}

/// A checkpoint that a witness signed. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    checkpoint: Checkpoint,
    at: Timestamp,
}

impl Cosigned {
    /// What was witnessed. Whether the log's own key signed it is another question.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// When, by the witness's clock, in whole seconds.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// The cosignature line of `key` over a checkpoint's note text (three lines), for the end of its note. `at` counts in
/// whole seconds. Whether the checkpoint is consistent with earlier ones is the witness's matter.
///
/// # Errors
/// [`NoteError::Form`] when the text is no checkpoint, or the time lies before 1970.
pub fn cosign(text: &str, key: &NoteKey, at: Timestamp) -> Result<String, NoteError> {
    Checkpoint::parse(text).ok_or(NoteError::Form)?;
    let seconds = u64::try_from(at.as_second()).map_err(|_| NoteError::Form)?;
    let mut payload = CosignatureKey::of(key)?.id.to_vec();
    payload.extend_from_slice(&seconds.to_be_bytes());
    payload.extend_from_slice(&key.sign_bytes(message(seconds, text).as_bytes()));
    Ok(write_signature_line(key.verifier().name(), &payload))
}

/// Reads a cosigned checkpoint whose line of `key` must be there and good. Lines of other keys are passed over; of
/// several good lines of this key the earliest counts.
///
/// # Errors
/// [`NoteError`].
pub fn verify(note: &str, key: &CosignatureKey) -> Result<Cosigned, NoteError> {
    let parts = SignedNote::split(note)?;
    let checkpoint = Checkpoint::parse(parts.text).ok_or(NoteError::Form)?;
    let own = parts.signatures.iter().filter(|(name, payload)| *name == key.name && payload.starts_with(&key.id));
    let times: Vec<Timestamp> = own.map(|(_, payload)| check(parts.text, payload, key)).collect::<Result<_, _>>()?;
    let at = times.into_iter().min().ok_or(NoteError::NoSignature)?;
    Ok(Cosigned { checkpoint, at })
}

fn check(text: &str, payload: &[u8], key: &CosignatureKey) -> Result<Timestamp, NoteError> {
    let stamped = payload.get(KEY_ID_LEN..).unwrap_or_default();
    let (seconds, signature) = stamped.split_first_chunk::<8>().ok_or(NoteError::BadSignature)?;
    let seconds = u64::from_be_bytes(*seconds);
    let signature = Signature::from_slice(signature).map_err(|_| NoteError::BadSignature)?;
    let good = key.key.verify_strict(message(seconds, text).as_bytes(), &signature);
    good.map_err(|_| NoteError::BadSignature)?;
    let seconds = i64::try_from(seconds).map_err(|_| NoteError::Form)?;
    Timestamp::from_second(seconds).map_err(|_| NoteError::Form)
}

fn message(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// The algorithm byte of timestamped Ed25519 cosignatures.
const ALG_COSIGNATURE: u8 = 4;
