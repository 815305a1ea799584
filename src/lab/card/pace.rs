//! PACE with generic mapping over elliptic curves, the chip's side: ICAO Doc 9303-11 §4.4.

use super::secure::ChipSecureMessaging;
use super::{SyntheticCard, data, object, status};
use crate::bits::random::Random as _;
use crate::bits::secret::Secret;
use crate::bits::tlv;
use crate::crypto::kdf::{self, KeyUse};
use crate::crypto::{CipherAlg, EcSecret, HashAlg, NamedCurve, Point, mac};
use crate::emrtd::lds::security_infos::{Agreement, Domain, Mapping, PaceInfo};
use crate::iso7816::{CommandApdu, ResponseApdu, StatusWord};

/// Length of the nonce in bytes.
const NONCE_LEN: usize = 16;

/// How far PACE has come.
#[derive(Default)]
pub(super) enum ChipPace {
    /// Not begun, failed or finished.
    #[default]
    Idle,
    /// A password was chosen.
    Chosen { info: PaceInfo, nonce_key: Secret<Vec<u8>> },
    /// The nonce was sent.
    Nonce { info: PaceInfo, nonce: Secret<Vec<u8>> },
    /// The nonce was mapped.
    Mapped { info: PaceInfo, generator: Point },
    /// Keys were agreed on.
    Agreed { info: PaceInfo, shared: Secret<Vec<u8>>, own: Point, terminal: Point },
}

impl SyntheticCard {
    /// MSE:Set AT for PACE.
    pub(super) fn choose_pace(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.state.pace = ChipPace::Idle;
        let Some(info) = self.pace_info() else { return status(StatusWord::REFERENCE_NOT_FOUND) };
        let parameters = object(&command.data, 0x84).unwrap_or(&[]);
        if object(&command.data, 0x80) != Some(&info.oid()) || parameters != [info.parameter_id] {
            return status(StatusWord::WRONG_DATA);
        }
        let password = match object(&command.data, 0x83) {
            Some([1]) => self.data.mrz_information.as_ref().map(|mrz| HashAlg::Sha1.digest(mrz.expose().as_bytes())),
            Some([2]) => self.data.can.as_ref().map(|can| can.expose().as_bytes().to_vec()),
            _ => None,
        };
        let Some(password) = password else { return status(StatusWord::REFERENCE_NOT_FOUND) };
        let nonce_key = kdf::derive(&password, KeyUse::Password, info.cipher);
        self.state.pace = ChipPace::Chosen { info, nonce_key };
        status(StatusWord::OK)
    }

    /// GENERAL AUTHENTICATE of PACE: each step follows the one before or not at all.
    pub(super) fn general_authenticate(&mut self, command: &CommandApdu) -> ResponseApdu {
        let Some(content) = object(&command.data, 0x7C) else { return status(StatusWord::WRONG_DATA) };
        let step = std::mem::take(&mut self.state.pace);
        let answer = match step {
            ChipPace::Chosen { info, nonce_key } => self.send_nonce(info, &nonce_key),
            ChipPace::Nonce { info, nonce } => self.map(info, &nonce, object(content, 0x81)),
            ChipPace::Mapped { info, generator } => self.agree(info, &generator, object(content, 0x83)),
            ChipPace::Agreed { info, shared, own, terminal } => {
                return self.finish(&info, shared.expose(), &own, &terminal, object(content, 0x85));
            }
            ChipPace::Idle => None,
        };
        let Some((tag, value)) = answer else { return status(StatusWord::CONDITIONS) };
        data(tlv::encode(0x7C, &tlv::encode(tag, &value)))
    }

    fn send_nonce(&mut self, info: PaceInfo, nonce_key: &Secret<Vec<u8>>) -> Option<(u32, Vec<u8>)> {
        let nonce = Secret::new(self.random.bytes(NONCE_LEN));
        let encrypted = info.cipher.encrypt_zero_iv(nonce_key.expose(), nonce.expose()).ok()?;
        self.state.pace = ChipPace::Nonce { info, nonce };
        Some((0x80, encrypted))
    }

    fn map(&mut self, info: PaceInfo, nonce: &Secret<Vec<u8>>, terminal: Option<&[u8]>) -> Option<(u32, Vec<u8>)> {
        let curve = curve(&info)?;
        let terminal = Point::decode(curve, terminal?).ok()?;
        let secret = EcSecret::random(curve, &mut self.random);
        let shared = secret.multiply(&terminal).ok()?;
        let generator = Point::generic_mapping(nonce.expose(), &shared).ok()?;
        self.state.pace = ChipPace::Mapped { info, generator };
        Some((0x82, secret.public().ok()?.encode()))
    }

    fn agree(&mut self, info: PaceInfo, generator: &Point, terminal: Option<&[u8]>) -> Option<(u32, Vec<u8>)> {
        let curve = curve(&info)?;
        let terminal = Point::decode(curve, terminal?).ok()?;
        let secret = EcSecret::random(curve, &mut self.random);
        let own = secret.multiply(generator).ok()?;
        let shared = secret.diffie_hellman(&terminal).ok()?;
        let encoded = own.encode();
        self.state.pace = ChipPace::Agreed { info, shared, own, terminal };
        Some((0x84, encoded))
    }

    fn finish(
        &mut self,
        info: &PaceInfo,
        shared: &[u8],
        own: &Point,
        terminal: &Point,
        received: Option<&[u8]>,
    ) -> ResponseApdu {
        let keys = kdf::session_keys(shared, info.cipher);
        let token = |public: &Point| token(info, keys.1.expose(), public);
        if !mac::equal(received.unwrap_or_default(), &token(own)) {
            return status(StatusWord::VERIFICATION_FAILED);
        }
        let answer = data(tlv::encode(0x7C, &tlv::encode(0x86, &token(terminal))));
        self.state.next_secure = Some(ChipSecureMessaging::from_zero(info.cipher, keys));
        answer
    }

    fn pace_info(&self) -> Option<PaceInfo> {
        let profile = self.data.pace?;
        Some(PaceInfo {
            agreement: Agreement::Ecdh,
            mapping: Mapping::Generic,
            cipher: profile.cipher,
            domain: Domain::Ecdh(NamedCurve::from_parameter_id(profile.parameter_id)?),
            parameter_id: profile.parameter_id,
        })
    }
}

fn curve(info: &PaceInfo) -> Option<NamedCurve> {
    match info.domain {
        Domain::Ecdh(curve) => Some(curve),
        Domain::Dh(_) => None,
    }
}

fn token(info: &PaceInfo, key: &[u8], public: &Point) -> [u8; mac::MAC_LEN] {
    let objects = [tlv::encode(0x06, &info.oid()), tlv::encode(0x86, &public.encode())];
    let cipher: CipherAlg = info.cipher;
    mac::authenticate(cipher, key, &tlv::encode_all(0x7F49, &objects)).unwrap_or_default()
}
