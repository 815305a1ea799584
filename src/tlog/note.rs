//! Signed notes (C2SP `signed-note`): a text that a person can read and the Ed25519 signatures under it.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::random::Random;
use bits::secret::Secret;
use crypto::ecdsa::ecdsa_verify_plain;
use crypto::{NamedCurve, Point};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The longest note that is read, in bytes; the manifest of a large export is one.
pub const MAX_NOTE_LEN: usize = 4 << 20;
/// The most signature lines that a note may have; the specification asks for no more.
const MAX_SIGNATURES: usize = 16;

/// Why a note does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than [`MAX_NOTE_LEN`].
    #[error("note too long")]
    TooLong,
    /// No empty line before the signatures, a control character, a signature line that is none, or too many of them.
    #[error("malformed signed note")]
    Form,
    /// No signature line of the wanted key.
    #[error("no signature of the wanted key")]
    NoSignature,
    /// The wanted key's signature is wrong.
    #[error("invalid signature")]
    BadSignature,
    /// A key's name is empty or has a space or a plus sign.
    #[error("not a key name")]
    BadName,
    /// No `name+hexid+base64(type ‖ key)`, an id that is not the key's, a type that is not known, or bytes that are no
    /// key.
    #[error("not a verifier key")]
    BadKey,
    /// The device that holds the key did not sign.
    #[error("the device that holds the key did not sign")]
    Device,
    /// Some keys of the board signed, and not as many as must.
    #[error("too few of the board's keys have signed")]
    TooFewSignatures,
    /// The statement names another set of board keys than the one it is held against.
    #[error("the statement names another set of board keys")]
    OtherKeys,
}

/// A key that signs notes under a name.
#[derive(Clone)]
pub struct NoteKey {
    signing: SigningKey,
    verifier: NoteVerifier,
}

impl NoteKey {
    /// A fresh Ed25519 key from 32 bytes of `random`.
    ///
    /// # Errors
    /// [`NoteError::BadName`].
    pub fn generate(name: &str, random: &mut dyn Random) -> Result<Self, NoteError> {
        let mut seed = [0; 32];
        random.fill(&mut seed);
        Self::from_seed(name, &Secret::new(seed))
    }

    /// The Ed25519 key of a seed (RFC 8032 §5.1.5) that [`NoteKey::seed`] gave out.
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
        payload.extend_from_slice(&self.sign_bytes(text.as_bytes()));
        Ok(format!("{text}\n{}", write_signature_line(&self.verifier.name, &payload)))
    }

    /// A plain Ed25519 signature, for statements with a separator of their own.
    pub(super) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

/// Somebody who signs notes, wherever the key lies: in memory, in a token, in a TPM.
pub trait NoteSigner: Send {
    /// What others check this key's signatures with.
    fn verifier(&self) -> &NoteVerifier;

    /// Signs `text`, which must end in a newline and hold no other control character.
    ///
    /// # Errors
    /// [`NoteError::Form`] when it does not; [`NoteError::Device`] when the key cannot be used.
    fn sign(&self, text: &str) -> Result<String, NoteError>;
}

impl NoteSigner for NoteKey {
    fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Result<String, NoteError> {
        Self::sign(self, text)
    }
}

/// Puts a signature that a device made over `text` under it, and checks it: a device that signs something else is
/// told at once.
///
/// # Errors
/// [`NoteError::Form`], [`NoteError::BadSignature`].
pub fn signed_elsewhere(text: &str, verifier: &NoteVerifier, signature: &[u8]) -> Result<String, NoteError> {
    if !is_note_text(text) {
        return Err(NoteError::Form);
    }
    verifier.check(text, signature)?;
    let payload = [&verifier.id, signature].concat();
    Ok(format!("{text}\n{}", write_signature_line(&verifier.name, &payload)))
}

/// A key that notes are checked with: Ed25519, or ECDSA on P-256 with SHA-256 for devices that have nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: [u8; KEY_ID_LEN],
    key: PublicKey,
}

#[derive(Clone, PartialEq, Eq)]
enum PublicKey {
    Ed25519(VerifyingKey),
    P256(Point),
}

impl NoteVerifier {
    /// Reads a verifier key line: `name+hexid+base64(01 ‖ key)`, or with the mark of P-256 in place of 01.
    ///
    /// # Errors
    /// [`NoteError::BadKey`], [`NoteError::BadName`].
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        match read_vkey(vkey, ALG_ED25519) {
            Ok((name, id, key)) => Ok(Self { name, id, key: PublicKey::Ed25519(key) }),
            Err(NoteError::BadKey) => read_p256(vkey),
            Err(error) => Err(error),
        }
    }

    /// A key that a device told: the 32 bytes of an Ed25519 key, or an uncompressed point of P-256.
    ///
    /// # Errors
    /// [`NoteError::BadKey`], [`NoteError::BadName`].
    pub fn of_device(name: &str, public: &[u8]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::BadName);
        }
        if let Ok(bytes) = public.try_into() {
            return Self::new(name, VerifyingKey::from_bytes(bytes).map_err(|_| NoteError::BadKey)?);
        }
        let point = Point::decode(NamedCurve::P256, public).map_err(|_| NoteError::BadKey)?;
        Ok(Self { name: name.to_owned(), id: tagged_id(name, &p256_material(&point)), key: PublicKey::P256(point) })
    }

    /// True for a key that signs with ECDSA over SHA-256.
    pub fn is_ecdsa(&self) -> bool {
        matches!(self.key, PublicKey::P256(_))
    }

    /// The name that signature lines of this key begin with. Who signs is told by the key alone, never by its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What signature lines of this key begin with, besides its name.
    pub fn id(&self) -> [u8; KEY_ID_LEN] {
        self.id
    }

    /// The bytes of the key: 32 of Ed25519, 65 of P-256.
    pub fn key_bytes(&self) -> Vec<u8> {
        match &self.key {
            PublicKey::Ed25519(key) => key.to_bytes().to_vec(),
            PublicKey::P256(point) => point.encode(),
        }
    }

    /// Checks `note` and returns its text, newline included, when this key signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let parts = SignedNote::split(note)?;
        let mut found = Err(NoteError::NoSignature);
        for (name, payload) in &parts.signatures {
            if found.is_err() && *name == self.name && payload.starts_with(&self.id) {
                found = self.check(parts.text, payload.get(KEY_ID_LEN..).unwrap_or_default());
                found?;
            }
        }
        found.map(|()| parts.text)
    }

    fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::BadName);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, ALG_ED25519, &key), key: PublicKey::Ed25519(key) })
    }

    fn check(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        match &self.key {
            PublicKey::Ed25519(key) => {
                let signature = Signature::from_slice(signature).map_err(|_| NoteError::BadSignature)?;
                key.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::BadSignature)
            }
            PublicKey::P256(key) if signature.len() == P256_SIGNATURE_LEN => {
                let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
                ecdsa_verify_plain(key, &digest, signature).map_err(|_| NoteError::BadSignature)
            }
            PublicKey::P256(_) => Err(NoteError::BadSignature),
        }
    }
}

/// The verifier key line, `name+hexid+base64(type ‖ key)`, as [`NoteVerifier::parse`] reads it.
impl fmt::Display for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match &self.key {
            PublicKey::Ed25519(key) => write_vkey(&self.name, ALG_ED25519, key),
            PublicKey::P256(point) => write_tagged(&self.name, &p256_material(point)),
        })
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

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

/// The first four bytes of `SHA-256(name ‖ "\n" ‖ algorithm ‖ key)`.
pub(super) fn key_id(name: &str, algorithm: u8, key: &VerifyingKey) -> [u8; KEY_ID_LEN] {
    tagged_id(name, &tagged(algorithm, key))
}

fn tagged(algorithm: u8, key: &VerifyingKey) -> Vec<u8> {
    [&[algorithm][..], key.as_bytes()].concat()
}

fn tagged_id(name: &str, material: &[u8]) -> [u8; KEY_ID_LEN] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update(b"\n");
    hash.update(material);
    let digest: [u8; 32] = hash.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The algorithm's mark and the point: type FF of C2SP `signed-note`, which is followed by a name of our own.
fn p256_material(point: &Point) -> Vec<u8> {
    [P256_MARK, &point.encode()].concat()
}

fn read_p256(vkey: &str) -> Result<NoteVerifier, NoteError> {
    let line = vkey.trim_end_matches('\n');
    let mut parts = line.splitn(3, '+');
    let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::BadKey);
    };
    let material = BASE64.decode(material).map_err(|_| NoteError::BadKey)?;
    let public = material.strip_prefix(P256_MARK).ok_or(NoteError::BadKey)?;
    let verifier = NoteVerifier::of_device(name, public)?;
    if verifier.is_ecdsa() && verifier.to_string() == line { Ok(verifier) } else { Err(NoteError::BadKey) }
}

/// Writes a verifier key line.
pub(super) fn write_vkey(name: &str, algorithm: u8, key: &VerifyingKey) -> String {
    write_tagged(name, &tagged(algorithm, key))
}

fn write_tagged(name: &str, material: &[u8]) -> String {
    let id = bits::hex::encode_lower(&tagged_id(name, material));
    format!("{name}+{id}+{}", BASE64.encode(material))
}

/// Reads a verifier key line of this algorithm: name, id and key.
pub(super) fn read_vkey(vkey: &str, algorithm: u8) -> Result<(String, [u8; KEY_ID_LEN], VerifyingKey), NoteError> {
    let mut parts = vkey.trim_end_matches('\n').splitn(3, '+');
    let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::BadKey);
    };
    if !is_key_name(name) {
        return Err(NoteError::BadName);
    }
    let bytes = BASE64.decode(material).map_err(|_| NoteError::BadKey)?;
    let key = bytes.strip_prefix(&[algorithm]).and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = VerifyingKey::from_bytes(&key.ok_or(NoteError::BadKey)?).map_err(|_| NoteError::BadKey)?;
    // The one spelling of a key, its id included.
    let same = write_vkey(name, algorithm, &key) == vkey.trim_end_matches('\n');
    if same { Ok((name.to_owned(), key_id(name, algorithm, &key), key)) } else { Err(NoteError::BadKey) }
}

/// Writes one signature line; `payload` starts with the key's id.
pub(super) fn write_signature_line(name: &str, payload: &[u8]) -> String {
    format!("{SIGNATURE_MARK}{name} {}\n", BASE64.encode(payload))
}

/// A note taken apart; nothing in it is checked yet.
pub(super) struct SignedNote<'a> {
    /// The text, newline included.
    pub(super) text: &'a str,
    /// Key name and payload of each signature line.
    pub(super) signatures: Vec<(&'a str, Vec<u8>)>,
}

impl<'a> SignedNote<'a> {
    /// Takes a note apart.
    pub(super) fn split(note: &'a str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        if !is_note_text(text) || !lines.ends_with('\n') || lines.lines().count() > MAX_SIGNATURES {
            return Err(NoteError::Form);
        }
        let signatures = lines.lines().map(|line| signature_line(line).ok_or(NoteError::Form));
        Ok(Self { text, signatures: signatures.collect::<Result<_, _>>()? })
    }
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
/// The mark of ECDSA on P-256 with SHA-256, signatures as r ‖ s.
const P256_MARK: &[u8] = b"\xFFdiemdanh/ecdsa-p256-sha256";
const P256_SIGNATURE_LEN: usize = 64;
/// Bytes of a key's id.
pub(super) const KEY_ID_LEN: usize = 4;
