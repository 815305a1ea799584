//! What stands behind a row: one person, one case, one log, one room.

use super::ReviewBook;
use super::rows::day_first;
use crate::language::BoardWords;
use crate::review_report::duties;
use crate::review_rooms::said_about;
use bits::text::shown_within;
use record::CandidateRef;
use review::book::{Block, Line, List, Mark, Sheet};
use review::decision::{Step, files};
use review::{Case, EntryId, Fact, Log, LogId, Sitting, Subject};
use std::collections::BTreeMap;

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
        Some(Sheet { title: format!("{} · {site} · {room}", self.session_name(one.session)), blocks })
    }

    fn person_line(&self, cand: CandidateRef, words: &BoardWords) -> Line {
        match self.list_rows.get(&cand) {
            Some(row) => {
                let cells = self.row_in(List::People, *row, words).cells;
                Line { text: cells.join(" · "), mark: Mark::Plain, opens: Some((List::People, *row)) }
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
        Some(Sheet { title, blocks })
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
            Some(Line { mark, ..self.entry_line(log, fact, words) })
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
        let standing = self.standing.get(&case.id);
        let state = standing.map(|one| words.case_state(one.state.word()).to_owned()).unwrap_or_default();
        let mark = if standing.is_none_or(|one| one.is_open) { Mark::Look } else { Mark::Plain };
        let opens = u32::try_from(at).ok().map(|at| (List::Cases, at));
        Line { text: format!("{} · {state}", words.rule(case.rule)), mark, opens }
    }

    /// Both sides beside each other, where there are two.
    fn case_sheet(&self, at: usize, words: &BoardWords) -> Option<Sheet> {
        let case = self.loaded.review.cases().get(at)?;
        let mut by_log: BTreeMap<&LogId, Vec<&EntryId>> = BTreeMap::new();
        case.entries.iter().for_each(|entry| by_log.entry(&entry.log).or_default().push(entry));
        let mut sides = by_log.into_iter().map(|(log, entries)| self.side(log, &entries, words));
        let mut blocks = Vec::new();
        while let Some(one) = sides.next() {
            blocks.push((one, sides.next()));
        }
        let plain = |text: &str| Line { text: text.to_owned(), mark: Mark::Plain, opens: None };
        let why = case.rule.explanations().iter().map(|code| plain(words.explanation(code))).collect();
        let open = case.rule.unknowns().iter().map(|code| plain(words.unknown(code))).collect();
        let explained = Block { title: words.review.explanations(), lines: why };
        blocks.push((explained, Some(Block { title: words.review.unknowns(), lines: open })));
        blocks.extend(self.people_of(case, words).map(|block| (block, None)));
        blocks.push((self.steps_block(case, words), None));
        Some(Sheet { title: format!("{} · {}", words.rule(case.rule), self.about(&case.subject, words)), blocks })
    }

    fn side(&self, log: &LogId, entries: &[&EntryId], words: &BoardWords) -> Block {
        let line = |entry: &&EntryId| match self.fact(entry) {
            Some((log, fact)) => self.entry_line(log, fact, words),
            None => Line { text: review::case::entry_line(entry), mark: Mark::Grave, opens: None },
        };
        Block { title: words.review.about_log(shown_within(log.as_str())), lines: entries.iter().map(line).collect() }
    }

    fn people_of(&self, case: &Case, words: &BoardWords) -> Option<Block> {
        let mut people: Vec<CandidateRef> =
            case.entries.iter().filter_map(|entry| self.fact(entry).and_then(|(_, fact)| fact.cand)).collect();
        if let Subject::Sitting { cand, .. } = &case.subject {
            people.push(*cand);
        }
        people.sort_unstable();
        people.dedup();
        let lines: Vec<Line> = people.into_iter().map(|cand| self.person_line(cand, words)).collect();
        (!lines.is_empty()).then(|| Block { title: words.book.people(), lines })
    }

    fn steps_block(&self, case: &Case, words: &BoardWords) -> Block {
        let (files, _) = files(std::slice::from_ref(case), &self.loaded.told.steps);
        let file = files.get(&case.id);
        let line = |step: &&Step| {
            let (state, by) = (words.case_state(step.state.word()), shown_within(&step.by.join(", ")));
            let text = words.decide.step(state, by, shown_within(&step.ruling), shown_within(&step.reason));
            Line { text: format!("{} · {text}", self.local(step.at)), mark: Mark::Plain, opens: None }
        };
        let mut lines: Vec<Line> = file.map(|file| file.steps.iter().map(line).collect()).unwrap_or_default();
        if file.is_some_and(|file| file.has_news) {
            lines.push(Line { text: words.decide.news(), mark: Mark::Look, opens: None });
        }
        let wait = file.map(|file| (duties(file, None, words), file.is_settled()));
        if let Some((duties, is_settled)) = wait {
            let mark = if is_settled { Mark::Plain } else { Mark::Look };
            lines.extend(duties.into_iter().map(|text| Line { text, mark, opens: None }));
        }
        lines.push(Line { text: words.book.how(case.id), mark: Mark::Plain, opens: None });
        Block { title: words.book.steps(), lines }
    }

    /// A log, entry by entry: what is confirmed, where nothing was written for long.
    fn log_sheet(&self, at: usize, words: &BoardWords) -> Option<Sheet> {
        let line = self.desks.get(at)?;
        let log = self.loaded.review.logs().get(line.log?)?;
        let (mut lines, mut before, mut was_confirmed): (Vec<Line>, Option<&Fact>, bool) = (Vec::new(), None, true);
        for fact in log.facts() {
            let since =
                before.filter(|one| one.boot == fact.boot).map_or(0, |one| fact.boot_ms.saturating_sub(one.boot_ms));
            if since >= LONG_MS {
                lines.push(Line { text: words.book.gap(since / 60_000), mark: Mark::Look, opens: None });
            }
            let is_confirmed = log.is_anchored(fact.place);
            if was_confirmed && !is_confirmed {
                lines.push(Line { text: words.book.from_here(), mark: Mark::Look, opens: None });
            }
            let entry = self.entry_line(log, fact, words);
            let person = fact.cand.and_then(|cand| self.list_rows.get(&cand)).map(|row| (List::People, *row));
            lines.push(Line { opens: person, ..entry });
            (before, was_confirmed) = (Some(fact), is_confirmed);
        }
        let title = words.review.about_log(shown_within(log.id.as_str()));
        let (entries, arrived) = (line.entries, line.arrived);
        let head = words.book.log_facts(entries, arrived, line.manual, line.failed, line.unconfirmed);
        Some(Sheet { title, blocks: vec![(Block { title: head, lines }, None)] })
    }

    fn fact(&self, entry: &EntryId) -> Option<(&Log, &Fact)> {
        let log = self.loaded.review.logs().iter().find(|log| log.id == entry.log)?;
        let fact = log.fact(entry.place).filter(|fact| fact.leaf == entry.leaf)?;
        Some((log, fact))
    }

    /// An entry in words: when, what, about whom, by whom, and what the checks had said.
    fn entry_line(&self, log: &Log, fact: &Fact, words: &BoardWords) -> Line {
        let said = &words.book;
        let place = format!("{:03}/{}", fact.place.segment, fact.place.seq);
        let mut text = format!("{place} · {} · {}", self.local(fact.at), words.event(fact.kind.word()));
        let about = fact.cand.map(|cand| match self.list_rows.get(&cand) {
            Some(row) => said.number(self.number_of(*row)),
            None => said.stranger(cand),
        });
        let by = said.by(shown_within(fact.op.as_str()));
        let second = fact.second.as_ref().map(|one| said.second(shown_within(one.as_str())));
        let reasons: Vec<String> = fact.reasons.iter().map(|one| shown_within(one.as_str())).collect();
        let reasons =
            (!reasons.is_empty() && fact.kind != review::Kind::CaseStep).then(|| said.reasons(reasons.join(", ")));
        for part in [about, Some(by), second, reasons].into_iter().flatten() {
            text.push_str(" · ");
            text.push_str(&part);
        }
        let opens = self.desk_of(&log.id).map(|desk| (List::Desks, desk));
        Line { text, mark: Mark::Plain, opens }
    }

    fn local(&self, at: jiff::Timestamp) -> String {
        self.offset.to_datetime(at).strftime("%H:%M:%S %d/%m/%Y").to_string()
    }
}

/// So long without an entry is worth a line.
const LONG_MS: u64 = 10 * 60_000;
