//! The papers of one session over all sites: the quick report, which names nobody, and the summary.

use super::Papers;
use super::fill::{Facts, grouped, share};
use super::heads::{FootWords, foot};
use super::roll::is_exempt;
use super::site::wide;
use crate::forms::{Lines, PaperForm, Section};
use paper::official::{Foot, Part};
use paper::{Paper, PaperError};
use review::State;
use review::balance::{Balance, Difference, total};
use std::collections::BTreeMap;

/// One session.
pub(super) struct OfSession<'a> {
    pub(super) papers: &'a Papers<'a>,
    pub(super) session: usize,
}

impl OfSession<'_> {
    /// How many were there, of whom had to be.
    pub(super) fn quick(&self) -> Result<Vec<u8>, PaperError> {
        let form = self.papers.forms.paper("quick");
        let paper = Paper::new(form.title())?;
        let facts = self.facts();
        let parts = vec![self.items(&paper, &form, &facts), self.sites(&paper, &form, &facts)];
        self.finished(paper, "quick", &form, &facts, parts)
    }

    /// All sums, site by site.
    pub(super) fn summary(&self) -> Result<Vec<u8>, PaperError> {
        let form = self.papers.forms.paper("summary");
        let paper = Paper::new(form.title())?;
        let facts = self.facts();
        let parts = vec![self.sites(&paper, &form, &facts)];
        self.finished(paper, "summary", &form, &facts, parts)
    }

    fn finished(
        &self,
        mut paper: Paper,
        name: &str,
        form: &PaperForm,
        facts: &Facts,
        parts: Vec<Part>,
    ) -> Result<Vec<u8>, PaperError> {
        let official = self.papers.official(&paper, form, facts, parts, self.foot(name));
        paper.official(&official)?;
        paper.finish()
    }

    fn facts(&self) -> Facts {
        let papers = self.papers;
        let own: Vec<&Balance> = papers.balances_of(self.session, None).iter().collect();
        let exempt: Vec<State> = papers.rolls.keys().flat_map(|site| self.exempt(site)).collect();
        let missing = papers.loaded.review.missing().filter(|one| one.session == self.session).count();
        let missing = if missing == 0 { papers.word("none").to_owned() } else { grouped(wide(missing)) };
        let session = papers.session_id(self.session);
        let (cases, open) = papers.cases_of(session);
        papers
            .counted(papers.session_facts(self.session), &own, &exempt)
            .with("missing", missing)
            .counted("cases", cases)
            .counted("open_cases", open)
    }

    /// The states of a site's exempt candidates who did not come.
    fn exempt(&self, site: &str) -> Vec<State> {
        let rooms = self.papers.rolls.get(site).and_then(|sessions| sessions.get(&self.session));
        let people = rooms.into_iter().flat_map(BTreeMap::values).flat_map(|roll| roll.not_in.iter().chain(&roll.open));
        let loaded = self.papers.loaded;
        let exempt = people.filter(|(cand, state)| is_exempt(loaded, self.session, *cand, *state));
        exempt.map(|(_, state)| *state).collect()
    }

    /// Items that no log knows have room to be written in by hand.
    fn items(&self, paper: &Paper, form: &PaperForm, facts: &Facts) -> Part {
        let columns = form.lines(Lines::RowColumns);
        let row = |(number, name): (usize, &String)| {
            let cell = |column: &String| match column.as_str() {
                "number" => number.to_string(),
                "item" => self.papers.forms.word(Section::Column, name).to_owned(),
                _ => facts.get(name).map_or_else(|| self.papers.word("by_hand").to_owned(), str::to_owned),
            };
            columns.iter().map(cell).collect()
        };
        let rows = (1..).zip(form.lines(Lines::Rows)).map(row).collect();
        self.papers.grid(paper, columns, rows)
    }

    fn sites(&self, paper: &Paper, form: &PaperForm, whole: &Facts) -> Part {
        let columns = form.lines(Lines::Columns);
        let mut by_site: BTreeMap<&str, Vec<&Balance>> = BTreeMap::new();
        for one in self.papers.balances_of(self.session, None) {
            by_site.entry(&one.room.site).or_default().push(one);
        }
        let line = |number: String, site: String, facts: &Facts| {
            let cell = |column: &String| match column.as_str() {
                "number" => number.clone(),
                "site" => site.clone(),
                name => facts.get(name).unwrap_or_default().to_owned(),
            };
            columns.iter().map(cell).collect::<Vec<_>>()
        };
        let row = |(number, (site, own)): (usize, (&str, Vec<&Balance>))| {
            let facts = self.papers.counted(Facts::default(), &own, &self.exempt(site));
            line(number.to_string(), self.papers.site_name(site), &facts)
        };
        let rows = (1..).zip(by_site).map(row);
        let sum = line(String::new(), self.papers.word("total").to_owned(), whole);
        let rows: Vec<Vec<String>> = rows.chain([sum]).collect();
        self.papers.grid(paper, columns, rows)
    }

    fn foot(&self, about: &str) -> Foot {
        let papers = self.papers;
        let exam = papers.loaded.review.expected().exam();
        let session = papers.session_id(self.session);
        let heads = papers.heads_of(session, None);
        let words =
            FootWords { digest: papers.word("foot"), log: papers.word("foot_log"), more: papers.word("foot_more") };
        foot(&heads, session, &format!("{exam} {session} {about}"), false, &words)
    }
}

impl Papers<'_> {
    /// The sums of some rooms. Who is exempt and did not come is neither expected nor absent nor unknown.
    pub(super) fn counted(&self, facts: Facts, own: &[&Balance], exempt: &[State]) -> Facts {
        let sum = total(own.iter().copied());
        let of = |states: &[State]| wide(exempt.iter().filter(|state| states.contains(state)).count());
        let gone = of(&State::ALL);
        let expected = sum.listed.saturating_sub(gone);
        let absent = sum.absent.saturating_sub(of(&[State::Absent]));
        let open_states = [State::Referred, State::Elsewhere, State::NotKnown];
        let open = (sum.referred + sum.elsewhere + sum.not_known).saturating_sub(of(&open_states));
        let scripts: Vec<u64> = own.iter().filter_map(|one| one.scripts).collect();
        let scripts = if scripts.is_empty() { String::new() } else { grouped(scripts.iter().sum()) };
        let differences: Vec<&Difference> = own.iter().flat_map(|one| &one.differences).collect();
        let unexplained = differences.iter().filter(|one| one.is_open()).count();
        facts
            .counted("listed", sum.listed)
            .counted("exempt", gone)
            .counted("expected", expected)
            .counted("present", sum.present)
            .counted("admitted", sum.admitted())
            .counted("guests", sum.guests)
            .counted("moved", sum.moved)
            .counted("absent", absent)
            .counted("not_admitted", sum.not_admitted)
            .counted("not_in", absent + sum.not_admitted)
            .counted("open", open)
            .with("share", share(sum.present, expected))
            .with("scripts", scripts)
            .counted("differences", wide(differences.len()))
            .counted("open_differences", wide(unexplained))
    }

    /// Cases of a session, and how many of them are not settled.
    fn cases_of(&self, session: &str) -> (u64, u64) {
        let review = &self.loaded.review;
        let (files, _) = review::decision::files(review.cases(), &self.loaded.told.steps);
        let of_session = |case: &&review::Case| {
            case.entries.iter().any(|entry| entry.log.session() == session)
                || matches!(&case.subject, review::Subject::Sitting { session: one, .. } if one == session)
        };
        let own: Vec<&review::Case> = review.cases().iter().filter(of_session).collect();
        let is_open = |case: &&&review::Case| files.get(&case.id).is_none_or(|file| !file.is_settled());
        (wide(own.len()), wide(own.iter().filter(is_open).count()))
    }
}
