//! What a check keeps of the segments it has gone through: enough to tell any earlier root, and to look at any entry
//! again, without holding the log in memory.
//!
//! Invariant: a bundle is read again at most once for roots and once for arrivals, however often entries point into it;
//! what it told is kept, and is a part of what its bytes are. The work of a check is linear in the bytes of its export.

use super::anchors::Cosigned;
use record::export::{MAX_BUNDLE_LEN, bundle_path, segment_folder, split_bundle};
use record::export_form::Part;
use record::segment::digest;
use record::{CandidateRef, Digest, Entry, EntryRef, ExportSource, SourceFault};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use tlog::tree::{Hash, TILE_WIDTH, Tree, leaf_hash};

/// Who came in with each entry of a bundle.
type Comings = Box<[Option<CandidateRef>]>;

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
    /// The leaves of the last bundles: anchors mostly name a root of a moment before.
    recent: VecDeque<(usize, Leaves)>,
    whole: Tree,
    /// The root over everything, once no more is read.
    end: Option<Hash>,
    /// The leaves of bundles that were read again, `None` where that could not be done.
    leaves: RefCell<BTreeMap<usize, Option<Leaves>>>,
    /// Who came in with each entry of bundles that were read again.
    arrivals: RefCell<BTreeMap<usize, Option<Comings>>>,
}

impl Line {
    pub(super) fn new(number: u32, origin: String, announced: u64) -> Self {
        Self {
            number,
            origin,
            announced,
            size: 0,
            before: Vec::new(),
            roots: Vec::new(),
            recent: VecDeque::new(),
            whole: Tree::default(),
            end: None,
            leaves: RefCell::default(),
            arrivals: RefCell::default(),
        }
    }

    /// Takes the leaves of the next bundle, and the root over them.
    pub(super) fn take(&mut self, leaves: Vec<Hash>, root: Hash) {
        self.before.push(self.whole.clone());
        self.size += count(leaves.len());
        if leaves.len() == TILE_WIDTH {
            self.whole.push(root);
        }
        self.recent.push_back((self.roots.len(), Leaves::of(leaves)));
        self.roots.push(root);
        if self.recent.len() > RECENT_BUNDLES {
            self.recent.pop_front();
        }
    }

    /// The root over everything read.
    pub(super) fn root(&self) -> Hash {
        self.end.unwrap_or_else(|| self.root_so_far())
    }

    fn root_so_far(&self) -> Hash {
        let rest = self.recent.back().filter(|(_, leaves)| leaves.all.len() < TILE_WIDTH);
        rest.and_then(|(_, leaves)| leaves.root(&self.whole, leaves.all.len())).unwrap_or_else(|| self.whole.root())
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
        if let Some((_, leaves)) = self.recent.iter().find(|(index, _)| *index == bundle) {
            return leaves.root(before, rest);
        }
        let mut kept = self.leaves.borrow_mut();
        let leaves = kept.entry(bundle).or_insert_with(|| {
            let raw = self.bundle(source, bundle)?;
            Some(Leaves::of(raw.iter().map(|entry| leaf_hash(entry)).collect()))
        });
        leaves.as_ref()?.root(before, rest)
    }

    /// The candidate whom an entry lets in, as `candidate` tells it.
    fn arrival(
        &self,
        source: &dyn ExportSource,
        seq: u64,
        candidate: fn(&Entry) -> Option<CandidateRef>,
    ) -> Option<CandidateRef> {
        let seq = usize::try_from(seq).ok().filter(|_| seq < self.size)?;
        let mut kept = self.arrivals.borrow_mut();
        let arrivals = kept.entry(seq / TILE_WIDTH).or_insert_with(|| {
            let raw = self.bundle(source, seq / TILE_WIDTH)?;
            Some(raw.iter().map(|entry| Entry::parse(entry).as_ref().and_then(candidate)).collect())
        });
        *arrivals.as_ref()?.get(seq % TILE_WIDTH)?
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

/// The leaves of a bundle, and, once an earlier root is asked for, the roots of each so many.
struct Leaves {
    all: Vec<Hash>,
    blocks: OnceCell<Vec<Hash>>,
}

impl Leaves {
    fn of(all: Vec<Hash>) -> Self {
        Self { all, blocks: OnceCell::new() }
    }

    /// The root of a tree that ends behind the first `rest` of these leaves.
    fn root(&self, before: &Tree, rest: usize) -> Option<Hash> {
        let roots = || self.all.chunks_exact(BLOCK).map(|block| Tree::of(block).root()).collect();
        let blocks = Tree::of(self.blocks.get_or_init(roots).get(..rest / BLOCK)?);
        Some(before.root_with(&[&blocks, &Tree::of(self.all.get(rest / BLOCK * BLOCK..rest)?)]))
    }
}

/// All segments of one export that were gone through.
pub(super) struct History<'a> {
    pub(super) source: &'a dyn ExportSource,
    /// In the order of their numbers.
    lines: Vec<Line>,
    /// Where each origin's segment is among them.
    named: BTreeMap<String, usize>,
    /// What witnesses signed, by the digest of the note: it stands in an entry and lies beside the log as a file.
    cosigned: RefCell<HashMap<Digest, Cosigned>>,
}

impl<'a> History<'a> {
    pub(super) fn new(source: &'a dyn ExportSource) -> Self {
        Self { source, lines: Vec::new(), named: BTreeMap::new(), cosigned: RefCell::default() }
    }

    /// Whose good signatures a note has, found out by `check` the first time.
    pub(super) fn cosigned(&self, note: &str, check: impl FnOnce() -> Cosigned) -> Cosigned {
        self.cosigned.borrow_mut().entry(digest(note.as_bytes())).or_insert_with(check).clone()
    }

    /// All segments.
    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The next segment begins; its number is higher than all before.
    pub(super) fn begin(&mut self, line: Line) {
        self.named.entry(line.origin.clone()).or_insert(self.lines.len());
        self.lines.push(line);
    }

    /// The segment that began last.
    pub(super) fn last_mut(&mut self) -> Option<&mut Line> {
        self.lines.last_mut()
    }

    /// Takes the segment that began last away again.
    pub(super) fn drop_last(&mut self) {
        let at = self.lines.len().saturating_sub(1);
        if let Some(line) = self.lines.pop()
            && self.named.get(&line.origin) == Some(&at)
        {
            self.named.remove(&line.origin);
        }
    }

    /// Lets go of what was read again; it would be read once more where it is asked for.
    pub(super) fn forget(&mut self) {
        self.cosigned.get_mut().clear();
        for line in &mut self.lines {
            line.end = Some(line.root());
            line.recent = VecDeque::new();
            line.leaves.get_mut().clear();
            line.arrivals.get_mut().clear();
        }
    }

    /// The segment of this number.
    pub(super) fn line(&self, segment: u32) -> Option<&Line> {
        let at = self.lines.binary_search_by_key(&segment, |line| line.number).ok()?;
        self.lines.get(at)
    }

    /// The segment of this origin.
    pub(super) fn named(&self, origin: &str) -> Option<&Line> {
        self.lines.get(*self.named.get(origin)?)
    }

    /// The root that a segment had at `size` entries.
    pub(super) fn root_at(&self, segment: u32, size: u64) -> Option<Hash> {
        self.line(segment)?.root_at(self.source, size)
    }

    /// The candidate whom an entry that was read before lets in, as `candidate` tells it.
    pub(super) fn arrival(
        &self,
        place: EntryRef,
        candidate: fn(&Entry) -> Option<CandidateRef>,
    ) -> Option<CandidateRef> {
        self.line(place.segment)?.arrival(self.source, place.seq, candidate)
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
    /// A small file of an export as text; `Ok(None)` when there is none.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, SourceFault> {
        let limit = Part::of(path).ok_or(SourceFault::Missing)?.max_len();
        match self.source.read(path, limit) {
            Ok(bytes) => Ok(Some(String::from_utf8(bytes.into_owned()).unwrap_or_default())),
            Err(SourceFault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Leaves of so many bundles stay in memory.
const RECENT_BUNDLES: usize = 4;
/// So many leaves of a bundle have a root that is kept.
const BLOCK: usize = 16;

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
