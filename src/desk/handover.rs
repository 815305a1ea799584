//! The log leaves the desk: an export into a new folder, whole or not at all.

use crate::keys::{desk_cert, device_key};
use crate::plan::{DeskPlan, EVIDENCE_FOLDER};
use checkin::state::Halted;
use host::disk::{FileStore, JournalError, kept_anchors, kept_evidence};
use host::folder::{FolderError, write_folder};
use record::export::{Beside, ExportFault, export_with};
use std::path::Path;

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Configuration or key cannot be read.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Config(Halted),
    /// The journal cannot be had; a running desk holds it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Exports the journal of the session of `plan` to the new folder `out`.
///
/// # Errors
/// [`HandoverError`]; then `out` does not exist.
pub fn hand_over(plan: &DeskPlan, out: &Path) -> Result<(), HandoverError> {
    let device = device_key(plan.machine(), plan.base()).map_err(HandoverError::Config)?;
    let cert = desk_cert(plan.machine(), plan.base()).map_err(HandoverError::Config)?;
    let journal = plan.journal();
    let mut store = FileStore::open(journal)?;
    let evidence = kept_evidence(&journal.join(EVIDENCE_FOLDER))?;
    let beside = Beside { anchors: kept_anchors(journal)?, evidence };
    let files = export_with(&mut store, &beside, &cert, device.as_ref())?;
    write_folder(out, &files)?;
    Ok(())
}
