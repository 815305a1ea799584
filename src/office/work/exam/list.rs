//! Says how far the desks of an exam are, and which packages they have.

use super::super::{Ending, Work, WorkError};
use super::read;
use crate::exam::enrolment::DeskState;
use crate::exam::{Desk, Exam, Packed};
use crate::language::DeskWords;
use host::folder::read_text_file;
use record::{BoardKeys, DeskCert, RevocationList};
use std::path::PathBuf;

/// The desks of an exam, to be listed.
pub struct Desks {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The board's list of revoked certificates, where its verifier key is given.
    pub revocations: Option<PathBuf>,
    /// The board's verifier key: certificates are checked with it.
    pub board_key: Option<PathBuf>,
}

/// Tells each desk's state, and what is wrong with it.
///
/// # Errors
/// What kept them from being listed.
pub fn list(work: &Work<'_>, asked: &Desks) -> Result<Ending, WorkError> {
    let exam = Exam::read(&read(&asked.folder)?)?;
    let board = asked.board_key.as_ref().map(|path| read_text_file(path)).transpose()?;
    let board = board.map(|text| BoardKeys::parse(&text)).transpose()?;
    let revoked = match (&asked.revocations, &board) {
        (Some(path), Some(board)) => Some(RevocationList::open(&read_text_file(path)?, board)?),
        _ => None,
    };
    let (words, mut worst) = (&work.words.desks, Ending::Done);
    for desk in &exam.desks {
        let enrolment = exam.enrolments.get(&desk.id).cloned().unwrap_or_default();
        let mut line = state(words, &enrolment.state(revoked.as_ref(), work.now));
        let is_foreign = |board| enrolment.cert.as_ref().is_some_and(|(_, note)| DeskCert::open(note, board).is_err());
        if board.as_ref().is_some_and(is_foreign) {
            line = words.foreign_cert();
            worst = Ending::Refused;
        }
        let site = if desk.site.is_empty() { work.words.files.every_site() } else { desk.site.clone() };
        let packages = packages(words, &exam, desk);
        work.voice.say(&format!("{:<16} {site:<12} {line}{packages}", desk.id));
        for fault in enrolment.faults(&exam.settings, desk) {
            work.voice.say(&format!("{:<16} {}", "", words.fault(fault.said(&work.words.enrolment))));
            worst = Ending::Refused;
        }
    }
    let certified = exam.enrolments.values().filter(|one| one.cert.is_some()).count();
    work.voice.say(&words.counted(exam.desks.len(), certified));
    Ok(worst)
}

fn state(words: &DeskWords, state: &DeskState) -> String {
    match state {
        DeskState::Named => words.state_named(),
        DeskState::Asked => words.state_asked(),
        DeskState::Certified { serial, until } => words.state_certified(serial, until),
        DeskState::Ended { serial, until } => words.state_ended(serial, until),
        DeskState::Revoked { serial, reason } => words.state_revoked(serial, reason),
    }
}

/// The last version of each package that is sealed for a desk, and whether it took it.
fn packages(words: &DeskWords, exam: &Exam, desk: &Desk) -> String {
    let last = exam.packages.iter().filter(|one| exam.packages.last(&one.id) == Some(*one));
    let own: Vec<_> = last.filter(|one| one.desks.contains(&desk.id)).collect();
    if own.len() > MAX_PACKAGES_SHOWN {
        return words.packages(own.len(), own.iter().filter(|one| one.received.contains(&desk.id)).count());
    }
    let one = |one: &&Packed| match one.received.contains(&desk.id) {
        true => words.package_received(&one.id, one.version),
        false => words.package_open(&one.id, one.version),
    };
    own.iter().map(one).collect()
}

const MAX_PACKAGES_SHOWN: usize = 4;
