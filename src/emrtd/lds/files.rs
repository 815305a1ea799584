//! The elementary files of a document (ICAO Doc 9303-10 §3.10 and §4.7) and the bytes that were read from them.

use bits::secret::Pii;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// The highest data group number.
pub const LAST_GROUP: u8 = 16;

/// An elementary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileId {
    /// EF.CardAccess under the master file.
    CardAccess,
    /// EF.CardSecurity under the master file.
    CardSecurity,
    /// EF.COM in the application.
    Com,
    /// EF.SOD in the application.
    Sod,
    /// A data group, 1 to 16, in the application.
    Dg(u8),
}

impl FileId {
    /// The two-byte file identifier.
    pub fn fid(self) -> u16 {
        match self {
            Self::CardAccess => 0x011C,
            Self::CardSecurity | Self::Sod => 0x011D,
            Self::Com => 0x011E,
            Self::Dg(group) => 0x0100 | u16::from(group),
        }
    }

    /// The short file identifier, five bits.
    pub fn sfi(self) -> u8 {
        match self {
            Self::CardAccess => 0x1C,
            Self::CardSecurity | Self::Sod => 0x1D,
            Self::Com => 0x1E,
            Self::Dg(group) => group,
        }
    }

    /// The outer tag that the file must start with; `None` where the standard asks for none in particular
    /// (EF.CardAccess is a SET, EF.CardSecurity a SEQUENCE) or the group does not exist.
    pub fn tag(self) -> Option<u32> {
        const TAGS: [u32; 16] =
            [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70];
        match self {
            Self::CardAccess => Some(0x31),
            Self::CardSecurity => Some(0x30),
            Self::Com => Some(0x60),
            Self::Sod => Some(0x77),
            Self::Dg(group) => TAGS.get(usize::from(group.checked_sub(1)?)).copied(),
        }
    }

    /// The data group whose outer tag is `tag`, as EF.COM lists them.
    pub fn from_group_tag(tag: u32) -> Option<Self> {
        (1..=LAST_GROUP).map(Self::Dg).find(|file| file.tag() == Some(tag))
    }

    /// The name in reports: `EF.SOD`, `DG1`.
    pub fn name(self) -> String {
        match self {
            Self::CardAccess => "EF.CardAccess".to_owned(),
            Self::CardSecurity => "EF.CardSecurity".to_owned(),
            Self::Com => "EF.COM".to_owned(),
            Self::Sod => "EF.SOD".to_owned(),
            Self::Dg(group) => format!("DG{group}"),
        }
    }

    /// The name of a file that holds its bytes: `EF_SOD.bin`, `DG1.bin`.
    pub fn file_name(self) -> String {
        format!("{}.bin", self.name().replace('.', "_"))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

/// The files that were read from one card, byte for byte. Wiped when dropped; prints only which files there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LdsFiles {
    files: BTreeMap<FileId, Pii<Vec<u8>>>,
}

impl LdsFiles {
    /// No file yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the bytes of `file`.
    pub fn insert(&mut self, file: FileId, bytes: Vec<u8>) {
        self.files.insert(file, Pii::new(bytes));
    }

    /// The bytes of `file`, if it was read.
    pub fn get(&self, file: FileId) -> Option<&[u8]> {
        self.files.get(&file).map(|bytes| bytes.reveal().as_slice())
    }

    /// Which files were read, in order.
    pub fn present(&self) -> impl Iterator<Item = FileId> + '_ {
        self.files.keys().copied()
    }

    /// Overwrites parts of one file with zeros. A range that does not lie within the file is left out.
    pub fn overwrite(&mut self, file: FileId, ranges: &[Range<usize>]) {
        let Some(bytes) = self.files.remove(&file) else { return };
        let mut changed = bytes.reveal().clone();
        for range in ranges {
            if let Some(part) = changed.get_mut(range.clone()) {
                part.fill(0);
            }
        }
        self.files.insert(file, Pii::new(changed));
    }

    /// Wipes one file.
    pub fn remove(&mut self, file: FileId) {
        self.files.remove(&file);
    }

    /// Wipes every file.
    pub fn clear(&mut self) {
        self.files.clear();
    }
}

impl fmt::Debug for LdsFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.files.keys()).finish()
    }
}
