//! Consistency of two sizes of one tree (RFC 6962 §2.1.2): the shorter history is the beginning of the longer.

use super::tree::{Hash, Tree, node_hash};

/// The most hashes of a proof: two a level of a tree of 2⁶³ entries.
pub const MAX_PROOF_LEN: usize = 126;

/// The proof that the tree over the first `old` of these leaves is the beginning of the tree over all of them.
/// Empty for `old` = 0 and for the whole tree; `None` when there are fewer leaves.
pub fn consistency_proof(leaves: &[Hash], old: u64) -> Option<Vec<Hash>> {
    let old = usize::try_from(old).ok().filter(|old| *old <= leaves.len())?;
    let mut proof = Vec::new();
    if old > 0 {
        subproof(leaves, old, true, &mut proof);
    }
    Some(proof)
}

/// True when `proof` shows that the tree of `old` is the beginning of the tree of `new`, each a size and a root.
///
/// ```
/// use diemdanh_tlog::consistency::{consistency_proof, is_consistent};
/// use diemdanh_tlog::tree::{Tree, leaf_hash};
///
/// let leaves = [b"one", b"two", b"six"].map(|entry| leaf_hash(entry));
/// let (old, new) = (Tree::of(&leaves[..2]).root(), Tree::of(&leaves).root());
/// let proof = consistency_proof(&leaves, 2).unwrap();
/// assert!(is_consistent((2, &old), (3, &new), &proof));
/// let another_past = Tree::of(&[leaf_hash(b"one"), leaf_hash(b"ten")]).root();
/// assert!(!is_consistent((2, &another_past), (3, &new), &proof));
/// ```
pub fn is_consistent(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    if old.0 == 0 || old.0 == new.0 {
        return proof.is_empty() && (old.0 == 0 || old.1 == new.1);
    }
    old.0 < new.0
        && proof.len() <= MAX_PROOF_LEN
        && roots(old, new.0, proof).is_some_and(|found| found == (*old.1, *new.1))
}

/// Both roots as the proof gives them, walking from the last entry of the old tree to the top.
fn roots(old: (u64, &Hash), new_size: u64, proof: &[Hash]) -> Option<(Hash, Hash)> {
    let (mut node, mut last) = (old.0 - 1, new_size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let mut proof = proof.iter();
    let first = if old.0.is_power_of_two() { old.1 } else { proof.next()? };
    let (mut old_root, mut new_root) = (*first, *first);
    for hash in proof {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            (old_root, new_root) = (node_hash(hash, &old_root), node_hash(hash, &new_root));
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new_root = node_hash(&new_root, hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    (last == 0).then_some((old_root, new_root))
}

fn subproof(leaves: &[Hash], old: usize, is_whole: bool, proof: &mut Vec<Hash>) {
    if old == leaves.len() {
        proof.extend((!is_whole).then(|| Tree::of(leaves).root()));
        return;
    }
    // The largest power of two below the number of leaves.
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    if old <= split {
        subproof(left, old, is_whole, proof);
        proof.push(Tree::of(right).root());
    } else {
        subproof(right, old - split, false, proof);
        proof.push(Tree::of(left).root());
    }
}
