//! Lab certificates: a country signer and its document signers, with keys that follow from a label.
//!
//! The profile is the one of ICAO Doc 9303-12 §7.1.1; the curves are explicit, as real ones are.

use super::IssueError;
use super::der;
use crate::bits::random::{Random as _, SeededRandom};
use crate::bits::tlv;
use crate::crypto::ecdsa;
use crate::crypto::{EcSecret, HashAlg, NamedCurve};
use jiff::Timestamp;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0A];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1D, 0x0E];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];

/// Moments between which a certificate is valid.
#[derive(Debug, Clone, Copy)]
pub struct Validity {
    /// The first.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
}

/// A key with its certificate.
#[derive(Clone)]
pub struct Authority {
    secret: EcSecret,
    hash: HashAlg,
    name: Vec<u8>,
    serial: Vec<u8>,
    key_id: Vec<u8>,
    certificate: Vec<u8>,
}

impl Authority {
    /// A self-signed country signer on brainpoolP512r1 with SHA-512.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn country_signer(label: &str, country: &str, validity: Validity) -> Result<Self, IssueError> {
        let mut authority = Self::unsigned(label, country, NamedCurve::BrainpoolP512r1, HashAlg::Sha512)?;
        let issuer = authority.clone();
        authority.certificate = authority.certified_by(&issuer, Role::CountrySigner, validity)?;
        Ok(authority)
    }

    /// A document signer on brainpoolP384r1 with SHA-384 under this country signer.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn document_signer(&self, label: &str, country: &str, validity: Validity) -> Result<Self, IssueError> {
        let mut signer = Self::unsigned(label, country, NamedCurve::BrainpoolP384r1, HashAlg::Sha384)?;
        signer.certificate = signer.certified_by(self, Role::DocumentSigner, validity)?;
        Ok(signer)
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The issuer's name (DER) and serial number (DER) that a signer information names this certificate by.
    pub(super) fn issuer_and_serial(&self, issuer: &Self) -> Vec<u8> {
        der::sequence(&[issuer.name.clone(), der::integer(&self.serial)])
    }

    /// The hash this key signs with.
    pub(super) fn hash(&self) -> HashAlg {
        self.hash
    }

    /// A DER signature over `message`; the same message is always signed with the same number.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, IssueError> {
        let prehash = self.hash.digest(message);
        // A nonce that follows from secret and message never meets two messages.
        let nonce_seed = HashAlg::Sha256.digest(&[self.secret.expose(), &prehash].concat());
        let mut random = SeededRandom::new(&crate::bits::hex::encode(&nonce_seed));
        let (r, s) = ecdsa::ecdsa_sign(&self.secret, &prehash, &mut random)?;
        Ok(ecdsa::encode_der(&r, &s))
    }

    fn unsigned(label: &str, country: &str, curve: NamedCurve, hash: HashAlg) -> Result<Self, IssueError> {
        let mut random = SeededRandom::new(&format!("diemdanh lab authority {label}"));
        let secret = EcSecret::random(curve, &mut random);
        let mut serial = random.bytes(16);
        if let Some(first) = serial.first_mut() {
            *first = *first & 0x7F | 0x40;
        }
        let key_id = HashAlg::Sha1.digest(&secret.public()?.encode());
        Ok(Self { secret, hash, name: name(label, country), serial, key_id, certificate: Vec::new() })
    }

    fn certified_by(&self, issuer: &Self, role: Role, validity: Validity) -> Result<Vec<u8>, IssueError> {
        let algorithm = der::ecdsa_with(issuer.hash);
        let body = der::sequence(&[
            tlv::encode(0xA0, &der::integer(&[2])),
            der::integer(&self.serial),
            algorithm.clone(),
            issuer.name.clone(),
            der::sequence(&[der::utc_time(validity.from), der::utc_time(validity.to)]),
            self.name.clone(),
            der::public_key(&self.secret.public()?),
            tlv::encode(0xA3, &der::sequence(&self.extensions(issuer, role))),
        ]);
        let signature = issuer.sign(&body)?;
        Ok(der::sequence(&[body, algorithm, der::bits(&signature)]))
    }

    fn extensions(&self, issuer: &Self, role: Role) -> Vec<Vec<u8>> {
        let key_usage = match role {
            Role::CountrySigner => tlv::encode(0x03, &[1, 0x06]),
            Role::DocumentSigner => tlv::encode(0x03, &[7, 0x80]),
        };
        let authority_key = der::sequence(&[tlv::encode(0x80, &issuer.key_id)]);
        let mut extensions = vec![
            extension(AUTHORITY_KEY_ID, false, &authority_key),
            extension(SUBJECT_KEY_ID, false, &der::octets(&self.key_id)),
            extension(KEY_USAGE, true, &key_usage),
        ];
        if matches!(role, Role::CountrySigner) {
            let constraints = der::sequence(&[tlv::encode(0x01, &[0xFF]), der::integer(&[0])]);
            extensions.push(extension(BASIC_CONSTRAINTS, true, &constraints));
        }
        extensions
    }
}

#[derive(Debug, Clone, Copy)]
enum Role {
    CountrySigner,
    DocumentSigner,
}

fn extension(kind: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { tlv::encode(0x01, &[0xFF]) } else { Vec::new() };
    der::sequence(&[der::oid(kind), flag, der::octets(value)])
}

fn name(label: &str, country: &str) -> Vec<u8> {
    let part = |kind: &[u8], value: Vec<u8>| tlv::encode(0x31, &der::sequence(&[der::oid(kind), value]));
    der::sequence(&[
        part(COUNTRY, der::printable(country)),
        part(ORGANISATION, der::utf8("Diem Danh Lab")),
        part(COMMON_NAME, der::utf8(label)),
    ])
}
