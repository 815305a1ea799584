//! Hands over what is known of one person: her case as a paper, and a proof of each entry that anybody can check.
//!
//! Invariant: nothing of anybody else is in the folder, and nothing in it wants our program to be checked.

use super::super::{Ending, Work, WorkError};
use super::outputs;
use super::reporting::forms;
use super::reviewing::{Kept, Sources, loaded};
use crate::exam::LOGS_FOLDER;
use crate::language::BoardWords;
use crate::loaded::Loaded;
use crate::proof::{self, CandidateProof, Proof, ProofError};
use crate::proof_index::file_name;
use crate::review_papers::{Papers, Proven, Written};
use crate::{Check, Outside};
use bits::text::shown_within;
use host::export_folder::FolderSource;
use host::folder::write_folder;
use host::threads::SideBySide;
use record::export::{DESK_CERT_FILE, segment_folder};
use record::segment::digest;
use record::{CandidateRef, ExportSource as _};
use review::{Log, LogState};
use roster::CandidateNumber;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use words::Language;

/// One person's papers and proofs.
pub struct HandOver {
    /// What the review is made from.
    pub sources: Sources,
    /// Who.
    pub cand: CandidateRef,
    /// The new folder, outside the exam's.
    pub into: PathBuf,
}

/// The same by a candidate's number.
pub struct Person {
    /// What the review is made from.
    pub sources: Sources,
    /// The candidate's number.
    pub number: String,
    /// The new folder, outside the exam's.
    pub into: PathBuf,
}

/// Writes the folder of whoever has this number.
///
/// # Errors
/// What kept it from being done.
pub fn person(work: &Work<'_>, asked: &Person) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.into)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let rows = CandidateNumber::new(&asked.number).map(|number| loaded.exam.candidates.by_number(&number));
    match rows.unwrap_or_default().as_slice() {
        [one] => write(work, &asked.sources, &loaded, CandidateRef(one.id.0), &asked.into),
        [] => Ok(work.refused(&work.words.review.nobody(shown_within(&asked.number)))),
        _ => Ok(work.refused(&work.words.review.several(shown_within(&asked.number)))),
    }
}

/// Writes the folder of one person.
///
/// # Errors
/// What kept it from being done.
pub fn hand_over(work: &Work<'_>, asked: &HandOver) -> Result<Ending, WorkError> {
    outputs(&[]).check(&asked.into)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    write(work, &asked.sources, &loaded, asked.cand, &asked.into)
}

fn write(
    work: &Work<'_>,
    sources: &Sources,
    loaded: &Loaded,
    cand: CandidateRef,
    into: &Path,
) -> Result<Ending, WorkError> {
    let (mut files, mut proven) = (Vec::new(), Vec::new());
    for (name, export) in exports(&sources.folder, loaded, cand)? {
        let source = FolderSource::open(&export)?;
        let check =
            Check { board: &loaded.board, outside: &Outside::default(), spread: &SideBySide::new(), progress: &|_| {} };
        let of_log = match proof::prove(&check, &source, cand) {
            Ok(of_log) => of_log,
            // Of two kept exports of a log the shorter one may say nothing of her yet.
            Err(ProofError::NoEntry) => continue,
            Err(error) => return Err(error.into()),
        };
        of_log.index.withheld.iter().for_each(|place| {
            work.voice.remark(&work.words.proof.withheld(place.segment, place.seq));
        });
        proven.extend(proven_by(&name, &of_log));
        files.extend(of_export(&name, &of_log, &source)?);
    }
    let forms = forms(&sources.folder)?;
    let balances = loaded.balances();
    let words = BoardWords::load(Language::Vietnamese)?;
    let paper = Papers::new(loaded, &balances, &forms).of_person(cand, &proven, &words)?;
    files.push((PAPER_FILE.to_owned(), paper));
    files.push((GUIDE_FILE.to_owned(), GUIDE.as_bytes().to_vec()));
    write_folder(into, &files)?;
    work.voice.say(&work.words.review.handed_over(into.display(), proven.len()));
    Ok(Ending::Done)
}

/// The kept exports of every log that says something of a person, each with a folder's name: of one log the longest; of one
/// that contradicts itself all.
fn exports(folder: &Path, loaded: &Loaded, cand: CandidateRef) -> Result<Vec<(String, PathBuf)>, WorkError> {
    let (review, logs) = (&loaded.review, folder.join(LOGS_FOLDER));
    let kept = Kept::list(&logs)?;
    let sittings = review.sittings_of(cand);
    let places = sittings.iter().flat_map(|sitting| &sitting.entries);
    let mut about: BTreeMap<&str, &Log> =
        places.filter_map(|place| review.log(*place)).map(|log| (log.id.as_str(), log)).collect();
    let contradicted = review.logs().iter().filter(|log| log.state == LogState::Contradicted);
    about.extend(contradicted.filter(|log| says(log, cand)).map(|log| (log.id.as_str(), log)));
    let mut all = Vec::new();
    for log in about.into_values() {
        let mut own: Vec<PathBuf> = kept.of_log(log.id.as_str()).map(|name| logs.join(name)).collect();
        own.sort_by_cached_key(|path| (Reverse(size(path)), path.clone()));
        let wanted = if log.state == LogState::Contradicted { own.len() } else { 1 };
        let name = format!("{}-{}", log.id.desk(), log.id.session());
        all.extend(own.into_iter().take(wanted).enumerate().map(|(at, path)| match at {
            0 => (name.clone(), path),
            _ => (format!("{name}-{}", at + 1), path),
        }));
    }
    Ok(all)
}

fn says(log: &Log, cand: CandidateRef) -> bool {
    log.disputed.iter().any(|fact| fact.cand == Some(cand))
}

/// Bytes of an export's entries: of two exports of one log the larger one goes further.
fn size(export: &Path) -> u64 {
    let Ok(source) = FolderSource::open(export) else { return 0 };
    source.sizes().into_iter().filter(|(path, _)| path.contains("/entries/")).map(|(_, size)| size).sum()
}

fn proven_by(name: &str, of_log: &CandidateProof) -> Vec<Proven> {
    let one = |proof: &Proof| Proven {
        file: format!("{name}/{}", file_name(proof.place)),
        sha256: digest(proof.text.as_bytes()).to_string(),
    };
    of_log.proofs.iter().map(one).collect()
}

/// What `prove` writes, in a folder of its own; and beside it each entry as a file, with the keys of its segments, for whoever
/// checks a proof with another program.
fn of_export(name: &str, of_log: &CandidateProof, source: &FolderSource) -> Result<Vec<Written>, WorkError> {
    let mut files: Vec<Written> =
        of_log.files().into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)).collect();
    let cert = source.read(DESK_CERT_FILE, MAX_CERT_LEN)?;
    files.push((format!("{name}/{DESK_CERT_FILE}"), cert.into_owned()));
    for proof in &of_log.proofs {
        let file = file_name(proof.place).replace(".tlog-proof", ".json");
        files.push((format!("{name}.entries/{file}"), proof.entry.clone()));
    }
    let segments: BTreeSet<u32> = of_log.proofs.iter().map(|proof| proof.place.segment).collect();
    for segment in segments {
        let key = source.read(&format!("{}vkey", segment_folder(segment)), MAX_CERT_LEN)?;
        files.push((format!("{name}.entries/{segment:03}.vkey"), key.into_owned()));
    }
    Ok(files)
}

/// The paper.
const PAPER_FILE: &str = "ho-so.pdf";
/// How everything else is checked.
const GUIDE_FILE: &str = "READ-ME.txt";
const GUIDE: &str = include_str!("../../../../assets/forms/person-guide.txt");
/// More than any certificate or key has.
const MAX_CERT_LEN: u64 = 64 << 10;
