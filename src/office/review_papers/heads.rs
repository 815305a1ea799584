//! Where each desk's log ends: what papers name, so that whoever holds one can hold a log against it.

use bits::{base32, hex};
use paper::official::{FOOT_LINES, Foot};
use record::segment::digest;
use review::{Log, Review};
use std::fmt::Write as _;
use tlog::tree::Tree;

/// The end of one log, as the checkpoint over its last segment has it.
pub(super) struct Head<'a> {
    /// The log.
    pub(super) log: &'a Log,
    /// Its last segment.
    pub(super) segment: u32,
    /// How many entries that segment has.
    pub(super) entries: usize,
    /// The root over them.
    pub(super) root: [u8; 32],
}

impl Head<'_> {
    /// The characters that the desk's closing screen showed.
    pub(super) fn characters(&self) -> String {
        base32::twenty_six(&self.root)
    }

    /// The root, in full.
    pub(super) fn root_hex(&self) -> String {
        hex::encode_lower(&self.root)
    }
}

/// The heads of all logs about who sat, in the order of their names.
pub(super) fn all_heads(review: &Review) -> Vec<Head<'_>> {
    review.logs().iter().filter(|log| log.counts()).filter_map(head).collect()
}

fn head(log: &Log) -> Option<Head<'_>> {
    let facts = log.packed();
    let (segment, entries) = facts.segments().last()?;
    let leaves: Vec<[u8; 32]> = facts.hashes().iter().skip(facts.len() - entries).map(|leaf| leaf.0).collect();
    Some(Head { log, segment, entries, root: Tree::of(&leaves).root() })
}

/// SHA-256 over the heads, a line each: log, segment, entries, root.
pub(super) fn digest_of(heads: &[&Head<'_>]) -> String {
    let mut lines = String::new();
    for head in heads {
        let _ = writeln!(lines, "{} {} {} {}", head.log.id, head.segment, head.entries, head.root_hex());
    }
    digest(lines.as_bytes()).to_string()
}

/// What a foot says in the forms' words.
pub(super) struct FootWords<'a> {
    /// Of what the digest is.
    pub(super) digest: &'a str,
    /// A log, its digest on the next line.
    pub(super) log: &'a str,
    /// How many more there are.
    pub(super) more: &'a str,
}

/// The foot of a paper: the digest over the heads, and the first logs as far as there is room. `about` names the paper.
pub(super) fn foot(heads: &[&Head<'_>], of: &str, about: &str, names_logs: bool, words: &FootWords<'_>) -> Foot {
    let digest = digest_of(heads);
    let first = words.digest.replace("{heads}", &heads.len().to_string()).replace("{of}", of);
    let mut lines = vec![first, digest.clone()];
    let shown = if names_logs { heads.len().min((FOOT_LINES - lines.len() - 1) / 2) } else { 0 };
    for head in heads.iter().take(shown) {
        let line = words.log.replace("{log}", head.log.id.as_str()).replace("{segment}", &head.segment.to_string());
        let line = line.replace("{entries}", &head.entries.to_string()).replace("{characters}", &head.characters());
        lines.extend([line, head.root_hex()]);
    }
    if names_logs && heads.len() > shown {
        lines.push(words.more.replace("{more}", &(heads.len() - shown).to_string()));
    }
    Foot { lines, code: Some(format!("diemdanh/paper/v1\n{about}\n{digest}\n")) }
}
