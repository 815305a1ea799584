//! How a stub starts: `config/registry_stub.toml`.

use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the stub says about a number: `match`, `mismatch/full_name,birth_date`, `card_invalid/revoked`,
/// `not_found`, or any other word as a code of its own.
pub type Verdict = String;

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StubFault {
    /// Nothing.
    #[default]
    None,
    /// The call is taken and never answered.
    Silent,
    /// The answer takes [`StubSettings::slow_ms`] longer.
    Slow,
    /// The answer comes a byte a second.
    Drip,
    /// The connection is torn within the answer.
    Reset,
    /// HTTP 401.
    Unauthorised,
    /// HTTP 429 with `Retry-After`.
    TooMany,
    /// HTTP 500.
    ServerError,
    /// HTTP 503.
    OutOfOrder,
    /// HTTP 503 for the next call only.
    OutOfOrderOnce,
    /// HTTP 307, to the stub itself: whoever follows calls twice.
    Redirect,
    /// The answer is changed after it was signed.
    Lying,
    /// Signed by another key of the same name.
    ForeignKey,
    /// The answer names another question's hash.
    ForeignHash,
    /// The answer names another question's id.
    ForeignId,
    /// The last answer that somebody else got.
    Replayed,
    /// The answer's time is ten minutes old.
    StaleTime,
    /// The answer's time is ten minutes ahead.
    EarlyTime,
    /// The answer is larger than anybody reads.
    Oversize,
    /// Ten thousand good answers to the one question.
    Flood,
    /// A good answer that says it is a page.
    WrongType,
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

impl StubFault {
    /// Every fault, in the order of the settings file.
    pub const ALL: [Self; 27] = [
        Self::None,
        Self::Silent,
        Self::Slow,
        Self::Drip,
        Self::Reset,
        Self::Unauthorised,
        Self::TooMany,
        Self::ServerError,
        Self::OutOfOrder,
        Self::OutOfOrderOnce,
        Self::Redirect,
        Self::Lying,
        Self::ForeignKey,
        Self::ForeignHash,
        Self::ForeignId,
        Self::Replayed,
        Self::StaleTime,
        Self::EarlyTime,
        Self::Oversize,
        Self::Flood,
        Self::WrongType,
        Self::Malformed,
        Self::NotText,
        Self::CosignsOtherTree,
        Self::CosignsForeign,
        Self::CosignsStale,
        Self::CosignsNothing,
    ];

    /// Its name in the settings file and on the admin page.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Silent => "silent",
            Self::Slow => "slow",
            Self::Drip => "drip",
            Self::Reset => "reset",
            Self::Unauthorised => "unauthorised",
            Self::TooMany => "too-many",
            Self::ServerError => "server-error",
            Self::OutOfOrder => "out-of-order",
            Self::OutOfOrderOnce => "out-of-order-once",
            Self::Redirect => "redirect",
            Self::Lying => "lying",
            Self::ForeignKey => "foreign-key",
            Self::ForeignHash => "foreign-hash",
            Self::ForeignId => "foreign-id",
            Self::Replayed => "replayed",
            Self::StaleTime => "stale-time",
            Self::EarlyTime => "early-time",
            Self::Oversize => "oversize",
            Self::Flood => "flood",
            Self::WrongType => "wrong-type",
            Self::Malformed => "malformed",
            Self::NotText => "not-text",
            Self::CosignsOtherTree => "cosigns-other-tree",
            Self::CosignsForeign => "cosigns-foreign",
            Self::CosignsStale => "cosigns-stale",
            Self::CosignsNothing => "cosigns-nothing",
        }
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }
}

/// Which certificate the stub shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownCertificate {
    /// One of the CA that it hands out.
    #[default]
    Good,
    /// One of another CA of the same name.
    Foreign,
    /// One for another name.
    OtherName,
    /// One that has expired.
    Expired,
    /// One that is not valid yet.
    TooEarly,
}

/// A person as the stub knows them. What is left out is not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StubPerson {
    /// Full name.
    pub full_name: Option<String>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// When the card ends.
    pub expiry: Option<Date>,
    /// `revoked`, `lost`, `reissued`, `expired`, `unknown`, or a verdict; empty: the card is good.
    pub state: Verdict,
    /// What goes wrong for whoever asks about this person.
    pub fault: StubFault,
}

/// How the stub starts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StubSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its witness listens.
    pub witness_listen: SocketAddr,
    /// Where its admin page is, in plain HTTP and on loopback only; `None`: nowhere.
    pub admin_listen: Option<SocketAddr>,
    /// The name of its answer key.
    pub name: String,
    /// What it says about numbers that it does not know.
    pub otherwise: Verdict,
    /// What it says about each number, whatever else it knows.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The people it knows, by number.
    pub persons: BTreeMap<String, StubPerson>,
    /// A list of candidates (`candidates.csv`) whose people it knows too.
    pub roster: Option<PathBuf>,
    /// How long it thinks, in milliseconds.
    pub delay_ms: u64,
    /// How much longer where it is told to be slow, in milliseconds.
    pub slow_ms: u64,
    /// What it says in `Retry-After`, in seconds.
    pub retry_after_s: u64,
    /// What goes wrong.
    pub fault: StubFault,
    /// What goes wrong at each n-th call: the fault and n.
    pub every: BTreeMap<StubFault, u32>,
    /// Which certificate it shows.
    pub certificate: ShownCertificate,
    /// It speaks to nobody who shows no certificate of its clients' CA.
    pub client_certificate: bool,
    /// It speaks TLS 1.2 only.
    pub old_tls: bool,
    /// Its own certificate, with those between it and its CA, PEM; without it one of the lab is made.
    pub server_certificate: Option<PathBuf>,
    /// The private key of that certificate, PEM.
    pub server_key: Option<PathBuf>,
    /// The CA of its clients, PEM; without it one of the lab is made.
    pub client_authority: Option<PathBuf>,
    /// Certificates of clients that do not count any more, a list by that CA, PEM; without it none was taken back.
    pub client_revocations: Option<PathBuf>,
    /// The key of the board (`board.vkey`) whose certified desks may ask in the dialect of signed notes; without it
    /// everybody may who signs.
    pub board_key: Option<PathBuf>,
    /// That board's list of revoked desks, its signed note.
    pub revocations: Option<PathBuf>,
    /// The API key of those who ask in the intermediary's dialect.
    pub api_key: String,
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
            witness_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            admin_listen: None,
            name: "registry.example".to_owned(),
            otherwise: "match".to_owned(),
            verdicts: BTreeMap::new(),
            persons: BTreeMap::new(),
            roster: None,
            delay_ms: 0,
            slow_ms: 3_000,
            retry_after_s: 7,
            fault: StubFault::None,
            every: BTreeMap::new(),
            certificate: ShownCertificate::Good,
            client_certificate: true,
            old_tls: false,
            server_certificate: None,
            server_key: None,
            client_authority: None,
            client_revocations: None,
            board_key: None,
            revocations: None,
            api_key: "lab-key".to_owned(),
            cosigner_name: "cosigner.registry.example".to_owned(),
            witness_name: "witness.example".to_owned(),
            witness_clock_s: 0,
            witness_down: false,
        }
    }
}
