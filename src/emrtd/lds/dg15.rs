//! DG15: the active-authentication key (ICAO Doc 9303-10 §4.7.15).

use crate::authenticity::public_key::{KeyError, PublicKey};
use bits::tlv::Reader;

/// Reads the public key in DG15.
///
/// # Errors
/// [`KeyError`] when the file is not `6F L { SubjectPublicKeyInfo }` or the key is not acceptable.
pub fn parse(file: &[u8]) -> Result<PublicKey, KeyError> {
    let outer = Reader::new(file).expect(0x6F)?;
    PublicKey::from_info(outer.value)
}
