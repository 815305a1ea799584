//! The check of an export, in its normative order.
//!
//! Board key → desk certificate → device key → segment key; the root recomputed from the entries; every tile
//! compared; links, clocks and state rules; then everything listed that a board might ask about. Entries are never
//! authenticated by tiles.

use super::{
    finding::{Finding, Verdict, What},
    rules::{self, Summary},
};
use crate::record::{
    Checkpoint, DeskCert, Entry, NoteError, NoteVerifier, Opened,
    export::{DESK_CERT_FILE, MANIFEST_FILE, Manifest, read_bundles, segment_folder, tree_files, vkey_line},
    segment::{open_entry, parse_entries},
    tree::{Hash, Tree, leaf_hash},
};
use std::collections::{BTreeMap, BTreeSet};

/// The files of one export by their paths, parts separated by `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What the check of one export found.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// The desk's certificate, where it could be trusted.
    pub cert: Option<DeskCert>,
    /// Everything found, in the order of the check.
    pub findings: Vec<Finding>,
    /// What the log adds up to.
    pub summary: Summary,
    /// Leaf hashes by origin, for comparing packages.
    leaves: BTreeMap<String, Vec<Hash>>,
}

impl Verification {
    /// What the findings add up to.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }

    fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// Checks one export under the board's key.
pub fn verify(files: &Files, board: &NoteVerifier) -> Verification {
    let mut verification = Verification::default();
    let cert = match desk_cert(files, board) {
        Ok(cert) => cert,
        Err(what) => {
            verification.find(Finding::file(what, DESK_CERT_FILE));
            return verification;
        }
    };
    let manifest = check_manifest(files, &cert.device, &mut verification);
    let mut segments = Vec::new();
    for number in segment_numbers(files) {
        match check_segment(files, number, &cert.device, &mut verification) {
            Ok(segment) => segments.push(segment),
            Err(what) => verification.find(Finding::segment(what, number)),
        }
    }
    if segments.is_empty() {
        verification.find(Finding::package(What::NoSegments));
    }
    if manifest.is_some_and(|manifest| segments.iter().any(|one| one.opened.training != manifest.training)) {
        verification.find(Finding::file(What::ManifestMode, MANIFEST_FILE));
    }
    check_names(files, &cert, &segments, &mut verification);
    check_links(&segments, &mut verification);
    let (findings, summary) = rules::check(&segments);
    verification.findings.extend(findings);
    verification.summary = summary;
    verification.leaves = segments.into_iter().map(|segment| (segment.opened.origin, segment.leaves)).collect();
    verification.cert = Some(cert);
    verification
}

/// Checks several exports, each for itself and all against each other: under one origin there is one history.
pub fn verify_all(packages: &[Files], board: &NoteVerifier) -> Vec<Verification> {
    let mut all: Vec<Verification> = packages.iter().map(|files| verify(files, board)).collect();
    for later in 1..all.len() {
        let (earlier, rest) = all.split_at_mut(later);
        if let Some(one) = rest.first_mut() {
            let forked = earlier.iter().any(|other| is_fork(&other.leaves, &one.leaves));
            one.findings.extend(forked.then(|| Finding::package(What::Fork)));
        }
    }
    all
}

/// One segment whose entries are under a signed root.
pub(super) struct Checked {
    pub(super) number: u32,
    pub(super) opened: Opened,
    pub(super) entries: Vec<Entry>,
    pub(super) leaves: Vec<Hash>,
    pub(super) root: Hash,
}

fn desk_cert(files: &Files, board: &NoteVerifier) -> Result<DeskCert, What> {
    let note = files.get(DESK_CERT_FILE).ok_or(What::MissingFile)?;
    if note.is_empty() {
        return Err(What::DeskCertAbsent);
    }
    let note = std::str::from_utf8(note).map_err(|_| What::DeskCertForged)?;
    DeskCert::open(note, board).map_err(|error| match error {
        NoteError::NoSignature => What::DeskCertForeign,
        _ => What::DeskCertForged,
    })
}

fn check_manifest(files: &Files, device: &NoteVerifier, out: &mut Verification) -> Option<Manifest> {
    let found = match manifest(files, device) {
        Ok(manifest) => manifest,
        Err(what) => {
            out.find(Finding::file(what, MANIFEST_FILE));
            return None;
        }
    };
    for (path, line) in &found.files {
        match files.get(path) {
            None => out.find(Finding::file(What::MissingFile, path)),
            Some(bytes) if Manifest::line_of(bytes) != *line => out.find(Finding::file(What::ChangedFile, path)),
            Some(_) => (),
        }
    }
    let foreign = files.keys().filter(|path| *path != MANIFEST_FILE && !found.files.contains_key(*path));
    out.findings.extend(foreign.map(|path| Finding::file(What::ForeignFile, path)));
    Some(found)
}

fn manifest(files: &Files, device: &NoteVerifier) -> Result<Manifest, What> {
    let note = files.get(MANIFEST_FILE).ok_or(What::MissingFile)?;
    let note = std::str::from_utf8(note).map_err(|_| What::ManifestForm)?;
    let text = device.open(note).map_err(|error| match error {
        NoteError::Form | NoteError::TooLong => What::ManifestForm,
        _ => What::ManifestSignature,
    })?;
    Manifest::parse(text).ok_or(What::ManifestForm)
}

fn segment_numbers(files: &Files) -> BTreeSet<u32> {
    let number = |path: &String| path.strip_prefix("segments/")?.split('/').next()?.parse().ok();
    files.keys().filter_map(number).collect()
}

fn check_segment(files: &Files, number: u32, device: &NoteVerifier, out: &mut Verification) -> Result<Checked, What> {
    let folder = segment_folder(number);
    let file = |path: &str| files.get(&format!("{folder}{path}")).map(Vec::as_slice);
    let note = file("checkpoint").ok_or(What::MissingFile)?;
    let note = std::str::from_utf8(note).map_err(|_| What::CheckpointForm)?;
    let raw = read_bundles(announced_size(note).ok_or(What::CheckpointForm)?, file).ok_or(What::EntriesForm)?;
    let first = raw.first().ok_or(What::NotOpened)?;
    let (opened, key) = open_entry(first, device).ok_or(What::NotOpened)?;
    if file("vkey") != Some(vkey_line(&key).as_bytes()) {
        out.find(Finding::segment(What::ForeignKey, number));
    }
    let checkpoint = Checkpoint::open(note, &key).map_err(|error| match error {
        NoteError::Form | NoteError::TooLong => What::CheckpointForm,
        _ => What::CheckpointSignature,
    })?;
    let leaves: Vec<Hash> = raw.iter().map(|entry| leaf_hash(entry)).collect();
    let tree = Tree::of(&leaves);
    if checkpoint.size != tree.size() || checkpoint.root != tree.root() {
        return Err(What::RootDiffers);
    }
    check_tiles(files, &folder, &raw, out);
    let entries = parse_entries(&raw).map_err(|_| What::EntryForm)?;
    Ok(Checked { number, opened, entries, leaves, root: checkpoint.root })
}

/// The size that an unchecked checkpoint names: enough to find the bundles, trusted for nothing.
fn announced_size(note: &str) -> Option<u64> {
    let (text, _) = note.rsplit_once("\n\n")?;
    Checkpoint::parse(&format!("{text}\n")).map(|checkpoint| checkpoint.size)
}

fn check_tiles(files: &Files, folder: &str, raw: &[Vec<u8>], out: &mut Verification) {
    let expected: BTreeMap<String, Vec<u8>> =
        tree_files(raw).into_iter().map(|(path, bytes)| (format!("{folder}{path}"), bytes)).collect();
    for (path, bytes) in &expected {
        if files.get(path) != Some(bytes) {
            out.find(Finding::file(What::TileDiffers, path));
        }
    }
    let tiles = format!("{folder}tile/");
    let foreign = files.keys().filter(|path| path.starts_with(&tiles) && !expected.contains_key(*path));
    out.findings.extend(foreign.map(|path| Finding::file(What::ForeignFile, path)));
}

/// Every origin is the certified desk's, of one session, and no training log passes for a live one.
fn check_names(files: &Files, cert: &DeskCert, segments: &[Checked], out: &mut Verification) {
    let certified = format!("{}/{}/{}/", cert.board, cert.exam, cert.desk);
    let session = segments.first().and_then(|one| one.opened.origin.rsplit_once('/')).map(|(log, _)| log.to_owned());
    let note = files.get(DESK_CERT_FILE);
    for one in segments {
        let log = one.opened.origin.strip_suffix(&format!("/{:03}", one.number));
        let good = one.opened.segment == one.number && log.is_some() && log == session.as_deref();
        let findings = [
            (!good || !one.opened.origin.starts_with(&certified)).then_some(What::ForeignName),
            (cert.training && !one.opened.training).then_some(What::TrainingAsLive),
            one.opened.training.then_some(What::Training),
            (Some(one.opened.desk_cert.as_bytes()) != note.map(Vec::as_slice)).then_some(What::DeskCertOther),
            is_outside(cert, one).then_some(What::DeskCertDates),
        ];
        out.findings.extend(findings.into_iter().flatten().map(|what| Finding::segment(what, one.number)));
    }
}

fn is_outside(cert: &DeskCert, segment: &Checked) -> bool {
    segment.entries.iter().any(|entry| entry.t < cert.not_before || entry.t > cert.not_after)
}

/// `prev` links form one line from the first segment on; gaps in the numbers are accounted for.
fn check_links(segments: &[Checked], out: &mut Verification) {
    let mut before: Option<&Checked> = None;
    for one in segments {
        let linked = match (before, &one.opened.prev) {
            (None, None) => true,
            (Some(before), Some(prev)) => {
                prev.origin == before.opened.origin
                    && prev.size == u64::try_from(before.entries.len()).unwrap_or(u64::MAX)
                    && prev.root.0 == before.root
            }
            _ => false,
        };
        let first_missing = before.map_or(1, |before| before.number.saturating_add(1));
        let named = one.opened.abandoned.iter().map(|torn| torn.segment);
        if !linked || !named.eq(first_missing..one.number) {
            out.find(Finding::segment(What::LinkBroken, one.number));
        }
        let torn = one.opened.prev.as_ref().is_some_and(|prev| prev.torn_bytes > 0);
        out.findings.extend(torn.then(|| Finding::segment(What::TornBytes, one.number)));
        let abandoned = one.opened.abandoned.iter().map(|torn| Finding::segment(What::Abandoned, torn.segment));
        out.findings.extend(abandoned);
        before = Some(one);
    }
}

/// Under one origin, the shorter history must be the beginning of the longer.
fn is_fork(one: &BTreeMap<String, Vec<Hash>>, other: &BTreeMap<String, Vec<Hash>>) -> bool {
    one.iter().any(|(origin, leaves)| {
        other.get(origin).is_some_and(|others| leaves.iter().zip(others).any(|(leaf, other)| leaf != other))
    })
}
