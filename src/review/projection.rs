//! One truth from many logs: for each session and candidate what is known, and the entries behind it.
//!
//! Every question of the board (a screen, a paper, a workbook) is a question to one [`Review`], which is made once from
//! what is expected and what was taken in, and never changed.

use crate::{
    case::Case,
    decision::RECORD_SESSION,
    expected::Expected,
    fact::{EntryId, Fact, LogId},
    intake::{Intake, Known},
    packed::Facts,
    rules,
    sitting::{Grade, MissingLog, MissingWhy, Sitting, State},
    touches::{Spot, Standing, Touches},
};
use bits::spread::{InTurn, Spread};
use record::{
    CandidateRef, EntryRef,
    effective::{Effective, InForce, effective},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where an entry stands in a [`Review`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its log, as a number of [`Review::logs`].
    pub log: u32,
    /// Its segment, from 1.
    pub segment: u32,
    /// Its place there, from 0.
    pub seq: u32,
}

impl Place {
    pub(crate) fn of(log: u32, place: EntryRef) -> Self {
        Self { log, segment: place.segment, seq: u32::try_from(place.seq).unwrap_or(u32::MAX) }
    }

    /// The place in its own log.
    pub fn entry(self) -> EntryRef {
        EntryRef { segment: self.segment, seq: u64::from(self.seq) }
    }
}

/// How far a log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogState {
    /// It ends with `close`.
    Closed,
    /// Its last segment has no `close`: more may come.
    Open,
    /// Two histories of it have come. What both hold counts, the rest is disputed.
    Contradicted,
    /// Of a session or an exam that is not this one, or training where the exam is none: nothing of it counts.
    Foreign,
    /// A member's record of what was done about cases: nothing in it is about who sat.
    BoardRecord,
}

impl LogState {
    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Contradicted => "contradicted",
            Self::Foreign => "foreign",
            Self::BoardRecord => "board-record",
        }
    }
}

/// One log as far as it is known.
#[derive(Debug, Clone)]
pub struct Log {
    /// Its name.
    pub id: LogId,
    /// The site in the desk's certificate.
    pub site: String,
    /// Its session, as a number of the exam's sessions.
    pub session: Option<usize>,
    /// How far it goes.
    pub state: LogState,
    /// Its entries: of contradicting histories what all have in common.
    facts: Facts,
    /// What contradicting histories do not have in common.
    pub disputed: Vec<Fact>,
    /// The last entry that somebody outside has signed.
    pub anchored: Option<EntryRef>,
}

impl Log {
    /// Its entries are about who sat in this exam.
    pub fn counts(&self) -> bool {
        !matches!(self.state, LogState::Foreign | LogState::BoardRecord)
    }

    /// All entries that count, in order.
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = Fact> + '_ {
        self.facts.iter()
    }

    /// The same as they lie in memory, for whoever goes through all of them.
    pub fn packed(&self) -> &Facts {
        &self.facts
    }

    /// The entry at a place.
    pub fn fact(&self, place: EntryRef) -> Option<Fact> {
        self.facts.get(place)
    }

    /// Somebody outside has signed a head that this entry lies under.
    pub fn is_anchored(&self, place: EntryRef) -> bool {
        self.anchored.is_some_and(|last| place <= last)
    }

    /// An entry's name for everybody.
    pub fn entry_id(&self, fact: &Fact) -> EntryId {
        EntryId { log: self.id.clone(), place: fact.place, leaf: fact.leaf }
    }
}

/// What is known of the whole exam.
#[derive(Debug, Clone)]
pub struct Review {
    expected: Expected,
    logs: Vec<Log>,
    touches: Touches,
    /// Whom contradicting histories say different things about, and in which logs.
    disputed: BTreeSet<(u32, CandidateRef, u32)>,
    /// What is missing, by session and site; nothing where nothing is.
    missing: BTreeMap<(usize, String), Vec<MissingLog>>,
    /// Everybody's state: a session, then the rows of the list; nothing for who is not expected.
    states: Vec<Vec<Option<State>>>,
    cases: Vec<Case>,
}

impl Review {
    /// Puts everything together.
    pub fn build(expected: Expected, intake: Intake) -> Self {
        Self::build_on(&InTurn, expected, intake)
    }

    /// The same on threads that somebody lends.
    pub fn build_on<S: Spread>(spread: &S, expected: Expected, intake: Intake) -> Self {
        let logs: Vec<Log> = intake.into_logs().map(|(id, known)| log(&expected, id, known)).collect();
        let mut disputed = BTreeSet::new();
        for (number, log) in (0..).zip(&logs).filter(|(_, log)| log.counts() && !log.disputed.is_empty()) {
            let Some(session) = log.session.and_then(|session| u32::try_from(session).ok()) else { continue };
            disputed.extend(disputed_in(log).into_iter().map(|cand| (session, cand, number)));
        }
        let mut review = Self {
            missing: missing(&expected, &logs),
            touches: Touches::of(spread, &expected, &logs),
            states: Vec::new(),
            cases: Vec::new(),
            expected,
            logs,
            disputed,
        };
        review.states = review.all_states();
        review.cases = rules::open(&review, spread);
        review
    }

    /// Who and what is expected.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    /// All logs, by their names.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The log of a place.
    pub fn log(&self, place: Place) -> Option<&Log> {
        usize::try_from(place.log).ok().and_then(|number| self.logs.get(number))
    }

    /// The entry at a place.
    pub fn fact(&self, place: Place) -> Option<Fact> {
        self.log(place)?.fact(place.entry())
    }

    /// The log of this name, and its number.
    pub fn log_named(&self, id: &LogId) -> Option<(usize, &Log)> {
        let number = self.logs.binary_search_by(|log| log.id.cmp(id)).ok()?;
        Some((number, self.logs.get(number)?))
    }

    /// An entry's name for everybody.
    pub fn entry_id(&self, place: Place) -> Option<EntryId> {
        let log = self.log(place)?;
        Some(log.entry_id(&log.fact(place.entry())?))
    }

    /// All cases, by their rules, then by their ids.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The state of a row of the list in a session; `None` for who is not expected in it.
    pub fn state(&self, session: usize, row: usize) -> Option<State> {
        self.states.get(session)?.get(row).copied().flatten()
    }

    /// One candidate in one session, whether or not anybody expected that.
    pub fn sitting(&self, session: usize, cand: CandidateRef) -> Sitting {
        let slot = self.touches.slot(cand, self.expected.row(cand));
        self.sitting_of(session, cand, slot.map_or(&[], |slot| self.touches.about(session, slot)))
    }

    /// One candidate in all sessions in which something was expected or recorded.
    pub fn sittings_of(&self, cand: CandidateRef) -> Vec<Sitting> {
        let all = (0..self.expected.sessions().len()).map(|session| self.sitting(session, cand));
        all.filter(|sitting| sitting.is_expected || !sitting.entries.is_empty()).collect()
    }

    /// Everybody about whom there is an entry in a session, in the order of their ids.
    pub fn recorded(&self, session: usize) -> impl Iterator<Item = Sitting> + '_ {
        let all = self.touches.recorded(session, &self.expected);
        all.map(move |(cand, slot)| self.sitting_of(session, cand, self.touches.about(session, slot)))
    }

    /// Of these only those whose entries have to be read together, and whom no list has. Of all others there is nothing that
    /// a rule looks at.
    pub(crate) fn read_together(&self, session: usize) -> impl Iterator<Item = Sitting> + '_ {
        let is_read =
            move |slot: usize| self.touches.is_stranger(slot) || self.touches.standing(session, slot) == Standing::Read;
        let all = self.touches.recorded(session, &self.expected).filter(move |(_, slot)| is_read(*slot));
        all.map(move |(cand, slot)| self.sitting_of(session, cand, self.touches.about(session, slot)))
    }

    /// Everybody about whom there is an entry in a session, but those of the list who are in at their own site.
    pub(crate) fn away_from_home(&self, session: usize) -> impl Iterator<Item = Sitting> + '_ {
        let all = self.touches.recorded(session, &self.expected);
        let away = all.filter(move |(_, slot)| !self.is_in_at_home(session, *slot));
        away.map(move |(cand, slot)| self.sitting_of(session, cand, self.touches.about(session, slot)))
    }

    fn is_in_at_home(&self, session: usize, row: usize) -> bool {
        let person = self.expected.people().get(row);
        let person = person.filter(|person| self.expected.sessions_of(person).contains(&session));
        let Some(home) = person.and_then(|person| self.expected.room_of(person)) else { return false };
        let is_home = |log: &Log| log.site == home.site || log.site.is_empty() || home.site.is_empty();
        let spots = self.touches.about(session, row);
        self.touches.standing(session, row) == Standing::Once
            && spots.iter().all(|spot| self.log_of(*spot).is_some_and(is_home))
    }

    /// What is missing before silence means absence, by session and site.
    pub fn missing(&self) -> impl Iterator<Item = &MissingLog> {
        self.missing.values().flatten()
    }

    /// The same for one session and site.
    pub fn missing_at(&self, session: usize, site: &str) -> &[MissingLog] {
        self.missing.get(&(session, site.to_owned())).map_or(&[], Vec::as_slice)
    }

    fn log_of(&self, spot: Spot) -> Option<&Log> {
        usize::try_from(spot.log).ok().and_then(|number| self.logs.get(number))
    }

    fn place(&self, spot: Spot) -> Option<Place> {
        let at = usize::try_from(spot.at).ok()?;
        Some(Place::of(spot.log, self.log_of(spot)?.facts.place(at)))
    }

    fn sitting_of(&self, session: usize, cand: CandidateRef, touches: &[Spot]) -> Sitting {
        let row = self.expected.row(cand);
        let person = row.and_then(|row| self.expected.people().get(row)).copied();
        let is_expected = person.is_some_and(|person| self.expected.sessions_of(&person).contains(&session));
        let site = person.and_then(|person| Some(self.expected.room_of(&person)?.site.clone())).unwrap_or_default();
        let counts = self.effective(touches, |_| true);
        let missing = self.missing_at(session, &site);
        let state = self.state_of(session, cand, touches, &counts, missing);
        let behind = if state == State::NotKnown { Vec::new() } else { counts.behind };
        let behind: Vec<Place> = behind.into_iter().map(|(log, place)| Place::of(log, place)).collect();
        Sitting {
            session,
            cand,
            person,
            is_expected,
            state,
            grade: self.grade(session, state, &behind),
            behind,
            missing: if state == State::Present { Vec::new() } else { missing.to_vec() },
            entries: touches.iter().filter_map(|spot| self.place(*spot)).collect(),
        }
    }

    fn effective(&self, touches: &[Spot], is_asked: impl Fn(u32) -> bool) -> Effective<u32> {
        let said = touches.iter().filter(|spot| is_asked(spot.log)).filter_map(|spot| {
            let fact = self.log_of(*spot)?.facts.fact_at(usize::try_from(spot.at).ok()?)?;
            Some((spot.log, fact.place, fact.saying()?))
        });
        effective(said)
    }

    fn state_of(
        &self,
        session: usize,
        cand: CandidateRef,
        touches: &[Spot],
        counts: &Effective<u32>,
        missing: &[MissingLog],
    ) -> State {
        let key = |log: u32| (u32::try_from(session).unwrap_or(u32::MAX), cand, log);
        if self.is_disputed(session, cand) {
            // Only a log that nothing contradicts says that she is in.
            let sure = self.effective(touches, |log| !self.disputed.contains(&key(log)));
            return if sure.in_force == InForce::In { State::Present } else { State::NotKnown };
        }
        match counts.in_force {
            InForce::In => State::Present,
            InForce::NotAdmitted => State::NotAdmitted,
            InForce::Referred => State::Referred,
            InForce::Elsewhere => State::Elsewhere,
            InForce::Nothing if missing.is_empty() => State::Absent,
            InForce::Nothing => State::NotKnown,
        }
    }

    fn grade(&self, session: usize, state: State, behind: &[Place]) -> Grade {
        if state != State::Present {
            return Grade::Unchecked;
        }
        let sites: BTreeSet<&str> =
            behind.iter().filter_map(|place| self.log(*place)).map(|log| log.site.as_str()).collect();
        if !self.missing.keys().any(|(one, _)| *one == session) {
            Grade::Global
        } else if sites.iter().all(|site| self.missing_at(session, site).is_empty()) {
            Grade::Site
        } else {
            Grade::Unchecked
        }
    }

    /// What it means that nothing is said of somebody, in a session and a room.
    fn silent(&self, (session, room): (usize, usize)) -> State {
        let site = self.expected.rooms().get(room).map_or("", |room| room.site.as_str());
        if self.missing_at(session, site).is_empty() { State::Absent } else { State::NotKnown }
    }

    fn all_states(&self) -> Vec<Vec<Option<State>>> {
        let people = self.expected.people();
        let mut states = vec![vec![None; people.len()]; self.expected.sessions().len()];
        // Of most nothing is recorded in most sessions: what silence means is looked up once for a room.
        let mut silent = vec![vec![None; self.expected.rooms().len()]; self.expected.sessions().len()];
        for (session, room) in self.expected.spots() {
            if let Some(of_room) = silent.get_mut(session).and_then(|rooms| rooms.get_mut(room)) {
                *of_room = Some(self.silent((session, room)));
            }
        }
        for (row, person) in people.iter().enumerate() {
            for session in self.expected.sessions_of(person) {
                let silent = silent.get(*session).and_then(|rooms| rooms.get(person.room_number())).copied().flatten();
                if let Some(state) = states.get_mut(*session).and_then(|states| states.get_mut(row)) {
                    *state = self.state_of_row(*session, (row, person.cand), silent);
                }
            }
        }
        states
    }

    /// The state of somebody who is expected; `silent` is what it means that nothing is said of her.
    fn state_of_row(&self, session: usize, (row, cand): (usize, CandidateRef), silent: Option<State>) -> Option<State> {
        let is_disputed = || !self.disputed.is_empty() && self.is_disputed(session, cand);
        match self.touches.standing(session, row) {
            Standing::Silent if !is_disputed() => silent,
            Standing::Once if !is_disputed() => Some(State::Present),
            _ => Some(self.sitting_of(session, cand, self.touches.about(session, row)).state),
        }
    }

    fn is_disputed(&self, session: usize, cand: CandidateRef) -> bool {
        let key = |log: u32| (u32::try_from(session).unwrap_or(u32::MAX), cand, log);
        self.disputed.range(key(0)..=key(u32::MAX)).next().is_some()
    }
}

/// One log out of its histories.
fn log(expected: &Expected, id: LogId, known: Known) -> Log {
    let Known { mut histories, anchors, sites, training } = known;
    let session = expected.session(id.session());
    let is_ours = session.is_some() && id.exam() == expected.exam() && training == expected.is_training();
    let is_record = session.is_none() && id.session() == RECORD_SESSION && id.exam() == expected.exam();
    let (facts, disputed) = match histories.len() {
        0 | 1 => (histories.pop().unwrap_or_default(), Vec::new()),
        _ => apart(histories),
    };
    let last = facts.rows().last();
    let state = match () {
        () if is_record => LogState::BoardRecord,
        () if !is_ours => LogState::Foreign,
        () if !disputed.is_empty() => LogState::Contradicted,
        () if last.is_some_and(|row| row.kind == crate::fact::Kind::Close) => LogState::Closed,
        () => LogState::Open,
    };
    let anchored = facts.leaves().rev().find(|leaf| anchors.contains(leaf)).map(|(place, _)| place);
    let site = sites.into_iter().next().unwrap_or_default();
    Log { id, site, session, state, facts, disputed, anchored }
}

/// What contradicting histories have in common, and everything else of all of them.
fn apart(histories: Vec<Facts>) -> (Facts, Vec<Fact>) {
    let common = shared(&histories);
    let mut disputed: BTreeMap<_, Fact> = BTreeMap::new();
    for fact in histories.iter().flat_map(|history| history.iter().skip(common)) {
        disputed.insert((fact.place, fact.leaf), fact);
    }
    let mut facts = histories.into_iter().next().unwrap_or_default();
    facts.truncate(common);
    (facts, disputed.into_values().collect())
}

/// How many entries all histories begin with in common.
fn shared(histories: &[Facts]) -> usize {
    let Some((first, others)) = histories.split_first() else { return 0 };
    let with = |other: &Facts| first.leaves().zip(other.leaves()).take_while(|(one, two)| one == two).count();
    others.iter().map(with).min().unwrap_or(0)
}

/// Whom contradicting histories say something different about: whether somebody is in.
fn disputed_in(log: &Log) -> BTreeSet<CandidateRef> {
    let told = log.disputed.iter().filter(|fact| fact.saying().is_some());
    let people = told.flat_map(|fact| {
        let named = fact.refers.into_iter().flat_map(|place| {
            let here = log.disputed.iter().filter(move |other| other.place == place).filter_map(|other| other.cand);
            here.chain(log.fact(place).and_then(|other| other.cand)).collect::<Vec<_>>()
        });
        fact.cand.into_iter().chain(named)
    });
    people.collect()
}

/// For each session and site whose silence means nothing yet: which logs are missing.
fn missing(expected: &Expected, logs: &[Log]) -> BTreeMap<(usize, String), Vec<MissingLog>> {
    let by_desk: BTreeMap<(usize, &str), &Log> =
        logs.iter().filter(|log| log.counts()).filter_map(|log| Some(((log.session?, log.id.desk()), log))).collect();
    let site = |room: usize| expected.rooms().get(room).map_or("", |room| room.site.as_str());
    let mut places: BTreeSet<(usize, &str)> =
        expected.spots().into_iter().map(|(session, room)| (session, site(room))).collect();
    places.extend(expected.all_desks().map(|(session, site, _)| (session, site)));
    let why = |session: usize, desk: &str| match by_desk.get(&(session, desk)).map(|log| log.state) {
        Some(LogState::Closed) => None,
        Some(LogState::Open) => Some(MissingWhy::NotClosed),
        Some(LogState::Contradicted) => Some(MissingWhy::Contradicted),
        Some(LogState::Foreign | LogState::BoardRecord) | None => Some(MissingWhy::NotReceived),
    };
    let mut missing = BTreeMap::new();
    for (session, site) in places {
        let one = |desk: &str, why| MissingLog { session, site: site.to_owned(), desk: desk.to_owned(), why };
        let desks = expected.desks(session, site);
        let mut here: Vec<MissingLog> = desks.iter().filter_map(|desk| Some(one(desk, why(session, desk)?))).collect();
        here.extend(desks.is_empty().then(|| one("", MissingWhy::NotPacked)));
        if !here.is_empty() {
            missing.insert((session, site.to_owned()), here);
        }
    }
    missing
}
