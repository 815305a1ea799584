//! The Merkle tree of RFC 6962 §2.1 over SHA-256, and its tiles (C2SP `tlog-tiles`).

use sha2::{Digest as _, Sha256};

/// A SHA-256 value of the tree.
pub type Hash = [u8; 32];

/// Hashes of one level that a full tile holds.
pub const TILE_WIDTH: usize = 256;

/// The hash of an entry: `SHA-256(00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two subtrees: `SHA-256(01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A growing tree, of which only the roots of its complete subtrees are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// Roots of the complete subtrees, largest first.
    peaks: Vec<Hash>,
}

impl Tree {
    /// The tree over hashes of entries ([`leaf_hash`]), not over the entries themselves.
    pub fn of(leaves: &[Hash]) -> Self {
        let mut tree = Self::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        tree
    }

    /// How many leaves were pushed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one more leaf, the [`leaf_hash`] of an entry. Takes O(log n) hashes at worst and O(1) on average.
    pub fn push(&mut self, leaf: Hash) {
        let merges = self.size.trailing_ones();
        let whole = (0..merges).fold(leaf, |right, _| match self.peaks.pop() {
            Some(left) => node_hash(&left, &right),
            None => right,
        });
        self.peaks.push(whole);
        self.size += 1;
    }

    /// The root; of the empty tree the hash of nothing.
    pub fn root(&self) -> Hash {
        root_of(&self.peaks)
    }

    /// The root of the tree that starts with whole tiles, over whose roots this tree stands, and goes on with `rest`:
    /// trees over the roots of ever smaller whole subtrees, and at last over entries, each part too small to make one
    /// more of those before it.
    pub fn root_with(&self, rest: &[&Self]) -> Hash {
        let rest = rest.iter().flat_map(|tree| &tree.peaks);
        root_of(&self.peaks.iter().chain(rest).copied().collect::<Vec<_>>())
    }
}

/// The hashes beside the way from leaf `index` up to the root over `leaves`, lowest first (RFC 6962 §2.1.1); `None`
/// when there is no such leaf.
///
/// ```
/// use diemdanh_tlog::tree::{Tree, inclusion_proof, leaf_hash, root_from_proof};
///
/// let leaves: Vec<_> = [b"one", b"two", b"six"].map(|entry| leaf_hash(entry)).to_vec();
/// let proof = inclusion_proof(&leaves, 2).unwrap();
/// assert_eq!(proof.len(), 1, "the root over the first two");
/// assert_eq!(root_from_proof(leaf_hash(b"six"), 2, 3, &proof), Some(Tree::of(&leaves).root()));
/// assert_ne!(root_from_proof(leaf_hash(b"ten"), 2, 3, &proof), Some(Tree::of(&leaves).root()));
/// ```
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (own, own_index, other) =
        if index < left.len() { (left, index, right) } else { (right, index - left.len(), left) };
    let mut proof = inclusion_proof(own, own_index)?;
    proof.push(Tree::of(other).root());
    Some(proof)
}

/// The root that `leaf` at `index` of a tree of `size` has with this proof; `None` when the proof has another length.
pub fn root_from_proof(leaf: Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    let (mut node, mut last, mut hash) = (index, size.checked_sub(1).filter(|last| index <= *last)?, leaf);
    for beside in proof {
        if last == 0 {
            return None;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(beside, &hash);
            while node % 2 == 0 && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        (node, last) = (node / 2, last / 2);
    }
    (last == 0).then_some(hash)
}

/// One tile: hashes of complete subtrees, side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its path below the tree's folder, `tile/<L>/<N>[.p/<W>]`.
    pub path: String,
    /// Its hashes, one behind the other.
    pub bytes: Vec<u8>,
}

fn root_of(peaks: &[Hash]) -> Hash {
    let mut peaks = peaks.iter().rev();
    match peaks.next() {
        None => Sha256::digest([]).into(),
        Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
    }
}

/// All tiles of the tree over `leaves`, lowest level first.
pub fn tiles(leaves: &[Hash]) -> Vec<Tile> {
    tiles_from(0, leaves.to_vec())
}

/// The tiles from `lowest` upwards, over all hashes of that level.
pub fn tiles_from(lowest: u32, mut hashes: Vec<Hash>) -> Vec<Tile> {
    let mut out = Vec::new();
    for level in lowest.. {
        if hashes.is_empty() {
            break;
        }
        for (index, chunk) in hashes.chunks(TILE_WIDTH).enumerate() {
            out.push(Tile { path: tile_path(&level.to_string(), index, chunk.len()), bytes: chunk.concat() });
        }
        hashes = hashes.chunks_exact(TILE_WIDTH).map(|chunk| Tree::of(chunk).root()).collect();
    }
    out
}

/// The path of a tile or bundle: groups of three digits, all but the last with an `x` in front; `.p/<W>` where it
/// is not full.
pub fn tile_path(level: &str, index: usize, width: usize) -> String {
    let mut groups = vec![format!("{:03}", index % 1000)];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.insert(0, format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    let partial = if width < TILE_WIDTH { format!(".p/{width}") } else { String::new() };
    format!("tile/{level}/{}{partial}", groups.join("/"))
}
