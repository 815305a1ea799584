//! The words of the board's papers and workbooks: data of the exam, never code.

use crate::exam::{ExamError, FormFault};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file of an exam's own form set, in its folder.
pub const FORMS_FILE: &str = "forms.toml";

/// Titles, columns and words; what an exam's own file does not say is the usual.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// Which edition of the forms it is.
    pub version: String,
    #[serde(default)]
    sheets: Words,
    #[serde(default)]
    columns: Words,
    #[serde(default)]
    states: Words,
    #[serde(default)]
    log_states: Words,
    #[serde(default)]
    case_states: Words,
    #[serde(default)]
    reasons: Words,
    #[serde(default)]
    papers: Words,
    #[serde(default)]
    notes: Words,
    #[serde(default)]
    differences: Words,
    #[serde(default)]
    categories: Words,
    /// How wide columns are on paper, in millimetres.
    #[serde(default)]
    widths: BTreeMap<String, u8>,
    #[serde(default)]
    paper: BTreeMap<String, PaperForm>,
    csv: Option<CsvForm>,
}

/// One kind of paper: its title, its columns, its sentences, and who signs. What an exam's own leaves out is the usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaperForm {
    heading: Option<String>,
    number: Option<String>,
    place: Option<String>,
    title: Option<String>,
    about: Option<Vec<String>>,
    opening: Option<Vec<String>>,
    rows: Option<Vec<String>>,
    row_columns: Option<Vec<String>>,
    columns: Option<Vec<String>>,
    closing: Option<Vec<String>>,
    open_head: Option<String>,
    open_columns: Option<Vec<String>>,
    open_closing: Option<Vec<String>>,
    difference_head: Option<String>,
    difference_columns: Option<Vec<String>>,
    log_head: Option<String>,
    signers: Option<Vec<String>>,
}

/// The lists of a [`PaperForm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Below the title.
    About,
    /// In front of the tables.
    Opening,
    /// The items of the first table, by the names of columns.
    Rows,
    /// The columns of that table.
    RowColumns,
    /// The columns of the table.
    Columns,
    /// Behind the tables.
    Closing,
    /// The columns of people who are neither in nor absent.
    OpenColumns,
    /// Behind that table.
    OpenClosing,
    /// The columns of differences.
    DifferenceColumns,
    /// Who signs, from the left.
    Signers,
}

impl PaperForm {
    /// One of its lists; nothing where it has none.
    pub fn lines(&self, which: Lines) -> &[String] {
        let lines = match which {
            Lines::About => &self.about,
            Lines::Opening => &self.opening,
            Lines::Rows => &self.rows,
            Lines::RowColumns => &self.row_columns,
            Lines::Columns => &self.columns,
            Lines::Closing => &self.closing,
            Lines::OpenColumns => &self.open_columns,
            Lines::OpenClosing => &self.open_closing,
            Lines::DifferenceColumns => &self.difference_columns,
            Lines::Signers => &self.signers,
        };
        lines.as_deref().unwrap_or_default()
    }

    /// Its title.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }

    /// Its number and sign; empty where it has none.
    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or_default()
    }

    /// The board issues it, not a site.
    pub fn is_of_board(&self) -> bool {
        self.heading.as_deref() == Some("board")
    }

    /// It has a line for place and date; minutes have none.
    pub fn has_place(&self) -> bool {
        self.place.is_some()
    }

    /// What stands above the people who are neither in nor absent, above the differences, and above the logs.
    pub fn heads(&self) -> [&str; 3] {
        [&self.open_head, &self.difference_head, &self.log_head].map(|head| head.as_deref().unwrap_or_default())
    }

    /// The same without what stands behind the tables.
    pub fn without_closing(&self) -> Self {
        Self { closing: None, ..self.clone() }
    }

    fn over(self, usual: Self) -> Self {
        Self {
            heading: self.heading.or(usual.heading),
            number: self.number.or(usual.number),
            place: self.place.or(usual.place),
            title: self.title.or(usual.title),
            about: self.about.or(usual.about),
            opening: self.opening.or(usual.opening),
            rows: self.rows.or(usual.rows),
            row_columns: self.row_columns.or(usual.row_columns),
            columns: self.columns.or(usual.columns),
            closing: self.closing.or(usual.closing),
            open_head: self.open_head.or(usual.open_head),
            open_columns: self.open_columns.or(usual.open_columns),
            open_closing: self.open_closing.or(usual.open_closing),
            difference_head: self.difference_head.or(usual.difference_head),
            difference_columns: self.difference_columns.or(usual.difference_columns),
            log_head: self.log_head.or(usual.log_head),
            signers: self.signers.or(usual.signers),
        }
    }
}

/// Words by their stable names.
type Words = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct CsvForm {
    columns: Vec<String>,
}

/// What a word of the forms stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The name of a sheet.
    Sheet,
    /// The heading of a column.
    Column,
    /// What became of a candidate.
    State,
    /// How far a log goes.
    LogState,
    /// Where a case stands.
    CaseState,
    /// Why somebody was not let in.
    Reason,
    /// A word that several papers share.
    Paper,
    /// A note beside somebody's name.
    Note,
    /// Why two sides of a room's balance differ.
    Difference,
    /// What explains such a difference.
    Category,
}

impl Forms {
    /// The usual forms with an exam's own put over them; `None` where it has none.
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(own: Option<&[u8]>) -> Result<Self, ExamError> {
        let mut forms = parse(USUAL.as_bytes())?;
        if let Some(own) = own {
            let own = parse(own)?;
            forms.version = own.version;
            let sections = [
                (&mut forms.sheets, own.sheets),
                (&mut forms.columns, own.columns),
                (&mut forms.states, own.states),
                (&mut forms.log_states, own.log_states),
                (&mut forms.case_states, own.case_states),
                (&mut forms.reasons, own.reasons),
                (&mut forms.papers, own.papers),
                (&mut forms.notes, own.notes),
                (&mut forms.differences, own.differences),
                (&mut forms.categories, own.categories),
            ];
            sections.into_iter().for_each(|(usual, own)| usual.extend(own));
            forms.widths.extend(own.widths);
            for (name, own) in own.paper {
                let usual = forms.paper.remove(&name).unwrap_or_default();
                forms.paper.insert(name, own.over(usual));
            }
            forms.csv = own.csv.or(forms.csv);
        }
        Ok(forms)
    }

    /// A word by its stable name; the name itself where no form has it.
    pub fn word<'a>(&'a self, section: Section, name: &'a str) -> &'a str {
        let words = match section {
            Section::Sheet => &self.sheets,
            Section::Column => &self.columns,
            Section::State => &self.states,
            Section::LogState => &self.log_states,
            Section::CaseState => &self.case_states,
            Section::Reason => &self.reasons,
            Section::Paper => &self.papers,
            Section::Note => &self.notes,
            Section::Difference => &self.differences,
            Section::Category => &self.categories,
        };
        words.get(name).map_or(name, String::as_str)
    }

    /// A kind of paper by its stable name.
    pub fn paper(&self, name: &str) -> PaperForm {
        self.paper.get(name).cloned().unwrap_or_default()
    }

    /// How wide a column is on paper, in millimetres; `None` where it takes what the others leave.
    pub fn width_mm(&self, column: &str) -> Option<f32> {
        self.widths.get(column).map(|width| f32::from(*width))
    }

    /// The columns of the file for the exam system, by their stable names.
    pub fn csv_columns(&self) -> &[String] {
        self.csv.as_ref().map_or(&[], |csv| csv.columns.as_slice())
    }
}

fn parse(bytes: &[u8]) -> Result<Forms, ExamError> {
    let form = |line: usize, what: FormFault| ExamError::Form { file: FORMS_FILE.to_owned(), line, what };
    let text = std::str::from_utf8(bytes).map_err(|_| form(1, FormFault::Utf8))?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        form(before.matches('\n').count() + 1, FormFault::Toml(error.message().to_owned()))
    })
}

const USUAL: &str = include_str!("../../assets/forms/board.toml");
