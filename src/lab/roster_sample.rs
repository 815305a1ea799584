//! A synthetic list of candidates: rooms full of people.
//!
//! All people are made up; their numbers begin with 099, a province code that nobody has.

use super::short_list::candidate_id;
use bits::random::{Random, SeededRandom};
use bits::secret::{Pii, Secret};
use jiff::civil::{Date, date};
use roster::{Candidate, CandidateNumber, canonical};
use std::collections::BTreeMap;

/// A person who must stand on the list, usually one whose synthetic card exists.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The text of the identity column.
    pub id_number: String,
    /// Full name.
    pub full_name: String,
    /// Birth date.
    pub birth_date: Date,
    /// The room, from 1; rooms above [`SampleList::rooms`] are rooms of another site.
    pub room: u32,
    /// The seat, from 1. Whoever the sample would have there makes way.
    pub seat: u32,
}

/// What to make.
#[derive(Debug, Clone)]
pub struct SampleList {
    /// The same seed gives the same list.
    pub seed: String,
    /// The site's code.
    pub site: String,
    /// The site of rooms above [`SampleList::rooms`].
    pub other_site: String,
    /// The session's name; empty where the list has one session.
    pub session: String,
    /// Rooms of this site.
    pub rooms: u32,
    /// Seats in each room.
    pub seats: u32,
}

/// 600 people: 25 rooms of 24.
impl Default for SampleList {
    fn default() -> Self {
        Self {
            seed: "roster".to_owned(),
            site: "0901".to_owned(),
            other_site: "0902".to_owned(),
            session: String::new(),
            rooms: 25,
            seats: 24,
        }
    }
}

impl SampleList {
    /// The people of the list, in the order of their seats. The key of the exam gives each an id.
    pub fn candidates(&self, placed: &[Placed], key: &Secret<[u8; 32]>) -> Vec<Candidate> {
        let mut random = SeededRandom::new(&self.seed);
        let mut by_seat: BTreeMap<(u32, u32), Placed> = BTreeMap::new();
        for (room, seat) in (1..=self.rooms).flat_map(|room| (1..=self.seats).map(move |seat| (room, seat))) {
            by_seat.insert((room, seat), made_up(&mut random, room, seat));
        }
        by_seat.extend(placed.iter().map(|one| ((one.room, one.seat), one.clone())));
        (1..).zip(by_seat.values()).filter_map(|(index, one)| self.candidate(index, one, key)).collect()
    }

    /// The list as the board keeps it: `candidates.csv`.
    pub fn canonical(&self, placed: &[Placed], key: &Secret<[u8; 32]>) -> Vec<u8> {
        canonical::write(self.candidates(placed, key))
    }

    fn candidate(&self, index: u32, one: &Placed, key: &Secret<[u8; 32]>) -> Option<Candidate> {
        let number = CandidateNumber::new(&format!("99{index:06}"))?;
        Some(Candidate {
            id: candidate_id(key, &number, &self.session),
            number,
            full_name: Pii::new(one.full_name.clone()),
            birth_date: Pii::new(one.birth_date.to_string()),
            sex: None,
            id_number: Pii::new(one.id_number.clone()),
            site: if one.room > self.rooms { &self.other_site } else { &self.site }.clone(),
            room: room_name(one.room),
            seat: one.seat.to_string(),
            session: self.session.clone(),
            school: String::new(),
        })
    }
}

/// How the list writes a room.
pub fn room_name(room: u32) -> String {
    format!("P{room:02}")
}

fn made_up(random: &mut dyn Random, room: u32, seat: u32) -> Placed {
    let birth_date = date(2008, 1, 1).saturating_add(jiff::Span::new().days(i64::from(below(random, 366))));
    let female = below(random, 2) == 1;
    let (middle, given) = if female { (&FEMALE_MIDDLE, &FEMALE_GIVEN) } else { (&MALE_MIDDLE, &MALE_GIVEN) };
    let full_name = format!("{} {} {}", pick(random, &FAMILY), pick(random, middle), pick(random, given));
    // Room and seat in the number keep it unique without a second look.
    let id_number = format!("099{}08{room:02}{seat:02}{:02}", if female { 3 } else { 2 }, below(random, 100));
    Placed { id_number, full_name, birth_date, room, seat }
}

fn pick(random: &mut dyn Random, words: &[&'static str]) -> &'static str {
    let count = u32::try_from(words.len()).unwrap_or(1);
    let index = usize::try_from(below(random, count)).unwrap_or(0);
    words.get(index).copied().unwrap_or_default()
}

fn below(random: &mut dyn Random, limit: u32) -> u32 {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    u32::from_le_bytes(bytes) % limit.max(1)
}

const FAMILY: [&str; 14] =
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô"];
const MALE_MIDDLE: [&str; 6] = ["Văn", "Hữu", "Đức", "Minh", "Quốc", "Gia"];
const FEMALE_MIDDLE: [&str; 6] = ["Thị", "Ngọc", "Thu", "Phương", "Khánh", "Bảo"];
const MALE_GIVEN: [&str; 16] = [
    "An", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Hiếu", "Huy", "Khôi", "Long", "Nam", "Phúc", "Quân", "Sơn", "Thắng",
    "Vượng",
];
const FEMALE_GIVEN: [&str; 16] = [
    "Ánh", "Châu", "Diệp", "Giang", "Hà", "Hương", "Lan", "Linh", "Mai", "Nga", "Nhung", "Oanh", "Quỳnh", "Thảo",
    "Trang", "Yến",
];
