//! The check of one segment, a bundle at a time: root from the entries, every tile, every entry in its form and place.

use super::{
    anchors::Outside,
    finding::{Finding, FindingKind, Found},
    history::{History, Line, Listed},
    rules::{Rules, Told, VerifyContext},
};
use bits::spread::Spread;
use jiff::Timestamp;
use record::export::{
    MAX_BUNDLE_LEN, Manifest, bundle_path, leaf_tile_path, segment_folder, split_bundle, tile_width, vkey_line,
};
use record::segment::open_entry;
use record::{AttendanceEvent, Entry, Opened, SourceFault};
use std::collections::BTreeSet;
use tlog::tree::{Hash, TILE_WIDTH, Tree, leaf_hash, tiles_from};
use tlog::{Checkpoint, NoteError, NoteVerifier};

/// What stands around all segments.
pub(super) struct Around<'a, S> {
    pub(super) listed: &'a Listed<'a>,
    pub(super) manifest: Option<&'a Manifest>,
    pub(super) device: &'a NoteVerifier,
    pub(super) outside: &'a Outside,
    pub(super) spread: &'a S,
    /// Told how many bytes were read.
    pub(super) progress: &'a (dyn Fn(u64) + Sync),
}

/// A segment whose entries are under a signed root.
pub(super) struct Checked {
    pub(super) number: u32,
    pub(super) opened: Opened,
    pub(super) key: NoteVerifier,
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Earliest and latest entry's time.
    pub(super) span: (Timestamp, Timestamp),
    /// It holds what a desk can say only while it works.
    pub(super) is_of_a_session: bool,
}

/// A segment that was gone through, and what its entries say.
pub(super) struct GoneThrough {
    pub(super) checked: Checked,
    pub(super) told: Told,
}

/// Checks a segment. What entries without a good root say is nobody's word: it is not told, and their line does not stay
/// in the history.
pub(super) fn check<S: Spread>(
    around: &Around<'_, S>,
    number: u32,
    history: &mut History<'_>,
    rules: &mut Rules,
    found: &mut Found,
) -> Result<GoneThrough, FindingKind> {
    let head = Head::read(around, number, found)?;
    history.begin(Line::new(number, head.opened.origin.clone(), head.checkpoint.size));
    let read = read_through(around, &head, number, history, rules, found);
    let (span, is_of_a_session) = read.inspect_err(|_| history.drop_last())?;
    let Head { opened, key, checkpoint: Checkpoint { size, root, .. } } = head;
    let told = rules.end(size, root);
    Ok(GoneThrough { checked: Checked { number, opened, key, size, root, span, is_of_a_session }, told })
}

struct Head {
    opened: Opened,
    key: NoteVerifier,
    checkpoint: Checkpoint,
}

impl Head {
    fn read<S>(around: &Around<'_, S>, number: u32, found: &mut Found) -> Result<Self, FindingKind> {
        let folder = segment_folder(number);
        let text = |name: &str| around.listed.text(&format!("{folder}{name}")).map_err(of_fault);
        let note = text("checkpoint")?.ok_or(FindingKind::MissingFile)?;
        let size = announced_size(&note).ok_or(FindingKind::CheckpointForm)?;
        if size == 0 {
            return Err(FindingKind::NotOpened);
        }
        // The size is only announced yet: nothing is sized after it before the last bundle was seen.
        let last = usize::try_from(size - 1).ok().and_then(|last| bundle_path(size, last / TILE_WIDTH));
        let is_there = |path: String| around.listed.sizes.contains_key(&format!("{folder}{path}"));
        if !last.is_some_and(is_there) {
            return Err(FindingKind::EntriesForm);
        }
        let first = format!("{folder}{}", bundle_path(size, 0).ok_or(FindingKind::EntriesForm)?);
        let bytes = around.listed.source.read(&first, MAX_BUNDLE_LEN).map_err(of_entries)?;
        let first = split_bundle(&bytes).and_then(|raw| raw.first().copied()).ok_or(FindingKind::EntriesForm)?;
        let (opened, key) = open_entry(first, around.device).ok_or(FindingKind::NotOpened)?;
        if text("vkey")?.as_deref() != Some(&vkey_line(&key)) {
            found.add(Finding::segment(FindingKind::ForeignKey, number));
        }
        let checkpoint = Checkpoint::open(&note, &key).map_err(|error| match error {
            NoteError::Form | NoteError::TooLong => FindingKind::CheckpointForm,
            _ => FindingKind::CheckpointSignature,
        })?;
        Ok(Self { opened, key, checkpoint })
    }
}

/// Goes through all bundles, and holds root and tiles against them.
fn read_through<S: Spread>(
    around: &Around<'_, S>,
    head: &Head,
    number: u32,
    history: &mut History<'_>,
    rules: &mut Rules,
    found: &mut Found,
) -> Result<((Timestamp, Timestamp), bool), FindingKind> {
    let size = head.checkpoint.size;
    let bundles = usize::try_from(size.div_ceil(TILE_WIDTH as u64)).map_err(|_| FindingKind::EntriesForm)?;
    let mut fault = None;
    let (mut span, mut is_of_a_session): (Option<(Timestamp, Timestamp)>, bool) = (None, false);
    rules.begin(number, &head.opened.origin);
    around.spread.in_order(bundles, &|index| bundle(around, number, size, index), &mut |bundle| {
        bundle.found.into_iter().for_each(|finding| found.add(finding));
        let (kept, entries) = match bundle.content {
            Ok((leaves, root, entries)) => {
                let kept = if rules.keeps_facts() { leaves.clone() } else { Vec::new() };
                if let Some(line) = history.last_mut() {
                    line.take(leaves, root);
                }
                (kept, entries)
            }
            Err(what) => {
                fault = Some(what);
                return false;
            }
        };
        // An entry out of form is told only when the root is good: before that the bytes are nobody's.
        let Some(entries) = entries else {
            fault.get_or_insert(FindingKind::EntryForm);
            return true;
        };
        let context = VerifyContext { history, outside: around.outside, listed: around.listed };
        for (entry, at) in entries.iter().zip(0..).filter(|_| fault.is_none()) {
            kept.get(at).into_iter().for_each(|leaf| rules.keep(entry, *leaf));
            span = Some(span.map_or((entry.t, entry.t), |(from, to)| (from.min(entry.t), to.max(entry.t))));
            is_of_a_session |= entry.event.is_of_a_session();
            rules.entry(entry, &context);
        }
        true
    });
    let line = history.lines().last().ok_or(FindingKind::EntriesForm)?;
    match fault {
        Some(FindingKind::EntryForm) | None if line.size == size && line.root() != head.checkpoint.root => {
            return Err(FindingKind::RootDiffers);
        }
        Some(what) => return Err(what),
        None => (),
    }
    check_upper_tiles(around, line, found);
    span.map(|span| (span, is_of_a_session)).ok_or(FindingKind::EntriesForm)
}

/// What one bundle and its tile of leaf hashes hold.
struct Bundle {
    found: Vec<Finding>,
    content: Result<BundleContent, FindingKind>,
}

/// Leaves, the root over them, and the entries where all are in their form and place.
type BundleContent = (Vec<Hash>, Hash, Option<Vec<Entry>>);

fn bundle<S>(around: &Around<'_, S>, number: u32, size: u64, index: usize) -> Bundle {
    let mut found = Vec::new();
    let content = bundle_content(around, number, size, index, &mut found);
    Bundle { found, content }
}

fn bundle_content<S>(
    around: &Around<'_, S>,
    number: u32,
    size: u64,
    index: usize,
    found: &mut Vec<Finding>,
) -> Result<BundleContent, FindingKind> {
    let folder = segment_folder(number);
    let path = format!("{folder}{}", bundle_path(size, index).ok_or(FindingKind::EntriesForm)?);
    let bytes = around.listed.source.read(&path, MAX_BUNDLE_LEN).map_err(of_entries)?;
    against_manifest(around, &path, &bytes, found);
    let raw = split_bundle(&bytes)
        .filter(|raw| Some(raw.len()) == tile_width(size, index))
        .ok_or(FindingKind::EntriesForm)?;
    let leaves: Vec<Hash> = raw.iter().map(|entry| leaf_hash(entry)).collect();
    check_tile(
        around,
        &format!("{folder}{}", leaf_tile_path(size, index).unwrap_or_default()),
        &leaves.concat(),
        found,
    );
    (around.progress)(u64::try_from(bytes.len()).unwrap_or(0));
    let root = Tree::of(&leaves).root();
    let first = u64::try_from(index * TILE_WIDTH).unwrap_or(u64::MAX);
    Ok((leaves, root, (first..).zip(raw).map(|(seq, entry)| entry_at(seq, entry)).collect()))
}

fn entry_at(seq: u64, bytes: &[u8]) -> Option<Entry> {
    let entry = Entry::parse(bytes).filter(|entry| entry.seq == seq)?;
    (matches!(entry.event, AttendanceEvent::Open(_)) == (seq == 0)).then_some(entry)
}

/// Entries are never authenticated by tiles; tiles are held against the entries.
fn check_upper_tiles<S>(around: &Around<'_, S>, line: &Line, found: &mut Found) {
    let folder = segment_folder(line.number);
    let mut expected: BTreeSet<String> = BTreeSet::new();
    let mut wrong = Vec::new();
    for tile in tiles_from(1, line.bundle_roots()) {
        let path = format!("{folder}{}", tile.path);
        check_tile(around, &path, &tile.bytes, &mut wrong);
        expected.insert(path);
    }
    for index in 0..usize::try_from(line.size).unwrap_or(0).div_ceil(TILE_WIDTH) {
        let paths = [bundle_path(line.size, index), leaf_tile_path(line.size, index)];
        expected.extend(paths.into_iter().flatten().map(|path| format!("{folder}{path}")));
    }
    wrong.into_iter().for_each(|finding| found.add(finding));
    let tiles = format!("{folder}tile/");
    let there = around.listed.sizes.range(tiles.clone()..).map(|(path, _)| path);
    let foreign = there.take_while(|path| path.starts_with(&tiles)).filter(|path| !expected.contains(*path));
    foreign.for_each(|path| found.add(Finding::file(FindingKind::ForeignFile, path)));
}

fn check_tile<S>(around: &Around<'_, S>, path: &str, expected: &[u8], found: &mut Vec<Finding>) {
    match around.listed.source.read(path, MAX_TILE_LEN) {
        Ok(bytes) => {
            against_manifest(around, path, &bytes, found);
            if *bytes != *expected {
                found.push(Finding::file(FindingKind::TileDiffers, path));
            }
        }
        Err(SourceFault::Unreadable) => found.push(Finding::file(FindingKind::UnreadableFile, path)),
        Err(_) => found.push(Finding::file(FindingKind::TileDiffers, path)),
    }
}

fn against_manifest<S>(around: &Around<'_, S>, path: &str, bytes: &[u8], found: &mut Vec<Finding>) {
    let listed = around.manifest.and_then(|manifest| manifest.files.get(path));
    if listed.is_some_and(|line| *line != Manifest::line_of(bytes)) {
        found.push(Finding::file(FindingKind::ChangedFile, path));
    }
}

/// The size that an unchecked checkpoint names: enough to find the bundles, trusted for nothing.
fn announced_size(note: &str) -> Option<u64> {
    let (text, _) = note.rsplit_once("\n\n")?;
    Checkpoint::parse(&format!("{text}\n")).map(|checkpoint| checkpoint.size)
}

fn of_fault(fault: SourceFault) -> FindingKind {
    match fault {
        SourceFault::Missing => FindingKind::MissingFile,
        SourceFault::Unreadable => FindingKind::UnreadableFile,
        SourceFault::TooLarge => FindingKind::CheckpointForm,
    }
}

fn of_entries(fault: SourceFault) -> FindingKind {
    match fault {
        SourceFault::Unreadable => FindingKind::UnreadableFile,
        SourceFault::Missing | SourceFault::TooLarge => FindingKind::EntriesForm,
    }
}

/// A full tile: 256 hashes.
const MAX_TILE_LEN: u64 = 256 * 32;
