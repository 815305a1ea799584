//! Secure messaging, the chip's side: ICAO Doc 9303-11 §9.8.

use super::AnswerTrick;
use bits::secret::Secret;
use bits::tlv::{self, Reader};
use crypto::cipher::{CipherAlg, CipherError};
use crypto::{mac, padding};
use iso7816::secure::{TAG_CRYPTOGRAM, TAG_CRYPTOGRAM_ODD, TAG_EXPECTED, TAG_MAC, TAG_STATUS};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

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
        let mut body = self.cryptogram(&answer.data, 0x01, true);
        body.extend(tlv::encode(TAG_STATUS, &answer.status.0.to_be_bytes()));
        self.sealed(body, answer.status)
    }

    /// Protects an answer as no chip should. The authentication code is right unless it is what is wrong.
    pub(super) fn protect_wrongly(&mut self, answer: &ResponseApdu, trick: AnswerTrick) -> ResponseApdu {
        if let AnswerTrick::PlainStatus(word) = trick {
            return ResponseApdu { data: Vec::new(), status: StatusWord(word) };
        }
        if trick == AnswerTrick::PlainData {
            return answer.clone();
        }
        self.step();
        let (indicator, padded) = match trick {
            AnswerTrick::PaddingIndicator => (0x02, true),
            AnswerTrick::NoPadding => (0x01, false),
            _ => (0x01, true),
        };
        let mut body = self.cryptogram(&answer.data, indicator, padded);
        if let Some(length) = body.get_mut(1).filter(|_| trick == AnswerTrick::LongCryptogram) {
            *length = 0x7F;
        }
        let inner = if let AnswerTrick::InnerStatus(word) = trick { StatusWord(word) } else { answer.status };
        if trick != AnswerTrick::NoStatus {
            body.extend(tlv::encode(TAG_STATUS, &inner.0.to_be_bytes()));
        }
        if trick == AnswerTrick::NoMac {
            return ResponseApdu { data: body, status: answer.status };
        }
        let outer = if let AnswerTrick::OuterStatus(word) = trick { StatusWord(word) } else { answer.status };
        let mut sealed = self.sealed(body, outer);
        if let Some(last) = sealed.data.last_mut().filter(|_| trick == AnswerTrick::FlippedMac) {
            *last ^= 0x01;
        }
        sealed
    }

    fn sealed(&self, mut body: Vec<u8>, status: StatusWord) -> ResponseApdu {
        let code = self.mac(&body).unwrap_or_default();
        body.extend(tlv::encode(TAG_MAC, &code));
        ResponseApdu { data: body, status }
    }

    fn cryptogram(&self, data: &[u8], indicator: u8, padded: bool) -> Vec<u8> {
        if data.is_empty() {
            return Vec::new();
        }
        let block_len = self.cipher.block_len();
        let mut plain = padding::pad(data, block_len);
        if !padded {
            plain.truncate(data.len() / block_len * block_len);
            plain.resize(plain.len().max(block_len), 0x11);
            plain.iter_mut().rev().take(block_len).for_each(|byte| *byte = 0x11);
        }
        let cryptogram = self.iv().and_then(|iv| self.cipher.encrypt_cbc(self.encryption.expose(), &iv, &plain));
        tlv::encode(TAG_CRYPTOGRAM, &[&[indicator], cryptogram.unwrap_or_default().as_slice()].concat())
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
