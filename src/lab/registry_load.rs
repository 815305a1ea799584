//! Many desks at once in front of a registry's stub: a generator of load over real mutual TLS.
//!
//! Calls are due at fixed moments whatever became of those before, and a call's time counts from the moment it was due:
//! a stub that falls behind cannot hide that by being asked less.

use crate::registry_stub::PemIdentity;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Whom to ask, as whom, and what: signed questions, asked in turn.
pub struct RegistryLoad {
    /// Where the stub listens.
    pub address: SocketAddr,
    /// The CA to pin, PEM.
    pub authority: String,
    /// What a desk shows.
    pub client: PemIdentity,
    /// Questions in the dialect of signed notes, each with its id.
    pub questions: Vec<(String, String)>,
}

/// How desks call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadKind {
    /// Each call over a connection of its own, mutual TLS from the first byte.
    NewConnections,
    /// Each of the callers keeps its connection.
    KeptConnections,
}

/// How fast they call.
#[derive(Debug, Clone, Copy)]
pub struct LoadPace {
    /// So many calls are due each second; 0: each caller calls again as soon as it was answered.
    pub per_second: u32,
    /// For so long.
    pub lasts: Duration,
    /// So many at a time.
    pub callers: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct LoadMeasured {
    /// From when each answered call was due to its whole answer.
    pub took: Vec<Duration>,
    /// Calls without the answer to their question.
    pub failed: usize,
    /// From the first call's due moment to the last answer.
    pub lasted: Duration,
}

impl LoadMeasured {
    /// Answered calls a second.
    pub fn per_second(&self) -> u64 {
        let answered = u64::try_from(self.took.len()).unwrap_or(u64::MAX);
        let ms = u64::try_from(self.lasted.as_millis()).unwrap_or(u64::MAX).max(1);
        answered.saturating_mul(1_000) / ms
    }
}

impl RegistryLoad {
    /// Calls at this pace.
    ///
    /// # Errors
    /// Certificates that cannot be used, as [`io::ErrorKind::InvalidInput`].
    pub fn run(&self, kind: LoadKind, pace: LoadPace) -> io::Result<LoadMeasured> {
        let config = self.config().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let (next, began) = (AtomicUsize::new(0), Instant::now());
        let ended = thread::scope(|scope| {
            let call = || Caller { load: self, config: &config, kind, kept: None }.call_on(&next, began, pace);
            let callers: Vec<_> = (0..pace.callers).map(|_| scope.spawn(call)).collect();
            callers.into_iter().filter_map(|caller| caller.join().ok()).collect::<Vec<_>>()
        });
        let mut all = LoadMeasured { lasted: began.elapsed(), ..LoadMeasured::default() };
        for one in ended {
            all.took.extend(one.took);
            all.failed += one.failed;
        }
        Ok(all)
    }

    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let unreadable = |error: rustls::pki_types::pem::Error| rustls::Error::General(error.to_string());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.as_bytes()).map_err(unreadable)?)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(self.client.certificate.as_bytes()).collect();
        let key = PrivateKeyDer::from_pem_slice(self.client.key.as_bytes()).map_err(unreadable)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain.map_err(unreadable)?, key)?;
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

/// One desk of the crowd.
struct Caller<'a> {
    load: &'a RegistryLoad,
    config: &'a Arc<ClientConfig>,
    kind: LoadKind,
    kept: Option<Connection>,
}

impl Caller<'_> {
    fn call_on(mut self, next: &AtomicUsize, began: Instant, pace: LoadPace) -> LoadMeasured {
        let mut measured = LoadMeasured::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(due) = due(number, began, pace) else { return measured };
            thread::sleep(due.saturating_duration_since(Instant::now()));
            match self.call(number) {
                Ok(()) => measured.took.push(due.elapsed()),
                Err(_) => {
                    self.kept = None;
                    measured.failed += 1;
                }
            }
        }
    }

    /// Asks the question of this number and waits for the whole answer.
    fn call(&mut self, number: usize) -> io::Result<()> {
        let questions = &self.load.questions;
        let (id, question) = questions.get(number % questions.len().max(1)).ok_or(io::ErrorKind::InvalidInput)?;
        let mut connection = match self.kept.take() {
            Some(kept) => kept,
            None => self.connect()?,
        };
        let head = format!("POST {ASK} HTTP/1.1\r\nHost: stub\r\nContent-Length: {}\r\n\r\n", question.len());
        connection.write_all([head.as_bytes(), question.as_bytes()].concat().as_slice())?;
        let answer = read_answer(&mut connection)?;
        if !(answer.starts_with("HTTP/1.1 200") && answer.contains(id)) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.kept = (self.kind == LoadKind::KeptConnections).then_some(connection);
        Ok(())
    }

    fn connect(&self) -> io::Result<Connection> {
        let name = ServerName::from(self.load.address.ip());
        let connection = ClientConnection::new(Arc::clone(self.config), name).map_err(io::Error::other)?;
        let stream = TcpStream::connect_timeout(&self.load.address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(StreamOwned::new(connection, stream))
    }
}

/// When the call of this number is due; `None` after the end.
fn due(number: usize, began: Instant, pace: LoadPace) -> Option<Instant> {
    let after = match pace.per_second {
        0 => began.elapsed(),
        rate => Duration::from_secs(1).checked_mul(u32::try_from(number).ok()?)?.checked_div(rate)?,
    };
    (after < pace.lasts).then(|| began + after)
}

/// One response with its body, by the length that it names.
fn read_answer(connection: &mut Connection) -> io::Result<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
    while bytes.len() < MAX_ANSWER_LEN {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if is_whole(&bytes) {
            return String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into());
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

fn is_whole(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let len = head.lines().filter_map(|line| line.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case(LENGTH));
    len.and_then(|(_, len)| len.trim().parse().ok()).is_some_and(|len: usize| body.len() >= len)
}

const ASK: &str = "/v1/ask";
const LENGTH: &str = "content-length";
const MAX_ANSWER_LEN: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(5);
