//! Frames of a segment file: `u32 LE length | u32 LE CRC-32 of (kind ‖ payload) | u8 kind | payload`.

/// The longest entry, in bytes of JSON: a bundle of C2SP `tlog-tiles` has two bytes for a length.
pub const MAX_ENTRY_LEN: usize = 65_535;
/// The longest checkpoint as a note, in bytes.
pub const MAX_CHECKPOINT_LEN: usize = 4_096;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// An entry.
    Entry,
    /// A checkpoint over all entries so far.
    Checkpoint,
}

/// One good frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Entry or checkpoint: the byte before the payload.
    pub kind: FrameKind,
    /// The JSON of an entry, or the text of a signed note.
    pub payload: &'a [u8],
    /// Where the next frame begins, in bytes from the start of the file.
    pub end: usize,
}

/// Writes one frame.
pub fn encode(kind: FrameKind, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LEN + payload.len());
    // Both limits are far below four gigabytes; a longer payload would fail its own frame's check.
    out.extend_from_slice(&u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&checksum(kind.byte(), payload).to_le_bytes());
    out.push(kind.byte());
    out.extend_from_slice(payload);
    out
}

/// Reads the frame at `offset`; `None` when no good one stands there.
pub fn read(bytes: &[u8], offset: usize) -> Option<Frame<'_>> {
    let start = offset.checked_add(HEADER_LEN)?;
    let header = bytes.get(offset..start)?;
    let len = usize::try_from(u32::from_le_bytes(header.get(..4)?.try_into().ok()?)).ok()?;
    let crc = u32::from_le_bytes(header.get(4..8)?.try_into().ok()?);
    let kind = FrameKind::of(*header.get(8)?).filter(|kind| len <= kind.max_len())?;
    let end = start.checked_add(len)?;
    let payload = bytes.get(start..end)?;
    (checksum(kind.byte(), payload) == crc).then_some(Frame { kind, payload, end })
}

impl FrameKind {
    fn of(byte: u8) -> Option<Self> {
        [Self::Entry, Self::Checkpoint].into_iter().find(|kind| kind.byte() == byte)
    }

    fn byte(self) -> u8 {
        match self {
            Self::Entry => 1,
            Self::Checkpoint => 2,
        }
    }

    fn max_len(self) -> usize {
        match self {
            Self::Entry => MAX_ENTRY_LEN,
            Self::Checkpoint => MAX_CHECKPOINT_LEN,
        }
    }
}

fn checksum(kind: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(payload);
    hasher.finalize()
}

const HEADER_LEN: usize = 9;
