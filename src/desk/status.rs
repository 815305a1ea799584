//! What the log adds up to, for the technician: from the index, where it agrees with the journal.

use crate::keys::device_key;
use crate::plan::DeskPlan;
use checkin::state::Halted;
use host::disk::FileStore;
use host::index::{Counts, INDEX_FILE, Index, IndexFault, journal_heads};
use record::SegmentHead;
use std::path::Path;
use tlog::NoteVerifier;

/// What the log adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The counts.
    pub counts: Counts,
    /// How far each segment goes.
    pub heads: Vec<SegmentHead>,
    /// Where the counts come from.
    pub source: Source,
}

/// Where the counts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The index, which agrees with the journal.
    Index,
    /// The index, built again because it did not.
    Rebuilt,
    /// The journal itself: a desk that runs holds the index.
    Journal,
}

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// Configuration or key cannot be read.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Config(Halted),
    /// The journal cannot be read.
    #[error(transparent)]
    Index(#[from] IndexFault),
}

/// Counts the log of this session.
///
/// # Errors
/// [`StatusError`].
pub fn status(plan: &DeskPlan) -> Result<Status, StatusError> {
    let device = device_key(plan.machine(), plan.base()).map_err(StatusError::Config)?;
    let journal = plan.journal();
    let heads = journal_heads(journal, device.verifier())?;
    let trusted =
        Index::open(&journal.join(INDEX_FILE)).ok().filter(|index| index.heads().is_ok_and(|own| own == heads));
    let (index, source) = match trusted {
        Some(index) => (index, Source::Index),
        None => rebuilt(journal, device.verifier())?,
    };
    Ok(Status { counts: index.counts()?, heads: index.heads()?, source })
}

/// The index of a desk that runs is not ours to delete.
fn rebuilt(journal: &Path, device: &NoteVerifier) -> Result<(Index, Source), IndexFault> {
    match FileStore::open(journal) {
        Ok(_held) => Ok((Index::of_journal(&journal.join(INDEX_FILE), journal, device)?, Source::Rebuilt)),
        Err(_) => Ok((Index::in_memory(journal, device)?, Source::Journal)),
    }
}
