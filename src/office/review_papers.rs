//! The board's papers, in the form of Decree 30/2020 and in the words of the exam's form set: for each site and session who
//! was there, who was absent, and the minutes; for each session the quick report and the summary.
//!
//! Invariants:
//! - The same review, decisions and forms give the same bytes.
//! - Nobody is called absent here whose state is not known: she stands apart, as what she is.
//! - Reports of a session name nobody, and add up no two sessions.

mod fill;
mod heads;
mod person;
mod roll;
mod session;
mod site;

use crate::forms::{Forms, Lines, PaperForm, Section};
use crate::language::BoardWords;
use crate::loaded::Loaded;
use fill::Facts;
use heads::{Head, all_heads};
use jiff::tz::Offset;
use paper::official::{Foot, Heading, Official, Part, Signature};
use paper::{Face, Paper, PaperError};
use record::CandidateRef;
use review::balance::{Balance, Difference};
use review::explanation::Explanation;
use roll::{Rolls, rolls};

/// A file: its name in the folder of the report, and what is in it.
pub type Written = (String, Vec<u8>);

/// A file with a proof, by its name and digest.
pub struct Proven {
    /// The file, from the folder of the paper.
    pub file: String,
    /// SHA-256 of what is in it.
    pub sha256: String,
}

/// Everything that papers are made from, put together once.
pub struct Papers<'a> {
    loaded: &'a Loaded,
    forms: &'a Forms,
    balances: &'a [Balance],
    rolls: Rolls,
    heads: Vec<Head<'a>>,
    offset: Offset,
}

impl<'a> Papers<'a> {
    /// Puts it together.
    pub fn new(loaded: &'a Loaded, balances: &'a [Balance], forms: &'a Forms) -> Self {
        Self {
            loaded,
            forms,
            balances,
            rolls: rolls(&loaded.review, balances),
            heads: all_heads(&loaded.review),
            offset: Offset::from_hours(loaded.exam.settings.utc_offset_hours).unwrap_or(Offset::UTC),
        }
    }

    /// How many sites there are papers for.
    pub fn sites(&self) -> usize {
        self.rolls.len()
    }

    /// The papers of one site, by its number: three for each session in which somebody is expected or was let in there.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn of_site(&self, number: usize) -> Result<Vec<Written>, PaperError> {
        let Some((site, sessions)) = self.rolls.iter().nth(number) else { return Ok(Vec::new()) };
        let folder = folder_name(number + 1, site);
        let mut files = Vec::new();
        for (session, rooms) in sessions {
            let id = self.session_id(*session);
            let of =
                site::OfSite { papers: self, session: *session, site, rooms, heads: self.heads_of(id, Some(site)) };
            files.push((format!("{folder}/du-thi-{id}.pdf"), of.present()?));
            files.push((format!("{folder}/vang-thi-{id}.pdf"), of.absent()?));
            files.push((format!("{folder}/bien-ban-{id}.pdf"), of.minutes()?));
        }
        Ok(files)
    }

    /// The papers of one session, by its number: quick report and summary.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn of_session(&self, session: usize) -> Result<Vec<Written>, PaperError> {
        let id = self.session_id(session);
        let of = session::OfSession { papers: self, session };
        Ok(vec![(format!("bao-cao-nhanh-{id}.pdf"), of.quick()?), (format!("tong-hop-{id}.pdf"), of.summary()?)])
    }

    /// One person's case: what every log says of her, the cases about that, and the proofs that lie beside the paper.
    /// `words` are Vietnamese: papers leave the house.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn of_person(&self, cand: CandidateRef, proven: &[Proven], words: &BoardWords) -> Result<Vec<u8>, PaperError> {
        person::OfPerson { papers: self, cand, proven, words }.case()
    }

    fn session_id(&self, session: usize) -> &str {
        self.loaded.review.expected().sessions().get(session).map_or("", |one| one.id.as_str())
    }

    /// Balances of a session, of one site or of all: they stand in the order of sessions, sites, rooms.
    fn balances_of(&self, session: usize, site: Option<&str>) -> &'a [Balance] {
        let place = |one: &Balance| match site {
            Some(site) => (one.session, one.room.site.as_str()).cmp(&(session, site)),
            None => one.session.cmp(&session),
        };
        let first = self.balances.partition_point(|one| place(one).is_lt());
        let behind = self.balances.partition_point(|one| place(one).is_le());
        self.balances.get(first..behind).unwrap_or_default()
    }

    /// What was said about a difference as it is now: category and words, who, when; that nothing was, where nothing was.
    fn explained(&self, difference: &Difference) -> String {
        let now = difference.said.iter().filter(|one| one.said.basis == difference.basis);
        let line = |one: &Explanation| {
            let word = one.said.category.map_or("", |category| self.forms.word(Section::Category, category.word()));
            let (by, at) = (one.said.by.join(", "), fill::date(one.said.at, self.offset));
            format!("{word}: {} ({by}, {at})", one.said.reason)
        };
        let lines: Vec<String> = now.map(line).collect();
        if lines.is_empty() { self.word("unexplained").to_owned() } else { lines.join("; ") }
    }

    /// Where the logs of a session end, of one site or of all.
    fn heads_of(&self, session: &str, site: Option<&str>) -> Vec<&Head<'a>> {
        let is_it =
            |head: &&Head<'_>| head.log.id.session() == session && site.is_none_or(|site| head.log.site == site);
        self.heads.iter().filter(is_it).collect()
    }

    fn word<'b>(&'b self, name: &'b str) -> &'b str {
        self.forms.word(Section::Paper, name)
    }

    /// One paper: the form's sentences around `parts`.
    fn official(&self, paper: &Paper, form: &PaperForm, facts: &Facts, parts: Vec<Part>, foot: Foot) -> Official {
        let clean = |text: &str| facts.fill(text).map(|text| paper.fonts().spelled(Face::Serif, &text));
        let lines = |which: Lines| form.lines(which).iter().filter_map(|line| clean(line)).collect::<Vec<_>>();
        let said = |name: &str| clean(self.word(name)).unwrap_or_default();
        let (superior, body) = if form.is_of_board() { ("board_superior", "board_body") } else { ("superior", "body") };
        let heading = Heading {
            superior: said(superior),
            body: said(body),
            number: clean(form.number()).unwrap_or_default(),
            nation: said("nation"),
            motto: said("motto"),
            place_and_date: if form.has_place() { said("place_and_date") } else { String::new() },
        };
        let sign = |capacity: String| Signature { capacity, note: said("sign_here"), name: String::new() };
        let paragraphs = |which: Lines| lines(which).into_iter().map(Part::Paragraph);
        Official {
            heading,
            title: clean(form.title()).unwrap_or_default(),
            about: lines(Lines::About),
            parts: paragraphs(Lines::Opening).chain(parts).chain(paragraphs(Lines::Closing)).collect(),
            signatures: lines(Lines::Signers).into_iter().map(sign).collect(),
            foot,
        }
    }
}

/// A site's folder: its number, so that no two are one, and its code as far as every file system takes it.
fn folder_name(number: usize, site: &str) -> String {
    let code: String = site.chars().filter(|one| one.is_ascii_alphanumeric()).take(FOLDER_CODE_LEN).collect();
    if code.is_empty() { format!("{number:04}") } else { format!("{number:04}-{code}") }
}

const FOLDER_CODE_LEN: usize = 40;
