//! Certificates of country signers and document signers (ICAO Doc 9303-12 §7.1, RFC 5280).
//!
//! `x509-parser` reads the structure; what the profile asks for is kept in a type of its own, so that nothing of the
//! parser reaches other rooms.
//!
//! Invariants: the bytes that were signed are kept and never encoded again.

use crate::authenticity::name::Name;
use crate::authenticity::public_key::{KeyError, PublicKey};
use crate::authenticity::signature::{SignatureAlg, VerifyError};
use crate::authenticity::time;
use bits::tlv::Reader;
use crypto::HashAlg;
use jiff::Timestamp;
use thiserror::Error;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The largest certificate that is looked at.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// id-icao-cscaMasterListSigningKey, `2.23.136.1.1.3`.
const MASTER_LIST_SIGNING: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x03];
/// id-ce-privateKeyUsagePeriod.
const PRIVATE_KEY_USAGE_PERIOD: &[u8] = &[0x55, 0x1D, 0x10];
/// id-icao-mrtd-security-extensions-documentTypeList, `2.23.136.1.1.6.2`.
const DOCUMENT_TYPE_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02];
/// The most types of documents that a list may name.
const MAX_DOCUMENT_TYPES: usize = 64;
/// The most distribution points that are kept.
const MAX_DISTRIBUTION_POINTS: usize = 16;
/// The shortest part of a digest that names a key, in bytes (RFC 5280 §4.2.1.2 has one of 60 bits).
const SHORTEST_DIGEST: usize = 8;
/// digitalSignature, keyCertSign and cRLSign, as bits counted from zero.
const PROFILE_USAGES: u16 = 1 | 1 << 5 | 1 << 6;

/// Why a certificate is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Not a certificate, or a broken one.
    #[error("not a well-formed certificate")]
    Malformed,
    /// Larger than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate has more than {MAX_CERTIFICATE_BYTES} bytes")]
    TooLarge,
    /// A key that is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A signature algorithm that is not supported.
    #[error("unknown signature algorithm")]
    Algorithm,
}

/// What a certificate says it may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purposes {
    /// keyUsage has digitalSignature; `None` where there is no keyUsage at all.
    pub digital_signature: Option<bool>,
    /// keyUsage has keyCertSign.
    pub certificate_signing: bool,
    /// keyUsage has cRLSign.
    pub list_signing: bool,
    /// keyUsage has something else than these three, or is not critical.
    pub usage_irregular: bool,
    /// basicConstraints says "certification authority"; `None` where there are none.
    pub constraints: Option<bool>,
    /// How many authorities may stand between this one and the end.
    pub path_length: Option<u32>,
    /// extendedKeyUsage has ICAO's purpose for master lists.
    pub master_list_signing: bool,
    /// extendedKeyUsage names purposes, and not any purpose.
    pub extended: Extended,
    /// A critical extension that this program does not know.
    pub unknown_critical: bool,
}

/// Whether a certificate is bound to purposes by extendedKeyUsage (RFC 5280 §4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extended {
    /// It is not.
    #[default]
    Unbound,
    /// It is, by an extension that need not be understood.
    Named,
    /// It is, by a critical one.
    Critical,
}

impl Purposes {
    /// basicConstraints says "certification authority".
    pub fn is_authority(self) -> bool {
        self.constraints == Some(true)
    }

    /// An extension forbids certifying others. One that is absent forbids nothing.
    pub fn forbids_certifying(self) -> bool {
        let by_usage = self.digital_signature.is_some() && !self.certificate_signing;
        by_usage || self.constraints == Some(false) || self.unknown_critical
    }
}

/// When the private key may be used (RFC 3280 §4.2.1.4, ICAO Doc 9303-12 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsePeriod {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Up to this moment.
    pub to: Option<Timestamp>,
}

impl KeyUsePeriod {
    /// Whether `moment` lies within.
    pub fn holds(self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| moment >= from) && self.to.is_none_or(|to| moment <= to)
    }
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
    algorithm: Option<SignatureAlg>,
    names_its_key: bool,
    /// The serial number's content bytes.
    pub serial: Vec<u8>,
    /// Whose key signed it; with `serial` it is one certificate of the world.
    pub issuer: Name,
    /// Whose key it holds.
    pub subject: Name,
    /// First moment at which it counts (`notBefore`, RFC 5280 §4.1.2.5).
    pub not_before: Timestamp,
    /// Last moment at which it counts (`notAfter`).
    pub not_after: Timestamp,
    /// The subject's public key; one that nothing can be verified with here is kept as [`PublicKey::Unsupported`].
    pub key: PublicKey,
    /// What `keyUsage` and `basicConstraints` let it sign.
    pub purposes: Purposes,
    /// `privateKeyUsagePeriod`: when it may sign, which is shorter than how long what it
    /// signed counts.
    pub key_use: Option<KeyUsePeriod>,
    /// The types of documents that it may sign, as the MRZ names them: `ID`, `P`.
    pub document_types: Option<Vec<String>>,
    /// Where its issuer publishes revocation lists, as the certificate writes it.
    pub distribution_points: Vec<Vec<u8>>,
    /// `subjectKeyIdentifier`: what a signed object or a certificate below may name it by.
    pub subject_key_id: Option<Vec<u8>>,
    /// `authorityKeyIdentifier`: which of its issuer's keys signed it.
    pub authority_key_id: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads one DER certificate that can be used for verifying.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = Self::parse_lenient(der)?;
        if let PublicKey::Unsupported(error) = &certificate.key {
            return Err(CertificateError::Key(*error));
        }
        if certificate.algorithm.is_none() { Err(CertificateError::Algorithm) } else { Ok(certificate) }
    }

    /// The same, where a key or a signature algorithm that is not known here is no reason to stop: nothing can be
    /// verified with such a certificate, and what it says can still be looked at.
    ///
    /// # Errors
    /// [`CertificateError`], but never for an unknown algorithm.
    pub fn parse_lenient(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        // An extension that stands twice says two things (RFC 5280 §4.2).
        if !rest.is_empty() || parsed.extensions_map().is_err() {
            return Err(CertificateError::Malformed);
        }
        let (signed, algorithm) = signed_part(der)?;
        let extensions = extensions(&parsed);
        let key_bits = &parsed.public_key().subject_public_key.data;
        Ok(Self {
            der: der.to_vec(),
            signed,
            signature: parsed.signature_value.data.to_vec(),
            algorithm,
            names_its_key: extensions.subject_key_id.as_deref().is_some_and(|id| is_digest_of(id, key_bits)),
            serial: parsed.raw_serial().to_vec(),
            issuer: name(parsed.issuer().as_raw())?,
            subject: name(parsed.subject().as_raw())?,
            not_before: moment(parsed.validity().not_before.timestamp())?,
            not_after: moment(parsed.validity().not_after.timestamp())?,
            key: PublicKey::from_info_lenient(parsed.public_key().raw)?,
            purposes: extensions.purposes,
            key_use: extensions.key_use,
            document_types: extensions.document_types,
            distribution_points: extensions.distribution_points,
            subject_key_id: extensions.subject_key_id,
            authority_key_id: extensions.authority_key_id,
        })
    }

    /// The certificate exactly as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The algorithm its issuer signed it with; `None` where it is not known here.
    pub fn algorithm(&self) -> Option<SignatureAlg> {
        self.algorithm
    }

    /// Whether its key identifier is a digest of its key, so that no other key has the same one (RFC 5280 §4.2.1.2,
    /// RFC 7093 §2).
    pub fn names_its_key(&self) -> bool {
        self.names_its_key
    }

    /// Whether `issuer`'s key signed this certificate.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(&self, issuer: &Self) -> Result<(), VerifyError> {
        let algorithm = self.algorithm.ok_or(VerifyError::UnknownAlgorithm)?;
        algorithm.verify(&issuer.key, &self.signed, &self.signature)
    }

    /// Whether `moment` lies within the validity.
    pub fn is_valid_at(&self, moment: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&moment)
    }
}

/// Whether `id` was made of the key's bits by one of the published ways.
fn is_digest_of(id: &[u8], key_bits: &[u8]) -> bool {
    let sha1 = HashAlg::Sha1.digest(key_bits);
    let sha256 = HashAlg::Sha256.digest(key_bits);
    id == sha1 || sha256.get(..id.len()).is_some_and(|start| id.len() >= SHORTEST_DIGEST && start == id)
}

#[derive(Default)]
struct Extensions {
    purposes: Purposes,
    key_use: Option<KeyUsePeriod>,
    document_types: Option<Vec<String>>,
    distribution_points: Vec<Vec<u8>>,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
}

fn extensions(parsed: &X509Certificate<'_>) -> Extensions {
    let mut found = Extensions::default();
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::KeyUsage(usage) => {
                found.purposes.digital_signature = Some(usage.digital_signature());
                found.purposes.certificate_signing = usage.key_cert_sign();
                found.purposes.list_signing = usage.crl_sign();
                found.purposes.usage_irregular = usage.flags & !PROFILE_USAGES != 0 || !extension.critical;
            }
            ParsedExtension::BasicConstraints(constraints) => {
                found.purposes.constraints = Some(constraints.ca);
                found.purposes.path_length = constraints.path_len_constraint;
            }
            ParsedExtension::SubjectKeyIdentifier(id) => found.subject_key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                found.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                found.distribution_points =
                    points.points.iter().filter_map(|point| point.distribution_point.as_ref()).flat_map(uris).collect();
            }
            // These may be critical without harm: they restrict nothing that is decided here.
            ParsedExtension::SubjectAlternativeName(_)
            | ParsedExtension::IssuerAlternativeName(_)
            | ParsedExtension::CertificatePolicies(_) => {}
            ParsedExtension::ExtendedKeyUsage(usage) => {
                found.purposes.master_list_signing =
                    usage.other.iter().any(|oid| oid.as_bytes() == MASTER_LIST_SIGNING);
                found.purposes.extended = match (usage.any, extension.critical) {
                    (true, _) => Extended::Unbound,
                    (false, false) => Extended::Named,
                    (false, true) => Extended::Critical,
                };
            }
            _ => own_extension(&mut found, extension),
        }
    }
    found
}

/// Those that the parser does not know.
fn own_extension(found: &mut Extensions, extension: &X509Extension<'_>) {
    let understood = match extension.oid.as_bytes() {
        PRIVATE_KEY_USAGE_PERIOD => {
            found.key_use = key_use_period(extension.value);
            found.key_use.is_some()
        }
        DOCUMENT_TYPE_LIST => {
            found.document_types = document_types(extension.value);
            found.document_types.is_some()
        }
        _ => false,
    };
    found.purposes.unknown_critical |= extension.critical && !understood;
}

fn key_use_period(value: &[u8]) -> Option<KeyUsePeriod> {
    let mut fields = Reader::new(value).expect(0x30).ok()?.children();
    let mut moment = |tag| match fields.optional(tag) {
        Ok(Some(element)) => time::parse(time::GENERALIZED, element.value).map(Some),
        Ok(None) => Some(None),
        Err(_) => None,
    };
    Some(KeyUsePeriod { from: moment(0x80)?, to: moment(0x81)? })
}

/// A version, and a SET of strings of one or two characters (ICAO Doc 9303-12 §7.1.1.6).
fn document_types(value: &[u8]) -> Option<Vec<String>> {
    let mut fields = Reader::new(value).expect(0x30).ok()?.children();
    fields.expect(0x02).ok()?;
    let mut set = fields.expect(0x31).ok()?.children();
    let mut types = Vec::new();
    while !set.is_empty() && types.len() < MAX_DOCUMENT_TYPES {
        let kind = std::str::from_utf8(set.read().ok()?.value).ok()?;
        types.push(kind.trim_end_matches('<').to_owned());
    }
    set.is_empty().then_some(types)
}

fn uris(point: &DistributionPointName<'_>) -> Vec<Vec<u8>> {
    let DistributionPointName::FullName(names) = point else { return Vec::new() };
    let uri = |name: &GeneralName<'_>| match name {
        GeneralName::URI(uri) => Some(uri.as_bytes().to_vec()),
        _ => None,
    };
    names.iter().filter_map(uri).take(MAX_DISTRIBUTION_POINTS).collect()
}

/// The to-be-signed bytes, and the algorithm, which must stand there in the same form once more (RFC 5280 §4.1.1.2).
fn signed_part(der: &[u8]) -> Result<(Vec<u8>, Option<SignatureAlg>), CertificateError> {
    let malformed = |_| CertificateError::Malformed;
    let mut outer = Reader::new(der).expect(0x30).map_err(malformed)?.children();
    let signed = outer.expect(0x30).map_err(malformed)?;
    let algorithm = outer.expect(0x30).map_err(malformed)?;
    let mut fields = signed.children();
    fields.optional(0xA0).map_err(malformed)?;
    fields.expect(0x02).map_err(malformed)?;
    if fields.expect(0x30).map_err(malformed)?.value != algorithm.value {
        return Err(CertificateError::Malformed);
    }
    Ok((signed.raw.to_vec(), SignatureAlg::parse(&algorithm, None).ok()))
}

fn name(der: &[u8]) -> Result<Name, CertificateError> {
    Name::parse(der).map_err(|_| CertificateError::Malformed)
}

fn moment(seconds: i64) -> Result<Timestamp, CertificateError> {
    Timestamp::from_second(seconds).map_err(|_| CertificateError::Malformed)
}
