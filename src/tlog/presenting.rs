//! How a log is brought to a witness: its segments in their order, each linked to the one before.
//!
//! A witness remembers a *log* (board, exam, desk, session), not a key. It takes a new segment only behind the head
//! that it saw last: so a segment that was written while nobody could be reached is brought first, and a journal that
//! is shorter than that head, or another one, has no way in.

use super::checkpoint::Checkpoint;
use super::consistency::consistency_proof;
use super::cosignature::{CosignatureKey, verify};
use super::tree::{Hash, Tree};
use super::witness::{Introduction, MAX_COSIGNED_LEN, Submission, Witness, WitnessFault, WitnessedCheckpoint};
use std::sync::Arc;

/// One segment as a witness gets to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedSegment {
    /// What the witness is told of the segment before its first checkpoint.
    pub introduction: Introduction,
    /// The [`leaf_hash`](super::tree::leaf_hash) of each entry, in order: proofs are made of them.
    pub leaves: Vec<Hash>,
    /// A checkpoint over all of these leaves, a note by the segment's key.
    pub checkpoint: String,
}

impl PresentedSegment {
    fn size(&self) -> u64 {
        u64::try_from(self.leaves.len()).unwrap_or(u64::MAX)
    }

    /// True when this segment had this head at some time.
    fn had(&self, head: &Checkpoint) -> bool {
        let size = usize::try_from(head.size).ok();
        let until = size.and_then(|size| self.leaves.get(..size));
        head.origin == self.introduction.origin && until.is_some_and(|until| Tree::of(until).root() == head.root)
    }
}

/// A whole log.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// The log's name: origins without the segment's number.
    pub log: String,
    /// The segments before, in order.
    pub earlier: Arc<[PresentedSegment]>,
    /// The segment that is being written.
    pub current: PresentedSegment,
}

/// The last head of the log `log` that the witness has signed; `None` where it has seen nothing of it. The note that
/// comes with it holds the witness's fresh signature.
///
/// # Errors
/// [`WitnessFault`]; [`WitnessFault::BadSignature`] for a head of another log too.
pub fn last_head(
    witness: &mut dyn Witness,
    key: &CosignatureKey,
    log: &str,
) -> Result<Option<(Checkpoint, String)>, WitnessFault> {
    let Some(note) = witness.last_head(log)? else { return Ok(None) };
    if note.len() > MAX_COSIGNED_LEN {
        return Err(WitnessFault::TooLarge);
    }
    let cosigned = verify(&note, key).map_err(|_| WitnessFault::BadSignature)?;
    let head = cosigned.checkpoint().clone();
    let is_of_log = head.origin.rsplit_once('/').is_some_and(|(name, _)| name == log);
    if is_of_log { Ok(Some((head, note))) } else { Err(WitnessFault::BadSignature) }
}

/// True when one of these segments had this head at some time.
pub fn holds(segments: &[PresentedSegment], head: &Checkpoint) -> bool {
    segments.iter().any(|segment| segment.had(head))
}

/// Gets a cosignature over the head of the current segment; `old_size` is what the witness has signed of it as far as
/// the caller knows. Where the witness does not know the segment, the log is brought up to it first; where it knows
/// another size, that one is taken. Each happens once; what fails then fails.
///
/// # Errors
/// [`WitnessFault`]; [`WitnessFault::RolledBack`] when this log does not hold what the witness has seen of it.
pub fn anchor(
    witness: &mut dyn Witness,
    key: &CosignatureKey,
    log: &Presentation,
    mut old_size: u64,
) -> Result<WitnessedCheckpoint, WitnessFault> {
    let (mut may_introduce, mut may_follow) = (true, true);
    loop {
        match submit(witness, key, &log.current, old_size) {
            // 403: it knows another segment by this origin.
            Err(WitnessFault::UnknownLog | WitnessFault::Refused { status: 403 })
                if std::mem::take(&mut may_introduce) =>
            {
                introduce(witness, key, log)?;
                old_size = FIRST;
            }
            Err(WitnessFault::Conflict { size }) if size > log.current.size() => {
                return Err(WitnessFault::RolledBack { size });
            }
            Err(WitnessFault::Conflict { size }) if std::mem::take(&mut may_follow) => old_size = size,
            ended => return ended,
        }
    }
}

/// Makes the current segment known, and before it every segment that the witness has not seen to its end.
fn introduce(witness: &mut dyn Witness, key: &CosignatureKey, log: &Presentation) -> Result<(), WitnessFault> {
    let known = last_head(witness, key, &log.log)?;
    let missing = match &known {
        // It begins where it is told first.
        None => &[],
        Some((head, _)) if log.current.had(head) => return Ok(()),
        Some((head, _)) => {
            let rolled_back = WitnessFault::RolledBack { size: head.size };
            let place = log.earlier.iter().position(|one| one.had(head)).ok_or(rolled_back)?;
            let (seen, missing) = log.earlier.get(place..).and_then(<[_]>::split_first).ok_or(rolled_back)?;
            if head.size < seen.size() {
                submit(witness, key, seen, head.size).map_err(behind)?;
            }
            missing
        }
    };
    for segment in missing {
        witness.add_log(&segment.introduction).map_err(behind)?;
        if segment.size() > FIRST {
            submit(witness, key, segment, FIRST).map_err(behind)?;
        }
    }
    witness.add_log(&log.current.introduction).map_err(behind)
}

fn submit(
    witness: &mut dyn Witness,
    key: &CosignatureKey,
    segment: &PresentedSegment,
    old_size: u64,
) -> Result<WitnessedCheckpoint, WitnessFault> {
    let proof = consistency_proof(&segment.leaves, old_size);
    let proof = proof.ok_or(WitnessFault::RolledBack { size: old_size })?;
    let submission = Submission { old_size, proof, checkpoint: segment.checkpoint.clone() };
    let lines = witness.add_checkpoint(&submission)?;
    WitnessedCheckpoint::check(&submission, &lines, key).map_err(|_| WitnessFault::BadSignature)
}

/// While a log is brought up, a witness that has gone on from somewhere else has seen another log by its name.
fn behind(fault: WitnessFault) -> WitnessFault {
    match fault {
        WitnessFault::Conflict { size } => WitnessFault::RolledBack { size },
        other => other,
    }
}

/// A segment that was introduced is known as far as its first entry, which came with the introduction.
const FIRST: u64 = 1;
