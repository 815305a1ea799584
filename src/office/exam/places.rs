//! `sites.csv` and `rooms.csv`.

use super::{ExamError, Files, FormFault, ROOMS_FILE, SITES_FILE};
use bits::spreadsheet::{CsvRows, meant};
use csv::StringRecord;
use roster::Candidate;
use std::collections::{BTreeMap, BTreeSet};

/// An exam site (điểm thi).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// As the list of candidates writes it.
    pub code: String,
    /// Its name on screens and paper; empty for the code.
    pub title: String,
}

/// A room (phòng thi).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Room {
    /// The site's code.
    pub site: String,
    /// As the list of candidates writes it.
    pub name: String,
    /// What it takes, where that is not what every room takes.
    pub capacity: Option<usize>,
}

/// Reads `sites.csv`; no bytes are no sites.
///
/// # Errors
/// [`ExamError::Form`], with the line.
pub fn read_sites(bytes: &[u8]) -> Result<Vec<Site>, ExamError> {
    read(SITES_FILE, bytes, &SITES_HEADER, |row| {
        let (code, title) = (row.get(0)?.to_owned(), row.get(1)?.to_owned());
        (!code.is_empty()).then_some(Site { code, title })
    })
}

/// Reads `rooms.csv`; no bytes are no rooms.
///
/// # Errors
/// [`ExamError::Form`], with the line.
pub fn read_rooms(bytes: &[u8]) -> Result<Vec<Room>, ExamError> {
    read(ROOMS_FILE, bytes, &ROOMS_HEADER, |row| {
        let (site, name) = (row.get(0)?.to_owned(), row.get(1)?.to_owned());
        let capacity = match row.get(2)? {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        (!name.is_empty()).then_some(Room { site, name, capacity })
    })
}

/// `sites.csv`, sorted.
pub fn write_sites(sites: &[Site]) -> Vec<u8> {
    let sorted: BTreeSet<_> = sites.iter().map(|site| [site.code.clone(), site.title.clone()]).collect();
    write(&SITES_HEADER, sorted)
}

/// `rooms.csv`, sorted.
pub fn write_rooms(rooms: &[Room]) -> Vec<u8> {
    let capacity = |room: &Room| room.capacity.map(|number| number.to_string()).unwrap_or_default();
    let sorted: BTreeSet<_> = rooms.iter().map(|room| [room.site.clone(), room.name.clone(), capacity(room)]).collect();
    write(&ROOMS_HEADER, sorted)
}

/// The sites and rooms that are known, and those that candidates name.
pub(super) struct Named {
    sites: BTreeMap<String, Site>,
    rooms: BTreeMap<(String, String), Room>,
}

impl Named {
    pub(super) fn new(sites: &[Site], rooms: &[Room]) -> Self {
        let room = |room: &Room| ((room.site.clone(), room.name.clone()), room.clone());
        Self {
            sites: sites.iter().map(|site| (site.code.clone(), site.clone())).collect(),
            rooms: rooms.iter().map(room).collect(),
        }
    }

    /// Takes in where one candidate is expected.
    pub(super) fn take(&mut self, one: &Candidate) {
        if !one.site.is_empty() && !self.sites.contains_key(&one.site) {
            self.sites.insert(one.site.clone(), Site { code: one.site.clone(), title: String::new() });
        }
        let key = (one.site.clone(), one.room.clone());
        if !one.room.is_empty() && !self.rooms.contains_key(&key) {
            let (site, name) = key.clone();
            self.rooms.insert(key, Room { site, name, capacity: None });
        }
    }

    /// Their files.
    pub(super) fn files(self) -> Files {
        let (sites, rooms): (Vec<_>, Vec<_>) = (self.sites.into_values().collect(), self.rooms.into_values().collect());
        let sites = (SITES_FILE.to_owned(), write_sites(&sites));
        [sites, (ROOMS_FILE.to_owned(), write_rooms(&rooms))].into_iter().collect()
    }
}

fn read<T>(
    file: &str,
    bytes: &[u8],
    header: &[&str],
    row: impl Fn(&StringRecord) -> Option<T>,
) -> Result<Vec<T>, ExamError> {
    let form = |line: usize, what: FormFault| ExamError::Form { file: file.to_owned(), line, what };
    let mut rows = Vec::new();
    for (record, line) in csv::ReaderBuilder::new().has_headers(false).from_reader(bytes).into_records().zip(1..) {
        let record = record.map_err(|_| form(line, FormFault::Csv))?;
        let record: StringRecord = record.iter().map(meant).collect();
        if line > 1 {
            rows.push(row(&record).ok_or_else(|| form(line, FormFault::Place))?);
        } else if !record.iter().eq(header.iter().copied()) {
            return Err(form(line, FormFault::Headings));
        }
    }
    Ok(rows)
}

fn write<const N: usize>(header: &[&str; N], rows: BTreeSet<[String; N]>) -> Vec<u8> {
    let mut file = CsvRows::new();
    file.row(header);
    rows.iter().for_each(|row| file.row(row));
    file.finish()
}

const SITES_HEADER: [&str; 2] = ["code", "title"];
const ROOMS_HEADER: [&str; 3] = ["site", "room", "capacity"];
