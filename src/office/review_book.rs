//! What the board's window shows: the exam that was read, as lists and sheets in both languages.
//!
//! Made once from what was read; every answer comes from memory. Names stand here and not in `review`, which knows
//! candidates by their ids only.

mod cases;
mod desks;
mod find;
mod log;
mod overview;
mod rows;
mod sheets;

use crate::language::BoardWords;
use crate::loaded::Loaded;
use desks::{DeskLine, desk_lines};
use find::{PersonIn, SaidOfLists, people_states};
use jiff::civil::Date;
use jiff::tz::Offset;
use record::CandidateRef;
use review::balance::Balance;
use review::book::{Book, List, OpenCase, Overview, Row, Sheet, Wanted, Whom};
use review::decision::{CaseState, files};
use review::{CaseId, LogId};
use std::collections::{BTreeMap, HashMap};
use words::{DictionaryError, Language};

/// A case's state, and whether somebody has to look.
struct CaseStanding {
    state: CaseState,
    is_open: bool,
    due: Option<Date>,
}

/// An exam as the window of the board shows it.
pub struct ReviewBook {
    loaded: Loaded,
    words: [BoardWords; 2],
    rooms: Vec<Balance>,
    desks: Vec<DeskLine>,
    /// Each row of the exam's list, as a row of what the review expects.
    expected_rows: Vec<Option<u32>>,
    /// For each session, what everybody of the list is to it.
    people_states: Vec<Vec<PersonIn>>,
    said: SaidOfLists,
    /// The rows of the desks, by the numbers of their logs.
    desk_rows: HashMap<usize, u32>,
    standing: BTreeMap<CaseId, CaseStanding>,
    offset: Offset,
    /// The day by which what is due is over; `None` where nobody said which it is.
    today: Option<Date>,
}

impl ReviewBook {
    /// Takes what was read, and adds up what every page needs.
    ///
    /// # Errors
    /// [`DictionaryError`]: a fault of the build, found by the first test.
    pub fn new(loaded: Loaded) -> Result<Self, DictionaryError> {
        let review = &loaded.review;
        let rooms = loaded.balances();
        let desks = desk_lines(review);
        let mut expected_rows = vec![None; loaded.exam.candidates.len()];
        for (row, person) in (0..).zip(review.expected().people()) {
            if let Some(known) = expected_rows.get_mut(person.listed()) {
                *known = Some(row);
            }
        }
        let people_states = people_states(review, loaded.exam.candidates.len());
        let desk_rows = (0..).zip(&desks).filter_map(|(row, line)| Some((line.log?, row))).collect();
        let (files, _) = files(review.cases(), &loaded.told.steps);
        let standing = files.iter().map(|(id, file)| (*id, CaseStanding::of(file))).collect();
        let offset = Offset::from_hours(loaded.exam.settings.utc_offset_hours).unwrap_or(Offset::UTC);
        let words = [BoardWords::load(Language::Vietnamese)?, BoardWords::load(Language::English)?];
        Ok(Self {
            loaded,
            words,
            rooms,
            desks,
            expected_rows,
            people_states,
            desk_rows,
            said: SaidOfLists::default(),
            standing,
            offset,
            today: None,
        })
    }

    /// The same on a day: what is due is over behind its date.
    pub fn on(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// How many people and how many entries of logs it is about.
    pub fn size(&self) -> (usize, usize) {
        let review = &self.loaded.review;
        (review.expected().people().len(), review.logs().iter().map(|log| log.packed().len()).sum())
    }

    fn words(&self, language: Language) -> &BoardWords {
        let [vietnamese, english] = &self.words;
        match language {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        }
    }

    /// The row of somebody in the exam's list.
    fn list_row(&self, cand: CandidateRef) -> Option<u32> {
        let expected = self.loaded.review.expected();
        let person = expected.people().get(expected.row(cand)?)?;
        u32::try_from(person.listed()).ok()
    }

    fn session_name(&self, session: usize) -> String {
        let known = self.loaded.review.expected().sessions().get(session);
        known
            .map_or_else(|| "?".to_owned(), |one| if one.title.is_empty() { one.id.clone() } else { one.title.clone() })
    }

    fn site_name(&self, code: &str) -> String {
        let known = self.loaded.exam.sites.iter().find(|site| site.code == code && !site.title.is_empty());
        known.map_or_else(|| code.to_owned(), |site| format!("{code} {}", site.title))
    }

    fn desk_of(&self, log: &LogId) -> Option<u32> {
        let (number, _) = self.loaded.review.log_named(log)?;
        self.desk_rows.get(&number).copied()
    }
}

impl Book for ReviewBook {
    fn title(&self) -> String {
        let settings = &self.loaded.exam.settings;
        format!("{} — {}/{}", settings.title, settings.board, settings.id)
    }

    fn sessions(&self) -> Vec<String> {
        (0..self.loaded.review.expected().sessions().len()).map(|one| self.session_name(one)).collect()
    }

    fn overview(&self, language: Language) -> Overview {
        self.overview_in(self.words(language))
    }

    fn find(&self, list: List, wanted: &Wanted) -> Vec<u32> {
        self.found(list, wanted)
    }

    fn row(&self, list: List, number: u32, language: Language) -> Row {
        self.row_in(list, number, self.words(language))
    }

    fn sheet(&self, list: List, number: u32, language: Language) -> Option<Sheet> {
        self.sheet_in(list, number, self.words(language))
    }

    fn open_case(&self, number: u32, language: Language) -> Option<OpenCase> {
        self.open_case_in(number, self.words(language))
    }

    fn case_row(&self, id: CaseId) -> Option<u32> {
        let at = self.loaded.review.cases().iter().position(|case| case.id == id)?;
        u32::try_from(at).ok()
    }

    fn person(&self, number: u32) -> Option<Whom> {
        let person = self.loaded.exam.candidates.row(usize::try_from(number).ok()?)?;
        let folder = format!("ho-so-{}", person.number.as_str());
        Some(Whom { cand: CandidateRef(person.id.0), folder })
    }
}
