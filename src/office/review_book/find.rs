//! Which rows of a list are wanted, and in which order.

use super::ReviewBook;
use super::desks::DeskLine;
use bits::spread::Spread as _;
use bits::text::fold;
use host::threads::SideBySide;
use review::balance::Balance;
use review::book::{List, Wanted};
use review::{Case, LogState, Review, State, Subject};
use std::cmp::Reverse;
use std::sync::OnceLock;

/// What the rows of the lists say, made when somebody looks for something, or before.
#[derive(Default)]
pub(super) struct SaidOfLists {
    rooms: OnceLock<Said>,
    desks: OnceLock<Said>,
    cases: OnceLock<Said>,
}

/// What the rows of a list say: all cells of all rows in one piece, each cell with a line's end behind it.
#[derive(Default)]
pub(super) struct Said {
    text: String,
    /// Where each row's text ends.
    ends: Vec<usize>,
}

impl Said {
    fn push(&mut self, cells: &[String]) {
        for cell in cells {
            self.text.push_str(cell);
            self.text.push('\n');
        }
        self.ends.push(self.text.len());
    }

    fn has(&self, row: u32, text: &str) -> bool {
        let end = |row: usize| self.ends.get(row).copied();
        let Ok(row) = usize::try_from(row) else { return false };
        let start = row.checked_sub(1).map_or(Some(0), end);
        let own = start.zip(end(row)).and_then(|(start, end)| self.text.get(start..end));
        own.is_some_and(|own| own.contains(text))
    }
}

/// What somebody is to a session, as far as lists are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PersonIn {
    /// Nobody expects her there.
    Not,
    /// She is expected, and somebody need not look.
    Plain,
    /// Somebody has to look.
    Open,
}

/// For each session, what everybody of the exam's list is to it, in the list's order.
pub(super) fn people_states(review: &Review, listed: usize) -> Vec<Vec<PersonIn>> {
    let of_session = |session: usize| {
        let mut column = vec![PersonIn::Not; listed];
        for (row, person) in review.expected().people().iter().enumerate() {
            if let (Some(state), Some(place)) = (review.state(session, row), column.get_mut(person.listed())) {
                *place = PersonIn::of(state);
            }
        }
        column
    };
    (0..review.expected().sessions().len()).map(of_session).collect()
}

impl PersonIn {
    fn of(state: State) -> Self {
        match state {
            State::Referred | State::Elsewhere | State::NotKnown | State::NotAdmitted => Self::Open,
            State::Present | State::Absent => Self::Plain,
        }
    }
}

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
        let text = fold(&wanted.text);
        if let Some(said) = self.said_of(list).filter(|_| !text.is_empty()) {
            rows.retain(|row| said.has(*row, &text));
        }
        self.sort(list, wanted, &mut rows);
        rows
    }

    fn kept(&self, len: usize, _: &Wanted, fits: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..len).filter(|at| fits(*at)).filter_map(|at| u32::try_from(at).ok()).collect()
    }

    /// What the rows of a list say, folded; people are looked for as at a desk.
    fn said_of(&self, list: List) -> Option<&Said> {
        let (place, len) = match list {
            List::People => return None,
            List::Rooms => (&self.said.rooms, self.rooms.len()),
            List::Desks => (&self.said.desks, self.desks.len()),
            List::Cases => (&self.said.cases, self.loaded.review.cases().len()),
        };
        Some(place.get_or_init(|| {
            let part = |part: usize| {
                let rows =
                    (part * PART_ROWS..len.min((part + 1) * PART_ROWS)).filter_map(|row| u32::try_from(row).ok());
                // In either language: who types a word of the screen means that word.
                let cells = |row: u32| self.words.iter().flat_map(move |words| self.row_in(list, row, words).cells);
                rows.map(|row| cells(row).map(|cell| fold(&cell)).collect()).collect::<Vec<Vec<String>>>()
            };
            let mut said = Said::default();
            SideBySide::new().in_order(len.div_ceil(PART_ROWS), &part, &mut |rows| {
                rows.iter().for_each(|cells| said.push(cells));
                true
            });
            said
        }))
    }

    /// Folds what every row says, so that nobody who types waits for it.
    pub fn make_ready(&self) {
        for list in [List::Rooms, List::Desks, List::Cases] {
            self.said_of(list);
        }
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
            all.search_rows(typed, MAX_FOUND).into_iter().filter_map(|row| u32::try_from(row).ok()).collect()
        };
        if wanted.session.is_none() && !wanted.only_open {
            return rows;
        }
        let sessions = self.people_states.iter().enumerate();
        let wanted_ones = sessions.filter(|(one, _)| wanted.session.is_none_or(|session| session == *one));
        let columns: Vec<&[PersonIn]> = wanted_ones.map(|(_, column)| column.as_slice()).collect();
        let least = if wanted.only_open { PersonIn::Open } else { PersonIn::Plain };
        let fits = |row: u32, column: &[PersonIn]| {
            usize::try_from(row).ok().and_then(|row| column.get(row)).is_some_and(|one| *one >= least)
        };
        rows.into_iter().filter(|row| columns.iter().any(|column| fits(*row, column))).collect()
    }

    /// The state of a row of the exam's list in a session; `None` where nobody expects that.
    pub(super) fn state_of(&self, row: u32, session: usize) -> Option<State> {
        let at = self.expected_rows.get(usize::try_from(row).ok()?).copied().flatten()?;
        self.loaded.review.state(session, usize::try_from(at).ok()?)
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
/// Rows whose texts are folded at once.
const PART_ROWS: usize = 2_000;
/// Longer lists keep their own order.
const MAX_SORTED: usize = 50_000;
