//! The board's small CA: it signs what desks show a server that asks who calls (X.509 with keys of P-256).
//!
//! Its key lies sealed under a passphrase, as the board's other keys do; its certificate is what such a server is given to
//! trust. What a request says besides its key is not read: name, number and dates are the board's.
//!
//! Invariants: a request counts only where its own key signed it; nothing that is signed here can sign anything.

use super::p256;
use super::sealed::{self, SealError};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::secret::Secret;
use crypto::digest::HashAlg;
use crypto::ecdsa::ecdsa_verify_der;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PublicKeyData, RevokedCertParams, SerialNumber, SignatureAlgorithm, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::time::Duration;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

/// The largest request that is read.
pub const MAX_REQUEST_LEN: usize = 4 << 10;

/// Why the CA did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskCaError {
    /// The sealed file is none of a CA.
    #[error("this is no key of a desks' CA")]
    Form,
    /// The file cannot be sealed or opened.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Not a PKCS#10 request for a key of P-256, or its own key did not sign it.
    #[error("the desk's request for TLS is none for a key of P-256, or its own key did not sign it")]
    Request,
    /// The certificate would outlive its CA.
    #[error("the desks' CA ends at {ends}: make a new one and give its certificate to the registry's operator")]
    Outlived {
        /// When the CA ends.
        ends: Timestamp,
    },
    /// A moment before 1970.
    #[error("a date before 1970")]
    Date,
    /// The library refused.
    #[error("the certificate cannot be made: {0}")]
    Library(#[from] rcgen::Error),
}

/// The CA, opened.
pub struct DeskCa {
    issuer: Issuer<'static, KeyPair>,
    not_after: Timestamp,
}

/// A CA that was just made: what the board keeps and what it gives away.
pub struct NewDeskCa {
    /// Its key, sealed under the passphrase: text.
    pub sealed: String,
    /// Its certificate, PEM: for those who ask desks who they are.
    pub certificate: String,
}

/// For whom a certificate is, and when it counts.
#[derive(Debug, Clone)]
pub struct DeskName<'a> {
    /// The number of the desk's own certificate.
    pub serial: u32,
    /// The device key's name, `<board>/<desk>`.
    pub name: &'a str,
    /// From.
    pub not_before: Timestamp,
    /// Until.
    pub not_after: Timestamp,
}

impl DeskCa {
    /// Makes the CA of the board of this name.
    ///
    /// # Errors
    /// [`DeskCaError`].
    pub fn create(
        board: &str,
        (not_before, not_after): (Timestamp, Timestamp),
        passphrase: &Secret<String>,
    ) -> Result<NewDeskCa, DeskCaError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params(board, not_before, not_after)?.self_signed(&key)?.pem();
        let secret = BASE64.encode(key.serialized_der());
        let text = format!("{HEAD}\nname {board}\nnot-before {not_before}\nnot-after {not_after}\nkey {secret}\n");
        let sealed = sealed::lock_identity(&Secret::new(text), passphrase)?;
        Ok(NewDeskCa { sealed, certificate })
    }

    /// Opens what [`DeskCa::create`] sealed.
    ///
    /// # Errors
    /// [`DeskCaError::Sealed`] for another passphrase or a damaged file, [`DeskCaError::Form`].
    pub fn open(sealed: &str, passphrase: &Secret<String>) -> Result<Self, DeskCaError> {
        let text = sealed::unlock_identity(sealed, passphrase)?;
        let (board, not_before, not_after, key) = parse(text.expose()).ok_or(DeskCaError::Form)?;
        let issuer = Issuer::new(params(board, not_before, not_after)?, key);
        Ok(Self { issuer, not_after })
    }

    /// Signs a certificate for the key of a desk's request (PKCS#10, DER); DER.
    ///
    /// # Errors
    /// [`DeskCaError`].
    pub fn certify(&self, request: &[u8], desk: &DeskName<'_>) -> Result<Vec<u8>, DeskCaError> {
        let key = RequestedKey::of(request).ok_or(DeskCaError::Request)?;
        if desk.not_after > self.not_after {
            return Err(DeskCaError::Outlived { ends: self.not_after });
        }
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = common_name(desk.name);
        params.serial_number = Some(serial(desk.serial));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        set_dates(&mut params, desk.not_before, desk.not_after)?;
        Ok(params.signed_by(&key, &self.issuer)?.der().to_vec())
    }

    /// The list of certificates that do not count any more (RFC 5280), PEM. `number` is that of the board's own list.
    ///
    /// # Errors
    /// [`DeskCaError`].
    pub fn revocations(
        &self,
        number: u32,
        serials: &[u32],
        (now, until): (Timestamp, Timestamp),
    ) -> Result<String, DeskCaError> {
        let epoch = date_time_ymd(1970, 1, 1);
        let (this_update, next_update) = (epoch + since_1970(now)?, epoch + since_1970(until)?);
        let revoked = |number: &u32| RevokedCertParams {
            serial_number: serial(*number),
            revocation_time: this_update,
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update,
            next_update,
            crl_number: serial(number),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(list.signed_by(&self.issuer)?.pem()?)
    }
}

/// A key of P-256 that signed the request it stands in.
struct RequestedKey(Vec<u8>);

impl RequestedKey {
    fn of(request: &[u8]) -> Option<Self> {
        if request.len() > MAX_REQUEST_LEN || request.first() != Some(&SEQUENCE) {
            return None;
        }
        let (_, parsed) = X509CertificationRequest::from_der(request).ok().filter(|(rest, _)| rest.is_empty())?;
        let info = &parsed.certification_request_info;
        let point = p256::point_of(info.subject_pki.raw)?;
        let signed = HashAlg::Sha256.digest(info.raw);
        ecdsa_verify_der(&point, &signed, signature(request, info.raw)?).ok()?;
        p256::raw(info.subject_pki.raw).map(|key| Self(key.to_vec()))
    }
}

impl PublicKeyData for RequestedKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// What stands behind the signed part of a request: the algorithm in its one spelling, and a signature.
fn signature<'a>(request: &'a [u8], signed: &[u8]) -> Option<&'a [u8]> {
    let end = request.windows(signed.len()).position(|window| window == signed)? + signed.len();
    match request.get(end..)?.strip_prefix(ECDSA_WITH_SHA256)? {
        [BIT_STRING, len, 0, signature @ ..] if usize::from(*len) == signature.len() + 1 => Some(signature),
        _ => None,
    }
}

fn parse(text: &str) -> Option<(&str, Timestamp, Timestamp, KeyPair)> {
    let mut lines = text.lines();
    (lines.next()? == HEAD).then_some(())?;
    let mut take = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let (board, not_before, not_after) =
        (take("name")?, take("not-before")?.parse().ok()?, take("not-after")?.parse().ok()?);
    let key = PrivatePkcs8KeyDer::from(BASE64.decode(take("key")?).ok()?);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ECDSA_P256_SHA256).ok()?;
    Some((board, not_before, not_after, key))
}

/// The CA as its certificate has it. It signs desks and lists, and no other CA.
fn params(board: &str, not_before: Timestamp, not_after: Timestamp) -> Result<CertificateParams, DeskCaError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = common_name(&format!("Desks of {board}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_dates(&mut params, not_before, not_after)?;
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn set_dates(params: &mut CertificateParams, from: Timestamp, until: Timestamp) -> Result<(), DeskCaError> {
    let epoch = date_time_ymd(1970, 1, 1);
    (params.not_before, params.not_after) = (epoch + since_1970(from)?, epoch + since_1970(until)?);
    Ok(())
}

fn since_1970(time: Timestamp) -> Result<Duration, DeskCaError> {
    u64::try_from(time.as_second()).map(Duration::from_secs).map_err(|_| DeskCaError::Date)
}

fn serial(number: u32) -> SerialNumber {
    SerialNumber::from_slice(&number.to_be_bytes())
}

const HEAD: &str = "diemdanh/desks-ca/v1";
/// `ecdsa-with-SHA256` (RFC 5758), an AlgorithmIdentifier.
const ECDSA_WITH_SHA256: &[u8] = &[0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
