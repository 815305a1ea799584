//! The proof of one candidate's entries: a C2SP `tlog-proof` for each, and with it the entry itself.
//!
//! A proof shows its entry, the hashes beside its way to the root, and the segment's checkpoint: nothing of anybody
//! else. An entry that names two candidates does not exist; one that holds the document of another person, as a report
//! of somebody else who came on the candidate does, is named and not shown.

use super::{
    Files,
    finding::Verdict,
    history::History,
    proof_index::{INDEX_FILE, ProofIndex, file_name},
    verify::{Check, Verification},
};
use crate::language::ProofWords;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::spread::Spread;
use record::export::{DESK_CERT_FILE, segment_folder};
use record::export_form::is_litter;
use record::segment::open_entry;
use record::{AttendanceEvent, BoardKeys, CandidateRef, DeskCert, DocumentRef, Entry, EntryRef, ExportSource};
use std::collections::{BTreeMap, BTreeSet};
use tlog::Checkpoint;
use tlog::tree::{Hash, inclusion_proof, leaf_hash, root_from_proof};

/// One entry and the proof that it stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Which entry.
    pub place: EntryRef,
    /// The proof's text, C2SP `tlog-proof`; its `extra` line holds the entry.
    pub text: String,
    /// The entry's exact bytes.
    pub entry: Vec<u8>,
}

/// Why nothing is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The export itself does not stand.
    #[error("the export is not sound: {}", .0.word())]
    Export(Verdict),
    /// The candidate has no entry in it.
    #[error("the candidate has no entry in this export")]
    NoEntry,
    /// An entry could not be read a second time.
    #[error("an entry cannot be read again")]
    Unreadable,
    /// Not in the form of a proof.
    #[error("malformed tlog-proof")]
    Form,
    /// The checkpoint is not signed by the segment's key, or the key is not the desk's, or the desk is not the board's.
    #[error("the checkpoint is not signed by a desk of this board")]
    Signature,
    /// The hashes do not lead from the entry to the signed root.
    #[error("the proof does not lead to the signed root")]
    Root,
    /// More entries about one candidate than any log has.
    #[error("more than {MAX_ENTRIES} entries about one candidate")]
    TooMany,
    /// The folder does not say whom it is about, or names no entry of his.
    #[error(
        "the list “{INDEX_FILE}” is missing, is in no form of ours, or names no entry: this proves nothing about anybody"
    )]
    Nobody,
    /// A proof that the folder's own list names is not there.
    #[error("this proof is missing, or that of its segment's first entry is")]
    Missing,
    /// A file that the folder's own list does not name.
    #[error("the list “{INDEX_FILE}” does not name this file")]
    Foreign,
    /// The entry is another one than the file's name says.
    #[error("this is the proof of another entry than its name says")]
    Place,
    /// The entry is not about the candidate.
    #[error("this entry is not about the candidate")]
    Other,
}

impl ProofError {
    /// What a member of the board reads.
    pub fn said(self, words: &ProofWords) -> String {
        match self {
            Self::Export(verdict) => words.export(verdict.word()),
            Self::NoEntry => words.no_entry(),
            Self::Unreadable => words.unreadable(),
            Self::Form => words.form(),
            Self::Signature => words.signature(),
            Self::Root => words.root(),
            Self::TooMany => words.too_many(MAX_ENTRIES),
            Self::Nobody => words.nobody(INDEX_FILE),
            Self::Missing => words.missing(),
            Self::Foreign => words.foreign(INDEX_FILE),
            Self::Place => words.place(),
            Self::Other => words.other(),
        }
    }
}

/// What a log says about one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateProof {
    /// Who.
    pub index: ProofIndex,
    /// The first entry of each segment, which names the segment's key, and every entry that is shown.
    pub proofs: Vec<Proof>,
}

impl CandidateProof {
    /// The files of a folder of proofs, without the desk's certificate.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let proofs = self.proofs.iter().map(|proof| (file_name(proof.place), proof.text.clone().into_bytes()));
        proofs.chain([(INDEX_FILE.to_owned(), self.index.text().into_bytes())]).collect()
    }
}

/// Proves every entry that is about `candidate`, undo entries of his arrivals included. What holds another person's
/// document is named and not shown.
///
/// # Errors
/// [`ProofError`].
pub fn prove<S: Spread>(
    check: &Check<'_, S>,
    source: &dyn ExportSource,
    candidate: CandidateRef,
) -> Result<CandidateProof, ProofError> {
    let mut history = History::new(source);
    let verification: Verification = check.one(source, &mut history);
    let verdict = verification.verdict();
    if matches!(verdict, Verdict::Forged | Verdict::Undecided) {
        return Err(ProofError::Export(verdict));
    }
    let mut about = About::of(candidate);
    let mut proofs = Vec::new();
    for line in history.lines() {
        let (mut leaves, mut shown) = (Vec::new(), Vec::new());
        for bundle in history.bundles(line) {
            for raw in bundle.ok_or(ProofError::Unreadable)? {
                leaves.push(leaf_hash(&raw));
                let entry = Entry::parse(&raw).ok_or(ProofError::Unreadable)?;
                if about.shows(line.number, &entry)? || entry.seq == 0 {
                    shown.push((entry.seq, raw));
                }
            }
        }
        if shown.len() < 2 {
            continue;
        }
        let note = source.read(&format!("{}checkpoint", segment_folder(line.number)), MAX_NOTE_BYTES);
        let note = note.map_err(|_| ProofError::Unreadable)?;
        let note = std::str::from_utf8(&note).map_err(|_| ProofError::Unreadable)?;
        for (seq, raw) in shown {
            let index = usize::try_from(seq).map_err(|_| ProofError::Unreadable)?;
            let proof = inclusion_proof(&leaves, index).ok_or(ProofError::Unreadable)?;
            let place = EntryRef { segment: line.number, seq };
            proofs.push(Proof { place, text: write(&raw, index, &proof, note), entry: raw });
        }
    }
    if about.index.shown.is_empty() {
        Err(ProofError::NoEntry)
    } else {
        Ok(CandidateProof { index: about.index, proofs })
    }
}

/// Goes through a log in its order, and picks out what is about one candidate.
struct About {
    index: ProofIndex,
    /// The documents on which he was let in.
    documents: BTreeSet<DocumentRef>,
}

impl About {
    fn of(candidate: CandidateRef) -> Self {
        Self { index: ProofIndex::of(candidate), documents: BTreeSet::new() }
    }

    /// True when the entry is to be shown.
    fn shows(&mut self, segment: u32, entry: &Entry) -> Result<bool, ProofError> {
        use AttendanceEvent::{CheckIn, DuplicateReported, ManualDecision, ReEntry};
        let place = EntryRef { segment, seq: entry.seq };
        if !is_about(&entry.event, self.index.candidate, |refers| self.index.shown.contains(&refers)) {
            return Ok(false);
        }
        match &entry.event {
            CheckIn(check_in) => drop(self.documents.insert(check_in.doc)),
            ManualDecision { doc: Some(doc), admitted: true, .. } => drop(self.documents.insert(*doc)),
            _ => (),
        }
        let is_others = match &entry.event {
            DuplicateReported { doc: Some(doc), .. } | ReEntry { doc: Some(doc), .. } => !self.documents.contains(doc),
            _ => false,
        };
        let list = if is_others { &mut self.index.withheld } else { &mut self.index.shown };
        list.insert(place);
        if list.len() > MAX_ENTRIES { Err(ProofError::TooMany) } else { Ok(!is_others) }
    }
}

/// One file of a folder of proofs: its name, and the exact bytes of the entry that it proves.
pub type CheckedFile = (String, Result<Vec<u8>, ProofError>);

/// Checks a folder of proofs: whose it is, and every file that it must hold and no other.
///
/// # Errors
/// [`ProofError`] where the folder as a whole says nothing about anybody.
pub fn check(files: &Files, board: &BoardKeys) -> Result<(ProofIndex, Vec<CheckedFile>), ProofError> {
    let text = |name: &str| files.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let cert = text(DESK_CERT_FILE).and_then(|note| DeskCert::open(note, board).ok()).ok_or(ProofError::Signature)?;
    let index = text(INDEX_FILE).and_then(ProofIndex::parse).ok_or(ProofError::Nobody)?;
    if index.shown.is_empty() {
        return Err(ProofError::Nobody);
    }
    let openings = index.shown.iter().map(|place| EntryRef { seq: 0, ..*place });
    let wanted: BTreeMap<String, EntryRef> =
        openings.chain(index.shown.iter().copied()).map(|place| (file_name(place), place)).collect();
    let mut checked: Vec<CheckedFile> = Vec::new();
    for (name, place) in &wanted {
        let opening = file_name(EntryRef { seq: 0, ..*place });
        let entry = match (text(name), text(&opening)) {
            (Some(proof), Some(opening)) => check_one(proof, opening, *place, &cert, &index),
            _ => Err(ProofError::Missing),
        };
        checked.push((name.clone(), entry));
    }
    let is_known = |name: &String| name == DESK_CERT_FILE || name == INDEX_FILE || wanted.contains_key(name);
    let foreign = files.keys().filter(|name| !is_known(name) && !is_litter(name));
    checked.extend(foreign.map(|name| (name.clone(), Err(ProofError::Foreign))));
    Ok((index, checked))
}

/// Checks a proof that must be of the entry at `place`, and gives the entry's exact bytes. `opening` is the proof of
/// the segment's first entry.
fn check_one(
    text: &str,
    opening: &str,
    place: EntryRef,
    cert: &DeskCert,
    index: &ProofIndex,
) -> Result<Vec<u8>, ProofError> {
    let (first, one) = (read(opening)?, read(text)?);
    let (opened, key) = open_entry(&first.entry, &cert.device).ok_or(ProofError::Signature)?;
    for part in [&first, &one] {
        let checkpoint = Checkpoint::open(part.note, &key).map_err(|_| ProofError::Signature)?;
        let root = root_from_proof(leaf_hash(&part.entry), part.index, checkpoint.size, &part.hashes);
        if root != Some(checkpoint.root) {
            return Err(ProofError::Root);
        }
    }
    let entry = Entry::parse(&one.entry).ok_or(ProofError::Form)?;
    let of_desk = format!("{}/{}/{}/", cert.board, cert.exam, cert.desk);
    let is_there = opened.segment == place.segment && key.name().ends_with(&format!("/{:03}", place.segment));
    let is_it = (first.index, one.index, entry.seq) == (0, place.seq, place.seq);
    if !(is_there && is_it && key.name().starts_with(&of_desk)) {
        return Err(ProofError::Place);
    }
    let is_his = is_about(&entry.event, index.candidate, |refers| index.shown.contains(&refers));
    // The first entry of a segment names its key, and nobody.
    if is_his || !index.shown.contains(&place) { Ok(one.entry) } else { Err(ProofError::Other) }
}

struct Parts<'a> {
    entry: Vec<u8>,
    index: u64,
    hashes: Vec<Hash>,
    note: &'a str,
}

fn read(text: &str) -> Result<Parts<'_>, ProofError> {
    parse(text).ok_or(ProofError::Form)
}

fn parse(text: &str) -> Option<Parts<'_>> {
    let (head, note) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    (lines.next()? == PROOF_HEAD).then_some(())?;
    let entry = BASE64.decode(lines.next()?.strip_prefix("extra ")?).ok()?;
    let index = lines.next()?.strip_prefix("index ")?.parse().ok()?;
    let hashes = lines.map(|line| BASE64.decode(line).ok()?.try_into().ok()).collect::<Option<Vec<Hash>>>()?;
    (hashes.len() <= MAX_HASHES).then_some(Parts { entry, index, hashes, note })
}

fn write(entry: &[u8], index: usize, hashes: &[Hash], note: &str) -> String {
    let hashes: String = hashes.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    format!("{PROOF_HEAD}\nextra {}\nindex {index}\n{hashes}\n{note}", BASE64.encode(entry))
}

fn is_about(event: &AttendanceEvent, candidate: CandidateRef, is_own: impl Fn(EntryRef) -> bool) -> bool {
    use AttendanceEvent::{
        CheckIn, DuplicateReported, Elsewhere, Guest, LateAnswer, ManualDecision, NotAdmitted, PaperDecision,
        PersonViewed, PortraitDoubted, ReEntry, ReadFailed, Referred, Undo,
    };
    match event {
        CheckIn(check_in) => check_in.cand == candidate,
        ManualDecision { cand, .. } | NotAdmitted { cand, .. } | Referred { cand, .. } | ReadFailed { cand, .. } => {
            *cand == Some(candidate)
        }
        Elsewhere { cand, .. }
        | DuplicateReported { cand, .. }
        | ReEntry { cand, .. }
        | LateAnswer { cand, .. }
        | PersonViewed { cand, .. }
        | PortraitDoubted { cand, .. }
        | Guest { cand, .. }
        | PaperDecision { cand, .. } => *cand == candidate,
        Undo { refers, .. } => is_own(*refers),
        _ => false,
    }
}

const PROOF_HEAD: &str = "c2sp.org/tlog-proof@v1";
/// More entries about one candidate than any log has.
const MAX_ENTRIES: usize = 1_000;
/// More hashes than any tree of 2⁶⁴ entries has levels.
const MAX_HASHES: usize = 64;
const MAX_NOTE_BYTES: u64 = 4_096;
