//! The trust store while a desk runs: a replaced folder is taken up between two readings, without a stop.
//!
//! Invariants: a reading ends on the store it began with; a folder that is missing, damaged, empty or older leaves the
//! store as it is.

use crate::desk::start;
use crate::emrtd::authenticity::trust::TrustStore;
use crate::host::trust::{folder_stamp, read_manifest};
use std::path::PathBuf;
use std::sync::Arc;

/// Watches one folder.
pub(super) struct TrustWatch {
    folder: PathBuf,
    stamp: Option<u64>,
    version: Option<u64>,
}

impl TrustWatch {
    /// From the state of the folder that was just read.
    pub(super) fn new(folder: PathBuf) -> Self {
        let stamp = folder_stamp(&folder);
        let version = read_manifest(&folder).ok().flatten().map(|manifest| manifest.version);
        Self { folder, stamp, version }
    }

    /// The store of the folder as it is now, if it has changed since the last look and is good.
    pub(super) fn newer(&mut self) -> Option<Arc<TrustStore>> {
        let stamp = folder_stamp(&self.folder)?;
        if Some(stamp) == self.stamp {
            return None;
        }
        self.stamp = Some(stamp);
        let version = read_manifest(&self.folder).ok()?.map(|manifest| manifest.version);
        if version < self.version {
            tracing::warn!(?version, current = ?self.version, "an older trust folder was put in place; not taken");
            return None;
        }
        match start::trust(&self.folder) {
            Ok(store) => {
                tracing::info!(version = store.version(), "the trust folder was replaced");
                self.version = version;
                Some(Arc::new(store))
            }
            Err(halted) => {
                tracing::warn!(detail = %halted.detail, "the new trust folder is no good; the old store stands");
                None
            }
        }
    }
}
