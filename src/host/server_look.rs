//! A look at the certificate that a server shows, also where it is refused: a technician has to see what is wrong with it.

use super::http::{CallLimits, RegistrySetupError, https_address};
use super::pinned::{ClientIdentity, client_config, pinned, refusal_of};
use jiff::Timestamp;
use registry::{Answer, NotAskedReason, RefusedReason};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConnection, DigitallySignedStruct, SignatureScheme, crypto::ring};
use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// A server's certificate, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    /// Who it is for.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
}

/// What a connection came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerLook {
    /// The certificate, where one was shown that can be read.
    pub certificate: Option<ServerCertificate>,
    /// Why the connection does not stand; `None` where it does.
    pub refusal: Option<Answer>,
}

/// Connects, takes the certificate down and hangs up. Nothing is asked.
///
/// # Errors
/// [`RegistrySetupError`].
pub fn look(
    url: &str,
    authority: &[u8],
    own: Option<&ClientIdentity<'_>>,
    limits: CallLimits,
) -> Result<ServerLook, RegistrySetupError> {
    let url = https_address(url)?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host.clone()).map_err(|_| RegistrySetupError::Address)?;
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(pinned(authority)?), Arc::new(ring::default_provider()));
    let inner = verifier.build().map_err(|_| RegistrySetupError::Authority)?;
    let noting = Arc::new(Noting { inner, shown: Mutex::default() });
    let mut config = client_config(authority, own)?;
    config.dangerous().set_certificate_verifier(noting.clone());
    let connection = ClientConnection::new(Arc::new(config), name)?;
    let port = url.port_or_known_default().unwrap_or_default();
    let refusal = shake_hands((host.as_str(), port), connection, limits).err();
    let shown = noting.shown.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(ServerLook { certificate: shown.and_then(|der| read(&der)), refusal })
}

fn shake_hands((host, port): (&str, u16), mut connection: ClientConnection, limits: CallLimits) -> Result<(), Answer> {
    let not_asked = |why| Answer::NotAsked { why };
    let mut addresses = (host, port).to_socket_addrs().map_err(|_| not_asked(NotAskedReason::NameUnknown))?;
    let address = addresses.next().ok_or(not_asked(NotAskedReason::NameUnknown))?;
    let timeout = Duration::from_millis(limits.connect_ms);
    let mut stream = TcpStream::connect_timeout(&address, timeout).map_err(|error| refusal_by(&error))?;
    let limited = stream.set_read_timeout(Some(timeout)).and_then(|()| stream.set_write_timeout(Some(timeout)));
    limited.map_err(|error| refusal_by(&error))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| refusal_by(&error))?;
    }
    Ok(())
}

fn refusal_by(error: &io::Error) -> Answer {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(why) = tls.and_then(refusal_of) {
        return Answer::Refused { why };
    }
    let why = match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => NotAskedReason::TimedOut,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => NotAskedReason::BrokenOff,
        // Something answers there, and it is not TLS.
        io::ErrorKind::InvalidData => return Answer::Refused { why: RefusedReason::NoCommonTls },
        _ => NotAskedReason::Unreachable,
    };
    Answer::NotAsked { why }
}

fn read(der: &[u8]) -> Option<ServerCertificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let time = |seconds: i64| Timestamp::from_second(seconds).ok();
    Some(ServerCertificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        not_before: time(certificate.validity().not_before.timestamp())?,
        not_after: time(certificate.validity().not_after.timestamp())?,
    })
}

/// Takes the certificate down, and judges it as always.
#[derive(Debug)]
struct Noting {
    inner: Arc<WebPkiServerVerifier>,
    shown: Mutex<Option<Vec<u8>>>,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
