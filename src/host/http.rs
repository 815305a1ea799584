//! The registry over HTTPS: TLS 1.3 only, one pinned CA, a certificate of the desk, no redirects, no proxies, hard
//! limits.
//!
//! A call is repeated once, within the same deadline, when the connection failed or the server said 502, 503 or 504:
//! the question keeps its id, so that asking twice is asking once. A registry that asks for a pause gets it.

use super::dialect::{Asked, Call, Dialect, Judged};
use super::pinned::{ClientIdentity, is_unknown_name, pinned_client, tls_refusal};
use bits::stamp::Clock;
use registry::{Answer, Breaker, HeadLines, NotAskedReason, Query, RefusedReason, Registry, Reply};
use reqwest::{Client, Response, Url};
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

/// How long and how large a call may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Until the connection stands, TLS included.
    pub connect_ms: u64,
    /// The whole call, a repetition included.
    pub whole_ms: u64,
    /// The answer's body.
    pub body_bytes: usize,
    /// The registry's time against ours.
    pub max_skew_seconds: i64,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self { connect_ms: 3_000, whole_ms: 8_000, body_bytes: 64 << 10, max_skew_seconds: 120 }
    }
}

/// Why the registry cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum RegistrySetupError {
    /// The address is none, or not `https`.
    #[error("the registry's address is not an https address")]
    Address,
    /// The CA's file holds not exactly one certificate that can be a trust anchor.
    #[error("the registry's CA file does not hold exactly one certificate")]
    Authority,
    /// The desk's own certificate or its key cannot be used.
    #[error("the desk's certificate or its key cannot be used: {0}")]
    OwnCertificate(String),
    /// The TLS library refused its settings.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
    /// The system gave no room for the client.
    #[error("the HTTP client cannot run: {0}")]
    Runtime(#[from] io::Error),
}

/// Where and how the registry is asked.
pub struct RegistrySettings<'a> {
    /// The address, `https://…`.
    pub url: &'a str,
    /// The one CA that may have issued the server's certificate, PEM or DER.
    pub authority: &'a [u8],
    /// What the desk shows the server; `None` where the server wants nothing.
    pub own: Option<ClientIdentity<'a>>,
    /// How question and answer are put.
    pub dialect: Box<dyn Dialect>,
    /// Limits.
    pub limits: CallLimits,
}

/// The registry behind an HTTPS address.
pub struct HttpsRegistry {
    runtime: Runtime,
    client: Client,
    url: Url,
    dialect: Box<dyn Dialect>,
    limits: CallLimits,
    clock: Box<dyn Clock>,
    breaker: Breaker,
}

impl HttpsRegistry {
    /// Sets up the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`RegistrySetupError`].
    pub fn new(settings: RegistrySettings<'_>, clock: Box<dyn Clock>) -> Result<Self, RegistrySetupError> {
        let url = https_address(settings.url)?;
        let client = pinned_client(settings.authority, settings.own.as_ref(), settings.limits.connect_ms)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let RegistrySettings { dialect, limits, .. } = settings;
        Ok(Self { runtime, client, url, dialect, limits, clock, breaker: Breaker::default() })
    }

    fn call(&mut self, query: &Query) -> (Judged, Option<[u8; 32]>) {
        let not_asked = |why| (Judged::of(Answer::NotAsked { why }), None);
        if !self.breaker.may_call(self.clock.now().boot_ms) {
            return not_asked(NotAskedReason::BreakerOpen);
        }
        let Some(call) = self.dialect.call(query) else {
            return not_asked(NotAskedReason::NotConfigured);
        };
        let sha256 = call.sha256();
        let judged = match self.runtime.block_on(self.send(&call)) {
            Ok(body) => self.judge(body, query, sha256),
            Err(failure) => {
                self.note_pause(&failure);
                Judged::of(failure.into_answer())
            }
        };
        match judged.answer {
            Answer::NotAsked { .. } => self.breaker.failed(self.clock.now().boot_ms),
            _ => self.breaker.succeeded(),
        }
        (judged, Some(sha256))
    }

    fn note_pause(&mut self, failure: &CallFailure) {
        if let CallFailure::Later { seconds, .. } = failure {
            self.breaker.pause(self.clock.now().boot_ms, seconds.saturating_mul(1_000));
        }
    }

    /// The body of the answer, within the deadline.
    async fn send(&self, call: &Call) -> Result<Vec<u8>, CallFailure> {
        let whole = Duration::from_millis(self.limits.whole_ms);
        let twice = async {
            match self.send_once(call).await {
                Err(failure) if failure.is_worth_repeating() => self.send_once(call).await,
                done => done,
            }
        };
        tokio::time::timeout(whole, twice).await.unwrap_or(Err(CallFailure::NotAsked(NotAskedReason::TimedOut)))
    }

    async fn send_once(&self, call: &Call) -> Result<Vec<u8>, CallFailure> {
        let mut request = self.client.post(self.url.clone()).header("content-type", call.content_type);
        if let Some((name, value)) = &call.header {
            request = request.header(*name, value.expose());
        }
        let sent = request.body(call.body.reveal().clone()).send().await;
        let mut response = sent.map_err(|error| failure_of(&error))?;
        if response.status().as_u16() != 200 {
            return Err(failure_of_status(&response));
        }
        if !is_of_type(&response, self.dialect.answer_type()) {
            return Err(CallFailure::Refused(RefusedReason::ContentType));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure_of(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > self.limits.body_bytes {
                return Err(CallFailure::Refused(RefusedReason::TooLarge { limit: self.limits.body_bytes }));
            }
        }
        Ok(body)
    }

    fn judge(&self, body: Vec<u8>, query: &Query, sha256: [u8; 32]) -> Judged {
        let Ok(body) = String::from_utf8(body) else {
            return Judged::refused(RefusedReason::Malformed);
        };
        let (now, max_skew_seconds) = (self.clock.now().wall, self.limits.max_skew_seconds);
        self.dialect.judge(&body, &Asked { query, sha256, now, max_skew_seconds })
    }
}

impl Registry for HttpsRegistry {
    fn ask(&mut self, query: &Query) -> Reply {
        let began = Instant::now();
        let (Judged { answer, verbatim, lines }, request_sha256) = self.call(query);
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let cosigned = lines.map(|lines| HeadLines { head: query.asked.clone(), lines });
        Reply { answer, request_sha256, verbatim, cosigned, elapsed_ms }
    }
}

/// A call without an answer that could be judged.
enum CallFailure {
    NotAsked(NotAskedReason),
    /// The same, and the registry says when to come again.
    Later {
        why: NotAskedReason,
        seconds: u64,
    },
    Refused(RefusedReason),
}

impl CallFailure {
    fn is_worth_repeating(&self) -> bool {
        use NotAskedReason::{BrokenOff, OutOfOrder, Unreachable};
        matches!(self, Self::NotAsked(Unreachable | BrokenOff | OutOfOrder { status: 502..=504 }))
    }

    fn into_answer(self) -> Answer {
        match self {
            Self::NotAsked(why) | Self::Later { why, .. } => Answer::NotAsked { why },
            Self::Refused(why) => Answer::Refused { why },
        }
    }
}

/// An address that is `https` and names a host.
pub(super) fn https_address(text: &str) -> Result<Url, RegistrySetupError> {
    let url = Url::parse(text).map_err(|_| RegistrySetupError::Address)?;
    let good = url.scheme() == "https" && url.host_str().is_some();
    good.then_some(url).ok_or(RegistrySetupError::Address)
}

fn failure_of(error: &reqwest::Error) -> CallFailure {
    if let Some(why) = tls_refusal(error) {
        return CallFailure::Refused(why);
    }
    let why = if error.is_timeout() {
        NotAskedReason::TimedOut
    } else if is_unknown_name(error) {
        NotAskedReason::NameUnknown
    } else if error.is_connect() {
        NotAskedReason::Unreachable
    } else {
        NotAskedReason::BrokenOff
    };
    CallFailure::NotAsked(why)
}

/// What a status other than success means. A registry that is busy may say for how long.
fn failure_of_status(response: &Response) -> CallFailure {
    let status = response.status().as_u16();
    let why = NotAskedReason::OutOfOrder { status };
    match (status, retry_after_s(response)) {
        (TOO_MANY | UNAVAILABLE, Some(seconds)) => CallFailure::Later { why, seconds },
        (TOO_MANY | 500..=599, _) => CallFailure::NotAsked(why),
        _ => CallFailure::Refused(RefusedReason::HttpStatus { status }),
    }
}

fn retry_after_s(response: &Response) -> Option<u64> {
    response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()
}

/// Who stands between a desk and its registry answers with pages.
fn is_of_type(response: &Response, agreed: &str) -> bool {
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(agreed)
}

const TOO_MANY: u16 = 429;
const UNAVAILABLE: u16 = 503;
