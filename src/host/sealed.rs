//! Files that only their recipients open (age, `age-encryption.org/v1`, X25519).
//!
//! The library draws its own chance from the operating system.

use age::{Decryptor, Encryptor, scrypt, secrecy::ExposeSecret as _, x25519};
use bech32::{Bech32, Hrp};
use bits::secret::Secret;
use std::io::{Read as _, Write as _};

/// Why a file was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not a recipient: `age1…`.
    #[error("not a recipient (age1…)")]
    Recipient,
    /// Not an identity: `AGE-SECRET-KEY-1…`.
    #[error("not an identity (AGE-SECRET-KEY-1…)")]
    Identity,
    /// There is nobody to seal it for, or the library failed.
    #[error("the file could not be sealed")]
    Seal,
    /// Not for this identity, damaged, cut, or no such file at all. What was opened before that is given to nobody.
    #[error("the file is not for this key, or was damaged")]
    Open,
    /// Larger than the caller takes.
    #[error("the opened file is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}

/// A fresh identity and its recipient.
pub fn generate() -> (Secret<String>, String) {
    let identity = x25519::Identity::generate();
    (Secret::new(identity.to_string().expose_secret().to_owned()), identity.to_public().to_string())
}

/// An identity as a text file that a passphrase opens (age with scrypt, armoured by lines of its own).
///
/// # Errors
/// [`SealError::Seal`].
pub fn lock_identity(identity: &Secret<String>, passphrase: &Secret<String>) -> Result<String, SealError> {
    let recipient = scrypt::Recipient::new(passphrase.expose().clone().into());
    age::encrypt_and_armor(&recipient, identity.expose().as_bytes()).map_err(|_| SealError::Seal)
}

/// The same for a desk, whose passphrase lies beside it and is no word of a person: fewer steps, or every start of the
/// desk would wait for them.
///
/// # Errors
/// [`SealError::Seal`].
pub fn lock_desk_identity(identity: &Secret<String>, passphrase: &Secret<String>) -> Result<String, SealError> {
    let mut recipient = scrypt::Recipient::new(passphrase.expose().clone().into());
    recipient.set_work_factor(DESK_WORK_FACTOR);
    age::encrypt_and_armor(&recipient, identity.expose().as_bytes()).map_err(|_| SealError::Seal)
}

/// The identity of an X25519 secret that was made elsewhere, out of a PIN for instance.
///
/// # Errors
/// [`SealError::Identity`]; never for 32 bytes.
pub fn identity_of(secret: &Secret<[u8; 32]>) -> Result<Secret<String>, SealError> {
    let text = bech32::encode_upper::<Bech32>(IDENTITY_PREFIX, secret.expose());
    text.map(Secret::new).map_err(|_| SealError::Identity)
}

/// The recipient of an X25519 public key that was made elsewhere.
///
/// # Errors
/// [`SealError::Recipient`]; never for 32 bytes.
pub fn recipient_from(public: &[u8; 32]) -> Result<String, SealError> {
    bech32::encode::<Bech32>(RECIPIENT_PREFIX, public).map_err(|_| SealError::Recipient)
}

/// Who a file must be sealed for, so that this identity opens it.
///
/// # Errors
/// [`SealError::Identity`].
pub fn recipient_of(identity: &Secret<String>) -> Result<String, SealError> {
    let identity: x25519::Identity = identity.expose().trim().parse().map_err(|_| SealError::Identity)?;
    Ok(identity.to_public().to_string())
}

/// The identity of such a file.
///
/// # Errors
/// [`SealError::Open`] for a wrong passphrase or a damaged file.
pub fn unlock_identity(text: &str, passphrase: &Secret<String>) -> Result<Secret<String>, SealError> {
    let mut identity = scrypt::Identity::new(passphrase.expose().clone().into());
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let mut sealed = Vec::new();
    let armoured = age::armor::ArmoredReader::new(text.as_bytes());
    armoured.take(MAX_IDENTITY_LEN).read_to_end(&mut sealed).map_err(|_| SealError::Open)?;
    let opened = age::decrypt(&identity, &sealed).map_err(|_| SealError::Open)?;
    String::from_utf8(opened).map(Secret::new).map_err(|_| SealError::Open)
}

/// Checks that a text is a recipient.
///
/// # Errors
/// [`SealError::Recipient`].
pub fn check_recipient(recipient: &str) -> Result<(), SealError> {
    parse(recipient).map(|_| ())
}

/// Seals `bytes` for these recipients.
///
/// # Errors
/// [`SealError::Recipient`], [`SealError::Seal`].
pub fn seal(bytes: &[u8], recipients: &[&str]) -> Result<Vec<u8>, SealError> {
    let recipients = recipients.iter().map(|one| parse(one)).collect::<Result<Vec<_>, _>>()?;
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|one| one as &dyn age::Recipient));
    let mut sealed = Vec::new();
    let mut writer = encryptor.map_err(|_| SealError::Seal)?.wrap_output(&mut sealed).map_err(|_| SealError::Seal)?;
    writer.write_all(bytes).map_err(|_| SealError::Seal)?;
    writer.finish().map_err(|_| SealError::Seal)?;
    Ok(sealed)
}

/// Opens a sealed file of at most `limit` bytes. Nothing of it is given out before all of it was found whole.
///
/// # Errors
/// [`SealError::Identity`], [`SealError::Open`], [`SealError::TooLarge`].
pub fn open(sealed: &[u8], identity: &Secret<String>, limit: u64) -> Result<Secret<Vec<u8>>, SealError> {
    let identity: x25519::Identity = identity.expose().trim().parse().map_err(|_| SealError::Identity)?;
    let decryptor = Decryptor::new(sealed).map_err(|_| SealError::Open)?;
    let reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|_| SealError::Open)?;
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| SealError::Open)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= limit);
    if fits { Ok(Secret::new(bytes)) } else { Err(SealError::TooLarge { limit }) }
}

const IDENTITY_PREFIX: Hrp = Hrp::parse_unchecked("age-secret-key-");
const RECIPIENT_PREFIX: Hrp = Hrp::parse_unchecked("age");
const MAX_IDENTITY_LEN: u64 = 4_096;
/// 2¹⁴ steps of scrypt: 16 MiB, some hundredths of a second.
const DESK_WORK_FACTOR: u8 = 14;
/// 2²² steps of scrypt: 4 GiB. More is no key of ours.
const MAX_WORK_FACTOR: u8 = 22;

fn parse(recipient: &str) -> Result<x25519::Recipient, SealError> {
    recipient.trim().parse().map_err(|_| SealError::Recipient)
}
