//! All verified exports together: of each log what is known of it, once.

use crate::fact::{Fact, LogId};
use crate::packed::Facts;
use record::EntryRef;
use std::collections::{BTreeMap, BTreeSet};

/// What one verified export says.
///
/// Whoever makes one has found the export sound (`diemdanh-board verify`: clean, or clean with remarks) under the
/// board's key. Nothing else may be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Whose log.
    pub log: LogId,
    /// The site in the desk's certificate; empty for a desk that serves every site.
    pub site: String,
    /// A training log.
    pub training: bool,
    /// Its entries, segment by segment, in the order of their numbers.
    pub facts: Facts,
    /// The furthest entry that somebody outside has signed: segment, and how many of its entries.
    pub anchored: Option<(u32, u64)>,
}

/// One segment of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFacts {
    /// Its number, from 1.
    pub number: u32,
    /// Its entries, in their order, from the first.
    pub facts: Vec<Fact>,
}

/// What became of an export that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taken {
    /// The first of its log.
    New,
    /// Longer than what was known of its log, and the same up to there.
    Longer,
    /// What was known already.
    Same,
    /// Shorter than what is known, and the same up to its end.
    Older,
    /// Another history than what is known: both are kept, and what is not common to both is disputed.
    Contradicts,
}

impl Taken {
    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Longer => "longer",
            Self::Same => "same",
            Self::Older => "older",
            Self::Contradicts => "contradicts",
        }
    }
}

/// What is known of one log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its histories, none of which is where another begins: one, or several that contradict each other.
    pub(crate) histories: Vec<Facts>,
    /// Entries that somebody outside has signed, each the last of its anchor.
    pub(crate) anchors: BTreeSet<Leaf>,
    /// What the certificates of its exports name.
    pub(crate) sites: BTreeSet<String>,
    pub(crate) training: bool,
}

/// Where an entry stands and what it is.
pub(crate) type Leaf = (EntryRef, [u8; 32]);

/// All that was taken in. The same exports give the same whole, in whatever order and however often they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    logs: BTreeMap<LogId, Known>,
}

impl Intake {
    /// Takes one in.
    pub fn take(&mut self, export: Export) -> Taken {
        let known = self.logs.entry(export.log.clone()).or_default();
        known.anchors.extend(export.last_anchored());
        known.sites.insert(export.site);
        known.training |= export.training;
        known.take(export.facts)
    }

    /// Takes in all of another intake.
    pub fn merge(&mut self, other: Self) {
        for (id, more) in other.logs {
            let known = self.logs.entry(id).or_default();
            known.anchors.extend(more.anchors);
            known.sites.extend(more.sites);
            known.training |= more.training;
            more.histories.into_iter().for_each(|history| {
                known.take(history);
            });
        }
    }

    /// How many logs are known.
    pub fn len(&self) -> usize {
        self.logs.len()
    }

    /// True when nothing was taken in.
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// Gives the logs away, in the order of their names.
    pub(crate) fn into_logs(self) -> impl Iterator<Item = (LogId, Known)> {
        self.logs.into_iter()
    }
}

impl Export {
    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// True for an export without an entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn last_anchored(&self) -> Option<Leaf> {
        let (number, size) = self.anchored?;
        let last = EntryRef { segment: number, seq: size.checked_sub(1)? };
        Some((last, self.facts.hashes().get(self.facts.at(last)?)?.0))
    }
}

impl Known {
    fn take(&mut self, history: Facts) -> Taken {
        let taken = self.judge(&history);
        if !matches!(taken, Taken::Same | Taken::Older) {
            self.histories.retain(|one| !is_beginning(one, &history));
            self.histories.push(history);
            self.histories.sort_by(|one, other| one.leaves().cmp(other.leaves()));
        }
        taken
    }

    fn judge(&self, history: &Facts) -> Taken {
        let known = &self.histories;
        if known.is_empty() {
            return Taken::New;
        }
        if known.iter().any(|one| one.leaves().eq(history.leaves())) {
            return Taken::Same;
        }
        match known.as_slice() {
            known if known.iter().any(|one| is_beginning(history, one)) => Taken::Older,
            [one] if is_beginning(one, history) => Taken::Longer,
            _ => Taken::Contradicts,
        }
    }
}

/// True where `one` is where `other` begins, or all of it. Two histories with the same leaves are one.
fn is_beginning(one: &Facts, other: &Facts) -> bool {
    let mut rest = other.leaves();
    one.leaves().all(|leaf| rest.next() == Some(leaf))
}
