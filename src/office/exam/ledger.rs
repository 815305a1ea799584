//! `packages.csv`: every package that was made for this exam, and who has taken it.

use super::{ExamError, FormFault, PACKAGES_FILE};
use bits::hex;
use bits::spreadsheet::{CsvRows, meant};
use csv::StringRecord;
use jiff::Timestamp;
use record::Digest;

/// One version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The package's name: exam, session, site.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// SHA-256 of the ciphertext.
    pub sha256: Digest,
    /// Bytes of the ciphertext.
    pub size: u64,
    /// Candidates in it.
    pub rows: u64,
    /// When it was made.
    pub packed_at: Timestamp,
    /// What tells whether anything has changed since: a digest over contents, recipients and dates.
    pub fingerprint: Digest,
    /// The number of the revocation list in it; 0 where there is none.
    pub revocations: u32,
    /// The desks that it is sealed for.
    pub desks: Vec<String>,
    /// The desks that said that they took it.
    pub received: Vec<String>,
    /// SHA-256 of the rules in it, as a desk's log names them; packages of older programs name none.
    pub rules_sha256: Option<Digest>,
    /// The version of the trust store in it, as a desk's log names it; packages of older programs name none.
    pub trust_store: Option<String>,
}

/// All versions of all packages, by name and version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    rows: Vec<Packed>,
}

impl Ledger {
    /// Reads the file; no bytes are no packages.
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(bytes: &[u8]) -> Result<Self, ExamError> {
        let form = |line: usize, what: FormFault| ExamError::Form { file: PACKAGES_FILE.to_owned(), line, what };
        let mut rows: Vec<Packed> = Vec::new();
        let records = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_records();
        for (record, line) in records.zip(1..) {
            let record = record.map_err(|_| form(line, FormFault::Csv))?;
            let record: StringRecord = record.iter().map(meant).collect();
            if line == 1 {
                let is_header = record.iter().eq(HEADER) || record.iter().eq(HEADER.into_iter().take(OLD_FIELDS));
                is_header.then_some(()).ok_or_else(|| form(line, FormFault::Headings))?;
                continue;
            }
            let row = packed(&record).ok_or_else(|| form(line, FormFault::Row))?;
            if rows.last().is_some_and(|last| (&last.id, last.version) >= (&row.id, row.version)) {
                return Err(form(line, FormFault::Order));
            }
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// The file.
    pub fn write(&self) -> Vec<u8> {
        let mut file = CsvRows::new();
        // A file of an older program stays as it is until a package is made by this one.
        let is_new = self.rows.iter().any(|row| row.rules_sha256.is_some() || row.trust_store.is_some());
        let count = if is_new { HEADER.len() } else { OLD_FIELDS };
        file.row(HEADER.into_iter().take(count));
        self.rows.iter().for_each(|row| file.row(fields(row).iter().take(count)));
        file.finish()
    }

    /// All versions, by name and version.
    pub fn iter(&self) -> impl Iterator<Item = &Packed> {
        self.rows.iter()
    }

    /// The last version of a package.
    pub fn last(&self, id: &str) -> Option<&Packed> {
        let end = self.rows.partition_point(|row| row.id.as_str() <= id);
        self.rows.get(end.checked_sub(1)?).filter(|row| row.id == id)
    }

    /// One version of a package.
    pub fn find(&self, id: &str, version: u32) -> Option<&Packed> {
        let place = self.rows.binary_search_by(|row| (row.id.as_str(), row.version).cmp(&(id, version))).ok()?;
        self.rows.get(place)
    }

    /// The highest number of a revocation list that any package holds.
    pub fn revocations(&self) -> u32 {
        self.rows.iter().map(|row| row.revocations).max().unwrap_or(0)
    }

    /// Takes in a new version.
    pub fn add(&mut self, row: Packed) {
        let place = self.rows.partition_point(|known| (&known.id, known.version) < (&row.id, row.version));
        self.rows.insert(place, row);
    }

    /// Notes that a desk took a version. False when there is no such version.
    pub fn receive(&mut self, id: &str, version: u32, desk: &str) -> bool {
        let Some(row) = self.rows.iter_mut().find(|row| row.id == id && row.version == version) else { return false };
        if !row.received.iter().any(|known| known == desk) {
            row.received.push(desk.to_owned());
            row.received.sort();
        }
        true
    }
}

fn fields(row: &Packed) -> [String; 12] {
    [
        row.id.clone(),
        row.version.to_string(),
        row.sha256.to_string(),
        row.size.to_string(),
        row.rows.to_string(),
        row.packed_at.to_string(),
        row.fingerprint.to_string(),
        row.revocations.to_string(),
        row.desks.join(" "),
        row.received.join(" "),
        row.rules_sha256.map(|digest| digest.to_string()).unwrap_or_default(),
        row.trust_store.clone().unwrap_or_default(),
    ]
}

fn packed(record: &StringRecord) -> Option<Packed> {
    let digest = |at: usize| hex::decode(record.get(at)?)?.try_into().ok().map(Digest);
    let words = |at: usize| Some(record.get(at)?.split_whitespace().map(str::to_owned).collect());
    let row = Packed {
        id: record.get(0).filter(|id| !id.is_empty())?.to_owned(),
        version: record.get(1)?.parse().ok().filter(|version| *version > 0)?,
        sha256: digest(2)?,
        size: record.get(3)?.parse().ok()?,
        rows: record.get(4)?.parse().ok()?,
        packed_at: record.get(5)?.parse().ok()?,
        fingerprint: digest(6)?,
        revocations: record.get(7)?.parse().ok()?,
        desks: words(8)?,
        received: words(9)?,
        rules_sha256: match record.get(10) {
            None | Some("") => None,
            Some(_) => Some(digest(10)?),
        },
        trust_store: record.get(11).filter(|store| !store.is_empty()).map(str::to_owned),
    };
    let count = if record.len() == OLD_FIELDS { OLD_FIELDS } else { HEADER.len() };
    record.iter().eq(fields(&row).iter().take(count).map(String::as_str)).then_some(row)
}

const HEADER: [&str; 12] = [
    "package",
    "version",
    "sha256",
    "size",
    "rows",
    "packed_at",
    "fingerprint",
    "revocations",
    "desks",
    "received",
    "rules_sha256",
    "trust_store",
];
/// What a line had before rules and trust stores were noted.
const OLD_FIELDS: usize = 10;
