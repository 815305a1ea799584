//! Basic Access Control: ICAO Doc 9303-11 §4.3 and Appendix D.

use super::key::{AccessKey, MrzKey};
use super::{AccessError, Step, Unsupported, Violation};
use bits::random::Random;
use bits::secret::Secret;
use crypto::cipher::CipherAlg;
use crypto::{kdf, mac};
use iso7816::{CardSession, CommandApdu, SecureMessaging};

/// Length of each side's random number in bytes.
const RANDOM_LEN: usize = 8;
/// Length of each side's key material in bytes.
const KEY_LEN: usize = 16;
/// Length of both cryptograms without their authentication codes in bytes.
const CRYPTOGRAM_LEN: usize = 2 * RANDOM_LEN + KEY_LEN;

/// Opens the chip and puts the session under protection. The application must be selected.
///
/// # Errors
/// [`AccessError`]; the session stays plain then.
pub fn open(session: &mut CardSession<'_>, key: &AccessKey, random: &mut dyn Random) -> Result<(), AccessError> {
    let AccessKey::Mrz(key) = key else { return Err(AccessError::Unsupported(Unsupported::KeyForProcedure)) };

    let answer = session.exchange(&CommandApdu::get_challenge())?;
    if !answer.status.is_ok() {
        return Err(AccessError::from_status(Step::Challenge, answer.status));
    }
    let attempt = Attempt::new(key, &answer.data, random)?;

    let answer = session.exchange(&CommandApdu::external_authenticate(attempt.cryptogram()?))?;
    if !answer.status.is_ok() {
        return Err(AccessError::from_status(Step::Authenticate, answer.status));
    }
    session.protect_with(attempt.finish(&answer.data)?);
    Ok(())
}

/// One attempt: the keys and both random numbers. Pure, tested on Appendix D.
pub struct Attempt {
    encryption: Secret<Vec<u8>>,
    authentication: Secret<Vec<u8>>,
    chip_random: Vec<u8>,
    terminal_random: Vec<u8>,
    terminal_key: Secret<Vec<u8>>,
}

impl Attempt {
    /// Starts with the chip's challenge, then draws our random number and our key material, in this order.
    ///
    /// # Errors
    /// [`Violation::MalformedAnswer`] where the challenge is not eight bytes.
    pub fn new(key: &MrzKey, challenge: &[u8], random: &mut dyn Random) -> Result<Self, Violation> {
        if challenge.len() != RANDOM_LEN {
            return Err(Violation::MalformedAnswer(Step::Challenge));
        }
        let (encryption, authentication) = key.bac_keys();
        let terminal_random = random.bytes(RANDOM_LEN);
        let terminal_key = Secret::new(random.bytes(KEY_LEN));
        Ok(Self { encryption, authentication, chip_random: challenge.to_vec(), terminal_random, terminal_key })
    }

    /// The data of EXTERNAL AUTHENTICATE.
    ///
    /// # Errors
    /// None in practice; [`Violation::Cipher`] as the type of every encryption.
    pub fn cryptogram(&self) -> Result<Vec<u8>, Violation> {
        let plain = Secret::new(
            [&self.terminal_random, &self.chip_random, self.terminal_key.expose()].map(Vec::as_slice).concat(),
        );
        let cryptogram = CipherAlg::TripleDes.encrypt_zero_iv(self.encryption.expose(), plain.expose())?;
        let code = mac::authenticate(CipherAlg::TripleDes, self.authentication.expose(), &cryptogram)?;
        Ok([cryptogram, code.to_vec()].concat())
    }

    /// Checks the chip's answer and derives the session.
    ///
    /// # Errors
    /// [`Violation`] for a wrong length, authentication code or random number.
    pub fn finish(&self, answer: &[u8]) -> Result<SecureMessaging, Violation> {
        if answer.len() != CRYPTOGRAM_LEN + mac::MAC_LEN {
            return Err(Violation::MalformedAnswer(Step::Authenticate));
        }
        let (cryptogram, code) = answer.split_at(CRYPTOGRAM_LEN);
        let expected = mac::authenticate(CipherAlg::TripleDes, self.authentication.expose(), cryptogram)?;
        if !mac::equal(&expected, code) {
            return Err(Violation::WrongMac);
        }
        let plain = Secret::new(CipherAlg::TripleDes.decrypt_zero_iv(self.encryption.expose(), cryptogram)?);
        let (randoms, chip_key) = plain.expose().split_at(2 * RANDOM_LEN);
        if !mac::equal(randoms, &[self.chip_random.as_slice(), &self.terminal_random].concat()) {
            return Err(Violation::WrongRandom);
        }
        Ok(self.session(chip_key))
    }

    fn session(&self, chip_key: &[u8]) -> SecureMessaging {
        let seed: Vec<u8> = self.terminal_key.expose().iter().zip(chip_key).map(|(left, right)| left ^ right).collect();
        let (encryption, authentication) = kdf::session_keys(Secret::new(seed).expose(), CipherAlg::TripleDes);
        let half = RANDOM_LEN / 2;
        let tails = [&self.chip_random, &self.terminal_random].map(|random| random.get(half..).unwrap_or_default());
        SecureMessaging::new(CipherAlg::TripleDes, encryption, authentication, tails.concat())
    }
}
