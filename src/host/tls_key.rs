//! The key that a desk answers a server's question "who calls?" with (TLS 1.3 client authentication, RFC 8446 §4.4.3):
//! out of a file, or held by a token or a TPM that signs with it and never gives it away.

use super::p256;
use bits::secret::Secret;
use crypto::ecdsa::encode_der;
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm as RequestAlgorithm, SigningKey as RequestKey};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

/// A private key for TLS.
#[derive(Clone)]
pub enum TlsKey {
    /// PEM, in memory for as long as the desk runs.
    InMemory(Arc<Secret<Vec<u8>>>),
    /// Elsewhere: it signs, and is never seen.
    Held(Arc<dyn HeldKey>),
}

impl TlsKey {
    /// A key that was read, PEM.
    pub fn of_pem(pem: Secret<Vec<u8>>) -> Self {
        Self::InMemory(Arc::new(pem))
    }
}

/// A key of P-256 that a device holds.
pub trait HeldKey: Send + Sync {
    /// The public point, uncompressed: 65 bytes.
    fn point(&self) -> &[u8];

    /// ECDSA over a SHA-256 digest: `r ‖ s`, 32 bytes each. `None` where the device did not sign; it has told why in the
    /// diagnostics.
    fn sign_digest(&self, digest: &[u8]) -> Option<Vec<u8>>;
}

/// The signature over a message as certificates and TLS carry it (RFC 3279 §2.2.3): a SEQUENCE of two INTEGERs.
fn sign(key: &dyn HeldKey, message: &[u8]) -> Option<Vec<u8>> {
    let signature = key.sign_digest(&Sha256::digest(message))?;
    let (r, s) = signature.split_at_checked(signature.len() / 2)?;
    Some(encode_der(r, s))
}

/// A held key as a request for a certificate is signed with it.
pub(super) struct Requesting<'a>(pub &'a dyn HeldKey);

impl PublicKeyData for Requesting<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.point()
    }

    fn algorithm(&self) -> &'static RequestAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl RequestKey for Requesting<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        sign(self.0, message).ok_or(rcgen::Error::RemoteKeyError)
    }
}

/// What is shown with a held key; `None` for a certificate that is none, or another key's.
pub(super) fn shown(
    chain: Vec<CertificateDer<'static>>,
    key: &Arc<dyn HeldKey>,
) -> Option<Arc<dyn ResolvesClientCert>> {
    let (_, certificate) = X509Certificate::from_der(chain.first()?).ok()?;
    if p256::raw(certificate.public_key().raw) != Some(key.point()) {
        return None;
    }
    Some(Arc::new(Shown(Arc::new(CertifiedKey::new(chain, Arc::new(Answering(Arc::clone(key))))))))
}

/// The one certificate, whoever asks.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        schemes.contains(&SCHEME).then(|| Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A held key as TLS signs with it.
#[derive(Clone)]
struct Answering(Arc<dyn HeldKey>);

impl fmt::Debug for Answering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Answering(…)")
    }
}

impl SigningKey for Answering {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Answering {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        sign(self.0.as_ref(), message)
            .ok_or_else(|| rustls::Error::General("the desk's device did not sign".to_owned()))
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP256_SHA256;
