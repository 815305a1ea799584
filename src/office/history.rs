//! What a check keeps of the segments it has gone through: enough to tell any earlier root, and to look at any entry
//! again, without holding the log in memory.

use record::export::{MAX_BUNDLE_LEN, bundle_path, segment_folder, split_bundle};
use record::{Entry, EntryRef, ExportSource, SourceFault};
use std::collections::{BTreeMap, VecDeque};
use tlog::tree::{Hash, TILE_WIDTH, Tree, leaf_hash};

/// One segment as far as it was read.
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) origin: String,
    /// Entries that the segment's checkpoint counts.
    pub(super) announced: u64,
    /// Entries read so far.
    pub(super) size: u64,
    /// For each bundle the tree over the whole bundles before it.
    before: Vec<Tree>,
    /// The root over each bundle's entries.
    roots: Vec<Hash>,
    /// The leaves of the last bundles.
    recent: VecDeque<(usize, Vec<Hash>)>,
    whole: Tree,
}

impl Line {
    pub(super) fn new(number: u32, origin: String, announced: u64) -> Self {
        let (before, roots, recent, whole) = (Vec::new(), Vec::new(), VecDeque::new(), Tree::default());
        Self { number, origin, announced, size: 0, before, roots, recent, whole }
    }

    /// Takes the leaves of the next bundle, and the root over them.
    pub(super) fn take(&mut self, leaves: Vec<Hash>, root: Hash) {
        self.before.push(self.whole.clone());
        self.size += count(leaves.len());
        if leaves.len() == TILE_WIDTH {
            self.whole.push(root);
        }
        self.recent.push_back((self.roots.len(), leaves));
        self.roots.push(root);
        if self.recent.len() > RECENT_BUNDLES {
            self.recent.pop_front();
        }
    }

    /// The root over everything read.
    pub(super) fn root(&self) -> Hash {
        let rest = match self.recent.back() {
            Some((_, leaves)) if leaves.len() < TILE_WIDTH => Tree::of(leaves),
            _ => Tree::default(),
        };
        self.whole.root_with(&rest)
    }

    /// The roots of the whole bundles: the hashes of the tree's second level of tiles.
    pub(super) fn bundle_roots(&self) -> Vec<Hash> {
        let full = usize::try_from(self.size).unwrap_or(usize::MAX) / TILE_WIDTH;
        self.roots.iter().take(full).copied().collect()
    }

    /// The root that the segment had at `size` entries; `None` when it never had so many.
    pub(super) fn root_at(&self, source: &dyn ExportSource, size: u64) -> Option<Hash> {
        if size == self.size {
            return Some(self.root());
        }
        let size = usize::try_from(size).ok().filter(|_| size < self.size)?;
        let (bundle, rest) = (size / TILE_WIDTH, size % TILE_WIDTH);
        let before = self.before.get(bundle)?;
        if rest == 0 {
            return Some(before.root());
        }
        let recent = self.recent.iter().find(|(index, _)| *index == bundle);
        let leaves = match recent {
            Some((_, leaves)) => leaves.clone(),
            None => self.bundle(source, bundle)?.iter().map(|entry| leaf_hash(entry)).collect(),
        };
        Some(before.root_with(&Tree::of(leaves.get(..rest)?)))
    }

    /// The entries of a bundle, read again; `None` when they are not any more what was read before.
    fn bundle(&self, source: &dyn ExportSource, index: usize) -> Option<Vec<Vec<u8>>> {
        let root = self.roots.get(index)?;
        let path = format!("{}{}", segment_folder(self.number), bundle_path(self.announced, index)?);
        let bytes = source.read(&path, MAX_BUNDLE_LEN).ok()?;
        let raw: Vec<Vec<u8>> = split_bundle(&bytes)?.into_iter().map(<[u8]>::to_vec).collect();
        let leaves: Vec<Hash> = raw.iter().map(|entry| leaf_hash(entry)).collect();
        (Tree::of(&leaves).root() == *root).then_some(raw)
    }
}

/// All segments of one export that were gone through.
pub(super) struct History<'a> {
    pub(super) source: &'a dyn ExportSource,
    pub(super) lines: Vec<Line>,
}

impl<'a> History<'a> {
    pub(super) fn new(source: &'a dyn ExportSource) -> Self {
        Self { source, lines: Vec::new() }
    }

    /// The segment of this number.
    pub(super) fn line(&self, segment: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == segment)
    }

    /// The segment of this origin.
    pub(super) fn named(&self, origin: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.origin == origin)
    }

    /// The root that a segment had at `size` entries.
    pub(super) fn root_at(&self, segment: u32, size: u64) -> Option<Hash> {
        self.line(segment)?.root_at(self.source, size)
    }

    /// An entry that was read before.
    pub(super) fn entry(&self, place: EntryRef) -> Option<Entry> {
        let line = self.line(place.segment).filter(|line| place.seq < line.size)?;
        let seq = usize::try_from(place.seq).ok()?;
        let raw = line.bundle(self.source, seq / TILE_WIDTH)?;
        Entry::parse(raw.get(seq % TILE_WIDTH)?)
    }

    /// The exact bytes of every entry of a segment, one bundle at a time.
    pub(super) fn bundles(&self, line: &'a Line) -> impl Iterator<Item = Option<Vec<Vec<u8>>>> + '_ {
        (0..line.roots.len()).map(|index| line.bundle(self.source, index))
    }
}

/// A list of the files, and what reading one ended in.
pub(super) struct Listed<'a> {
    pub(super) source: &'a dyn ExportSource,
    pub(super) sizes: BTreeMap<String, u64>,
}

impl Listed<'_> {
    /// A small file as text; `Ok(None)` when there is none.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, SourceFault> {
        match self.source.read(path, MAX_TEXT_LEN) {
            Ok(bytes) => Ok(Some(String::from_utf8(bytes.into_owned()).unwrap_or_default())),
            Err(SourceFault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Leaves of so many bundles stay in memory: anchors mostly name a root of a moment before.
const RECENT_BUNDLES: usize = 4;
/// The largest note that is read; the manifest of a province's log is one.
const MAX_TEXT_LEN: u64 = 4 << 20;

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
