//! What becomes of an export that comes to the board: whether it is kept, under which name, and what is said of it.
//!
//! Invariants:
//! - Kept is only what the check found sound; everything else is kept apart, with why.
//! - An export is kept once, by the digest of its heads and, where others of the same heads lie there, of its manifest.

use super::{
    finding::{FindingKind, Severity, Verdict},
    receiving::heads,
    verify::Verification,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use record::export::{MANIFEST_FILE, Manifest};
use record::export_form::Part;
use record::segment::digest;
use record::{ExportSource, SourceFault};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Why an export is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What the check found, gravest first, each kind once.
    Unsound(Vec<FindingKind>),
    /// Training for a live exam, or the other way round.
    Mode,
    /// Its heads cannot be read again: the medium gives something else than a moment ago.
    Changed,
}

/// The name under which an export is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptName {
    /// The digest of its heads: the whole log, as far as it goes.
    pub heads: String,
    /// The digest of its manifest: everything beside the log too.
    pub manifest: String,
}

impl KeptName {
    /// The name of its folder where no other export of the same heads is kept.
    pub fn first(&self) -> &str {
        &self.heads
    }

    /// The name of its folder beside one of the same heads.
    pub fn further(&self) -> String {
        format!("{}-{}", self.heads, self.manifest)
    }
}

/// Judges a checked export for an exam; its name where it is taken.
///
/// # Errors
/// [`Refusal`].
pub fn judge(source: &dyn ExportSource, checked: &Verification, is_training: bool) -> Result<KeptName, Refusal> {
    if !matches!(checked.verdict(), Verdict::Clean | Verdict::Remarks) {
        return Err(Refusal::Unsound(grave(checked)));
    }
    if checked.counts.contains_key(&FindingKind::Training) != is_training {
        return Err(Refusal::Mode);
    }
    name(source).ok_or(Refusal::Changed)
}

/// The name of an export, from its heads and its manifest.
pub fn name(source: &dyn ExportSource) -> Option<KeptName> {
    let mut text = String::from("diemdanh/heads/v1\n");
    for head in heads(source)? {
        let _ = writeln!(text, "{} {} {}", head.origin, head.size, BASE64.encode(head.root));
    }
    let manifest = source.read(MANIFEST_FILE, Part::Manifest.max_len()).ok()?;
    Some(KeptName { heads: short(text.as_bytes(), HEADS_LEN), manifest: short(&manifest, MANIFEST_LEN) })
}

/// The log that a kept export is of, by its first head; trusted for nothing but finding it.
pub fn log_of(source: &dyn ExportSource) -> Option<String> {
    let head = heads(source)?.into_iter().next()?;
    head.origin.rsplit_once('/').map(|(log, _)| log.to_owned())
}

/// A file of an export by its path, or why the medium does not give it.
pub type ExportFile<'a> = Result<(String, Cow<'a, [u8]>), SourceFault>;

/// The files of a sound export one by one, each held against the manifest once more as it is read: what is kept is what was
/// checked, whatever the medium does meanwhile. `None` where the manifest is not the one of this name any more.
pub fn files<'a>(
    source: &'a dyn ExportSource,
    name: &KeptName,
) -> Option<impl Iterator<Item = ExportFile<'a>> + 'a + use<'a>> {
    let note = source.read(MANIFEST_FILE, Part::Manifest.max_len()).ok()?.into_owned();
    if short(&note, MANIFEST_LEN) != name.manifest {
        return None;
    }
    let text = std::str::from_utf8(&note).ok()?.split_once("\n\n").map(|(text, _)| format!("{text}\n"))?;
    let manifest = Manifest::parse(&text)?;
    let listed = manifest.files.into_iter().map(move |(path, line)| {
        let part = Part::of(&path).ok_or(SourceFault::Missing)?;
        let bytes = source.read(&path, part.max_len())?;
        if Manifest::line_of(&bytes) == line { Ok((path, bytes)) } else { Err(SourceFault::Unreadable) }
    });
    Some(listed.chain([Ok((MANIFEST_FILE.to_owned(), Cow::Owned(note)))]))
}

/// The files of an export that is kept apart, as far as they have a form of ours, and the name that they give it.
pub fn apart(source: &dyn ExportSource) -> (String, Vec<(String, u64)>) {
    let (mut text, mut kept, mut left_bytes) = (String::from("diemdanh/apart/v1\n"), Vec::new(), MAX_APART_BYTES);
    for (path, size) in source.sizes() {
        let part = Part::of(&path).filter(|part| size <= part.max_len() && !path.contains(['\\', ':']));
        let bytes = part.filter(|_| size <= left_bytes).and_then(|part| source.read(&path, part.max_len()).ok());
        let _ = writeln!(
            text,
            "{size} {path:?} {}",
            bytes.as_ref().map_or_else(String::new, |bytes| digest(bytes).to_string())
        );
        if bytes.is_some() {
            left_bytes = left_bytes.saturating_sub(size);
            kept.push((path, size));
        }
    }
    (short(text.as_bytes(), HEADS_LEN), kept)
}

/// The kinds of findings that decide against an export, the gravest first.
fn grave(checked: &Verification) -> Vec<FindingKind> {
    let mut grave: Vec<FindingKind> =
        checked.counts.keys().copied().filter(|what| what.severity() != Severity::Remark).collect();
    grave.sort_by_key(|what| (what.severity() != Severity::Forged, *what));
    grave
}

fn short(bytes: &[u8], len: usize) -> String {
    digest(bytes).to_string().chars().take(len).collect()
}

/// Hexadecimal digits of a digest of heads in a name: 128 bits.
const HEADS_LEN: usize = 32;
/// And of a manifest: only exports of the same heads are told apart by it.
const MANIFEST_LEN: usize = 16;
/// So many bytes of an export that is not taken are kept; the rest stays on its medium, and is listed.
const MAX_APART_BYTES: u64 = 256 << 20;
