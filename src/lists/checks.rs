//! What is wrong with a list as a whole: pairs of rows, and numbers that tell something else than their row.

use super::People;
use super::finding::{Content, Finding, Problem, finding};
use super::intake::{Intake, column_of};
use super::mapping::Mapping;
use super::people::Person;
use super::texts::grow;
use bits::{letters, text};
use cccd::number::{NumberSex, PersonalNumber};
use roster::Sex;
use roster::is_personal_number;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};

/// How many people a room takes (Circular 24/2024/TT-BGDĐT: 24, the last room of a site up to 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Every room.
    pub room: usize,
    /// The last room of a site.
    pub last_room: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { room: 24, last_room: 28 }
    }
}

impl Intake {
    /// Looks at everybody and at everybody against everybody, and adds what it finds; then sorts by place.
    pub fn check(&mut self, mapping: &Mapping, capacity: &Capacity) {
        let mut checks = Checks { people: self.accounts.people(), mapping, found: &mut self.findings };
        checks.people.persons().for_each(|one| checks.id_number(one));
        checks.numbers();
        checks.id_numbers();
        checks.seats();
        checks.rooms(capacity);
        checks.names();
        self.findings.sort_by_key(|one| (one.sheet, one.line, one.column, one.problem));
    }

    /// Compares with the names of portrait files, without their extension: an SBD or an identity number.
    pub fn check_portraits(&mut self, names: &BTreeSet<String>) {
        let mut left: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for one in self.people().persons() {
            let known = [one.number(), one.id_number()];
            if !known.iter().any(|name| names.contains(*name)) {
                found.push(about(Problem::PortraitMissing, one, None, None, ""));
            }
            known.iter().for_each(|name| {
                left.remove(name);
            });
        }
        let foreign = left.into_iter().map(|name| Finding {
            problem: Problem::PortraitForeign,
            sheet: 0,
            line: 0,
            column: None,
            other: None,
            content: Content::text(&text::mask(name, MASKED_FRONT, 0)),
            becomes: Content::text(""),
        });
        found.extend(foreign);
        self.findings.extend(found);
    }
}

struct Checks<'a> {
    people: &'a People,
    mapping: &'a Mapping,
    found: &'a mut Vec<Finding>,
}

impl<'a> Checks<'a> {
    fn id_number(&mut self, one: Person<'_>) {
        let number = one.id_number();
        let problem = match number {
            _ if is_personal_number(number) => None,
            "" => Some(Problem::IdMissing),
            nine if nine.len() == OLD_LEN && is_digits(nine) => Some(Problem::IdOld),
            code if code.len() == MADE_UP_LEN && is_code(code) => Some(Problem::IdMadeUp),
            passport if is_passport(passport) => Some(Problem::IdPassport),
            _ => Some(Problem::IdBad),
        };
        if let Some(problem) = problem {
            self.find(problem, one, None, number);
        } else if let Ok(number) = PersonalNumber::parse(number) {
            self.personal_number(one, &number);
        }
    }

    fn personal_number(&mut self, one: Person<'_>, number: &PersonalNumber) {
        if !number.place_is_known() {
            self.find(Problem::IdPlace, one, None, number.reveal());
        }
        if let Some(born) = one.born().filter(|born| born.year() != number.birth_year()) {
            self.find(Problem::BirthDisagrees, one, None, &born.to_string());
        }
        let told = if number.sex() == NumberSex::Female { Sex::Female } else { Sex::Male };
        if one.sex().is_some_and(|sex| sex != told) {
            self.find(Problem::SexDisagrees, one, None, "");
        }
    }

    fn numbers(&mut self) {
        let same = groups(self.people, SEVERAL, |one| Some((one.number(), one.session())));
        self.all_but_first(Problem::NumberTwice, same, Person::number);
    }

    fn id_numbers(&mut self) {
        for rows in groups(self.people, SEVERAL, |one| known(one.id_number())) {
            let Some(first) = rows.first() else { continue };
            for (at, one) in rows.iter().enumerate().skip(1) {
                let same_session = rows.iter().take(at).find(|other| other.session() == one.session()).copied();
                let is_other = letters::fold_name(first.full_name()) != letters::fold_name(one.full_name())
                    || first.born() != one.born();
                match same_session {
                    Some(other) => self.find(Problem::IdTwice, *one, Some(other), one.id_number()),
                    None if is_other => self.find(Problem::IdOfTwo, *one, Some(*first), one.id_number()),
                    None => (),
                }
            }
        }
    }

    fn seats(&mut self) {
        let same = groups(self.people, SEVERAL, |one| {
            let seat = known(one.seat())?;
            known(one.room()).map(|room| (one.session(), one.site(), room, seat))
        });
        self.all_but_first(Problem::SeatTwice, same, Person::seat);
    }

    fn all_but_first(&mut self, problem: Problem, groups: Groups<'a>, content: fn(Person<'a>) -> &'a str) {
        for rows in groups {
            for one in rows.iter().skip(1) {
                self.find(problem, *one, rows.first().copied(), content(*one));
            }
        }
    }

    fn rooms(&mut self, capacity: &Capacity) {
        let some_have = self.people.persons().any(|one| !one.room().is_empty());
        for one in self.people.persons().filter(|one| some_have && one.room().is_empty()) {
            self.find(Problem::RoomMissing, one, None, "");
        }
        let mut by_site: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for rows in groups(self.people, 1, |one| known(one.room()).map(|room| (one.session(), one.site(), room))) {
            let Some(first) = rows.first() else { continue };
            by_site.entry((first.session(), first.site())).or_default().push((first.room(), rows));
        }
        for mut rooms in by_site.into_values() {
            rooms.sort_by_key(|(room, _)| *room);
            let last = rooms.len().saturating_sub(1);
            for (at, (room, rows)) in rooms.iter().enumerate() {
                let limit = if at == last { capacity.last_room } else { capacity.room };
                if let Some(one) = rows.get(limit) {
                    let content = format!("{room}: {} > {limit}", rows.len());
                    self.find(Problem::RoomOverfull, *one, rows.first().copied(), &content);
                }
            }
        }
    }

    fn names(&mut self) {
        let same = groups(self.people, SEVERAL, |one| {
            // Y-Blok, Y Blok and YBlok are called out alike.
            let name = letters::fold_name(one.full_name()).replace(' ', "");
            known(one.room()).map(|room| (one.session(), one.site(), room, name))
        });
        for rows in same {
            for (at, one) in rows.iter().enumerate().skip(1) {
                let before = rows.get(..at).unwrap_or_default();
                let namesake = before.iter().find(|other| other.born() == one.born() && one.born().is_some());
                let (problem, other) = match namesake {
                    Some(namesake) => (Problem::NameAndBirthAlike, Some(*namesake)),
                    None => (Problem::NameAlike, before.first().copied()),
                };
                self.find(problem, *one, other, one.full_name());
            }
        }
    }

    fn find(&mut self, problem: Problem, one: Person<'_>, other: Option<Person<'_>>, content: &str) {
        let column = problem.column().and_then(|column| column_of(self.mapping, one.sheet(), column));
        grow(self.found);
        self.found.push(about(problem, one, other, column, content));
    }
}

type Groups<'a> = Vec<Vec<Person<'a>>>;

/// People of one key, where there are at least so many, each group in the order of the list.
///
/// Two numbers a person instead of a table of keys: a million people must not need their memory once more.
fn groups<'a, K: Hash + Eq>(people: &'a People, least: usize, key: impl Fn(Person<'a>) -> Option<K>) -> Groups<'a> {
    let hash = |key: &K| BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    let hashed = people.persons().zip(0_u32..).filter_map(|(one, at)| Some((hash(&key(one)?), at)));
    let mut order: Vec<(u64, u32)> = Vec::with_capacity(people.len());
    order.extend(hashed);
    order.sort_unstable();
    let mut out = Groups::new();
    for alike in order.chunk_by(|(one, _), (other, _)| one == other).filter(|alike| alike.len() >= least) {
        let mut rest: Vec<Person<'a>> =
            alike.iter().filter_map(|(_, at)| people.person(usize::try_from(*at).ok()?)).collect();
        while let Some(first) = rest.first().copied() {
            let own = key(first);
            let (same, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|one| key(*one) == own);
            out.extend((same.len() >= least).then_some(same));
            rest = others;
        }
    }
    out
}

fn about(problem: Problem, one: Person<'_>, other: Option<Person<'_>>, column: Option<u32>, content: &str) -> Finding {
    let other = other.map(|other| (u32::try_from(other.sheet()).unwrap_or(u32::MAX), other.line()));
    Finding { line: one.line(), column, other, ..finding(problem, one.sheet(), content) }
}

fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_code(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// One or two capital letters and six to eight digits; or the letters of a state, and what it calls a passport.
fn is_passport(text: &str) -> bool {
    if let Some((_, number)) = roster::state_of(text) {
        return PASSPORT_LEN.contains(&number.len());
    }
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = text.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters) && (6..=8).contains(&digits.len()) && is_digits(digits)
}

const SEVERAL: usize = 2;
const OLD_LEN: usize = 9;
/// Characters of a passport's number (ICAO Doc 9303-4 §4.2.2.2), the shortest seen on any.
const PASSPORT_LEN: std::ops::RangeInclusive<usize> = 5..=9;
const MADE_UP_LEN: usize = 12;
const MASKED_FRONT: usize = 3;
