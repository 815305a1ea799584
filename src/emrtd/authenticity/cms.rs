//! Signed data (RFC 5652 §5) as EF.SOD and EF.CardSecurity use it (ICAO Doc 9303-12 §7.1.4, 9303-10 appendix D).
//!
//! Read as BER, because old signers wrote it so. The signed attributes are hashed as they were read, with the tag of a
//! SET in place of the context tag (§5.4), or in DER's order where they were sent in another.
//!
//! Invariants: nothing is encoded again but that one tag; a [`SignerInfo`] is checked against exactly one certificate.

use crate::authenticity::certificate::Certificate;
use crate::authenticity::name::Name;
use crate::authenticity::signature::{SignatureAlg, VerifyError};
use crate::authenticity::time;
use bits::tlv::{self, Element, Reader, TlvError};
use crypto::HashAlg;
use jiff::Timestamp;
use thiserror::Error;

const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];

const MAX_CERTIFICATES: usize = 8;
const MAX_SIGNERS: usize = 4;
const MAX_ATTRIBUTES: usize = 32;
const MAX_CHUNKS: usize = 256;

/// Why a signed object is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CmsError {
    /// Not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// Not signed data.
    #[error("not signed data")]
    NotSignedData,
    /// More certificates, signers, attributes or chunks than any document has.
    #[error("too many parts")]
    TooManyParts,
    /// Signed data without any signer.
    #[error("no signer")]
    NoSigner,
}

/// Why a signer information does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignerError {
    /// The attributes are not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// A digest algorithm that is not supported.
    #[error("unknown digest algorithm")]
    UnknownDigest,
    /// There are no signed attributes.
    #[error("there are no signed attributes")]
    AttributesMissing,
    /// More signed attributes than any document has.
    #[error("more than {MAX_ATTRIBUTES} signed attributes")]
    TooManyAttributes,
    /// An attribute of which there must be one, with one value (RFC 5652 §11).
    #[error("duplicate or multi-valued signed attribute")]
    AttributeTwice,
    /// The attribute of the content type is missing or names another type.
    #[error("the signed content type is missing or another")]
    ContentType,
    /// The attribute of the message digest is missing.
    #[error("the signed message digest is missing")]
    DigestMissing,
    /// The message digest is not the content's.
    #[error("message digest mismatch")]
    Digest,
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] VerifyError),
}

impl SignerError {
    /// True for what is not known here, which says nothing against the signature.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::UnknownDigest | Self::Signature(VerifyError::UnknownAlgorithm))
    }
}

/// Signed data, borrowed from the object it was read from.
#[derive(Debug, Clone)]
pub struct SignedData<'a> {
    /// The syntax version; 3 is the rule.
    pub version: u8,
    /// The content type (content bytes of its identifier).
    pub content_type: &'a [u8],
    /// The content that the signers signed, joined where it came in chunks (BER).
    pub content: Vec<u8>,
    /// The certificates in the object, each DER.
    pub certificates: Vec<&'a [u8]>,
    /// Who signed, in the order of the object. For travel documents there is one.
    pub signers: Vec<SignerInfo<'a>>,
    /// An indefinite length was met: BER, where the standard wants DER. Worth a remark, no fault.
    pub indefinite: bool,
}

/// One signer.
#[derive(Debug, Clone)]
pub struct SignerInfo<'a> {
    id: SignerId<'a>,
    digest: Element<'a>,
    attributes: Option<Element<'a>>,
    algorithm: Element<'a>,
    signature: &'a [u8],
}

#[derive(Debug, Clone)]
enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyId(&'a [u8]),
}

/// When an object says that it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningTime {
    /// It does not say; no rule demands it (ICAO Doc 9303-10 §4.6.2.1, RFC 5652 §11.3).
    Absent,
    /// In a form that no rule knows.
    Odd,
    /// At this moment.
    At(Timestamp),
}

impl SigningTime {
    /// The moment, where it says one.
    pub fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Absent | Self::Odd => None,
        }
    }
}

/// What a verified signer information says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignerFacts {
    /// When it says it was signed.
    pub signing_time: SigningTime,
    /// The hash whose value stands in `messageDigest`, and that attributes or content were signed with.
    pub digest: HashAlg,
    /// The signature scheme, with its parameters.
    pub algorithm: SignatureAlg,
    /// The signed attributes do not stand in DER's order.
    pub unsorted: bool,
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo with signed data in it. Bytes behind it are an error.
    ///
    /// # Errors
    /// [`CmsError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new_ber(bytes);
        let info = reader.expect(0x30)?;
        reader.finish()?;
        let mut fields = info.children_ber();
        if fields.expect(0x06)?.value != SIGNED_DATA {
            return Err(CmsError::NotSignedData);
        }
        let explicit = fields.expect(0xA0)?;
        let signed = explicit.children_ber().expect(0x30)?;
        let mut data = Self::fields(&signed)?;
        data.indefinite |= info.indefinite || explicit.indefinite || signed.indefinite;
        Ok(data)
    }

    fn fields(signed: &Element<'a>) -> Result<Self, CmsError> {
        let mut fields = signed.children_ber();
        let version = match fields.expect(0x02)?.value {
            [version] => *version,
            _ => return Err(CmsError::NotSignedData),
        };
        fields.expect(0x31)?;
        let encapsulated = fields.expect(0x30)?;
        let mut content_fields = encapsulated.children_ber();
        let content_type = content_fields.expect(0x06)?.value;
        let wrapped = content_fields.expect(0xA0)?;
        let content = octets(&wrapped.children_ber().read()?)?;
        let certificates = match fields.optional(0xA0)? {
            Some(set) => elements(&set, MAX_CERTIFICATES)?.into_iter().map(|element| element.raw).collect(),
            None => Vec::new(),
        };
        fields.optional(0xA1)?;
        let signers = elements(&fields.expect(0x31)?, MAX_SIGNERS)?;
        if signers.is_empty() {
            return Err(CmsError::NoSigner);
        }
        let signers = signers.iter().map(SignerInfo::parse).collect::<Result<_, _>>()?;
        let indefinite = encapsulated.indefinite || wrapped.indefinite;
        Ok(Self { version, content_type, content, certificates, signers, indefinite })
    }
}

impl<'a> SignerInfo<'a> {
    fn parse(element: &Element<'a>) -> Result<Self, CmsError> {
        let mut fields = element.children_ber();
        fields.expect(0x02)?;
        let id = match fields.read()? {
            id if id.tag == 0x30 => {
                let mut parts = id.children_ber();
                SignerId::IssuerAndSerial { issuer: parts.expect(0x30)?.raw, serial: parts.expect(0x02)?.value }
            }
            id if id.tag == 0x80 => SignerId::KeyId(id.value),
            other => return Err(TlvError::UnexpectedTag { expected: 0x30, found: other.tag }.into()),
        };
        let digest = fields.expect(0x30)?;
        let attributes = fields.optional(0xA0)?;
        let algorithm = fields.expect(0x30)?;
        let signature = fields.expect(0x04)?.value;
        Ok(Self { id, digest, attributes, algorithm, signature })
    }

    /// Whether the signer's identifier points to `certificate`.
    pub fn names(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                significant(serial) == significant(&certificate.serial)
                    && Name::parse(issuer).is_ok_and(|issuer| issuer == certificate.issuer)
            }
            SignerId::KeyId(id) => certificate.subject_key_id.as_deref() == Some(*id),
        }
    }

    /// Checks attributes and digest, and says when it claims to have been signed. Proves nothing: no key has part in it.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn claims(&self, data: &SignedData<'_>) -> Result<SigningTime, SignerError> {
        let (_, facts) = self.attributes_of(data)?;
        Ok(facts.signing_time)
    }

    /// Checks digest, attributes and signature with the key of `certificate`.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn verify(&self, data: &SignedData<'_>, certificate: &Certificate) -> Result<SignerFacts, SignerError> {
        let (digest, facts) = self.attributes_of(data)?;
        let algorithm = SignatureAlg::parse(&self.algorithm, Some(digest))?;
        let unsorted = !facts.elements.is_sorted();
        let verify = |message: &[u8]| algorithm.verify(&certificate.key, message, self.signature);
        match verify(&tlv::encode(0x31, &facts.elements.concat())) {
            // What was hashed is DER (RFC 5652 §5.4), in whichever order it was sent.
            Err(VerifyError::Signature(_)) if unsorted => {
                let mut sorted = facts.elements;
                sorted.sort_unstable();
                verify(&tlv::encode(0x31, &sorted.concat()))?;
            }
            result => result?,
        }
        Ok(SignerFacts { signing_time: facts.signing_time, digest, algorithm, unsorted })
    }

    fn attributes_of(&self, data: &SignedData<'_>) -> Result<(HashAlg, Attributes<'a>), SignerError> {
        let attributes = self.attributes.as_ref().ok_or(SignerError::AttributesMissing)?;
        let facts = Attributes::parse(attributes)?;
        if facts.content_type != Some(data.content_type) {
            return Err(SignerError::ContentType);
        }
        let expected = facts.message_digest.ok_or(SignerError::DigestMissing)?;
        let oid = self.digest.children_ber().expect(0x06)?.value;
        let digest = HashAlg::from_oid(oid).ok_or(SignerError::UnknownDigest)?;
        // As in `SignatureAlg::verify`.
        if !cfg!(fuzzing) && expected != digest.digest(&data.content) {
            return Err(SignerError::Digest);
        }
        Ok((digest, facts))
    }
}

struct Attributes<'a> {
    elements: Vec<&'a [u8]>,
    content_type: Option<&'a [u8]>,
    message_digest: Option<&'a [u8]>,
    signing_time: SigningTime,
}

impl<'a> Attributes<'a> {
    fn parse(set: &Element<'a>) -> Result<Self, SignerError> {
        let elements = elements(set, MAX_ATTRIBUTES).map_err(|error| match error {
            CmsError::Tlv(error) => SignerError::Tlv(error),
            _ => SignerError::TooManyAttributes,
        })?;
        let mut found = Self {
            elements: elements.iter().map(|element| element.raw).collect(),
            content_type: None,
            message_digest: None,
            signing_time: SigningTime::Absent,
        };
        for attribute in elements {
            let mut fields = attribute.children_ber();
            let kind = fields.expect(0x06)?.value;
            let mut values = fields.expect(0x31)?.children_ber();
            let value = values.read()?;
            let twice = match kind {
                CONTENT_TYPE => found.content_type.replace(value.value).is_some(),
                MESSAGE_DIGEST => found.message_digest.replace(value.value).is_some(),
                SIGNING_TIME => {
                    let time = time::parse(value.tag, value.value).map_or(SigningTime::Odd, SigningTime::At);
                    std::mem::replace(&mut found.signing_time, time) != SigningTime::Absent
                }
                _ => continue,
            };
            // RFC 5652 §11: each of these stands once and has one value.
            if twice || !values.is_empty() {
                return Err(SignerError::AttributeTwice);
            }
        }
        Ok(found)
    }
}

/// An octet string, primitive or in chunks.
fn octets(element: &Element<'_>) -> Result<Vec<u8>, CmsError> {
    match element.tag {
        0x04 => Ok(element.value.to_vec()),
        0x24 => {
            let chunks = elements(element, MAX_CHUNKS)?;
            chunks.iter().try_fold(Vec::new(), |mut content, chunk| match chunk.tag {
                0x04 => {
                    content.extend_from_slice(chunk.value);
                    Ok(content)
                }
                found => Err(TlvError::UnexpectedTag { expected: 0x04, found }.into()),
            })
        }
        found => Err(TlvError::UnexpectedTag { expected: 0x04, found }.into()),
    }
}

fn elements<'a>(set: &Element<'a>, limit: usize) -> Result<Vec<Element<'a>>, CmsError> {
    let mut reader = set.children_ber();
    let mut elements = Vec::new();
    while !reader.is_empty() {
        if elements.len() == limit {
            return Err(CmsError::TooManyParts);
        }
        elements.push(reader.read()?);
    }
    Ok(elements)
}

/// A number's bytes without leading zeros; some issuers write serial numbers with one too few or too many.
fn significant(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}
