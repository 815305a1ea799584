//! `sites.csv` and `rooms.csv`.

use super::{ExamError, FormFault, ROOMS_FILE, SITES_FILE};
use csv::{StringRecord, Terminator};
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

/// The known sites and those that candidates name.
pub(super) fn with_sites_of(known: &[Site], candidates: &[Candidate]) -> Vec<Site> {
    let mut sites: BTreeMap<&str, Site> = known.iter().map(|site| (site.code.as_str(), site.clone())).collect();
    for code in candidates.iter().map(|one| one.site.as_str()).filter(|code| !code.is_empty()) {
        sites.entry(code).or_insert_with(|| Site { code: code.to_owned(), title: String::new() });
    }
    sites.into_values().collect()
}

/// The known rooms and those that candidates name.
pub(super) fn with_rooms_of(known: &[Room], candidates: &[Candidate]) -> Vec<Room> {
    let key = |room: &Room| (room.site.clone(), room.name.clone());
    let mut rooms: BTreeMap<_, _> = known.iter().map(|room| (key(room), room.clone())).collect();
    for one in candidates.iter().filter(|one| !one.room.is_empty()) {
        let room = Room { site: one.site.clone(), name: one.room.clone(), capacity: None };
        rooms.entry(key(&room)).or_insert(room);
    }
    rooms.into_values().collect()
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
        if line > 1 {
            rows.push(row(&record).ok_or_else(|| form(line, FormFault::Place))?);
        } else if !record.iter().eq(header.iter().copied()) {
            return Err(form(line, FormFault::Headings));
        }
    }
    Ok(rows)
}

fn write<const N: usize>(header: &[&str; N], rows: BTreeSet<[String; N]>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(header);
    rows.iter().for_each(|row| {
        let _ = writer.write_record(row);
    });
    writer.into_inner().unwrap_or_default()
}

const SITES_HEADER: [&str; 2] = ["code", "title"];
const ROOMS_HEADER: [&str; 3] = ["site", "room", "capacity"];
