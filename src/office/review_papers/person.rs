//! One person's case: every entry about her, the cases that follow, and the proofs that lie beside the paper.

use super::fill::{Facts, moment};
use super::heads::{FootWords, Head, foot};
use super::site::wide;
use super::{Papers, Proven};
use crate::forms::{Lines, PaperForm, Section};
use crate::language::BoardWords;
use crate::review_answers::answers;
use paper::official::{Foot, Part};
use paper::{Paper, PaperError};
use record::CandidateRef;
use review::decision::files;
use review::{Case, Fact, Log, Sitting, Subject};
use roster::{Candidate, CandidateId};

/// One person.
pub(super) struct OfPerson<'a> {
    pub(super) papers: &'a Papers<'a>,
    pub(super) cand: CandidateRef,
    pub(super) proven: &'a [Proven],
    /// Papers leave the house in Vietnamese, whatever its screens say.
    pub(super) words: &'a BoardWords,
}

impl OfPerson<'_> {
    pub(super) fn case(&self) -> Result<Vec<u8>, PaperError> {
        let form = self.papers.forms.paper("person");
        let mut paper = Paper::new(form.title())?;
        let sittings = self.papers.loaded.review.sittings_of(self.cand);
        let facts = self.facts(&sittings);
        let [cases, entries, proofs] = form.heads();
        let mut parts = Vec::new();
        for sitting in &sittings {
            let facts = self.of_sitting(sitting);
            parts.extend(facts.fill(entries).map(Part::Head));
            parts.push(self.entries(&paper, &form, sitting));
        }
        parts.extend([Part::Head(cases.to_owned()), self.cases(&paper, &form)]);
        parts.extend(self.explanations());
        parts.push(Part::Head(proofs.to_owned()));
        parts.extend(
            self.proven
                .iter()
                .flat_map(|one| [Part::Code(one.file.clone()), Part::Code(format!("    {}", one.sha256))]),
        );
        if self.proven.is_empty() {
            parts.push(Part::Paragraph(self.papers.word("none").to_owned()));
        }
        let official = self.papers.official(&paper, &form, &facts, parts, self.foot(&sittings));
        paper.official(&official)?;
        paper.finish()
    }

    fn row(&self) -> Option<Candidate> {
        self.papers.loaded.exam.candidates.get(CandidateId(self.cand.0))
    }

    fn facts(&self, sittings: &[Sitting]) -> Facts {
        let row = self.row();
        let born = row.as_ref().and_then(Candidate::birth_date).map(|born| born.strftime("%d/%m/%Y").to_string());
        let number = row.as_ref().map_or_else(|| self.cand.to_string(), |row| row.number.as_str().to_owned());
        let entries = sittings.iter().map(|sitting| sitting.entries.len()).sum();
        Facts::default()
            .with("exam", &self.papers.loaded.exam.settings.title)
            .with("name", row.as_ref().map(|row| row.full_name.reveal().clone()).unwrap_or_default())
            .with("born", born.unwrap_or_default())
            .with("candidate", number)
            .counted("entries", wide(entries))
            .counted("proofs", wide(self.proven.len()))
    }

    fn of_sitting(&self, sitting: &Sitting) -> Facts {
        let state = self.papers.forms.word(Section::State, sitting.state.word());
        self.papers.session_facts(sitting.session).with("state", state)
    }

    fn entries(&self, paper: &Paper, form: &PaperForm, sitting: &Sitting) -> Part {
        let review = &self.papers.loaded.review;
        let all = sitting.entries.iter().filter_map(|place| Some((review.log(*place)?, review.fact(*place)?)));
        let columns = form.lines(Lines::Columns);
        let row = |(log, fact): (&Log, Fact)| columns.iter().map(|column| self.cell(column, log, &fact)).collect();
        let rows: Vec<Vec<String>> = all.map(row).collect();
        self.table_or_none(paper, columns, rows)
    }

    fn cell(&self, column: &str, log: &Log, fact: &Fact) -> String {
        match column {
            "desk" => log.id.desk().to_owned(),
            "place" => format!("{:03}/{}", fact.place.segment, fact.place.seq),
            "at" => moment(fact.at, self.papers.offset, "%H:%M:%S %d/%m"),
            "event" => self.words.event(fact.kind.word()).to_owned(),
            "words" => fact.reasons.iter().map(|code| self.words.reason(code.as_str())).collect::<Vec<_>>().join("; "),
            "by" => {
                let second = fact.second.as_ref().map(|one| one.as_str());
                [Some(fact.op.as_str()), second].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        }
    }

    fn own_cases(&self) -> Vec<Case> {
        self.papers.loaded.review.cases().iter().filter(|case| self.is_about(case)).cloned().collect()
    }

    /// Below the table: what members found about each harmless explanation, case by case, and what nobody has answered.
    fn explanations(&self) -> Vec<Part> {
        let all = self.own_cases();
        let (files, _) = files(&all, &self.papers.loaded.told.steps);
        let of = |case: &Case| {
            let lines = files.get(&case.id).map(|file| answers(case, file, self.words)).unwrap_or_default();
            let rule = self.words.rule(case.rule).to_owned();
            lines.into_iter().map(move |(line, _)| Part::Paragraph(format!("{rule} – {line}")))
        };
        all.iter().flat_map(of).collect()
    }

    /// Every step of every case about her, or the case where nobody has done anything yet.
    fn cases(&self, paper: &Paper, form: &PaperForm) -> Part {
        let columns = form.lines(Lines::OpenColumns);
        let all = self.own_cases();
        let (files, _) = files(&all, &self.papers.loaded.told.steps);
        let mut rows = Vec::new();
        for case in &all {
            let Some(file) = files.get(&case.id) else { continue };
            let state = self.papers.forms.word(Section::CaseState, file.state.word());
            let row = |ruling: &str, reason: &str, by: String| {
                let cell = |column: &String| match column.as_str() {
                    "rule" => self.words.rule(case.rule).to_owned(),
                    "case_state" => state.to_owned(),
                    "ruling" => self.words.explanation(ruling).to_owned(),
                    "words" => reason.to_owned(),
                    "by" => by.clone(),
                    _ => String::new(),
                };
                columns.iter().map(cell).collect::<Vec<_>>()
            };
            match file.standing.as_slice() {
                [] => rows.push(row("", "", String::new())),
                steps => rows.extend(steps.iter().map(|step| row(&step.ruling, &step.reason, step.by.join(", ")))),
            }
        }
        self.table_or_none(paper, columns, rows)
    }

    fn is_about(&self, case: &Case) -> bool {
        let review = &self.papers.loaded.review;
        let of_entry = |entry: &review::EntryId| {
            let log = review.logs().iter().find(|log| log.id == entry.log);
            log.and_then(|log| log.fact(entry.place)).is_some_and(|fact| fact.cand == Some(self.cand))
        };
        match &case.subject {
            Subject::Sitting { cand, .. } => *cand == self.cand,
            _ => case.entries.iter().any(of_entry),
        }
    }

    fn table_or_none(&self, paper: &Paper, columns: &[String], rows: Vec<Vec<String>>) -> Part {
        match rows.is_empty() {
            true => Part::Paragraph(self.papers.word("none").to_owned()),
            false => self.papers.grid(paper, columns, rows),
        }
    }

    /// The logs that say something of her.
    fn foot(&self, sittings: &[Sitting]) -> Foot {
        let (papers, review) = (self.papers, &self.papers.loaded.review);
        let logs: Vec<&str> = sittings
            .iter()
            .flat_map(|sitting| &sitting.entries)
            .filter_map(|place| review.log(*place))
            .map(|log| log.id.as_str())
            .collect();
        let heads: Vec<&Head<'_>> = papers.heads.iter().filter(|head| logs.contains(&head.log.id.as_str())).collect();
        let words =
            FootWords { digest: papers.word("foot"), log: papers.word("foot_log"), more: papers.word("foot_more") };
        let exam = review.expected().exam();
        foot(&heads, exam, &format!("{exam} person {}", self.cand), true, &words)
    }
}
