//! Where the files of an export are read from, one at a time: a folder, or memory.

use std::{borrow::Cow, collections::BTreeMap};

/// Why a file of an export was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// The medium does not give it.
    #[error("the file cannot be read")]
    Unreadable,
    /// Larger than the caller reads.
    #[error("the file is larger than is read")]
    TooLarge,
}

/// The files of one export by their paths, parts separated by `/`. Real: `host::folder::FolderSource`.
pub trait ExportSource: Sync {
    /// Every file with its size.
    fn sizes(&self) -> BTreeMap<String, u64>;

    /// The bytes of one file.
    ///
    /// # Errors
    /// [`SourceFault`].
    fn read(&self, path: &str, limit_bytes: u64) -> Result<Cow<'_, [u8]>, SourceFault>;
}

impl ExportSource for BTreeMap<String, Vec<u8>> {
    fn sizes(&self) -> BTreeMap<String, u64> {
        self.iter().map(|(path, bytes)| (path.clone(), len(bytes))).collect()
    }

    fn read(&self, path: &str, limit_bytes: u64) -> Result<Cow<'_, [u8]>, SourceFault> {
        let bytes = self.get(path).ok_or(SourceFault::Missing)?;
        if len(bytes) > limit_bytes { Err(SourceFault::TooLarge) } else { Ok(Cow::Borrowed(bytes)) }
    }
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
