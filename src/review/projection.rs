//! One truth from many logs: for each session and candidate what is known, and the entries behind it.
//!
//! Every question of the board (a screen, a paper, a workbook) is a question to one [`Review`], which is made once from
//! what is expected and what was taken in, and never changed.

use crate::{
    case::Case,
    decision::RECORD_SESSION,
    expected::Expected,
    fact::{EntryId, Fact, LogId},
    intake::{Intake, Known, SegmentFacts, facts, leaves},
    rules,
    sitting::{Grade, MissingLog, MissingWhy, Sitting, State},
};
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
    /// Its segments: of contradicting histories what all have in common.
    pub segments: Vec<SegmentFacts>,
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
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        facts(&self.segments)
    }

    /// The entry at a place.
    pub fn fact(&self, place: EntryRef) -> Option<&Fact> {
        let at = self.segments.binary_search_by_key(&place.segment, |segment| segment.number).ok()?;
        let fact = self.segments.get(at)?.facts.get(usize::try_from(place.seq).ok()?)?;
        (fact.place == place).then_some(fact)
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

/// An entry about a candidate in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Touch {
    session: u32,
    cand: CandidateRef,
    place: Place,
}

/// What is known of the whole exam.
#[derive(Debug, Clone)]
pub struct Review {
    expected: Expected,
    logs: Vec<Log>,
    touches: Vec<Touch>,
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
        let logs: Vec<Log> = intake.into_logs().map(|(id, known)| log(&expected, id, known)).collect();
        let (mut touches, mut disputed) = (Vec::new(), BTreeSet::new());
        for (number, log) in (0..).zip(&logs).filter(|(_, log)| log.counts()) {
            let Some(session) = log.session.and_then(|session| u32::try_from(session).ok()) else { continue };
            touched(log, &mut |cand, place| touches.push(Touch { session, cand, place: Place::of(number, place) }));
            disputed.extend(disputed_in(log).into_iter().map(|cand| (session, cand, number)));
        }
        touches.sort_unstable();
        touches.dedup();
        let mut review = Self {
            missing: missing(&expected, &logs),
            states: Vec::new(),
            cases: Vec::new(),
            expected,
            logs,
            touches,
            disputed,
        };
        review.states = review.all_states();
        review.cases = rules::open(&review);
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
    pub fn fact(&self, place: Place) -> Option<&Fact> {
        self.log(place)?.fact(place.entry())
    }

    /// An entry's name for everybody.
    pub fn entry_id(&self, place: Place) -> Option<EntryId> {
        let log = self.log(place)?;
        Some(log.entry_id(log.fact(place.entry())?))
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
        let touches = self.touches_of(session, cand);
        self.sitting_of(session, cand, touches)
    }

    /// One candidate in all sessions in which something was expected or recorded.
    pub fn sittings_of(&self, cand: CandidateRef) -> Vec<Sitting> {
        let all = (0..self.expected.sessions().len()).map(|session| self.sitting(session, cand));
        all.filter(|sitting| sitting.is_expected || !sitting.entries.is_empty()).collect()
    }

    /// Everybody about whom there is an entry in a session, in the order of their ids.
    pub fn recorded(&self, session: usize) -> impl Iterator<Item = Sitting> + '_ {
        let wanted = u32::try_from(session).unwrap_or(u32::MAX);
        let start = self.touches.partition_point(|touch| touch.session < wanted);
        let end = self.touches.partition_point(|touch| touch.session <= wanted);
        let touches = self.touches.get(start..end).unwrap_or_default();
        let groups = touches.chunk_by(|one, next| one.cand == next.cand);
        groups.filter_map(move |group| Some(self.sitting_of(session, group.first()?.cand, group)))
    }

    /// What is missing before silence means absence, by session and site.
    pub fn missing(&self) -> impl Iterator<Item = &MissingLog> {
        self.missing.values().flatten()
    }

    /// The same for one session and site.
    pub fn missing_at(&self, session: usize, site: &str) -> &[MissingLog] {
        self.missing.get(&(session, site.to_owned())).map_or(&[], Vec::as_slice)
    }

    fn touches_of(&self, session: usize, cand: CandidateRef) -> &[Touch] {
        let wanted = (u32::try_from(session).unwrap_or(u32::MAX), cand);
        let start = self.touches.partition_point(|touch| (touch.session, touch.cand) < wanted);
        let rest = self.touches.get(start..).unwrap_or_default();
        let end = rest.partition_point(|touch| (touch.session, touch.cand) == wanted);
        rest.get(..end).unwrap_or_default()
    }

    fn sitting_of(&self, session: usize, cand: CandidateRef, touches: &[Touch]) -> Sitting {
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
            entries: touches.iter().map(|touch| touch.place).collect(),
        }
    }

    fn effective(&self, touches: &[Touch], is_asked: impl Fn(u32) -> bool) -> Effective<u32> {
        let said = touches.iter().filter(|touch| is_asked(touch.place.log)).filter_map(|touch| {
            let saying = self.fact(touch.place)?.saying()?;
            Some((touch.place.log, touch.place.entry(), saying))
        });
        effective(said)
    }

    fn state_of(
        &self,
        session: usize,
        cand: CandidateRef,
        touches: &[Touch],
        counts: &Effective<u32>,
        missing: &[MissingLog],
    ) -> State {
        let key = |log: u32| (u32::try_from(session).unwrap_or(u32::MAX), cand, log);
        if self.disputed.range(key(0)..=key(u32::MAX)).next().is_some() {
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
        let silent: BTreeMap<(usize, usize), State> =
            self.expected.spots().into_iter().map(|spot| (spot, self.silent(spot))).collect();
        for (row, person) in people.iter().enumerate() {
            for session in self.expected.sessions_of(person) {
                if let Some(state) = states.get_mut(*session).and_then(|states| states.get_mut(row)) {
                    *state = silent.get(&(*session, person.room_number())).copied();
                }
            }
        }
        for (session, states) in states.iter_mut().enumerate() {
            for sitting in self.recorded(session).filter(|sitting| sitting.is_expected) {
                if let Some(state) = self.expected.row(sitting.cand).and_then(|row| states.get_mut(row)) {
                    *state = Some(sitting.state);
                }
            }
        }
        states
    }
}

/// One log out of its histories.
fn log(expected: &Expected, id: LogId, known: Known) -> Log {
    let Known { mut histories, anchors, sites, training } = known;
    let session = expected.session(id.session());
    let is_ours = session.is_some() && id.exam() == expected.exam() && training == expected.is_training();
    let is_record = session.is_none() && id.session() == RECORD_SESSION && id.exam() == expected.exam();
    let (segments, disputed) = match histories.len() {
        0 | 1 => (histories.pop().unwrap_or_default(), Vec::new()),
        _ => apart(histories),
    };
    let last = segments.last().and_then(|segment| segment.facts.last());
    let state = match () {
        () if is_record => LogState::BoardRecord,
        () if !is_ours => LogState::Foreign,
        () if !disputed.is_empty() => LogState::Contradicted,
        () if last.is_some_and(|fact| fact.kind == crate::fact::Kind::Close) => LogState::Closed,
        () => LogState::Open,
    };
    let held: BTreeSet<_> = leaves(&segments).filter(|leaf| anchors.contains(leaf)).collect();
    let anchored = held.last().map(|(place, _)| *place);
    let site = sites.into_iter().next().unwrap_or_default();
    Log { id, site, session, state, segments, disputed, anchored }
}

/// What contradicting histories have in common, and everything else of all of them.
fn apart(histories: Vec<Vec<SegmentFacts>>) -> (Vec<SegmentFacts>, Vec<Fact>) {
    let mut common = shared(&histories);
    let mut disputed: BTreeMap<_, Fact> = BTreeMap::new();
    for fact in histories.iter().flat_map(|history| facts(history).skip(common)) {
        disputed.insert((fact.place, fact.leaf), fact.clone());
    }
    let mut segments = Vec::new();
    for mut segment in histories.into_iter().next().unwrap_or_default() {
        segment.facts.truncate(common);
        common -= segment.facts.len();
        segments.extend((!segment.facts.is_empty()).then_some(segment));
    }
    (segments, disputed.into_values().collect())
}

/// How many entries all histories begin with in common.
fn shared(histories: &[Vec<SegmentFacts>]) -> usize {
    let Some((first, others)) = histories.split_first() else { return 0 };
    let with = |other: &Vec<SegmentFacts>| leaves(first).zip(leaves(other)).take_while(|(one, two)| one == two).count();
    others.iter().map(with).min().unwrap_or(0)
}

/// Every entry of a log that is about a candidate. An `undo` is about whoever the entry let in that it takes back; what
/// the registry was asked and said about a card is about whoever was dealt with on that card at this desk.
fn touched(log: &Log, take: &mut dyn FnMut(CandidateRef, EntryRef)) {
    let mut on_card: BTreeMap<_, BTreeSet<CandidateRef>> = BTreeMap::new();
    for fact in log.facts() {
        if let (Some(cand), Some(doc)) = (fact.cand, fact.doc) {
            on_card.entry(doc).or_default().insert(cand);
        }
    }
    for fact in log.facts() {
        let undone = || fact.refers.and_then(|place| log.fact(place)?.cand);
        if let Some(cand) = fact.cand.or_else(undone) {
            take(cand, fact.place);
        } else if let Some(people) = fact.doc.and_then(|doc| on_card.get(&doc)) {
            people.iter().for_each(|cand| take(*cand, fact.place));
        }
    }
}

/// Whom contradicting histories say something different about: whether somebody is in.
fn disputed_in(log: &Log) -> BTreeSet<CandidateRef> {
    let told = log.disputed.iter().filter(|fact| fact.saying().is_some());
    let people = told.flat_map(|fact| {
        let named = fact.refers.into_iter().flat_map(|place| {
            let here = log.disputed.iter().filter(move |other| other.place == place).filter_map(|other| other.cand);
            here.chain(log.fact(place).and_then(|other| other.cand))
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
