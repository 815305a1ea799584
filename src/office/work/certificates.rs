//! Certificates of desks: signed for a request that somebody read out, and taken back.

use super::desk_ca::{Certified, crl_beside, tls_certificate};
use super::{Work, WorkError};
use bits::base32;
use host::folder::{read_text_file, write_new_file};
use host::keys::{open_key_file, read_passphrase};
use jiff::{SignedDuration, Timestamp};
use record::certify::{self, CertRequest};
use record::{BoardKeys, Enrolment, Revocation, RevocationList};
use std::path::{Path, PathBuf};

/// A desk's request to be answered, outside an exam's folder.
pub struct Enrol {
    /// The board's sealed key.
    pub key: PathBuf,
    /// The desk's signed request.
    pub request: PathBuf,
    /// The sixteen characters that the desk's technician read out.
    pub confirm: String,
    /// The certificate's new file.
    pub out: PathBuf,
    /// The certificate's number.
    pub serial: u32,
    /// Good from; `None` for now.
    pub from: Option<Timestamp>,
    /// Good for this many days.
    pub days: u16,
    /// For training only.
    pub training: bool,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// A certificate to be taken back.
pub struct Revoke {
    /// The board's sealed key.
    pub key: PathBuf,
    /// The list so far.
    pub list: Option<PathBuf>,
    /// The certificate's number.
    pub serial: u32,
    /// Why, one word.
    pub reason: String,
    /// The last segment whose entries still count, by its origin, and how many of them.
    pub last: Option<(String, u64)>,
    /// The next list's new file.
    pub out: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Signs a certificate for the desk of a request whose sixteen characters were heard.
///
/// # Errors
/// What kept it from being done.
pub fn enrol(work: &Work<'_>, asked: &Enrol) -> Result<(), WorkError> {
    let request = Enrolment::open(&read_text_file(&asked.request)?)?;
    if base32::normalised(&asked.confirm) != base32::normalised(&request.fingerprint()) {
        return Err(WorkError::OtherRequest);
    }
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let board = open_key_file(&asked.key, &passphrase)?;
    if board.verifier().name() != request.board {
        return Err(WorkError::OtherBoard(request.board));
    }
    let not_before = asked.from.unwrap_or(work.now);
    let not_after = not_before.checked_add(SignedDuration::from_hours(i64::from(asked.days) * 24))?;
    let (serial, training) = (asked.serial, asked.training);
    let certified = Certified { board: &board, request: &request, serial, dates: (not_before, not_after) };
    let tls_certificate = tls_certificate(work, &asked.key, &passphrase, &certified)?;
    let Enrolment { exam, desk, site, device, .. } = request;
    let named = desk.clone();
    let cert =
        CertRequest { serial, exam, desk: named, site, training, not_before, not_after, device, tls_certificate };
    write_new_file(&asked.out, certify::certify(&board, cert)?.as_bytes())?;
    work.voice.say(&work.words.keys.certified(serial, desk, not_after));
    Ok(())
}

/// Signs the next list with one certificate more.
///
/// # Errors
/// What kept it from being done.
pub fn revoke(work: &Work<'_>, asked: &Revoke) -> Result<(), WorkError> {
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let board = open_key_file(&asked.key, &passphrase)?;
    let keys = BoardKeys::one(board.verifier().clone());
    let before = asked.list.as_ref().map(|path| list(path, &keys)).transpose()?;
    let (number, mut revoked) = before.map_or((0, Vec::new()), |list| (list.number, list.revoked));
    if revoked.iter().any(|one| one.serial == asked.serial) {
        return Err(WorkError::Revoked(asked.serial));
    }
    let (serial, reason, last_accepted) = (asked.serial, asked.reason.clone(), asked.last.clone());
    revoked.push(Revocation { serial, reason, last_accepted });
    revoked.sort_by_key(|one| one.serial);
    let number = number.checked_add(1).ok_or(WorkError::LastList)?;
    let next = RevocationList { number, board_keys: Some(keys.digest()), revoked };
    write_new_file(&asked.out, next.sign(&board)?.as_bytes())?;
    work.voice.say(&work.words.keys.revoked(next.number, next.revoked.len()));
    crl_beside(work, &asked.key, &passphrase, (&next, &asked.out))
}

fn list(path: &Path, board: &BoardKeys) -> Result<RevocationList, WorkError> {
    Ok(RevocationList::open(&read_text_file(path)?, board)?)
}
