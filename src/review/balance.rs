//! The board balances, room by room and session by session: list + guests = admitted + absent, and admitted = scripts.
//!
//! Nothing is set off against anything else: a room with one script too many and one with one too few are two
//! differences, and so are the two kinds within one room.

use crate::{
    expected::RoomId,
    explanation::Explanation,
    projection::Review,
    scripts::{ScriptCount, Scripts, agreed},
    sitting::{Sitting, State},
};
use bits::hex;
use record::{CandidateRef, Digest, segment::digest};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// People of one session, counted by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// On the list.
    pub listed: u64,
    /// Of these, let in, here or at another site.
    pub present: u64,
    /// Of these, not let in.
    pub not_admitted: u64,
    /// Of these, sent to the head of site, without a decision.
    pub referred: u64,
    /// Of these, shown the way, and in nowhere.
    pub elsewhere: u64,
    /// Of these, absent.
    pub absent: u64,
    /// Of these, not known: not recorded, and a log is missing.
    pub not_known: u64,
    /// Of those who are present, let in at another site than the list says.
    pub moved: u64,
    /// Not on this list, and let in here. Their room is not known: they stand in the site's row without a room.
    pub guests: u64,
}

impl Counts {
    /// Let in here: who is on the list and did not go elsewhere, and guests.
    pub fn admitted(&self) -> u64 {
        self.present.saturating_sub(self.moved).saturating_add(self.guests)
    }

    /// On the list and not in: absent, and not let in.
    pub fn not_in(&self) -> u64 {
        self.absent.saturating_add(self.not_admitted)
    }

    /// Adds other people.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.listed, other.listed),
            (&mut self.present, other.present),
            (&mut self.not_admitted, other.not_admitted),
            (&mut self.referred, other.referred),
            (&mut self.elsewhere, other.elsewhere),
            (&mut self.absent, other.absent),
            (&mut self.not_known, other.not_known),
            (&mut self.moved, other.moved),
            (&mut self.guests, other.guests),
        ];
        for (here, more) in pairs {
            *here = here.saturating_add(more);
        }
    }

    fn count(&mut self, state: State) {
        let place = match state {
            State::Present => &mut self.present,
            State::NotAdmitted => &mut self.not_admitted,
            State::Referred => &mut self.referred,
            State::Elsewhere => &mut self.elsewhere,
            State::Absent => &mut self.absent,
            State::NotKnown => &mut self.not_known,
        };
        *place += 1;
        self.listed += 1;
    }
}

/// Why two sides of a room's balance differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceKind {
    /// Nothing is recorded about people of the list, and a log is missing.
    NotRecorded,
    /// People were sent to the head of site, and no entry says what became of them.
    Undecided,
    /// People were shown the way, and are in nowhere.
    ShownTheWay,
    /// People of the list were let in at another site.
    Moved,
    /// Fewer scripts than were let in.
    ScriptsMissing,
    /// More scripts than were let in.
    ScriptsTooMany,
    /// Two counts of the scripts differ, and nobody has decided between them.
    ScriptsContradicted,
}

impl DifferenceKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NotRecorded,
        Self::Undecided,
        Self::ShownTheWay,
        Self::Moved,
        Self::ScriptsMissing,
        Self::ScriptsTooMany,
        Self::ScriptsContradicted,
    ];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotRecorded => "not-recorded",
            Self::Undecided => "undecided",
            Self::ShownTheWay => "shown-the-way",
            Self::Moved => "moved",
            Self::ScriptsMissing => "scripts-missing",
            Self::ScriptsTooMany => "scripts-too-many",
            Self::ScriptsContradicted => "scripts-contradicted",
        }
    }
}

/// One difference, open until somebody explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name, which stays as long as session, room and kind are the same.
    pub id: String,
    /// Why the sides differ.
    pub kind: DifferenceKind,
    /// By how much: people or scripts.
    pub units: u64,
    /// Whom it is about, as far as that is known.
    pub people: Vec<CandidateRef>,
    /// SHA-256 over what it rests on: kind, units, people, counts. An explanation names it, so that it is seen when the
    /// difference is another one by now.
    pub basis: Digest,
    /// What members said about it, see [`crate::explanation::explain`].
    pub said: Vec<Explanation>,
}

impl Difference {
    /// Nobody has explained it as it is now.
    pub fn is_open(&self) -> bool {
        !self.said.iter().any(|one| one.said.basis == self.basis)
    }
}

/// One room in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The session, as a number of the exam's sessions.
    pub session: usize,
    /// Where; without a room for guests of a site.
    pub room: RoomId,
    /// The people.
    pub counts: Counts,
    /// Scripts that were handed in, where all who counted agree.
    pub scripts: Option<u64>,
    /// Every count that stands.
    pub script_counts: Vec<ScriptCount>,
    /// Who was let in here and belongs to another list, or to none.
    pub guests: Vec<CandidateRef>,
    /// What does not balance.
    pub differences: Vec<Difference>,
}

/// One room while it is counted: people, those who make a difference by its kind, guests.
#[derive(Debug, Default)]
struct Room {
    counts: Counts,
    apart: BTreeMap<DifferenceKind, Vec<CandidateRef>>,
    guests: Vec<CandidateRef>,
}

type Rooms = BTreeMap<(usize, RoomId), Room>;

/// All rooms of all sessions in which somebody is expected, was let in or counted scripts, in the order of sessions,
/// sites and rooms. `scripts` may come from several sources; each count keeps the entry that holds it.
pub fn balance(review: &Review, scripts: &Scripts) -> Vec<Balance> {
    let mut rooms = Rooms::new();
    listed(review, &mut rooms);
    for session in 0..review.expected().sessions().len() {
        review.away_from_home(session).for_each(|sitting| recorded(review, &sitting, &mut rooms));
    }
    for key in scripts.places() {
        rooms.entry(key.clone()).or_default();
    }
    let one = |(key, room): ((usize, RoomId), Room)| {
        let script_counts = scripts.of_room(&key).to_vec();
        let Room { counts, apart, guests } = room;
        let differences = differences(review, &key, &counts, apart, &script_counts);
        Balance {
            session: key.0,
            room: key.1,
            counts,
            scripts: agreed(&script_counts),
            script_counts,
            guests,
            differences,
        }
    };
    rooms.into_iter().map(one).collect()
}

/// The whole of several balances.
pub fn total<'a>(balances: impl IntoIterator<Item = &'a Balance>) -> Counts {
    let mut sum = Counts::default();
    balances.into_iter().for_each(|balance| sum.add(&balance.counts));
    sum
}

/// Everybody of the list, counted by the numbers of rooms and named once a room.
fn listed(review: &Review, rooms: &mut Rooms) {
    let expected = review.expected();
    let none = || expected.rooms().iter().map(|_| Room::default()).collect::<Vec<_>>();
    let mut counted: Vec<Vec<Room>> = expected.sessions().iter().map(|_| none()).collect();
    for (row, person) in expected.people().iter().enumerate() {
        for session in expected.sessions_of(person) {
            let Some(state) = review.state(*session, row) else { continue };
            let Some(room) = counted.get_mut(*session).and_then(|rooms| rooms.get_mut(person.room_number())) else {
                continue;
            };
            room.counts.count(state);
            let kind = match state {
                State::NotKnown => DifferenceKind::NotRecorded,
                State::Referred => DifferenceKind::Undecided,
                State::Elsewhere => DifferenceKind::ShownTheWay,
                State::Present | State::NotAdmitted | State::Absent => continue,
            };
            room.apart.entry(kind).or_default().push(person.cand);
        }
    }
    for (session, of_session) in counted.into_iter().enumerate() {
        let of_rooms = expected.rooms().iter().zip(of_session).filter(|(_, room)| room.counts.listed > 0);
        rooms.extend(of_rooms.map(|(id, room)| ((session, id.clone()), room)));
    }
}

/// Who was let in at another site than the list says, or is on no list of this session.
fn recorded(review: &Review, sitting: &Sitting, rooms: &mut Rooms) {
    if sitting.state != State::Present {
        return;
    }
    let home = sitting.person.as_ref().filter(|_| sitting.is_expected);
    let home = home.and_then(|person| review.expected().room_of(person));
    let sites: Vec<&str> =
        sitting.behind.iter().filter_map(|place| review.log(*place)).map(|log| log.site.as_str()).collect();
    let is_at = |site: &str| sites.iter().any(|one| *one == site || one.is_empty() || site.is_empty());
    if home.is_some_and(|home| is_at(&home.site)) {
        return;
    }
    if let Some(home) = home {
        let room = rooms.entry((sitting.session, home.clone())).or_default();
        room.counts.moved += 1;
        room.apart.entry(DifferenceKind::Moved).or_default().push(sitting.cand);
    }
    if let Some(site) = sites.first() {
        let room = RoomId { site: (*site).to_owned(), room: String::new() };
        let room = rooms.entry((sitting.session, room)).or_default();
        room.counts.guests += 1;
        room.guests.push(sitting.cand);
    }
}

fn differences(
    review: &Review,
    (session, room): &(usize, RoomId),
    counts: &Counts,
    apart: BTreeMap<DifferenceKind, Vec<CandidateRef>>,
    script_counts: &[ScriptCount],
) -> Vec<Difference> {
    let session = review.expected().sessions().get(*session).map_or("", |session| session.id.as_str());
    let admitted = counts.admitted();
    let one = |kind: DifferenceKind, units: u64, people: Vec<CandidateRef>| {
        let id = difference_id(session, room, kind);
        let basis = basis(kind, units, admitted, &people, script_counts);
        Difference { id, kind, units, people, basis, said: Vec::new() }
    };
    let mut all: Vec<Difference> = Vec::new();
    for (kind, people) in apart {
        let units = u64::try_from(people.len()).unwrap_or(u64::MAX);
        all.push(one(kind, units, people));
    }
    let most = script_counts.iter().map(|count| count.scripts).max().unwrap_or_default();
    let least = script_counts.iter().map(|count| count.scripts).min().unwrap_or_default();
    let sides = match agreed(script_counts) {
        Some(scripts) => vec![
            (DifferenceKind::ScriptsMissing, admitted.saturating_sub(scripts)),
            (DifferenceKind::ScriptsTooMany, scripts.saturating_sub(admitted)),
        ],
        None => vec![(DifferenceKind::ScriptsContradicted, most.saturating_sub(least))],
    };
    all.extend(sides.into_iter().filter(|(_, units)| *units > 0).map(|(kind, units)| one(kind, units, Vec::new())));
    all
}

fn difference_id(session: &str, room: &RoomId, kind: DifferenceKind) -> String {
    let named = format!("diemdanh/difference/v1\n{session}\n{}\n{}\n{}\n", room.site, room.room, kind.word());
    hex::encode_lower(digest(named.as_bytes()).0.get(..DIFFERENCE_ID_LEN).unwrap_or_default())
}

fn basis(
    kind: DifferenceKind,
    units: u64,
    admitted: u64,
    people: &[CandidateRef],
    script_counts: &[ScriptCount],
) -> Digest {
    let mut text = format!("{} {units}\n", kind.word());
    for cand in people {
        let _ = writeln!(text, "{cand}");
    }
    // Who was let in, and who counted, matter to what is about scripts.
    if people.is_empty() {
        let _ = writeln!(text, "admitted {admitted}");
        for one in script_counts {
            let _ = writeln!(text, "{} {}", one.scripts, one.statement);
        }
    }
    digest(text.as_bytes())
}

/// Bytes of a difference's name.
const DIFFERENCE_ID_LEN: usize = 16;
