//! What was found out about kept exports, beside them: sealed by a key of this user's own, so that the next review reads it
//! instead of checking everything again.
//!
//! Invariants:
//! - Nothing is believed that this user's program did not seal itself, about this export as it lies there now, and under
//!   what it would be judged under now.
//! - An index that is missing, old, damaged or somebody's forgery costs time and changes nothing: all is checked again.
//! - Only sound exports are in it.

use crate::exam::{INDEX_FOLDER, LOGS_FOLDER};
use crate::{Outside, index};
use host::export_folder::FolderSource;
use host::file;
use host::index_seal::IndexKey;
use host::program;
use host::scratch;
use record::BoardKeys;
use review::Export;
use std::io;
use std::path::{Path, PathBuf};

/// The index of one exam, for one user.
pub(super) struct Indexed {
    open: Option<Open>,
    /// The file that should be the key and cannot be read as one, and why.
    pub(super) fault: Option<(PathBuf, io::Error)>,
}

struct Open {
    folder: PathBuf,
    key: IndexKey,
    ground: [u8; 32],
}

impl Indexed {
    /// The index of the exam in `folder`, under the key in `keys`; where that is not to be had, there is none.
    pub(super) fn open(folder: &Path, keys: Option<&Path>, board: &BoardKeys, outside: &Outside) -> Self {
        let (key, fault) = match keys.map(|keys| IndexKey::of(keys).map_err(|error| (IndexKey::file(keys), error))) {
            Some(Ok(key)) => (Some(key), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        let open = |key| {
            let ground = index::ground(program::sha256()?, board, outside);
            Some(Open { folder: folder.join(INDEX_FOLDER), key, ground })
        };
        Self { open: key.and_then(open), fault }
    }

    /// What a kept export was found to say, where nothing has changed since.
    pub(super) fn get(&self, name: &str, kept: &FolderSource) -> Option<Export> {
        let open = self.open.as_ref()?;
        let sealed = file::read(&open.place(name), MAX_INDEX_LEN).ok()?;
        index::read(&open.key.open(&open.about(name, kept)?, &sealed)?)
    }

    /// Keeps what a sound export was found to say. `kept` was listed before it was checked.
    pub(super) fn put(&self, name: &str, kept: &FolderSource, export: &Export) {
        let Some(open) = &self.open else { return };
        let sealed = || open.key.seal(&open.about(name, kept)?, &index::write(export)?);
        // Whoever may only read the exam's folder reviews it all the same.
        sealed().into_iter().for_each(|sealed| drop(scratch::put(&open.place(name), &sealed)));
    }
}

impl Open {
    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}-{name}", self.key.name()))
    }

    fn about(&self, name: &str, kept: &FolderSource) -> Option<Vec<u8>> {
        Some(index::about(&self.ground, &format!("{LOGS_FOLDER}{name}"), &kept.stamp()?))
    }
}

/// Far more than a desk's log ever says.
const MAX_INDEX_LEN: u64 = 512 << 20;
