//! The name of a document in the log.
//!
//! A plain or salted hash of a twelve-digit number is no pseudonym (one birth year of numbers falls in seconds);
//! a keyed one is, as long as the key is not beside the log.

use super::DocumentRef;
use bits::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The exam's key for pseudonyms. It leaves the desk at close and stays with the board.
pub type ExamKey = Secret<[u8; 32]>;

/// The first 128 bits of `HMAC-SHA-256(K_exam, "doc/v1" ‖ type ‖ state ‖ number)`.
///
/// `kind` is the MRZ's two-letter document type, `state` its three-letter issuing state, so that the parts need
/// no separator.
pub fn document_ref(key: &ExamKey, kind: [u8; 2], state: [u8; 3], number: &str) -> DocumentRef {
    let mut out = [0; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) {
        mac.update(b"doc/v1");
        mac.update(&kind);
        mac.update(&state);
        mac.update(number.as_bytes());
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    DocumentRef(out)
}
