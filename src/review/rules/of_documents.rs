//! The rule about one document and two people.

use super::Opening;
use crate::{
    case::{Rule, Subject},
    packed::NOBODY,
    projection::{Place, Review},
};
use record::{CandidateRef, DocumentRef};
use std::collections::BTreeMap;

/// An entry that let somebody in on a card.
type Seen = (DocumentRef, u32, CandidateRef, Place);

/// The card that let two candidates in, in whatever sessions: one person has one row in each. The same card for the same
/// candidate is no case, and neither is a card that was tried for somebody and let nobody in.
pub(super) fn open(opening: &mut Opening<'_>) {
    let mut seen = shared(opening.review);
    seen.sort_unstable();
    for group in seen.chunk_by(|one, next| one.0 == next.0) {
        // A candidate may have a row, and an id, for each session: two rows in one session are two people.
        let mut by_session: BTreeMap<u32, CandidateRef> = BTreeMap::new();
        let is_shared = group.iter().any(|(_, session, cand, _)| *by_session.entry(*session).or_insert(*cand) != *cand);
        if let Some((doc, ..)) = group.first().filter(|_| is_shared) {
            let places: Vec<Place> = group.iter().map(|(.., place)| *place).collect();
            opening.open(Rule::OneDocument, Subject::Document(*doc), &places);
        }
    }
}

/// The entries on cards that may have let in more than once: by the cards' first bytes, which are as good as random.
fn shared(review: &Review) -> Vec<Seen> {
    let mut heads: Vec<(u64, u32, u32)> = Vec::new();
    for (number, log) in (0..).zip(review.logs()).filter(|(_, log)| log.counts() && log.session.is_some()) {
        let facts = log.packed();
        let let_in = (0..).zip(facts.rows()).filter(|(_, row)| row.kind.lets_in() && row.cand != NOBODY);
        let head = |doc: u32| facts.id(doc)?.first_chunk().map(|head| u64::from_le_bytes(*head));
        heads.extend(let_in.filter_map(|(at, row)| Some((head(row.doc)?, number, at))));
    }
    heads.sort_unstable();
    let same = heads.chunk_by(|one, next| one.0 == next.0).filter(|group| group.len() > 1).flatten();
    same.filter_map(|(_, number, at)| seen_at(review, *number, *at)).collect()
}

fn seen_at(review: &Review, number: u32, at: u32) -> Option<Seen> {
    let log = review.logs().get(usize::try_from(number).ok()?)?;
    let fact = log.packed().fact_at(usize::try_from(at).ok()?)?;
    Some((fact.doc?, u32::try_from(log.session?).ok()?, fact.cand?, Place::of(number, fact.place)))
}
