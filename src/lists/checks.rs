//! What is wrong with a list as a whole: pairs of rows, and numbers that tell something else than their row.

use super::finding::{Finding, Problem, finding};
use super::intake::{Intake, Listed, column_of, groups};
use super::mapping::Mapping;
use bits::secret::Pii;
use bits::{letters, text};
use cccd::number::{NumberSex, PersonalNumber};
use jiff::civil::Date;
use roster::Sex;
use roster::is_personal_number;
use std::collections::{BTreeMap, BTreeSet};

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
        let mut checks = Checks { people: self.people(), mapping, found: Vec::new() };
        checks.people.iter().for_each(|one| checks.id_number(one));
        checks.numbers();
        checks.id_numbers();
        checks.seats();
        checks.rooms(capacity);
        checks.names();
        let found = checks.found;
        self.findings.extend(found);
        self.findings.sort_by_key(|one| (one.sheet, one.line, one.column, one.problem));
    }

    /// Compares with the names of portrait files, without their extension: an SBD or an identity number.
    pub fn check_portraits(&mut self, names: &BTreeSet<String>) {
        let mut left: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for one in self.people() {
            let known = [one.number.as_str(), one.id_number.reveal().as_str()];
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
            content: Pii::new(text::mask(name, MASKED_FRONT, 0)),
            becomes: Pii::new(String::new()),
        });
        found.extend(foreign);
        self.findings.extend(found);
    }
}

struct Checks<'a> {
    people: &'a [Listed],
    mapping: &'a Mapping,
    found: Vec<Finding>,
}

impl<'a> Checks<'a> {
    fn id_number(&mut self, one: &Listed) {
        let number = one.id_number.reveal();
        let problem = match number.as_str() {
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

    fn personal_number(&mut self, one: &Listed, number: &PersonalNumber) {
        if !number.place_is_known() {
            self.find(Problem::IdPlace, one, None, number.reveal());
        }
        let born = one.birth_date.reveal().parse::<Date>().ok();
        if born.is_some_and(|born| born.year() != number.birth_year()) {
            self.find(Problem::BirthDisagrees, one, None, one.birth_date.reveal());
        }
        let told = if number.sex() == NumberSex::Female { Sex::Female } else { Sex::Male };
        if one.sex.is_some_and(|sex| sex != told) {
            self.find(Problem::SexDisagrees, one, None, "");
        }
    }

    fn numbers(&mut self) {
        let same = groups(self.people, |one| Some((one.number.as_str(), one.session.as_str())));
        self.all_but_first(Problem::NumberTwice, same.into_values(), |one| one.number.as_str().to_owned());
    }

    fn id_numbers(&mut self) {
        let same = groups(self.people, |one| known(one.id_number.reveal()));
        for rows in same.into_values() {
            let Some(first) = rows.first() else { continue };
            for one in rows.iter().skip(1) {
                let sooner = rows.iter().take_while(|other| !std::ptr::eq(**other, *one));
                let same_session = sooner.clone().find(|other| other.session == one.session);
                let is_other = letters::fold_name(first.full_name.reveal())
                    != letters::fold_name(one.full_name.reveal())
                    || first.birth_date != one.birth_date;
                match same_session {
                    Some(other) => self.find(Problem::IdTwice, one, Some(other), one.id_number.reveal()),
                    None if is_other => self.find(Problem::IdOfTwo, one, Some(first), one.id_number.reveal()),
                    None => (),
                }
            }
        }
    }

    fn seats(&mut self) {
        let same = groups(self.people, |one| {
            let seat = known(&one.seat)?;
            known(&one.room).map(|room| (&one.session, &one.site, room, seat))
        });
        self.all_but_first(Problem::SeatTwice, same.into_values(), |one| one.seat.clone());
    }

    fn all_but_first(
        &mut self,
        problem: Problem,
        groups: impl Iterator<Item = Vec<&'a Listed>>,
        content: impl Fn(&Listed) -> String,
    ) {
        for rows in groups.filter(|rows| rows.len() > 1) {
            for one in rows.iter().skip(1) {
                self.find(problem, one, rows.first().copied(), &content(one));
            }
        }
    }

    fn rooms(&mut self, capacity: &Capacity) {
        let some_have = self.people.iter().any(|one| !one.room.is_empty());
        for one in self.people.iter().filter(|one| some_have && one.room.is_empty()) {
            self.find(Problem::RoomMissing, one, None, "");
        }
        let rooms = groups(self.people, |one| known(&one.room).map(|room| (&one.session, &one.site, room)));
        let mut by_site: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((session, site, room), rows) in rooms {
            by_site.entry((session, site)).or_default().push((room, rows));
        }
        for mut rooms in by_site.into_values() {
            rooms.sort_by_key(|(room, _)| *room);
            let last = rooms.len().saturating_sub(1);
            for (at, (room, rows)) in rooms.iter().enumerate() {
                let limit = if at == last { capacity.last_room } else { capacity.room };
                if let Some(one) = rows.get(limit) {
                    self.find(
                        Problem::RoomOverfull,
                        one,
                        rows.first().copied(),
                        &format!("{room}: {} > {limit}", rows.len()),
                    );
                }
            }
        }
    }

    fn names(&mut self) {
        let same = groups(self.people, |one| {
            // Y-Blok, Y Blok and YBlok are called out alike.
            let name = letters::fold_name(one.full_name.reveal()).replace(' ', "");
            known(&one.room).map(|room| (&one.session, &one.site, room, name))
        });
        for rows in same.into_values().filter(|rows| rows.len() > 1) {
            for (at, one) in rows.iter().enumerate().skip(1) {
                let before = rows.get(..at).unwrap_or_default();
                let twin = before
                    .iter()
                    .find(|other| other.birth_date == one.birth_date && !one.birth_date.reveal().is_empty());
                let (problem, other) = match twin {
                    Some(twin) => (Problem::NameAndBirthAlike, Some(*twin)),
                    None => (Problem::NameAlike, before.first().copied()),
                };
                self.find(problem, one, other, one.full_name.reveal());
            }
        }
    }

    fn find(&mut self, problem: Problem, one: &Listed, other: Option<&Listed>, content: &str) {
        let column = problem.column().and_then(|column| column_of(self.mapping, one.sheet, column));
        self.found.push(about(problem, one, other, column, content));
    }
}

fn about(problem: Problem, one: &Listed, other: Option<&Listed>, column: Option<u32>, content: &str) -> Finding {
    let other = other.map(|other| (other.sheet, other.line));
    Finding { line: one.line, column, other, ..finding(problem, one.sheet, content) }
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

/// One or two capital letters and six to eight digits.
fn is_passport(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = text.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters) && (6..=8).contains(&digits.len()) && is_digits(digits)
}

const OLD_LEN: usize = 9;
const MADE_UP_LEN: usize = 12;
const MASKED_FRONT: usize = 3;
