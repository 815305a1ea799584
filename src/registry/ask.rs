//! Question and answer.

use bits::hex;
use bits::random::Random;
use bits::secret::Pii;
use jiff::{Timestamp, civil::Date};
use std::fmt;

/// Names one question for ever: the same id asked twice is the same question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub [u8; 16]);

impl RequestId {
    /// A fresh id.
    pub fn random(random: &mut dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// An id as a log has it; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode_lower(&self.0))
    }
}

/// The head of the log when the question was asked, which makes each answer an outside witness of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Origin of the segment.
    pub origin: String,
    /// Entries in it.
    pub size: u64,
    /// Root of its tree.
    pub root: [u8; 32],
}

/// One question about one card, with no more about its holder than the answer needs. Printed without the holder.
#[derive(Clone)]
pub struct Query {
    /// Names the question.
    pub request_id: RequestId,
    /// The twelve-digit personal number.
    pub number: Pii<String>,
    /// Full name as on the chip.
    pub full_name: Pii<String>,
    /// Birth date as on the chip.
    pub birth_date: Option<Date>,
    /// Expiry date as on the chip; `None` means that it does not expire.
    pub expiry: Option<Date>,
    /// The document signer's certificate, DER.
    pub ds_certificate: Vec<u8>,
    /// The head of the log.
    pub asked: Asked,
}

impl fmt::Debug for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request_id, asked, .. } = self;
        formatter.debug_struct("Query").field("request_id", request_id).field("asked", asked).finish_non_exhaustive()
    }
}

/// A fact that the registry compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Full name.
    FullName,
    /// Birth date.
    BirthDate,
    /// Expiry date.
    Expiry,
    /// The document signer.
    Signer,
}

/// Why a card does not count any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardInvalidReason {
    /// Revoked.
    Revoked,
    /// Reported lost.
    Lost,
    /// A newer card was issued.
    Reissued,
    /// Expired.
    Expired,
    /// The registry does not say why.
    Unknown,
}

/// Why the registry was not asked, or was asked and said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotAskedReason {
    /// No registry is configured, or the policy does not ask it.
    #[error("no registry is configured")]
    NotConfigured,
    /// No network, or nobody listens there.
    #[error("the registry cannot be reached")]
    Unreachable,
    /// The name in its address stands for no machine.
    #[error("the registry's name cannot be found")]
    NameUnknown,
    /// The connection ended before the answer was whole.
    #[error("the connection broke off before the answer was whole")]
    BrokenOff,
    /// Reached, but no answer within the limit.
    #[error("the registry did not answer in time")]
    TimedOut,
    /// The registry says that it is out of order (5xx), or has too many calls (429).
    #[error("the registry failed (HTTP {status})")]
    OutOfOrder {
        /// The HTTP status.
        status: u16,
    },
    /// Too many calls failed; the next call is a probe after a pause.
    #[error("too many calls failed; waiting before the next")]
    BreakerOpen,
}

/// Why an answer does not count. Each of these is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RefusedReason {
    /// The server showed a certificate that the pinned CA did not issue.
    #[error("the registry showed a foreign certificate")]
    ForeignCertificate,
    /// The certificate is the pinned CA's, and another server's.
    #[error("the registry's certificate is for another name")]
    CertificateForOtherName,
    /// The server's certificate has ended, or this machine's clock is ahead.
    #[error("the registry's certificate has expired, or this clock is ahead")]
    CertificateExpired,
    /// The server's certificate is not valid yet, or this machine's clock is behind.
    #[error("the registry's certificate is not valid yet, or this clock is behind")]
    CertificateTooEarly,
    /// The server speaks no version of TLS that may be used.
    #[error("the registry does not speak TLS 1.3")]
    NoCommonTls,
    /// The server wants a certificate of the desk, and none was shown.
    #[error("the registry asks for a certificate of this desk, and there is none")]
    OwnCertificateMissing,
    /// The server does not take the certificate that the desk showed.
    #[error("the registry does not take this desk's certificate")]
    OwnCertificateRefused,
    /// The answer is not signed by the registry's key.
    #[error("the answer is not signed by the registry")]
    BadSignature,
    /// The answer is to another question.
    #[error("the answer is to another question")]
    ForeignRequest,
    /// The answer's time is too far from ours.
    #[error("the answer's time is {off_seconds} s from ours")]
    StaleTime {
        /// Answer's time minus ours.
        off_seconds: i64,
    },
    /// The answer is larger than the limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The answer is not in the agreed form.
    #[error("malformed answer")]
    Malformed,
    /// The answer says that it is something else than text: a page of whoever stands between.
    #[error("unexpected content type")]
    ContentType,
    /// The call was taken, and the registry declines to answer without saying anything that it signed.
    #[error("the registry declines to answer")]
    Declined,
    /// The registry refused the call with another HTTP status than success.
    #[error("HTTP {status}")]
    HttpStatus {
        /// The HTTP status.
        status: u16,
    },
}

/// The registry's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The registry knows the card and every fact agrees.
    Match {
        /// The registry's time.
        at: Timestamp,
    },
    /// The registry knows the number, and these facts differ.
    Mismatch {
        /// What differs, never empty.
        fields: Vec<Field>,
    },
    /// The card does not count any more.
    CardInvalid {
        /// Why.
        reason: CardInvalidReason,
    },
    /// The registry does not know the number.
    NotFound,
    /// A signed answer with a code that we do not know: a person decides.
    UnknownCode {
        /// The code, word for word.
        code: String,
    },
    /// Not asked, or no answer.
    NotAsked {
        /// Why.
        why: NotAskedReason,
    },
    /// An answer came that does not count.
    Refused {
        /// Why.
        why: RefusedReason,
    },
}

/// The answer with what the log keeps of the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The judged answer.
    pub answer: Answer,
    /// SHA-256 of the request as it was sent; `None` when nothing was sent.
    pub request_sha256: Option<[u8; 32]>,
    /// The answer word for word, where one came that is signed by the registry.
    pub verbatim: Option<String>,
    /// What the registry signed besides its answer.
    pub cosigned: Option<HeadLines>,
    /// Milliseconds from the call to its end.
    pub elapsed_ms: u64,
}

/// What a registry signed under the head of the log that a question named, as it came: nothing in it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLines {
    /// The head.
    pub head: Asked,
    /// The lines (C2SP `tlog-cosignature`).
    pub lines: String,
}

/// Somebody who can be asked about a card.
pub trait Registry: Send {
    /// Asks and waits for the answer, at most for the time the registry was set up with.
    fn ask(&mut self, query: &Query) -> Reply;
}
