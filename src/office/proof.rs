//! The proof of one candidate's entries: a C2SP `tlog-proof` for each, and with it the entry itself.
//!
//! A proof shows its entry, the hashes beside its way to the root, and the segment's checkpoint: nothing of anybody
//! else. An entry that names two candidates does not exist.

use super::{
    finding::Verdict,
    history::History,
    verify::{Check, Verification},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::spread::Spread;
use record::export::segment_folder;
use record::segment::open_entry;
use record::{AttendanceEvent, CandidateRef, Entry, EntryRef, ExportSource};
use tlog::tree::{Hash, inclusion_proof, leaf_hash, root_from_proof};
use tlog::{Checkpoint, NoteVerifier};

/// One entry and the proof that it stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Which entry.
    pub place: EntryRef,
    /// The proof's text, C2SP `tlog-proof`; its `extra` line holds the entry.
    pub text: String,
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
    #[error("not in the form of a tlog-proof with its entry")]
    Form,
    /// The checkpoint is not signed by the segment's key, or the key is not the desk's, or the desk is not the board's.
    #[error("the checkpoint is not signed by a desk of this board")]
    Signature,
    /// The hashes do not lead from the entry to the signed root.
    #[error("the proof does not lead to the signed root")]
    Root,
}

/// Proves every entry that is about `candidate`, undo entries of his arrivals included, and the first entry of each of
/// their segments, which names the segment's key.
///
/// # Errors
/// [`ProofError`].
pub fn prove<S: Spread>(
    check: &Check<'_, S>,
    source: &dyn ExportSource,
    candidate: CandidateRef,
) -> Result<Vec<Proof>, ProofError> {
    let mut history = History::new(source);
    let verification: Verification = check.one(source, &mut history);
    let verdict = verification.verdict();
    if matches!(verdict, Verdict::Forged | Verdict::Undecided) {
        return Err(ProofError::Export(verdict));
    }
    let mut proofs = Vec::new();
    let mut own: Vec<EntryRef> = Vec::new();
    for line in history.lines() {
        let mut raw = Vec::new();
        for bundle in history.bundles(line) {
            raw.extend(bundle.ok_or(ProofError::Unreadable)?);
        }
        let leaves: Vec<Hash> = raw.iter().map(|entry| leaf_hash(entry)).collect();
        let note = source.read(&format!("{}checkpoint", segment_folder(line.number)), MAX_NOTE_BYTES);
        let note = note.map_err(|_| ProofError::Unreadable)?;
        let note = std::str::from_utf8(&note).map_err(|_| ProofError::Unreadable)?;
        let before = own.len();
        for entry in raw.iter().filter_map(|entry| Entry::parse(entry)) {
            if is_about(&entry.event, candidate, &own) {
                own.push(EntryRef { segment: line.number, seq: entry.seq });
            }
        }
        let found = own.get(before..).unwrap_or_default().to_vec();
        let opening = (!found.is_empty()).then_some(EntryRef { segment: line.number, seq: 0 });
        for place in opening.into_iter().chain(found) {
            let index = usize::try_from(place.seq).map_err(|_| ProofError::Unreadable)?;
            let proof = inclusion_proof(&leaves, index).ok_or(ProofError::Unreadable)?;
            let entry = raw.get(index).ok_or(ProofError::Unreadable)?;
            proofs.push(Proof { place, text: write(entry, index, &proof, note) });
        }
    }
    if proofs.is_empty() { Err(ProofError::NoEntry) } else { Ok(proofs) }
}

/// Checks a proof, and gives its entry's exact bytes. `opening` is the proof of the segment's first entry, `desk` the
/// device key of a certificate that the board signed.
///
/// # Errors
/// [`ProofError`].
pub fn check(text: &str, opening: &str, desk: &NoteVerifier) -> Result<Vec<u8>, ProofError> {
    let first = read(opening)?;
    let (_, key) = open_entry(&first.entry, desk).ok_or(ProofError::Signature)?;
    let one = read(text)?;
    for part in [&first, &one] {
        let checkpoint = Checkpoint::open(part.note, &key).map_err(|_| ProofError::Signature)?;
        let root = root_from_proof(leaf_hash(&part.entry), part.index, checkpoint.size, &part.hashes);
        if root != Some(checkpoint.root) {
            return Err(ProofError::Root);
        }
    }
    (first.index == 0).then_some(one.entry).ok_or(ProofError::Form)
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

fn is_about(event: &AttendanceEvent, candidate: CandidateRef, own: &[EntryRef]) -> bool {
    use AttendanceEvent::{
        CheckIn, DuplicateReported, Elsewhere, LateAnswer, ManualDecision, NotAdmitted, PersonViewed, ReEntry,
        ReadFailed, Referred, Undo,
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
        | PersonViewed { cand, .. } => *cand == candidate,
        Undo { refers, .. } => own.contains(refers),
        _ => false,
    }
}

const PROOF_HEAD: &str = "c2sp.org/tlog-proof@v1";
/// More hashes than any tree of 2⁶⁴ entries has levels.
const MAX_HASHES: usize = 64;
const MAX_NOTE_BYTES: u64 = 4_096;
