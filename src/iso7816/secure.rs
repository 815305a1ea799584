//! Secure messaging: ICAO Doc 9303-11 §9.8, ISO/IEC 7816-4:2020 §10.
//!
//! Both directions are pure: a command goes in and a protected one comes out, an answer goes in and a plain one
//! comes out. The first thing that is wrong ends the session: keys are wiped, nothing of that exchange is used.
//!
//! Invariants:
//! - The counter never wraps and never goes back, but for a command that the reader never sent.
//! - Nothing is decrypted before its authentication code was found right.

use super::command::MAX_SHORT_EXPECTED;
use super::{CommandApdu, ResponseApdu, StatusWord};
use bits::secret::Secret;
use bits::tlv::{self, Reader};
use crypto::cipher::{CipherAlg, CipherError};
use crypto::{mac, padding};

/// Cryptogram with padding indicator.
pub const TAG_CRYPTOGRAM: u32 = 0x87;
/// Cryptogram of a command with odd instruction: a TLV structure, no padding indicator.
pub const TAG_CRYPTOGRAM_ODD: u32 = 0x85;
/// Expected length.
pub const TAG_EXPECTED: u32 = 0x97;
/// Status words.
pub const TAG_STATUS: u32 = 0x99;
/// Authentication code.
pub const TAG_MAC: u32 = 0x8E;

/// Why a protected exchange ended the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmError {
    /// The session had ended before.
    #[error("the secure session has ended")]
    Ended,
    /// The send sequence counter is at its limit.
    #[error("the send sequence counter is exhausted")]
    CounterExhausted,
    /// The card answered without protection.
    #[error("plain answer {0} inside secure messaging")]
    Plain(StatusWord),
    /// The answer is no sequence of the expected objects.
    #[error("malformed protected answer")]
    Malformed,
    /// The authentication code is missing.
    #[error("the answer has no authentication code")]
    MissingMac,
    /// The protected status is missing.
    #[error("the answer has no protected status")]
    MissingStatus,
    /// The protected status is not the plain one.
    #[error("protected status {inner} but plain status {outer}")]
    StatusMismatch {
        /// The status in DO99.
        inner: StatusWord,
        /// The status behind the data.
        outer: StatusWord,
    },
    /// The authentication code is wrong: altered, replayed, or made with other keys.
    #[error("authentication code mismatch")]
    WrongMac,
    /// The cryptogram has another padding indicator than 01.
    #[error("padding indicator {0:02X}")]
    PaddingIndicator(u8),
    /// The decrypted data has no padding.
    #[error("invalid padding")]
    Padding,
    /// A key or cryptogram has the wrong length.
    #[error(transparent)]
    Cipher(#[from] CipherError),
}

impl SmError {
    /// The card gave up the session of its own accord: one new session is allowed.
    pub fn is_session_loss(&self) -> bool {
        matches!(
            self,
            Self::Plain(StatusWord::SM_OBJECTS_MISSING | StatusWord::SM_OBJECTS_WRONG | StatusWord::WRONG_LENGTH)
        )
    }
}

/// The terminal's side of a protected session.
pub struct SecureMessaging {
    keys: Option<SessionKeys>,
    cipher: CipherAlg,
    counter: Vec<u8>,
}

struct SessionKeys {
    encryption: Secret<Vec<u8>>,
    authentication: Secret<Vec<u8>>,
}

impl SecureMessaging {
    /// Starts a session. `counter` has the cipher's block length: zero after PACE and chip authentication, the
    /// random numbers' halves after BAC.
    pub fn new(
        cipher: CipherAlg,
        encryption: Secret<Vec<u8>>,
        authentication: Secret<Vec<u8>>,
        counter: Vec<u8>,
    ) -> Self {
        Self { keys: Some(SessionKeys { encryption, authentication }), cipher, counter }
    }

    /// Starts a session with a counter of zero.
    pub fn from_zero(cipher: CipherAlg, encryption: Secret<Vec<u8>>, authentication: Secret<Vec<u8>>) -> Self {
        Self::new(cipher, encryption, authentication, vec![0; cipher.block_len()])
    }

    /// The cipher.
    pub fn cipher(&self) -> CipherAlg {
        self.cipher
    }

    /// The send sequence counter.
    pub fn counter(&self) -> &[u8] {
        &self.counter
    }

    /// False once the session has ended and its keys are wiped.
    pub fn is_alive(&self) -> bool {
        self.keys.is_some()
    }

    /// Largest answer data that fits a short protected answer of 256 bytes.
    pub fn max_short_block(&self) -> u32 {
        if self.cipher == CipherAlg::TripleDes { 231 } else { 223 }
    }

    /// Protects a command.
    ///
    /// # Errors
    /// [`SmError::Ended`], [`SmError::CounterExhausted`]; the session has ended then.
    pub fn protect(&mut self, command: &CommandApdu) -> Result<CommandApdu, SmError> {
        let result = self.try_protect(command);
        self.end_on_error(result)
    }

    /// Checks a protected answer and takes it out of its protection.
    ///
    /// # Errors
    /// [`SmError`] for the first thing that is wrong; the session has ended then.
    pub fn unprotect(&mut self, response: &ResponseApdu) -> Result<ResponseApdu, SmError> {
        let result = self.try_unprotect(response);
        self.end_on_error(result)
    }

    /// Takes back the counter step of a command that the reader refused to send.
    pub fn command_not_sent(&mut self) {
        for byte in self.counter.iter_mut().rev() {
            let (less, borrow) = byte.overflowing_sub(1);
            *byte = less;
            if !borrow {
                return;
            }
        }
    }

    /// Ends the session and wipes its keys.
    pub fn end(&mut self) {
        self.keys = None;
    }

    fn end_on_error<T>(&mut self, result: Result<T, SmError>) -> Result<T, SmError> {
        if result.is_err() {
            self.end();
        }
        result
    }

    fn try_protect(&mut self, command: &CommandApdu) -> Result<CommandApdu, SmError> {
        self.step_counter()?;
        let header = [command.cla | 0x0C, command.ins, command.p1, command.p2];
        let mut body = self.command_cryptogram(command)?;
        if let Some(expected) = command.expected {
            body.extend(tlv::encode(TAG_EXPECTED, &expected_bytes(expected)));
        }
        let authenticated = [padding::pad(&header, self.cipher.block_len()), body.clone()].concat();
        body.extend(tlv::encode(TAG_MAC, &self.mac(&authenticated)?));
        let extended = body.len() > 255 || command.is_extended();
        let expected = if extended { super::command::MAX_EXTENDED_EXPECTED } else { MAX_SHORT_EXPECTED };
        let [cla, ins, p1, p2] = header;
        Ok(CommandApdu { cla, ins, p1, p2, data: body, expected: Some(expected) })
    }

    fn command_cryptogram(&self, command: &CommandApdu) -> Result<Vec<u8>, SmError> {
        if command.data.is_empty() {
            return Ok(Vec::new());
        }
        let cryptogram = self.encrypt(&command.data)?;
        if command.ins & 1 == 1 {
            return Ok(tlv::encode(TAG_CRYPTOGRAM_ODD, &cryptogram));
        }
        Ok(tlv::encode(TAG_CRYPTOGRAM, &[&[0x01], cryptogram.as_slice()].concat()))
    }

    fn try_unprotect(&mut self, response: &ResponseApdu) -> Result<ResponseApdu, SmError> {
        self.keys()?;
        let objects = ResponseObjects::parse(response)?;
        self.step_counter()?;
        if !mac::equal(&self.mac(objects.authenticated)?, objects.mac) {
            return Err(SmError::WrongMac);
        }
        if objects.status != response.status {
            return Err(SmError::StatusMismatch { inner: objects.status, outer: response.status });
        }
        let data = match objects.cryptogram {
            Some(cryptogram) => self.decrypt(cryptogram)?,
            None => Vec::new(),
        };
        Ok(ResponseApdu { data, status: objects.status })
    }

    fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>, SmError> {
        let padded = padding::pad(data, self.cipher.block_len());
        Ok(self.cipher.encrypt_cbc(self.keys()?.encryption.expose(), &self.iv()?, &padded)?)
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Result<Vec<u8>, SmError> {
        let padded = self.cipher.decrypt_cbc(self.keys()?.encryption.expose(), &self.iv()?, cryptogram)?;
        padding::unpad(&padded, self.cipher.block_len()).map(<[u8]>::to_vec).ok_or(SmError::Padding)
    }

    /// ICAO Doc 9303-11 §9.8.6: zero for 3DES, the encrypted counter for AES.
    fn iv(&self) -> Result<Vec<u8>, SmError> {
        match self.cipher {
            CipherAlg::TripleDes => Ok(vec![0; self.cipher.block_len()]),
            _ => Ok(self.cipher.encrypt_zero_iv(self.keys()?.encryption.expose(), &self.counter)?),
        }
    }

    /// The authentication code over the counter and `message`, both padded together.
    fn mac(&self, message: &[u8]) -> Result<[u8; mac::MAC_LEN], SmError> {
        let padded = padding::pad(&[&self.counter, message].concat(), self.cipher.block_len());
        let key = self.keys()?.authentication.expose();
        match self.cipher {
            CipherAlg::TripleDes => Ok(mac::retail_mac(key, &padded)?),
            _ => Ok(mac::authenticate(self.cipher, key, &padded)?),
        }
    }

    fn keys(&self) -> Result<&SessionKeys, SmError> {
        self.keys.as_ref().ok_or(SmError::Ended)
    }

    fn step_counter(&mut self) -> Result<(), SmError> {
        self.keys()?;
        if self.counter.iter().all(|byte| *byte == 0xFF) {
            return Err(SmError::CounterExhausted);
        }
        for byte in self.counter.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        Ok(())
    }
}

/// The objects of a protected answer, borrowed from it.
struct ResponseObjects<'a> {
    cryptogram: Option<&'a [u8]>,
    status: StatusWord,
    mac: &'a [u8],
    /// Everything before the authentication code.
    authenticated: &'a [u8],
}

impl<'a> ResponseObjects<'a> {
    fn parse(response: &'a ResponseApdu) -> Result<Self, SmError> {
        let mut reader = Reader::new(&response.data);
        let protected = matches!(reader.peek_tag(), Some(TAG_CRYPTOGRAM | TAG_CRYPTOGRAM_ODD | TAG_STATUS | TAG_MAC));
        if !protected {
            return Err(SmError::Plain(response.status));
        }
        let malformed = |_| SmError::Malformed;
        let padded = reader.optional(TAG_CRYPTOGRAM).map_err(malformed)?;
        let bare = reader.optional(TAG_CRYPTOGRAM_ODD).map_err(malformed)?;
        let status = reader.optional(TAG_STATUS).map_err(malformed)?;
        let authenticated_len = response.data.len() - reader.rest().len();
        let mac = reader.optional(TAG_MAC).map_err(malformed)?.ok_or(SmError::MissingMac)?;
        reader.finish().map_err(malformed)?;
        let status = status.ok_or(SmError::MissingStatus)?.value;
        let cryptogram = match (padded, bare) {
            (Some(_), Some(_)) => return Err(SmError::Malformed),
            (Some(padded), None) => Some(strip_indicator(padded.value)?),
            (None, bare) => bare.map(|bare| bare.value),
        };
        Ok(Self {
            cryptogram,
            status: StatusWord::from(<[u8; 2]>::try_from(status).map_err(|_| SmError::Malformed)?),
            mac: mac.value,
            authenticated: response.data.get(..authenticated_len).unwrap_or_default(),
        })
    }
}

fn strip_indicator(value: &[u8]) -> Result<&[u8], SmError> {
    match value.split_first() {
        Some((0x01, cryptogram)) => Ok(cryptogram),
        Some((indicator, _)) => Err(SmError::PaddingIndicator(*indicator)),
        None => Err(SmError::Malformed),
    }
}

/// The value of DO97: one byte up to 256, two beyond; the largest of each is written as zero.
fn expected_bytes(expected: u32) -> Vec<u8> {
    if expected <= MAX_SHORT_EXPECTED {
        return vec![u8::try_from(expected).unwrap_or(0)];
    }
    u16::try_from(expected).unwrap_or(0).to_be_bytes().to_vec()
}
