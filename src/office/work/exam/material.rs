//! What packing works with besides the exam's folder: keys, lists, CSCA certificates; a cipher and the portraits.

use super::super::{Work, WorkError};
use super::pack::Pack;
use crate::exam::package::PackTools;
use crate::exam::packing::PlanFault;
use crate::exam::{Exam, PORTRAITS_FOLDER};
use crate::language::PackWords;
use bits::secret::{Pii, Secret};
use emrtd::authenticity::trust::TrustStore;
use host::folder::{lies_in, list_names, read_text_file};
use host::keys::{open_key_file, read_passphrase};
use host::trust::trust_folder_of;
use host::{file, sealed, trust_note};
use package::contents::MAX_PORTRAIT_LEN;
use record::{BoardKeys, RevocationList};
use roster::Candidate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What packing works with besides the exam's folder.
pub(super) struct Material {
    pub(super) board: tlog::NoteKey,
    pub(super) exam_key: Secret<[u8; 32]>,
    pub(super) recovery: String,
    pub(super) revocations: Option<(RevocationList, String)>,
    pub(super) trust: BTreeMap<String, Vec<u8>>,
    pub(super) is_trust_signed: bool,
}

/// Keys and files that packing needs; or why they are none, for the clerk.
pub(super) fn material(work: &Work<'_>, asked: &Pack, exam: &Exam) -> Result<Result<Material, String>, WorkError> {
    let words = &work.words.pack;
    if lies_in(&asked.exam_key, &asked.folder)? {
        return Ok(Err(words.key_in_folder()));
    }
    let recovery = read_text_file(&asked.recovery)?.trim().to_owned();
    if sealed::check_recipient(&recovery).is_err() {
        return Ok(Err(words.no_recipient(asked.recovery.display())));
    }
    let passphrase = read_passphrase(asked.passphrase_file.as_deref())?;
    let at = |path: &Path, error| WorkError::Key { path: path.to_owned(), error };
    let board = open_key_file(&asked.key, &passphrase).map_err(|error| at(&asked.key, error))?;
    if board.verifier().name() != exam.settings.board {
        let (found, wanted) = (board.verifier().name().to_owned(), exam.settings.board.clone());
        return Ok(Err(PlanFault::Board { found, wanted }.said(work.words)));
    }
    let other = asked.exam_key_passphrase_file.as_deref().map(|path| read_passphrase(Some(path))).transpose()?;
    let exam_key = open_key_file(&asked.exam_key, &other.unwrap_or(passphrase));
    let exam_key = exam_key.map_err(|error| at(&asked.exam_key, error))?;
    if exam_key.verifier().name() != key_name(exam) {
        return Ok(Err(words.other_key(asked.exam_key.display(), exam_key.verifier().name(), key_name(exam))));
    }
    let keys = BoardKeys::one(board.verifier().clone());
    let revocations = match &asked.revocations {
        None => None,
        Some(path) => {
            let note = read_text_file(path)?;
            match RevocationList::open(&note, &keys) {
                Ok(list) => Some((list, note)),
                Err(_) => return Ok(Err(words.no_revocations(path.display()))),
            }
        }
    };
    let trust = trust(words, exam, &keys);
    Ok(trust.map(|(trust, is_trust_signed)| {
        let exam_key = exam_key.seed();
        Material { board, exam_key, recovery, revocations, trust, is_trust_signed }
    }))
}

/// The files of the trust folder that desks get, and whether the board signed them. What is checked is what is packed.
fn trust(words: &PackWords, exam: &Exam, board: &BoardKeys) -> Result<(BTreeMap<String, Vec<u8>>, bool), String> {
    let mut files = exam.trust.clone();
    files.retain(|name, _| !name.ends_with(".txt"));
    if files.is_empty() && exam.settings.training {
        return Ok((files, false));
    }
    let found = trust_folder_of(&files).map_err(|fault| format!("trust/: {fault}"))?;
    files.retain(|name, _| !found.skipped.contains(name));
    let note = files.get(trust_note::NOTE).map(|note| std::str::from_utf8(note).unwrap_or_default());
    match (&found.note_text, note) {
        (Some(wanted), Some(note)) if trust_note::opened(note, board) == Ok(wanted.as_str()) => Ok((files, true)),
        (_, Some(_)) => Err(words.trust_other_signature(trust_note::NOTE)),
        _ if exam.settings.training => Ok((files, false)),
        _ => Err(words.trust_unsigned()),
    }
}

/// The name that an exam's sealed key carries, so that another exam's is not taken for it.
pub(super) fn key_name(exam: &Exam) -> String {
    format!("{}/{}/exam-key", exam.settings.board, exam.settings.id)
}

/// The version of the trust store that a desk makes of these files.
pub(super) fn trust_store_version(files: &BTreeMap<String, Vec<u8>>) -> Result<String, WorkError> {
    if files.is_empty() {
        return Ok(String::new());
    }
    let found = trust_folder_of(files)?;
    let (store, _) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref())?;
    Ok(store.version().to_owned())
}

/// The cipher, and the portraits of the exam's folder by the stems of their names.
pub(super) struct Tools {
    folder: PathBuf,
    portraits: BTreeMap<String, String>,
}

impl Tools {
    pub(super) fn of(folder: &Path) -> Result<Self, WorkError> {
        let folder = folder.join(PORTRAITS_FOLDER);
        let stem = |name: String| (name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned(), name);
        let portraits = list_names(&folder)?.into_iter().map(stem).collect();
        Ok(Self { folder, portraits })
    }
}

impl PackTools for Tools {
    fn seal(&self, bytes: &[u8], recipients: &[&str]) -> Option<Vec<u8>> {
        sealed::seal(bytes, recipients).ok()
    }

    fn fresh(&self) -> (Secret<String>, String) {
        sealed::generate()
    }

    fn recipient(&self, public: &[u8; 32]) -> Option<String> {
        sealed::recipient_from(public).ok()
    }

    fn portrait(&self, candidate: &Candidate) -> Result<Option<Pii<Vec<u8>>>, String> {
        let by_number = self.portraits.get(candidate.number.as_str());
        let Some(name) = by_number.or_else(|| self.portraits.get(candidate.id_number.reveal())) else {
            return Ok(None);
        };
        let limit = u64::try_from(MAX_PORTRAIT_LEN).unwrap_or(u64::MAX);
        // A file's name may be a personal number, which no message shows whole.
        let shown = || bits::text::mask(name, 3, 4);
        file::read(&self.folder.join(name), limit).map(|bytes| Some(Pii::new(bytes))).map_err(|_| shown())
    }
}
