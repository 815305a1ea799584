//! The papers of one site in one session: who was there, room by room; who was not; the minutes.

use super::Papers;
use super::fill::{Facts, clock, date, moment};
use super::heads::{FootWords, Head, foot};
use super::roll::{Roll, is_exempt};
use crate::forms::{Lines, PaperForm, Section};
use paper::official::{Align, Column, Foot, Part, Table};
use paper::{Face, Paper, PaperError};
use record::CandidateRef;
use review::{Kind, MissingLog, State};
use roster::{Candidate, CandidateId};
use std::collections::BTreeMap;

/// One site in one session.
pub(super) struct OfSite<'a> {
    pub(super) papers: &'a Papers<'a>,
    pub(super) session: usize,
    pub(super) site: &'a str,
    pub(super) rooms: &'a BTreeMap<String, Roll>,
    pub(super) heads: Vec<&'a Head<'a>>,
}

/// Somebody on a paper: the row of the list, where there is one.
struct Person {
    cand: CandidateRef,
    row: Option<Candidate>,
    room: String,
    state: State,
}

impl OfSite<'_> {
    /// Who was there: a list for each room, by number.
    pub(super) fn present(&self) -> Result<Vec<u8>, PaperError> {
        let mut paper = Paper::new(self.papers.forms.paper("room").title())?;
        for (room, roll) in self.rooms {
            let form = self.papers.forms.paper(if self.is_of_guests(room) { "guests" } else { "room" });
            let rows = self.people(roll.present.iter().map(|cand| (*cand, State::Present)), room);
            let name = if room.is_empty() { self.papers.word("no_room") } else { room };
            let facts = self.facts(Some(room)).with("room", name).counted("rows", wide(rows.len()));
            let table = self.table(&paper, form.lines(Lines::Columns), &rows);
            let foot = self.foot(&format!("room {room}"));
            let official = self.papers.official(&paper, &form, &facts, vec![table], foot);
            paper.official(&official)?;
        }
        paper.finish()
    }

    /// Who was not: by room, then by number; who is neither stands apart.
    pub(super) fn absent(&self) -> Result<Vec<u8>, PaperError> {
        let form = self.papers.forms.paper("absent");
        let mut paper = Paper::new(form.title())?;
        let (mut absent, mut open) = (Vec::new(), Vec::new());
        for (room, roll) in self.rooms {
            let (exempt, not_in): (Vec<_>, Vec<_>) =
                roll.not_in.iter().partition(|(cand, state)| self.is_exempt(*cand, *state));
            absent.extend(self.people(not_in.into_iter().copied(), room));
            open.extend(self.people(exempt.into_iter().chain(&roll.open).copied(), room));
        }
        let facts = self.facts(None).counted("rows", wide(absent.len())).counted("open_rows", wide(open.len()));
        let mut parts = vec![self.table_or_none(&paper, form.lines(Lines::Columns), &absent)];
        let closing = form.lines(Lines::Closing).iter().filter_map(|line| facts.fill(line)).map(Part::Paragraph);
        let closing: Vec<Part> = closing.collect();
        if !open.is_empty() {
            let [head, ..] = form.heads();
            parts.extend(closing);
            parts.extend(facts.fill(head).map(Part::Head));
            parts.push(self.table(&paper, form.lines(Lines::OpenColumns), &open));
            parts
                .extend(form.lines(Lines::OpenClosing).iter().filter_map(|line| facts.fill(line)).map(Part::Paragraph));
            let official = self.papers.official(&paper, &form.without_closing(), &facts, parts, self.foot("absent"));
            paper.official(&official)?;
        } else {
            let official = self.papers.official(&paper, &form, &facts, parts, self.foot("absent"));
            paper.official(&official)?;
        }
        paper.finish()
    }

    /// The minutes, with what does not balance and where each log ends.
    pub(super) fn minutes(&self) -> Result<Vec<u8>, PaperError> {
        let form = self.papers.forms.paper("minutes");
        let mut paper = Paper::new(form.title())?;
        let facts = self.facts(None);
        let [_, differences, logs] = form.heads();
        let mut parts = vec![Part::Head(differences.to_owned())];
        parts.push(self.differences(&paper, &form));
        parts.push(Part::Head(logs.to_owned()));
        parts.push(self.logs(&paper, &form));
        parts.extend(self.heads.iter().map(|head| Part::Code(format!("{} {}", head.log.id.desk(), head.root_hex()))));
        let official = self.papers.official(&paper, &form, &facts, parts, self.foot("minutes"));
        paper.official(&official)?;
        paper.finish()
    }

    /// Guests stand in a row of the site without a room.
    fn is_of_guests(&self, room: &str) -> bool {
        let own = self.papers.balances_of(self.session, Some(self.site));
        room.is_empty() && own.iter().any(|one| one.room.room.is_empty() && one.counts.listed == 0)
    }

    /// Everything that a sentence may name.
    fn facts(&self, room: Option<&str>) -> Facts {
        let papers = self.papers;
        let own = papers.balances_of(self.session, Some(self.site));
        let own: Vec<_> = own.iter().filter(|one| room.is_none_or(|room| one.room.room == room)).collect();
        let exempt = self.rooms.iter().filter(|(name, _)| room.is_none_or(|room| room == name.as_str()));
        let exempt = exempt.flat_map(|(_, roll)| roll.not_in.iter().chain(&roll.open));
        let exempt: Vec<State> =
            exempt.filter(|(cand, state)| self.is_exempt(*cand, *state)).map(|(_, state)| *state).collect();
        let facts = papers.counted(papers.session_facts(self.session), &own, &exempt);
        let site = papers.site_name(self.site);
        facts.with("SITE", site.to_uppercase()).with("site", site).with("missing", self.missing())
    }

    fn missing(&self) -> String {
        let all = self.papers.loaded.review.missing_at(self.session, self.site);
        let one = |one: &MissingLog| {
            let why = self.papers.forms.word(Section::LogState, one.why.word());
            if one.desk.is_empty() { why.to_owned() } else { format!("{} ({why})", one.desk) }
        };
        let mut named: Vec<String> = all.iter().take(MISSING_NAMED).map(one).collect();
        if all.len() > MISSING_NAMED {
            named.push(format!("+{}", all.len() - MISSING_NAMED));
        }
        if named.is_empty() { self.papers.word("none").to_owned() } else { named.join(", ") }
    }

    fn is_exempt(&self, cand: CandidateRef, state: State) -> bool {
        is_exempt(self.papers.loaded, self.session, cand, state)
    }

    /// Rows of the list, by number; strangers last.
    fn people(&self, who: impl Iterator<Item = (CandidateRef, State)>, room: &str) -> Vec<Person> {
        let row = |cand: CandidateRef| self.papers.loaded.exam.candidates.get(CandidateId(cand.0));
        let one = |(cand, state): (CandidateRef, State)| Person { cand, row: row(cand), room: room.to_owned(), state };
        let mut all: Vec<Person> = who.map(one).collect();
        all.sort_by_cached_key(|one| {
            let number = one.row.as_ref().map(|row| row.number.as_str().to_owned());
            (number.is_none(), number, one.cand)
        });
        all
    }

    fn table_or_none(&self, paper: &Paper, columns: &[String], people: &[Person]) -> Part {
        match people {
            [] => Part::Paragraph(self.papers.word("none").to_owned()),
            people => self.table(paper, columns, people),
        }
    }

    fn table(&self, paper: &Paper, columns: &[String], people: &[Person]) -> Part {
        let row = |(number, person): (usize, &Person)| {
            columns.iter().map(|column| self.cell(column, number, person)).collect::<Vec<_>>()
        };
        let rows = (1..).zip(people).map(row).collect();
        self.papers.grid(paper, columns, rows)
    }

    fn cell(&self, column: &str, number: usize, person: &Person) -> String {
        let row = person.row.as_ref();
        match column {
            "number" => number.to_string(),
            "candidate" => row.map_or_else(|| person.cand.to_string(), |row| row.number.as_str().to_owned()),
            "name" => row.map(|row| row.full_name.reveal().clone()).unwrap_or_default(),
            "born" => row
                .and_then(Candidate::birth_date)
                .map(|born| born.strftime("%d/%m/%Y").to_string())
                .unwrap_or_default(),
            "room" => person.room.clone(),
            "came" => self.came(person.cand),
            "note" => self.note(person),
            "state" => self.state(person),
            "reason" => self.reason(person),
            _ => String::new(),
        }
    }

    fn came(&self, cand: CandidateRef) -> String {
        let review = &self.papers.loaded.review;
        let sitting = review.sitting(self.session, cand);
        let times = sitting.behind.iter().filter_map(|place| review.fact(*place)).map(|fact| fact.at);
        times.min().map(|at| clock(at, self.papers.offset)).unwrap_or_default()
    }

    fn note(&self, person: &Person) -> String {
        let review = &self.papers.loaded.review;
        let sitting = review.sitting(self.session, person.cand);
        let facts: Vec<_> = sitting.behind.iter().filter_map(|place| review.fact(*place)).collect();
        let home = person.row.as_ref().filter(|row| row.site != self.site && !row.site.is_empty());
        let is_guest = home.is_some() || facts.iter().any(|fact| fact.kind == Kind::Guest);
        let noted = [
            ("stranger", person.row.is_none()),
            ("guest", is_guest),
            ("late", facts.iter().any(|fact| fact.is_late)),
            ("manual", facts.iter().any(|fact| fact.kind == Kind::ManualAdmitted)),
            ("paper", facts.iter().any(|fact| fact.kind == Kind::PaperAdmitted)),
            ("twice", facts.len() > 1),
        ];
        let home = person.row.as_ref().map(|row| format!("{} {}", row.site, row.room)).unwrap_or_default();
        let facts = Facts::default().with("home", home.trim());
        let words = noted.into_iter().filter(|(_, is_so)| *is_so);
        let words = words.filter_map(|(name, _)| facts.fill(self.papers.forms.word(Section::Note, name)));
        words.collect::<Vec<_>>().join("; ")
    }

    fn state(&self, person: &Person) -> String {
        let forms = self.papers.forms;
        match person.state {
            state if self.is_exempt(person.cand, state) => forms.word(Section::Reason, "exempt").to_owned(),
            State::Present => forms.word(Section::Column, "moved").to_owned(),
            state => forms.word(Section::State, state.word()).to_owned(),
        }
    }

    /// Why somebody was not let in, as the entry says it; nobody knows yet why somebody did not come.
    fn reason(&self, person: &Person) -> String {
        let review = &self.papers.loaded.review;
        let sitting = review.sitting(self.session, person.cand);
        let fact = sitting.behind.first().and_then(|place| review.fact(*place));
        let code = fact.and_then(|fact| Some(fact.reasons.first()?.as_str().to_owned()));
        let code = code.filter(|_| person.state == State::NotAdmitted);
        let reason = self.papers.forms.word(Section::Reason, code.as_deref().unwrap_or("unstated")).to_owned();
        match person.state {
            State::NotAdmitted => format!("{}: {reason}", self.state(person)),
            _ => reason,
        }
    }

    fn differences(&self, paper: &Paper, form: &PaperForm) -> Part {
        let columns = form.lines(Lines::DifferenceColumns);
        let mut rows = Vec::new();
        for one in self.papers.balances_of(self.session, Some(self.site)) {
            for difference in &one.differences {
                let cell = |column: &String| match column.as_str() {
                    "room" => one.room.room.clone(),
                    "kind" => self.papers.forms.word(Section::Difference, difference.kind.word()).to_owned(),
                    "units" => difference.units.to_string(),
                    "words" => self.papers.explained(difference),
                    _ => String::new(),
                };
                rows.push(columns.iter().map(cell).collect());
            }
        }
        match rows.is_empty() {
            true => Part::Paragraph(self.papers.word("none").to_owned()),
            false => self.papers.grid(paper, columns, rows),
        }
    }

    fn logs(&self, paper: &Paper, form: &PaperForm) -> Part {
        let columns = form.lines(Lines::Columns);
        let offset = self.papers.offset;
        let row = |head: &&Head<'_>| {
            let (first, last) = (head.log.facts().next(), head.log.facts().next_back());
            let at = |fact: &Option<review::Fact>| {
                fact.as_ref().map(|fact| moment(fact.at, offset, "%H:%M %d/%m")).unwrap_or_default()
            };
            let cell = |column: &String| match column.as_str() {
                "desk" => head.log.id.desk().to_owned(),
                "log_state" => self.papers.forms.word(Section::LogState, head.log.state.word()).to_owned(),
                "entry_count" => head.log.packed().len().to_string(),
                "first" => at(&first),
                "last" => at(&last),
                "characters" => head.characters(),
                _ => String::new(),
            };
            columns.iter().map(cell).collect::<Vec<_>>()
        };
        let rows: Vec<Vec<String>> = self.heads.iter().map(row).collect();
        match rows.is_empty() {
            true => Part::Paragraph(self.papers.word("none").to_owned()),
            false => self.papers.grid(paper, columns, rows),
        }
    }

    fn foot(&self, about: &str) -> Foot {
        let papers = self.papers;
        let exam = papers.loaded.review.expected().exam();
        let session = papers.session_id(self.session);
        let words =
            FootWords { digest: papers.word("foot"), log: papers.word("foot_log"), more: papers.word("foot_more") };
        let of = format!("{session} {}", self.site);
        foot(&self.heads, of.trim(), &format!("{exam} {session} {} {about}", self.site), true, &words)
    }
}

impl Papers<'_> {
    /// A table in the columns of a form.
    pub(super) fn grid(&self, paper: &Paper, columns: &[String], rows: Vec<Vec<String>>) -> Part {
        let clean = |text: &str| paper.fonts().spelled(Face::Serif, &bits::text::shown_within(text));
        let column = |name: &String| Column {
            title: clean(self.forms.word(Section::Column, name)),
            width_mm: self.forms.width_mm(name),
            align: match name.as_str() {
                "name" | "reason" | "note" | "state" | "words" | "item" | "kind" | "site" | "characters" | "event"
                | "rule" | "ruling" => Align::Left,
                "number" | "candidate" | "born" | "room" | "came" | "desk" | "first" | "last" | "log_state"
                | "place" | "at" | "by" | "case_state" => Align::Middle,
                _ => Align::Right,
            },
        };
        let size_pt = if columns.len() > MANY_COLUMNS { SMALL_PT } else { TABLE_PT };
        let rows = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
        Part::Table(Table { columns: columns.iter().map(column).collect(), rows, size_pt })
    }

    /// What a sentence may name of a session.
    pub(super) fn session_facts(&self, session: usize) -> Facts {
        let settings = &self.loaded.exam.settings;
        let facts = Facts::default().with("exam", &settings.title);
        let Some(own) = settings.sessions.get(session) else { return facts };
        let name = if own.title.is_empty() { &own.id } else { &own.title };
        let due = own.report_due.map(|due| moment(due, self.offset, self.word("moment"))).unwrap_or_default();
        let facts = facts.with("session", name).with("date", date(own.start, self.offset));
        facts.with("start", clock(own.start, self.offset)).with("due", due)
    }

    /// Code and name of a site; empty for all that the list gives no site.
    pub(super) fn site_name(&self, code: &str) -> String {
        let known = self.loaded.exam.sites.iter().find(|site| site.code == code && !site.title.is_empty());
        known.map_or_else(|| code.to_owned(), |site| format!("{code} {}", site.title))
    }
}

pub(super) fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Missing logs that a sentence names.
const MISSING_NAMED: usize = 12;
const MANY_COLUMNS: usize = 7;
const TABLE_PT: f32 = 12.0;
const SMALL_PT: f32 = 10.0;
