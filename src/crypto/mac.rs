//! Message authentication of secure messaging: ICAO Doc 9303-11 §9.8.6.2 (retail MAC) and §9.8.6.3 (CMAC).

use super::cipher::{CipherAlg, CipherError};
use super::padding;
use cipher::{Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit};
use cmac::Cmac;
use des::Des;
use subtle::ConstantTimeEq as _;

/// Length of every authentication code and token in bytes.
pub const MAC_LEN: usize = 8;

/// The eight-byte authentication code of `message`, which is not padded by the caller.
///
/// 3DES: ISO/IEC 9797-1 MAC algorithm 3 with padding method 2. AES: CMAC (NIST SP 800-38B), first eight bytes.
///
/// # Errors
/// [`CipherError::KeyLength`].
pub fn authenticate(cipher: CipherAlg, key: &[u8], message: &[u8]) -> Result<[u8; MAC_LEN], CipherError> {
    match cipher {
        CipherAlg::TripleDes => retail_mac(key, &padding::pad(message, 8)),
        CipherAlg::Aes128 => cmac8(Cmac::<aes::Aes128>::new_from_slice(key), key, message),
        CipherAlg::Aes192 => cmac8(Cmac::<aes::Aes192>::new_from_slice(key), key, message),
        CipherAlg::Aes256 => cmac8(Cmac::<aes::Aes256>::new_from_slice(key), key, message),
    }
}

/// The retail MAC over `padded`, a whole number of blocks.
///
/// # Errors
/// [`CipherError`] where a length does not fit.
pub fn retail_mac(key: &[u8], padded: &[u8]) -> Result<[u8; MAC_LEN], CipherError> {
    let (first, second) = key.split_at_checked(8).ok_or(CipherError::KeyLength(key.len()))?;
    let outer = Des::new_from_slice(first).map_err(|_| CipherError::KeyLength(key.len()))?;
    let inner = Des::new_from_slice(second).map_err(|_| CipherError::KeyLength(key.len()))?;
    let (blocks, rest) = padded.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(CipherError::PartialBlock(padded.len()));
    }
    let mut state = Array([0_u8; 8]);
    for block in blocks {
        state.iter_mut().zip(block).for_each(|(state, byte)| *state ^= byte);
        outer.encrypt_block(&mut state);
    }
    inner.decrypt_block(&mut state);
    outer.encrypt_block(&mut state);
    Ok(state.0)
}

/// Compares two authentication codes without a timing channel; different lengths are different.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

fn cmac8<M: cmac::Mac, E>(mac: Result<M, E>, key: &[u8], message: &[u8]) -> Result<[u8; MAC_LEN], CipherError> {
    let mut mac = mac.map_err(|_| CipherError::KeyLength(key.len()))?;
    mac.update(message);
    let full = mac.finalize().into_bytes();
    let mut short = [0; MAC_LEN];
    short.iter_mut().zip(full.iter()).for_each(|(short, full)| *short = *full);
    Ok(short)
}
