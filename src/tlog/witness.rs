//! A witness outside the desk (C2SP `tlog-witness`): it remembers the largest size it has seen of every log and
//! signs a checkpoint only when the history it has seen is the beginning of it.
//!
//! A key here lives for one start of the program; what a witness remembers is the *log*: board, exam, desk, session,
//! over all its segments. So before its first checkpoint a segment is introduced by its `open` entry, the device key's
//! endorsement in it and the board's certificate, and it must follow the head that the witness saw last; and a desk
//! asks for that head before it opens the next segment. These two calls are ours and no part of C2SP.

use super::NoteError;
use super::checkpoint::Checkpoint;
use super::consistency::MAX_PROOF_LEN;
use super::cosignature::{CosignatureKey, verify};
use super::tree::Hash;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest body of a call to a witness, in bytes: an introduction, or a checkpoint with its proof.
pub const MAX_BODY_LEN: usize = 64 << 10;
/// The longest cosigned checkpoint that is kept: it must fit an entry, whatever a witness sends.
pub const MAX_COSIGNED_LEN: usize = 16 << 10;

/// What a witness is asked to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The size that the witness has signed before; 0 for none.
    pub old_size: u64,
    /// The proof that the old tree is the beginning of this one.
    pub proof: Vec<Hash>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
}

impl Submission {
    /// The body of `add-checkpoint`.
    pub fn body(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
        format!("old {}\n{proof}\n{}", self.old_size, self.checkpoint)
    }

    /// Reads a body; `None` for any other form.
    pub fn parse(body: &str) -> Option<Self> {
        let (head, checkpoint) = body.split_once("\n\n").filter(|_| body.len() <= MAX_BODY_LEN)?;
        let mut lines = head.split('\n');
        let old_size = lines.next()?.strip_prefix("old ")?.parse().ok()?;
        let hash = |line: &str| BASE64.decode(line).ok()?.try_into().ok();
        let proof = lines.take(MAX_PROOF_LEN + 1).map(hash).collect::<Option<Vec<Hash>>>()?;
        (proof.len() <= MAX_PROOF_LEN).then(|| Self { old_size, proof, checkpoint: checkpoint.to_owned() })
    }
}

/// What makes a log known to a witness: the body of `add-log`, JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// The origin of the segment's checkpoints.
    pub origin: String,
    /// A note by the device key that names the segment's key and origin (`segment-key/v1`): who keeps the log.
    pub endorsement: String,
    /// A note by the board that names the device key (`desk-cert/v1`): for whom. Empty where the desk has none.
    pub desk_cert: String,
    /// The segment's first entry, its exact bytes: it names the segment before. The tree begins with it.
    pub opened: String,
}

/// Why there is no cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WitnessFault {
    /// No connection: nothing is known about what it has signed.
    #[error("the witness cannot be reached")]
    Unreachable,
    /// No answer in time: it may have signed all the same.
    #[error("the witness did not answer in time")]
    TimedOut,
    /// A certificate that is not pinned.
    #[error("the witness showed a foreign certificate")]
    ForeignCertificate,
    /// HTTP 404: the segment was not introduced by `add-log`.
    #[error("the witness does not know this log")]
    UnknownLog,
    /// The witness has signed another size.
    #[error("the witness has signed {size} entries")]
    Conflict {
        /// The size that it has signed, in entries: the next proof begins there.
        size: u64,
    },
    /// The witness has signed what this log does not hold: the journal is gone, or an old copy or another one stands
    /// in its place.
    #[error("the witness has signed a head of {size} entries that this log does not hold")]
    RolledBack {
        /// The size of that head, in entries.
        size: u64,
    },
    /// The proof was not accepted, or the call was not.
    #[error("the witness refused with status {status}")]
    Refused {
        /// HTTP status of the answer (C2SP `tlog-witness` names 403, 404, 409 and 422).
        status: u16,
    },
    /// What came back is no cosignature of the witness's key.
    #[error("the witness's signature is wrong")]
    BadSignature,
    /// The answer is longer than is read, or a checkpoint in it than [`MAX_COSIGNED_LEN`].
    #[error("the witness's answer is too large")]
    TooLarge,
}

impl WitnessFault {
    /// True when the witness has seen of this log what it does not hold.
    pub fn is_rollback(self) -> bool {
        matches!(self, Self::RolledBack { .. })
    }

    /// The stable word for the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::ForeignCertificate => "foreign-certificate",
            Self::UnknownLog => "unknown-log",
            Self::Conflict { .. } => "conflict",
            Self::RolledBack { .. } => "rolled-back",
            Self::Refused { .. } => "refused",
            Self::BadSignature => "bad-signature",
            Self::TooLarge => "too-large",
        }
    }
}

/// Somebody outside who signs checkpoints. Real: `host::witness`. For tests: the lab's.
pub trait Witness: Send {
    /// The last head of a log that it has signed, by the log's name: the three lines and its fresh cosignature,
    /// unchecked. `None` where it has seen nothing of that log.
    ///
    /// # Errors
    /// [`WitnessFault`].
    fn last_head(&mut self, log: &str) -> Result<Option<String>, WitnessFault>;

    /// Makes a segment known.
    ///
    /// # Errors
    /// [`WitnessFault`]; [`WitnessFault::Conflict`] when it does not follow what was seen of its log.
    fn add_log(&mut self, introduction: &Introduction) -> Result<(), WitnessFault>;

    /// Asks for a cosignature; the lines that come back, unchecked.
    ///
    /// # Errors
    /// [`WitnessFault`].
    fn add_checkpoint(&mut self, submission: &Submission) -> Result<String, WitnessFault>;
}

/// A checkpoint that a witness has signed. Only [`WitnessedCheckpoint::check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedCheckpoint {
    size: u64,
    root: Hash,
    with: String,
    at: Timestamp,
    note: String,
}

impl WitnessedCheckpoint {
    /// Puts the witness's `lines` under the checkpoint and checks them.
    ///
    /// # Errors
    /// [`NoteError`] when they do not hold its cosignature over this checkpoint.
    pub fn check(submission: &Submission, lines: &str, witness: &CosignatureKey) -> Result<Self, NoteError> {
        Self::of_note(format!("{}{lines}", submission.checkpoint), witness)
    }

    /// The same for a witness that was told of the head only, as the registry is with each question: the note carries
    /// no signature of the log's own key, and none of `lines` but the witness's.
    ///
    /// # Errors
    /// [`NoteError`] when they do not hold its cosignature over this head.
    pub fn of_head(head: &Checkpoint, lines: &str, witness: &CosignatureKey) -> Result<Self, NoteError> {
        let own = format!("\u{2014} {} ", witness.name());
        let own: String = lines.split_inclusive('\n').filter(|line| line.starts_with(&own)).collect();
        if own.is_empty() {
            return Err(NoteError::NoSignature);
        }
        Self::of_note(format!("{}\n{own}", head.text()), witness)
    }

    fn of_note(note: String, witness: &CosignatureKey) -> Result<Self, NoteError> {
        if note.len() > MAX_COSIGNED_LEN {
            return Err(NoteError::TooLong);
        }
        let cosigned = verify(&note, witness)?;
        let (size, root, at) = (cosigned.checkpoint().size, cosigned.checkpoint().root, cosigned.at());
        Ok(Self { size, root, with: witness.name().to_owned(), at, note })
    }

    /// Entries that the witness has seen.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// The witness's name.
    pub fn with(&self) -> &str {
        &self.with
    }

    /// The witness's time, whole seconds.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The checkpoint with all signatures.
    pub fn note(&self) -> &str {
        &self.note
    }
}
