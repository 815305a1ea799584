//! Reading a list out of a CSV file.

use super::{
    Candidate, CandidateId, CandidateNumber, Column, ImportError, ImportNote, ImportReport, NoteKind, Roster, Sex,
    columns::Columns,
    table::{Legacy, legacy},
    values::{self, Cell},
};
use crate::bits::{
    secret::{Pii, Secret},
    text,
};
use csv::StringRecord;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::collections::HashMap;
use unicode_normalization::is_nfc;

/// The largest file.
const MAX_FILE_LEN: usize = 512 << 20;
/// The most rows.
const MAX_ROWS: usize = 2_000_000;
/// How many rows may stand above the headings.
const MAX_TITLE_ROWS: usize = 40;

impl Roster {
    /// Reads a list. `key` is the exam's key for pseudonyms: it gives each row an id that is the same after a
    /// restart and means nothing without the key.
    ///
    /// # Errors
    /// [`ImportError`], with the line.
    pub fn from_csv(bytes: &[u8], key: &Secret<[u8; 32]>) -> Result<(Self, ImportReport), ImportError> {
        let (text, legacy) = decode(bytes)?;
        let sheet = Sheet::read(&text)?;
        let mut import = Import::new(&sheet, key);
        import.report.legacy = legacy;
        for (line, record) in &sheet.rows {
            import.row(*line, record)?;
        }
        if import.rows.is_empty() {
            return Err(ImportError::Empty);
        }
        import.report.rows = import.rows.len();
        Ok((Self::new(import.rows), import.report))
    }
}

/// The text of a file in UTF-8, in UTF-16 with a byte-order mark, or in an encoding from before Unicode, which is told
/// from its words as the board's import does.
fn decode(bytes: &[u8]) -> Result<(String, Option<Legacy>), ImportError> {
    if bytes.len() > MAX_FILE_LEN {
        return Err(ImportError::TooLarge { limit: MAX_FILE_LEN });
    }
    let wide = |units: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = units.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| ImportError::NotUnicode { line: 1 })
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        _ => match utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                return legacy::decode_bytes(bytes).map(|(text, found)| (text, Some(found))).ok_or(error);
            }
        },
    };
    Ok(match legacy::decode_text(&text) {
        Some((text, found)) => (text, Some(found)),
        None => (text, None),
    })
}

fn utf8(bytes: &[u8]) -> Result<String, ImportError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let newlines = before.iter().filter(|byte| **byte == b'\n').count();
        ImportError::NotUnicode { line: line_number(newlines + 1) }
    })
}

/// The rows below the headings, and where each column stands.
struct Sheet {
    columns: Columns,
    header: StringRecord,
    header_line: u32,
    separator: u8,
    rows: Vec<(u32, StringRecord)>,
}

impl Sheet {
    /// Takes the separator under which the most headings are found.
    fn read(text: &str) -> Result<Self, ImportError> {
        let found = SEPARATORS.iter().filter_map(|separator| Some((*separator, find_header(text, *separator)?)));
        let best = found.max_by_key(|(separator, (_, columns))| (columns.len(), *separator == b','));
        let Some((separator, (index, columns))) = best else {
            return Err(ImportError::NoHeader { searched: MAX_TITLE_ROWS });
        };
        let mut rows = read_rows(text, separator)?;
        let below = rows.split_off((index + 1).min(rows.len()));
        let (header_line, header) = rows.pop().ok_or(ImportError::Empty)?;
        match columns.missing() {
            Some(column) => Err(ImportError::MissingColumn { line: header_line, column }),
            None => Ok(Self { columns, header, header_line, separator, rows: below }),
        }
    }

    fn cell<'a>(&self, record: &'a StringRecord, column: Column) -> &'a str {
        self.columns.place(column).and_then(|place| record.get(place)).unwrap_or_default().trim()
    }
}

/// The first row that is a header, by its index.
fn find_header(text: &str, separator: u8) -> Option<(usize, Columns)> {
    let rows = reader(text, separator).into_records().take(MAX_TITLE_ROWS).enumerate();
    rows.filter_map(|(index, row)| Some((index, Columns::of(row.ok()?.iter())))).find(|(_, row)| row.is_header())
}

fn read_rows(text: &str, separator: u8) -> Result<Vec<(u32, StringRecord)>, ImportError> {
    let mut rows = Vec::new();
    for record in reader(text, separator).into_records() {
        let record = record.map_err(|error| ImportError::NotCsv { line: csv_line(error.position()) })?;
        rows.push((csv_line(record.position()), record));
        if rows.len() > MAX_ROWS {
            return Err(ImportError::TooManyRows { limit: MAX_ROWS });
        }
    }
    Ok(rows)
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// Rows on their way into the roster.
struct Import<'a> {
    sheet: &'a Sheet,
    key: &'a Secret<[u8; 32]>,
    number_width: Option<usize>,
    rows: Vec<Candidate>,
    report: ImportReport,
    /// Lines by number and session.
    numbers: HashMap<(String, String), u32>,
    /// Lines by identity number and session.
    id_numbers: HashMap<(Pii<String>, String), u32>,
}

impl<'a> Import<'a> {
    fn new(sheet: &'a Sheet, key: &'a Secret<[u8; 32]>) -> Self {
        let numbers = sheet.rows.iter().map(|(_, record)| sheet.cell(record, Column::Number));
        let report = ImportReport {
            header_line: sheet.header_line,
            separator: char::from(sheet.separator),
            ..ImportReport::default()
        };
        Self {
            sheet,
            key,
            number_width: values::column_width(numbers),
            rows: Vec::new(),
            report,
            numbers: HashMap::new(),
            id_numbers: HashMap::new(),
        }
    }

    fn row(&mut self, line: u32, record: &StringRecord) -> Result<(), ImportError> {
        let sheet = self.sheet;
        let number = values::number(sheet.cell(record, Column::Number), self.number_width);
        let id_number = values::id_number(sheet.cell(record, Column::IdNumber));
        if *record == sheet.header || !is_number(&number) && !is_number(&id_number) {
            self.report.ignored_lines.push(line);
            return Ok(());
        }
        let Some(sbd) = CandidateNumber::new(&number.value).filter(|_| is_number(&number)) else {
            self.note(line, NoteKind::NumberMissing);
            return Ok(());
        };
        let session = sheet.cell(record, Column::Session).to_owned();
        self.require_new_number(line, &sbd, &session)?;
        let full_name = self.full_name(line, record);
        let birth_date = values::birth_date(sheet.cell(record, Column::BirthDate));
        let notes = [number.note, id_number.note, birth_date.note];
        notes.into_iter().flatten().for_each(|kind| self.note(line, kind));
        self.judge_id_number(line, &id_number.value, &session);
        self.rows.push(Candidate {
            id: candidate_id(self.key, &sbd, &session),
            number: sbd,
            full_name: Pii::new(full_name),
            birth_date: Pii::new(birth_date.value),
            id_number: Pii::new(id_number.value),
            site: text::nfc(sheet.cell(record, Column::Site)),
            room: text::nfc(sheet.cell(record, Column::Room)),
            seat: text::nfc(sheet.cell(record, Column::Seat)),
            session: text::nfc(&session),
            sex: self.sex(record),
            school: text::nfc(sheet.cell(record, Column::School)),
        });
        Ok(())
    }

    fn sex(&self, record: &StringRecord) -> Option<Sex> {
        if self.sheet.columns.place(Column::Female).is_some() {
            let is_marked = !self.sheet.cell(record, Column::Female).is_empty();
            return Some(if is_marked { Sex::Female } else { Sex::Male });
        }
        values::sex(self.sheet.cell(record, Column::Sex))
    }

    fn require_new_number(&mut self, line: u32, number: &CandidateNumber, session: &str) -> Result<(), ImportError> {
        match self.numbers.insert((number.as_str().to_owned(), session.to_owned()), line) {
            Some(first_line) => Err(ImportError::DuplicateNumber { line, first_line }),
            None => Ok(()),
        }
    }

    fn full_name(&mut self, line: u32, record: &StringRecord) -> String {
        let whole = self.sheet.cell(record, Column::FullName);
        let (family, given) = (self.sheet.cell(record, Column::FamilyName), self.sheet.cell(record, Column::GivenName));
        let written = if whole.is_empty() { format!("{family} {given}") } else { whole.to_owned() };
        let name = text::nfc(&written.split_whitespace().collect::<Vec<_>>().join(" "));
        if name.is_empty() {
            self.note(line, NoteKind::NameMissing);
        } else if !name.chars().all(is_name_character) {
            self.note(line, NoteKind::NameOdd);
        }
        if !is_nfc(&written) {
            self.note(line, NoteKind::TextComposed);
        }
        name
    }

    fn judge_id_number(&mut self, line: u32, number: &str, session: &str) {
        let known = (Pii::new(number.to_owned()), session.to_owned());
        if number.is_empty() {
            self.note(line, NoteKind::IdNumberMissing);
        } else if let Some(first_line) = self.id_numbers.insert(known, line) {
            self.note(line, NoteKind::IdNumberTwice { first_line });
        } else if !super::candidate::is_personal_number(number) {
            self.note(line, NoteKind::IdNumberOther);
        }
    }

    fn note(&mut self, line: u32, kind: NoteKind) {
        self.report.notes.push(ImportNote { line, kind });
    }
}

/// The first 128 bits of `HMAC-SHA-256(K_exam, "cand/v1" ‖ SBD ‖ 00 ‖ session)`.
fn candidate_id(key: &Secret<[u8; 32]>, number: &CandidateNumber, session: &str) -> CandidateId {
    let mut out = [0; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) {
        mac.update(b"cand/v1");
        mac.update(number.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(text::nfc(session).as_bytes());
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    CandidateId(out)
}

/// A cell of a person's row, not of a total or a signature: digits, and no words.
fn is_number(cell: &Cell) -> bool {
    let of_number = |character: char| character.is_ascii_alphanumeric() || "-./_".contains(character);
    let has_digit = cell.value.bytes().any(|byte| byte.is_ascii_digit());
    cell.note.is_some() || has_digit && cell.value.len() <= MAX_NUMBER_LEN && cell.value.chars().all(of_number)
}

/// Letters, and what stands between them in names. The signs of legacy encodings are none of these.
fn is_name_character(character: char) -> bool {
    character.is_alphabetic() && !"ªºµ".contains(character) || " '’-.".contains(character)
}

fn csv_line(position: Option<&csv::Position>) -> u32 {
    position.map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX))
}

fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

const MAX_NUMBER_LEN: usize = 24;
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
