//! Says how far the desks of an exam are, and which packages they have.

use super::super::{Ending, Work, WorkError};
use super::read;
use crate::exam::enrolment::DeskState;
use crate::exam::{Desk, Exam};
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
    let mut worst = Ending::Done;
    for desk in &exam.desks {
        let enrolment = exam.enrolments.get(&desk.id).cloned().unwrap_or_default();
        let mut line = state_words(&enrolment.state(revoked.as_ref(), work.now));
        let is_foreign = |board| enrolment.cert.as_ref().is_some_and(|(_, note)| DeskCert::open(note, board).is_err());
        if board.as_ref().is_some_and(is_foreign) {
            line = "LỖI: chứng thư không do khóa của hội đồng ký".to_owned();
            worst = Ending::Refused;
        }
        let site = if desk.site.is_empty() { "mọi điểm" } else { &desk.site };
        say!(work, "{:<16} {site:<12} {line}{}", desk.id, packages(&exam, desk));
        for fault in enrolment.faults(&exam.settings, desk) {
            say!(work, "{:<16} LỖI: {fault}", "");
            worst = Ending::Refused;
        }
    }
    say!(
        work,
        "{} bàn, {} đã có chứng thư",
        exam.desks.len(),
        exam.enrolments.values().filter(|one| one.cert.is_some()).count()
    );
    Ok(worst)
}

fn state_words(state: &DeskState) -> String {
    match state {
        DeskState::Named => "chưa ghi danh".to_owned(),
        DeskState::Asked => "đã có yêu cầu, chưa có chứng thư".to_owned(),
        DeskState::Certified { serial, until } => format!("chứng thư {serial}, đến {until}"),
        DeskState::Ended { serial, until } => format!("chứng thư {serial} đã hết hạn {until}"),
        DeskState::Revoked { serial, reason } => format!("chứng thư {serial} ĐÃ THU HỒI: {reason}"),
    }
}

/// The last version of each package that is sealed for a desk, and whether it took it.
fn packages(exam: &Exam, desk: &Desk) -> String {
    let last = exam.packages.iter().filter(|one| exam.packages.last(&one.id) == Some(*one));
    let own: Vec<_> = last.filter(|one| one.desks.contains(&desk.id)).collect();
    let received = own.iter().filter(|one| one.received.contains(&desk.id)).count();
    let word = |is_in: bool| if is_in { "đã nhận" } else { "chưa nhận" };
    if own.len() > MAX_PACKAGES_SHOWN {
        return format!("; {} gói, {received} đã nhận", own.len());
    }
    own.iter()
        .map(|one| format!("; gói {} v{} {}", one.id, one.version, word(one.received.contains(&desk.id))))
        .collect()
}

const MAX_PACKAGES_SHOWN: usize = 4;
