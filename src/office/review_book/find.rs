//! Which rows of a list are wanted, and in which order.

use super::ReviewBook;
use super::desks::DeskLine;
use bits::text::fold;
use record::CandidateRef;
use review::balance::Balance;
use review::book::{List, Wanted};
use review::{Case, LogState, State, Subject};
use std::cmp::Reverse;

impl ReviewBook {
    pub(super) fn found(&self, list: List, wanted: &Wanted) -> Vec<u32> {
        let mut rows = match list {
            List::People => self.people(wanted),
            List::Rooms => self
                .kept(self.rooms.len(), wanted, |at| self.rooms.get(at).is_some_and(|one| self.room_fits(one, wanted))),
            List::Desks => {
                self.kept(self.desks.len(), wanted, |at| self.desks.get(at).is_some_and(|one| desk_fits(one, wanted)))
            }
            List::Cases => {
                let cases = self.loaded.review.cases();
                self.kept(cases.len(), wanted, |at| cases.get(at).is_some_and(|one| self.case_fits(one, wanted)))
            }
        };
        if list != List::People {
            let text = fold(&wanted.text);
            // In either language: who types a word of the screen means that word.
            rows.retain(|row| text.is_empty() || self.words.iter().any(|words| self.says(list, *row, &text, words)));
        }
        self.sort(list, wanted, &mut rows);
        rows
    }

    fn kept(&self, len: usize, _: &Wanted, fits: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..len).filter(|at| fits(*at)).filter_map(|at| u32::try_from(at).ok()).collect()
    }

    fn says(&self, list: List, row: u32, text: &str, words: &crate::language::BoardWords) -> bool {
        self.row_in(list, row, words).cells.iter().any(|cell| fold(cell).contains(text))
    }

    fn room_fits(&self, one: &Balance, wanted: &Wanted) -> bool {
        wanted.session.is_none_or(|session| one.session == session)
            && (!wanted.only_open || !one.differences.is_empty())
    }

    fn case_fits(&self, case: &Case, wanted: &Wanted) -> bool {
        let is_open = self.standing.get(&case.id).is_none_or(|one| one.is_open);
        let session = self.session_of(&case.subject);
        (!wanted.only_open || is_open) && (wanted.session.is_none() || session.is_none() || session == wanted.session)
    }

    fn session_of(&self, subject: &Subject) -> Option<usize> {
        let id = match subject {
            Subject::Sitting { session, .. } => session.as_str(),
            Subject::Log(log) => log.session(),
            Subject::Entry(entry) => entry.log.session(),
            Subject::Document(_) => return None,
        };
        self.loaded.review.expected().session(id)
    }

    /// The rows of the list; by what was typed as at a desk.
    fn people(&self, wanted: &Wanted) -> Vec<u32> {
        let all = &self.loaded.exam.candidates;
        let typed = wanted.text.trim();
        let rows: Vec<u32> = if typed.is_empty() {
            (0..u32::try_from(all.len()).unwrap_or(u32::MAX)).collect()
        } else {
            let found = all.search(typed, MAX_FOUND);
            found.iter().filter_map(|one| self.list_rows.get(&CandidateRef(one.id.0)).copied()).collect()
        };
        if wanted.session.is_none() && !wanted.only_open {
            return rows;
        }
        rows.into_iter().filter(|row| self.person_fits(*row, wanted)).collect()
    }

    fn person_fits(&self, row: u32, wanted: &Wanted) -> bool {
        let sessions = 0..self.loaded.review.expected().sessions().len();
        let wanted_ones = sessions.filter(|one| wanted.session.is_none_or(|session| session == *one));
        let mut states = wanted_ones.filter_map(|session| self.state_of(row, session));
        states.any(|state| {
            !wanted.only_open
                || matches!(state, State::Referred | State::Elsewhere | State::NotKnown | State::NotAdmitted)
        })
    }

    /// The state of a row of the exam's list in a session; `None` where nobody expects that.
    pub(super) fn state_of(&self, row: u32, session: usize) -> Option<State> {
        let at = self.expected_rows.get(usize::try_from(row).ok()?).copied().flatten()?;
        self.loaded.review.state(session, at)
    }

    /// Numbers by their size, everything else by its letters. A long list of people keeps its own order: by SBD.
    fn sort(&self, list: List, wanted: &Wanted, rows: &mut [u32]) {
        let Some((column, is_turned)) = wanted.sort.filter(|_| rows.len() <= MAX_SORTED) else { return };
        let [words, _] = &self.words;
        let key = |row: &u32| {
            let cell = self.row_in(list, *row, words).cells.into_iter().nth(column).unwrap_or_default();
            (cell.parse::<u64>().ok(), fold(&cell))
        };
        if is_turned {
            rows.sort_by_cached_key(|row| Reverse(key(row)));
        } else {
            rows.sort_by_cached_key(key);
        }
    }
}

fn desk_fits(one: &DeskLine, wanted: &Wanted) -> bool {
    let is_here = wanted.session.is_none_or(|session| one.session == Some(session));
    is_here && (!wanted.only_open || one.missing.is_some() || one.log.is_none() || one.unconfirmed > 0)
}

/// A log that nothing may be concluded from.
pub(super) fn is_grave(state: LogState) -> bool {
    matches!(state, LogState::Contradicted)
}

/// So many people are found by a text: whoever looks through more types more.
const MAX_FOUND: usize = 1_000;
/// Longer lists keep their own order.
const MAX_SORTED: usize = 50_000;
