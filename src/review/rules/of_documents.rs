//! The rule about one document and two people.

use super::Opening;
use crate::{
    case::{Rule, Subject},
    projection::Place,
};
use record::{CandidateRef, DocumentRef};
use std::collections::BTreeMap;

/// The card that let two candidates in, in whatever sessions: one person has one row in each. The same card for the same
/// candidate is no case, and neither is a card that was tried for somebody and let nobody in.
pub(super) fn open(opening: &mut Opening<'_>) {
    let review = opening.review;
    let mut seen: Vec<(DocumentRef, u32, CandidateRef, Place)> = Vec::new();
    for (number, log) in (0..).zip(review.logs()).filter(|(_, log)| log.counts()) {
        let Some(session) = log.session.and_then(|session| u32::try_from(session).ok()) else { continue };
        for fact in log.facts().filter(|fact| fact.kind.lets_in()) {
            if let (Some(doc), Some(cand)) = (fact.doc, fact.cand) {
                seen.push((doc, session, cand, Place::of(number, fact.place)));
            }
        }
    }
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
