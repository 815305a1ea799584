//! PINs for those who work at the desks, printed as letters.

use super::super::{Ending, Work, WorkError};
use super::{lock, outputs, read};
use crate::exam::letters::{self, Letter};
use crate::exam::{Exam, OPERATORS_FILE, letter_page, operators};
use host::folder::is_there;
use host::pair::{Document, Settled, settle, write_pair};
use host::progress::Progress;
use package::operators::PinCost;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Letters to be printed.
pub struct Letters {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The new PDF. It holds the PINs.
    pub out: PathBuf,
    /// Only these, by their codes; none for everybody without a PIN.
    pub only: Vec<String>,
    /// Gives those who are named a new PIN even if they have one.
    pub again: bool,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Draws PINs and writes them as letters, their hashes into the list.
///
/// # Errors
/// What kept it from being done.
pub fn letters(work: &mut Work<'_>, asked: &Letters) -> Result<Ending, WorkError> {
    outputs(&[]).check_place(&asked.out)?;
    let _held = lock(&asked.folder, "letters", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    if !asked.dry_run && finished_before(work, &asked.out, &exam)? {
        return Ok(Ending::Remarks);
    }
    let recipients = match letters::recipients(&exam, &asked.only, asked.again) {
        Ok(recipients) => recipients,
        Err(faults) => {
            faults.iter().for_each(|fault| work.voice.complain(&fault.said(&work.words.letters)));
            return Ok(Ending::Refused);
        }
    };
    if is_there(&asked.out) {
        return Ok(work.refused(&work.words.letters.exists(asked.out.display())));
    }
    if recipients.is_empty() {
        work.voice.say(&work.words.letters.nobody());
        return Ok(Ending::Done);
    }
    if asked.dry_run {
        recipients.iter().for_each(|one| work.voice.say(&work.words.letters.will_print(&one.code)));
        let list = asked.folder.join(OPERATORS_FILE);
        work.voice.say(&work.words.files.will_write_two(asked.out.display(), list.display()));
        return Ok(Ending::Done);
    }
    let progress = Progress::new(work.words.letters.drawing(), recipients.len());
    let drawn = letters::draw(&recipients, PinCost::default(), work.random, &mut |done| progress.at(done))?;
    drop(progress);
    write(work, asked, &exam, &drawn)
}

fn write(work: &Work<'_>, asked: &Letters, exam: &Exam, drawn: &[Letter]) -> Result<Ending, WorkError> {
    let pdf = Zeroizing::new(letter_page::pdf(exam, drawn, work.now)?);
    let list = operators::write(&letters::with_hashes(&exam.operators, drawn));
    let mark = letters::mark(drawn);
    let document = Document { path: &asked.out, bytes: &pdf, mark: &mark };
    let path = asked.folder.join(OPERATORS_FILE);
    write_pair(document, &path, list.as_bytes())?;
    let words = &work.words.letters;
    drawn.iter().for_each(|letter| work.voice.say(&words.printed(&letter.operator.code)));
    work.voice.say(&words.wrote(asked.out.display(), drawn.len(), path.display()));
    work.voice.say(&words.delete_it());
    Ok(Ending::Done)
}

/// A run that was cut before its letters had their name is brought to its end, and nothing else is done.
fn finished_before(work: &Work<'_>, out: &Path, exam: &Exam) -> Result<bool, WorkError> {
    let settled = settle(out, |mark| letters::is_in_force(mark, &exam.operators))?;
    match settled {
        Settled::Nothing => (),
        Settled::Finished => work.voice.say(&work.words.letters.finished_before(out.display())),
        Settled::Removed(count) => work.voice.say(&work.words.letters.removed(count)),
    }
    Ok(settled == Settled::Finished)
}
