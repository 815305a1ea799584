//! The log as a folder that others can check: C2SP `tlog-tiles` a segment, certificate, keys, a signed manifest.

use super::export_form::{READ_ME, SCRIPT};
use super::frame::MAX_ENTRY_LEN;
use super::segment::{Segment, SegmentContent, SegmentDamage, digest, read_segment};
use super::{AttendanceEvent, LogStore, StoreFault};
use std::collections::BTreeMap;
use tlog::tree::{TILE_WIDTH, leaf_hash, tile_path, tiles};
use tlog::{NoteError, NoteSigner, NoteVerifier};

/// The board's certificate of the desk.
pub const DESK_CERT_FILE: &str = "desk-cert";
/// The signed list of all other files.
pub const MANIFEST_FILE: &str = "manifest";
/// How to check the folder without us.
pub const READ_ME_FILE: &str = "READ-ME.txt";
/// The same as a program: Python's standard library and OpenSSL.
pub const SCRIPT_FILE: &str = "verify.py";
/// Cosigned checkpoints of a segment, each named by its size.
pub const ANCHOR_FOLDER: &str = "anchors/";
/// Sealed evidence, named by its digest.
pub const EVIDENCE_FOLDER: &str = "evidence/";

/// A witness's signature that came after the segment was closed, and so stands beside the log and not in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptAnchor {
    /// Number of the closed segment.
    pub segment: u32,
    /// How many of its entries the witness saw: all of them, or fewer.
    pub size: u64,
    /// The cosigned checkpoint, word for word (C2SP `tlog-cosignature`).
    pub note: String,
}

/// What stands beside a log and goes out with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Witnesses' last words.
    pub anchors: Vec<KeptAnchor>,
    /// Sealed evidence: name and bytes.
    pub evidence: Vec<(String, Vec<u8>)>,
}

/// Why nothing can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// The journal cannot be read.
    #[error("the journal cannot be read: {0}")]
    Store(#[from] StoreFault),
    /// A segment was damaged; it must be kept as it is and handed over whole.
    #[error("segment {segment}: {damage}")]
    Damaged {
        /// Which.
        segment: u32,
        /// What.
        damage: SegmentDamage,
    },
    /// Training and live segments in one journal.
    #[error("the journal mixes training and live segments")]
    MixedModes,
    /// The manifest cannot be signed.
    #[error("the manifest cannot be signed: {0}")]
    Note(#[from] NoteError),
}

/// Reads every segment of a journal and lays it out for others, paths in order, the manifest last.
///
/// # Errors
/// [`ExportFault`].
pub fn export<S: LogStore>(
    store: &mut S,
    desk_cert: &str,
    device: &dyn NoteSigner,
) -> Result<Vec<(String, Vec<u8>)>, ExportFault> {
    export_with(store, &Beside::default(), desk_cert, device)
}

/// The same, with what stands beside the log.
///
/// # Errors
/// [`ExportFault`].
pub fn export_with<S: LogStore>(
    store: &mut S,
    beside: &Beside,
    desk_cert: &str,
    device: &dyn NoteSigner,
) -> Result<Vec<(String, Vec<u8>)>, ExportFault> {
    let mut segments = Vec::new();
    for number in store.segments()? {
        let bytes = store.read(number)?;
        let content = read_segment(&bytes, device.verifier());
        match content.map_err(|damage| ExportFault::Damaged { segment: number, damage })? {
            SegmentContent::Good(segment) => segments.push(*segment),
            SegmentContent::Nothing { .. } => (),
        }
    }
    package_with(&segments, beside, desk_cert, device)
}

/// Lays out segments that were read before.
///
/// # Errors
/// [`ExportFault::MixedModes`], [`ExportFault::Note`].
pub fn package(
    segments: &[Segment],
    desk_cert: &str,
    device: &dyn NoteSigner,
) -> Result<Vec<(String, Vec<u8>)>, ExportFault> {
    package_with(segments, &Beside::default(), desk_cert, device)
}

fn package_with(
    segments: &[Segment],
    beside: &Beside,
    desk_cert: &str,
    device: &dyn NoteSigner,
) -> Result<Vec<(String, Vec<u8>)>, ExportFault> {
    let training = segments.first().is_some_and(|segment| segment.opened.training);
    if segments.iter().any(|segment| segment.opened.training != training) {
        return Err(ExportFault::MixedModes);
    }
    let mut files = vec![
        (DESK_CERT_FILE.to_owned(), desk_cert.as_bytes().to_vec()),
        (READ_ME_FILE.to_owned(), READ_ME.to_vec()),
        (SCRIPT_FILE.to_owned(), SCRIPT.to_vec()),
    ];
    files.extend(beside.evidence.iter().map(|(name, bytes)| (format!("{EVIDENCE_FOLDER}{name}"), bytes.clone())));
    for segment in segments {
        let folder = segment_folder(segment.opened.segment);
        let own = beside.anchors.iter().filter(|anchor| anchor.segment == segment.opened.segment);
        let own = own.map(|anchor| (anchor_file(anchor.size), anchor.note.clone().into_bytes()));
        let inner: BTreeMap<String, Vec<u8>> = segment_files(segment).into_iter().chain(own).collect();
        files.extend(inner.into_iter().map(|(path, bytes)| (format!("{folder}{path}"), bytes)));
    }
    files.sort();
    let manifest = device.sign(&Manifest::of(training, &files).text())?;
    files.push((MANIFEST_FILE.to_owned(), manifest.into_bytes()));
    Ok(files)
}

/// The folder of a segment, with a slash behind it.
pub fn segment_folder(segment: u32) -> String {
    format!("segments/{segment:03}/")
}

/// The files of one segment, by their paths in its folder.
pub fn segment_files(segment: &Segment) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("vkey".to_owned(), vkey_line(&segment.key).into_bytes()),
        ("checkpoint".to_owned(), segment.checkpoint.clone().into_bytes()),
    ];
    files.extend(segment.entries.iter().filter_map(|entry| match &entry.event {
        AttendanceEvent::Anchor { size, note, .. } => Some((anchor_file(*size), note.clone().into_bytes())),
        _ => None,
    }));
    files.extend(tree_files(&segment.raw));
    files
}

/// The path of an anchor in its segment's folder.
pub fn anchor_file(size: u64) -> String {
    format!("anchors/{size}")
}

/// Tiles and entry bundles over the exact bytes of entries.
pub fn tree_files(raw: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
    let leaves: Vec<_> = raw.iter().map(|entry| leaf_hash(entry)).collect();
    let hashes = tiles(&leaves).into_iter().map(|tile| (tile.path, tile.bytes));
    let bundles = raw.chunks(TILE_WIDTH).enumerate().map(|(index, entries)| {
        let bytes = entries.iter().flat_map(|entry| bundle_item(entry)).collect();
        (tile_path(BUNDLE_LEVEL, index, entries.len()), bytes)
    });
    hashes.chain(bundles).collect()
}

/// The path of a segment's bundle, for a segment of `size` entries; `None` when it has no such bundle.
pub fn bundle_path(size: u64, index: usize) -> Option<String> {
    Some(tile_path(BUNDLE_LEVEL, index, tile_width(size, index)?))
}

/// The path of a tile of leaf hashes.
pub fn leaf_tile_path(size: u64, index: usize) -> Option<String> {
    Some(tile_path("0", index, tile_width(size, index)?))
}

/// How many entries the bundle at `index` holds; `None` when there is none.
pub fn tile_width(size: u64, index: usize) -> Option<usize> {
    let size = usize::try_from(size).ok()?;
    let before = index.checked_mul(TILE_WIDTH)?;
    size.checked_sub(before).filter(|left| *left > 0).map(|left| left.min(TILE_WIDTH))
}

/// The exact bytes of the entries in one bundle; `None` when it ends within one, or holds more than a bundle does.
pub fn split_bundle(mut rest: &[u8]) -> Option<Vec<&[u8]>> {
    let mut raw = Vec::with_capacity(TILE_WIDTH);
    while !rest.is_empty() {
        (raw.len() < TILE_WIDTH).then_some(())?;
        let (len, behind) = rest.split_first_chunk::<2>()?;
        let (entry, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        raw.push(entry);
        rest = behind;
    }
    Some(raw)
}

/// The exact bytes of `size` entries out of the bundles that `file` finds; `None` when one is missing or does not
/// hold exactly its entries.
pub fn read_bundles<'a>(size: u64, file: impl Fn(&str) -> Option<&'a [u8]>) -> Option<Vec<Vec<u8>>> {
    let mut raw = Vec::new();
    for index in 0..usize::try_from(size).ok()?.div_ceil(TILE_WIDTH) {
        let width = tile_width(size, index)?;
        let entries = split_bundle(file(&tile_path(BUNDLE_LEVEL, index, width))?)?;
        (entries.len() == width).then_some(())?;
        raw.extend(entries.into_iter().map(<[u8]>::to_vec));
    }
    Some(raw)
}

/// The line of a `vkey` file.
pub fn vkey_line(key: &NoteVerifier) -> String {
    format!("{key}\n")
}

/// Every file with its size and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The log is a training log.
    pub training: bool,
    /// Size and SHA-256 (lower-case hexadecimal) by path.
    pub files: BTreeMap<String, (u64, String)>,
}

impl Manifest {
    /// The manifest over these files.
    pub fn of(training: bool, files: &[(String, Vec<u8>)]) -> Self {
        let line = |(path, bytes): &(String, Vec<u8>)| (path.clone(), Self::line_of(bytes));
        Self { training, files: files.iter().map(line).collect() }
    }

    /// Size and digest of one file.
    pub fn line_of(bytes: &[u8]) -> (u64, String) {
        (u64::try_from(bytes.len()).unwrap_or(u64::MAX), digest(bytes).to_string())
    }

    /// Reads a manifest's text; `None` for any other form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        (lines.next()? == MANIFEST_HEAD).then_some(())?;
        let training = match lines.next()? {
            "mode live" => false,
            "mode training" => true,
            _ => return None,
        };
        let mut files = BTreeMap::new();
        for line in lines {
            let mut parts = line.strip_prefix("file ")?.splitn(3, ' ');
            let (size, sha256, path) = (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?);
            files.insert(path.to_owned(), (size, sha256));
        }
        let manifest = Self { training, files };
        (manifest.text() == text).then_some(manifest)
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let mode = if self.training { "training" } else { "live" };
        let lines = self.files.iter().map(|(path, (size, sha256))| format!("file {size} {sha256} {path}\n"));
        format!("{MANIFEST_HEAD}\nmode {mode}\n{}", lines.collect::<String>())
    }
}

fn bundle_item(entry: &[u8]) -> Vec<u8> {
    // An entry has at most 65,535 bytes; a longer one was never written.
    let len = u16::try_from(entry.len()).unwrap_or(u16::MAX);
    [&len.to_be_bytes(), entry].concat()
}

/// The largest bundle: full, every entry at its longest.
pub const MAX_BUNDLE_LEN: u64 = (TILE_WIDTH as u64) * (MAX_ENTRY_LEN as u64 + 2);
const MANIFEST_HEAD: &str = "diemdanh/manifest/v1";
const BUNDLE_LEVEL: &str = "entries";
