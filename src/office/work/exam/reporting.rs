//! Writes what a review says as files for the board and for the exam system.

use super::super::{Ending, Work, WorkError};
use super::outputs;
use super::reviewing::{Sources, loaded};
use crate::forms::{FORMS_FILE, Forms};
use crate::review_papers::absent;
use crate::review_sheets::{csv, sheets, xlsx};
use host::file;
use std::io;
use std::path::PathBuf;

/// Reports to be written.
pub struct Report {
    /// What the review is made from.
    pub sources: Sources,
    /// The new folder for them, outside the exam's.
    pub into: PathBuf,
}

/// Writes the workbook and the file for the exam system into a new folder.
///
/// # Errors
/// What kept it from being done.
pub fn report(work: &Work<'_>, asked: &Report) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.into)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let own = asked.sources.folder.join(FORMS_FILE);
    let own = match file::read(&own, host::folder::MAX_TEXT_LEN) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(WorkError::at(&own, error)),
    };
    let forms = Forms::read(own.as_deref())?;
    let sheets = sheets(&loaded, &loaded.steps, &forms, work.words);
    let book = xlsx(&sheets, &forms, loaded.exam.settings.utc_offset_hours)?;
    let mut files = vec![(BOOK_FILE.to_owned(), book), (CSV_FILE.to_owned(), csv(&loaded, &forms))];
    if let Some(table) = sheets.iter().find(|sheet| sheet.name == "absent") {
        for session in loaded.review.expected().sessions() {
            let paper = absent(&loaded, &session.id, table, &forms)?;
            files.extend(paper.map(|paper| (format!("vang-thi-{}.pdf", session.id), paper)));
        }
    }
    host::folder::write_folder(&asked.into, &files)?;
    for (name, _) in &files {
        work.voice.say(&work.words.files.wrote(asked.into.join(name).display()));
    }
    Ok(if loaded.damaged.is_empty() { Ending::Done } else { Ending::Remarks })
}

/// The workbook.
const BOOK_FILE: &str = "tong-hop.xlsx";
/// The file for the exam system.
const CSV_FILE: &str = "ket-qua.csv";
