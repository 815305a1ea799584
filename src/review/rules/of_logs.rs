//! Rules about one desk's log of one session.

use super::{Opening, of_sittings::is_against};
use crate::{
    case::{Case, Rule, Subject},
    fact::Kind,
    packed::{Facts, NOBODY, Row},
    projection::{Log, LogState, Place},
};
use bits::spread::Spread;
use record::{EntryRef, RegistryState};
use std::collections::BTreeSet;

/// What was found in one log: entries of each rule, and arrivals of nobody on the list.
type Judged = (Vec<(Rule, Vec<EntryRef>)>, Vec<EntryRef>);

pub(super) fn open<S: Spread>(opening: &mut Opening<'_>, spread: &S) {
    let (review, logs) = (opening.review, opening.review.logs());
    let mut judged: Vec<Option<Judged>> = Vec::with_capacity(logs.len());
    let one = |number: usize| logs.get(number).filter(|log| log.counts()).map(|log| (judge(log), unlisted(log)));
    spread.in_order(logs.len(), &one, &mut |one| {
        judged.push(one);
        true
    });
    for ((number, log), judged) in (0..).zip(review.logs()).zip(judged) {
        let Some((found, unlisted)) = judged else { continue };
        let subject = Subject::Log(log.id.clone());
        for (rule, found) in found {
            let places: Vec<Place> = found.into_iter().map(|place| Place::of(number, place)).collect();
            opening.open(rule, subject.clone(), &places);
        }
        for place in unlisted.into_iter().map(|place| Place::of(number, place)) {
            let entry = review.entry_id(place).map(Subject::Entry);
            entry.into_iter().for_each(|entry| opening.open(Rule::Unlisted, entry, &[place]));
        }
        if !log.disputed.is_empty() {
            let entries = log.disputed.iter().map(|fact| log.entry_id(fact)).collect();
            opening.cases.push(Case::new(Rule::Contradiction, subject, vec![log.site.clone()], entries));
        }
    }
}

fn unlisted(log: &Log) -> Vec<EntryRef> {
    all(log, |_, row| row.kind == Kind::ManualAdmitted && row.cand == NOBODY)
}

fn all(log: &Log, wanted: impl Fn(&Facts, &Row) -> bool) -> Vec<EntryRef> {
    let facts = log.packed();
    let rows = facts.rows().iter().enumerate().filter(|(_, row)| wanted(facts, row));
    rows.map(|(at, _)| facts.place(at)).collect()
}

fn judge(log: &Log) -> Vec<(Rule, Vec<EntryRef>)> {
    let last = || log.packed().leaves().next_back().map(|(place, _)| place).into_iter().collect::<Vec<_>>();
    let is_torn =
        |facts: &Facts, row: &Row| row.kind == Kind::Open && facts.more(row).is_some_and(|more| more.amount > 0);
    vec![
        (Rule::Late, all(log, |_, row| row.kind.lets_in() && row.is_late)),
        (Rule::RegistrySilent, registry_silent(log)),
        (Rule::TooFast, too_fast(log)),
        (Rule::Unanchored, unanchored(log)),
        (Rule::ClockMoved, all(log, |_, row| matches!(row.kind, Kind::ClockJump | Kind::ClockConfirmed))),
        (Rule::Torn, all(log, is_torn)),
        (Rule::NotClosed, if log.state == LogState::Open { last() } else { Vec::new() }),
        (Rule::LookedUp, looked_up(log)),
    ]
}

/// The first and the last entry that nobody outside has seen.
fn unanchored(log: &Log) -> Vec<EntryRef> {
    let mut behind = log.packed().leaves().map(|(place, _)| place).filter(|place| !log.is_anchored(*place));
    let first = behind.next();
    first.into_iter().chain(behind.next_back()).collect()
}

/// Who was let in while a question about the card was open, which nothing has answered since.
fn registry_silent(log: &Log) -> Vec<EntryRef> {
    let mut answered = Marked::of(log.packed());
    for row in log.packed().rows().iter().filter(|row| row.kind == Kind::RegistryAnswer) {
        if row.registry.is_some_and(|state| state == RegistryState::Match || is_against(state)) {
            answered.mark(row.doc);
        }
    }
    all(log, |_, row| {
        let is_open = matches!(row.registry, Some(RegistryState::Pending | RegistryState::Refused));
        row.kind.lets_in() && is_open && row.doc != NOBODY && !answered.is_marked(row.doc)
    })
}

/// Runs of [`FAST_RUN`] arrivals within [`FAST_RUN_MS`] by the boot clock: reading one chip takes seconds.
fn too_fast(log: &Log) -> Vec<EntryRef> {
    let rows = log.packed().rows().iter().enumerate();
    let arrivals: Vec<(usize, &Row)> = rows.filter(|(_, row)| row.kind == Kind::CheckIn).collect();
    let mut found = BTreeSet::new();
    for run in arrivals.windows(FAST_RUN) {
        let [(_, first), .., (_, last)] = run else { continue };
        if first.boot == last.boot && last.boot_ms.saturating_sub(first.boot_ms) < FAST_RUN_MS {
            found.extend(run.iter().map(|(at, _)| *at));
        }
    }
    found.into_iter().map(|at| log.packed().place(at)).collect()
}

/// Rows that were picked by hand, and about whom this desk wrote nothing else.
fn looked_up(log: &Log) -> Vec<EntryRef> {
    let mut dealt_with = Marked::of(log.packed());
    for row in log.packed().rows().iter().filter(|row| row.kind != Kind::PersonViewed) {
        dealt_with.mark(row.cand);
    }
    let is_search = |facts: &Facts, row: &Row| {
        facts.more(row).is_some_and(|more| more.reasons.iter().any(|reason| reason.as_str() == "search"))
    };
    all(log, |facts, row| {
        let is_look = row.kind == Kind::PersonViewed && row.cand != NOBODY && is_search(facts, row);
        is_look && !dealt_with.is_marked(row.cand)
    })
}

/// People or cards of a log of whom something is so.
struct Marked(Vec<bool>);

impl Marked {
    fn of(facts: &Facts) -> Self {
        Self(vec![false; facts.ids().len()])
    }

    fn mark(&mut self, id: u32) {
        if let Some(mark) = usize::try_from(id).ok().and_then(|id| self.0.get_mut(id)) {
            *mark = true;
        }
    }

    fn is_marked(&self, id: u32) -> bool {
        usize::try_from(id).ok().and_then(|id| self.0.get(id)) == Some(&true)
    }
}

/// Arrivals of a run that is judged; fewer prove nothing.
const FAST_RUN: usize = 10;
/// A desk that reads two cards a second does what no reader does.
const FAST_RUN_MS: u64 = 5_000;
