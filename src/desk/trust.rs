//! The trust store of a desk: read at the start, and taken up anew when its folder is replaced while the desk runs.
//!
//! Invariants: a reading ends on the store it began with; a folder that is missing, damaged, empty or older, or that the
//! board has not signed where its key is known, leaves the store as it is.

use crate::config::PathsConfig;
use checkin::failure::Failure;
use checkin::state::Halted;
use emrtd::authenticity::trust::TrustStore;
use host::folder::read_text_file;
use host::trust::{DEVIATIONS, folder_stamp, read_trust_folder};
use host::trust_note;
use record::BoardKeys;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is put behind the journal's name for the file that remembers the newest version.
const MEMORY: &str = "trust-version";

/// Where a desk's CSCA certificates come from.
#[derive(Debug, Clone)]
pub struct TrustSource {
    folder: PathBuf,
    /// The board's keys, and the file that remembers the newest version that was used.
    signed: Option<(BoardKeys, PathBuf)>,
}

impl TrustSource {
    /// The folder of a configuration, under the board's key where the configuration names one.
    ///
    /// # Errors
    /// A halted desk with [`Failure::ConfigUnreadable`]: a key that cannot be read is not a key that is not wanted.
    pub fn of(paths: &PathsConfig, base: &Path) -> Result<Self, Halted> {
        let source = Self::unsigned(&base.join(&paths.trust));
        let Some(key) = paths.board_key.as_ref().map(|key| base.join(key)) else { return Ok(source) };
        let refused = |detail: String| Halted {
            failure: Failure::ConfigUnreadable,
            detail: format!("{}: {detail}", key.display()),
        };
        let text = read_text_file(&key).map_err(|error| refused(error.to_string()))?;
        let board = BoardKeys::parse(&text).map_err(|error| refused(error.to_string()))?;
        Ok(Self { signed: Some((board, base.join(&paths.journal).with_extension(MEMORY))), ..source })
    }

    /// A folder that nobody needs to have signed.
    pub fn unsigned(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), signed: None }
    }

    /// Reads the folder into a store.
    ///
    /// # Errors
    /// A halted desk with [`Failure::TrustMissing`].
    pub fn read(&self) -> Result<TrustStore, Halted> {
        self.read_versioned().map(|(store, _)| store)
    }

    fn read_versioned(&self) -> Result<(TrustStore, Option<u64>), Halted> {
        let found = read_trust_folder(&self.folder).map_err(halted)?;
        let (store, dropped) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref())
            .map_err(|error| halted(format!("{DEVIATIONS}: {error}")))?;
        for one in &dropped {
            tracing::warn!(index = one.index, cause = ?one.cause, "a CSCA certificate was left out");
        }
        if store.is_empty() {
            return Err(halted(self.folder.display()));
        }
        if let Some((board, memory)) = &self.signed {
            let version = trust_note::check(&self.folder, &found, board);
            let remembered = version.and_then(|version| trust_note::remember(memory, version));
            remembered.map_err(|error| halted(format!("{}: {error}", self.folder.display())))?;
        }
        Ok((store, found.version))
    }
}

/// Watches one folder.
pub(super) struct TrustWatch {
    source: TrustSource,
    stamp: Option<u64>,
    version: Option<u64>,
}

impl TrustWatch {
    /// Reads the folder for the first time and watches it from then on.
    pub(super) fn begin(source: TrustSource) -> Result<(Self, TrustStore), Halted> {
        // Looked at before it is read, so that a change in between is seen at the next look.
        let stamp = folder_stamp(&source.folder);
        let (store, version) = source.read_versioned()?;
        Ok((Self { source, stamp, version }, store))
    }

    /// The store of the folder as it is now, if it has changed since the last look and is good.
    pub(super) fn newer(&mut self) -> Option<Arc<TrustStore>> {
        let stamp = folder_stamp(&self.source.folder)?;
        if Some(stamp) == self.stamp {
            return None;
        }
        self.stamp = Some(stamp);
        match self.source.read_versioned() {
            Ok((_, version)) if version < self.version => {
                tracing::warn!(?version, current = ?self.version, "an older trust folder was put in place; not taken");
                None
            }
            Ok((store, version)) => {
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

fn halted(cause: impl std::fmt::Display) -> Halted {
    Halted { failure: Failure::TrustMissing, detail: cause.to_string() }
}
