//! The rows of the lists.

use super::ReviewBook;
use super::find::is_grave;
use crate::language::BoardWords;
use bits::text::shown_within;
use review::book::{List, Mark, Row};
use review::{LogState, State, Subject};

impl ReviewBook {
    pub(super) fn row_in(&self, list: List, number: u32, words: &BoardWords) -> Row {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let row = match list {
            List::Rooms => self.room_row(at, words),
            List::Desks => self.desk_row(at, words),
            List::People => self.person_row(number, words),
            List::Cases => self.case_row(at, words),
        };
        row.unwrap_or(Row { cells: Vec::new(), mark: Mark::Plain })
    }

    fn room_row(&self, at: usize, words: &BoardWords) -> Option<Row> {
        let one = self.rooms.get(at)?;
        let counts = &one.counts;
        let differences: Vec<String> = one
            .differences
            .iter()
            .map(|each| {
                let open = if each.is_open() { String::new() } else { format!(" ({})", words.book.explained()) };
                format!("{}: {}{open}", words.difference(each.kind.word()), each.units)
            })
            .collect();
        let is_open = one.differences.iter().any(review::balance::Difference::is_open);
        let mark = if is_open { Mark::Look } else { Mark::Good };
        let room = if one.room.room.is_empty() { words.review.no_room() } else { shown_within(&one.room.room) };
        let cells = vec![
            self.session_name(one.session),
            shown_within(&self.site_name(&one.room.site)),
            room,
            (counts.listed + counts.guests).to_string(),
            counts.admitted().to_string(),
            counts.not_in().to_string(),
            counts.not_known.to_string(),
            if differences.is_empty() { words.book.balanced() } else { differences.join("; ") },
        ];
        Some(Row { cells, mark })
    }

    fn desk_row(&self, at: usize, words: &BoardWords) -> Option<Row> {
        let one = self.desks.get(at)?;
        let state = one.log.and_then(|log| self.loaded.review.logs().get(log)).map(|log| log.state);
        let said = match (state, one.missing) {
            (_, Some(why)) => words.missing_why(why.word()).to_owned(),
            (Some(LogState::Foreign), _) => words.book.foreign(),
            (Some(LogState::BoardRecord), _) => words.book.board_record(),
            _ => words.book.closed(),
        };
        let mark = match state {
            Some(state) if is_grave(state) => Mark::Grave,
            _ if one.missing.is_some() => Mark::Look,
            Some(_) if one.unconfirmed > 0 => Mark::Look,
            _ => Mark::Good,
        };
        let outside = match (one.log, one.unconfirmed) {
            (None, _) => String::new(),
            (Some(_), 0) => words.book.confirmed(),
            (Some(_), open) => words.book.unconfirmed(open),
        };
        let cells = vec![
            one.session.map(|session| self.session_name(session)).unwrap_or_default(),
            shown_within(&self.site_name(&one.site)),
            shown_within(&one.desk),
            said,
            one.entries.to_string(),
            one.arrived.to_string(),
            one.manual.to_string(),
            one.failed.to_string(),
            outside,
        ];
        Some(Row { cells, mark })
    }

    fn person_row(&self, number: u32, words: &BoardWords) -> Option<Row> {
        let person = self.loaded.exam.candidates.row(usize::try_from(number).ok()?)?;
        let sessions = 0..self.loaded.review.expected().sessions().len();
        let states: Vec<(usize, State)> =
            sessions.filter_map(|session| Some((session, self.state_of(number, session)?))).collect();
        let is_open = states.iter().any(|(_, state)| !matches!(state, State::Present | State::Absent));
        let said: Vec<String> = states
            .iter()
            .map(|(session, state)| format!("{}: {}", self.session_name(*session), words.state(*state)))
            .collect();
        let cells = vec![
            person.number.as_str().to_owned(),
            shown_within(person.full_name.reveal()),
            day_first(person.birth_date.reveal()),
            shown_within(&person.site),
            shown_within(&person.room),
            said.join("; "),
        ];
        Some(Row { cells, mark: if is_open { Mark::Look } else { Mark::Plain } })
    }

    fn case_row(&self, at: usize, words: &BoardWords) -> Option<Row> {
        let case = self.loaded.review.cases().get(at)?;
        let (state, mark) = self.standing_of(case, words);
        let sites: Vec<String> = case.sites.iter().map(|site| shown_within(site)).collect();
        let cells = vec![
            words.rule(case.rule).to_owned(),
            self.about(&case.subject, words),
            sites.join(", "),
            state,
            case.id.to_string(),
        ];
        Some(Row { cells, mark })
    }

    /// Whom or what a case is about.
    pub(super) fn about(&self, subject: &Subject, words: &BoardWords) -> String {
        let said = &words.review;
        match subject {
            Subject::Sitting { session, cand } => match self.list_row(*cand) {
                Some(row) => said.about_person(session, self.number_of(row)),
                None => said.about_stranger(session, cand),
            },
            Subject::Document(document) => said.about_document(document),
            Subject::Log(log) => said.about_log(shown_within(log.as_str())),
            Subject::Entry(entry) => said.about_log(shown_within(entry.log.as_str())),
        }
    }

    pub(super) fn number_of(&self, row: u32) -> String {
        let person = usize::try_from(row).ok().and_then(|row| self.loaded.exam.candidates.row(row));
        person.map(|one| one.number.as_str().to_owned()).unwrap_or_default()
    }
}

/// `YYYY-MM-DD` as it is written here.
pub(super) fn day_first(date: &str) -> String {
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => shown_within(date),
    }
}
