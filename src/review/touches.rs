//! Which entries are about whom: one column a session, by candidates, so that millions of entries are found without a map.

use crate::{
    expected::Expected,
    fact::Kind,
    packed::{Facts, NOBODY, Row},
    projection::Log,
    rules::of_sittings::{is_against, is_not_proven, is_told_by_reasons},
};
use bits::spread::Spread;
use record::CandidateRef;

/// An entry by its log's number and where it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) log: u32,
    pub(crate) at: u32,
}

/// What entries about one candidate come to in a session, told without reading them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Standing {
    /// Nothing says whether she is in, and nothing is there that a rule looks at.
    #[default]
    Silent,
    /// She was let in once, and nothing is there that a rule looks at.
    Once,
    /// Anything else: the entries have to be read together.
    Read,
}

/// Entries by sessions and candidates.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touches {
    /// Whom no list has, by their ids.
    strangers: Vec<CandidateRef>,
    people: usize,
    sessions: Vec<OfSession>,
}

/// Slots are the rows of the list, then the strangers.
#[derive(Debug, Clone, Default)]
struct OfSession {
    /// Where each slot's entries begin; one more for the end.
    starts: Vec<u32>,
    spots: Vec<Spot>,
    standings: Vec<Standing>,
}

/// Everybody whom a log's entries are about.
struct OfLog {
    session: usize,
    log: u32,
    strangers: Vec<CandidateRef>,
    touched: Vec<Touched>,
}

/// One entry about one candidate, while all are put together.
struct Touched {
    /// A row of the list, or behind all rows one of the log's strangers.
    slot: u32,
    at: u32,
    standing: Standing,
}

impl Touches {
    /// Goes through all logs that count.
    pub(crate) fn of<S: Spread>(spread: &S, expected: &Expected, logs: &[Log]) -> Self {
        let mut all: Vec<OfLog> = Vec::with_capacity(logs.len());
        let one = |number: usize| of_log(expected, number, logs.get(number)?);
        spread.in_order(logs.len(), &one, &mut |one| {
            all.extend(one);
            true
        });
        let people = expected.people().len();
        let mut strangers: Vec<CandidateRef> = all.iter().flat_map(|one| one.strangers.iter().copied()).collect();
        strangers.sort_unstable();
        strangers.dedup();
        let slots = people + strangers.len();
        for one in all.iter_mut().filter(|one| !one.strangers.is_empty()) {
            one.name_strangers(people, &strangers);
        }
        let of = |session: usize| OfSession::of(slots, all.iter().filter(move |one| one.session == session));
        let sessions = (0..expected.sessions().len()).map(of).collect();
        Self { strangers, people, sessions }
    }

    /// The entries about a candidate, in the order of logs and places.
    pub(crate) fn about(&self, session: usize, slot: usize) -> &[Spot] {
        self.sessions.get(session).map_or(&[], |one| one.spots(slot))
    }

    /// What they come to.
    pub(crate) fn standing(&self, session: usize, slot: usize) -> Standing {
        self.sessions.get(session).and_then(|one| one.standings.get(slot)).copied().unwrap_or_default()
    }

    /// The slot of a candidate; `row` is hers in the list.
    pub(crate) fn slot(&self, cand: CandidateRef, row: Option<usize>) -> Option<usize> {
        row.or_else(|| Some(self.people + self.strangers.binary_search(&cand).ok()?))
    }

    /// The slots of people on the list about whom there is an entry.
    pub(crate) fn listed(&self, session: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.people).filter(move |slot| !self.about(session, *slot).is_empty())
    }

    /// Everybody about whom there is an entry, in the order of their ids.
    pub(crate) fn recorded<'a>(
        &'a self,
        session: usize,
        expected: &'a Expected,
    ) -> impl Iterator<Item = (CandidateRef, usize)> + 'a {
        let listed = self.listed(session).filter_map(move |slot| Some((expected.people().get(slot)?.cand, slot)));
        let strangers = self.strangers.iter().copied().zip(self.people..);
        let strangers = strangers.filter(move |(_, slot)| !self.about(session, *slot).is_empty());
        merged(listed, strangers)
    }

    /// True for whom no list has.
    pub(crate) fn is_stranger(&self, slot: usize) -> bool {
        slot >= self.people
    }
}

/// Two rows of the same order as one.
fn merged<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(left), Some(right)) if right < left => other.next(),
        (None, Some(_)) => other.next(),
        _ => one.next(),
    })
}

impl OfSession {
    /// Counts, then puts each entry where its candidate's begin: logs come in their order, and so do entries.
    fn of<'a>(slots: usize, logs: impl Iterator<Item = &'a OfLog> + Clone) -> Self {
        let touched = || logs.clone().flat_map(|one| one.touched.iter().map(move |touched| (one.log, touched)));
        let mut starts = vec![0_u32; slots + 1];
        let mut standings = vec![Standing::default(); slots];
        for (_, Touched { slot, standing, .. }) in touched() {
            let slot = usize::try_from(*slot).unwrap_or(usize::MAX);
            if let (Some(count), Some(known)) = (starts.get_mut(slot + 1), standings.get_mut(slot)) {
                *count += 1;
                *known = known.with(*standing);
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut spots = vec![Spot { log: 0, at: 0 }; usize::try_from(sum).unwrap_or(0)];
        let mut next = starts.clone();
        for (log, Touched { slot, at, .. }) in touched() {
            let Some(next) = usize::try_from(*slot).ok().and_then(|slot| next.get_mut(slot)) else { continue };
            if let Some(spot) = usize::try_from(*next).ok().and_then(|next| spots.get_mut(next)) {
                *spot = Spot { log, at: *at };
            }
            *next += 1;
        }
        Self { starts, spots, standings }
    }

    fn spots(&self, slot: usize) -> &[Spot] {
        let start = |slot: usize| usize::try_from(*self.starts.get(slot)?).ok();
        let range = start(slot).zip(start(slot + 1));
        range.and_then(|(from, to)| self.spots.get(from..to)).unwrap_or_default()
    }
}

impl OfLog {
    /// Gives this log's strangers their places among all.
    fn name_strangers(&mut self, people: usize, all: &[CandidateRef]) {
        for touched in &mut self.touched {
            let own = usize::try_from(touched.slot).ok().and_then(|slot| slot.checked_sub(people));
            let cand = own.and_then(|own| self.strangers.get(own));
            if let Some(place) = cand.and_then(|cand| all.binary_search(cand).ok()) {
                touched.slot = u32::try_from(people + place).unwrap_or(NOBODY);
            }
        }
    }
}

impl Standing {
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Silent, one) | (one, Self::Silent) => one,
            _ => Self::Read,
        }
    }

    /// What one entry comes to.
    fn of(facts: &Facts, row: &Row) -> Self {
        let more = facts.more(row);
        if more.is_some_and(|more| more.second.is_some() || more.reasons.iter().any(is_told_by_reasons)) {
            return Self::Read;
        }
        let is_against = row.registry.is_some_and(is_against);
        match row.kind {
            Kind::CheckIn if !is_against && !row.chip.is_some_and(is_not_proven) => Self::Once,
            Kind::RegistryAnswer if !is_against => Self::Silent,
            Kind::RegistryRequest | Kind::PersonViewed | Kind::ReadFailed | Kind::Printed | Kind::Evidence => {
                Self::Silent
            }
            _ => Self::Read,
        }
    }
}

/// Every entry of a log that is about a candidate. An `undo` is about whoever the entry let in that it takes back; what
/// the registry was asked and said about a card is about whoever was dealt with on that card at this desk.
fn of_log(expected: &Expected, number: usize, log: &Log) -> Option<OfLog> {
    let session = log.session.filter(|_| log.counts())?;
    let facts = log.packed();
    let mut slots = Slots::new(expected, facts);
    let on_card = OnCard::of(facts);
    let mut touched: Vec<Touched> = Vec::with_capacity(facts.len());
    for (at, row) in (0_u32..).zip(facts.rows()) {
        let standing = Standing::of(facts, row);
        let mut take = |cand: u32| touched.extend(slots.of(cand).map(|slot| Touched { slot, at, standing }));
        match said_of(facts, row) {
            Some(cand) => take(cand),
            None => on_card.people(row.doc).for_each(take),
        }
    }
    Some(OfLog { session, log: u32::try_from(number).ok()?, strangers: slots.strangers, touched })
}

/// The candidate whom an entry names, or whom the entry names that it is about.
fn said_of(facts: &Facts, row: &Row) -> Option<u32> {
    let refers = || facts.rows().get(facts.at(facts.more(row)?.refers?)?).map(|row| row.cand);
    let named = |cand: &u32| *cand != NOBODY;
    Some(row.cand).filter(named).or_else(refers).filter(named)
}

/// Who was dealt with on which card; numbers are those of one log.
struct OnCard {
    first: Vec<u32>,
    /// Cards on which somebody else was dealt with too.
    further: Vec<(u32, u32)>,
}

impl OnCard {
    fn of(facts: &Facts) -> Self {
        let mut on_card = Self { first: vec![NOBODY; facts.ids().len()], further: Vec::new() };
        for row in facts.rows().iter().filter(|row| row.cand != NOBODY) {
            match usize::try_from(row.doc).ok().and_then(|doc| on_card.first.get_mut(doc)) {
                Some(first) if *first == NOBODY => *first = row.cand,
                Some(first) if *first != row.cand => on_card.further.push((row.doc, row.cand)),
                _ => (),
            }
        }
        on_card.further.sort_unstable();
        on_card.further.dedup();
        on_card
    }

    fn people(&self, doc: u32) -> impl Iterator<Item = u32> + '_ {
        let first = usize::try_from(doc).ok().and_then(|doc| self.first.get(doc)).filter(|cand| **cand != NOBODY);
        let start = self.further.partition_point(|(card, _)| *card < doc);
        let further = self.further.get(start..).unwrap_or_default();
        let further = further.iter().take_while(move |(card, _)| *card == doc).map(|(_, cand)| *cand);
        first.copied().into_iter().chain(further)
    }
}

/// The slots of a log's people, each looked up once.
struct Slots<'a> {
    expected: &'a Expected,
    facts: &'a Facts,
    known: Vec<u32>,
    strangers: Vec<CandidateRef>,
}

impl<'a> Slots<'a> {
    fn new(expected: &'a Expected, facts: &'a Facts) -> Self {
        Self { expected, facts, known: vec![NOBODY; facts.ids().len()], strangers: Vec::new() }
    }

    fn of(&mut self, cand: u32) -> Option<u32> {
        let at = usize::try_from(cand).ok()?;
        let known = self.known.get_mut(at)?;
        if *known == NOBODY {
            let cand = CandidateRef(*self.facts.ids().get(at)?);
            let slot = self.expected.row(cand).unwrap_or_else(|| {
                self.strangers.push(cand);
                self.expected.people().len() + self.strangers.len() - 1
            });
            *known = u32::try_from(slot).unwrap_or(NOBODY);
        }
        Some(*known)
    }
}
