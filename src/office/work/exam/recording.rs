//! Writes what members signed into the first member's record: steps of cases, counts, explanations, deeds.

use super::super::{Ending, Work, WorkError};
use crate::board_record::{RECORD_FOLDER, open};
use crate::loaded::Loaded;
use bits::secret::Secret;
use bits::stamp::{Clock as _, Stamp};
use host::clock::{SystemClock, boot_id};
use host::disk::FileStore;
use host::key_place;
use host::keys::read_passphrase;
use jiff::Timestamp;
use record::segment::digest;
use record::{AttendanceEvent, AttendanceLog, Code, LogName, OpenBasis, Opening, SignedWords};
use review::EntryId;
use review::decision::RECORD_SESSION;
use review::statement::Statement;
use std::path::{Path, PathBuf};
use tlog::{NoteSigner, NoteVerifier};

/// A key and where its passphrase is.
pub struct SealedKey {
    /// The sealed key.
    pub key: PathBuf,
    /// What opens it.
    pub passphrase: Passphrase,
}

/// Where a passphrase is.
pub enum Passphrase {
    /// The first line of a file.
    File(PathBuf),
    /// The first line of the standard input.
    Input,
    /// Typed already.
    Typed(Secret<String>),
}

impl From<Option<PathBuf>> for Passphrase {
    fn from(file: Option<PathBuf>) -> Self {
        file.map_or(Self::Input, Self::File)
    }
}

/// The members who sign.
pub struct Signers {
    /// The member whose record takes what is signed.
    pub member: SealedKey,
    /// The member beside.
    pub with: Option<SealedKey>,
}

/// A statement by these members, made at this moment.
pub type Make<'a> = dyn Fn(Vec<String>, Timestamp) -> Statement + 'a;

/// Opens the members' keys, has them sign, writes it down and says so. The caller holds the lock of the exam's folder.
///
/// # Errors
/// What kept it from being written.
pub(super) fn record_by(
    work: &mut Work<'_>,
    folder: &Path,
    loaded: &Loaded,
    signers: &Signers,
    make: &Make<'_>,
) -> Result<Ending, WorkError> {
    let keys = open_keys(signers)?;
    let keys: Vec<&dyn NoteSigner> = keys.iter().map(AsRef::as_ref).collect();
    match record_statement(work, folder, loaded, make, &keys)? {
        Ok(entry) => {
            work.voice.say(&work.words.decide.recorded(review::case::entry_line(&entry)));
            Ok(Ending::Done)
        }
        Err(why) => Ok(work.refused(&why)),
    }
}

/// Signs a statement with all keys and writes it durably into the first member's record; the entry that it became, or why
/// nobody may sign it. The caller holds the lock of the exam's folder.
///
/// # Errors
/// What kept it from being written.
pub fn record_statement(
    work: &mut Work<'_>,
    folder: &Path,
    loaded: &Loaded,
    make: &Make<'_>,
    keys: &[&dyn NoteSigner],
) -> Result<Result<EntryId, String>, WorkError> {
    let mut by = Vec::new();
    for key in keys {
        match loaded.members.code_of(key.verifier()) {
            Some(code) => by.push(code.to_owned()),
            None => return Ok(Err(work.words.decide.no_member(key.verifier().name()))),
        }
    }
    let said = make(by, record::entry::whole_ms(work.now));
    let note = signed_by_all(&said.text(), keys)?;
    // Whoever reads it later reads it so: what would not count then, or say something else, is not written now.
    match open(&note, &loaded.members, loaded.review.expected().exam()) {
        Ok(read) if read == said => (),
        Ok(_) => return Ok(Err(work.words.decide.form())),
        Err(fault) => return Ok(Err(fault.said(&work.words.decide))),
    }
    let (Some(first), Some(code)) = (keys.first(), said.by().first()) else {
        return Ok(Err(work.words.decide.no_member("")));
    };
    append(work, folder, loaded, (code, *first), note).map(Ok)
}

fn signed_by_all(text: &str, keys: &[&dyn NoteSigner]) -> Result<String, WorkError> {
    let mut note = format!("{text}\n");
    for key in keys {
        let one = key.sign(text)?;
        note.push_str(one.get(text.len() + 1..).unwrap_or_default());
    }
    Ok(note)
}

fn append(
    work: &mut Work<'_>,
    folder: &Path,
    loaded: &Loaded,
    (member, key): (&str, &dyn NoteSigner),
    note: String,
) -> Result<EntryId, WorkError> {
    let settings = &loaded.exam.settings;
    let name = LogName {
        board: settings.board.clone(),
        exam: settings.id.parse()?,
        desk: member.parse()?,
        session: RECORD_SESSION.parse()?,
    };
    let log_name = name.log();
    let operator = Code::new(member).unwrap_or_else(|_| Code::unknown());
    let opening = Opening {
        name,
        device: key,
        desk_cert: loaded.members.note(member).unwrap_or_default().to_owned(),
        training: settings.training,
        boot_id: boot_id().unwrap_or_else(|| "unknown".to_owned()),
        operator: operator.clone(),
        package: None,
        policy_sha256: digest(b""),
        trust_store: String::new(),
        program: concat!("diemdanh-board ", env!("CARGO_PKG_VERSION")).to_owned(),
        program_sha256: None,
        revocations: None,
        basis: OpenBasis { board_keys: Some(loaded.board.digest()), ..OpenBasis::default() },
    };
    let store = FileStore::open(&folder.join(RECORD_FOLDER).join(member))?;
    let stamp = Stamp { wall: work.now, ..SystemClock.now() };
    let (mut log, _) = AttendanceLog::open(store, &opening, stamp, work.random)?;
    let appended = log.append(&operator, AttendanceEvent::CaseStep { note: SignedWords(note) }, stamp)?;
    let place = appended.proof.entry();
    log.close(&operator, stamp)?;
    let leaf = leaf_of(&folder.join(RECORD_FOLDER).join(member), key.verifier(), place)?;
    let log = review::LogId::new(&log_name).ok_or(WorkError::NoEvidence)?;
    Ok(EntryId { log, place, leaf })
}

/// The leaf hash of an entry that was just written, read back from the disk.
fn leaf_of(folder: &Path, key: &NoteVerifier, place: record::EntryRef) -> Result<record::Digest, WorkError> {
    use record::SegmentContent::Good;
    let bytes = host::disk::read_segment_file(folder, place.segment)?;
    let Good(segment) = record::segment::read_segment(&bytes, key)? else { return Err(WorkError::NoEvidence) };
    let raw = usize::try_from(place.seq).ok().and_then(|seq| segment.raw.get(seq)).ok_or(WorkError::NoEvidence)?;
    Ok(record::Digest(tlog::tree::leaf_hash(raw)))
}

pub(super) fn open_keys(signers: &Signers) -> Result<Vec<Box<dyn NoteSigner>>, WorkError> {
    let all: Vec<&SealedKey> = [Some(&signers.member), signers.with.as_ref()].into_iter().flatten().collect();
    let paths: Vec<&Path> = all.iter().map(|one| one.key.as_path()).collect();
    key_place::in_tokens_of_their_own(&paths)?;
    all.into_iter().map(open_key).collect()
}

pub(super) fn open_key(sealed: &SealedKey) -> Result<Box<dyn NoteSigner>, WorkError> {
    let said;
    let passphrase = match &sealed.passphrase {
        Passphrase::Typed(passphrase) => passphrase,
        Passphrase::File(path) => {
            said = read_passphrase(Some(path))?;
            &said
        }
        Passphrase::Input => {
            said = read_passphrase(None)?;
            &said
        }
    };
    key_place::open(&sealed.key, passphrase).map_err(|error| WorkError::Signer { path: sealed.key.clone(), error })
}
