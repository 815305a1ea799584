//! The one rule for what counts about a candidate: which of all entries, of one log or of many, is in force.
//!
//! | What stands about somebody | What counts |
//! |---|---|
//! | an arrival (`check-in`, `guest`, a `manual-decision` or a `paper-decision` that lets in) that no `undo` names | in |
//! | no such arrival, a `not-admitted` or a decision not to let in | not admitted |
//! | none of these, a `referred` | referred: nobody has decided |
//! | none of these, an `elsewhere` | was shown the way |
//! | none of these | nothing |
//!
//! No clock decides: which entry was written first or last is no argument, because the desks' clocks are not one. A
//! second arrival does not replace the first; both stand, and somebody has to look. What is said of nobody in
//! particular, and what only accompanies an arrival (`re-entry`, `duplicate-reported`), changes nothing here.

use super::{AttendanceEvent, CandidateRef, EntryRef, Kind};
use std::collections::BTreeSet;

/// What one entry says about whether somebody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Saying {
    /// Was let in.
    Arrived,
    /// Was not let in.
    NotAdmitted,
    /// Was sent to the head of site.
    Referred,
    /// Was sent to another place.
    Elsewhere,
    /// An earlier entry of the same log does not count any more.
    Undone(EntryRef),
}

impl Saying {
    /// What an entry of this kind says; `refers` is the earlier entry that it names. The one place of this rule.
    pub fn of_kind(kind: Kind, refers: Option<EntryRef>) -> Option<Self> {
        Some(match kind {
            Kind::CheckIn | Kind::ManualAdmitted | Kind::Guest | Kind::PaperAdmitted => Self::Arrived,
            Kind::NotAdmitted | Kind::ManualNotAdmitted | Kind::PaperNotAdmitted => Self::NotAdmitted,
            Kind::Referred => Self::Referred,
            Kind::Elsewhere => Self::Elsewhere,
            Kind::Undo => Self::Undone(refers?),
            _ => return None,
        })
    }

    /// What an event says, and about whom; an `undo` names an entry and nobody. `None` where it says nothing of the
    /// kind, or of nobody in particular.
    pub fn of(event: &AttendanceEvent) -> Option<(Option<CandidateRef>, Self)> {
        let refers = if let AttendanceEvent::Undo { refers, .. } = event { Some(*refers) } else { None };
        let saying = Self::of_kind(Kind::of(event), refers)?;
        let cand = about(event);
        (cand.is_some() || matches!(saying, Self::Undone(_))).then_some((cand, saying))
    }

    /// Whom an event lets in.
    pub fn arrival(event: &AttendanceEvent) -> Option<CandidateRef> {
        Self::of(event).filter(|(_, saying)| *saying == Self::Arrived).and_then(|(cand, _)| cand)
    }
}

/// The candidate whom an event of these kinds is about.
fn about(event: &AttendanceEvent) -> Option<CandidateRef> {
    use AttendanceEvent as E;
    match event {
        E::CheckIn(one) => Some(one.cand),
        E::Guest { cand, .. } | E::PaperDecision { cand, .. } | E::Elsewhere { cand, .. } => Some(*cand),
        E::ManualDecision { cand, .. } | E::NotAdmitted { cand, .. } | E::Referred { cand, .. } => *cand,
        _ => None,
    }
}

/// What is in force about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InForce {
    /// Is in.
    In,
    /// Was not let in.
    NotAdmitted,
    /// Was sent to the head of site, and nobody has decided.
    Referred,
    /// Was shown the way to another place.
    Elsewhere,
    /// Nothing was said, or everything that was said was taken back.
    Nothing,
}

/// What counts about one candidate, with the entries that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective<L> {
    /// What is in force.
    pub in_force: InForce,
    /// The entries behind it, in the order of their places: with several arrivals all of them.
    pub behind: Vec<(L, EntryRef)>,
    /// Arrivals that were taken back.
    pub undone: Vec<(L, EntryRef)>,
}

/// What counts, from what entries say about one candidate, each with its log and its place. An entry may be told twice
/// and in any order.
pub fn effective<L: Ord + Copy>(said: impl IntoIterator<Item = (L, EntryRef, Saying)>) -> Effective<L> {
    let said: BTreeSet<(L, EntryRef, Saying)> = said.into_iter().collect();
    let taken_back: BTreeSet<(L, EntryRef)> = said
        .iter()
        .filter_map(|(log, place, saying)| match saying {
            // An entry takes back what stands before it, in its own log.
            Saying::Undone(refers) if refers < place => Some((*log, *refers)),
            _ => None,
        })
        .collect();
    let places = |wanted: Saying, is_undone: bool| -> Vec<(L, EntryRef)> {
        let fits = said.iter().filter(|(_, _, saying)| *saying == wanted);
        let places = fits.map(|(log, place, _)| (*log, *place));
        places.filter(|place| (wanted == Saying::Arrived && taken_back.contains(place)) == is_undone).collect()
    };
    let undone = places(Saying::Arrived, true);
    let ranked = [
        (Saying::Arrived, InForce::In),
        (Saying::NotAdmitted, InForce::NotAdmitted),
        (Saying::Referred, InForce::Referred),
        (Saying::Elsewhere, InForce::Elsewhere),
    ];
    let first = ranked.into_iter().map(|(saying, in_force)| (in_force, places(saying, false)));
    let found = first.into_iter().find(|(_, behind)| !behind.is_empty());
    let (in_force, behind) = found.unwrap_or((InForce::Nothing, Vec::new()));
    Effective { in_force, behind, undone }
}
