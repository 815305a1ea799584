//! An export that lies in a folder, on somebody else's stick: listed with limits and read one file at a time.
//!
//! Invariant: nothing that lies there ends the check of it, or of another. What is no plain file is told and not opened.

use super::file;
use super::folder::{FolderError, MAX_DEPTH, MAX_FILES};
use record::{ExportSource, SourceFault, Stray, StrayKind};
use sha2::{Digest as _, Sha256};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::{self, DirEntry, Metadata},
    io::Read as _,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// The files of an export.
#[derive(Debug, Default)]
pub struct FolderSource {
    folder: PathBuf,
    sizes: BTreeMap<String, u64>,
    /// How each file lies there, in the order of listing.
    stamps: Vec<(String, Stamp)>,
    strays: Vec<Stray>,
    /// Everything that was met so far: files, folders, strays.
    met: usize,
}

impl FolderSource {
    /// Lists what lies below `folder`.
    ///
    /// # Errors
    /// [`FolderError::Missing`], and nothing else.
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        if !folder.is_dir() {
            return Err(FolderError::Missing(folder.to_owned()));
        }
        let mut source = Self { folder: folder.to_owned(), ..Self::default() };
        source.list(folder, "", 0);
        Ok(source)
    }

    /// Like [`Self::open`], for a check of many: a folder that is not there is one that cannot be read.
    pub fn open_or_stray(folder: &Path) -> Self {
        Self::open(folder).unwrap_or_else(|_| Self {
            strays: vec![Stray { path: String::new(), kind: StrayKind::Unreadable }],
            ..Self::default()
        })
    }

    /// A digest of how every file lies there, by what the operating system says without opening it: another one where a
    /// file was added, removed, or written. `None` where it says too little: something could not be listed, or the file
    /// system takes the time of a change from whoever makes it.
    pub fn stamp(&self) -> Option<[u8; 32]> {
        if !self.strays.is_empty() || !notes_changes(&self.folder) {
            return None;
        }
        let mut stamps: Vec<&(String, Stamp)> = self.stamps.iter().collect();
        stamps.sort_unstable();
        let mut hash = Sha256::new();
        for (path, stamp) in stamps {
            hash.update(path);
            hash.update([0]);
            stamp.iter().for_each(|number| hash.update(number.to_le_bytes()));
        }
        Some(hash.finalize().into())
    }

    /// False as soon as there is more than is listed.
    fn list(&mut self, folder: &Path, prefix: &str, depth: usize) -> bool {
        let Ok(entries) = fs::read_dir(folder) else {
            self.stray(prefix.trim_end_matches('/'), StrayKind::Unreadable);
            return true;
        };
        let before = self.met;
        for entry in entries {
            self.met += 1;
            if self.met > MAX_FILES {
                self.stray(prefix, StrayKind::Unlisted);
                return false;
            }
            let is_listed = match entry {
                Ok(entry) => self.entry(&entry, prefix, depth),
                Err(_) => {
                    self.stray(prefix, StrayKind::Unreadable);
                    return true;
                }
            };
            if !is_listed {
                return false;
            }
        }
        // The whole of an export is no folder in it: what it lacks is told by name.
        if self.met == before && !prefix.is_empty() {
            self.stray(prefix.trim_end_matches('/'), StrayKind::Empty);
        }
        true
    }

    fn entry(&mut self, entry: &DirEntry, prefix: &str, depth: usize) -> bool {
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let Ok(facts) = entry.metadata() else {
            self.stray(&path, StrayKind::Unreadable);
            return true;
        };
        let is_odd = name.to_str().is_none() || depth >= MAX_DEPTH && facts.is_dir();
        if !facts.is_file() && !facts.is_dir() {
            self.stray(&path, StrayKind::NotPlain);
        } else if is_odd {
            self.stray(&path, StrayKind::OddPlace);
        } else if facts.is_dir() {
            return self.list(&entry.path(), &format!("{path}/"), depth + 1);
        } else {
            self.stamps.push((path.clone(), stamp(&facts)));
            self.sizes.insert(path, facts.len());
        }
        true
    }

    fn stray(&mut self, path: &str, kind: StrayKind) {
        self.strays.push(Stray { path: path.to_owned(), kind });
    }

    /// Opens a file that was listed: no path of the export's own making leads anywhere else.
    fn open_listed(&self, path: &str, limit_bytes: u64) -> Result<(fs::File, u64), SourceFault> {
        let size = *self.sizes.get(path).ok_or(SourceFault::Missing)?;
        if size > limit_bytes {
            return Err(SourceFault::TooLarge);
        }
        let file = file::open_plain(&self.folder.join(path)).map_err(|_| SourceFault::Unreadable)?;
        Ok((file, size))
    }
}

impl ExportSource for FolderSource {
    fn sizes(&self) -> BTreeMap<String, u64> {
        self.sizes.clone()
    }

    fn strays(&self) -> Vec<Stray> {
        self.strays.clone()
    }

    fn read(&self, path: &str, limit_bytes: u64) -> Result<Cow<'_, [u8]>, SourceFault> {
        let (file, size) = self.open_listed(path, limit_bytes)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| SourceFault::TooLarge)?);
        file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| SourceFault::Unreadable)?;
        let grown = u64::try_from(bytes.len()).map_or(true, |len| len > limit_bytes);
        if grown { Err(SourceFault::TooLarge) } else { Ok(Cow::Owned(bytes)) }
    }

    fn read_parts(&self, path: &str, limit_bytes: u64, take: &mut dyn FnMut(&[u8])) -> Result<(), SourceFault> {
        let (file, _) = self.open_listed(path, limit_bytes)?;
        let mut left = limit_bytes;
        let mut part = Vec::new();
        loop {
            part.clear();
            let read = (&file).take(PART_BYTES).read_to_end(&mut part).map_err(|_| SourceFault::Unreadable)?;
            if read == 0 {
                return Ok(());
            }
            left = u64::try_from(read).ok().and_then(|read| left.checked_sub(read)).ok_or(SourceFault::TooLarge)?;
            take(&part);
        }
    }
}

/// The file system notes by itself when a file was changed. VFAT and exFAT copy the time of writing, which anybody sets.
#[cfg(target_os = "linux")]
fn notes_changes(folder: &Path) -> bool {
    let kind = rustix::fs::statfs(folder).ok().and_then(|facts| u32::try_from(facts.f_type).ok());
    kind.is_some_and(|kind| NOTES_CHANGES.contains(&kind))
}

#[cfg(not(target_os = "linux"))]
fn notes_changes(_: &Path) -> bool {
    false
}

/// `f_type` of ext2 to ext4, XFS, Btrfs, F2FS, tmpfs and overlays (statfs(2)).
#[cfg(target_os = "linux")]
const NOTES_CHANGES: [u32; 6] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x0102_1994, 0x794C_7630];

/// Size, when it was written, and when the system last noted a change of it, which nobody sets where [`notes_changes`].
type Stamp = [i128; 3];

fn stamp(facts: &Metadata) -> Stamp {
    let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).map_or(-1, |since| since.as_nanos().cast_signed());
    let written = facts.modified().map_or(-2, since);
    #[cfg(unix)]
    let noted = {
        use std::os::unix::fs::MetadataExt as _;
        i128::from(facts.ctime()) * 1_000_000_000 + i128::from(facts.ctime_nsec())
    };
    #[cfg(not(unix))]
    let noted = facts.created().map_or(-2, since);
    [i128::from(facts.len()), written, noted]
}

/// So much of a large file is in memory at once.
const PART_BYTES: u64 = 64 << 10;
