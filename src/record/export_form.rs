//! The form of an export, which is closed: every path that it may hold, with the most bytes of a file there.

use super::export::{
    ANCHOR_FOLDER, DESK_CERT_FILE, EVIDENCE_FOLDER, MANIFEST_FILE, MAX_BUNDLE_LEN, READ_ME_FILE, SCRIPT_FILE,
    segment_folder,
};
use super::frame::MAX_CHECKPOINT_LEN;
use tlog::MAX_NOTE_LEN;

/// How to check an export without our program, as we put it there.
pub const READ_ME: &[u8] = include_bytes!("read_me.txt");
/// The same as a program.
pub const SCRIPT: &[u8] = include_bytes!("verify.py");

/// What a file of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The desk's certificate.
    DeskCert,
    /// The signed list of the others.
    Manifest,
    /// One of the two that say how to check it.
    Guide,
    /// Sealed evidence.
    Evidence,
    /// The key of a segment.
    Key,
    /// The head of a segment.
    Checkpoint,
    /// A cosigned checkpoint.
    Anchor,
    /// A tile or a bundle; which of them there are only the segment's size tells.
    Tile,
}

impl Part {
    /// What the file at `path` is; `None` where no export has one.
    pub fn of(path: &str) -> Option<Self> {
        match path {
            DESK_CERT_FILE => return Some(Self::DeskCert),
            MANIFEST_FILE => return Some(Self::Manifest),
            READ_ME_FILE | SCRIPT_FILE => return Some(Self::Guide),
            _ => (),
        }
        if let Some(name) = path.strip_prefix(EVIDENCE_FOLDER) {
            let digest = name.strip_suffix(".age")?;
            let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            return (digest.len() == 64 && digest.bytes().all(is_hex)).then_some(Self::Evidence);
        }
        let number = segment_of(path)?;
        match path.strip_prefix(&segment_folder(number))? {
            "vkey" => Some(Self::Key),
            "checkpoint" => Some(Self::Checkpoint),
            inner if inner.starts_with("tile/") => Some(Self::Tile),
            inner => {
                let size = inner.strip_prefix(ANCHOR_FOLDER)?;
                size.parse().is_ok_and(|number: u64| number.to_string() == size).then_some(Self::Anchor)
            }
        }
    }

    /// The most bytes that such a file has.
    pub fn max_len(self) -> u64 {
        match self {
            Self::Manifest => MAX_NOTE_LEN as u64,
            Self::Checkpoint => MAX_CHECKPOINT_LEN as u64,
            Self::DeskCert | Self::Guide | Self::Key | Self::Anchor => MAX_SMALL_LEN,
            Self::Evidence => MAX_EVIDENCE_LEN,
            Self::Tile => MAX_BUNDLE_LEN,
        }
    }
}

/// The segment that a path belongs to, where its number is written as an export writes it.
pub fn segment_of(path: &str) -> Option<u32> {
    let (name, _) = path.strip_prefix("segments/")?.split_once('/')?;
    let number = name.parse().ok()?;
    path.starts_with(&segment_folder(number)).then_some(number)
}

/// True for what an operating system leaves wherever it has been: no part of an export, and nobody's forgery.
pub fn is_litter(path: &str) -> bool {
    // Sticks of Windows do not tell capitals from small letters.
    let path = path.to_ascii_lowercase();
    let (top, name) = (path.split('/').next().unwrap_or_default(), path.rsplit('/').next().unwrap_or_default());
    let is_below = top.len() < path.len() && (LITTER_FOLDERS.contains(&top) || top.starts_with(".trash-"));
    is_below || LITTER_FILES.contains(&name) || name.starts_with("._")
}

/// A certificate, a key, a cosigned checkpoint, a page of help.
const MAX_SMALL_LEN: u64 = 64 << 10;
/// Everything of one card that could not be judged, sealed.
const MAX_EVIDENCE_LEN: u64 = 64 << 20;
const LITTER_FILES: [&str; 5] = [".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory"];
const LITTER_FOLDERS: [&str; 10] = [
    "system volume information",
    "$recycle.bin",
    "recycler",
    "lost.dir",
    "lost+found",
    ".spotlight-v100",
    ".documentrevisions-v100",
    ".trashes",
    ".fseventsd",
    ".temporaryitems",
];
