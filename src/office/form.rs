//! The files of an export before anything in them is looked at: what lies there, and that it is what the desk listed.
//!
//! Invariant: no file is read whose name no export has, or that is larger than such a file ever is.

use super::{
    finding::{Finding, FindingKind, Found},
    history::Listed,
};
use bits::hex;
use record::export::{EVIDENCE_FOLDER, MANIFEST_FILE, Manifest, READ_ME_FILE, SCRIPT_FILE};
use record::export_form::{Part, READ_ME, SCRIPT, is_litter};
use record::{SourceFault, StrayKind};
use sha2::{Digest as _, Sha256};
use tlog::{NoteError, NoteVerifier};

/// Tells everything that is no part of an export.
///
/// # Errors
/// What keeps the export from being checked at all.
pub(super) fn check(listed: &Listed<'_>, found: &mut Found) -> Result<(), FindingKind> {
    for stray in listed.source.strays() {
        let what = match stray.kind {
            StrayKind::Unlisted => return Err(FindingKind::PackageTooLarge),
            StrayKind::Unreadable if stray.path.is_empty() => return Err(FindingKind::PackageUnreadable),
            _ if is_litter(&stray.path) || is_litter(&format!("{}/", stray.path)) => FindingKind::Litter,
            StrayKind::Unreadable => FindingKind::UnreadableFile,
            StrayKind::NotPlain => FindingKind::NotPlain,
            // An export holds files and the folders that they lie in.
            StrayKind::OddPlace | StrayKind::Empty => FindingKind::ForeignFile,
        };
        found.add(Finding::file(what, &stray.path));
    }
    let known = listed.sizes.iter().filter(|(path, _)| Part::of(path).is_some());
    if known.fold(0_u64, |sum, (_, size)| sum.saturating_add(*size)) > MAX_EXPORT_BYTES {
        return Err(FindingKind::PackageTooLarge);
    }
    for (path, own) in [(READ_ME_FILE, READ_ME), (SCRIPT_FILE, SCRIPT)] {
        let is_ours = listed.source.read(path, Part::Guide.max_len()).is_ok_and(|bytes| *bytes == *own);
        if !is_ours {
            found.add(Finding::file(FindingKind::GuideOther, path));
        }
    }
    Ok(())
}

/// Holds every file against the manifest, and every name against the form of an export; tiles and bundles later, when
/// they are read anyway. Evidence that members purged is missing without a fault.
pub(super) fn check_manifest(
    listed: &Listed<'_>,
    device: &NoteVerifier,
    is_evidence_purged: bool,
    found: &mut Found,
) -> Option<Manifest> {
    let manifest = match manifest(listed, device) {
        Ok(manifest) => manifest,
        Err(what) => {
            found.add(Finding::file(what, MANIFEST_FILE));
            return None;
        }
    };
    for (path, line) in &manifest.files {
        match (listed.sizes.get(path), Part::of(path)) {
            (_, None | Some(Part::Manifest)) => found.add(Finding::file(FindingKind::ForeignFile, path)),
            // The entry that names it tells that it is not there.
            (None, Some(Part::Evidence)) if is_evidence_purged => (),
            (None, _) => found.add(Finding::file(FindingKind::MissingFile, path)),
            (Some(size), _) if *size != line.0 => found.add(Finding::file(FindingKind::ChangedFile, path)),
            (_, Some(Part::Tile)) => (),
            (_, Some(part)) => check_file(listed, path, part, line, found),
        }
    }
    for path in listed.sizes.keys().filter(|path| *path != MANIFEST_FILE && !manifest.files.contains_key(*path)) {
        found.add(Finding::file(if is_litter(path) { FindingKind::Litter } else { FindingKind::ForeignFile }, path));
    }
    Some(manifest)
}

fn check_file(listed: &Listed<'_>, path: &str, part: Part, line: &(u64, String), found: &mut Found) {
    let (mut hash, mut len) = (Sha256::new(), 0_u64);
    let read = listed.source.read_parts(path, part.max_len(), &mut |bytes| {
        hash.update(bytes);
        len = len.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    });
    let own = (len, hex::encode_lower(&hash.finalize()));
    let what = match read {
        Ok(()) if own != *line => Some(FindingKind::ChangedFile),
        Ok(()) => None,
        Err(SourceFault::TooLarge) => Some(FindingKind::FileTooLarge),
        Err(_) => Some(FindingKind::UnreadableFile),
    };
    what.into_iter().for_each(|what| found.add(Finding::file(what, path)));
    let named = path.strip_prefix(EVIDENCE_FOLDER).map(|name| name.strip_suffix(".age"));
    if read.is_ok() && named.is_some_and(|name| name != Some(own.1.as_str())) {
        found.add(Finding::file(FindingKind::EvidenceDiffers, path));
    }
}

fn manifest(listed: &Listed<'_>, device: &NoteVerifier) -> Result<Manifest, FindingKind> {
    let note = listed.text(MANIFEST_FILE).map_err(|fault| match fault {
        SourceFault::TooLarge => FindingKind::ManifestForm,
        _ => FindingKind::UnreadableFile,
    });
    let note = note?.ok_or(FindingKind::MissingFile)?;
    let text = device.open(&note).map_err(|error| match error {
        NoteError::Form | NoteError::TooLong => FindingKind::ManifestForm,
        _ => FindingKind::ManifestSignature,
    })?;
    Manifest::parse(text).ok_or(FindingKind::ManifestForm)
}

/// More than all sealed evidence of a large desk; so much is hashed in a minute.
const MAX_EXPORT_BYTES: u64 = 16 << 30;
