//! TLS as this house speaks it with the outside: TLS 1.3, one pinned CA, a certificate of our own where one is wanted, no
//! redirects, no proxies. And what went wrong, by name.

use super::http::RegistrySetupError;
use super::tls_key::{self, TlsKey};
use bits::armour;
use registry::RefusedReason;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect::Policy};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore, crypto::ring, version::TLS13};
use std::{error::Error, io, net::SocketAddr, sync::Arc, time::Duration};

/// What a desk shows a server that asks who is calling.
pub struct ClientIdentity<'a> {
    /// The desk's certificate and those between it and the server's CA, PEM; or the one certificate, DER.
    pub certificate: &'a [u8],
    /// Its private key.
    pub key: &'a TlsKey,
}

/// A client that trusts one CA, follows nobody and uses no proxy.
pub(super) fn pinned_client(
    authority: &[u8],
    own: Option<&ClientIdentity<'_>>,
    connect_ms: u64,
) -> Result<Client, RegistrySetupError> {
    let client = Client::builder()
        .tls_backend_preconfigured(client_config(authority, own)?)
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Names))
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_millis(connect_ms));
    Ok(client.build()?)
}

/// The pinned CA is the only trust anchor; the system's are never asked.
pub(super) fn client_config(
    authority: &[u8],
    own: Option<&ClientIdentity<'_>>,
) -> Result<ClientConfig, RegistrySetupError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_root_certificates(pinned(authority)?);
    let Some(own) = own else { return Ok(builder.with_no_client_auth()) };
    let unusable = |error: &dyn std::fmt::Display| RegistrySetupError::OwnCertificate(error.to_string());
    let chain = match own.certificate.first() {
        Some(&DER_SEQUENCE) => vec![CertificateDer::from(own.certificate.to_vec())],
        _ => {
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(own.certificate).collect();
            chain.map_err(|error| unusable(&error))?
        }
    };
    match own.key {
        TlsKey::InMemory(pem) => {
            let key = PrivateKeyDer::from_pem_slice(pem.expose()).map_err(|error| unusable(&error))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| unusable(&error))
        }
        TlsKey::Held(key) => {
            let shown = tls_key::shown(chain, key).ok_or_else(|| unusable(&"it is for another key"))?;
            Ok(builder.with_client_cert_resolver(shown))
        }
    }
}

/// The one CA of a file.
pub(super) fn pinned(authority: &[u8]) -> Result<RootCertStore, RegistrySetupError> {
    let found = armour::objects(authority).ok_or(RegistrySetupError::Authority)?;
    let [authority] = found.as_slice() else {
        return Err(RegistrySetupError::Authority);
    };
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.clone())).map_err(|_| RegistrySetupError::Authority)?;
    Ok(roots)
}

/// What the TLS library says about the other side, found behind the layers of the HTTP client.
pub(super) fn tls_refusal(error: &(dyn Error + 'static)) -> Option<RefusedReason> {
    layers(error).find_map(|layer| layer.downcast_ref().and_then(refusal_of))
}

/// The name in the address stands for no machine.
pub(super) fn is_unknown_name(error: &(dyn Error + 'static)) -> bool {
    layers(error).any(|layer| layer.is::<UnknownName>())
}

/// The server's certificate is not one that may be taken.
pub(super) fn is_foreign_certificate(error: &(dyn Error + 'static)) -> bool {
    layers(error).any(|layer| matches!(layer.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}

pub(super) fn refusal_of(error: &rustls::Error) -> Option<RefusedReason> {
    use AlertDescription as Alert;
    Some(match error {
        rustls::Error::InvalidCertificate(why) => refusal_of_certificate(why),
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(Alert::ProtocolVersion) => {
            RefusedReason::NoCommonTls
        }
        rustls::Error::AlertReceived(Alert::CertificateRequired) => RefusedReason::OwnCertificateMissing,
        rustls::Error::AlertReceived(
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::DecryptError
            | Alert::AccessDenied,
        ) => RefusedReason::OwnCertificateRefused,
        _ => return None,
    })
}

fn refusal_of_certificate(why: &CertificateError) -> RefusedReason {
    use CertificateError as Why;
    match why {
        Why::Expired | Why::ExpiredContext { .. } => RefusedReason::CertificateExpired,
        Why::NotValidYet | Why::NotValidYetContext { .. } => RefusedReason::CertificateTooEarly,
        Why::NotValidForName | Why::NotValidForNameContext { .. } => RefusedReason::CertificateForOtherName,
        _ => RefusedReason::ForeignCertificate,
    }
}

/// An error and what lies behind it, the outermost first.
fn layers<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let behind = |&layer: &&'a (dyn Error + 'static)| {
        // An input/output error hides what it wraps from `source`.
        let wrapped = layer.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| layer.source())
    };
    std::iter::successors(Some(error), behind).take(MAX_ERROR_LAYERS)
}

/// Finds addresses as the system does; that there is none has a type of its own.
struct Names;

#[derive(Debug, thiserror::Error)]
#[error("the name cannot be found: {0}")]
struct UnknownName(io::Error);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(addresses(name))
    }
}

async fn addresses(name: Name) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(UnknownName)?.collect();
    Ok(Box::new(found.into_iter()))
}

const DER_SEQUENCE: u8 = 0x30;
const MAX_ERROR_LAYERS: usize = 16;
