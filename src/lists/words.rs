//! What a clerk reads about a list, in the language that was asked for.
//!
//! Codes, columns and facts are the code's; every sentence stands in `assets/i18n/lists.vi.toml` and `lists.en.toml`.

use super::mapping::{MappingError, SheetMapping};
use super::table::{Part, TableError, cell_name, column_name};
use super::{Choice, Column, Content, Finding, Problem, Weight};
use ::words::{Dictionary, Language, sentences};

sentences! {
    /// Where something stands.
    pub Places in "place":
    sheet(name);
    column(sheet, column);
    line(sheet, line);
    cell(sheet, cell);
}

sentences! {
    /// What a finding is about, where that is no cell's text.
    pub Contents in "content":
    see_line(line);
    open_order(cells, line, first, second);
    day(day, month);
    mixed(written, serials);
    changed(cells);
    either(date, other);
    chosen(columns, cells);
}

sentences! {
    /// Why a file is no table.
    pub TableFaults in "table":
    of_sheet(name);
    book();
    directory();
    file_too_large(limit);
    empty();
    pdf();
    picture();
    web_page();
    xml();
    archive();
    document();
    binary_workbook();
    password();
    unpacks_too_large(limit, part);
    damaged(part);
    too_many_sheets(limit);
    too_many_rows(sheet, line, limit);
    too_many_columns(sheet, cell, limit);
    too_many_cells(sheet, line, limit);
    too_heavy(sheet, line, limit);
    rows_beyond(sheet, limit, repeated);
    cell_too_long(sheet, cell, limit);
    not_text(line);
    quoted_rows(first, last);
    not_delimited(line);
    over_memory(limit);
    sheet_over_memory(name, why);
}

sentences! {
    /// The mapping file, and what is wrong with one.
    pub MappingWords in "mapping":
    form(line, message);
    unknown_sheet(name);
    unknown_column(key);
    no_column(place);
    header(name);
    head();
    unused(column, heading);
}

/// Everything that is said about lists, in one language.
#[derive(Debug, Clone)]
pub struct ListWords {
    all: Dictionary,
    places: Places,
    contents: Contents,
    table: TableFaults,
    mapping: MappingWords,
}

impl ListWords {
    /// The words of a language.
    pub fn of(language: Language) -> Self {
        // A file that cannot be read is a fault of the build, which the first test finds; keys are said in its stead.
        let all = Dictionary::read(Self::text(language)).unwrap_or_default();
        Self {
            places: Places(all.clone()),
            contents: Contents(all.clone()),
            table: TableFaults(all.clone()),
            mapping: MappingWords(all.clone()),
            all,
        }
    }

    /// The file of a language, as it was built in.
    pub fn text(language: Language) -> &'static str {
        match language {
            Language::Vietnamese => include_str!("../../assets/i18n/lists.vi.toml"),
            Language::English => include_str!("../../assets/i18n/lists.en.toml"),
        }
    }

    /// The word of a report for a weight.
    pub fn weight(&self, weight: Weight) -> &str {
        self.all.word(WEIGHT, weight_key(weight))
    }

    /// What was found.
    pub fn problem(&self, problem: Problem) -> &str {
        self.all.word(PROBLEM, problem.code())
    }

    /// The heading that a column has on most lists.
    pub fn column(&self, column: Column) -> &str {
        self.all.word(COLUMN, column.key())
    }

    /// The line and cell, as a spreadsheet names them.
    pub fn place(&self, finding: &Finding, sheet: &str) -> String {
        let sheet = if sheet.is_empty() { String::new() } else { self.places.sheet(sheet) };
        match (finding.line, finding.column) {
            (0, None) => sheet.trim_end().to_owned(),
            (0, Some(column)) => self.places.column(sheet, column_name(column)),
            (line, None) => self.places.line(sheet, line),
            (line, Some(column)) => self.places.cell(sheet, cell_name(column, line)),
        }
    }

    /// The other row that a finding is about; empty where there is none. `sheets` gives a sheet's name.
    pub fn other<'a>(&self, finding: &Finding, sheets: impl Fn(usize) -> &'a str) -> String {
        let Some((sheet, line)) = finding.other else { return String::new() };
        let sheet = usize::try_from(sheet).unwrap_or(usize::MAX);
        let is_same = sheet == finding.sheet;
        self.places.line(if is_same { String::new() } else { self.places.sheet(sheets(sheet)) }, line)
    }

    /// What a finding is about.
    pub fn content(&self, content: &Content) -> String {
        match content {
            Content::Text(text) => text.reveal().clone(),
            Content::Column(column) => self.column(*column).to_owned(),
            Content::SeeLine(line) => self.contents.see_line(line),
            Content::Changed(cells) => self.contents.changed(cells),
            Content::Mixed { written, serials } => self.contents.mixed(written, serials),
            Content::Either { date, other } => self.contents.either(date, other),
            Content::Chosen(choice) => self.chosen(choice),
            Content::OpenOrder { cells, line, day_first, month_first } => {
                let day = |date: &jiff::civil::Date| self.contents.day(date.day(), date.month());
                self.contents.open_order(cells, line, day(day_first), day(month_first))
            }
        }
    }

    /// Why a column was chosen.
    pub fn chosen(&self, choice: &Choice) -> String {
        let columns: Vec<String> = choice.columns.iter().copied().map(column_name).collect();
        self.contents.chosen(columns.join(", "), choice.cells)
    }

    /// Why a file is no table.
    pub fn table(&self, error: &TableError) -> String {
        let (said, of) = (&self.table, |sheet: &String| self.of_sheet(sheet));
        match error {
            TableError::FileTooLarge { limit_mb } => said.file_too_large(limit_mb),
            TableError::Empty => said.empty(),
            TableError::Pdf => said.pdf(),
            TableError::Picture => said.picture(),
            TableError::WebPage => said.web_page(),
            TableError::Xml => said.xml(),
            TableError::Archive => said.archive(),
            TableError::Document => said.document(),
            TableError::BinaryWorkbook => said.binary_workbook(),
            TableError::Password => said.password(),
            TableError::UnpacksTooLarge { limit_mb, part } => said.unpacks_too_large(limit_mb, part),
            TableError::Damaged { part } => said.damaged(self.part(part)),
            TableError::TooManySheets { limit } => said.too_many_sheets(limit),
            TableError::TooManyRows { sheet, line, limit } => said.too_many_rows(of(sheet), line, limit),
            TableError::TooManyColumns { sheet, line, column, limit } => {
                said.too_many_columns(of(sheet), cell_name(*column, *line), limit)
            }
            TableError::TooManyCells { sheet, line, limit } => said.too_many_cells(of(sheet), line, limit),
            TableError::TooHeavy { sheet, line, limit_mb } => said.too_heavy(of(sheet), line, limit_mb),
            TableError::RowsBeyond { sheet, limit, repeated } => said.rows_beyond(of(sheet), limit, repeated),
            TableError::CellTooLong { sheet, line, column, limit } => {
                said.cell_too_long(of(sheet), cell_name(*column, *line), limit)
            }
            TableError::NotText { line } => said.not_text(line),
            TableError::QuotedRows { first, last } => said.quoted_rows(first, last),
            TableError::NotDelimited { line } => said.not_delimited(line),
        }
    }

    /// Why a run was ended that read a list under a limit of memory. `sheet` is the one that it was at, empty where that
    /// is not known.
    pub fn over_memory(&self, sheet: &str, limit_mb: u64) -> String {
        let why = self.table.over_memory(limit_mb);
        if sheet.is_empty() { why } else { self.table.sheet_over_memory(sheet, why) }
    }

    /// What is wrong with a mapping file.
    pub fn mapping(&self, error: &MappingError) -> String {
        match error {
            MappingError::Form { line, message } => self.mapping.form(line, message),
            MappingError::UnknownSheet { name } => self.mapping.unknown_sheet(name),
            MappingError::UnknownColumn { key } => self.mapping.unknown_column(key),
            MappingError::NoColumn { place } => self.mapping.no_column(place),
            MappingError::Header { name } => self.mapping.header(name),
        }
    }

    pub(super) fn mapping_head(&self) -> String {
        self.mapping.head()
    }

    pub(super) fn unused(&self, sheet: &SheetMapping) -> impl Iterator<Item = String> {
        sheet.unused.iter().map(|(heading, column)| self.mapping.unused(column_name(*column), heading))
    }

    fn part(&self, part: &Part) -> String {
        match part {
            Part::Book => self.table.book(),
            Part::Directory => self.table.directory(),
            Part::Named(name) => name.clone(),
        }
    }

    fn of_sheet(&self, name: &str) -> String {
        if name.is_empty() { String::new() } else { self.table.of_sheet(name) }
    }
}

/// The key of a weight.
pub fn weight_key(weight: Weight) -> &'static str {
    match weight {
        Weight::Note => "note",
        Weight::Warning => "warning",
        Weight::Error => "error",
    }
}

/// The section of weights.
pub const WEIGHT: &str = "weight";
/// The section of problems, by their codes.
pub const PROBLEM: &str = "problem";
/// The section of columns, by their names in a mapping file.
pub const COLUMN: &str = "column";
