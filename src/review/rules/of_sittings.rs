//! Rules about one candidate in one session.

use super::Opening;
use crate::{
    case::{Rule, Subject},
    fact::{Fact, Kind, Word},
    projection::Place,
    sitting::{Sitting, State},
};
use record::{ChipState, RegistryState};
use std::collections::BTreeSet;

pub(super) fn open(opening: &mut Opening<'_>) {
    let review = opening.review;
    for session in 0..review.expected().sessions().len() {
        let Some(id) = review.expected().sessions().get(session).map(|session| session.id.clone()) else { continue };
        for sitting in review.read_together(session) {
            let facts: Vec<(Place, Fact)> =
                sitting.entries.iter().filter_map(|place| Some((*place, review.fact(*place)?))).collect();
            let facts: Vec<(Place, &Fact)> = facts.iter().map(|(place, fact)| (*place, fact)).collect();
            let subject = Subject::Sitting { session: id.clone(), cand: sitting.cand };
            for (rule, places) in judge(&sitting, &facts) {
                opening.open(rule, subject.clone(), &places);
            }
        }
    }
}

/// What each rule finds. Of what no rule looks at, [`crate::touches::Standing`] keeps a list: a rule that looks at more
/// changes it.
fn judge(sitting: &Sitting, facts: &[(Place, &Fact)]) -> Vec<(Rule, Vec<Place>)> {
    let standing = Standing::of(facts);
    let let_in = |wanted: &dyn Fn(&Fact) -> bool| standing.let_in(wanted);
    let any = |wanted: &dyn Fn(&Fact) -> bool| places(facts, wanted);
    vec![
        (Rule::Twice, twice(&standing, facts)),
        (Rule::Stranger, if sitting.person.is_none() { let_in(&|_| true) } else { Vec::new() }),
        (Rule::CheckOverruled, let_in(&|fact| fact.chip.is_some_and(is_not_proven))),
        (Rule::Manual, let_in(&|fact| matches!(fact.kind, Kind::ManualAdmitted | Kind::Guest | Kind::PaperAdmitted))),
        (Rule::OnePerson, any(&|fact| fact.second.as_ref() == Some(&fact.op))),
        (Rule::RegistryBefore, let_in(&|fact| fact.registry.is_some_and(is_against))),
        (Rule::RegistryAfter, registry_after(&standing, facts)),
        (Rule::RefusedThenIn, refused_and_in(&standing, facts)),
        (Rule::PortraitDoubted, any(&|fact| fact.kind == Kind::PortraitDoubted || fact.has_reason(PORTRAIT_DIFFERS))),
        (Rule::Undone, any(&|fact| fact.kind == Kind::Undo)),
        (Rule::Undecided, undecided(sitting, facts)),
        (Rule::TooLate, let_in(&|fact| fact.has_reason(TOO_LATE))),
    ]
}

/// Arrivals and re-entries that nobody took back.
struct Standing<'a> {
    arrivals: Vec<(Place, &'a Fact)>,
    again: Vec<(Place, &'a Fact)>,
}

impl<'a> Standing<'a> {
    fn of(facts: &[(Place, &'a Fact)]) -> Self {
        let undone: BTreeSet<_> = facts
            .iter()
            .filter(|(_, fact)| fact.kind == Kind::Undo)
            .filter_map(|(place, fact)| Some((place.log, fact.refers.filter(|refers| *refers < fact.place)?)))
            .collect();
        let stands =
            |(place, fact): &&(Place, &Fact)| fact.kind.lets_in() && !undone.contains(&(place.log, fact.place));
        Self {
            arrivals: facts.iter().filter(stands).copied().collect(),
            again: facts.iter().filter(|(_, fact)| fact.kind == Kind::ReEntry).copied().collect(),
        }
    }

    /// Every entry that let this person in, the first time or again, and is `wanted`.
    fn let_in(&self, wanted: &dyn Fn(&Fact) -> bool) -> Vec<Place> {
        let all = self.arrivals.iter().chain(&self.again);
        all.filter(|(_, fact)| wanted(fact)).map(|(place, _)| *place).collect()
    }
}

/// Two arrivals, or one on whom somebody else came: both sides in one case.
fn twice(standing: &Standing<'_>, facts: &[(Place, &Fact)]) -> Vec<Place> {
    let reported = places(facts, &|fact| fact.kind == Kind::DuplicateReported);
    let arrivals = standing.arrivals.iter().map(|(place, _)| *place);
    if standing.arrivals.len() < 2 && reported.is_empty() {
        return Vec::new();
    }
    arrivals.chain(reported).collect()
}

/// An answer behind an arrival at the same desk on the same card; boots do not matter, the log's order does.
fn registry_after(standing: &Standing<'_>, facts: &[(Place, &Fact)]) -> Vec<Place> {
    let is_behind = |place: &Place, answer: &Fact| {
        standing.arrivals.iter().any(|(arrival, fact)| {
            arrival.log == place.log && arrival < place && (answer.doc.is_none() || answer.doc == fact.doc)
        })
    };
    let told = |fact: &Fact| matches!(fact.kind, Kind::RegistryAnswer | Kind::LateAnswer);
    let against = facts
        .iter()
        .filter(|(place, fact)| told(fact) && fact.registry.is_some_and(is_against) && is_behind(place, fact));
    let against: Vec<Place> = against.map(|(place, _)| *place).collect();
    match against.is_empty() {
        true => Vec::new(),
        false => standing.arrivals.iter().map(|(place, _)| *place).chain(against).collect(),
    }
}

fn refused_and_in(standing: &Standing<'_>, facts: &[(Place, &Fact)]) -> Vec<Place> {
    let refused = places(facts, &|fact| {
        matches!(fact.kind, Kind::NotAdmitted | Kind::ManualNotAdmitted | Kind::PaperNotAdmitted)
    });
    match standing.arrivals.is_empty() || refused.is_empty() {
        true => Vec::new(),
        false => standing.arrivals.iter().map(|(place, _)| *place).chain(refused).collect(),
    }
}

fn undecided(sitting: &Sitting, facts: &[(Place, &Fact)]) -> Vec<Place> {
    match sitting.state {
        State::Referred => places(facts, &|fact| fact.kind == Kind::Referred),
        _ => Vec::new(),
    }
}

fn places(facts: &[(Place, &Fact)], wanted: &dyn Fn(&Fact) -> bool) -> Vec<Place> {
    facts.iter().filter(|(_, fact)| wanted(fact)).map(|(place, _)| *place).collect()
}

/// A reason by which a rule finds an entry, of whatever kind that is.
pub(crate) fn is_told_by_reasons(reason: &Word) -> bool {
    [PORTRAIT_DIFFERS, TOO_LATE].contains(&reason.as_str())
}

/// The inspection proved nothing. A person without a card (`not-read`) is a manual admission and not this.
pub(crate) fn is_not_proven(chip: ChipState) -> bool {
    matches!(chip, ChipState::Fail | ChipState::Unknown | ChipState::Access)
}

/// The registry said something against the card or its holder.
pub(crate) fn is_against(state: RegistryState) -> bool {
    use RegistryState::{CardInvalid, Match, Mismatch, NotAsked, NotFound, Pending, Refused, UnknownCode};
    match state {
        Mismatch | CardInvalid | NotFound | UnknownCode => true,
        Match | Pending | NotAsked | Refused => false,
    }
}

/// The desk's code for somebody who comes after the last entry.
const TOO_LATE: &str = "w03";
/// The desk's code for a portrait that was said not to be this person's.
const PORTRAIT_DIFFERS: &str = "portrait-differs";
