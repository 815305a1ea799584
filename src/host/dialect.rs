//! How a question is put into a call, and what is made of the call's answer: the one part in which intermediaries differ.

use bits::secret::{Pii, Secret};
use jiff::Timestamp;
use registry::wire::{Expected, Papers, judge, presented_text, split_body};
use registry::{Answer, Query, RefusedReason};
use sha2::{Digest as _, Sha256};
use tlog::{NoteKey, NoteVerifier};

/// A call that is about to be made.
pub struct Call {
    /// The body. It names a person.
    pub body: Pii<String>,
    /// What the body says that it is.
    pub content_type: &'static str,
    /// A header of the dialect's own, whose value is nobody's business.
    pub header: Option<(&'static str, Secret<String>)>,
}

impl Call {
    /// What the log keeps of the question.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.body.reveal().as_bytes()).into()
    }
}

/// What an answer is held against.
pub struct Asked<'a> {
    /// The question.
    pub query: &'a Query,
    /// SHA-256 of the call's body.
    pub sha256: [u8; 32],
    /// Our time when the answer came.
    pub now: Timestamp,
    /// How far the registry's time may be from ours, in seconds.
    pub max_skew_seconds: i64,
}

/// What an answer's body came to.
pub struct Judged {
    /// The answer.
    pub answer: Answer,
    /// Word for word, where the registry signed it and it names nobody.
    pub verbatim: Option<String>,
    /// What the registry signed besides, under the head of the log.
    pub lines: Option<String>,
}

impl Judged {
    /// An answer of which nothing is kept.
    pub fn of(answer: Answer) -> Self {
        Self { answer, verbatim: None, lines: None }
    }

    /// An answer that does not count.
    pub fn refused(why: RefusedReason) -> Self {
        Self::of(Answer::Refused { why })
    }
}

/// One way to speak with a registry. The connection, its limits and its faults are the same for all.
pub trait Dialect: Send {
    /// The call of this question; `None` where it cannot be put into one.
    fn call(&self, query: &Query) -> Option<Call>;

    /// The type that an answer's body must have.
    fn answer_type(&self) -> &'static str;

    /// Judges the body of an answer that came with success.
    fn judge(&self, body: &str, asked: &Asked<'_>) -> Judged;
}

/// The house's own: both sides are signed notes, and the answer may cosign the log's head.
pub struct SignedNotes {
    asker: Asker,
    verifier: NoteVerifier,
}

/// Who asks: the key that signs questions, and what is known of it outside.
pub struct Asker {
    key: NoteKey,
    papers: Papers,
}

impl Asker {
    /// Asks with the key of a log's segment, the device key's word about it, and the board's word about that.
    pub fn new(key: NoteKey, endorsement: String, desk_cert: String) -> Self {
        let papers = Papers { key: key.verifier().to_string(), endorsement, desk_cert };
        Self { key, papers }
    }

    /// Signs with one key and presents this line as its verifier key: for trying what a registry makes of that.
    pub fn presenting(key: NoteKey, line: String) -> Self {
        Self { key, papers: Papers { key: line, ..Papers::default() } }
    }
}

impl SignedNotes {
    /// Questions are signed by `asker`, answers are checked with `verifier`.
    pub fn new(asker: Asker, verifier: NoteVerifier) -> Self {
        Self { asker, verifier }
    }
}

impl Dialect for SignedNotes {
    fn call(&self, query: &Query) -> Option<Call> {
        let Asker { key, papers } = &self.asker;
        let body = Pii::new(key.sign(presented_text(query, papers).reveal()).ok()?);
        Some(Call { body, content_type: "text/plain; charset=utf-8", header: None })
    }

    fn answer_type(&self) -> &'static str {
        "text/plain"
    }

    fn judge(&self, body: &str, asked: &Asked<'_>) -> Judged {
        let (note, lines) = split_body(body);
        let Ok(text) = self.verifier.open(note) else {
            return Judged::refused(RefusedReason::BadSignature);
        };
        if note.len() > MAX_ANSWER_LEN {
            return Judged::refused(RefusedReason::TooLarge { limit: MAX_ANSWER_LEN });
        }
        let Asked { query, now, max_skew_seconds, .. } = *asked;
        let expected = Expected { request_sha256: &asked.sha256, id: query.request_id, now, max_skew_seconds };
        let answer = judge(text, &expected);
        // What is not in the agreed form may say anything about a person, and goes nowhere.
        let is_ours = answer != Answer::Refused { why: RefusedReason::Malformed };
        let verbatim = is_ours.then(|| note.to_owned());
        // Who does not answer this question has not seen its head either.
        let lines = lines.filter(|_| !matches!(answer, Answer::Refused { .. })).map(str::to_owned);
        Judged { answer, verbatim, lines }
    }
}

/// An answer goes into the log word for word, and must fit an entry.
const MAX_ANSWER_LEN: usize = 16 << 10;
