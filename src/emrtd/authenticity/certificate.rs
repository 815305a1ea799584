//! Certificates of country signers and document signers (ICAO Doc 9303-12 §7.1, RFC 5280).
//!
//! `x509-parser` reads the structure; what the profile asks for is kept in a type of its own, so that nothing of the
//! parser reaches other rooms.
//!
//! Invariants: the bytes that were signed are kept and never encoded again.

use crate::bits::tlv::Reader;
use crate::emrtd::authenticity::name::Name;
use crate::emrtd::authenticity::public_key::{KeyError, PublicKey};
use crate::emrtd::authenticity::signature::{SignatureAlg, VerifyError};
use jiff::Timestamp;
use thiserror::Error;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The largest certificate that is looked at.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// id-icao-cscaMasterListSigningKey, `2.23.136.1.1.3`.
const MASTER_LIST_SIGNING: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x03];

/// Why a certificate is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Not a certificate, or a broken one.
    #[error("not a well-formed certificate")]
    Malformed,
    /// Larger than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate is too large")]
    TooLarge,
    /// A key that is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A signature algorithm that is not supported.
    #[error("an unknown signature algorithm")]
    Algorithm,
}

/// What a certificate says it may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purposes {
    /// keyUsage has digitalSignature; `None` where there is no keyUsage at all.
    pub digital_signature: Option<bool>,
    /// keyUsage has keyCertSign.
    pub certificate_signing: bool,
    /// basicConstraints says "certification authority".
    pub authority: bool,
    /// How many authorities may stand between this one and the end.
    pub path_length: Option<u32>,
    /// extendedKeyUsage has ICAO's purpose for master lists.
    pub master_list_signing: bool,
    /// A critical extension that this program does not know.
    pub unknown_critical: bool,
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
    algorithm: SignatureAlg,
    /// The serial number's content bytes.
    pub serial: Vec<u8>,
    /// Who issued it.
    pub issuer: Name,
    /// Whose key it is.
    pub subject: Name,
    /// The first moment of its validity.
    pub not_before: Timestamp,
    /// The last moment of its validity.
    pub not_after: Timestamp,
    /// The key.
    pub key: PublicKey,
    /// What it may be used for.
    pub purposes: Purposes,
    /// Its own key identifier.
    pub subject_key_id: Option<Vec<u8>>,
    /// Its issuer's key identifier.
    pub authority_key_id: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLarge);
        }
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        let (signed, algorithm) = signed_part(der)?;
        let extensions = extensions(&parsed);
        Ok(Self {
            der: der.to_vec(),
            signed,
            signature: parsed.signature_value.data.to_vec(),
            algorithm,
            serial: parsed.raw_serial().to_vec(),
            issuer: name(parsed.issuer().as_raw())?,
            subject: name(parsed.subject().as_raw())?,
            not_before: moment(parsed.validity().not_before.timestamp())?,
            not_after: moment(parsed.validity().not_after.timestamp())?,
            key: PublicKey::from_info(parsed.public_key().raw)?,
            purposes: extensions.purposes,
            subject_key_id: extensions.subject_key_id,
            authority_key_id: extensions.authority_key_id,
        })
    }

    /// The certificate exactly as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The algorithm its issuer signed it with.
    pub fn algorithm(&self) -> SignatureAlg {
        self.algorithm
    }

    /// Whether `issuer`'s key signed this certificate.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(&self, issuer: &Self) -> Result<(), VerifyError> {
        self.algorithm.verify(&issuer.key, &self.signed, &self.signature)
    }

    /// Whether `moment` lies within the validity.
    pub fn is_valid_at(&self, moment: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&moment)
    }
}

#[derive(Default)]
struct Extensions {
    purposes: Purposes,
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
            }
            ParsedExtension::BasicConstraints(constraints) => {
                found.purposes.authority = constraints.ca;
                found.purposes.path_length = constraints.path_len_constraint;
            }
            ParsedExtension::SubjectKeyIdentifier(id) => found.subject_key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                found.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            // These may be critical without harm: they restrict nothing that is decided here.
            ParsedExtension::SubjectAlternativeName(_)
            | ParsedExtension::IssuerAlternativeName(_)
            | ParsedExtension::CertificatePolicies(_)
            | ParsedExtension::CRLDistributionPoints(_) => {}
            ParsedExtension::ExtendedKeyUsage(usage) => {
                found.purposes.master_list_signing =
                    usage.other.iter().any(|oid| oid.as_bytes() == MASTER_LIST_SIGNING);
            }
            _ => found.purposes.unknown_critical |= extension.critical,
        }
    }
    found
}

/// The to-be-signed bytes, and the algorithm, which must stand there in the same form once more (RFC 5280 §4.1.1.2).
fn signed_part(der: &[u8]) -> Result<(Vec<u8>, SignatureAlg), CertificateError> {
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
    let algorithm = SignatureAlg::parse(&algorithm, None).map_err(|_| CertificateError::Algorithm)?;
    Ok((signed.raw.to_vec(), algorithm))
}

fn name(der: &[u8]) -> Result<Name, CertificateError> {
    Name::parse(der).map_err(|_| CertificateError::Malformed)
}

fn moment(seconds: i64) -> Result<Timestamp, CertificateError> {
    Timestamp::from_second(seconds).map_err(|_| CertificateError::Malformed)
}
