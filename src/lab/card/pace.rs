//! PACE with generic, integrated and chip-authentication mapping over curves and groups, the chip's side: ICAO Doc
//! 9303-11 §4.4.

use super::data::PaceProfile;
use super::secure::ChipSecureMessaging;
use super::{CardFault, PaceTrick, SyntheticCard, data, object, status};
use bits::random::Random as _;
use bits::secret::Secret;
use bits::tlv;
use crypto::dh::{DhSecret, Element};
use crypto::kdf::{self, KeyUse};
use crypto::{CipherAlg, EcSecret, HashAlg, Point, mac, padding};
use emrtd::access::pace::{self, Generator};
use emrtd::lds::security_infos::{Domain, Mapping, PaceInfo};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};

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
    Mapped { info: PaceInfo, generator: Generator, mapping: Option<EcSecret> },
    /// Keys were agreed on.
    Agreed(Agreed),
}

impl ChipPace {
    /// The next step is the last one.
    pub(super) fn awaits_token(&self) -> bool {
        matches!(self, Self::Agreed(_))
    }
}

/// What both sides know before they authenticate.
pub(super) struct Agreed {
    info: PaceInfo,
    shared: Secret<Vec<u8>>,
    own: Vec<u8>,
    terminal: Vec<u8>,
    /// The secret of the mapping, where it was one of a curve.
    mapping: Option<EcSecret>,
}

impl SyntheticCard {
    /// MSE:Set AT for PACE.
    pub(super) fn choose_pace(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.state.pace = ChipPace::Idle;
        let variants = self.pace_variants();
        if variants.is_empty() {
            return status(StatusWord::REFERENCE_NOT_FOUND);
        }
        let parameters = object(&command.data, 0x84).unwrap_or(&[]);
        let oid = object(&command.data, 0x80).unwrap_or(&[]);
        let chosen = variants.into_iter().find(|info| info.oid() == oid && parameters == [info.parameter_id]);
        let Some(info) = chosen else { return status(StatusWord::WRONG_DATA) };
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
            ChipPace::Mapped { info, generator, mapping } => {
                self.agree(info, &generator, mapping, object(content, 0x83))
            }
            ChipPace::Agreed(agreed) => return self.finish(&agreed, object(content, 0x85)),
            ChipPace::Idle => None,
        };
        let Some((tag, value)) = answer else { return status(StatusWord::CONDITIONS) };
        let value = self.spoilt(tag, value, content);
        data(tlv::encode(0x7C, &tlv::encode(tag, &value)))
    }

    /// The value of a step as a bad chip would send it.
    fn spoilt(&self, tag: u32, mut value: Vec<u8>, received: &[u8]) -> Vec<u8> {
        let plays = |trick| self.faults.contains(&CardFault::Pace(trick));
        let (reflects, leaves_curve, received_tag) = match tag {
            0x82 => (plays(PaceTrick::ReflectedMapKey), plays(PaceTrick::MapKeyOffCurve), 0x81),
            0x84 => (plays(PaceTrick::ReflectedAgreementKey), plays(PaceTrick::AgreementKeyOffCurve), 0x83),
            _ => return value,
        };
        if tag == 0x82 && plays(PaceTrick::Infinity) {
            return vec![0x00];
        }
        if reflects {
            return object(received, received_tag).unwrap_or_default().to_vec();
        }
        if let Some(last) = value.last_mut().filter(|_| leaves_curve) {
            *last ^= 0x01;
        }
        value
    }

    fn send_nonce(&mut self, info: PaceInfo, nonce_key: &Secret<Vec<u8>>) -> Option<(u32, Vec<u8>)> {
        let plays = |trick| self.faults.contains(&CardFault::Pace(trick));
        let nonce_len = match () {
            () if plays(PaceTrick::LongNonce) => 2 * NONCE_LEN,
            () if plays(PaceTrick::ShortNonce) => info.cipher.block_len(),
            () => NONCE_LEN,
        };
        let nonce = Secret::new(self.random.bytes(nonce_len));
        let encrypted = info.cipher.encrypt_zero_iv(nonce_key.expose(), nonce.expose()).ok()?;
        self.state.pace = ChipPace::Nonce { info, nonce };
        Some((0x80, encrypted))
    }

    fn map(&mut self, info: PaceInfo, nonce: &Secret<Vec<u8>>, terminal: Option<&[u8]>) -> Option<(u32, Vec<u8>)> {
        let (generator, public, mapping) = match (info.mapping, info.domain) {
            (Mapping::Integrated, domain) => {
                let generator = pace::integrated_generator(info.cipher, domain, nonce.expose(), terminal?).ok()?;
                (generator, Vec::new(), None)
            }
            (_, Domain::Ecdh(curve)) => {
                let secret = EcSecret::random(curve, &mut self.random);
                let shared = secret.multiply(&Point::decode(curve, terminal?).ok()?).ok()?;
                let generator = Point::generic_mapping(nonce.expose(), &shared).ok()?;
                (Generator::Ecdh(generator), secret.public().ok()?.encode(), Some(secret))
            }
            (_, Domain::Dh(group)) => {
                let secret = DhSecret::random(group, &mut self.random);
                let shared = secret.power(&Element::decode(group, terminal?).ok()?).ok()?;
                let generator = Element::generic_mapping(nonce.expose(), &shared).ok()?;
                (Generator::Dh(generator), secret.public().ok()?.encode(), None)
            }
        };
        self.state.pace = ChipPace::Mapped { info, generator, mapping };
        Some((0x82, public))
    }

    fn agree(
        &mut self,
        info: PaceInfo,
        generator: &Generator,
        mapping: Option<EcSecret>,
        terminal: Option<&[u8]>,
    ) -> Option<(u32, Vec<u8>)> {
        let terminal = terminal?.to_vec();
        let (own, shared) = match (generator, info.domain) {
            (Generator::Ecdh(generator), Domain::Ecdh(curve)) => {
                let secret = EcSecret::random(curve, &mut self.random);
                let shared = secret.diffie_hellman(&Point::decode(curve, &terminal).ok()?).ok()?;
                (secret.multiply(generator).ok()?.encode(), shared)
            }
            (Generator::Dh(generator), Domain::Dh(group)) => {
                let secret = DhSecret::random(group, &mut self.random);
                let shared = secret.power(&Element::decode(group, &terminal).ok()?).ok()?;
                (secret.power(generator).ok()?.encode(), Secret::new(shared.encode()))
            }
            _ => return None,
        };
        let encoded = own.clone();
        self.state.pace = ChipPace::Agreed(Agreed { info, shared, own, terminal, mapping });
        Some((0x84, encoded))
    }

    fn finish(&mut self, agreed: &Agreed, received: Option<&[u8]>) -> ResponseApdu {
        let info = &agreed.info;
        let keys = kdf::session_keys(agreed.shared.expose(), info.cipher);
        let token = |public: &[u8]| token(info, keys.1.expose(), public);
        if !mac::equal(received.unwrap_or_default(), &token(&agreed.own)) {
            return status(StatusWord::VERIFICATION_FAILED);
        }
        let plays = |trick| self.faults.contains(&CardFault::Pace(trick));
        let mut own_token = token(&agreed.terminal);
        if plays(PaceTrick::WrongToken) {
            own_token[0] ^= 0x01;
        }
        let mut content = if plays(PaceTrick::NoToken) { Vec::new() } else { tlv::encode(0x86, &own_token) };
        if plays(PaceTrick::ExtraObject) {
            content.extend(tlv::encode(0x87, &[0x00]));
        }
        if info.mapping == Mapping::ChipAuthentication {
            let Some(proof) = self.mapping_data(agreed, keys.0.expose()) else { return status(StatusWord::FAILURE) };
            content.extend(tlv::encode(0x8A, &proof));
        }
        self.state.next_secure = Some(ChipSecureMessaging::from_zero(info.cipher, keys));
        data(tlv::encode(0x7C, &content))
    }

    /// The mapping secret divided by the static one, padded and encrypted; the initialisation vector is the
    /// encrypted −1 (ICAO Doc 9303-11 §4.4.3.5).
    fn mapping_data(&self, agreed: &Agreed, key: &[u8]) -> Option<Vec<u8>> {
        let cipher = agreed.info.cipher;
        let mut quotient = agreed.mapping.as_ref()?.divided_by(self.data.chip_mapping.as_ref()?).ok()?.expose().clone();
        if self.faults.contains(&CardFault::Pace(PaceTrick::WrongMappingData))
            && let Some(last) = quotient.last_mut()
        {
            *last ^= 0x01;
        }
        let mut padded = padding::pad(&quotient, cipher.block_len());
        if self.faults.contains(&CardFault::Pace(PaceTrick::WrongMappingPadding)) {
            let unpadded = quotient.len().min(padded.len());
            padded.get_mut(unpadded..)?.fill(0);
        }
        let iv = cipher.encrypt_zero_iv(key, &vec![0xFF; cipher.block_len()]).ok()?;
        cipher.encrypt_cbc(key, &iv, &padded).ok()
    }

    /// What the card plays, best first.
    fn pace_variants(&self) -> Vec<PaceInfo> {
        let Some(info) = self.data.pace.and_then(PaceProfile::info) else { return Vec::new() };
        let proven = self.data.chip_mapping.as_ref().map(|_| PaceInfo { mapping: Mapping::ChipAuthentication, ..info });
        proven.into_iter().chain([info]).collect()
    }
}

fn token(info: &PaceInfo, key: &[u8], public: &[u8]) -> [u8; mac::MAC_LEN] {
    let tag = match info.domain {
        Domain::Dh(_) => 0x84,
        Domain::Ecdh(_) => 0x86,
    };
    let objects = [tlv::encode(0x06, &info.oid()), tlv::encode(tag, public)];
    let cipher: CipherAlg = info.cipher;
    mac::authenticate(cipher, key, &tlv::encode_all(0x7F49, &objects)).unwrap_or_default()
}
