//! Rules about one desk's log of one session.

use super::{Opening, of_sittings::is_against};
use crate::{
    case::{Case, Rule, Subject},
    fact::{Fact, Kind},
    projection::{Log, LogState, Place},
};
use record::{CandidateRef, DocumentRef, EntryRef, RegistryState};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn open(opening: &mut Opening<'_>) {
    let review = opening.review;
    for (number, log) in (0..).zip(review.logs()).filter(|(_, log)| log.counts()) {
        let subject = Subject::Log(log.id.clone());
        for (rule, found) in judge(log) {
            let places: Vec<Place> = found.into_iter().map(|place| Place::of(number, place)).collect();
            opening.open(rule, subject.clone(), &places);
        }
        for fact in log.facts().filter(|fact| fact.kind == Kind::ManualAdmitted && fact.cand.is_none()) {
            opening.open(Rule::Unlisted, Subject::Entry(log.entry_id(fact)), &[Place::of(number, fact.place)]);
        }
        if !log.disputed.is_empty() {
            let entries = log.disputed.iter().map(|fact| log.entry_id(fact)).collect();
            opening.cases.push(Case::new(Rule::Contradiction, subject, vec![log.site.clone()], entries));
        }
    }
}

fn judge(log: &Log) -> Vec<(Rule, Vec<EntryRef>)> {
    let all = |wanted: &dyn Fn(&Fact) -> bool| -> Vec<EntryRef> {
        log.facts().filter(|fact| wanted(fact)).map(|fact| fact.place).collect()
    };
    let last = || log.facts().last().map(|fact| fact.place).into_iter().collect::<Vec<_>>();
    vec![
        (Rule::Late, all(&|fact| fact.kind.lets_in() && fact.is_late)),
        (Rule::RegistrySilent, registry_silent(log)),
        (Rule::TooFast, too_fast(log)),
        (Rule::Unanchored, unanchored(log)),
        (Rule::ClockMoved, all(&|fact| matches!(fact.kind, Kind::ClockJump | Kind::ClockConfirmed))),
        (Rule::Torn, all(&|fact| fact.kind == Kind::Open && fact.amount > 0)),
        (Rule::NotClosed, if log.state == LogState::Open { last() } else { Vec::new() }),
        (Rule::LookedUp, looked_up(log)),
    ]
}

/// The first and the last entry that nobody outside has seen.
fn unanchored(log: &Log) -> Vec<EntryRef> {
    let mut behind = log.facts().filter(|fact| !log.is_anchored(fact.place)).map(|fact| fact.place);
    let first = behind.next();
    first.into_iter().chain(behind.last()).collect()
}

/// Who was let in while a question about the card was open, which nothing has answered since.
fn registry_silent(log: &Log) -> Vec<EntryRef> {
    let mut answered: BTreeSet<DocumentRef> = BTreeSet::new();
    for fact in log.facts().filter(|fact| fact.kind == Kind::RegistryAnswer) {
        let is_word = fact.registry.is_some_and(|state| state == RegistryState::Match || is_against(state));
        answered.extend(fact.doc.filter(|_| is_word));
    }
    let open = |fact: &&Fact| {
        let is_open = matches!(fact.registry, Some(RegistryState::Pending | RegistryState::Refused));
        fact.kind.lets_in() && is_open && fact.doc.is_some_and(|doc| !answered.contains(&doc))
    };
    log.facts().filter(open).map(|fact| fact.place).collect()
}

/// Runs of [`FAST_RUN`] arrivals within [`FAST_RUN_MS`] by the boot clock: reading one chip takes seconds.
fn too_fast(log: &Log) -> Vec<EntryRef> {
    let arrivals: Vec<&Fact> = log.facts().filter(|fact| fact.kind == Kind::CheckIn).collect();
    let mut found = BTreeSet::new();
    for run in arrivals.windows(FAST_RUN) {
        let [first, .., last] = run else { continue };
        if first.boot == last.boot && last.boot_ms.saturating_sub(first.boot_ms) < FAST_RUN_MS {
            found.extend(run.iter().map(|fact| fact.place));
        }
    }
    found.into_iter().collect()
}

/// Rows that were picked by hand, and about whom this desk wrote nothing else.
fn looked_up(log: &Log) -> Vec<EntryRef> {
    let mut looks: BTreeMap<CandidateRef, Vec<EntryRef>> = BTreeMap::new();
    let mut dealt_with: BTreeSet<CandidateRef> = BTreeSet::new();
    for fact in log.facts() {
        let Some(cand) = fact.cand else { continue };
        match fact.kind {
            Kind::PersonViewed if fact.has_reason("search") => looks.entry(cand).or_default().push(fact.place),
            Kind::PersonViewed => (),
            _ => drop(dealt_with.insert(cand)),
        }
    }
    looks.retain(|cand, _| !dealt_with.contains(cand));
    let mut places: Vec<EntryRef> = looks.into_values().flatten().collect();
    places.sort_unstable();
    places
}

/// Arrivals of a run that is judged; fewer prove nothing.
const FAST_RUN: usize = 10;
/// A desk that reads two cards a second does what no reader does.
const FAST_RUN_MS: u64 = 5_000;
