//! Password Authenticated Connection Establishment: ICAO Doc 9303-11 §4.4, Appendices G, H and I.
//!
//! Generic, integrated and chip-authentication mapping over the eleven curves and three groups, with every cipher.
//! Integrated mapping is not defined on P-224.

use super::key::AccessKey;
use super::{AccessError, Step, Unsupported, Violation};
use crate::lds::security_infos::{Domain, Mapping, PaceInfo, SecurityInfos};
use bits::random::Random;
use bits::secret::Secret;
use bits::tlv::{self, Reader};
use crypto::cipher::CipherAlg;
use crypto::{EcSecret, Point, dh, kdf, mac, padding};
use iso7816::{CardSession, CommandApdu, SecureMessaging, StatusWord};

/// The longest nonce, in bytes. Any multiple of the cipher's block is right (ICAO Doc 9303-11 §4.4.3.3): 8 with 3DES.
const MAX_NONCE_LEN: usize = 64;
/// Lengths of a nonce for which integrated mapping is defined, in bytes.
const INTEGRATED_NONCE_LENS: [usize; 2] = [16, 32];
/// Constants of the integrated mapping's pseudo-random function (ICAO Doc 9303-11 §4.4.3.3.2), 128 bits.
const C0_SHORT: [u8; 16] = *b"\xA6\x68\x89\x2A\x7C\x41\xE3\xCA\x73\x9F\x40\xB0\x57\xD8\x59\x04";
const C1_SHORT: [u8; 16] = *b"\xA4\xE1\x36\xAC\x72\x5F\x73\x8B\x01\xC1\xF6\x02\x17\xC1\x88\xAD";
/// The same for nonces of 256 bits.
const C0_LONG: [u8; 32] = *b"\xD4\x63\xD6\x52\x34\x12\x4E\xF7\x89\x70\x54\x98\x6D\xCA\x0A\x17\
\x4E\x28\xDF\x75\x8C\xBA\xA0\x3F\x24\x06\x16\x41\x4D\x5A\x16\x76";
const C1_LONG: [u8; 32] = *b"\x54\xBD\x72\x55\xF0\xAA\xF8\x31\xBE\xC3\x42\x3F\xCF\x39\xD6\x9B\
\x6C\xBF\x06\x66\x77\xD0\xFA\xAE\x5A\xAD\xD9\x9D\xF8\xE5\x35\x17";
/// Surplus bits of the pseudo-random function's output over the prime.
const SURPLUS_BITS: usize = 64;

/// What PACE came to, beside the protected session.
#[derive(Debug)]
pub struct PaceResult {
    /// The variant that ran.
    pub info: PaceInfo,
    /// What the chip proved with chip-authentication mapping. Proves nothing before it was checked against a key
    /// that a trusted signer signed.
    pub mapping_proof: Option<MappingProof>,
}

/// The chip's data of chip-authentication mapping (ICAO Doc 9303-11 §4.4.3.5).
#[derive(Debug)]
pub struct MappingProof {
    data: Secret<Vec<u8>>,
    chip_mapping_key: Point,
}

impl MappingProof {
    /// Checks that the chip's mapping key belongs to its static key.
    ///
    /// # Errors
    /// [`Violation::WrongMappingKey`].
    pub fn check(&self, static_key: &Point) -> Result<(), Violation> {
        let expected = static_key.multiply(self.data.expose()).map_err(|_| Violation::WrongMappingKey)?;
        if expected == self.chip_mapping_key { Ok(()) } else { Err(Violation::WrongMappingKey) }
    }
}

/// The variant to use: chip-authentication mapping before generic before integrated, else in the chip's order.
pub fn choose(infos: &SecurityInfos) -> Option<PaceInfo> {
    let rank = |info: &PaceInfo| match info.mapping {
        Mapping::ChipAuthentication => 0,
        Mapping::Generic => 1,
        Mapping::Integrated => 2,
    };
    infos.pace.iter().min_by_key(|info| rank(info)).copied()
}

/// Opens the chip and puts the session under protection.
///
/// # Errors
/// [`AccessError`]; the session stays plain then.
pub fn open(
    session: &mut CardSession<'_>,
    key: &AccessKey,
    info: PaceInfo,
    random: &mut dyn Random,
) -> Result<PaceResult, AccessError> {
    let answer = session.exchange(&choose_command(key, &info))?;
    if !answer.status.is_ok() {
        return Err(AccessError::from_status(Step::ChooseProtocol, answer.status));
    }

    let [encrypted] = general_authenticate(session, Step::Nonce, &[], [0x80])?;
    let nonce = decrypt_nonce(key, info.cipher, &encrypted)?;

    let mapping = MappingKey::draw(&info, nonce.expose().len(), random)?;
    let [chip_public] = general_authenticate(session, Step::Map, &tlv::encode(0x81, &mapping.public()?), [0x82])?;
    let (generator, chip_mapping_key) = mapping.generator(&info, nonce.expose(), &chip_public)?;

    let agreement = AgreementSecret::draw(&info, random);
    let terminal_public = agreement.public(&generator)?;
    let [chip_public] = general_authenticate(session, Step::Agree, &tlv::encode(0x83, &terminal_public), [0x84])?;
    let shared = agreement.shared(&chip_public, &terminal_public)?;
    let keys = Keys::derive(&info, shared.expose());

    let token = tlv::encode(0x85, &keys.token(&chip_public)?);
    let (chip_token, encrypted_proof) = match info.mapping {
        Mapping::ChipAuthentication => {
            let [token, proof] = general_authenticate(session, Step::Token, &token, [0x86, 0x8A])?;
            (token, Some(proof))
        }
        _ => {
            let [token] = general_authenticate(session, Step::Token, &token, [0x86])?;
            (token, None)
        }
    };
    if !mac::equal(&keys.token(&terminal_public)?, &chip_token) {
        return Err(Violation::WrongToken.into());
    }
    let mapping_proof = match (encrypted_proof, chip_mapping_key) {
        (Some(proof), Some(chip_mapping_key)) => Some(keys.mapping_proof(&proof, chip_mapping_key)?),
        _ => None,
    };
    session.protect_with(SecureMessaging::from_zero(info.cipher, keys.encryption, keys.authentication));
    Ok(PaceResult { info, mapping_proof })
}

/// MSE:Set AT with protocol, password and, always, the parameters.
fn choose_command(key: &AccessKey, info: &PaceInfo) -> CommandApdu {
    let data = [
        tlv::encode(0x80, &info.oid()),
        tlv::encode(0x83, &[key.password_reference()]),
        tlv::encode(0x84, &[info.parameter_id]),
    ];
    CommandApdu::manage_security_environment(0xC1, 0xA4, data.concat())
}

/// One GENERAL AUTHENTICATE. The answer must hold exactly the objects `tags`, in this order.
fn general_authenticate<const N: usize>(
    session: &mut CardSession<'_>,
    step: Step,
    content: &[u8],
    tags: [u32; N],
) -> Result<[Vec<u8>; N], AccessError> {
    let command = CommandApdu::general_authenticate(content);
    let command = if step == Step::Token { command } else { command.chained() };
    let answer = session.exchange(&command)?;
    if answer.status != StatusWord::OK {
        return Err(AccessError::from_status(step, answer.status));
    }
    objects(&answer.data, tags).ok_or(AccessError::Forged(Violation::MalformedAnswer(step)))
}

fn objects<const N: usize>(data: &[u8], tags: [u32; N]) -> Option<[Vec<u8>; N]> {
    let mut reader = tlv::single(data, 0x7C).ok()?.children();
    let mut values = [const { Vec::new() }; N];
    for (value, tag) in values.iter_mut().zip(tags) {
        *value = reader.expect(tag).ok()?.value.to_vec();
    }
    Reader::finish(reader).ok()?;
    Some(values)
}

fn decrypt_nonce(key: &AccessKey, cipher: CipherAlg, encrypted: &[u8]) -> Result<Secret<Vec<u8>>, Violation> {
    let is_whole = !encrypted.is_empty() && encrypted.len().is_multiple_of(cipher.block_len());
    if !is_whole || encrypted.len() > MAX_NONCE_LEN {
        return Err(Violation::MalformedAnswer(Step::Nonce));
    }
    Ok(Secret::new(cipher.decrypt_zero_iv(key.nonce_key(cipher).expose(), encrypted)?))
}

/// A generator that the nonce was mapped to.
#[derive(Debug, Clone)]
pub enum Generator {
    /// An element of a group.
    Dh(dh::Element),
    /// A point of a curve.
    Ecdh(Point),
}

/// Our contribution to the mapping.
enum MappingKey {
    Dh(dh::DhSecret),
    Ecdh(EcSecret),
    Nonce(Vec<u8>),
}

impl MappingKey {
    fn draw(info: &PaceInfo, nonce_len: usize, random: &mut dyn Random) -> Result<Self, AccessError> {
        match (info.mapping, info.domain) {
            (Mapping::Integrated, _)
                if nonce_len < info.cipher.key_len() || !INTEGRATED_NONCE_LENS.contains(&nonce_len) =>
            {
                Err(AccessError::Unsupported(Unsupported::IntegratedMapping))
            }
            (Mapping::Integrated, _) => Ok(Self::Nonce(random.bytes(info.cipher.key_len()))),
            (_, Domain::Dh(group)) => Ok(Self::Dh(dh::DhSecret::random(group, random))),
            (_, Domain::Ecdh(curve)) => Ok(Self::Ecdh(EcSecret::random(curve, random))),
        }
    }

    fn public(&self) -> Result<Vec<u8>, Violation> {
        match self {
            Self::Dh(secret) => Ok(secret.public()?.encode()),
            Self::Ecdh(secret) => Ok(secret.public()?.encode()),
            Self::Nonce(nonce) => Ok(nonce.clone()),
        }
    }

    /// The mapped generator, and the chip's mapping key where it is a point.
    fn generator(&self, info: &PaceInfo, nonce: &[u8], chip: &[u8]) -> Result<(Generator, Option<Point>), AccessError> {
        if !matches!(self, Self::Nonce(_)) && chip == self.public()? {
            return Err(Violation::ReflectedKey.into());
        }
        match (self, info.domain) {
            (Self::Dh(secret), Domain::Dh(group)) => {
                let shared = secret.power(&dh::Element::decode(group, chip)?)?;
                Ok((Generator::Dh(dh::Element::generic_mapping(nonce, &shared)?), None))
            }
            (Self::Ecdh(secret), Domain::Ecdh(curve)) => {
                let chip = Point::decode(curve, chip)?;
                let shared = secret.multiply(&chip)?;
                Ok((Generator::Ecdh(Point::generic_mapping(nonce, &shared)?), Some(chip)))
            }
            (Self::Nonce(own), domain) => {
                if !chip.is_empty() {
                    return Err(Violation::MalformedAnswer(Step::Map).into());
                }
                Ok((integrated_generator(info.cipher, domain, nonce, own)?, None))
            }
            _ => Err(AccessError::Unsupported(Unsupported::NoKnownVariant)),
        }
    }
}

/// The generator of integrated mapping (ICAO Doc 9303-11 §4.4.3.3.2), of both sides' nonces.
///
/// # Errors
/// [`AccessError::Unsupported`] on curves for which it is not defined, [`AccessError::Forged`] where nothing comes of it.
pub fn integrated_generator(
    cipher: CipherAlg,
    domain: Domain,
    chip_nonce: &[u8],
    own_nonce: &[u8],
) -> Result<Generator, AccessError> {
    let unsupported = AccessError::Unsupported(Unsupported::IntegratedMapping);
    match domain {
        Domain::Dh(group) => {
            let output = pseudo_random(cipher, chip_nonce, own_nonce, group.p().len() * 8)?;
            Ok(Generator::Dh(dh::Element::integrated_mapping(group, &output)?))
        }
        Domain::Ecdh(curve) => {
            let bits = curve.p().len() * 8
                - usize::try_from(curve.p().first().map_or(0, |byte| byte.leading_zeros())).unwrap_or(0);
            let output = pseudo_random(cipher, chip_nonce, own_nonce, bits)?;
            Ok(Generator::Ecdh(Point::integrated_mapping(curve, &output).map_err(|_| unsupported)?))
        }
    }
}

/// The function R of integrated mapping: at least [`SURPLUS_BITS`] more than the prime, not yet reduced.
fn pseudo_random(
    cipher: CipherAlg,
    chip_nonce: &[u8],
    own_nonce: &[u8],
    prime_bits: usize,
) -> Result<Vec<u8>, Violation> {
    let (c0, c1): (&[u8], &[u8]) =
        if chip_nonce.len() == C0_SHORT.len() { (&C0_SHORT, &C1_SHORT) } else { (&C0_LONG, &C1_LONG) };
    let mut key = cipher.encrypt_zero_iv(own_nonce, chip_nonce)?;
    let mut output = Vec::new();
    while output.len() * 8 < prime_bits + SURPLUS_BITS {
        let block_key = key.get(..cipher.key_len()).unwrap_or(&key).to_vec();
        output.extend(cipher.encrypt_zero_iv(&block_key, c1)?);
        key = cipher.encrypt_zero_iv(&block_key, c0)?;
    }
    Ok(output)
}

/// Our ephemeral secret on the mapped generator.
enum AgreementSecret {
    Dh(dh::DhSecret),
    Ecdh(EcSecret),
}

impl AgreementSecret {
    fn draw(info: &PaceInfo, random: &mut dyn Random) -> Self {
        match info.domain {
            Domain::Dh(group) => Self::Dh(dh::DhSecret::random(group, random)),
            Domain::Ecdh(curve) => Self::Ecdh(EcSecret::random(curve, random)),
        }
    }

    fn public(&self, generator: &Generator) -> Result<Vec<u8>, AccessError> {
        match (self, generator) {
            (Self::Dh(secret), Generator::Dh(generator)) => Ok(secret.power(generator)?.encode()),
            (Self::Ecdh(secret), Generator::Ecdh(generator)) => Ok(secret.multiply(generator)?.encode()),
            _ => Err(AccessError::Unsupported(Unsupported::NoKnownVariant)),
        }
    }

    /// The shared secret: the group element, or the x coordinate, with its fixed length.
    fn shared(&self, chip: &[u8], own: &[u8]) -> Result<Secret<Vec<u8>>, Violation> {
        if chip == own {
            return Err(Violation::ReflectedKey);
        }
        match self {
            Self::Dh(secret) => Ok(Secret::new(secret.power(&dh::Element::decode(secret.group(), chip)?)?.encode())),
            Self::Ecdh(secret) => Ok(secret.diffie_hellman(&Point::decode(secret.curve(), chip)?)?),
        }
    }
}

struct Keys<'i> {
    info: &'i PaceInfo,
    encryption: Secret<Vec<u8>>,
    authentication: Secret<Vec<u8>>,
}

impl<'i> Keys<'i> {
    fn derive(info: &'i PaceInfo, shared: &[u8]) -> Self {
        let (encryption, authentication) = kdf::session_keys(shared, info.cipher);
        Self { info, encryption, authentication }
    }

    /// The authentication token over the other side's public key (ICAO Doc 9303-11 §4.4.3.4).
    fn token(&self, public: &[u8]) -> Result<[u8; mac::MAC_LEN], Violation> {
        let tag = match self.info.domain {
            Domain::Dh(_) => 0x84,
            Domain::Ecdh(_) => 0x86,
        };
        let data = tlv::encode_all(0x7F49, &[tlv::encode(0x06, &self.info.oid()), tlv::encode(tag, public)]);
        Ok(mac::authenticate(self.info.cipher, self.authentication.expose(), &data)?)
    }

    /// Decrypts the data of chip-authentication mapping: the initialisation vector is the encrypted −1.
    fn mapping_proof(&self, encrypted: &[u8], chip_mapping_key: Point) -> Result<MappingProof, Violation> {
        let (cipher, key) = (self.info.cipher, self.encryption.expose());
        let block_len = cipher.block_len();
        let iv = cipher.encrypt_zero_iv(key, &vec![0xFF; block_len])?;
        let padded = Secret::new(cipher.decrypt_cbc(key, &iv, encrypted)?);
        let data = padding::unpad(padded.expose(), block_len).ok_or(Violation::MalformedAnswer(Step::Token))?;
        Ok(MappingProof { data: Secret::new(data.to_vec()), chip_mapping_key })
    }
}
