//! What a registry signed under the log's head besides its answer: an anchor, or a word for why it is none.

use jiff::Timestamp;
use registry::{Asked, HeadLines};
use tlog::witness::WitnessedCheckpoint;
use tlog::{Checkpoint, CosignatureKey, NoteError};

/// What it is held against.
#[derive(Debug, Clone, Copy)]
pub struct OwnLog<'a> {
    /// Origin of the segment that is written now.
    pub origin: &'a str,
    /// Entries in it.
    pub size: u64,
    /// This desk's time.
    pub now: Timestamp,
    /// How far the signer's time may be from it, in seconds.
    pub tolerance_s: i64,
}

/// Checks it.
///
/// # Errors
/// A word for the log: `foreign-head`, `foreign-key`, `bad-signature`, `stale`.
pub fn judge_cosigned(
    key: &CosignatureKey,
    signed: &HeadLines,
    own: OwnLog<'_>,
) -> Result<WitnessedCheckpoint, &'static str> {
    let Asked { origin, size, root } = signed.head.clone();
    if origin != own.origin || size > own.size {
        return Err("foreign-head");
    }
    let witnessed = WitnessedCheckpoint::of_head(&Checkpoint { origin, size, root }, &signed.lines, key);
    let witnessed = witnessed.map_err(|error| match error {
        NoteError::NoSignature => "foreign-key",
        _ => "bad-signature",
    })?;
    let off_s = own.now.as_second().saturating_sub(witnessed.at().as_second());
    (off_s.abs() <= own.tolerance_s).then_some(witnessed).ok_or("stale")
}
