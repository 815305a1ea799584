//! SecurityInfos: EF.CardAccess, EF.CardSecurity's content and DG14 (ICAO Doc 9303-11 §9.2, BSI TR-03110-3 §A.1.1).
//!
//! Invariants: an unknown or malformed entry is skipped and counted, never an error of the whole; a key that is kept
//! is on a named curve or in a standardised group, whichever way its parameters were written.

use crate::authenticity::public_key::{self, KeyError};
use bits::tlv::{Element, Reader, TlvError};
use crypto::dh::{self, DhError};
use crypto::{CipherAlg, HashAlg, NamedCurve, Point, bignum};
use thiserror::Error;

/// Most entries that are read.
pub const MAX_ENTRIES: usize = 64;
/// Largest size of a key id or parameter id in bytes.
const MAX_ID_LEN: usize = 8;

/// id-PACE … id-CA, id-PK, id-TA: `0.4.0.127.0.7.2.2`.
const SMARTCARD: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];
/// Standardised domain parameters: `0.4.0.127.0.7.1.2`.
const STANDARDISED_PARAMETERS: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];
/// id-icao-mrtd-security-aaProtocolObject: `2.23.136.1.1.5`.
const ACTIVE_AUTHENTICATION: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x05];
/// ecdsa-plain-signatures: `0.4.0.127.0.7.1.1.4.1`.
const ECDSA_PLAIN: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01];
/// id-ecPublicKey.
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// Diffie-Hellman public numbers of X9.42 and PKCS#3.
const DH_PUBLIC_NUMBER: [&[u8]; 2] =
    [&[0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01], &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01]];

/// What the chip says about its protocols.
#[derive(Debug, Clone, Default)]
pub struct SecurityInfos {
    /// PACE variants, in the chip's order.
    pub pace: Vec<PaceInfo>,
    /// Variants of chip authentication version 1.
    pub chip_authentication: Vec<ChipAuthenticationInfo>,
    /// Chip authentication is offered in a version or with a cipher that is not known here.
    pub other_chip_authentication: bool,
    /// Keys of chip authentication.
    pub chip_keys: Vec<ChipKey>,
    /// The signature of active authentication, where the chip names one.
    pub active_authentication: Option<ActiveAuthenticationInfo>,
    /// The chip offers terminal authentication: DG3 and DG4 may be locked.
    pub terminal_authentication: bool,
    /// Entries that were not understood.
    pub skipped: usize,
    /// Keys of chip authentication that were refused, with the first reason.
    pub refused_key: Option<KeyRefusal>,
}

/// How two parties agree on a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// Over a prime field.
    Dh,
    /// Over an elliptic curve.
    Ecdh,
}

/// How PACE maps the nonce to a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Generic mapping.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Generic mapping with chip authentication.
    ChipAuthentication,
}

/// A standardised group or curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A group of RFC 5114.
    Dh(dh::Group),
    /// A named curve.
    Ecdh(NamedCurve),
}

/// One PACE variant that the chip offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceInfo {
    /// Agreement.
    pub agreement: Agreement,
    /// Mapping.
    pub mapping: Mapping,
    /// Cipher of the session.
    pub cipher: CipherAlg,
    /// Group or curve.
    pub domain: Domain,
    /// The parameter id, as it goes into tag 84.
    pub parameter_id: u8,
}

/// One variant of chip authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationInfo {
    /// Agreement.
    pub agreement: Agreement,
    /// Cipher of the new session.
    pub cipher: CipherAlg,
    /// Which key, where there are several.
    pub key_id: Option<Vec<u8>>,
}

/// A static public key of the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipKey {
    /// The key.
    pub public: AgreementKey,
    /// Its id, where there are several.
    pub key_id: Option<Vec<u8>>,
}

/// A public key for an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementKey {
    /// An element of a standardised group.
    Dh(dh::Element),
    /// A point on a named curve.
    Ecdh(Point),
}

/// The signature of active authentication with an EC key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveAuthenticationInfo {
    /// The digest.
    pub hash: HashAlg,
}

/// Why a key of the chip was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyRefusal {
    /// The structure, the curve or the point.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The value is none of the group's.
    #[error(transparent)]
    Dh(#[from] DhError),
    /// A group that is none of the standardised ones.
    #[error("unknown group")]
    UnknownGroup,
}

impl From<TlvError> for KeyRefusal {
    fn from(error: TlvError) -> Self {
        Self::Key(error.into())
    }
}

impl SecurityInfos {
    /// Reads the SET at the start of `bytes`. What follows the SET is no part of it.
    ///
    /// # Errors
    /// [`TlvError`] where there is no well-formed SET of elements.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlvError> {
        let mut entries = Reader::new(bytes).expect(0x31)?.children();
        let mut all = Vec::new();
        while !entries.is_empty() && all.len() < MAX_ENTRIES {
            all.push(entries.read()?);
        }
        let mut infos = Self::default();
        let proprietary = all.iter().filter_map(|entry| pace_domain(entry)).collect::<Vec<_>>();
        for entry in &all {
            if infos.take(entry, &proprietary).is_none() {
                infos.skipped += 1;
            }
        }
        Ok(infos)
    }

    /// Reads DG14: the SET inside its outer tag.
    ///
    /// # Errors
    /// [`TlvError`] for another tag or a malformed SET.
    pub fn parse_dg14(file: &[u8]) -> Result<Self, TlvError> {
        Self::parse(Reader::new(file).expect(0x6E)?.value)
    }

    /// Keeps one entry. `None` where it is not understood.
    fn take(&mut self, entry: &Element<'_>, proprietary: &[(u8, Domain)]) -> Option<()> {
        let mut fields = entry.children();
        let oid = fields.expect(0x06).ok()?.value;
        if oid == ACTIVE_AUTHENTICATION {
            self.active_authentication = Some(active_authentication(fields)?);
            return Some(());
        }
        match oid.strip_prefix(SMARTCARD)? {
            [0x01, agreement] => self.take_chip_key(*agreement, fields),
            [0x02, ..] => {
                self.terminal_authentication = true;
                Some(())
            }
            [0x03, agreement, cipher] => {
                let info = chip_authentication(*agreement, *cipher, fields);
                self.other_chip_authentication |= info.is_none();
                self.chip_authentication.push(info?);
                Some(())
            }
            [0x04, variant, cipher] => {
                self.pace.push(pace_info(*variant, *cipher, fields, proprietary)?);
                Some(())
            }
            // Proprietary domain parameters were read ahead.
            [0x04, _] => pace_domain(entry).map(drop),
            _ => None,
        }
    }

    fn take_chip_key(&mut self, agreement: u8, mut fields: Reader<'_>) -> Option<()> {
        let agreement = agreement_of(agreement)?;
        let info = fields.expect(0x30).ok()?;
        let key_id = key_id(&mut fields)?;
        match agreement_key(agreement, &info) {
            Ok(public) => self.chip_keys.push(ChipKey { public, key_id }),
            Err(refusal) => self.refused_key = self.refused_key.or(Some(refusal)),
        }
        Some(())
    }
}

impl PaceInfo {
    /// What the Vietnamese card offers: ECDH generic mapping, AES-128, brainpoolP256r1. Used where EF.CardAccess
    /// cannot be read and the policy allows it.
    pub const USUAL: Self = Self {
        agreement: Agreement::Ecdh,
        mapping: Mapping::Generic,
        cipher: CipherAlg::Aes128,
        domain: Domain::Ecdh(NamedCurve::BrainpoolP256r1),
        parameter_id: 13,
    };

    /// The content bytes of the protocol's object identifier.
    pub fn oid(&self) -> Vec<u8> {
        let variant = match (self.agreement, self.mapping) {
            (Agreement::Dh, Mapping::Generic) => 1,
            (Agreement::Ecdh, Mapping::Generic) => 2,
            (Agreement::Dh, Mapping::Integrated) => 3,
            (Agreement::Ecdh, Mapping::Integrated) => 4,
            (Agreement::Dh, Mapping::ChipAuthentication) => 5,
            (Agreement::Ecdh, Mapping::ChipAuthentication) => 6,
        };
        [SMARTCARD, &[0x04, variant, cipher_number(self.cipher)]].concat()
    }
}

impl ChipAuthenticationInfo {
    /// The content bytes of the protocol's object identifier.
    pub fn oid(&self) -> Vec<u8> {
        let agreement = match self.agreement {
            Agreement::Dh => 1,
            Agreement::Ecdh => 2,
        };
        [SMARTCARD, &[0x03, agreement, cipher_number(self.cipher)]].concat()
    }
}

impl AgreementKey {
    /// Agreement that the key is for.
    pub fn agreement(&self) -> Agreement {
        match self {
            Self::Dh(_) => Agreement::Dh,
            Self::Ecdh(_) => Agreement::Ecdh,
        }
    }
}

fn pace_info(variant: u8, cipher: u8, mut fields: Reader<'_>, proprietary: &[(u8, Domain)]) -> Option<PaceInfo> {
    let (agreement, mapping) = match variant {
        1 => (Agreement::Dh, Mapping::Generic),
        2 => (Agreement::Ecdh, Mapping::Generic),
        3 => (Agreement::Dh, Mapping::Integrated),
        4 => (Agreement::Ecdh, Mapping::Integrated),
        6 => (Agreement::Ecdh, Mapping::ChipAuthentication),
        _ => return None,
    };
    let cipher = cipher_of(cipher)?;
    let version = small_integer(fields.expect(0x02).ok()?.value)?;
    let parameter_id = small_integer(fields.optional(0x02).ok()??.value)?;
    let standardised = standardised_domain(parameter_id);
    let own = proprietary.iter().find(|(id, _)| *id == parameter_id).map(|(_, domain)| *domain);
    let domain = standardised.or(own)?;
    let fits = matches!((agreement, domain), (Agreement::Dh, Domain::Dh(_)) | (Agreement::Ecdh, Domain::Ecdh(_)));
    (version == 2 && fits).then_some(PaceInfo { agreement, mapping, cipher, domain, parameter_id })
}

/// A PACEDomainParameterInfo with its parameter id.
fn pace_domain(entry: &Element<'_>) -> Option<(u8, Domain)> {
    let mut fields = entry.children();
    let oid = fields.expect(0x06).ok()?.value;
    let [0x04, _] = oid.strip_prefix(SMARTCARD)? else { return None };
    let mut algorithm = fields.expect(0x30).ok()?.children();
    let algorithm_oid = algorithm.expect(0x06).ok()?.value;
    let parameters = algorithm.read().ok()?;
    let id = fields.optional(0x02).ok()?.and_then(|id| small_integer(id.value));
    let domain = match algorithm_oid {
        STANDARDISED_PARAMETERS => standardised_domain(small_integer(parameters.value)?),
        EC_PUBLIC_KEY => public_key::curve(&parameters).ok().map(Domain::Ecdh),
        _ => explicit_group(&parameters).ok().map(Domain::Dh),
    }?;
    Some((id.unwrap_or(0), domain))
}

fn chip_authentication(agreement: u8, cipher: u8, mut fields: Reader<'_>) -> Option<ChipAuthenticationInfo> {
    let agreement = agreement_of(agreement)?;
    let cipher = cipher_of(cipher)?;
    let version = small_integer(fields.expect(0x02).ok()?.value)?;
    let key_id = key_id(&mut fields)?;
    (version == 1).then_some(ChipAuthenticationInfo { agreement, cipher, key_id })
}

fn active_authentication(mut fields: Reader<'_>) -> Option<ActiveAuthenticationInfo> {
    fields.expect(0x02).ok()?;
    let hash = match fields.expect(0x06).ok()?.value.strip_prefix(ECDSA_PLAIN)? {
        [1] => HashAlg::Sha1,
        [2] => HashAlg::Sha224,
        [3] => HashAlg::Sha256,
        [4] => HashAlg::Sha384,
        [5] => HashAlg::Sha512,
        _ => return None,
    };
    Some(ActiveAuthenticationInfo { hash })
}

fn agreement_key(agreement: Agreement, info: &Element<'_>) -> Result<AgreementKey, KeyRefusal> {
    let mut fields = info.children();
    let mut algorithm = fields.expect(0x30)?.children();
    let oid = algorithm.expect(0x06)?.value;
    let parameters = algorithm.read()?;
    let key = fields.expect(0x03)?.value.strip_prefix(&[0]).ok_or(KeyError::BitString)?;
    let domain = match oid {
        STANDARDISED_PARAMETERS => {
            small_integer(parameters.value).and_then(standardised_domain).ok_or(KeyRefusal::UnknownGroup)?
        }
        EC_PUBLIC_KEY => Domain::Ecdh(public_key::curve(&parameters)?),
        oid if DH_PUBLIC_NUMBER.contains(&oid) => Domain::Dh(explicit_group(&parameters)?),
        _ => return Err(KeyError::UnknownAlgorithm.into()),
    };
    match (agreement, domain) {
        (Agreement::Ecdh, Domain::Ecdh(curve)) => {
            Ok(AgreementKey::Ecdh(Point::decode(curve, key).map_err(KeyError::from)?))
        }
        (Agreement::Dh, Domain::Dh(group)) => {
            let number = Reader::new(key).expect(0x02)?.value;
            Ok(AgreementKey::Dh(dh::Element::decode(group, number)?))
        }
        _ => Err(KeyError::UnknownAlgorithm.into()),
    }
}

/// The standardised group with these p and g (X9.42 and PKCS#3 begin alike).
fn explicit_group(parameters: &Element<'_>) -> Result<dh::Group, KeyRefusal> {
    let mut fields = parameters.children();
    let (p, g) = (fields.expect(0x02)?.value, fields.expect(0x02)?.value);
    let same = |group: &dh::Group| bignum::trim(p) == group.p() && bignum::trim(g) == bignum::trim(&group.g());
    dh::Group::ALL.into_iter().find(same).ok_or(KeyRefusal::UnknownGroup)
}

fn standardised_domain(id: u8) -> Option<Domain> {
    let group = dh::Group::from_parameter_id(id).map(Domain::Dh);
    group.or_else(|| NamedCurve::from_parameter_id(id).map(Domain::Ecdh))
}

/// An optional key id: `None` where it is malformed, `Some(None)` where it is absent.
fn key_id(fields: &mut Reader<'_>) -> Option<Option<Vec<u8>>> {
    let Some(id) = fields.optional(0x02).ok()? else { return Some(None) };
    let id = bignum::trim(id.value);
    let id = if id.is_empty() { &[0] } else { id };
    (id.len() <= MAX_ID_LEN).then(|| Some(id.to_vec()))
}

fn small_integer(bytes: &[u8]) -> Option<u8> {
    match bignum::trim(bytes) {
        [] if !bytes.is_empty() => Some(0),
        [number] => Some(*number),
        _ => None,
    }
}

fn agreement_of(number: u8) -> Option<Agreement> {
    match number {
        1 => Some(Agreement::Dh),
        2 => Some(Agreement::Ecdh),
        _ => None,
    }
}

fn cipher_of(number: u8) -> Option<CipherAlg> {
    CipherAlg::ALL.get(usize::from(number.checked_sub(1)?)).copied()
}

fn cipher_number(cipher: CipherAlg) -> u8 {
    match cipher {
        CipherAlg::TripleDes => 1,
        CipherAlg::Aes128 => 2,
        CipherAlg::Aes192 => 3,
        CipherAlg::Aes256 => 4,
    }
}
