//! Shows what is in a package, and notes which desks took which.

use super::super::{Ending, Work, WorkError};
use super::{lock, read, tell_written};
use crate::exam::{Exam, PACKAGES_FILE, RECEIPTS_FOLDER};
use crate::language::PackageWords;
use bits::secret::Secret;
use host::folder::{read_text_file, replace_files};
use host::keys::read_passphrase;
use host::{file, sealed};
use package::contents::{Contents, Front, MAX_CONTENTS_LEN, People};
use package::note::{MAX_PACKAGE_LEN, MAX_PACKAGE_NOTE_LEN, PackageFault, check_form, split_file};
use package::{PackageAcceptance, PackageNote};
use record::{BoardKeys, DeskCert};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A package to be opened.
pub struct Open {
    /// The package.
    pub package: PathBuf,
    /// The board's sealed recovery key.
    pub identity: PathBuf,
    /// The board's verifier key; without it nobody vouches for the package.
    pub board_key: Option<PathBuf>,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Receipts of desks to be noted.
pub struct Receipts {
    /// The exam's folder.
    pub folder: PathBuf,
    /// What desks signed.
    pub notes: Vec<PathBuf>,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Tells what is in a package, without a person's data.
///
/// # Errors
/// What kept it from being opened.
pub fn open(work: &Work<'_>, asked: &Open) -> Result<Ending, WorkError> {
    let limit = MAX_PACKAGE_LEN + u64::try_from(MAX_PACKAGE_NOTE_LEN).unwrap_or(0);
    let bytes = file::read(&asked.package, limit).map_err(|error| WorkError::at(&asked.package, error))?;
    let words = &work.words.packages;
    let (note, front, people) = match parts(words, asked, &bytes)? {
        Ok(parts) => parts,
        Err(why) => return Ok(work.refused(&words.at(asked.package.display(), why))),
    };
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&asked.identity)?, &passphrase)?;
    let Some(contents) = contents(asked, [front, people], &identity)? else {
        return Ok(work.refused(&words.at(asked.package.display(), words.other_key())));
    };
    work.voice.put(&summary(words, &note, &contents));
    if asked.board_key.is_none() {
        work.voice.say(&words.signature_unchecked());
        return Ok(Ending::Remarks);
    }
    work.voice.say(&words.signature_right());
    Ok(Ending::Done)
}

/// The note of a package, and what of the file is sealed for desks and for people.
type Parts<'a> = (PackageNote, &'a [u8], &'a [u8]);

/// The parts of a package, or why it is none, for the clerk.
fn parts<'a>(words: &PackageWords, asked: &Open, bytes: &'a [u8]) -> Result<Result<Parts<'a>, String>, WorkError> {
    let none = || Ok(Err(words.none()));
    let Ok((note_text, ciphertext)) = split_file(bytes) else { return none() };
    if let Err(fault @ PackageFault::OtherForm { .. }) = check_form(note_text) {
        return Ok(Err(fault.to_string()));
    }
    let note = match &asked.board_key {
        None => PackageNote::peek(note_text),
        Some(path) => match PackageNote::open(note_text, &BoardKeys::parse(&read_text_file(path)?)?) {
            Ok(note) => Some(note),
            Err(fault) => return Ok(Err(words.not_signed(fault))),
        },
    };
    let Some(note) = note else { return none() };
    let Ok((front, people)) = note.parts(ciphertext) else {
        return Ok(Err(words.changed()));
    };
    Ok(Ok((note, front, people)))
}

/// What the sealed parts hold; `None` where the key opens neither.
fn contents(asked: &Open, sealed: [&[u8]; 2], identity: &Secret<String>) -> Result<Option<Contents>, WorkError> {
    let limit = u64::try_from(MAX_CONTENTS_LEN).unwrap_or(u64::MAX);
    let [front, people] = sealed.map(|part| sealed::open(part, identity, limit));
    let (Ok(front), Ok(people)) = (front, people) else { return Ok(None) };
    let at = |error| WorkError::Contents { path: asked.package.clone(), error };
    let (front, people) = (Front::read(front.expose()).map_err(at)?, People::read(people.expose()).map_err(at)?);
    Ok(Some(Contents { front, people }))
}

/// What is in a package, without a person's data.
fn summary(words: &PackageWords, note: &PackageNote, contents: &Contents) -> String {
    let Contents { front, people } = contents;
    let (settings, session) = (&front.settings, &front.settings.session);
    let rooms: BTreeSet<String> = people.roster.iter().map(|one| one.room).collect();
    let revocations = if note.revocations == 0 { "–".to_owned() } else { note.revocations.to_string() };
    let mut lines = vec![
        match note.training {
            true => words.package_training(note.id(), note.version),
            false => words.package(note.id(), note.version),
        },
        words.exam(&settings.title, &note.board, &note.exam),
        words.session(&note.session, &session.title, session.start),
        words.site(&note.site, &settings.site.title),
        words.dates(note.not_before, note.not_after, &note.min_program),
        words.people(people.roster.len(), rooms.len(), people.portraits.len()),
        words.front(front.operators.len(), front.trust.len()),
        words.revocations(revocations),
    ];
    for desk in &front.desks {
        let serial = DeskCert::peek(&desk.cert).map_or_else(|| "?".to_owned(), |cert| cert.serial.to_string());
        lines.push(words.desk(&desk.id, serial));
    }
    lines.push(format!("SHA-256: {}", note.sha256));
    lines.push(String::new());
    lines.join("\n")
}

/// Notes all receipts, or none of them.
///
/// # Errors
/// What kept it from being done.
pub fn receive(work: &Work<'_>, asked: &Receipts) -> Result<Ending, WorkError> {
    let words = &work.words.packages;
    let _held = lock(&asked.folder, "receipt", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let mut ledger = exam.packages.clone();
    let mut files = BTreeMap::new();
    let (mut is_refused, mut is_remarked, mut said) = (false, false, Vec::new());
    for path in &asked.notes {
        match judged(words, &exam, path) {
            Ok((receipt, note, newer)) => {
                let PackageAcceptance { package, version, desk, at, .. } = &receipt;
                ledger.receive(package, *version, desk);
                said.push(match newer {
                    Some(last) => words.received_old(desk, package, version, at, last),
                    None => words.received(desk, package, version, at),
                });
                is_remarked |= newer.is_some();
                let name = format!("{RECEIPTS_FOLDER}{}-v{version}-{desk}.note", package.replace('/', "-"));
                files.insert(name, note.into_bytes());
            }
            Err(why) => {
                work.voice.complain(&words.at(path.display(), why));
                is_refused = true;
            }
        }
    }
    if is_refused {
        said.iter().for_each(|line| work.voice.say(line));
        work.voice.say(&words.refused());
        return Ok(Ending::Refused);
    }
    if ledger == exam.packages {
        said.iter().for_each(|line| work.voice.say(line));
        work.voice.say(&words.nothing_new());
        return Ok(Ending::Done);
    }
    // The ledger comes last: what was cut short before it is mended by running it again.
    let mut files: Vec<_> = files.into_iter().collect();
    files.push((PACKAGES_FILE.to_owned(), ledger.write()));
    if !asked.dry_run {
        replace_files(&asked.folder, &files)?;
    }
    said.iter().for_each(|line| work.voice.say(line));
    tell_written(work, asked.dry_run, &asked.folder.join(PACKAGES_FILE));
    Ok(if is_remarked { Ending::Remarks } else { Ending::Done })
}

/// A receipt whose desk and package are known, and the newest version where it is for an older one; or why it does not
/// count.
fn judged(words: &PackageWords, exam: &Exam, path: &Path) -> Result<(PackageAcceptance, String, Option<u32>), String> {
    let note = read_text_file(path).map_err(|error| error.to_string())?;
    let receipt = PackageAcceptance::peek(&note).ok_or_else(|| words.no_receipt())?;
    let PackageAcceptance { package, version, sha256, desk, .. } = &receipt;
    let cert = exam.enrolments.get(&**desk).and_then(|one| one.cert.as_ref());
    let (cert, _) = cert.ok_or_else(|| words.desk_unknown(desk))?;
    PackageAcceptance::open(&note, &cert.device).map_err(|_| words.receipt_unsigned(desk))?;
    let last = exam.packages.last(package).ok_or_else(|| words.package_unknown(package))?;
    let packed = exam.packages.find(package, *version).ok_or_else(|| words.version_unknown(package, version))?;
    if packed.sha256 != *sha256 {
        return Err(words.other_package(desk, package, version));
    }
    if !packed.desks.iter().any(|one| *desk == *one) {
        return Err(words.not_for_desk(package, version, desk));
    }
    let newer = (last.version > *version).then_some(last.version);
    Ok((receipt, note, newer))
}
