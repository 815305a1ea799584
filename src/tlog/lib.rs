//! A transparency log: signed notes, a Merkle tree, checkpoints, what a witness says about them.
//!
//! A spec room. Implements RFC 6962 §2.1 (Merkle tree and its proofs), C2SP `signed-note`, `tlog-checkpoint`,
//! `tlog-cosignature`, `tlog-tiles` and `tlog-witness`. It knows nothing of what the entries say.
//!
//! Invariants:
//! - A note counts only for the key that verifies it; a name alone proves nothing.
//! - Nothing here reads a file or a clock.
//!
#![doc = include_str!("README.md")]

pub mod checkpoint;
pub mod consistency;
pub mod cosignature;
mod note;
pub mod presenting;
pub mod tree;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use cosignature::CosignatureKey;
pub use note::{MAX_NOTE_LEN, NoteError, NoteKey, NoteSigner, NoteVerifier, signed_elsewhere};
