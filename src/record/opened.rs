//! The first entry of a segment: who opens it, from what, and what was known from outside before.

use super::code::Code;
use super::event::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tlog::witness::Introduction;

/// The package that a desk worked from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRef {
    /// `<exam>/<session>/<site>`, each part a short word or a digest of it (`log_format`, Packages).
    pub id: Code,
    /// The board's count of packages for this exam, session and site, from 1.
    pub version: u32,
    /// SHA-256 of both ciphertexts, as the package's note names it.
    pub sha256: Digest,
}

/// The segment before this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The origin of its checkpoints.
    pub origin: String,
    /// How many of its entries were acknowledged.
    pub size: u64,
    /// The root of its tree over them: the link between the two.
    pub root: Digest,
    /// Bytes behind its last good checkpoint: an append that power or the disk cut off.
    pub torn_bytes: u64,
    /// SHA-256 of these bytes.
    pub torn_sha256: Digest,
}

/// A segment that holds no acknowledged entry at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TornSegment {
    /// The number in its file's name.
    pub segment: u32,
    /// How long the file is: all of it was never acknowledged.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: Digest,
}

/// The first entry of every segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The segment's origin, also the name of its key.
    pub origin: String,
    /// The segment's number in this log, from 1: one more with each start of the program.
    pub segment: u32,
    /// The device key's note over the segment's key and origin.
    pub endorsement: String,
    /// The board's note over the device key, word for word; empty where the desk has none (training).
    pub desk_cert: String,
    /// True for training: such a log is never exported as live.
    pub training: bool,
    /// The segment before, if any.
    pub prev: Option<Previous>,
    /// Segments between `prev` and this one that hold nothing.
    pub abandoned: Vec<TornSegment>,
    /// What the desk works from; nothing where it reads a list of its own.
    pub package: Option<PackageRef>,
    /// SHA-256 of the rules in force as a file: of the package's settings, or of `desk.toml`.
    pub policy_sha256: Digest,
    /// What the trust store calls itself in its manifest, or a digest of its files.
    pub trust_store: String,
    /// Name and version of the program.
    pub program: String,
    /// SHA-256 of the program file, where it could be read.
    pub program_sha256: Option<Digest>,
    /// The number of the revocation list that the desk knew; missing in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocations: Option<u32>,
    /// SHA-256 of the set of board keys that this desk takes for the board, see
    /// [`BoardKeys`](super::BoardKeys::digest); missing where it knows none, and in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board_keys: Option<Digest>,
    /// The files that the rules come from and what they amount to; missing in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<OpenRules>,
    /// What an outside witness said about this log before it was opened; missing in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_head: Option<OutsideHead>,
}

impl Opened {
    /// What makes the segment known to a witness, where `bytes` are this entry as it is written.
    pub fn introduction(&self, bytes: String) -> Introduction {
        let Self { origin, endorsement, desk_cert, .. } = self.clone();
        Introduction { origin, endorsement, desk_cert, opened: bytes }
    }
}

/// The rules that a desk goes by in a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRules {
    /// SHA-256 of the desk's own file.
    pub desk_file_sha256: Option<Digest>,
    /// SHA-256 of the rules in the package; nothing where the desk works outside a package.
    pub package_rules_sha256: Option<Digest>,
    /// The rules in effect, name and value, after the two were put together.
    pub effective: BTreeMap<Code, Code>,
}

/// What an outside witness said about a log before its next segment was opened. A log is known by board, exam, desk
/// and session, whatever its segments' keys are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum OutsideHead {
    /// Nobody was asked: no witness, or none that could be reached in time.
    NotAsked {
        /// Why, a stable word: `no-witness`, `unreachable`, `timed-out` …
        cause: Code,
    },
    /// The witness has seen nothing of this log.
    Nothing,
    /// The last head that the witness has signed.
    Head {
        /// The head and the witness's signature, word for word (C2SP `tlog-cosignature`).
        note: String,
    },
}

/// What a desk knows beyond its own log when it opens a segment. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenBasis {
    /// See [`Opened::board_keys`].
    pub board_keys: Option<Digest>,
    /// See [`Opened::rules`].
    pub rules: Option<OpenRules>,
    /// See [`Opened::outside_head`].
    pub outside_head: Option<OutsideHead>,
}
