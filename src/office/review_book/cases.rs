//! One case: both sides, what explains it, what members did, and what whoever decides has to know.

use super::{CaseStanding, ReviewBook};
use crate::language::BoardWords;
use crate::review_answers::answers;
use crate::review_report::duties;
use bits::text::shown_within;
use jiff::civil::Date;
use record::CandidateRef;
use review::answer::Found;
use review::book::{Block, Line, Mark, OpenCase, Sheet};
use review::decision::{CaseFile, CaseState, Step, files, seen};
use review::{Case, EntryId, LogId, Subject};
use std::collections::BTreeMap;

impl CaseStanding {
    pub(super) fn of(file: &CaseFile<'_>) -> Self {
        Self { state: file.state, is_open: !file.is_settled(), due: file.duties.due }
    }
}

impl ReviewBook {
    /// Both sides beside each other, where there are two.
    pub(super) fn case_sheet(&self, at: usize, words: &BoardWords) -> Option<Sheet> {
        let case = self.loaded.review.cases().get(at)?;
        let mut by_log: BTreeMap<&LogId, Vec<&EntryId>> = BTreeMap::new();
        case.entries.iter().for_each(|entry| by_log.entry(&entry.log).or_default().push(entry));
        let mut sides = by_log.into_iter().map(|(log, entries)| self.side(log, &entries, words));
        let mut blocks = Vec::new();
        while let Some(one) = sides.next() {
            blocks.push((one, sides.next()));
        }
        let plain = |text: &str| Line { text: text.to_owned(), mark: Mark::Plain, opens: None };
        let (files, _) = files(std::slice::from_ref(case), &self.loaded.told.steps);
        let file = files.get(&case.id)?;
        let line = |(text, mark): (String, Mark)| Line { text, mark, opens: None };
        let why = answers(case, file, words).into_iter().map(line).collect();
        let open = case.rule.unknowns().iter().map(|code| plain(words.unknown(code))).collect();
        let explained = Block { title: words.review.explanations(), lines: why };
        blocks.push((explained, Some(Block { title: words.review.unknowns(), lines: open })));
        blocks.extend(self.people_of(case, words).map(|block| (block, None)));
        blocks.push((self.steps_block(case, file, words), None));
        Some(Sheet { title: self.case_title(case, words), blocks, timeline: None })
    }

    fn side(&self, log: &LogId, entries: &[&EntryId], words: &BoardWords) -> Block {
        let line = |entry: &&EntryId| match self.fact(entry) {
            Some((log, fact)) => self.entry_line(log, &fact, words),
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

    fn case_title(&self, case: &Case, words: &BoardWords) -> String {
        format!("{} · {}", words.rule(case.rule), self.about(&case.subject, words))
    }

    fn steps_block(&self, case: &Case, file: &CaseFile<'_>, words: &BoardWords) -> Block {
        let line = |step: &&Step| {
            let is_gone = step.undoes.is_none() && !file.standing.contains(step);
            let text = self.step_text(step, words);
            let text = if is_gone { words.decide.taken_back(text) } else { text };
            Line { text, mark: Mark::Plain, opens: None }
        };
        let mut lines: Vec<Line> = file.steps.iter().map(line).collect();
        if file.has_news {
            lines.push(Line { text: words.decide.news(), mark: Mark::Look, opens: None });
        }
        let mark = if file.is_settled() { Mark::Plain } else { Mark::Look };
        lines.extend(duties(file, self.today, words).into_iter().map(|text| Line { text, mark, opens: None }));
        lines.push(Line { text: words.book.how(case.id), mark: Mark::Plain, opens: None });
        Block { title: words.book.steps(), lines }
    }

    /// When, by whom, what and why.
    fn step_text(&self, step: &Step, words: &BoardWords) -> String {
        let (state, by) = (words.case_state(step.state.word()), shown_within(&step.by.join(", ")));
        let ruling = shown_within(words.explanation(&step.ruling));
        let text = words.decide.step(state, by, ruling, shown_within(&step.reason));
        format!("{} · {text}", self.local(step.at))
    }

    /// Where a case stands, in words, with what is over; whether somebody has to look.
    pub(super) fn standing_of(&self, case: &Case, words: &BoardWords) -> (String, Mark) {
        let Some(one) = self.standing.get(&case.id) else { return (String::new(), Mark::Look) };
        let state = words.case_state(one.state.word());
        match self.overdue(one) {
            Some(due) => {
                let over = words.decide.overdue(due.strftime("%d/%m/%Y"));
                (format!("{over} · {state}"), Mark::Grave)
            }
            None => (state.to_owned(), if one.is_open { Mark::Look } else { Mark::Plain }),
        }
    }

    /// The date that has passed.
    pub(super) fn overdue(&self, one: &CaseStanding) -> Option<Date> {
        one.due.filter(|due| one.is_open && self.today.is_some_and(|today| *due < today))
    }

    pub(super) fn open_case_in(&self, number: u32, words: &BoardWords) -> Option<OpenCase> {
        let case = self.loaded.review.cases().get(usize::try_from(number).ok()?)?;
        let (files, _) = files(std::slice::from_ref(case), &self.loaded.told.steps);
        let file = files.get(&case.id)?;
        let explanations = case.rule.explanations().iter();
        Some(OpenCase {
            id: case.id,
            title: self.case_title(case, words),
            seen: seen(case, file),
            states: CaseState::ALL.map(|state| (state, words.case_state(state.word()).to_owned())).to_vec(),
            explanations: explanations.map(|code| ((*code).to_owned(), words.explanation(code).to_owned())).collect(),
            found: Found::ALL.map(|found| (found, words.found(found).to_owned())).to_vec(),
            steps: file.standing.iter().map(|step| (step.entry.clone(), self.step_text(step, words))).collect(),
        })
    }
}
