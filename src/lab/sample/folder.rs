//! A made-up exam as the files of a folder.

use super::{SampleExam, SamplePerson, csv, xlsx};
use rust_xlsxwriter::XlsxError;

/// What of an exam is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only the CSV, no workbook.
    pub csv_only: bool,
    /// A portrait of everybody, of the first [`MAX_PORTRAITS`] at most.
    pub portraits: bool,
}

/// The lists of an exam, and the portraits. `progress` hears how many portraits are drawn.
///
/// # Errors
/// What the library of workbooks says: more rows than a sheet has.
pub fn folder(
    exam: &SampleExam,
    people: &[SamplePerson],
    wanted: Wanted,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<(String, Vec<u8>)>, XlsxError> {
    let mut files = vec![("danh-sach.csv".to_owned(), csv(exam, people))];
    if !wanted.csv_only {
        files.push(("danh-sach.xlsx".to_owned(), xlsx(exam, people)?));
    }
    let drawn = if wanted.portraits { people.len().min(MAX_PORTRAITS) } else { 0 };
    for (number, one) in (1_u32..).zip(people.iter().take(drawn)) {
        // Girls and boys in the hair that the drawing has for them.
        let jpeg = face::jpeg(number * 2 + u32::from(!one.female));
        files.extend(jpeg.map(|jpeg| (format!("portraits/{}.jpg", one.number), jpeg)));
        progress(usize::try_from(number).unwrap_or(drawn));
    }
    Ok(files)
}

/// So many portraits are drawn.
pub const MAX_PORTRAITS: usize = 5_000;
