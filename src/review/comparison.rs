//! Desks and sites of a session beside each other: how many of those let in were let in by hand.
//!
//! What stands out is a reason to look, never a case: by chance alone some place stands out somewhere. Both comparisons of
//! a session share one expected false flag, each half of it. Entries that were typed in from paper and guests are in
//! neither number: a day on paper is a site's power cut, a guest is the council's order.

use crate::Kind;
use crate::projection::Review;
use crate::rates::{Flag, Share, flags_within};
use std::collections::BTreeMap;

/// What is held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compared {
    /// Desk against desk.
    Desks,
    /// Site against site.
    Sites,
}

impl Compared {
    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Desks => "desks",
            Self::Sites => "sites",
        }
    }
}

/// What was compared in a session, and what lies above what chance explains.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The session, as a number of the exam's sessions.
    pub session: usize,
    /// What is held against each other.
    pub what: Compared,
    /// How many of them let anybody in.
    pub compared: usize,
    /// Those above the limit, by name.
    pub flags: Vec<Flag>,
}

/// Manual admissions, session by session: desks, then sites. A session with fewer than two of a kind compares nothing.
pub fn manual_admissions(review: &Review) -> Vec<Comparison> {
    let mut counts: BTreeMap<(usize, Compared, String), (u64, u64)> = BTreeMap::new();
    for log in review.logs().iter().filter(|log| log.counts()) {
        let Some(session) = log.session else { continue };
        let (hits, of) = log.packed().rows().iter().fold((0, 0), |(hits, of), row| match row.kind {
            Kind::ManualAdmitted => (hits + 1, of + 1),
            Kind::CheckIn => (hits, of + 1),
            _ => (hits, of),
        });
        for (what, name) in [(Compared::Desks, log.id.desk()), (Compared::Sites, log.site.as_str())] {
            let count = counts.entry((session, what, name.to_owned())).or_default();
            *count = (count.0 + hits, count.1 + of);
        }
    }
    let mut shares: BTreeMap<(usize, Compared), Vec<Share>> = BTreeMap::new();
    for ((session, what, name), (hits, of)) in counts.into_iter().filter(|(_, (_, of))| *of > 0) {
        shares.entry((session, what)).or_default().push(Share { name, hits, of });
    }
    let judged = shares.into_iter().filter(|(_, shares)| shares.len() > 1).map(|((session, what), shares)| {
        Comparison { session, what, compared: shares.len(), flags: flags_within(&shares, EXPECTED_FALSE / COMPARISONS) }
    });
    judged.collect()
}

/// So many flags of honest places are expected in a session at most.
const EXPECTED_FALSE: f64 = 1.0;
/// Comparisons of a session.
const COMPARISONS: f64 = 2.0;
