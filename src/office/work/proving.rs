//! One candidate's entries, proven without showing anybody else's; and such a proof, checked.

use super::{Ending, Work, WorkError};
use crate::proof::{self, CheckedFile};
use crate::{Check, Files, Outside};
use bits::hex;
use bits::text::shown_within;
use host::export_folder::FolderSource;
use host::folder::{read_text_file, write_folder};
use host::threads::SideBySide;
use record::export::DESK_CERT_FILE;
use record::{BoardKeys, CandidateRef, EntryRef, ExportSource as _, StrayKind};
use std::borrow::Cow;
use std::path::PathBuf;

/// Somebody's entries to be proven.
pub struct Prove {
    /// The exported folder.
    pub export: PathBuf,
    /// Whose entries.
    pub candidate: CandidateRef,
    /// The board's verifier key.
    pub board_key: PathBuf,
    /// The new folder for the proofs; `None` to say them.
    pub out: Option<PathBuf>,
}

/// A proof to be checked.
pub struct VerifyProof {
    /// The folder of proofs.
    pub proofs: PathBuf,
    /// Whom it must be about; `None` for whomever it names.
    pub candidate: Option<CandidateRef>,
    /// The board's verifier key.
    pub board_key: PathBuf,
}

/// Proves every entry about a candidate.
///
/// # Errors
/// What kept it from being done.
pub fn prove(work: &Work<'_>, asked: &Prove) -> Result<Ending, WorkError> {
    let board = BoardKeys::parse(&read_text_file(&asked.board_key)?)?;
    let source = FolderSource::open(&asked.export)?;
    let check =
        Check { board: &board, outside: &Outside::default(), spread: &SideBySide::new(), progress: &|_: u64| {} };
    let proven = proof::prove(&check, &source, asked.candidate)?;
    match &asked.out {
        None => {
            work.voice.say(&proven.index.text());
            proven.proofs.iter().for_each(|proof| work.voice.say(&proof.text));
        }
        Some(out) => {
            let mut files = proven.files();
            let cert = source.read(DESK_CERT_FILE, MAX_PROOF_LEN)?;
            files.push((DESK_CERT_FILE.to_owned(), cert.into_owned()));
            write_folder(out, &files)?;
        }
    }
    proven.index.withheld.iter().for_each(|place| work.voice.remark(&withheld(work, *place)));
    Ok(Ending::Done)
}

/// Tells each proven entry. [`Ending::Refused`]: the folder does not prove what it says about its candidate.
///
/// # Errors
/// What kept it from being done.
pub fn verify_proof(work: &Work<'_>, asked: &VerifyProof) -> Result<Ending, WorkError> {
    let board = BoardKeys::parse(&read_text_file(&asked.board_key)?)?;
    let source = FolderSource::open(&asked.proofs)?;
    let (index, checked) = match proof::check(&files(&source), &board) {
        Ok(checked) => checked,
        Err(error) => {
            work.voice.say(&error.said(&work.words.proof));
            return Ok(Ending::Refused);
        }
    };
    work.voice.say(&work.words.proof.candidate(hex::encode_lower(&index.candidate.0)));
    let is_other = asked.candidate.is_some_and(|candidate| candidate != index.candidate);
    if is_other {
        work.voice.say(&work.words.proof.other_candidate());
    }
    let strays = source.strays();
    // An empty folder holds nothing that could be taken for a proof.
    let strays: Vec<_> = strays.iter().filter(|stray| stray.kind != StrayKind::Empty).collect();
    strays.iter().for_each(|stray| work.voice.say(&work.words.proof.not_plain(shown_within(&stray.path))));
    // Everything is told, whatever was found before.
    let proven = checked.iter().filter(|one| tell(work, one)).count();
    let is_proven = proven == checked.len();
    index.withheld.iter().for_each(|place| work.voice.say(&withheld(work, *place)));
    Ok(if is_other || !strays.is_empty() || !is_proven { Ending::Refused } else { Ending::Done })
}

/// What lies in a folder of proofs. What is too large for a proof is none, whatever it holds.
fn files(source: &FolderSource) -> Files {
    let read = |path: String| {
        let bytes = source.read(&path, MAX_PROOF_LEN).map(Cow::into_owned).unwrap_or_default();
        (path, bytes)
    };
    source.sizes().into_keys().take(MAX_PROOFS).map(read).collect()
}

/// Tells one file's entry, or what is wrong with it. True when it is proven.
fn tell(work: &Work<'_>, (name, entry): &CheckedFile) -> bool {
    let name = shown_within(name);
    match entry {
        Ok(entry) => work.voice.say(&format!("{name}: {}", shown_within(&String::from_utf8_lossy(entry)))),
        Err(error) => work.voice.say(&format!("{name}: {}", error.said(&work.words.proof))),
    }
    entry.is_ok()
}

fn withheld(work: &Work<'_>, place: EntryRef) -> String {
    work.words.proof.withheld(place.segment, place.seq)
}

/// More than the longest entry in base64, with its hashes and the checkpoint.
const MAX_PROOF_LEN: u64 = 256 << 10;
/// More files than a folder of proofs holds.
const MAX_PROOFS: usize = 5_000;
