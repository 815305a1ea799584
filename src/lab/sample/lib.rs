//! Synthetic exams: lists as a board gets them, with every trap on demand, and nobody real in them.
//!
//! Invariant: every personal number begins with 099, a code that nobody has.

mod files;
mod folder;
mod names;

pub use files::{csv, xlsx};
pub use folder::{MAX_PORTRAITS, Wanted, folder};

use bits::random::{Random, SeededRandom};
use jiff::civil::{Date, date};
use names::{FAMILY, FEMALE_GIVEN, FEMALE_MIDDLE, MALE_GIVEN, MALE_MIDDLE};
use std::collections::BTreeSet;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleExam {
    /// How many people.
    pub candidates: u32,
    /// The same seed gives the same exam for ever.
    pub seed: String,
    /// What is wrong with it.
    pub traps: BTreeSet<Trap>,
}

/// Declares the traps: name, word, what it does.
macro_rules! traps {
    ($($(#[$doc:meta])* $name:ident $word:literal;)*) => {
        /// Something that is wrong with lists.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Trap {
            $($(#[$doc])* $name,)*
        }

        impl Trap {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on a command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

traps! {
    /// Numbers as numbers: leading zeros are lost (XLSX).
    Zeros "zeros";
    /// Birth dates as day numbers, every third (XLSX).
    Serials "serials";
    /// Family and given name in two columns.
    SplitNames "split-names";
    /// A column Nữ with an x.
    FemaleColumn "female-x";
    /// Headings in two rows.
    TwoRows "two-rows";
    /// The headings once more in the middle.
    HeaderAgain "header-again";
    /// A sheet a council (XLSX).
    Sheets "sheets";
    /// Decomposed text.
    Nfd "nfd";
    /// TCVN3: in the CSV as bytes, in the workbook as in a .Vn font.
    Tcvn3 "tcvn3";
    /// VNI: in the CSV as bytes, in the workbook as in a VNI font.
    Vni "vni";
    /// Semicolons (CSV).
    Semicolons "semicolons";
    /// Tabs (CSV).
    Tabs "tabs";
    /// UTF-16 (CSV).
    Utf16 "utf16";
    /// Two people of one name and birth date in one room, every 500th.
    Namesakes "namesakes";
    /// Nine-digit numbers, every 400th.
    OldNumbers "old-numbers";
    /// Codes that the exam system made up, every 600th.
    MadeUp "made-up";
    /// Passports, every 900th.
    Passports "passports";
    /// No identity number, every 1,000th.
    NoNumber "no-number";
    /// Birth dates that disagree with the number, every 700th.
    BirthDisagrees "birth-disagrees";
    /// A sex that disagrees with the number, every 800th.
    SexDisagrees "sex-disagrees";
    /// One SBD twice. An error.
    SameNumber "same-number";
    /// One identity number twice. An error.
    SameId "same-id";
    /// One seat twice. An error.
    SameSeat "same-seat";
}

impl Trap {
    /// The trap of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|trap| trap.word() == word)
    }

    /// The traps of these words; `all` stands for every one that goes together with the others: of encodings and
    /// separators a list has one, and errors would refuse it whole.
    ///
    /// # Errors
    /// The first word that is none.
    pub fn of_words(words: &[String]) -> Result<BTreeSet<Self>, String> {
        let goes_with_others = |trap: &&Self| {
            !matches!(
                trap,
                Self::Tcvn3 | Self::Vni | Self::Utf16 | Self::Tabs | Self::SameNumber | Self::SameId | Self::SameSeat
            )
        };
        let mut traps = BTreeSet::new();
        for word in words {
            match Self::of_word(word) {
                Some(trap) => drop(traps.insert(trap)),
                None if word == "all" => traps.extend(Self::ALL.iter().filter(goes_with_others)),
                None => return Err(word.clone()),
            }
        }
        Ok(traps)
    }
}

/// One made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePerson {
    /// SBD: two digits of the council, six in it.
    pub number: String,
    /// Family and middle names.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Birth date.
    pub born: Date,
    /// A girl.
    pub female: bool,
    /// What the identity column holds.
    pub id_number: String,
    /// The site's code.
    pub site: String,
    /// The room.
    pub room: String,
    /// The seat.
    pub seat: u32,
    /// The school.
    pub school: String,
}

impl SamplePerson {
    /// Family, middle and given name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.family, self.given)
    }
}

impl SampleExam {
    fn has(&self, trap: Trap) -> bool {
        self.traps.contains(&trap)
    }

    /// Everybody, in the order of their SBD: councils as large as provinces are, sites of 20 rooms, rooms of 24.
    pub fn people(&self) -> Vec<SamplePerson> {
        let mut random = Words::new(&self.seed);
        let mut people: Vec<SamplePerson> = Vec::new();
        for (council, count) in councils(self.candidates) {
            for index in 0..count {
                let serial = u32::try_from(people.len()).unwrap_or(u32::MAX);
                people.push(person(&mut random, council, index, serial));
            }
        }
        self.set_traps(&mut people, &mut random);
        people
    }

    fn set_traps(&self, people: &mut [SamplePerson], random: &mut Words) {
        let every = |people: &mut [SamplePerson], step: usize, change: &mut dyn FnMut(&mut SamplePerson)| {
            people.iter_mut().skip(step / 2).step_by(step).for_each(change);
        };
        if self.has(Trap::OldNumbers) {
            every(people, 400, &mut |one| one.id_number = format!("{:09}", random.below(1_000_000_000)));
        }
        if self.has(Trap::MadeUp) {
            every(people, 600, &mut |one| one.id_number = format!("TS26{}", one.number));
        }
        if self.has(Trap::Passports) {
            every(people, 900, &mut |one| one.id_number = format!("X{:08}", random.below(100_000_000)));
        }
        if self.has(Trap::NoNumber) {
            every(people, 1_000, &mut |one| one.id_number.clear());
        }
        if self.has(Trap::BirthDisagrees) {
            every(people, 700, &mut |one| one.born = one.born.saturating_sub(jiff::Span::new().years(1)));
        }
        if self.has(Trap::SexDisagrees) {
            every(people, 800, &mut |one| one.female = !one.female);
        }
        self.pairs(people);
    }

    /// Traps that two neighbours make.
    fn pairs(&self, people: &mut [SamplePerson]) {
        if self.has(Trap::Namesakes) {
            for pair in people.chunks_exact_mut(2).skip(5).step_by(250) {
                if let [one, two] = pair {
                    (two.family, two.given, two.born) = (one.family.clone(), one.given.clone(), one.born);
                    two.female = one.female;
                    two.id_number = one.id_number.get(..6).unwrap_or_default().to_owned()
                        + two.id_number.get(6..).unwrap_or_default();
                }
            }
        }
        let [one, two, three, four, ..] = people else { return };
        if self.has(Trap::SameNumber) {
            two.number.clone_from(&one.number);
        }
        if self.has(Trap::SameId) {
            three.id_number.clone_from(&two.id_number);
        }
        if self.has(Trap::SameSeat) {
            (four.site, four.room, four.seat) = (three.site.clone(), three.room.clone(), three.seat);
        }
    }
}

/// People by council: the 63 of before 2025 (codes 01 to 64 without 20), large and small as provinces are.
fn councils(candidates: u32) -> Vec<(u32, u32)> {
    let codes: Vec<u32> = (1..=64).filter(|code| *code != 20).collect();
    // The two largest have a tenth each, the others fall off slowly.
    let weight = |at: usize| if at < 2 { 100 } else { 20 - u32::try_from(at / 5).unwrap_or(0).min(12) };
    let total: u32 = (0..codes.len()).map(weight).sum();
    let mut left = candidates;
    let mut found: Vec<(u32, u32)> = Vec::new();
    for (at, code) in codes.into_iter().enumerate().rev() {
        let share = u64::from(candidates) * u64::from(weight(at)) / u64::from(total);
        let share = u32::try_from(share).unwrap_or(0).min(left);
        left -= share;
        found.push((code, share));
    }
    found.reverse();
    if let Some((_, first)) = found.first_mut() {
        *first += left;
    }
    found
}

fn person(random: &mut Words, council: u32, index: u32, serial: u32) -> SamplePerson {
    let female = random.below(2) == 1;
    let (middle, given) = if female { (FEMALE_MIDDLE, FEMALE_GIVEN) } else { (MALE_MIDDLE, MALE_GIVEN) };
    let family = format!("{} {}", random.weighted(FAMILY), random.weighted(middle)).trim().to_owned();
    // Most are born in the year that sits for it; some sit again. Numbers of one year are used up after a million.
    let year = match random.below(20) {
        _ if serial >= SERIALS => 2006,
        0 => 2007,
        _ => 2008,
    };
    let born = date(year, 1, 1).saturating_add(jiff::Span::new().days(i64::from(random.below(365))));
    let (site, room) = (index / (SEATS * ROOMS), index / SEATS % ROOMS);
    SamplePerson {
        number: format!("{council:02}{:06}", index + 1),
        family,
        given: random.weighted(given).to_owned(),
        born,
        female,
        // The serial keeps it unique without a second look.
        id_number: id_number(female, year, serial),
        site: format!("{council:02}{:03}", site + 1),
        room: format!("P{:03}", room + 1),
        seat: index % SEATS + 1,
        school: format!("THPT Mẫu {}", random.below(40) + 1),
    }
}

/// Six digits of a serial, scattered.
fn id_number(female: bool, year: i16, serial: u32) -> String {
    let scattered = u64::from(serial) * SCATTER % u64::from(SERIALS);
    format!("099{}{:02}{scattered:06}", if female { 3 } else { 2 }, year % 100)
}

/// Chance, quickly: words from a seeded generator.
struct Words {
    source: SeededRandom,
    buffer: Vec<u8>,
    at: usize,
}

impl Words {
    fn new(seed: &str) -> Self {
        Self { source: SeededRandom::new(seed), buffer: Vec::new(), at: 0 }
    }

    fn next(&mut self) -> u32 {
        if self.at + 4 > self.buffer.len() {
            self.buffer = self.source.bytes(BUFFER_LEN);
            self.at = 0;
        }
        let word = self.buffer.get(self.at..self.at + 4).and_then(|word| word.try_into().ok()).unwrap_or_default();
        self.at += 4;
        u32::from_le_bytes(word)
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit.max(1)
    }

    fn weighted(&mut self, words: &[(&'static str, u32)]) -> &'static str {
        let mut at = self.below(words.iter().map(|(_, weight)| weight).sum());
        for (word, weight) in words {
            if at < *weight {
                return word;
            }
            at -= weight;
        }
        ""
    }
}

/// Six digits.
const SERIALS: u32 = 1_000_000;
const SEATS: u32 = 24;
const ROOMS: u32 = 20;
/// Prime to a million: every serial below a million gets digits of its own.
const SCATTER: u64 = 618_033;
const BUFFER_LEN: usize = 4_096;
