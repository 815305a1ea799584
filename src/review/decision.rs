//! What members of the board did about a case: steps of the board's own record, and the state that follows from them.

use crate::{
    answer::Answer,
    case::{Case, CaseId, entry_line},
    fact::EntryId,
    statement::Duties,
};
use jiff::{Timestamp, civil::Date};
use record::{Digest, segment::digest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// The session under which a member's record stands among an exam's logs: no exam has a session of this id.
pub const RECORD_SESSION: &str = "board";

/// Where a case stands (domain: mới, đã hỏi, đã trả lời, chờ quyết định, đã quyết định, khiếu nại, đóng).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// Nobody has done anything.
    New,
    /// Statements were asked for.
    Asked,
    /// Statements were given.
    Answered,
    /// Everything is there that can be had.
    ToDecide,
    /// Two members decided.
    Decided,
    /// Somebody appealed.
    Appealed,
    /// Nothing more is to be done.
    Closed,
}

impl CaseState {
    /// All of them, in their order.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Asked, Self::Answered, Self::ToDecide, Self::Decided, Self::Appealed, Self::Closed];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::ToDecide => "to-decide",
            Self::Decided => "decided",
            Self::Appealed => "appealed",
            Self::Closed => "closed",
        }
    }

    /// The state with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Two members stand behind it.
    pub fn needs_two(self) -> bool {
        matches!(self, Self::Decided | Self::Closed)
    }
}

/// One step: an entry of the board's record.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    /// The entry.
    pub entry: EntryId,
    /// When, by the member's computer.
    pub at: Timestamp,
    /// The case.
    pub case: CaseId,
    /// What the case rested on then, see [`Case::basis`].
    pub basis: Digest,
    /// The state that it brought the case to.
    pub state: CaseState,
    /// What was ruled, or which explanation fits, as a stable code; empty where nothing was.
    pub ruling: String,
    /// Why, in words.
    pub reason: String,
    /// What it asks for and brings.
    pub duties: Duties,
    /// What it found about harmless explanations of the case's kind.
    pub answers: Vec<Answer>,
    /// The members whose keys signed it, by their codes.
    pub by: Vec<String>,
    /// SHA-256 of the statement that they signed. The same statement written down again, by whomever, is the same step.
    pub statement: Digest,
    /// The step that this one takes back, in whosever record; a step that takes one back is not taken back itself.
    pub undoes: Option<EntryId>,
}

impl fmt::Debug for Step {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Step")
            .field("entry", &self.entry)
            .field("at", &self.at)
            .field("case", &self.case)
            .field("state", &self.state)
            .field("ruling", &self.ruling)
            .field("by", &self.by)
            .field("undoes", &self.undoes)
            .finish_non_exhaustive()
    }
}

/// What is known of a case beyond its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile<'a> {
    /// Where it stands.
    pub state: CaseState,
    /// All steps, those taken back too, in the order of their entries.
    pub steps: Vec<&'a Step>,
    /// Those of them that stand.
    pub standing: Vec<&'a Step>,
    /// Entries were added to the case after the last step that stands: it rests on other entries than was known then.
    pub has_news: bool,
    /// Members ruled differently, and neither took it back: both stand, and it is to be decided.
    pub is_contested: bool,
    /// What the standing steps together ask for and bring: of two dates the later one, whoever's clock was ahead. A date
    /// is made earlier by taking back the step that set it.
    pub duties: Duties,
}

impl CaseFile<'_> {
    /// Nobody has to do anything about it: decided or closed, nothing new since, and no second ruling.
    pub fn is_settled(&self) -> bool {
        matches!(self.state, CaseState::Decided | CaseState::Closed) && !self.has_news && !self.is_contested
    }

    /// What stands about one explanation, with the step that says it. Members who found different things both stand.
    pub fn answers(&self, code: &str) -> impl Iterator<Item = (&Step, &Answer)> {
        let all = self.standing.iter().flat_map(|step| step.answers.iter().map(|answer| (*step, answer)));
        all.filter(move |(_, answer)| answer.code == code)
    }

    /// Of whom a statement was asked and not given.
    pub fn awaited(&self) -> impl Iterator<Item = &str> {
        let Duties { asked, given, .. } = &self.duties;
        asked.iter().filter(|whom| !given.contains(whom)).map(String::as_str)
    }

    /// What is due is over: the date has passed and the case is not settled. The date itself is still in time.
    pub fn is_overdue(&self, today: Date) -> bool {
        !self.is_settled() && self.duties.due.is_some_and(|due| due < today)
    }
}

/// The file of each case. Steps that name a case that no rule opens (any more) are told apart.
pub fn files<'a>(cases: &[Case], steps: &'a [Step]) -> (BTreeMap<CaseId, CaseFile<'a>>, Vec<&'a Step>) {
    let undone = undone(steps);
    let mut by_case: BTreeMap<CaseId, Vec<&'a Step>> = BTreeMap::new();
    for step in steps {
        by_case.entry(step.case).or_default().push(step);
    }
    let mut files = BTreeMap::new();
    for case in cases {
        let mut own = by_case.remove(&case.id).unwrap_or_default();
        own.sort_by(|one, other| one.entry.cmp(&other.entry));
        own.dedup_by(|one, other| one.entry == other.entry);
        let stands = |step: &&&Step| step.undoes.is_none() && !undone.contains(&step.statement);
        let standing: Vec<&Step> = own.iter().filter(stands).copied().collect();
        files.insert(case.id, file(case, own, standing));
    }
    (files, by_case.into_values().flatten().collect())
}

/// The statements that were taken back: however often one is written down again, it does not come back.
fn undone(steps: &[Step]) -> BTreeSet<Digest> {
    let by_entry: BTreeMap<&EntryId, &Step> = steps.iter().map(|step| (&step.entry, step)).collect();
    let named = steps.iter().filter_map(|step| by_entry.get(step.undoes.as_ref()?));
    named.filter(|step| step.undoes.is_none()).map(|step| step.statement).collect()
}

/// The furthest state that a standing step reached: whose clock was ahead is no argument.
fn file<'a>(case: &Case, steps: Vec<&'a Step>, standing: Vec<&'a Step>) -> CaseFile<'a> {
    let furthest = standing.iter().map(|step| step.state).max().unwrap_or(CaseState::New);
    let rulings: BTreeSet<&str> =
        standing.iter().filter(|step| step.state == CaseState::Decided).map(|step| step.ruling.as_str()).collect();
    let is_contested = rulings.len() > 1;
    let has_news = !standing.is_empty() && !standing.iter().any(|step| step.basis == case.basis);
    let state = if is_contested { CaseState::ToDecide } else { furthest };
    CaseFile { state, steps, has_news, is_contested, duties: together(&standing), standing }
}

/// What whoever looks at a case sees: what it rests on, and every step. Another digest says that it has changed since.
pub fn seen(case: &Case, file: &CaseFile<'_>) -> Digest {
    let mut lines = format!("{}\n", case.basis);
    for step in &file.steps {
        let _ = writeln!(lines, "{}", entry_line(&step.entry));
    }
    digest(lines.as_bytes())
}

fn together(standing: &[&Step]) -> Duties {
    let mut all = Duties::default();
    for Duties { due, asked, given, preserve, appeal_until } in standing.iter().map(|step| &step.duties) {
        all.due = all.due.max(*due);
        all.appeal_until = all.appeal_until.max(*appeal_until);
        for (to, from) in [(&mut all.asked, asked), (&mut all.given, given), (&mut all.preserve, preserve)] {
            from.iter().for_each(|one| {
                if !to.contains(one) {
                    to.push(one.clone());
                }
            });
        }
    }
    all
}
