//! What stands behind a row: one person, one case, one log, one room.

use super::ReviewBook;
use super::rows::day_first;
use crate::language::BoardWords;
use crate::review_rooms::said_about;
use bits::text::shown_within;
use record::CandidateRef;
use review::book::{Block, Line, List, Mark, Sheet};
use review::{Case, EntryId, Fact, Kind, Log, Sitting, Subject};

impl ReviewBook {
    pub(super) fn sheet_in(&self, list: List, number: u32, words: &BoardWords) -> Option<Sheet> {
        let at = usize::try_from(number).ok()?;
        match list {
            List::Rooms => self.room_sheet(at, words),
            List::Desks => self.log_sheet(at, words),
            List::People => self.person_sheet(number, words),
            List::Cases => self.case_sheet(at, words),
        }
    }

    /// Whom each difference of a room is about.
    fn room_sheet(&self, at: usize, words: &BoardWords) -> Option<Sheet> {
        let one = self.rooms.get(at)?;
        let block = |difference: &review::balance::Difference| {
            let title = format!("{}: {}", words.difference(difference.kind.word()), difference.units);
            let mark = if difference.is_open() { Mark::Look } else { Mark::Plain };
            let said = said_about(difference, words).into_iter().map(|text| Line { text, mark, opens: None });
            let people = difference.people.iter().map(|cand| self.person_line(*cand, words));
            let lines = said.chain(people).collect();
            (Block { title, lines }, None)
        };
        let mut blocks: Vec<_> = one.differences.iter().map(block).collect();
        if blocks.is_empty() {
            blocks.push((Block { title: words.book.balanced(), lines: Vec::new() }, None));
        }
        let counted = |count: &review::scripts::ScriptCount| Line {
            text: words.count.counted(count.scripts, shown_within(&count.by.join(", "))),
            mark: Mark::Plain,
            opens: None,
        };
        let counts: Vec<Line> = one.script_counts.iter().map(counted).collect();
        if !counts.is_empty() {
            blocks.push((Block { title: words.book.scripts(), lines: counts }, None));
        }
        let (site, room) = (shown_within(&self.site_name(&one.room.site)), shown_within(&one.room.room));
        let title = format!("{} · {site} · {room}", self.session_name(one.session));
        Some(Sheet { title, blocks, timeline: None })
    }

    pub(super) fn person_line(&self, cand: CandidateRef, words: &BoardWords) -> Line {
        match self.list_row(cand) {
            Some(row) => {
                let cells = self.row_in(List::People, row, words).cells;
                Line { text: cells.join(" · "), mark: Mark::Plain, opens: Some((List::People, row)) }
            }
            None => Line { text: cand.to_string(), mark: Mark::Look, opens: None },
        }
    }

    fn person_sheet(&self, row: u32, words: &BoardWords) -> Option<Sheet> {
        let person = self.loaded.exam.candidates.row(usize::try_from(row).ok()?)?;
        let cand = CandidateRef(person.id.0);
        let name = shown_within(person.full_name.reveal());
        let title = format!("{} · {name} · {}", person.number.as_str(), day_first(person.birth_date.reveal()));
        let mut blocks: Vec<(Block, Option<Block>)> = Vec::new();
        for sitting in self.loaded.review.sittings_of(cand) {
            blocks.push((self.sitting_block(&sitting, words), None));
        }
        let is_about = |case: &&Case| match &case.subject {
            Subject::Sitting { cand: one, .. } => *one == cand,
            _ => case.entries.iter().any(|entry| self.fact(entry).is_some_and(|(_, fact)| fact.cand == Some(cand))),
        };
        let cases = self.loaded.review.cases().iter().enumerate().filter(|(_, case)| is_about(case));
        let lines: Vec<Line> = cases.map(|(at, case)| self.case_line(at, case, words)).collect();
        if !lines.is_empty() {
            blocks.push((Block { title: words.book.cases(), lines }, None));
        }
        Some(Sheet { title, blocks, timeline: None })
    }

    fn sitting_block(&self, sitting: &Sitting, words: &BoardWords) -> Block {
        let state = words.state(sitting.state);
        let mut title = format!("{}: {state}", self.session_name(sitting.session));
        // How far a second arrival is excluded says something of an arrival only.
        if sitting.state == review::State::Present {
            title = format!("{title} ({})", words.grade(sitting.grade.word()));
        }
        let review = &self.loaded.review;
        let entries = sitting.entries.iter().filter_map(|place| {
            let (log, fact) = (review.log(*place)?, review.fact(*place)?);
            let mark = if sitting.behind.contains(place) { Mark::Good } else { Mark::Plain };
            Some(Line { mark, ..self.entry_line(log, &fact, words) })
        });
        let mut lines: Vec<Line> = entries.collect();
        lines.extend(sitting.missing.iter().map(|one| {
            let why = words.missing_why(one.why.word());
            let (session, site) = (self.session_name(one.session), shown_within(&one.site));
            let text = words.review.missing_log(session, site, shown_within(&one.desk), why);
            Line { text, mark: Mark::Look, opens: None }
        }));
        Block { title, lines }
    }

    fn case_line(&self, at: usize, case: &Case, words: &BoardWords) -> Line {
        let (state, mark) = self.standing_of(case, words);
        let opens = u32::try_from(at).ok().map(|at| (List::Cases, at));
        Line { text: format!("{} · {state}", words.rule(case.rule)), mark, opens }
    }

    pub(super) fn fact(&self, entry: &EntryId) -> Option<(&Log, Fact)> {
        let (_, log) = self.loaded.review.log_named(&entry.log)?;
        let fact = log.fact(entry.place).filter(|fact| fact.leaf == entry.leaf)?;
        Some((log, fact))
    }

    /// An entry in words: when, what, about whom, by whom, and what the checks had said.
    pub(super) fn entry_line(&self, log: &Log, fact: &Fact, words: &BoardWords) -> Line {
        let said = &words.book;
        let place = format!("{:03}/{}", fact.place.segment, fact.place.seq);
        let mut text = format!("{place} · {} · {}", self.local(fact.at), words.event(fact.kind.word()));
        let about = fact.cand.map(|cand| match self.list_row(cand) {
            Some(row) => said.number(self.number_of(row)),
            None => said.stranger(cand),
        });
        let by = said.by(shown_within(fact.op.as_str()));
        let second = fact.second.as_ref().map(|one| said.second(shown_within(one.as_str())));
        let reasons = (!fact.reasons.is_empty() && fact.kind != Kind::CaseStep).then(|| reasons(fact, words));
        let moved = (fact.kind == Kind::ClockJump).then(|| said.moved(seconds(fact.amount)));
        for part in [about, Some(by), second, reasons, moved].into_iter().flatten() {
            text.push_str(" · ");
            text.push_str(&part);
        }
        let opens = self.desk_of(&log.id).map(|desk| (List::Desks, desk));
        Line { text, mark: Mark::Plain, opens }
    }

    pub(super) fn local(&self, at: jiff::Timestamp) -> String {
        self.offset.to_datetime(at).strftime("%H:%M:%S %d/%m/%Y").to_string()
    }
}

/// What an entry gives as its reasons: codes in words; names of rooms, people and outsiders as they are.
fn reasons(fact: &Fact, words: &BoardWords) -> String {
    let is_coded = !matches!(fact.kind, Kind::Evidence | Kind::ScriptsCounted | Kind::Anchor | Kind::OperatorChanged);
    let one = |code: &str| if is_coded { words.reason(code).to_owned() } else { code.to_owned() };
    let all: Vec<String> = fact.reasons.iter().map(|code| shown_within(&one(code.as_str()))).collect();
    words.book.reasons(all.join(", "))
}

/// Milliseconds as seconds with their sign.
fn seconds(by_ms: i64) -> String {
    format!("{:+}", by_ms.div_euclid(1_000))
}
