//! The board's small CA, beside the board's key: it signs what certified desks show a server that asks who calls.

use super::{Work, WorkError};
use bits::secret::Secret;
use host::desk_ca::{DeskCa, DeskName};
use host::folder::{FolderError, read_text_file, write_new_file};
use host::keys::{open_key_file, read_passphrase};
use jiff::{SignedDuration, Timestamp};
use record::certify::device_key_name;
use record::{BoardKeys, Enrolment, RevocationList};
use std::path::{Path, PathBuf};
use tlog::NoteKey;

/// A CA to be made beside a board's key.
pub struct NewCa {
    /// The board's sealed key; the CA's lies beside it, under the same passphrase.
    pub key: PathBuf,
    /// It counts for this many days.
    pub days: u16,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// A list of the CA's that says what a board's list says.
pub struct NewCrl {
    /// The board's sealed key.
    pub key: PathBuf,
    /// The board's list; `None` where nothing was revoked yet.
    pub list: Option<PathBuf>,
    /// The list's new file.
    pub out: PathBuf,
    /// The next one comes within this many days.
    pub days: u16,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Makes the CA: `desks-ca.key`, sealed, and `desks-ca.pem`.
///
/// # Errors
/// What kept it from being done.
pub fn new_ca(work: &Work<'_>, asked: &NewCa) -> Result<(), WorkError> {
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    // Whoever cannot open the board's key makes no CA for it.
    let board = open_key_file(&asked.key, &passphrase)?;
    let ends = days_after(work.now, asked.days)?;
    let made = DeskCa::create(board.verifier().name(), (work.now, ends), &passphrase)?;
    let path = key_path(&asked.key);
    let certificate = path.with_extension("pem");
    // One of the two alone would be taken for the other's.
    if let Some(there) = [&path, &certificate].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(FolderError::Exists(there.clone()).into());
    }
    write_new_file(&path, made.sealed.as_bytes())?;
    write_new_file(&certificate, made.certificate.as_bytes())?;
    work.voice.say(&work.words.keys.ca_made(certificate.display(), ends));
    Ok(())
}

/// Writes the CA's list anew: it has an end, and whoever takes it wants a newer one before.
///
/// # Errors
/// What kept it from being done.
pub fn new_crl(work: &Work<'_>, asked: &NewCrl) -> Result<(), WorkError> {
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let board = BoardKeys::one(open_key_file(&asked.key, &passphrase)?.verifier().clone());
    let read = |path: &PathBuf| Ok::<_, WorkError>(RevocationList::open(&read_text_file(path)?, &board)?);
    let list = asked.list.as_ref().map(read).transpose()?;
    let list = list.unwrap_or(RevocationList { number: 0, board_keys: None, revoked: Vec::new() });
    let ca = DeskCa::open(&read_text_file(&key_path(&asked.key))?, &passphrase)?;
    write_crl(work, &ca, &list, &asked.out, asked.days)
}

/// The same for a list that was just signed, where the board has such a CA.
pub(super) fn crl_beside(
    work: &Work<'_>,
    board_key: &Path,
    passphrase: &Secret<String>,
    (list, path): (&RevocationList, &Path),
) -> Result<(), WorkError> {
    match opened(board_key, passphrase)? {
        Some(ca) => write_crl(work, &ca, list, &with_crl(path), CRL_DAYS),
        None => Ok(()),
    }
}

/// A desk that the board certifies, and from when to when.
pub(super) struct Certified<'a> {
    pub(super) board: &'a NoteKey,
    pub(super) request: &'a Enrolment,
    pub(super) serial: u32,
    pub(super) dates: (Timestamp, Timestamp),
}

/// What a certified desk may show; `None` where it asks for nothing, or the board has no such CA, which is said.
pub(super) fn tls_certificate(
    work: &Work<'_>,
    board_key: &Path,
    passphrase: &Secret<String>,
    desk: &Certified<'_>,
) -> Result<Option<Vec<u8>>, WorkError> {
    let Some(request) = &desk.request.tls_request else { return Ok(None) };
    let Some(ca) = opened(board_key, passphrase)? else {
        work.voice.remark(&work.words.keys.no_ca(&desk.request.desk));
        return Ok(None);
    };
    let name = device_key_name(desk.board.verifier().name(), &desk.request.desk);
    let (not_before, not_after) = desk.dates;
    let name = DeskName { serial: desk.serial, name: &name, not_before, not_after };
    Ok(Some(ca.certify(request, &name)?))
}

fn opened(board_key: &Path, passphrase: &Secret<String>) -> Result<Option<DeskCa>, WorkError> {
    let path = key_path(board_key);
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Some(DeskCa::open(&read_text_file(&path)?, passphrase)?))
}

fn write_crl(work: &Work<'_>, ca: &DeskCa, list: &RevocationList, out: &Path, days: u16) -> Result<(), WorkError> {
    let serials: Vec<u32> = list.revoked.iter().map(|one| one.serial).collect();
    let ends = days_after(work.now, days)?;
    write_new_file(out, ca.revocations(list.number, &serials, (work.now, ends))?.as_bytes())?;
    work.voice.say(&work.words.keys.crl_written(out.display(), serials.len(), ends));
    Ok(())
}

fn days_after(now: Timestamp, days: u16) -> Result<Timestamp, WorkError> {
    Ok(now.checked_add(SignedDuration::from_hours(i64::from(days) * 24))?)
}

fn key_path(board_key: &Path) -> PathBuf {
    board_key.with_file_name("desks-ca.key")
}

fn with_crl(list: &Path) -> PathBuf {
    let mut name = list.file_name().unwrap_or_default().to_owned();
    name.push(".crl");
    list.with_file_name(name)
}

/// A list that comes with a revocation is good until the next exam is over.
const CRL_DAYS: u16 = 30;
