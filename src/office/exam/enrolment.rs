//! `desks/<id>.request` and `desks/<id>.cert`: what a desk asked for and what the board answered.

use super::{Desk, ExamError, FormFault};
use crate::language::EnrolmentWords;
use jiff::Timestamp;
use record::{DeskCert, Enrolment, RevocationList};
use std::collections::BTreeMap;

/// What lies beside a desk's own file. Who signed the certificate is not checked here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeskEnrolment {
    /// The desk's request; its own device key signed it.
    pub request: Option<Enrolment>,
    /// The board's certificate and its note.
    pub cert: Option<(DeskCert, String)>,
}

/// How far a desk has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskState {
    /// It is planned; nobody has enrolled it.
    Named,
    /// It has asked, and the board has not answered.
    Asked,
    /// It has a certificate.
    Certified {
        /// The certificate's number.
        serial: u32,
        /// Good until.
        until: Timestamp,
    },
    /// Its certificate has ended.
    Ended {
        /// The certificate's number.
        serial: u32,
        /// Good until.
        until: Timestamp,
    },
    /// Its certificate was taken back.
    Revoked {
        /// The certificate's number.
        serial: u32,
        /// Why, one word.
        reason: String,
    },
}

/// What is wrong with an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentFault {
    /// For another board.
    Board,
    /// For another exam.
    Exam,
    /// For another desk.
    Desk,
    /// For another site.
    Site,
    /// The certificate is for another key than the one that asked.
    Key,
    /// A certificate for training in a live exam, or the other way round.
    Mode,
    /// No package can be sealed for it.
    NoRecipient,
}

impl EnrolmentFault {
    /// What the clerk reads.
    pub fn said(self, words: &EnrolmentWords) -> String {
        match self {
            Self::Board => words.board(),
            Self::Exam => words.exam(),
            Self::Desk => words.desk(),
            Self::Site => words.site(),
            Self::Key => words.key(),
            Self::Mode => words.mode(),
            Self::NoRecipient => words.no_recipient(),
        }
    }
}

impl DeskEnrolment {
    /// Everything that is wrong with it, as far as it can be told without the board's key.
    pub fn faults(&self, exam: &super::Settings, desk: &Desk) -> Vec<EnrolmentFault> {
        let mut faults = Vec::new();
        if let Some(Enrolment { board, exam: named, desk: id, site, recipient, .. }) = &self.request {
            faults.extend(names(exam, desk, [board.as_str(), named, id, site]));
            faults.extend(recipient.is_empty().then_some(EnrolmentFault::NoRecipient));
        }
        if let Some((DeskCert { board, exam: named, desk: id, site, training, device, .. }, _)) = &self.cert {
            faults.extend(names(exam, desk, [board.as_str(), named, id, site]));
            faults.extend((*training != exam.training).then_some(EnrolmentFault::Mode));
            let is_other = self.request.as_ref().is_some_and(|request| request.device != *device);
            faults.extend(is_other.then_some(EnrolmentFault::Key));
        }
        faults.dedup();
        faults
    }

    /// How far the desk has come.
    pub fn state(&self, revoked: Option<&RevocationList>, now: Timestamp) -> DeskState {
        let Some((cert, _)) = &self.cert else {
            return if self.request.is_some() { DeskState::Asked } else { DeskState::Named };
        };
        let (serial, until) = (cert.serial, cert.not_after);
        match revoked.and_then(|list| list.of(serial)) {
            Some(one) => DeskState::Revoked { serial, reason: one.reason.clone() },
            None if until < now => DeskState::Ended { serial, until },
            None => DeskState::Certified { serial, until },
        }
    }

    /// Whom packages are sealed for.
    pub fn recipient(&self) -> Option<&str> {
        self.request.as_ref().map(|request| request.recipient.as_str()).filter(|recipient| !recipient.is_empty())
    }
}

/// The file of a desk's request, in the folder of desks.
pub fn request_name(desk: &str) -> String {
    format!("{desk}{REQUEST}")
}

/// The file of a desk's certificate, in the folder of desks.
pub fn cert_name(desk: &str) -> String {
    format!("{desk}{CERT}")
}

/// Reads the enrolments of these desks out of the files of their folder.
///
/// # Errors
/// [`ExamError::Form`] for a file that is no request or no certificate, or that belongs to no desk.
pub(super) fn read(
    folder: &str,
    files: &[(String, &Vec<u8>)],
    desks: &[Desk],
) -> Result<BTreeMap<String, DeskEnrolment>, ExamError> {
    let mut found: BTreeMap<String, DeskEnrolment> = BTreeMap::new();
    for (name, bytes) in files {
        let form = |what: FormFault| ExamError::Form { file: format!("{folder}{name}"), line: 1, what };
        let note = || std::str::from_utf8(bytes).map_err(|_| form(FormFault::Utf8));
        let known = |id: &str| match desks.iter().any(|desk| desk.id == id) {
            true => Ok(id.to_owned()),
            false => Err(form(FormFault::NoDesk)),
        };
        if let Some(id) = name.strip_suffix(REQUEST) {
            let request = Enrolment::open(note()?).map_err(|_| form(FormFault::NoRequest))?;
            found.entry(known(id)?).or_default().request = Some(request);
        } else if let Some(id) = name.strip_suffix(CERT) {
            let cert = DeskCert::peek(note()?).ok_or_else(|| form(FormFault::NoCert))?;
            found.entry(known(id)?).or_default().cert = Some((cert, note()?.to_owned()));
        }
    }
    Ok(found)
}

fn names(exam: &super::Settings, desk: &Desk, named: [&str; 4]) -> impl Iterator<Item = EnrolmentFault> {
    let known = [exam.board.as_str(), &exam.id, &desk.id, &desk.site];
    let faults = [EnrolmentFault::Board, EnrolmentFault::Exam, EnrolmentFault::Desk, EnrolmentFault::Site];
    let differs = known.into_iter().zip(named).map(|(known, named)| known != named).collect::<Vec<_>>();
    faults.into_iter().zip(differs).filter_map(|(fault, differs)| differs.then_some(fault))
}

const REQUEST: &str = ".request";
const CERT: &str = ".cert";
