//! Secure messaging, the chip's side: ICAO Doc 9303-11 §9.8.

use crate::bits::secret::Secret;
use crate::bits::tlv::{self, Reader};
use crate::crypto::cipher::{CipherAlg, CipherError};
use crate::crypto::{mac, padding};
use crate::iso7816::secure::{TAG_CRYPTOGRAM, TAG_CRYPTOGRAM_ODD, TAG_EXPECTED, TAG_MAC, TAG_STATUS};
use crate::iso7816::{CommandApdu, ResponseApdu, StatusWord};

/// The chip's side of a protected session.
pub(super) struct ChipSecureMessaging {
    cipher: CipherAlg,
    encryption: Secret<Vec<u8>>,
    authentication: Secret<Vec<u8>>,
    counter: Vec<u8>,
}

impl ChipSecureMessaging {
    pub(super) fn new(
        cipher: CipherAlg,
        (encryption, authentication): (Secret<Vec<u8>>, Secret<Vec<u8>>),
        counter: Vec<u8>,
    ) -> Self {
        Self { cipher, encryption, authentication, counter }
    }

    pub(super) fn from_zero(cipher: CipherAlg, keys: (Secret<Vec<u8>>, Secret<Vec<u8>>)) -> Self {
        Self::new(cipher, keys, vec![0; cipher.block_len()])
    }

    /// Largest data whose protected answer has 256 bytes.
    pub(super) fn max_short_block(&self) -> u32 {
        if self.cipher == CipherAlg::TripleDes { 231 } else { 223 }
    }

    /// Takes a command out of its protection. The error is what the chip answers, in the clear.
    pub(super) fn unprotect(&mut self, command: &CommandApdu) -> Result<CommandApdu, StatusWord> {
        self.step();
        let mut reader = Reader::new(&command.data);
        let wrong = |_| StatusWord::SM_OBJECTS_WRONG;
        let padded = reader.optional(TAG_CRYPTOGRAM).map_err(wrong)?;
        let bare = reader.optional(TAG_CRYPTOGRAM_ODD).map_err(wrong)?;
        let expected = reader.optional(TAG_EXPECTED).map_err(wrong)?;
        let body_len = command.data.len() - reader.rest().len();
        let code = reader.optional(TAG_MAC).map_err(wrong)?.ok_or(StatusWord::SM_OBJECTS_MISSING)?;
        let header = padding::pad(&[command.cla, command.ins, command.p1, command.p2], self.cipher.block_len());
        let message = [header.as_slice(), command.data.get(..body_len).unwrap_or_default()].concat();
        let expected_code = self.mac(&message).map_err(|_| StatusWord::FAILURE)?;
        if !mac::equal(&expected_code, code.value) {
            return Err(StatusWord::SM_OBJECTS_WRONG);
        }
        let cryptogram = match (padded, bare) {
            (Some(padded), _) => padded.value.strip_prefix(&[0x01]),
            (None, bare) => bare.map(|bare| bare.value),
        };
        let data = cryptogram.map(|cryptogram| self.decrypt(cryptogram)).transpose()?.unwrap_or_default();
        let expected = expected.map(|element| expected_length(element.value));
        let CommandApdu { cla, ins, p1, p2, .. } = *command;
        Ok(CommandApdu { cla: cla & !0x0C, ins, p1, p2, data, expected })
    }

    /// Protects an answer.
    pub(super) fn protect(&mut self, answer: &ResponseApdu) -> ResponseApdu {
        self.step();
        let mut body = Vec::new();
        if !answer.data.is_empty() {
            let padded = padding::pad(&answer.data, self.cipher.block_len());
            let cryptogram = self
                .iv()
                .and_then(|iv| self.cipher.encrypt_cbc(self.encryption.expose(), &iv, &padded))
                .unwrap_or_default();
            body = tlv::encode(TAG_CRYPTOGRAM, &[&[0x01], cryptogram.as_slice()].concat());
        }
        body.extend(tlv::encode(TAG_STATUS, &answer.status.0.to_be_bytes()));
        let code = self.mac(&body).unwrap_or_default();
        body.extend(tlv::encode(TAG_MAC, &code));
        ResponseApdu { data: body, status: answer.status }
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Result<Vec<u8>, StatusWord> {
        let iv = self.iv().map_err(|_| StatusWord::FAILURE)?;
        let padded = self.cipher.decrypt_cbc(self.encryption.expose(), &iv, cryptogram);
        let padded = padded.map_err(|_| StatusWord::SM_OBJECTS_WRONG)?;
        padding::unpad(&padded, self.cipher.block_len()).map(<[u8]>::to_vec).ok_or(StatusWord::SM_OBJECTS_WRONG)
    }

    fn iv(&self) -> Result<Vec<u8>, CipherError> {
        match self.cipher {
            CipherAlg::TripleDes => Ok(vec![0; 8]),
            _ => self.cipher.encrypt_zero_iv(self.encryption.expose(), &self.counter),
        }
    }

    fn mac(&self, message: &[u8]) -> Result<[u8; mac::MAC_LEN], CipherError> {
        let padded = padding::pad(&[&self.counter, message].concat(), self.cipher.block_len());
        match self.cipher {
            CipherAlg::TripleDes => mac::retail_mac(self.authentication.expose(), &padded),
            _ => mac::authenticate(self.cipher, self.authentication.expose(), &padded),
        }
    }

    fn step(&mut self) {
        for byte in self.counter.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
}

fn expected_length(value: &[u8]) -> u32 {
    match value {
        [0] => 256,
        [0, 0] => 65_536,
        digits => digits.iter().fold(0, |length, digit| length << 8 | u32::from(*digit)),
    }
}
