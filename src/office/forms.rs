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
    csv: Option<CsvForm>,
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
    /// A title, a signer or a line of a paper.
    Paper,
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
            ];
            sections.into_iter().for_each(|(usual, own)| usual.extend(own));
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
        };
        words.get(name).map_or(name, String::as_str)
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
