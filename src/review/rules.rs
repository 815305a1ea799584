//! The rules that open cases: which entries, and nothing but entries.

mod of_documents;
mod of_logs;
pub(crate) mod of_sittings;

use crate::{
    case::{Case, Rule, Subject},
    fact::EntryId,
    projection::{Place, Review},
};
use bits::spread::Spread;

/// Opens all cases, by their rules, then by their ids.
pub(crate) fn open<S: Spread>(review: &Review, spread: &S) -> Vec<Case> {
    let mut opening = Opening { review, cases: Vec::new() };
    of_sittings::open(&mut opening);
    of_documents::open(&mut opening);
    of_logs::open(&mut opening, spread);
    let mut cases = opening.cases;
    cases.sort_by_key(|case| (case.rule, case.id));
    cases
}

/// Cases as they are opened.
struct Opening<'a> {
    review: &'a Review,
    cases: Vec<Case>,
}

impl Opening<'_> {
    /// Opens a case from these entries; nothing where there are none.
    fn open(&mut self, rule: Rule, subject: Subject, places: &[Place]) {
        if places.is_empty() {
            return;
        }
        let entries: Vec<EntryId> = places.iter().filter_map(|place| self.review.entry_id(*place)).collect();
        let sites = places.iter().filter_map(|place| self.review.log(*place)).map(|log| log.site.clone()).collect();
        self.cases.push(Case::new(rule, subject, sites, entries));
    }
}
