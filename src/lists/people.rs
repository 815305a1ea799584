//! Everybody on a list, in as little memory as goes: a [`Listed`] is made when one is asked for.

use super::texts::{TextId, Texts, grow};
use bits::secret::Pii;
use jiff::civil::Date;
use roster::{Candidate, CandidateId, CandidateNumber, Sex};
use std::fmt;

/// One person of a list, and where she stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The sheet's index.
    pub sheet: usize,
    /// The line.
    pub line: u32,
    /// SBD.
    pub number: CandidateNumber,
    /// Full name, NFC.
    pub full_name: Pii<String>,
    /// Birth date as `YYYY-MM-DD`; empty when there is none that can be read.
    pub birth_date: Pii<String>,
    /// Sex, where it is told.
    pub sex: Option<Sex>,
    /// What the identity column holds.
    pub id_number: Pii<String>,
    /// Exam site.
    pub site: String,
    /// Room.
    pub room: String,
    /// Seat.
    pub seat: String,
    /// Session; empty means every session.
    pub session: String,
    /// School or class.
    pub school: String,
}

/// Everybody, in the order of the file.
#[derive(Clone, Default, PartialEq)]
pub struct People {
    rows: Vec<Packed>,
    texts: Texts,
}

#[derive(Clone, Copy, PartialEq)]
struct Packed {
    sheet: u32,
    line: u32,
    born: Option<Date>,
    sex: Option<Sex>,
    texts: [TextId; TEXTS],
}

/// One person, as she lies in [`People`].
#[derive(Clone, Copy)]
pub(super) struct Person<'a> {
    row: &'a Packed,
    texts: &'a Texts,
}

impl People {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is nobody.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One of them, from 0.
    pub fn get(&self, at: usize) -> Option<Listed> {
        self.person(at)?.listed()
    }

    /// All of them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Listed> {
        self.persons().filter_map(Person::listed)
    }

    /// All of them as candidates under these ids, in the order of a roster: SBD, session, id.
    pub fn candidates<'a>(&'a self, ids: &'a [CandidateId]) -> impl Iterator<Item = Candidate> + 'a {
        let key = |at: &u32| {
            let at = usize::try_from(*at).unwrap_or(usize::MAX);
            self.person(at).map(|one| (one.number(), one.session(), ids.get(at)))
        };
        let mut order: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        order.into_iter().filter_map(move |at| {
            let at = usize::try_from(at).ok()?;
            Some(self.get(at)?.candidate(*ids.get(at)?))
        })
    }

    pub(super) fn push(&mut self, one: &Listed) {
        let mut put = |text: &str| self.texts.put(text);
        let texts = [
            put(one.number.as_str()),
            put(one.full_name.reveal()),
            put(one.id_number.reveal()),
            put(&one.site),
            put(&one.room),
            put(&one.seat),
            put(&one.session),
            put(&one.school),
        ];
        let born = one.birth_date.reveal().parse().ok();
        let sheet = u32::try_from(one.sheet).unwrap_or(u32::MAX);
        grow(&mut self.rows);
        self.rows.push(Packed { sheet, line: one.line, born, sex: one.sex, texts });
    }

    pub(super) fn person(&self, at: usize) -> Option<Person<'_>> {
        self.rows.get(at).map(|row| Person { row, texts: &self.texts })
    }

    pub(super) fn persons(&self) -> impl DoubleEndedIterator<Item = Person<'_>> + ExactSizeIterator + Clone {
        self.rows.iter().map(|row| Person { row, texts: &self.texts })
    }
}

impl fmt::Debug for People {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "People({})", self.len())
    }
}

impl<'a> Person<'a> {
    pub(super) fn sheet(self) -> usize {
        usize::try_from(self.row.sheet).unwrap_or(usize::MAX)
    }

    pub(super) fn line(self) -> u32 {
        self.row.line
    }

    pub(super) fn born(self) -> Option<Date> {
        self.row.born
    }

    pub(super) fn sex(self) -> Option<Sex> {
        self.row.sex
    }

    pub(super) fn number(self) -> &'a str {
        self.text(0)
    }

    pub(super) fn full_name(self) -> &'a str {
        self.text(1)
    }

    pub(super) fn id_number(self) -> &'a str {
        self.text(2)
    }

    pub(super) fn site(self) -> &'a str {
        self.text(3)
    }

    pub(super) fn room(self) -> &'a str {
        self.text(4)
    }

    pub(super) fn seat(self) -> &'a str {
        self.text(5)
    }

    pub(super) fn session(self) -> &'a str {
        self.text(6)
    }

    fn text(self, at: usize) -> &'a str {
        self.row.texts.get(at).map(|id| self.texts.get(*id)).unwrap_or_default()
    }

    /// Never `None`: nobody without SBD is pushed.
    fn listed(self) -> Option<Listed> {
        let owned = |at: usize| self.text(at).to_owned();
        Some(Listed {
            sheet: self.sheet(),
            line: self.line(),
            number: CandidateNumber::new(self.number())?,
            full_name: Pii::new(owned(1)),
            birth_date: Pii::new(self.born().map(|date| date.to_string()).unwrap_or_default()),
            sex: self.sex(),
            id_number: Pii::new(owned(2)),
            site: owned(3),
            room: owned(4),
            seat: owned(5),
            session: owned(6),
            school: owned(7),
        })
    }
}

impl Listed {
    fn candidate(self, id: CandidateId) -> Candidate {
        let Self { number, full_name, birth_date, sex, id_number, site, room, seat, session, school, .. } = self;
        Candidate { id, number, full_name, birth_date, id_number, site, room, seat, session, sex, school }
    }
}

const TEXTS: usize = 8;
