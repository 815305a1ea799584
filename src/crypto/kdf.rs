//! Key derivation: ICAO Doc 9303-11 §9.7.1.

use super::{CipherAlg, HashAlg};
use bits::secret::Secret;
use zeroize::Zeroizing;

/// What a derived key is for: the 32-bit counter of the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Counter 1: encryption.
    Encryption,
    /// Counter 2: message authentication.
    Authentication,
    /// Counter 3: decryption of the PACE nonce.
    Password,
}

/// Derives the key for `usage` and `cipher` from a shared secret or password.
///
/// 3DES keys are 16 bytes (two-key) with odd parity; AES keys have the cipher's length.
///
/// The worked example of Doc 9303-11, appendix D.1:
///
/// ```
/// use bits::hex;
/// use diemdanh_crypto::cipher::CipherAlg;
/// use diemdanh_crypto::kdf::{KeyUse, derive};
///
/// let seed = hex::decode("239AB9CB282DAF66231DC5A4DF6BFBAE").unwrap();
/// let key = derive(&seed, KeyUse::Encryption, CipherAlg::TripleDes);
/// assert_eq!(hex::encode(key.expose()), "AB94FDECF2674FDFB9B391F85D7F76F2");
/// ```
pub fn derive(shared_secret: &[u8], usage: KeyUse, cipher: CipherAlg) -> Secret<Vec<u8>> {
    let counter = match usage {
        KeyUse::Encryption => [0, 0, 0, 1],
        KeyUse::Authentication => [0, 0, 0, 2],
        KeyUse::Password => [0, 0, 0, 3],
    };
    let hash = match cipher {
        CipherAlg::TripleDes | CipherAlg::Aes128 => HashAlg::Sha1,
        CipherAlg::Aes192 | CipherAlg::Aes256 => HashAlg::Sha256,
    };
    let input = Zeroizing::new([shared_secret, &counter].concat());
    let mut key = hash.digest(&input);
    key.truncate(cipher.key_len());
    if cipher == CipherAlg::TripleDes {
        set_odd_parity(&mut key);
    }
    Secret::new(key)
}

/// The session keys for encryption and for authentication.
pub fn session_keys(shared_secret: &[u8], cipher: CipherAlg) -> (Secret<Vec<u8>>, Secret<Vec<u8>>) {
    (derive(shared_secret, KeyUse::Encryption, cipher), derive(shared_secret, KeyUse::Authentication, cipher))
}

fn set_odd_parity(key: &mut [u8]) {
    for byte in key {
        let even_so_far = (*byte >> 1).count_ones().is_multiple_of(2);
        *byte = (*byte & 0xFE) | u8::from(even_so_far);
    }
}
