//! Says what keeps an exam from being packed.

use super::super::{Ending, Work, WorkError};
use super::read;
use crate::exam::{self, Exam};
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
    faults.iter().for_each(|fault| say!(work, "{}  {fault}", fault.weight().word()));
    let left_out = left_out(&exam, &asked.folder)?;
    left_out.iter().for_each(|said| say!(work, "{}  {said}", Weight::Warning.word()));
    let worst = faults.iter().map(exam::Fault::weight).max();
    Ok(match worst {
        None if left_out.is_empty() => {
            say!(work, "không có gì cần sửa");
            Ending::Done
        }
        Some(Weight::Error) => Ending::Refused,
        _ => Ending::Remarks,
    })
}

/// Files that lie in the exam's folder and will not be in its packages.
fn left_out(exam: &Exam, folder: &Path) -> Result<Vec<String>, WorkError> {
    let mut said = Vec::new();
    if let Ok(found) = trust_folder_of(&exam.trust) {
        let skipped = found.skipped.into_iter().filter(|name| !name.ends_with(".txt") && name != trust_note::NOTE);
        said.extend(skipped.map(|name| format!("trust/{name}: không có trong danh mục, sẽ không vào gói")));
    }
    let portraits = folder.join(exam::PORTRAITS_FOLDER);
    let links = list_others(&portraits)?.into_iter();
    said.extend(links.map(|name| format!("portraits/{}: không phải tệp thường, sẽ không vào gói", masked(&name))));
    for name in list_names(&portraits)? {
        let head = file::read_beginning(&portraits.join(&name), IMAGE_HEAD_LEN)?;
        if !IMAGE_HEADS.iter().any(|known| head.starts_with(known)) {
            said.push(format!("portraits/{}: không phải ảnh JPEG hay JPEG 2000", masked(&name)));
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
