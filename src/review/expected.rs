//! Who is expected where, and which desks the board packed for whom.

use record::CandidateRef;
use std::collections::{BTreeMap, BTreeSet};

/// A session of the exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedSession {
    /// Its id, a part of every log's name.
    pub id: String,
    /// As the list of candidates writes it; empty where one session takes everybody.
    pub title: String,
}

/// One row of the exam's list. Rows stand by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub cand: CandidateRef,
    /// Where, as a number of [`Expected::room`].
    room: u32,
    /// In which sessions, as a number of [`Expected::sessions_of`].
    sessions: u32,
    /// Which of those whom the list names, in its order from 0.
    listed: u32,
}

/// A room of a site; without a name where the list has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId {
    /// The site's code.
    pub site: String,
    /// The room's name.
    pub room: String,
}

/// What the board expects.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    sessions: Vec<ExpectedSession>,
    people: Vec<Person>,
    /// For each beginning of an id, of so many bits, the first of the people whose id does not lie before it.
    heads: (u32, Vec<u32>),
    rooms: Vec<RoomId>,
    room_numbers: BTreeMap<RoomId, u32>,
    session_sets: Vec<Vec<usize>>,
    session_words: BTreeMap<String, u32>,
    /// Room and session as the row before writes them: neighbours in a list mostly have the same.
    before: Option<(RoomId, String, (u32, u32))>,
    /// Every room with every set of sessions that somebody has there.
    spots: BTreeSet<(u32, u32)>,
    packed: BTreeMap<(usize, String), BTreeSet<String>>,
    exam: String,
    training: bool,
}

impl Person {
    /// The room's number in [`Expected::rooms`].
    pub(crate) fn room_number(&self) -> usize {
        usize::try_from(self.room).unwrap_or(usize::MAX)
    }

    /// Which of those whom the list names, in its order from 0.
    pub fn listed(&self) -> usize {
        usize::try_from(self.listed).unwrap_or(usize::MAX)
    }
}

impl Expected {
    /// An exam with these sessions, in their order, and nobody in it. `exam` is `<board>/<exam>`, as the names of its logs
    /// begin. A training exam takes training logs, and no other exam does.
    pub fn new(exam: &str, sessions: Vec<ExpectedSession>, training: bool) -> Self {
        Self { sessions, exam: exam.to_owned(), training, ..Self::default() }
    }

    /// Somebody is expected: site, room and session as the list writes them; no session is every session.
    pub fn person(&mut self, cand: CandidateRef, site: &str, room: &str, session: &str) {
        let known = self.before.as_ref();
        let known = known.filter(|(one, word, _)| one.site == site && one.room == room && word == session);
        let (room, sessions) = match known {
            Some((_, _, numbers)) => *numbers,
            None => self.numbers(RoomId { site: site.to_owned(), room: room.to_owned() }, session),
        };
        let listed = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        self.people.push(Person { cand, room, sessions, listed });
    }

    /// The numbers of a room and of the sessions that a word names.
    fn numbers(&mut self, room: RoomId, session: &str) -> (u32, u32) {
        let next = u32::try_from(self.rooms.len()).unwrap_or(u32::MAX);
        let number = *self.room_numbers.entry(room.clone()).or_insert(next);
        if number == next {
            self.rooms.push(room.clone());
        }
        let numbers = (number, self.sessions_named(session));
        self.spots.insert(numbers);
        self.before = Some((room, session.to_owned(), numbers));
        numbers
    }

    /// A package for this session and site was sealed for this desk. A session that the exam does not have is nobody's.
    pub fn packed(&mut self, session: &str, site: &str, desk: &str) {
        if let Some(session) = self.session(session) {
            self.packed.entry((session, site.to_owned())).or_default().insert(desk.to_owned());
        }
    }

    /// The list is whole. Of an id that stands there twice the first row counts.
    pub fn finish(mut self) -> Self {
        self.people.sort_unstable_by_key(|person| (person.cand, person.listed));
        self.people.dedup_by_key(|person| person.cand);
        let bits = self.people.len().checked_ilog2().unwrap_or(0).saturating_sub(HEAD_PEOPLE_BITS);
        let mut heads = vec![0; 1_usize << bits];
        self.people.iter().for_each(|person| {
            if let Some(count) = heads.get_mut(head(person.cand, bits) + 1) {
                *count += 1;
            }
        });
        let mut sum = 0_u32;
        for head in &mut heads {
            sum += *head;
            *head = sum;
        }
        self.heads = (bits, heads);
        self
    }

    /// The sessions, in their order.
    pub fn sessions(&self) -> &[ExpectedSession] {
        &self.sessions
    }

    /// The number of the session with this id.
    pub fn session(&self, id: &str) -> Option<usize> {
        self.sessions.iter().position(|session| session.id == id)
    }

    /// Everybody, by their ids.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The row of somebody.
    pub fn row(&self, cand: CandidateRef) -> Option<usize> {
        // Ids are random: their first bits say nearly where they stand. Where they are not, more is searched.
        let (bits, heads) = &self.heads;
        let head = head(cand, *bits);
        let start = |head: usize| heads.get(head).and_then(|start| usize::try_from(*start).ok());
        let (from, to) = (start(head)?, start(head + 1).unwrap_or(self.people.len()));
        let near = self.people.get(from..to)?.binary_search_by_key(&cand, |person| person.cand);
        near.ok().map(|at| from + at)
    }

    /// Where somebody is expected.
    pub fn room_of(&self, person: &Person) -> Option<&RoomId> {
        usize::try_from(person.room).ok().and_then(|room| self.rooms.get(room))
    }

    /// The sessions, by their numbers, in which somebody is expected.
    pub fn sessions_of(&self, person: &Person) -> &[usize] {
        let set = usize::try_from(person.sessions).ok().and_then(|set| self.session_sets.get(set));
        set.map_or(&[], Vec::as_slice)
    }

    /// Every session and room in which somebody is expected, a room by its number in [`Self::rooms`].
    pub(crate) fn spots(&self) -> BTreeSet<(usize, usize)> {
        let spots = self.spots.iter().filter_map(|(room, sessions)| {
            let sessions = self.session_sets.get(usize::try_from(*sessions).ok()?)?;
            Some((usize::try_from(*room).ok()?, sessions))
        });
        spots.flat_map(|(room, sessions)| sessions.iter().map(move |session| (*session, room))).collect()
    }

    /// All rooms that the list names.
    pub fn rooms(&self) -> &[RoomId] {
        &self.rooms
    }

    /// The desks that may have let somebody in who belongs to a site: all that were packed for the session and that
    /// site. Whom the list gives no site may have come to any.
    pub fn desks(&self, session: usize, site: &str) -> BTreeSet<&str> {
        match self.packed.get(&(session, site.to_owned())) {
            Some(desks) => desks.iter().map(String::as_str).collect(),
            None if site.is_empty() => {
                let all = self.all_desks().filter(|(one, _, _)| *one == session);
                all.map(|(_, _, desk)| desk).collect()
            }
            None => BTreeSet::new(),
        }
    }

    /// Every desk that was packed: session, site, desk.
    pub fn all_desks(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let desks = self.packed.iter();
        desks.flat_map(|((session, site), desks)| desks.iter().map(|desk| (*session, site.as_str(), desk.as_str())))
    }

    /// The exam, `<board>/<exam>`.
    pub fn exam(&self) -> &str {
        &self.exam
    }

    /// A training exam.
    pub fn is_training(&self) -> bool {
        self.training
    }

    /// What the list leaves out fits everywhere, as it does when packages are made.
    fn sessions_named(&mut self, word: &str) -> u32 {
        if let Some(known) = self.session_words.get(word) {
            return *known;
        }
        let fits = |title: &str| word.is_empty() || title.is_empty() || word == title;
        let numbered = self.sessions.iter().enumerate();
        let set = numbered.filter(|(_, session)| fits(&session.title)).map(|(number, _)| number).collect();
        let number = u32::try_from(self.session_sets.len()).unwrap_or(u32::MAX);
        self.session_sets.push(set);
        self.session_words.insert(word.to_owned(), number);
        number
    }
}

/// The first bits of an id as a number.
fn head(cand: CandidateRef, bits: u32) -> usize {
    let first = cand.0.first_chunk().map_or(0, |first| u32::from_be_bytes(*first));
    usize::try_from(u64::from(first) >> (u32::BITS - bits)).unwrap_or(0)
}

/// So many people have a beginning of their ids in common, as a power of two.
const HEAD_PEOPLE_BITS: u32 = 4;
