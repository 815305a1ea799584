//! The block ciphers of secure messaging and PACE: ICAO Doc 9303-11 §9.8, §4.4.

use aes::{Aes128, Aes192, Aes256};
use cipher::{
    Array, Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit,
};
use des::{TdesEde2, TdesEde3};

/// A block cipher with its key length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CipherAlg {
    /// Two-key 3DES in CBC mode, retail MAC.
    TripleDes,
    /// AES-128 in CBC mode, CMAC.
    Aes128,
    /// AES-192 in CBC mode, CMAC.
    Aes192,
    /// AES-256 in CBC mode, CMAC.
    Aes256,
}

/// A key or a text whose length does not fit the cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The key has another length than the cipher's.
    #[error("a key of {0} bytes does not fit the cipher")]
    KeyLength(usize),
    /// The initialisation vector is not one block.
    #[error("initialisation vector of {0} bytes, expected one block")]
    IvLength(usize),
    /// The text is not a whole number of blocks.
    #[error("{0} bytes are not a whole number of blocks")]
    PartialBlock(usize),
}

impl CipherAlg {
    /// Every cipher.
    pub const ALL: [Self; 4] = [Self::TripleDes, Self::Aes128, Self::Aes192, Self::Aes256];

    /// Key length in bytes.
    pub fn key_len(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Block length in bytes, also the length of the send sequence counter.
    pub fn block_len(self) -> usize {
        if self == Self::TripleDes { 8 } else { 16 }
    }

    /// Encrypts whole blocks in CBC mode, without padding.
    ///
    /// # Errors
    /// [`CipherError`] where a length does not fit.
    pub fn encrypt_cbc(self, key: &[u8], iv: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
        match self {
            Self::TripleDes if key.len() == 16 => encrypt::<TdesEde2>(key, iv, text),
            Self::TripleDes => encrypt::<TdesEde3>(key, iv, text),
            Self::Aes128 => encrypt::<Aes128>(key, iv, text),
            Self::Aes192 => encrypt::<Aes192>(key, iv, text),
            Self::Aes256 => encrypt::<Aes256>(key, iv, text),
        }
    }

    /// Decrypts whole blocks in CBC mode, without padding.
    ///
    /// # Errors
    /// [`CipherError`] where a length does not fit.
    pub fn decrypt_cbc(self, key: &[u8], iv: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
        match self {
            Self::TripleDes if key.len() == 16 => decrypt::<TdesEde2>(key, iv, text),
            Self::TripleDes => decrypt::<TdesEde3>(key, iv, text),
            Self::Aes128 => decrypt::<Aes128>(key, iv, text),
            Self::Aes192 => decrypt::<Aes192>(key, iv, text),
            Self::Aes256 => decrypt::<Aes256>(key, iv, text),
        }
    }

    /// CBC encryption with an initialisation vector of zeros (PACE nonce, BAC cryptograms, integrated mapping).
    ///
    /// # Errors
    /// [`CipherError`] where a length does not fit.
    pub fn encrypt_zero_iv(self, key: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
        self.encrypt_cbc(key, &[0; 16][..self.block_len()], text)
    }

    /// CBC decryption with an initialisation vector of zeros.
    ///
    /// # Errors
    /// [`CipherError`] where a length does not fit.
    pub fn decrypt_zero_iv(self, key: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
        self.decrypt_cbc(key, &[0; 16][..self.block_len()], text)
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
    let cipher = C::new_from_slice(key).map_err(|_| CipherError::KeyLength(key.len()))?;
    let iv = Block::<C>::try_from(iv).map_err(|_| CipherError::IvLength(iv.len()))?;
    let mut out = text.to_vec();
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut out);
    if !rest.is_empty() {
        return Err(CipherError::PartialBlock(text.len()));
    }
    cbc::Encryptor::<C>::inner_iv_init(cipher, &iv).encrypt_blocks(blocks);
    Ok(out)
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], text: &[u8]) -> Result<Vec<u8>, CipherError> {
    let cipher = C::new_from_slice(key).map_err(|_| CipherError::KeyLength(key.len()))?;
    let iv = Block::<C>::try_from(iv).map_err(|_| CipherError::IvLength(iv.len()))?;
    let mut out = text.to_vec();
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut out);
    if !rest.is_empty() {
        return Err(CipherError::PartialBlock(text.len()));
    }
    cbc::Decryptor::<C>::inner_iv_init(cipher, &iv).decrypt_blocks(blocks);
    Ok(out)
}
