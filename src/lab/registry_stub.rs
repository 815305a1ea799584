//! A stand-in for the national registry: HTTPS with mutual TLS, people with states, and faults on order. Beside it a
//! witness of logs, and for demonstrations a page in plain HTTP on loopback.
//!
//! Its CA, certificates and keys are made at the start, or kept in a folder; whoever wants to ask takes the CA, the
//! verifier key and a client's certificate from it.

mod admin;
mod answering;
mod door;
mod envelopes;
mod identity;
mod orders;
mod persons;
mod settings;
mod witnessing;

pub use identity::PemIdentity;
pub use settings::{ShownCertificate, StubFault, StubPerson, StubSettings, Verdict};

use super::witness::LabWitness;
use answering::{Dialect, Spoken};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use bits::hex;
use bits::random::Random;
use bits::secret::Secret;
use door::Door;
use envelopes::EnvelopeKeys;
use host::{file, threads};
use identity::{Identity, Shelf};
use jiff::Timestamp;
use orders::Orders;
use rcgen::KeyPair;
use rustls::ServerConfig;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::{fs, io};
use tlog::cosignature::CosignatureKey;
use tlog::{NoteError, NoteKey, NoteVerifier};
use tokio::runtime::Runtime;

/// Why the stub did not start.
#[derive(Debug, thiserror::Error)]
pub enum StubError {
    /// No address to listen on, or a file that cannot be read or written.
    #[error("the stub cannot listen, or read and write its files: {0}")]
    Listen(#[from] io::Error),
    /// The admin page shows everybody, and is for this machine only.
    #[error("the admin page is on loopback only, not on {0}")]
    AdminNotLoopback(SocketAddr),
    /// No certificate.
    #[error("the stub has no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A certificate or key that was given cannot be used.
    #[error("a certificate or key that was given: {0}")]
    Pem(String),
    /// The file of the board's keys is none.
    #[error("the board's key: {0}")]
    Board(String),
    /// No TLS.
    #[error("the stub has no TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No answer key.
    #[error("the stub has no key: {0}")]
    Key(#[from] NoteError),
    /// A kept key is none.
    #[error("{0} in the stub's folder is no key")]
    KeptKey(String),
    /// The list of candidates cannot be read.
    #[error("the list of candidates: {0}")]
    Roster(#[from] roster::canonical::CanonicalError),
}

/// A running stub. Dropping it ends it.
pub struct RegistryStub {
    url: String,
    witness_prefix: String,
    admin_url: Option<String>,
    identity: Identity,
    verifier: NoteVerifier,
    witness_key: CosignatureKey,
    cosigner_key: Option<CosignatureKey>,
    desk: Arc<Desk>,
    handle: Handle<SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

impl RegistryStub {
    /// Starts it on a thread of its own; nothing of it is kept.
    ///
    /// # Errors
    /// [`StubError`].
    pub fn start(settings: StubSettings, random: &mut dyn Random) -> Result<Self, StubError> {
        Self::start_over(settings, &Shelf(None), random)
    }

    /// The same over a folder: keys and certificates that lie there are used, what is missing is made and kept.
    ///
    /// # Errors
    /// [`StubError`].
    pub fn start_in(settings: StubSettings, folder: &Path, random: &mut dyn Random) -> Result<Self, StubError> {
        Self::start_over(settings, &Shelf(Some(folder)), random)
    }

    fn start_over(mut settings: StubSettings, shelf: &Shelf<'_>, random: &mut dyn Random) -> Result<Self, StubError> {
        take_roster(&mut settings)?;
        let places = Places::take(&settings)?;
        let identity = Identity::of(&settings, shelf, places.asking.local_addr()?)?;
        let key = kept_key(shelf, "registry.seed", &settings.name, random)?;
        let foreign_key = NoteKey::generate(&settings.name, random)?;
        let witness = kept_key(shelf, "witness.seed", &settings.witness_name, random)?;
        let cosigners = match settings.cosigner_name.as_str() {
            "" => None,
            name => Some((kept_key(shelf, "registry-cosigner.seed", name, random)?, NoteKey::generate(name, random)?)),
        };
        let verifier = key.verifier().clone();
        let witness_key = CosignatureKey::of(&witness)?;
        let cosigner_key = cosigners.as_ref().map(|(own, _)| CosignatureKey::of(own)).transpose()?;
        let witness = Mutex::new(LabWitness::new(witness, None));
        let envelope_keys = kept_envelope_keys(shelf)?;
        let door = Door::of(&settings)?;
        let orders = Mutex::new(Orders::new(settings));
        let desk = Arc::new(Desk { key, foreign_key, cosigners, envelope_keys, door, orders, witness });
        let url = format!("https://{}{ASK}", places.asking.local_addr()?);
        let witness_prefix = format!("https://{}{}", places.witnessing.local_addr()?, witnessing::PREFIX);
        let admin = places.admin.as_ref().map(TcpListener::local_addr).transpose()?;
        let admin_url = admin.map(|address| format!("http://{address}/"));
        let handle = Handle::new();
        let configs = (Arc::clone(&identity.asking), Arc::clone(&identity.witnessing));
        let thread = Some(serve(places, configs, &desk, handle.clone())?);
        let stub = Self {
            url,
            witness_prefix,
            admin_url,
            identity,
            verifier,
            witness_key,
            cosigner_key,
            desk,
            handle,
            thread,
        };
        Ok(stub)
    }

    /// Where to ask.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where to ask in the intermediary's dialect.
    pub fn intermediary_url(&self) -> String {
        format!("{}{CHECK}", self.url.trim_end_matches(ASK))
    }

    /// The key that answers are signed with in the intermediary's dialect, PEM.
    pub fn intermediary_key(&self) -> String {
        self.desk.envelope_keys.own.public_key_pem()
    }

    /// Where the admin page is, if it is anywhere.
    pub fn admin_url(&self) -> Option<&str> {
        self.admin_url.as_deref()
    }

    /// The CA to pin, PEM.
    pub fn authority_pem(&self) -> &str {
        &self.identity.authority
    }

    /// What a desk shows that may ask.
    pub fn client(&self) -> &PemIdentity {
        &self.identity.client
    }

    /// What a desk shows that another CA certified.
    pub fn foreign_client(&self) -> &PemIdentity {
        &self.identity.foreign_client
    }

    /// The key that answers are signed with.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Where the witness beside it is: a C2SP submission prefix.
    pub fn witness_prefix(&self) -> &str {
        &self.witness_prefix
    }

    /// The key that cosignatures are checked with.
    pub fn witness_key(&self) -> &CosignatureKey {
        &self.witness_key
    }

    /// The key that cosignatures in answers are checked with; `None` for an old registry.
    pub fn cosigner_key(&self) -> Option<&CosignatureKey> {
        self.cosigner_key.as_ref()
    }

    /// Writes what a desk needs to ask into `folder`: `registry-ca.pem`, `registry-client.pem` and its key,
    /// `registry.vkey`, `registry-cosigner.vkey`, `witness.vkey`, `witness.url`, for the intermediary's dialect
    /// `intermediary.pem` and `intermediary.url`, and last `registry.url`, so that whoever
    /// waits for the address finds the others beside it.
    ///
    /// # Errors
    /// The operating system's.
    pub fn hand_out(&self, folder: &Path) -> io::Result<()> {
        let lines = [
            ("registry.vkey", Some(self.verifier.to_string())),
            ("registry-cosigner.vkey", self.cosigner_key.as_ref().map(ToString::to_string)),
            ("witness.vkey", Some(self.witness_key.to_string())),
            ("witness.url", Some(self.witness_prefix.clone())),
        ];
        fs::write(folder.join("registry-ca.pem"), &self.identity.authority)?;
        fs::write(folder.join("registry-client.pem"), &self.client().certificate)?;
        fs::write(folder.join("registry-client.key"), &self.client().key)?;
        fs::write(folder.join("intermediary.pem"), self.intermediary_key())?;
        fs::write(folder.join("intermediary.url"), format!("{}\n", self.intermediary_url()))?;
        for (name, text) in lines {
            if let Some(text) = text {
                fs::write(folder.join(name), format!("{text}\n"))?;
            }
        }
        fs::write(folder.join("registry.url"), format!("{}\n", self.url))
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

    /// Shows another certificate to whoever connects from now on; connections that stand go on.
    pub fn show(&self, certificate: ShownCertificate) {
        self.identity.shown.show(certificate);
    }

    /// Orders a delay from now on.
    pub fn delay(&self, delay_ms: u64) {
        self.desk.orders().settings.delay_ms = delay_ms;
    }

    /// Orders a verdict about one number.
    pub fn decide(&self, number: &str, verdict: &str) {
        self.desk.orders().settings.verdicts.insert(number.to_owned(), verdict.to_owned());
    }

    /// How many questions have come.
    pub fn calls(&self) -> u32 {
        self.desk.orders().calls
    }

    /// How many calls were turned away at the door.
    pub fn turned_away(&self) -> u32 {
        self.desk.orders().turned_away
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

/// What the handlers work with.
struct Desk {
    key: NoteKey,
    foreign_key: NoteKey,
    /// The key that cosigns, and another of its name.
    cosigners: Option<(NoteKey, NoteKey)>,
    envelope_keys: EnvelopeKeys,
    door: Door,
    orders: Mutex<Orders>,
    witness: Mutex<LabWitness>,
}

impl Desk {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn ask(State(desk): State<Arc<Desk>>, question: String) -> Response {
    let query = match desk.door.let_in(&question, Timestamp::now()) {
        Ok(query) => query,
        Err(status) => {
            desk.orders().turned_away += 1;
            return status.into_response();
        }
    };
    let order = desk.orders().take(&query, &question);
    let spoken = Spoken { query: &query, question: &question, dialect: Dialect::Signed };
    answering::respond(&desk, order, spoken).await
}

async fn check(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: String) -> Response {
    if !envelopes::is_let_in(&headers, &desk.orders().settings.api_key) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(query) = envelopes::read(&body) else {
        desk.orders().turned_away += 1;
        return StatusCode::BAD_REQUEST.into_response();
    };
    let order = desk.orders().take(&query, &body);
    let spoken = Spoken { query: &query, question: &body, dialect: Dialect::Intermediary };
    answering::respond(&desk, order, spoken).await
}

/// Where the stub listens.
struct Places {
    asking: TcpListener,
    witnessing: TcpListener,
    admin: Option<TcpListener>,
}

impl Places {
    fn take(settings: &StubSettings) -> Result<Self, StubError> {
        if let Some(admin) = settings.admin_listen.filter(|admin| !admin.ip().is_loopback()) {
            return Err(StubError::AdminNotLoopback(admin));
        }
        Ok(Self {
            asking: TcpListener::bind(settings.listen)?,
            witnessing: TcpListener::bind(settings.witness_listen)?,
            admin: settings.admin_listen.map(TcpListener::bind).transpose()?,
        })
    }
}

/// Serves all places on one thread, until the handle says that it is over.
fn serve(
    places: Places,
    (asking, witnessing): (Arc<ServerConfig>, Arc<ServerConfig>),
    desk: &Arc<Desk>,
    handle: Handle<SocketAddr>,
) -> io::Result<JoinHandle<()>> {
    let ask = Router::new().route(ASK, post(ask)).route(CHECK, post(check)).with_state(Arc::clone(desk));
    let (witness, admin) = (witnessing::calls(Arc::clone(desk)), admin::pages(Arc::clone(desk)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    threads::spawn("registry-stub", move || {
        if let Some(listener) = places.admin {
            serve_plain(&runtime, listener, admin);
        }
        runtime.spawn(serve_tls(places.witnessing, witnessing, witness, Handle::new()));
        runtime.block_on(serve_tls(places.asking, asking, ask, handle));
    })
}

async fn serve_tls(listener: TcpListener, tls: Arc<ServerConfig>, app: Router, handle: Handle<SocketAddr>) {
    if let Ok(server) = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls)) {
        let _ = server.handle(handle).serve(app.into_make_service()).await;
    }
}

fn serve_plain(runtime: &Runtime, listener: TcpListener, app: Router) {
    runtime.spawn(async {
        if let Ok(server) = axum_server::from_tcp(listener) {
            let _ = server.serve(app.into_make_service()).await;
        }
    });
}

/// The people of the list join those whom the settings name; these know better.
fn take_roster(settings: &mut StubSettings) -> Result<(), StubError> {
    if let Some(path) = &settings.roster {
        for (number, person) in persons::of_roster(&file::read(path, MAX_ROSTER_LEN)?)? {
            settings.persons.entry(number).or_insert(person);
        }
    }
    Ok(())
}

fn kept_envelope_keys(shelf: &Shelf<'_>) -> Result<EnvelopeKeys, StubError> {
    let own = shelf.keep("intermediary.key", || Ok(KeyPair::generate()?.serialize_pem()))?;
    Ok(EnvelopeKeys { own: KeyPair::from_pem(&own)?, other: KeyPair::generate()? })
}

fn kept_key(shelf: &Shelf<'_>, file: &str, name: &str, random: &mut dyn Random) -> Result<NoteKey, StubError> {
    let fresh = NoteKey::generate(name, random)?;
    let text = shelf.keep(file, || Ok(hex::encode_lower(fresh.seed().expose())))?;
    let seed = hex::decode(text.trim()).and_then(|seed| seed.try_into().ok());
    let seed = seed.map(Secret::new).ok_or_else(|| StubError::KeptKey(file.to_owned()))?;
    Ok(NoteKey::from_seed(name, &seed)?)
}

const ASK: &str = "/v1/ask";
const CHECK: &str = "/v1/check";
const MAX_ROSTER_LEN: u64 = 64 << 20;
