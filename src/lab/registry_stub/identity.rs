//! The stub's certificates and those of its clients: of the lab, made new or kept in a folder, or given.

use super::StubError;
use super::settings::{ShownCertificate, StubSettings};
use host::{file, private_folder};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, crypto::CryptoProvider, crypto::ring};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A certificate and its key, PEM.
#[derive(Clone)]
pub struct PemIdentity {
    /// The certificate.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

/// Where what the lab makes is kept, so that another start finds it again.
pub(super) struct Shelf<'a>(pub(super) Option<&'a Path>);

impl Shelf<'_> {
    /// The text of this name, made where it is not there yet.
    pub(super) fn keep(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<String, StubError>,
    ) -> Result<String, StubError> {
        let Some(path) = self.0.map(|folder| folder.join(name)) else { return make() };
        match file::read(&path, MAX_LEN) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData).into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = make()?;
                private_folder::write_new(&path, text.as_bytes())?;
                Ok(text)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Everything about TLS.
pub(super) struct Identity {
    /// The CA to pin, PEM.
    pub(super) authority: String,
    /// What a desk shows.
    pub(super) client: PemIdentity,
    /// What a desk of somebody else shows.
    pub(super) foreign_client: PemIdentity,
    /// Which certificate is shown.
    pub(super) shown: Arc<Shown>,
    /// For those who ask.
    pub(super) asking: Arc<ServerConfig>,
    /// For those who show heads of logs.
    pub(super) witnessing: Arc<ServerConfig>,
}

impl Identity {
    pub(super) fn of(settings: &StubSettings, shelf: &Shelf<'_>, address: SocketAddr) -> Result<Self, StubError> {
        let authority = Authority::kept(shelf, "registry-ca", "Registry stub CA")?;
        let clients = Authority::kept(shelf, "client-ca", "Registry stub clients")?;
        let client = kept_client(shelf, &clients)?;
        let foreign_client = Authority::new("Registry stub clients")?.client()?;
        let certificates = Arc::new(Certificates::of(settings, &authority, address)?);
        let now = Mutex::new(settings.certificate);
        let shown = Arc::new(Shown { certificates: Arc::clone(&certificates), now });
        // Whoever witnesses logs is somebody else, whom a fault of the registry does not touch.
        let usual = Arc::new(Shown { certificates, now: Mutex::default() });
        let trusted = match &settings.client_authority {
            Some(path) => file::read(path, MAX_LEN)?,
            None => clients.certificate.clone().into_bytes(),
        };
        let revoked = settings.client_revocations.as_ref().map(|path| file::read(path, MAX_LEN)).transpose()?;
        let clients = settings.client_certificate.then_some(Clients { trusted, revoked });
        let asking = server_config(settings, shown.clone(), clients.as_ref())?;
        let witnessing = server_config(settings, usual, None)?;
        Ok(Self { authority: authority.certificate, client, foreign_client, shown, asking, witnessing })
    }
}

/// Whose certificates are taken, and which of them are not any more; PEM.
struct Clients {
    trusted: Vec<u8>,
    revoked: Option<Vec<u8>>,
}

impl Clients {
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, StubError> {
        let unreadable = |error: rustls::pki_types::pem::Error| StubError::Pem(error.to_string());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.trusted) {
            roots.add(certificate.map_err(unreadable)?)?;
        }
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let builder = match &self.revoked {
            Some(list) => {
                let lists = CertificateRevocationListDer::pem_slice_iter(list).collect::<Result<Vec<_>, _>>();
                // A list that has ended says nothing any more, and nobody is let in by a silence.
                let builder = builder.with_crls(lists.map_err(unreadable)?);
                builder.only_check_end_entity_revocation().enforce_revocation_expiration()
            }
            None => builder,
        };
        builder.build().map_err(|error| StubError::Pem(error.to_string()))
    }
}

fn kept_client(shelf: &Shelf<'_>, clients: &Authority) -> Result<PemIdentity, StubError> {
    let made = clients.client()?;
    let key = shelf.keep("registry-client.key", || Ok(made.key.clone()))?;
    let certificate = shelf.keep("registry-client.pem", || Ok(made.certificate.clone()))?;
    Ok(PemIdentity { certificate, key })
}

/// TLS 1.3 and nothing kept between two connections: each shows its certificates anew.
fn server_config(
    settings: &StubSettings,
    shown: Arc<Shown>,
    clients: Option<&Clients>,
) -> Result<Arc<ServerConfig>, StubError> {
    let provider = Arc::new(ring::default_provider());
    let versions = if settings.old_tls { [&TLS12] } else { [&TLS13] };
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&versions)?;
    let builder = match clients {
        Some(clients) => builder.with_client_cert_verifier(clients.verifier(provider)?),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(shown);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// The certificates that may be shown, and the one that is.
#[derive(Debug)]
pub(super) struct Shown {
    certificates: Arc<Certificates>,
    now: Mutex<ShownCertificate>,
}

#[derive(Debug)]
struct Certificates {
    good: Arc<CertifiedKey>,
    foreign: Arc<CertifiedKey>,
    other_name: Arc<CertifiedKey>,
    expired: Arc<CertifiedKey>,
    too_early: Arc<CertifiedKey>,
}

impl Certificates {
    fn of(settings: &StubSettings, authority: &Authority, address: SocketAddr) -> Result<Self, StubError> {
        let host = address.ip().to_string();
        let names = [host.as_str(), "localhost"];
        let good = match (&settings.server_certificate, &settings.server_key) {
            (Some(certificate), Some(key)) => given(&file::read(certificate, MAX_LEN)?, &file::read(key, MAX_LEN)?)?,
            _ => authority.server(&names, YEARS)?,
        };
        Ok(Self {
            good,
            foreign: Authority::new("Registry stub CA")?.server(&names, YEARS)?,
            other_name: authority.server(&["elsewhere.example"], YEARS)?,
            expired: authority.server(&names, (2020, 2021))?,
            too_early: authority.server(&names, (2090, 2091))?,
        })
    }
}

impl Shown {
    /// Shows another one, to whoever connects from now on.
    pub(super) fn show(&self, certificate: ShownCertificate) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = certificate;
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let Certificates { good, foreign, other_name, expired, too_early } = &*self.certificates;
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(match now {
            ShownCertificate::Good => good,
            ShownCertificate::Foreign => foreign,
            ShownCertificate::OtherName => other_name,
            ShownCertificate::Expired => expired,
            ShownCertificate::TooEarly => too_early,
        }))
    }
}

fn given(certificate: &[u8], key: &[u8]) -> Result<Arc<CertifiedKey>, StubError> {
    let unreadable = |error: rustls::pki_types::pem::Error| StubError::Pem(error.to_string());
    let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(unreadable)?;
    Ok(Arc::new(CertifiedKey::from_der(chain, key, &ring::default_provider())?))
}

/// A CA of the lab.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Result<Self, StubError> {
        Self::kept(&Shelf(None), name, name)
    }

    fn kept(shelf: &Shelf<'_>, file: &str, name: &str) -> Result<Self, StubError> {
        let key = shelf.keep(&format!("{file}.key"), || Ok(KeyPair::generate()?.serialize_pem()))?;
        let key = KeyPair::from_pem(&key)?;
        let mut params = CertificateParams::new(Vec::new())?;
        // Another name than the server's, or other libraries take that certificate for self-signed.
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        (params.not_before, params.not_after) = (date_time_ymd(YEARS.0, 1, 1), date_time_ymd(YEARS.1, 1, 1));
        let certificate = shelf.keep(&format!("{file}.pem"), || Ok(params.self_signed(&key)?.pem()))?;
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    fn server(&self, names: &[&str], years: (i32, i32)) -> Result<Arc<CertifiedKey>, StubError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Registry stub");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        given(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())
    }

    fn client(&self) -> Result<PemIdentity, StubError> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "Desk of the lab");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        (params.not_before, params.not_after) = (date_time_ymd(YEARS.0, 1, 1), date_time_ymd(YEARS.1, 1, 1));
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(PemIdentity { certificate, key: key.serialize_pem() })
    }
}

/// The lab's certificates are valid from the beginning of one year to the beginning of the other.
const YEARS: (i32, i32) = (2025, 2046);
const MAX_LEN: u64 = 64 << 10;
