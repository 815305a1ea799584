//! Says what keeps an exam from being packed.

use super::super::{Ending, Work, WorkError};
use super::read;
use crate::exam::{self, Exam};
use crate::language::ExamWords;
use host::file;
use host::folder::{list_names, list_others};
use host::trust::trust_folder_of;
use host::trust_note;
use lists::Weight;
use std::path::{Path, PathBuf};

/// An exam to be checked.
pub struct Check {
    /// The exam's folder.
    pub folder: PathBuf,
}

/// Tells everything that somebody should look at; the worst decides.
///
/// # Errors
/// What kept it from being checked.
pub fn check(work: &Work<'_>, asked: &Check) -> Result<Ending, WorkError> {
    let exam = Exam::read(&read(&asked.folder)?)?;
    let faults = exam::check(&exam);
    let said = |fault: &exam::Fault| format!("{}  {}", work.words.lists.weight(fault.weight()), fault.said(work.words));
    faults.iter().for_each(|fault| work.voice.say(&said(fault)));
    let left_out = left_out(&exam, &asked.folder, &work.words.exam)?;
    left_out.iter().for_each(|said| work.voice.say(&format!("{}  {said}", work.words.lists.weight(Weight::Warning))));
    let worst = faults.iter().map(exam::Fault::weight).max();
    Ok(match worst {
        None if left_out.is_empty() => {
            work.voice.say(&work.words.exam.nothing_to_mend());
            Ending::Done
        }
        Some(Weight::Error) => Ending::Refused,
        _ => Ending::Remarks,
    })
}

/// Files that lie in the exam's folder and will not be in its packages.
fn left_out(exam: &Exam, folder: &Path, words: &ExamWords) -> Result<Vec<String>, WorkError> {
    let mut said = Vec::new();
    if let Ok(found) = trust_folder_of(&exam.trust) {
        let skipped = found.skipped.into_iter().filter(|name| !name.ends_with(".txt") && name != trust_note::NOTE);
        said.extend(skipped.map(|name| words.trust_left_out(name)));
    }
    let portraits = folder.join(exam::PORTRAITS_FOLDER);
    let links = list_others(&portraits)?.into_iter();
    said.extend(links.map(|name| words.portrait_not_plain(masked(&name))));
    for name in list_names(&portraits)? {
        let head = file::read_beginning(&portraits.join(&name), IMAGE_HEAD_LEN)?;
        if !IMAGE_HEADS.iter().any(|known| head.starts_with(known)) {
            said.push(words.portrait_no_image(masked(&name)));
        }
    }
    Ok(said)
}

/// A file's name may be a personal number, which no message shows whole.
fn masked(name: &str) -> String {
    bits::text::mask(name, 3, 4)
}

const IMAGE_HEAD_LEN: u64 = 12;
/// JPEG; JPEG 2000 in its box, and bare.
const IMAGE_HEADS: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x00\x00\x00\x0CjP  ", b"\xFF\x4F\xFF\x51"];
