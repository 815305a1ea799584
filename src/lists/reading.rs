//! One sheet, row by row and cell by cell.

use super::accounts::{Accounts, Outcome};
use super::columns::Column;
use super::dates::{self, BirthDate, Evidence, Order};
use super::finding::{Content, Finding, Problem, about, finding};
use super::intake::fallback;
use super::mapping::{DateOrder, SheetMapping};
use super::rows::{self, Holds};
use super::table::{CellValue, Format, Row, Sheet, legacy};
use super::texts::grow;
use super::tidy::{Tidy, tidy, tidy_name};
use super::{Listed, NoteKind, values};
use bits::secret::Pii;
use roster::{CandidateNumber, Sex};
use unicode_normalization::is_nfc;

/// One sheet that is being read.
pub(super) struct Reading<'a> {
    format: Format,
    sheet: &'a Sheet,
    index: usize,
    mapping: &'a SheetMapping,
    number_width: Option<usize>,
    order: DateOrder,
    /// Rows of headings.
    headers: Vec<Row<'a>>,
    /// The last line with a person in it.
    last: u32,
    found: &'a mut Vec<Finding>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        format: Format,
        sheet: &'a Sheet,
        index: usize,
        mapping: &'a SheetMapping,
        number_width: Option<usize>,
        found: &'a mut Vec<Finding>,
    ) -> Self {
        let (first, last) = mapping.header.unwrap_or((0, 0));
        let headers = sheet.rows.iter().filter(|row| (first..=last).contains(&row.line)).collect();
        let order = DateOrder::DayFirst;
        Self { format, sheet, index, mapping, number_width, order, headers, last: 0, found }
    }

    /// Puts every row to account.
    pub(super) fn run(&mut self, accounts: &mut Accounts, progress: &mut dyn FnMut(usize)) {
        let missing = self.mapping.missing();
        let reason = match (self.mapping.used, self.mapping.header) {
            (false, None) if !self.sheet.hidden => Some((Problem::SheetWithoutHeader, Content::text(""))),
            (false, _) if self.sheet.hidden => Some((Problem::SheetHidden, Content::text(""))),
            (false, _) => Some((Problem::SheetLeftOut, Content::text(""))),
            (true, _) => missing.map(|column| (Problem::SheetWithoutColumn, Content::Column(column))),
        };
        let is_left_out = reason.is_some();
        match reason {
            Some((problem, content)) if !self.sheet.rows.is_empty() => self.find(problem, None, content),
            Some(_) => (),
            None => self.of_columns(),
        }
        let before = accounts.rows();
        for row in &self.sheet.rows {
            let outcome = match is_left_out {
                true => Outcome::LeftOut(Finding { line: row.line, ..finding(Problem::RowOfSheet, self.index, "") }),
                false => self.row(row),
            };
            accounts.settle(outcome);
            if accounts.rows().is_multiple_of(PROGRESS_ROWS) {
                progress(accounts.rows());
            }
        }
        if !is_left_out {
            let people = accounts.people().persons().rev().take_while(|one| one.sheet() == self.index).count();
            self.mixed_dates(people.min(accounts.rows() - before));
        }
    }

    /// What is said once for a sheet or a column.
    fn of_columns(&mut self) {
        let sheet = self.sheet;
        if let Some(legacy) = sheet.legacy {
            let examples = sheet.examples.reveal().join(", ");
            self.find(Problem::Converted, None, Content::text(&format!("{}: {examples}", legacy.name())));
        }
        for (heading, column) in &self.mapping.unused {
            self.find(Problem::ColumnUnused, Some(*column), Content::text(heading));
        }
        for (column, choice) in &self.mapping.chosen {
            self.find(Problem::ColumnChosen, Some(*column), Content::Chosen(Box::new(choice.clone())));
        }
        // From the end: behind the last person there are few rows.
        let is_last =
            |row: &Row<'_>| self.is_below(*row) && !self.is_furniture(*row) && self.holds(*row) == Holds::Somebody;
        self.last = sheet.rows.iter().rev().find(is_last).map_or(0, |row| row.line);
        self.date_order();
    }

    fn row(&mut self, row: Row<'_>) -> Outcome {
        let (first_header, last_header) = self.mapping.header.unwrap_or((0, 0));
        let problem = match row.line {
            line if line >= first_header && line <= last_header => Problem::HeaderRow,
            _ if !self.is_below(row) && rows::has_personal_number(row) => Problem::RowOutside,
            line if line < first_header => Problem::TitleRow,
            _ if rows::is_header_again(row, &self.headers) => Problem::HeaderAgain,
            _ if !self.is_below(row) => Problem::Trailing,
            _ if rows::is_numbering(row) => Problem::Numbering,
            line => match self.holds(row) {
                Holds::Somebody => return self.person(row),
                Holds::Nothing if line > self.last => Problem::Trailing,
                Holds::Something | Holds::Nothing => Problem::NobodysRow,
            },
        };
        let content = row.cells().next().map(|cell| cell.value.shown()).unwrap_or_default();
        Outcome::LeftOut(Finding { line: row.line, ..finding(problem, self.index, &content) })
    }

    fn holds(&self, row: Row<'_>) -> Holds {
        rows::holds(row, self.mapping, self.number_width)
    }

    fn is_furniture(&self, row: Row<'_>) -> bool {
        rows::is_numbering(row) || rows::is_header_again(row, &self.headers)
    }

    fn is_below(&self, row: Row<'_>) -> bool {
        row.line > self.mapping.header.map_or(0, |(_, last)| last)
            && self.mapping.last_line.is_none_or(|last| row.line <= last)
    }

    fn person(&mut self, row: Row<'_>) -> Outcome {
        self.odd_cells(row);
        let number = match self.number(row) {
            Ok(number) => number,
            Err(left_out) => return Outcome::LeftOut(left_out),
        };
        let id_number = self.id_number(row);
        Outcome::Person(Box::new(Listed {
            sheet: self.index,
            line: row.line,
            number,
            full_name: Pii::new(self.full_name(row)),
            birth_date: Pii::new(self.birth_date(row)),
            sex: self.sex(row),
            id_number: Pii::new(id_number),
            site: self.text(row, Column::Site),
            room: self.text(row, Column::Room),
            seat: self.text(row, Column::Seat),
            session: self.text(row, Column::Session),
            school: self.text(row, Column::School),
        }))
    }

    fn odd_cells(&mut self, row: Row<'_>) {
        for (kind, column) in self.mapping.columns.iter().filter(|(kind, _)| kind.is_taken()) {
            let (problem, content, becomes) = match row.value(*column) {
                Some(CellValue::Fault(fault)) => (Problem::CellFault, fault, String::new()),
                Some(CellValue::Uncomputed) => (Problem::CellUncomputed, "", String::new()),
                Some(CellValue::Bool(_)) if *kind != Column::Female => (Problem::CellOdd, "", String::new()),
                Some(CellValue::Text(text)) => match legacy::left_in(text) {
                    Some(meant) => (Problem::LegacyLeft, text, meant),
                    None => continue,
                },
                _ => continue,
            };
            let place = Finding { line: row.line, column: Some(*column), ..finding(problem, self.index, content) };
            self.push(Finding { becomes: Content::text(&becomes), ..place });
        }
    }

    /// The SBD, or why the row is left out.
    fn number(&mut self, row: Row<'_>) -> Result<CandidateNumber, Finding> {
        let shown = self.shown(row, Column::Number);
        let cell = values::number(&shown, self.number_width);
        if let Some(NoteKind::DigitsLost(_)) = cell.note {
            return Err(self.at(Problem::NumberRounded, row, Column::Number, &shown, ""));
        }
        let number = CandidateNumber::new(&cell.value).filter(|_| rows::is_number(&cell));
        let Some(number) = number else {
            return Err(self.at(Problem::NumberMissing, row, Column::Number, &shown, ""));
        };
        if cell.note.is_some() {
            self.change(Problem::NumberZeros, row, Column::Number, &shown, &cell.value);
        }
        if cell.was_disguised || self.is_formatted(row, Column::Number) {
            self.change(Problem::NumberDisguised, row, Column::Number, &shown, &cell.value);
        }
        if cell.note.is_none() && self.is_bare(row, &number) {
            self.find_at(Problem::NumberBare, row, Column::Number, &shown);
        }
        if self.number_width.is_some_and(|width| number.as_str().len() != width) {
            self.find_at(Problem::NumberOdd, row, Column::Number, &shown);
        }
        Ok(number)
    }

    /// A number whose zeros nobody can tell: what number format an XLS shows is not known here, and `2.000101E6` had none.
    fn is_bare(&self, row: Row<'_>, number: &CandidateNumber) -> bool {
        match self.value(row, Column::Number) {
            Some(CellValue::Number(_)) => matches!(self.format, Format::Xls | Format::Ods),
            Some(CellValue::Text(text)) => {
                text.contains(['E', 'e']) && number.as_str().bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        }
    }

    fn id_number(&mut self, row: Row<'_>) -> String {
        let shown = self.shown(row, Column::IdNumber);
        let cell = values::id_number(&shown);
        match cell.note {
            Some(NoteKind::DigitsLost(_)) => self.find_at(Problem::IdRounded, row, Column::IdNumber, &shown),
            Some(_) => self.change(Problem::IdZeros, row, Column::IdNumber, &shown, &cell.value),
            None => (),
        }
        if cell.was_disguised || self.is_formatted(row, Column::IdNumber) {
            self.change(Problem::IdDisguised, row, Column::IdNumber, &shown, &cell.value);
        }
        cell.value
    }

    fn full_name(&mut self, row: Row<'_>) -> String {
        let whole = self.shown(row, Column::FullName);
        let written = match whole.trim().is_empty() {
            true => format!("{} {}", self.shown(row, Column::FamilyName), self.shown(row, Column::GivenName)),
            false => whole,
        };
        let tidied = tidy_name(&written);
        self.tidied(&tidied, row, Column::FullName, &written);
        let name = tidied.text;
        if !name.chars().any(char::is_alphabetic) {
            self.find_at(Problem::NameMissing, row, Column::FullName, &name);
        } else if !name.chars().all(is_name_character) {
            self.find_at(Problem::NameOdd, row, Column::FullName, &name);
        }
        if !is_nfc(&written) {
            self.find_at(Problem::NameComposed, row, Column::FullName, &name);
        }
        name
    }

    fn birth_date(&mut self, row: Row<'_>) -> String {
        let parts = [Column::BirthDay, Column::BirthMonth, Column::BirthYear].map(|column| self.shown(row, column));
        let has_parts = self.mapping.place(Column::BirthDate).is_none() && parts.iter().any(|part| !part.is_empty());
        let found = match (self.value(row, Column::BirthDate), &parts) {
            (_, [day, month, year]) if has_parts => dates::of_parts(day, month, year),
            (Some(value), _) => self.ordered(row, value),
            (None, _) => {
                self.find_at(Problem::BirthMissing, row, Column::BirthDate, "");
                return String::new();
            }
        };
        let date = found.date().map(|date| date.to_string()).unwrap_or_default();
        let shown = self.shown(row, Column::BirthDate);
        match found {
            BirthDate::Written(_) => (),
            BirthDate::ShortYear(_) => self.find_at(Problem::BirthShortYear, row, Column::BirthDate, &shown),
            BirthDate::Serial(_) => self.find_at(Problem::BirthSerial, row, Column::BirthDate, &shown),
            BirthDate::Rounded(_) => self.change(Problem::BirthRounded, row, Column::BirthDate, &shown, &date),
            BirthDate::Timed { other, .. } => {
                let becomes = found.date().map(|date| Content::Either { date, other });
                let told = self.at(Problem::BirthTimed, row, Column::BirthDate, &shown, "");
                self.push(Finding { becomes: becomes.unwrap_or(Content::text("")), ..told });
            }
            BirthDate::YearOnly => self.find_at(Problem::BirthYearOnly, row, Column::BirthDate, &shown),
            BirthDate::Unreadable => self.find_at(Problem::BirthUnreadable, row, Column::BirthDate, &shown),
        }
        date
    }

    /// A date in the order of the column; a cell that proves the other order is named.
    fn ordered(&mut self, row: Row<'_>, value: CellValue<'_>) -> BirthDate {
        let reading = dates::of_cell(value, self.mapping.since_1904);
        let other = reading.proves().filter(|order| *order != self.order && self.mapping.date_order.is_none());
        if other.is_some() {
            self.find_at(Problem::BirthContradiction, row, Column::BirthDate, &value.shown());
        }
        reading.in_order(other.unwrap_or(self.order))
    }

    /// Decides the order of day and month for the whole column.
    fn date_order(&mut self) {
        let column = self.mapping.place(Column::BirthDate);
        // What stands behind the last person is the day on which somebody signed.
        let people = self.sheet.rows.iter().filter(|row| self.is_below(*row) && row.line <= self.last);
        let cells =
            people.filter_map(|row| Some((row.line, dates::of_cell(row.value(column?)?, self.mapping.since_1904))));
        let Order { order, evidence } = Order::of(cells, self.mapping.date_order);
        self.order = order;
        match evidence {
            Evidence::Proven(line) | Evidence::Contradicted(line) if order == DateOrder::MonthFirst => {
                self.find(Problem::BirthMonthFirst, column, Content::SeeLine(line));
            }
            Evidence::Open { cells, line, day_first, month_first } => {
                let cells = u32::try_from(cells).unwrap_or(u32::MAX);
                self.find(Problem::BirthOrder, column, Content::OpenOrder { cells, line, day_first, month_first });
            }
            Evidence::Proven(_) | Evidence::Contradicted(_) | Evidence::Settled => (),
        }
    }

    fn sex(&mut self, row: Row<'_>) -> Option<Sex> {
        if self.mapping.place(Column::Female).is_some() {
            let marked = values::is_marked(&self.shown(row, Column::Female));
            return Some(if marked { Sex::Female } else { Sex::Male });
        }
        self.mapping.place(Column::Sex)?;
        let shown = self.shown(row, Column::Sex);
        let sex = values::sex(&shown);
        if sex.is_none() {
            self.find_at(Problem::SexUnreadable, row, Column::Sex, &shown);
        }
        sex
    }

    /// Day numbers among written dates are what is left when a spreadsheet took `dd/mm` for `mm/dd` where it could.
    fn mixed_dates(&mut self, people: usize) {
        let of_sheet = |problem| {
            let findings = self.found.iter();
            findings.filter(|one| one.sheet == self.index && one.problem == problem).count()
        };
        let without = of_sheet(Problem::BirthMissing) + of_sheet(Problem::BirthYearOnly);
        let serials = of_sheet(Problem::BirthSerial);
        let timed = of_sheet(Problem::BirthTimed) + of_sheet(Problem::BirthRounded);
        let written = people.saturating_sub(serials + without + timed);
        if serials > 0 && written > 0 {
            let column = self.mapping.place(Column::BirthDate);
            self.find(Problem::BirthMixed, column, Content::Mixed { written, serials });
        }
    }

    fn value<'r>(&self, row: Row<'r>, column: Column) -> Option<CellValue<'r>> {
        row.value(self.mapping.place(column)?)
    }

    fn is_formatted(&self, row: Row<'_>, column: Column) -> bool {
        matches!(self.value(row, column), Some(CellValue::Formatted(_)))
    }

    fn shown(&self, row: Row<'_>, column: Column) -> String {
        match self.value(row, column) {
            Some(CellValue::Fault(_)) | None => String::new(),
            Some(value) => value.shown(),
        }
    }

    fn text(&mut self, row: Row<'_>, column: Column) -> String {
        let shown = self.shown(row, column);
        let tidied = tidy(&shown);
        self.tidied(&tidied, row, column, &shown);
        tidied.text
    }

    fn tidied(&mut self, tidied: &Tidy, row: Row<'_>, column: Column, written: &str) {
        if tidied.had_invisible {
            self.change(Problem::TextInvisible, row, column, written, &tidied.text);
        }
        if tidied.had_lookalikes {
            self.change(Problem::TextLookalike, row, column, written, &tidied.text);
        }
        if tidied.was_wrapped {
            self.change(Problem::TextWrapped, row, column, written, &tidied.text);
        }
    }

    fn find(&mut self, problem: Problem, column: Option<u32>, content: Content) {
        self.push(Finding { column, ..about(problem, self.index, content) });
    }

    fn push(&mut self, found: Finding) {
        grow(self.found);
        self.found.push(found);
    }

    fn find_at(&mut self, problem: Problem, row: Row<'_>, column: Column, content: &str) {
        self.change(problem, row, column, content, "");
    }

    fn change(&mut self, problem: Problem, row: Row<'_>, column: Column, content: &str, becomes: &str) {
        let found = self.at(problem, row, column, content, becomes);
        self.push(found);
    }

    fn at(&self, problem: Problem, row: Row<'_>, column: Column, content: &str, becomes: &str) -> Finding {
        let column = self.mapping.place(column).or_else(|| fallback(self.mapping, column));
        let becomes = Content::text(becomes);
        Finding { line: row.line, column, becomes, ..finding(problem, self.index, content) }
    }
}

/// Letters, and what stands between them in names.
fn is_name_character(character: char) -> bool {
    character.is_alphabetic() && !"ªºµ".contains(character) || " '’-.".contains(character)
}

const PROGRESS_ROWS: usize = 1_024;
