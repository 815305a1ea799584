//! BAC, chip authentication and active authentication, the chip's side: ICAO Doc 9303-11 §4.3, §6.1, §6.2.

use super::secure::ChipSecureMessaging;
use super::{ActiveAuthenticationProfile, ActiveTrick, BacTrick, CardFault, SyntheticCard, data, object, status};
use bits::random::Random as _;
use bits::tlv;
use crypto::bignum::Modulus;
use crypto::ecdsa::ecdsa_sign;
use crypto::{CipherAlg, HashAlg, Point, kdf, mac, rsa_recovery};
use emrtd::lds::security_infos::{Agreement, ChipAuthenticationInfo};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

/// Length of a BAC cryptogram with its authentication code in bytes.
const BAC_LEN: usize = 40;
/// What a chip sends that cannot send a long signature.
const CUT_SIGNATURE_LEN: usize = 200;

impl SyntheticCard {
    pub(super) fn get_challenge(&mut self, command: &CommandApdu) -> ResponseApdu {
        if command.expected != Some(8) {
            return status(StatusWord::WRONG_LENGTH);
        }
        let challenge = self.random.bytes(8);
        self.state.challenge = Some(challenge.clone());
        data(challenge)
    }

    /// EXTERNAL AUTHENTICATE of BAC.
    pub(super) fn external_authenticate(&mut self, command: &CommandApdu) -> ResponseApdu {
        let Some(mrz) = self.data.mrz_information.clone().filter(|_| self.data.bac) else {
            return status(StatusWord::REFERENCE_NOT_FOUND);
        };
        let Some(challenge) = self.state.challenge.take() else { return status(StatusWord::CONDITIONS) };
        let digest = HashAlg::Sha1.digest(mrz.expose().as_bytes());
        let (encryption, authentication) =
            kdf::session_keys(digest.get(..16).unwrap_or_default(), CipherAlg::TripleDes);
        let code = |message: &[u8]| mac::authenticate(CipherAlg::TripleDes, authentication.expose(), message);
        let (cryptogram, received) = match command.data.split_at_checked(BAC_LEN - mac::MAC_LEN) {
            Some((cryptogram, received)) if received.len() == mac::MAC_LEN => (cryptogram, received),
            _ => return status(StatusWord::WRONG_LENGTH),
        };
        let plain = CipherAlg::TripleDes.decrypt_zero_iv(encryption.expose(), cryptogram).unwrap_or_default();
        let genuine = code(cryptogram).is_ok_and(|expected| mac::equal(&expected, received));
        if !genuine || plain.get(8..16) != Some(&challenge) {
            return status(StatusWord::VERIFICATION_FAILED);
        }
        let (terminal_random, terminal_key) = (&plain[..8], &plain[16..]);
        let own_key = self.random.bytes(16);
        let trick = self.bac_trick();
        let own_random = if trick == Some(BacTrick::WrongRandom) { &[0; 8] } else { terminal_random };
        let answer = [challenge.as_slice(), own_random, &own_key].concat();
        let cryptogram = CipherAlg::TripleDes.encrypt_zero_iv(encryption.expose(), &answer).unwrap_or_default();
        let code = code(&cryptogram).unwrap_or_default();
        let seed: Vec<u8> = terminal_key.iter().zip(&own_key).map(|(left, right)| left ^ right).collect();
        let counter = [&challenge[4..], &terminal_random[4..]].concat();
        let keys = kdf::session_keys(&seed, CipherAlg::TripleDes);
        self.state.next_secure = Some(ChipSecureMessaging::new(CipherAlg::TripleDes, keys, counter));
        let mut answer = [cryptogram, code.to_vec()].concat();
        match trick {
            Some(BacTrick::WrongMac) => answer.iter_mut().rev().take(1).for_each(|byte| *byte ^= 0x01),
            Some(BacTrick::OneByteLess) => answer.truncate(BAC_LEN - 1),
            Some(BacTrick::OneByteMore) => answer.push(0x00),
            Some(BacTrick::WrongRandom) | None => {}
        }
        data(answer)
    }

    fn bac_trick(&self) -> Option<BacTrick> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::Bac(trick) => Some(*trick),
            _ => None,
        })
    }

    fn active_trick(&self) -> Option<ActiveTrick> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::Active(trick) => Some(*trick),
            _ => None,
        })
    }

    /// MSE:Set AT or MSE:Set KAT of chip authentication.
    pub(super) fn choose_chip_authentication(&mut self, command: &CommandApdu) -> ResponseApdu {
        if let Some(word) = self.chip_authentication_refusal() {
            return status(word);
        }
        let Some(profile) = &self.data.chip_authentication else { return status(StatusWord::REFERENCE_NOT_FOUND) };
        let key_id = profile.key_id.map(|id| vec![id]);
        if object(&command.data, 0x84).map(<[u8]>::to_vec) != key_id {
            return status(StatusWord::REFERENCE_NOT_FOUND);
        }
        match (command.p1, command.p2) {
            (0x41, 0xA6) if profile.cipher == CipherAlg::TripleDes => {
                let public = object(&command.data, 0x91).map(<[u8]>::to_vec);
                self.restart(public.as_deref(), Vec::new())
            }
            (0x41, 0xA4) if profile.cipher != CipherAlg::TripleDes => {
                let info = ChipAuthenticationInfo { agreement: Agreement::Ecdh, cipher: profile.cipher, key_id: None };
                if object(&command.data, 0x80) != Some(&info.oid()) {
                    return status(StatusWord::WRONG_DATA);
                }
                self.state.chip_authentication_chosen = true;
                status(StatusWord::OK)
            }
            _ => status(StatusWord::WRONG_PARAMETERS),
        }
    }

    /// GENERAL AUTHENTICATE of chip authentication.
    pub(super) fn authenticate_chip(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.state.chip_authentication_chosen = false;
        let public = object(&command.data, 0x7C).and_then(|content| object(content, 0x80)).map(<[u8]>::to_vec);
        self.restart(public.as_deref(), tlv::encode(0x7C, &[]))
    }

    /// INTERNAL AUTHENTICATE of active authentication.
    pub(super) fn internal_authenticate(&mut self, command: &CommandApdu) -> ResponseApdu {
        if command.data.len() != 8 {
            return status(StatusWord::WRONG_LENGTH);
        }
        let trick = self.active_trick();
        let challenge = if trick == Some(ActiveTrick::OldChallenge) { vec![0x11; 8] } else { command.data.clone() };
        let signature = match &self.data.active_authentication {
            Some(ActiveAuthenticationProfile::Rsa { modulus, private_exponent, hash, implicit_trailer }) => {
                let nonce = self.random.bytes(32);
                let length = modulus.len();
                rsa_recovery::representative(*hash, *implicit_trailer, length, &nonce, &challenge)
                    .map(|message| spoilt_representative(message, trick))
                    .and_then(|message| sign_rsa(modulus, private_exponent.expose(), &message))
            }
            Some(ActiveAuthenticationProfile::Ecdsa { secret, hash }) => {
                let prehash = hash.digest(&challenge);
                ecdsa_sign(secret, &prehash, &mut self.random).ok().map(|(r, s)| [r, s].concat())
            }
            None => return status(StatusWord::INSTRUCTION_UNKNOWN),
        };
        signature.map_or(status(StatusWord::FAILURE), |signature| data(spoilt_signature(signature, trick)))
    }

    /// Answers `content` under the old keys; what follows is under the new ones.
    fn restart(&mut self, public: Option<&[u8]>, content: Vec<u8>) -> ResponseApdu {
        let Some(profile) = &self.data.chip_authentication else { return status(StatusWord::REFERENCE_NOT_FOUND) };
        let point = public.and_then(|public| Point::decode(profile.secret.curve(), public).ok());
        let Some(shared) = point.and_then(|point| profile.secret.diffie_hellman(&point).ok()) else {
            return status(StatusWord::WRONG_DATA);
        };
        let keys = kdf::session_keys(shared.expose(), profile.cipher);
        self.state.next_secure = Some(ChipSecureMessaging::from_zero(profile.cipher, keys));
        data(content)
    }

    fn chip_authentication_refusal(&self) -> Option<StatusWord> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::RefusesChipAuthentication(word) => Some(StatusWord(*word)),
            _ => None,
        })
    }
}

fn spoilt_representative(mut message: Vec<u8>, trick: Option<ActiveTrick>) -> Vec<u8> {
    let length = message.len();
    match trick {
        Some(ActiveTrick::WrongHeader) => message.iter_mut().take(1).for_each(|byte| *byte = 0x4A),
        // The last but one names the digest; 32 is nobody's.
        Some(ActiveTrick::UnknownTrailer) => message.iter_mut().skip(length - 2).take(1).for_each(|byte| *byte = 0x32),
        _ => {}
    }
    message
}

fn spoilt_signature(mut signature: Vec<u8>, trick: Option<ActiveTrick>) -> Vec<u8> {
    match trick {
        Some(ActiveTrick::WrongSignature) => signature.iter_mut().rev().take(1).for_each(|byte| *byte ^= 0x01),
        Some(ActiveTrick::TooLong) => signature.push(0x00),
        Some(ActiveTrick::Cut) => signature.truncate(CUT_SIGNATURE_LEN),
        _ => {}
    }
    signature
}

fn sign_rsa(modulus: &[u8], private_exponent: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let modulus = Modulus::new(modulus)?;
    let message = modulus.element(message)?;
    Some(modulus.encode(&modulus.power(&message, private_exponent)))
}
