//! How a package's two parts are sealed: the front for the desks, the people for a fresh key, and that key for each
//! operator's PIN, in the front.
//!
//! ```text
//! front   desks' recipients, recovery                 settings … operators, keys/<code>
//! people  fresh recipient, recovery                   candidates, exam's key, portraits
//! keys/<code>  the public key of the code's PIN       the fresh identity
//! ```
//!
//! Whoever works at a desk needs what the desk's device opens *and* a PIN: the opening is the check of the PIN.
//!
//! Invariant: the fresh identity is written nowhere but under a PIN.

use crate::contents::{Contents, ContentsFault};
use bits::secret::Secret;

/// Seals bytes for recipients.
pub type Seal<'a> = dyn Fn(&[u8], &[&str]) -> Option<Vec<u8>> + 'a;

/// The cipher (age): how it seals and how it makes a key pair are given, for they need the operating system's chance.
pub struct SealTools<'a> {
    /// Seals bytes for recipients, `age1…`; `None` when that cannot be done.
    pub seal: &'a Seal<'a>,
    /// A fresh identity and its recipient.
    pub fresh: &'a dyn Fn() -> (Secret<String>, String),
    /// The recipient of an X25519 public key.
    pub recipient: &'a dyn Fn(&[u8; 32]) -> Option<String>,
}

/// A package's two ciphertexts, one behind the other.
pub struct SealedContents {
    /// The bytes that the package's note is about.
    pub bytes: Vec<u8>,
    /// So many of them are the front.
    pub front_len: u64,
}

/// Why a package was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealingFault {
    /// The contents cannot be written.
    #[error(transparent)]
    Contents(#[from] ContentsFault),
    /// The cipher failed.
    #[error("the package could not be sealed")]
    Cipher,
}

/// Seals `contents` for the recipients of `desks` and for `recovery`, who opens both parts without a PIN.
///
/// # Errors
/// [`SealingFault`].
pub fn seal(
    contents: &Contents,
    desks: &[&str],
    recovery: Option<&str>,
    tools: &SealTools<'_>,
) -> Result<SealedContents, SealingFault> {
    let (identity, fresh) = (tools.fresh)();
    let sealed = |bytes: &[u8], recipients: &[&str]| (tools.seal)(bytes, recipients).ok_or(SealingFault::Cipher);
    let mut front = contents.front.clone();
    front.keys.clear();
    for operator in &contents.front.operators {
        let Some(public) = operator.pin.as_ref().and_then(|lock| lock.public()) else { continue };
        let recipient = (tools.recipient)(public).ok_or(SealingFault::Cipher)?;
        front.keys.insert(operator.code.clone(), sealed(identity.expose().as_bytes(), &[&recipient])?);
    }
    let for_desks: Vec<&str> = desks.iter().copied().chain(recovery).collect();
    let for_people: Vec<&str> = [fresh.as_str()].into_iter().chain(recovery).collect();
    let mut bytes = sealed(front.write()?.expose(), &for_desks)?;
    let front_len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    bytes.extend(sealed(contents.people.write()?.expose(), &for_people)?);
    Ok(SealedContents { bytes, front_len })
}
