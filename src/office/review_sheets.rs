//! The board's workbook, and the file for the exam system: one set of rows, from one review.
//!
//! Invariants:
//! - The same review, decisions and forms give the same bytes.
//! - Dates are dates and counts are numbers; nothing that a text says is computed.

use crate::forms::{Forms, Section};
use crate::language::BoardWords;
use crate::loaded::Loaded;
use crate::review_answers::answers;
use bits::spreadsheet::CsvRows;
use bits::text::shown;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use record::CandidateRef;
use review::balance::{Balance, total};
use review::decision::{CaseFile, Step, files};
use review::explanation::Explanation;
use review::{CaseId, Counts, Log, LogState, Place, Review, State, Subject};
use roster::{Candidate, CandidateId};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// One cell.
// Without `Debug`: a text may name a person.
#[derive(Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text, whatever it looks like.
    Text(String),
    /// A count.
    Number(u64),
    /// A moment, shown in the exam's local time.
    Time(Timestamp),
    /// A day.
    Day(Date),
    /// Nothing.
    Empty,
}

/// One sheet: the stable names of its columns, and its rows.
// Without `Debug`, as its cells.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The stable name of the sheet.
    pub name: &'static str,
    /// The stable names of its columns.
    pub columns: &'static [&'static str],
    /// Its rows, each as long as the columns.
    pub rows: Vec<Vec<Cell>>,
}

/// All sheets, in their order: summary, sites, rooms, absent, cases, decisions, desks, differences.
pub fn sheets(loaded: &Loaded, steps: &[Step], forms: &Forms, words: &BoardWords) -> Vec<Sheet> {
    let review = &loaded.review;
    let all = loaded.balances();
    let (files, _) = files(review.cases(), steps);
    vec![
        summary(review, &all),
        sites(review, &all),
        rooms(review, &all),
        absent(loaded, forms),
        cases(loaded, &files, forms, words),
        decisions(steps, forms),
        desks(review, forms),
        differences_sheet(review, &all, forms),
    ]
}

/// The workbook.
///
/// # Errors
/// What the library says.
pub fn xlsx(sheets: &[Sheet], forms: &Forms, utc_offset_hours: i8) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(MADE.0, MADE.1, MADE.2)?));
    for sheet in sheets {
        for (number, rows) in (1..).zip(parts(&sheet.rows)) {
            let name = forms.word(Section::Sheet, sheet.name);
            let name = if number == 1 { name.to_owned() } else { format!("{name} {number}") };
            write(book.add_worksheet().set_name(name)?, sheet, rows, forms, utc_offset_hours)?;
        }
    }
    book.save_to_buffer()
}

/// Everybody's state for the exam system, in the columns that the forms ask for.
pub fn csv(loaded: &Loaded, forms: &Forms) -> Vec<u8> {
    let mut file = CsvRows::with_mark();
    file.row(forms.csv_columns().iter().map(|name| forms.word(Section::Column, name)));
    each(loaded, &mut |person| {
        file.row(forms.csv_columns().iter().map(|name| person.text(name, forms)));
    });
    file.finish()
}

fn parts(rows: &[Vec<Cell>]) -> Vec<&[Vec<Cell>]> {
    if rows.is_empty() { vec![rows] } else { rows.chunks(MAX_SHEET_ROWS).collect() }
}

fn write(sheet: &mut Worksheet, what: &Sheet, rows: &[Vec<Cell>], forms: &Forms, hours: i8) -> Result<(), XlsxError> {
    let (bold, time) = (Look::new().set_bold(), Look::new().set_num_format("dd/mm/yyyy hh:mm:ss"));
    let day = Look::new().set_num_format("dd/mm/yyyy");
    for (column, name) in (0..).zip(what.columns) {
        sheet.write_string_with_format(0, column, forms.word(Section::Column, name), &bold)?;
        sheet.set_column_width(column, WIDTH)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => {
                    sheet.write_string(row, column, shown(text))?;
                }
                Cell::Number(number) => {
                    // Counts of people are far below what a spreadsheet's numbers hold.
                    let number = f64::from(u32::try_from(*number).unwrap_or(u32::MAX));
                    sheet.write_number(row, column, number)?;
                }
                Cell::Time(at) => {
                    sheet.write_datetime_with_format(row, column, &local(*at, hours)?, &time)?;
                }
                Cell::Day(date) => {
                    let (year, month, of_month) =
                        (date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs());
                    let date = ExcelDateTime::from_ymd(year, month, of_month)?;
                    sheet.write_datetime_with_format(row, column, &date, &day)?;
                }
                Cell::Empty => (),
            }
        }
    }
    let last_row = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(what.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    Ok(())
}

fn local(at: Timestamp, hours: i8) -> Result<ExcelDateTime, XlsxError> {
    let offset = Offset::from_hours(hours).unwrap_or(Offset::UTC);
    let at = offset.to_datetime(at);
    let (year, month, day) = (at.year().unsigned_abs(), at.month().unsigned_abs(), at.day().unsigned_abs());
    let (hour, minute, second) = (at.hour().unsigned_abs(), at.minute().unsigned_abs(), at.second().unsigned_abs());
    ExcelDateTime::from_ymd(year, month, day)?.and_hms(u16::from(hour), minute, f64::from(second))
}

fn session(review: &Review, number: usize) -> Cell {
    let id = review.expected().sessions().get(number).map_or("", |session| session.id.as_str());
    text(id)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn count(number: usize) -> Cell {
    Cell::Number(u64::try_from(number).unwrap_or(u64::MAX))
}

const COUNTED: [&str; 9] =
    ["listed", "guests", "admitted", "absent", "not_admitted", "referred", "elsewhere", "not_known", "moved"];

fn counted(counts: &Counts) -> [Cell; COUNTED.len()] {
    [
        counts.listed,
        counts.guests,
        counts.admitted(),
        counts.absent,
        counts.not_admitted,
        counts.referred,
        counts.elsewhere,
        counts.not_known,
        counts.moved,
    ]
    .map(Cell::Number)
}

fn differences<'a>(all: impl Iterator<Item = &'a Balance>) -> Cell {
    count(all.map(|one| one.differences.len()).sum())
}

fn summary(review: &Review, all: &[Balance]) -> Sheet {
    let row = |number: usize| {
        let own = || all.iter().filter(move |one| one.session == number);
        [vec![session(review, number)], counted(&total(own())).to_vec(), vec![differences(own())]].concat()
    };
    let rows = (0..review.expected().sessions().len()).map(row).collect();
    let columns = &[
        "session",
        "listed",
        "guests",
        "admitted",
        "absent",
        "not_admitted",
        "referred",
        "elsewhere",
        "not_known",
        "moved",
        "differences",
    ];
    Sheet { name: "summary", columns, rows }
}

fn sites(review: &Review, all: &[Balance]) -> Sheet {
    let mut by_site: BTreeMap<(usize, &str), Vec<&Balance>> = BTreeMap::new();
    all.iter().for_each(|one| by_site.entry((one.session, &one.room.site)).or_default().push(one));
    let row = |((number, site), own): ((usize, &str), Vec<&Balance>)| {
        let sum = counted(&total(own.iter().copied()));
        [vec![session(review, number), text(site)], sum.to_vec(), vec![differences(own.into_iter())]].concat()
    };
    let rows = by_site.into_iter().map(row).collect();
    let columns = &[
        "session",
        "site",
        "listed",
        "guests",
        "admitted",
        "absent",
        "not_admitted",
        "referred",
        "elsewhere",
        "not_known",
        "moved",
        "differences",
    ];
    Sheet { name: "sites", columns, rows }
}

fn rooms(review: &Review, all: &[Balance]) -> Sheet {
    let row = |one: &Balance| {
        let place = vec![session(review, one.session), text(&one.room.site), text(&one.room.room)];
        let scripts = one.scripts.map_or(Cell::Empty, Cell::Number);
        [place, counted(&one.counts).to_vec(), vec![scripts, differences([one].into_iter())]].concat()
    };
    let rows = all.iter().map(row).collect();
    let columns = &[
        "session",
        "site",
        "room",
        "listed",
        "guests",
        "admitted",
        "absent",
        "not_admitted",
        "referred",
        "elsewhere",
        "not_known",
        "moved",
        "scripts",
        "differences",
    ];
    Sheet { name: "rooms", columns, rows }
}

/// Somebody of the list in one session.
struct Row<'a> {
    candidate: &'a Candidate,
    session: &'a str,
    state: State,
    reason: Option<String>,
}

impl Row<'_> {
    fn text(&self, column: &str, forms: &Forms) -> String {
        match column {
            "candidate" => self.candidate.number.as_str().to_owned(),
            "name" => self.candidate.full_name.reveal().clone(),
            "born" => self.candidate.birth_date().map(|born| born.strftime("%d/%m/%Y").to_string()).unwrap_or_default(),
            "session" => self.session.to_owned(),
            "site" => self.candidate.site.clone(),
            "room" => self.candidate.room.clone(),
            "state" => forms.word(Section::State, self.state.word()).to_owned(),
            "reason" => {
                self.reason.as_deref().map(|code| forms.word(Section::Reason, code).to_owned()).unwrap_or_default()
            }
            _ => String::new(),
        }
    }
}

/// Everybody of the list, in the list's order, in every session that expects them.
fn each(loaded: &Loaded, take: &mut dyn FnMut(&Row<'_>)) {
    let review = &loaded.review;
    for candidate in loaded.exam.candidates.iter() {
        let cand = CandidateRef(candidate.id.0);
        let Some(at) = review.expected().row(cand) else { continue };
        for (number, session) in review.expected().sessions().iter().enumerate() {
            let Some(state) = review.state(number, at) else { continue };
            let reason = (state == State::NotAdmitted).then(|| reason(review, number, cand)).flatten();
            take(&Row { candidate: &candidate, session: &session.id, state, reason });
        }
    }
}

/// Why somebody was not let in, as the entry says it.
fn reason(review: &Review, session: usize, cand: CandidateRef) -> Option<String> {
    let sitting = review.sitting(session, cand);
    let fact = review.fact(*sitting.behind.first()?)?;
    fact.reasons.first().map(|reason| reason.as_str().to_owned())
}

/// Everybody who is not in, absent or not: by room and number, as papers of rooms are.
fn absent(loaded: &Loaded, forms: &Forms) -> Sheet {
    let columns: &[&str] = &["number", "session", "site", "room", "candidate", "name", "born", "state", "reason"];
    let mut found: Vec<Vec<String>> = Vec::new();
    each(loaded, &mut |row| {
        if row.state != State::Present {
            found.push(columns.iter().skip(1).map(|column| row.text(column, forms)).collect());
        }
    });
    found.sort();
    let numbered = (1..)
        .zip(found)
        .map(|(number, cells)| [Cell::Number(number)].into_iter().chain(cells.into_iter().map(Cell::Text)).collect());
    Sheet { name: "absent", columns, rows: numbered.collect() }
}

fn cases(loaded: &Loaded, files: &BTreeMap<CaseId, CaseFile<'_>>, forms: &Forms, words: &BoardWords) -> Sheet {
    let row = |case: &review::Case| {
        let file = files.get(&case.id);
        let state = file.map_or("new", |file| file.state.word());
        let news = file.is_some_and(|file| file.has_news);
        vec![
            Cell::Text(case.id.to_string()),
            text(words.rule(case.rule)),
            Cell::Text(about(loaded, &case.subject)),
            Cell::Text(case.sites.join(" ")),
            Cell::Text(entries(case)),
            text(forms.word(Section::CaseState, state)),
            if news { text("x") } else { Cell::Empty },
            day(file.and_then(|file| file.duties.due)),
            Cell::Text(file.map(|file| file.awaited().collect::<Vec<_>>().join("; ")).unwrap_or_default()),
            day(file.and_then(|file| file.duties.appeal_until)),
            Cell::Text(file.map(|file| explanations(case, file, words)).unwrap_or_default()),
        ]
    };
    let rows = loaded.review.cases().iter().map(row).collect();
    Sheet { name: "cases", columns: CASE_COLUMNS, rows }
}

/// A line for each harmless explanation: what members found, or that nobody has looked.
fn explanations(case: &review::Case, file: &CaseFile<'_>, words: &BoardWords) -> String {
    let all = answers(case, file, words).into_iter().map(|(line, _)| line).collect::<Vec<_>>().join("\n");
    match all.char_indices().nth(MAX_CELL_CHARS) {
        Some((end, _)) => format!("{}…", all.get(..end).unwrap_or_default()),
        None => all,
    }
}

/// The entries of a case, a line each, as many as a cell takes, and how many there are beside these: a log that contradicts
/// itself has thousands.
fn entries(case: &review::Case) -> String {
    let shown = case.entries.iter().take(MAX_ENTRIES_SHOWN).map(review::case::entry_line);
    let more = case.entries.len().saturating_sub(MAX_ENTRIES_SHOWN);
    shown.chain((more > 0).then(|| format!("… +{more}"))).collect::<Vec<_>>().join("\n")
}

fn about(loaded: &Loaded, subject: &Subject) -> String {
    match subject {
        Subject::Sitting { session, cand } => {
            let row = loaded.exam.candidates.get(CandidateId(cand.0));
            let number = row.map_or_else(|| cand.to_string(), |row| row.number.as_str().to_owned());
            format!("{session} {number}")
        }
        Subject::Document(doc) => doc.to_string(),
        Subject::Log(log) => log.as_str().to_owned(),
        Subject::Entry(entry) => review::case::entry_line(entry),
    }
}

fn day(date: Option<Date>) -> Cell {
    date.map_or(Cell::Empty, Cell::Day)
}

/// Every difference, explained or open, with each explanation on a line of its own.
fn differences_sheet(review: &Review, all: &[Balance], forms: &Forms) -> Sheet {
    let columns = &["session", "site", "room", "kind", "units", "state", "category", "words", "by", "at", "log"];
    let mut rows = Vec::new();
    for (one, difference) in all.iter().flat_map(|one| one.differences.iter().map(move |difference| (one, difference)))
    {
        let word = if difference.is_open() { "unexplained" } else { "explained" };
        let start = || {
            let kind = forms.word(Section::Difference, difference.kind.word());
            let place = [session(review, one.session), text(&one.room.site), text(&one.room.room)];
            let what = [text(kind), Cell::Number(difference.units), text(forms.word(Section::Paper, word))];
            [place, what].concat()
        };
        if difference.said.is_empty() {
            rows.push([start(), vec![Cell::Empty; 5]].concat());
        }
        rows.extend(difference.said.iter().map(|one| [start(), explanation(one, forms).to_vec()].concat()));
    }
    Sheet { name: "differences", columns, rows }
}

fn explanation(one: &Explanation, forms: &Forms) -> [Cell; 5] {
    let category = one.said.category.map_or("", |category| forms.word(Section::Category, category.word()));
    let (by, entry) = (one.said.by.join(", "), review::case::entry_line(&one.entry));
    [text(category), text(&one.said.reason), Cell::Text(by), Cell::Time(one.said.at), Cell::Text(entry)]
}

fn decisions(steps: &[Step], forms: &Forms) -> Sheet {
    let mut steps: Vec<&Step> = steps.iter().collect();
    steps.sort_by(|one, other| one.entry.cmp(&other.entry));
    let row = |step: &Step| {
        vec![
            Cell::Text(step.case.to_string()),
            text(forms.word(Section::CaseState, step.state.word())),
            text(&step.ruling),
            text(&step.reason),
            Cell::Text(step.by.join(", ")),
            Cell::Time(step.at),
            Cell::Text(review::case::entry_line(&step.entry)),
        ]
    };
    let rows = steps.into_iter().map(row).collect();
    Sheet { name: "decisions", columns: &["case", "case_state", "ruling", "words", "by", "at", "log"], rows }
}

/// Every desk that was packed or whose log has come, session by session.
fn desks(review: &Review, forms: &Forms) -> Sheet {
    let mut rows: BTreeMap<(usize, String, String), Vec<Cell>> = BTreeMap::new();
    for (number, log) in (0..).zip(review.logs()) {
        let session = log.session.unwrap_or(usize::MAX);
        rows.insert((session, log.site.clone(), log.id.desk().to_owned()), desk(review, number, log, forms));
    }
    for missing in review.missing().filter(|one| one.why == review::MissingWhy::NotReceived) {
        let key = (missing.session, missing.site.clone(), missing.desk.clone());
        let state = forms.word(Section::LogState, missing.why.word());
        let start = vec![session(review, missing.session), text(&missing.site), text(&missing.desk), text(state)];
        rows.entry(key).or_insert_with(|| [start, vec![Cell::Empty; 5]].concat());
    }
    let columns = &["session", "site", "desk", "log_state", "entry_count", "first", "last", "witnessed", "head"];
    Sheet { name: "desks", columns, rows: rows.into_values().collect() }
}

fn desk(review: &Review, number: u32, log: &Log, forms: &Forms) -> Vec<Cell> {
    let (first, last) = (log.facts().next(), log.facts().next_back());
    let witnessed = log.anchored.map(|place| format!("{}/{}", place.segment, place.seq));
    let leaf = last.as_ref().and_then(|last| {
        review.entry_id(Place { log: number, segment: last.place.segment, seq: u32::try_from(last.place.seq).ok()? })
    });
    vec![
        text(log.id.session()),
        text(&log.site),
        text(log.id.desk()),
        text(forms.word(Section::LogState, if log.state == LogState::Foreign { "foreign" } else { log.state.word() })),
        count(log.packed().len()),
        first.map_or(Cell::Empty, |fact| Cell::Time(fact.at)),
        last.map_or(Cell::Empty, |fact| Cell::Time(fact.at)),
        witnessed.map_or(Cell::Empty, Cell::Text),
        leaf.map_or(Cell::Empty, |entry| Cell::Text(entry.leaf.to_string())),
    ]
}

const CASE_COLUMNS: &[&str] = &[
    "case",
    "rule",
    "about",
    "site",
    "entries",
    "case_state",
    "news",
    "due",
    "awaited",
    "appeal_until",
    "explanations",
];
/// The day that every workbook says it was made on: nobody's clock is in it.
const MADE: (u16, u8, u8) = (2026, 1, 1);
/// Rows of one sheet; what is more goes on another.
const MAX_SHEET_ROWS: usize = 1_000_000;
/// A column, in characters.
const WIDTH: f64 = 18.0;
/// Excel takes 32,767 characters in a cell.
const MAX_CELL_CHARS: usize = 32_000;
/// Entries in a cell: the name of one has at most some three hundred characters.
const MAX_ENTRIES_SHOWN: usize = 100;
