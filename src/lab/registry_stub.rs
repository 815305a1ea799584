//! A stand-in for the national registry: HTTPS on loopback, a table of verdicts, and faults on order.
//!
//! Its CA, certificate and answer key are made at the start; whoever wants to ask takes the CA and the verifier key
//! from it.

use super::witness::{Answer, LabWitness};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::post,
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use bits::hex;
use bits::random::Random;
use host::threads;
use jiff::{SignedDuration, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use registry::wire::{AnswerLine, answer_text, parse_question};
use registry::{Asked, Query};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tlog::cosignature::{CosignatureKey, cosign};
use tlog::{Checkpoint, NoteError, NoteKey, NoteVerifier};

/// What the stub says about a number: `match`, `mismatch/full_name,birth_date`, `card_invalid/revoked`,
/// `not_found`, or any other word as a code of its own.
pub type Verdict = String;

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StubFault {
    /// Nothing.
    #[default]
    None,
    /// The call is taken and never answered.
    Silent,
    /// HTTP 503.
    OutOfOrder,
    /// HTTP 503 for the next call only.
    OutOfOrderOnce,
    /// HTTP 401.
    Unauthorised,
    /// HTTP 302 to somewhere else.
    Redirect,
    /// The answer is changed after it was signed.
    Lying,
    /// Signed by another key of the same name.
    ForeignKey,
    /// The answer names another question's hash.
    ForeignHash,
    /// The answer names another question's id.
    ForeignId,
    /// The answer's time is ten minutes old.
    StaleTime,
    /// The answer is larger than anybody reads.
    Oversize,
    /// Signed, and not in the agreed form.
    Malformed,
    /// Not even text.
    NotText,
    /// The head that it cosigns is that of another tree.
    CosignsOtherTree,
    /// The head is cosigned by another key of the same name.
    CosignsForeign,
    /// The cosignature's time is ten minutes old.
    CosignsStale,
    /// What stands behind the answer is no cosignature.
    CosignsNothing,
}

/// How the stub starts, `config/registry_stub.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StubSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The name of its answer key.
    pub name: String,
    /// What it says about numbers that the table does not name.
    pub otherwise: Verdict,
    /// What it says about each number.
    pub verdicts: BTreeMap<String, Verdict>,
    /// How long it thinks, in milliseconds.
    pub delay_ms: u64,
    /// What goes wrong.
    pub fault: StubFault,
    /// It shows a certificate of another CA than the one it hands out.
    pub foreign_certificate: bool,
    /// It speaks TLS 1.2 only.
    pub old_tls: bool,
    /// The name of the key that it cosigns the log's head with in each answer; empty: an old registry, which does not.
    pub cosigner_name: String,
    /// The name of its key as a witness.
    pub witness_name: String,
    /// The witness's clock minus the true time, in seconds.
    pub witness_clock_s: i64,
    /// The witness answers 503.
    pub witness_down: bool,
}

impl Default for StubSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            name: "registry.example".to_owned(),
            otherwise: "match".to_owned(),
            verdicts: BTreeMap::new(),
            delay_ms: 0,
            fault: StubFault::None,
            foreign_certificate: false,
            old_tls: false,
            cosigner_name: "cosigner.registry.example".to_owned(),
            witness_name: "witness.example".to_owned(),
            witness_clock_s: 0,
            witness_down: false,
        }
    }
}

/// Why the stub did not start.
#[derive(Debug, thiserror::Error)]
pub enum StubError {
    /// No address to listen on.
    #[error("the stub cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// No certificate.
    #[error("the stub has no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// No TLS.
    #[error("the stub has no TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No answer key.
    #[error("the stub has no key: {0}")]
    Key(#[from] NoteError),
}

/// A running stub. Dropping it ends it.
pub struct RegistryStub {
    url: String,
    authority_pem: String,
    verifier: NoteVerifier,
    witness_key: CosignatureKey,
    cosigner_key: Option<CosignatureKey>,
    desk: Arc<Desk>,
    handle: Handle<SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

impl RegistryStub {
    /// Starts it on a thread of its own.
    ///
    /// # Errors
    /// [`StubError`].
    pub fn start(settings: StubSettings, random: &mut dyn Random) -> Result<Self, StubError> {
        let listener = TcpListener::bind(settings.listen)?;
        let address = listener.local_addr()?;
        let (tls, authority_pem) = identity(&settings, address)?;
        let key = NoteKey::generate(&settings.name, random)?;
        let foreign_key = NoteKey::generate(&settings.name, random)?;
        let verifier = key.verifier().clone();
        let witness_key = NoteKey::generate(&settings.witness_name, random)?;
        let cosigner = CosignatureKey::of(&witness_key)?;
        let witness = Mutex::new(LabWitness::new(witness_key, None));
        let cosigners = match settings.cosigner_name.as_str() {
            "" => None,
            name => Some((NoteKey::generate(name, random)?, NoteKey::generate(name, random)?)),
        };
        let cosigner_key = cosigners.as_ref().map(|(own, _)| CosignatureKey::of(own)).transpose()?;
        let orders = Mutex::new(Orders { settings, calls: 0, last_question: None });
        let desk = Arc::new(Desk { key, foreign_key, cosigners, orders, witness });
        let handle = Handle::new();
        let app = Router::new()
            .route(PATH, post(ask))
            .route(LAST_HEAD, post(last_head))
            .route(ADD_LOG, post(add_log))
            .route(ADD_CHECKPOINT, post(add_checkpoint))
            .with_state(desk.clone());
        let served = handle.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = threads::spawn("registry-stub", move || {
            runtime.block_on(async {
                if let Ok(server) = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls)) {
                    let _ = server.handle(served).serve(app.into_make_service()).await;
                }
            });
        })?;
        let url = format!("https://{address}{PATH}");
        let witness_key = cosigner;
        Ok(Self { url, authority_pem, verifier, witness_key, cosigner_key, desk, handle, thread: Some(thread) })
    }

    /// Where to ask.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The CA to pin, PEM.
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// The key that answers are signed with.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Where the witness beside it is: a C2SP submission prefix.
    pub fn witness_prefix(&self) -> String {
        format!("{}{WITNESS}", self.url.trim_end_matches(PATH))
    }

    /// The key that cosignatures are checked with.
    pub fn witness_key(&self) -> &CosignatureKey {
        &self.witness_key
    }

    /// The key that cosignatures in answers are checked with; `None` for an old registry.
    pub fn cosigner_key(&self) -> Option<&CosignatureKey> {
        self.cosigner_key.as_ref()
    }

    /// What the witness is to do from now on.
    pub fn order_witness(&self, is_down: bool, clock_s: i64) {
        let mut orders = self.desk.orders();
        (orders.settings.witness_down, orders.settings.witness_clock_s) = (is_down, clock_s);
    }

    /// The witness itself.
    pub fn witness(&self) -> MutexGuard<'_, LabWitness> {
        self.desk.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders a fault from now on.
    pub fn order(&self, fault: StubFault) {
        self.desk.orders().settings.fault = fault;
    }

    /// Orders a delay from now on.
    pub fn delay(&self, delay_ms: u64) {
        self.desk.orders().settings.delay_ms = delay_ms;
    }

    /// Orders a verdict about one number.
    pub fn decide(&self, number: &str, verdict: &str) {
        self.desk.orders().settings.verdicts.insert(number.to_owned(), verdict.to_owned());
    }

    /// How many calls have come.
    pub fn calls(&self) -> u32 {
        self.desk.orders().calls
    }

    /// The last question, word for word.
    pub fn last_question(&self) -> Option<String> {
        self.desk.orders().last_question.clone()
    }

    /// Waits until the stub ends, which it does only by itself when its thread fails.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for RegistryStub {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the handler works with.
struct Desk {
    key: NoteKey,
    foreign_key: NoteKey,
    /// The key that cosigns, and another of its name.
    cosigners: Option<(NoteKey, NoteKey)>,
    orders: Mutex<Orders>,
    witness: Mutex<LabWitness>,
}

struct Orders {
    settings: StubSettings,
    calls: u32,
    last_question: Option<String>,
}

impl Desk {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the call; returns what is ordered for it.
    fn take_orders(&self, question: &str) -> StubSettings {
        let mut orders = self.orders();
        orders.calls += 1;
        orders.last_question = Some(question.to_owned());
        let settings = orders.settings.clone();
        if settings.fault == StubFault::OutOfOrderOnce {
            orders.settings.fault = StubFault::None;
        }
        settings
    }
}

async fn ask(State(desk): State<Arc<Desk>>, question: String) -> Response {
    let settings = desk.take_orders(&question);
    tokio::time::sleep(Duration::from_millis(settings.delay_ms)).await;
    match settings.fault {
        StubFault::Silent => {
            tokio::time::sleep(FOR_EVER).await;
            StatusCode::OK.into_response()
        }
        StubFault::OutOfOrder | StubFault::OutOfOrderOnce => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        StubFault::Unauthorised => StatusCode::UNAUTHORIZED.into_response(),
        StubFault::Redirect => (StatusCode::FOUND, [(LOCATION, "https://127.0.0.1:9/")]).into_response(),
        StubFault::Oversize => "x".repeat(OVERSIZE_LEN).into_response(),
        StubFault::NotText => vec![0xFF_u8; 100].into_response(),
        fault => answer(&desk, &settings, fault, &question)
            .map_or_else(|| StatusCode::BAD_REQUEST.into_response(), IntoResponse::into_response),
    }
}

async fn last_head(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, now| witness.last_head(&body, now))
}

async fn add_log(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, _| witness.add_log(&body))
}

async fn add_checkpoint(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, now| witness.add_checkpoint(&body, now))
}

fn witnessed(desk: &Desk, call: impl FnOnce(&mut LabWitness, Timestamp) -> Answer) -> Response {
    let (is_down, clock_s) = {
        let orders = desk.orders();
        (orders.settings.witness_down, orders.settings.witness_clock_s)
    };
    if is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let now = Timestamp::now();
    let shown = now.saturating_add(SignedDuration::from_secs(clock_s)).unwrap_or(now);
    let (status, body) = call(&mut desk.witness.lock().unwrap_or_else(PoisonError::into_inner), shown);
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), body).into_response()
}

/// The signed answer, spoilt as ordered; `None` for what is no question.
fn answer(desk: &Desk, settings: &StubSettings, fault: StubFault, question: &str) -> Option<String> {
    let (text, _) = question.rsplit_once("\n\n")?;
    let query = parse_question(&format!("{text}\n"))?;
    let mut line = verdict_line(settings, &query, question);
    match fault {
        StubFault::ForeignHash => line.request_sha256 = hex::encode_lower(&[7; 32]),
        StubFault::ForeignId => line.id = hex::encode_lower(&[7; 16]),
        StubFault::StaleTime => line.time -= SignedDuration::from_mins(10),
        _ => (),
    }
    let text = if fault == StubFault::Malformed { "hello\n".to_owned() } else { answer_text(&line) };
    let key = if fault == StubFault::ForeignKey { &desk.foreign_key } else { &desk.key };
    let note = key.sign(&text).ok()?;
    let note = if fault == StubFault::Lying { note.replacen("\"id\":\"", "\"id\":\"0", 1) } else { note };
    match &desk.cosigners {
        Some((own, other)) => Some(format!("{note}\n{}", cosignature(&query.asked, own, other, fault)?)),
        None => Some(note),
    }
}

/// The line under the head that the question named, spoilt as ordered.
fn cosignature(asked: &Asked, own: &NoteKey, other: &NoteKey, fault: StubFault) -> Option<String> {
    let Asked { origin, size, mut root } = asked.clone();
    if fault == StubFault::CosignsOtherTree {
        root = [7; 32];
    }
    let text = Checkpoint { origin, size, root }.text();
    let at = if fault == StubFault::CosignsStale {
        Timestamp::now() - SignedDuration::from_mins(10)
    } else {
        Timestamp::now()
    };
    match fault {
        StubFault::CosignsForeign => cosign(&text, other, at).ok(),
        StubFault::CosignsNothing => Some("hello\n\n\u{2014} x y\n".to_owned()),
        _ => cosign(&text, own, at).ok(),
    }
}

fn verdict_line(settings: &StubSettings, query: &Query, question: &str) -> AnswerLine {
    let verdict = settings.verdicts.get(query.number.reveal()).unwrap_or(&settings.otherwise);
    let (status, detail) = verdict.split_once('/').unwrap_or((verdict, ""));
    AnswerLine {
        request_sha256: hex::encode_lower(&Sha256::digest(question.as_bytes())),
        id: query.request_id.to_string(),
        status: status.to_owned(),
        fields: if status == "mismatch" { detail.split(',').map(str::to_owned).collect() } else { Vec::new() },
        reason: (status == "card_invalid").then(|| detail.to_owned()),
        time: Timestamp::now(),
    }
}

/// The server's TLS settings, and the CA that it hands out.
fn identity(settings: &StubSettings, address: SocketAddr) -> Result<(Arc<ServerConfig>, String), StubError> {
    let shown = authority()?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![address.ip().to_string(), "localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "Registry stub");
    let certificate = params.signed_by(&key, &shown)?;
    let handed_out = if settings.foreign_certificate { authority()?.pem() } else { shown.pem() };
    let versions = if settings.old_tls { [&TLS12] } else { [&TLS13] };
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&versions)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((Arc::new(config), handed_out))
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    // Another name than the server's, or other libraries take that certificate for self-signed.
    params.distinguished_name.push(DnType::CommonName, "Registry stub CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

const PATH: &str = "/v1/ask";
const WITNESS: &str = "/witness";
const LAST_HEAD: &str = "/witness/last-head";
const ADD_LOG: &str = "/witness/add-log";
const ADD_CHECKPOINT: &str = "/witness/add-checkpoint";
const FOR_EVER: Duration = Duration::from_secs(3_600);
const OVERSIZE_LEN: usize = 200_000;
