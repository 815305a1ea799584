//! Enrols the desks of an exam.

use super::super::desk_ca::{Certified, tls_certificate};
use super::super::{Ending, Work, WorkError};
use super::{lock, read, tell_written};
use crate::exam::enrolment::{cert_name, request_name};
use crate::exam::{DESKS_FOLDER, Desk, DeskEnrolment, Exam, Settings};
use crate::language::DeskWords;
use bits::base32;
use bits::secret::Secret;
use bits::text::is_plain;
use host::folder::{read_text_file, read_text_input, replace_files};
use host::keys::{open_key_file, read_passphrase};
use host::sealed;
use jiff::{SignedDuration, Timestamp};
use package::note::name_part;
use record::Enrolment;
use record::certify::{self, CertRequest};
use std::path::{Path, PathBuf};
use tlog::NoteKey;

pub use super::list::{Desks, list};

/// A desk's request to be taken into an exam and answered.
pub struct Enrol {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The desk's signed request; `-` for the text of its QR code on the standard input.
    pub request: PathBuf,
    /// The sixteen characters that the desk's technician read out.
    pub fingerprint: String,
    /// The board's sealed key.
    pub key: PathBuf,
    /// The desk's name on the screen, for a desk that has no file yet; `None` for its id.
    pub title: Option<String>,
    /// Its room, for a desk at a room's door that has no file yet.
    pub room: String,
    /// The certificate's number; `None` for the next.
    pub serial: Option<u32>,
    /// Good from; `None` for now.
    pub from: Option<Timestamp>,
    /// Good for this many days; `None` for 14, and until a week after the last session.
    pub days: Option<u16>,
    /// Signs again for a desk that has a certificate.
    pub again: bool,
    /// Only says what would be done.
    pub dry_run: bool,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Takes a desk's request into the exam and signs its certificate, after its sixteen characters were heard.
///
/// # Errors
/// What kept it from being done.
pub fn enrol(work: &Work<'_>, asked: &Enrol) -> Result<Ending, WorkError> {
    if asked.request.as_os_str() == "-" && asked.passphrase_file.is_none() {
        return Ok(work.misused(&work.words.desks.passphrase_needed()));
    }
    let words = &work.words.desks;
    let _held = lock(&asked.folder, "enrol", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let text = request_text(&asked.request)?;
    let Ok(request) = Enrolment::open(&text) else {
        return Ok(work.refused(&words.no_request(asked.request.display())));
    };
    if base32::normalised(&asked.fingerprint) != base32::normalised(&request.fingerprint()) {
        return Ok(work.refused(&words.other_fingerprint()));
    }
    let desk = match desk(work, asked, &exam, &request) {
        Ok(desk) => desk,
        Err(why) => return Ok(work.refused(&why)),
    };
    let before = exam.enrolments.get(&desk.id).cloned().unwrap_or_default();
    match kept(words, asked, &before, &request) {
        Kept::Same(serial) => {
            work.voice.say(&words.enrolled_already(&desk.id, serial));
            return Ok(Ending::Done);
        }
        Kept::Other(why) => return Ok(work.refused(&why)),
        Kept::New => {}
    }
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let board = open_key_file(&asked.key, &passphrase)?;
    if board.verifier().name() != exam.settings.board {
        return Ok(work.refused(&work.words.files.other_board(board.verifier().name(), &exam.settings.board)));
    }
    write(work, asked, &exam, &Signing { board, passphrase }, &desk, (request, text))
}

fn request_text(path: &Path) -> Result<String, WorkError> {
    let text = if path.as_os_str() == "-" { read_text_input()? } else { read_text_file(path)? };
    // A scanner leaves the last line break out, and some put two characters for one.
    let mut text = text.replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The desk's own file, or a new one; or why the request is none for this exam.
fn desk(work: &Work<'_>, asked: &Enrol, exam: &Exam, request: &Enrolment) -> Result<Desk, String> {
    let words = &work.words.desks;
    let Enrolment { board, exam: named, desk, site, recipient, .. } = request;
    let Settings { board: own_board, id, .. } = &exam.settings;
    if board != own_board || named != id {
        return Err(words.other_exam(board, named, own_board, id));
    }
    if !site.is_empty() && exam.sites.iter().all(|one| one.code != *site) {
        return Err(words.no_such_site(desk, site));
    }
    if !recipient.is_empty() && sealed::check_recipient(recipient).is_err() {
        return Err(words.bad_recipient(desk));
    }
    if let Some(known) = exam.desks.iter().find(|one| one.id == *desk) {
        if known.site == *site {
            return Ok(known.clone());
        }
        return Err(words.other_site(desk, site, known.path(), &known.site));
    }
    if name_part(desk) != *desk {
        return Err(words.bad_id(desk));
    }
    let title = asked.title.clone().unwrap_or_else(|| desk.to_string());
    if !is_plain(&title) || !(asked.room.is_empty() || is_plain(&asked.room)) {
        return Err(work.words.files.not_plain("--title, --room"));
    }
    Ok(Desk { id: desk.to_string(), title, site: site.clone(), room: asked.room.clone() })
}

enum Kept {
    Same(u32),
    Other(String),
    New,
}

/// What is there already.
fn kept(words: &DeskWords, asked: &Enrol, before: &DeskEnrolment, request: &Enrolment) -> Kept {
    let Some((cert, _)) = before.cert.as_ref().filter(|_| !asked.again) else { return Kept::New };
    let serial = cert.serial;
    if before.request.as_ref() == Some(request) && cert.device == request.device {
        return Kept::Same(serial);
    }
    Kept::Other(words.other_request(&request.desk, serial))
}

/// What the board signs with: its key, and the passphrase that opens what lies beside it.
struct Signing {
    board: NoteKey,
    passphrase: Secret<String>,
}

fn write(
    work: &Work<'_>,
    asked: &Enrol,
    exam: &Exam,
    signing: &Signing,
    desk: &Desk,
    (request, text): (Enrolment, String),
) -> Result<Ending, WorkError> {
    let words = &work.words.desks;
    let holds = |(desk, one): (&String, &DeskEnrolment)| {
        let is_it = one.cert.as_ref().is_some_and(|(cert, _)| Some(cert.serial) == asked.serial);
        is_it.then(|| desk.clone())
    };
    if let Some(other) = exam.enrolments.iter().find_map(holds) {
        return Ok(work.refused(&words.serial_taken(other)));
    }
    let highest = exam.enrolments.values().filter_map(|one| Some(one.cert.as_ref()?.0.serial)).max();
    let Some(serial) = asked.serial.or(highest.unwrap_or(0).checked_add(1)) else {
        return Ok(work.refused(&words.no_serial_left()));
    };
    let (not_before, not_after) = dates(asked, &exam.settings, work.now)?;
    let has_recipient = !request.recipient.is_empty();
    let Signing { board, passphrase } = signing;
    let certified = Certified { board, request: &request, serial, dates: (not_before, not_after) };
    let tls_certificate = tls_certificate(work, &asked.key, passphrase, &certified)?;
    let Enrolment { exam: named, desk: id, site, device, .. } = request;
    let training = exam.settings.training;
    let cert = certify::certify(
        board,
        CertRequest {
            exam: named,
            desk: id.clone(),
            serial,
            site,
            training,
            not_before,
            not_after,
            device,
            tls_certificate,
        },
    )?;
    let mut files = Vec::new();
    if !exam.desks.contains(desk) {
        files.push((desk.path(), desk.write().into_bytes()));
    }
    // The certificate comes last: what was cut short before it is a desk that has asked.
    files.push((format!("{DESKS_FOLDER}{}", request_name(&id)), text.into_bytes()));
    files.push((format!("{DESKS_FOLDER}{}", cert_name(&id)), cert.into_bytes()));
    if !asked.dry_run {
        replace_files(&asked.folder, &files)?;
    }
    files.iter().for_each(|(path, _)| tell_written(work, asked.dry_run, &asked.folder.join(path)));
    work.voice.say(&words.certified(serial, &id, not_before, not_after));
    let late = exam.settings.sessions.iter().filter(|one| one.last_entry.unwrap_or(one.start) > not_after);
    let late = late.map(|one| work.voice.say(&words.warning_ends_before(&one.id))).count();
    if !has_recipient {
        work.voice.say(&words.warning_no_recipient(&id));
    }
    Ok(if late > 0 || !has_recipient { Ending::Remarks } else { Ending::Done })
}

fn dates(asked: &Enrol, settings: &Settings, now: Timestamp) -> Result<(Timestamp, Timestamp), jiff::Error> {
    let days = |days: u16| SignedDuration::from_hours(i64::from(days) * 24);
    let from = asked.from.unwrap_or(now);
    if let Some(count) = asked.days {
        return Ok((from, from.checked_add(days(count))?));
    }
    let last = settings.sessions.iter().map(|one| one.last_entry.unwrap_or(one.start)).max();
    let until = from.checked_add(days(DAYS))?;
    let after = last.map(|last| last.checked_add(days(DAYS_AFTER))).transpose()?;
    Ok((from, after.map_or(until, |after| after.max(until))))
}

const DAYS: u16 = 14;
const DAYS_AFTER: u16 = 7;
