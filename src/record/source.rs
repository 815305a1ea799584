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

/// Something that lies among the files of an export and is none that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Where, as far as it can be written down.
    pub path: String,
    /// What.
    pub kind: StrayKind,
}

/// Why something among the files is no file to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrayKind {
    /// A link, a pipe, a device.
    NotPlain,
    /// Its name is no text, or it lies deeper than anything of an export.
    OddPlace,
    /// The medium does not tell what it is, or what is in it.
    Unreadable,
    /// A folder with nothing in it.
    Empty,
    /// There is more than is listed; what comes behind is not known.
    Unlisted,
}

/// The files of one export by their paths, parts separated by `/`. Real: `host::export_folder::FolderSource`.
pub trait ExportSource: Sync {
    /// Every file with its size.
    fn sizes(&self) -> BTreeMap<String, u64>;

    /// What else lies there.
    fn strays(&self) -> Vec<Stray> {
        Vec::new()
    }

    /// The bytes of one file.
    ///
    /// # Errors
    /// [`SourceFault`].
    fn read(&self, path: &str, limit_bytes: u64) -> Result<Cow<'_, [u8]>, SourceFault>;

    /// Hands on the bytes of one file part by part, so that no large one is ever in memory as a whole.
    ///
    /// # Errors
    /// [`SourceFault`]; parts may have been handed on before.
    fn read_parts(&self, path: &str, limit_bytes: u64, take: &mut dyn FnMut(&[u8])) -> Result<(), SourceFault> {
        self.read(path, limit_bytes).map(|bytes| take(&bytes))
    }
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
