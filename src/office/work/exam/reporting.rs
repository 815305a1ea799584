//! Writes what a review says as files for the board and for the exam system.

use super::super::{Ending, Work, WorkError};
use super::outputs;
use super::reviewing::{Sources, loaded};
use crate::forms::{FORMS_FILE, Forms};
use crate::loaded::Loaded;
use crate::review_papers::{Papers, Written};
use crate::review_sheets::{csv, sheets, xlsx};
use host::durable::Disk;
use host::file;
use host::progress::Progress;
use std::io;
use std::path::{Path, PathBuf};

/// Reports to be written.
pub struct Report {
    /// What the review is made from.
    pub sources: Sources,
    /// The new folder for them, outside the exam's.
    pub into: PathBuf,
}

/// Writes the workbook, the file for the exam system and all papers into a new folder.
///
/// # Errors
/// What kept it from being done.
pub fn report(work: &Work<'_>, asked: &Report) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.into)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let forms = forms(&asked.sources.folder)?;
    let mut files = tables(work, &loaded, &forms)?;
    let balances = loaded.balances();
    let papers = Papers::new(&loaded, &balances, &forms);
    for session in 0..loaded.review.expected().sessions().len() {
        files.extend(papers.of_session(session)?);
    }
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let (mut count, bar) = (0, Progress::new(work.words.review.writing(), papers.sites()));
    // Papers of a national exam are never in memory as a whole.
    let of_sites = (0..papers.sites()).flat_map(|number| {
        bar.at(number + 1);
        match papers.of_site(number) {
            Ok(written) => {
                count += written.len();
                written.into_iter().map(Ok).collect::<Vec<_>>()
            }
            Err(error) => vec![Err(WorkError::from(error))],
        }
    });
    let all = files.into_iter().map(Ok::<Written, WorkError>).chain(of_sites);
    host::folder::write_folder_from(&mut Disk, &asked.into, all)?;
    for name in names {
        work.voice.say(&work.words.files.wrote(asked.into.join(name).display()));
    }
    work.voice.say(&work.words.review.papers(count, papers.sites(), asked.into.display()));
    Ok(if loaded.damaged.is_empty() { Ending::Done } else { Ending::Remarks })
}

fn tables(work: &Work<'_>, loaded: &Loaded, forms: &Forms) -> Result<Vec<Written>, WorkError> {
    let sheets = sheets(loaded, &loaded.told.steps, forms, work.words);
    let book = xlsx(&sheets, forms, loaded.exam.settings.utc_offset_hours)?;
    Ok(vec![(BOOK_FILE.to_owned(), book), (CSV_FILE.to_owned(), csv(loaded, forms))])
}

/// The forms of an exam: its own over the usual ones.
pub(super) fn forms(folder: &Path) -> Result<Forms, WorkError> {
    let own = folder.join(FORMS_FILE);
    let own = match file::read(&own, host::folder::MAX_TEXT_LEN) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(WorkError::at(&own, error)),
    };
    Ok(Forms::read(own.as_deref())?)
}

/// The workbook.
const BOOK_FILE: &str = "tong-hop.xlsx";
/// The file for the exam system.
const CSV_FILE: &str = "ket-qua.csv";
