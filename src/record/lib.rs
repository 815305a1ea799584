//! The attendance log: what happened at a desk, in order, complete, unchanged, each within a window of time.
//!
//! Attendance over the trees and notes of [`tlog`]; entries are RFC 8785 (canonical JSON, without floats). One
//! tree per segment; a segment is one process start with one fresh Ed25519 key that lives in memory only.
//!
//! Invariants:
//! - A [`Durable`] exists only after its entry and a checkpoint over it were written and flushed.
//! - After any failed write or flush the log never acknowledges again.
//! - No entry holds a name, a birth date, a number, an MRZ or a picture. No file, no clock of its own.

pub mod entry;
pub mod export;
pub mod export_form;
pub mod frame;
pub mod ids;
pub mod latest;
pub mod one_pass;
pub mod receipt;
pub mod revocation;
pub mod segment;
pub mod source;
pub mod statement;

mod board_keys;
pub mod certify;
mod code;
pub mod desk_state;
mod durable;
pub mod effective;
mod event;
mod history;
mod kind;
mod log;
mod of_session;
mod opened;
mod pseudonym;
mod replay;
mod signed_words;
mod standing;
mod store;

pub use board_keys::{BoardKeys, BoardKeysError, MAX_BOARD_KEYS, MAX_BOARD_KEYS_LEN};
pub use code::{Code, CodeError};
pub use durable::{Appended, Durable};
pub use entry::{ENTRY_VERSION, Entry};
pub use event::{
    AttendanceEvent, CandidateRef, CheckIn, ChipState, Digest, DocumentRef, EntryRef, OpenQuestions, ReEntryBasis,
    RegistryState, Totals,
};
pub use history::SegmentHead;
pub use kind::Kind;
pub use log::{AttendanceLog, LogFault, LogName, Opening};
pub use opened::{OpenBasis, OpenRules, Opened, OutsideHead, PackageRef, Previous, TornSegment};
pub use pseudonym::{ExamKey, document_ref};
pub use replay::{Arrival, ArrivalIndex};
pub use revocation::{Revocation, RevocationList};
pub use segment::{Segment, SegmentContent, SegmentDamage};
pub use signed_words::SignedWords;
pub use source::{ExportSource, SourceFault, Stray, StrayKind};
pub use standing::{OpenNews, OpenReferral, Standing};
pub use statement::{DeskCert, Enrolment};
pub use store::{LogStore, StoreFault};
