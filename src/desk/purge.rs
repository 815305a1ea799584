//! People's data leaves the desk for good, and the log says so.
//!
//! Refused until the board's receipt covers every segment of the journal, or two people overrule that, each by PIN and
//! one of them a head. The entry is on the disk before the first file goes; the journal itself stays, it names nobody.

use crate::keys::{desk_cert, device_key};
use crate::opening::opening;
use crate::overrule::OverrulePair;
use crate::package;
use crate::plan::{DeskPlan, EVIDENCE_FOLDER, PENDING_FOLDER};
use bits::stamp::Clock as _;
use checkin::state::Halted;
use host::clock::SystemClock;
use host::disk::{FileStore, JournalError};
use host::folder::{FolderError, read_text_file, remove};
use host::index::{INDEX_FILE, INDEX_TAILS};
use host::package_shelf::ShelfError;
use host::random::SystemRandom;
use record::receipt::Receipt;
use record::segment::{SegmentContent, SegmentDamage, read_segment};
use record::{
    AttendanceEvent, AttendanceLog, BoardKeys, BoardKeysError, Code, CodeError, Digest, LogFault, LogStore, StoreFault,
};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use tlog::{Checkpoint, NoteError, NoteVerifier};

/// Who allows it.
pub enum Leave<'a> {
    /// The board's receipt, a signed note.
    Receipt(&'a Path),
    /// Two people, who proved themselves.
    Overruled(&'a OverrulePair),
}

/// Why nothing was purged.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    /// Configuration or key cannot be read.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Config(Halted),
    /// The configuration names no key of the board (`paths.board_key`): no receipt can be checked.
    #[error("paths.board_key names no key of the board")]
    NoBoardKey,
    /// What `paths.board_key` names is no set of board keys.
    #[error("paths.board_key: {0}")]
    BoardKeys(#[from] BoardKeysError),
    /// Receipt or key is not good.
    #[error("the receipt or the board's key: {0}")]
    Note(#[from] NoteError),
    /// The board does not hold this segment, or not all of it.
    #[error("the receipt does not cover segment {segment}")]
    NotCovered {
        /// Which.
        segment: u32,
    },
    /// A person's code is none.
    #[error("an operator's code: {0}")]
    Code(#[from] CodeError),
    /// The journal cannot be had; a running desk holds it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A segment was damaged.
    #[error("segment {segment}: {damage}")]
    Damaged {
        /// Which.
        segment: u32,
        /// What.
        damage: SegmentDamage,
    },
    /// The entry cannot be written.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// The folder of packages cannot be read.
    #[error(transparent)]
    Packages(#[from] ShelfError),
    /// A file cannot be read or removed. The entry stands; the purge can be repeated.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// The files and folders that were there.
    pub removed: Vec<PathBuf>,
}

/// Writes the entry and removes roster, exam key, evidence and open questions.
///
/// # Errors
/// [`PurgeError`].
pub fn purge(plan: &DeskPlan, leave: &Leave<'_>) -> Result<Purged, PurgeError> {
    let (config, base) = (plan.machine(), plan.base());
    let device = device_key(config, base).map_err(PurgeError::Config)?;
    let cert = desk_cert(config, base).map_err(PurgeError::Config)?;
    let mut store = FileStore::open(plan.journal())?;
    let (receipt, overruled_by) = match leave {
        Leave::Receipt(path) => (Some(checked(plan, path, &mut store, device.verifier())?), Vec::new()),
        Leave::Overruled(pair) => (None, pair.codes()),
    };
    let (names, places): (Vec<_>, Vec<_>) =
        personal(plan)?.into_iter().filter(|(_, places)| !places.is_empty()).unzip();
    let what = names.into_iter().map(Code::new).collect::<Result<Vec<_>, _>>()?;
    let operator = operator(plan, leave)?;
    let opening = opening(plan, device.as_ref(), cert, operator.clone(), String::new());
    let (mut log, _) = AttendanceLog::open(store, &opening, SystemClock.now(), &mut SystemRandom)?;
    log.append(&operator, AttendanceEvent::Purged { what, receipt, overruled_by }, SystemClock.now())?;
    log.close(&operator, SystemClock.now())?;
    for tail in INDEX_TAILS {
        remove(&plan.journal().join(format!("{INDEX_FILE}{tail}")))?;
    }
    let mut removed = Vec::new();
    for place in places.into_iter().flatten() {
        if remove(&place)? {
            removed.push(place);
        }
    }
    Ok(Purged { removed })
}

/// Whose entry it is: who answers for it, or whom the file of a desk outside a package names. With a receipt, nobody has
/// proved to be anybody at a desk that works from packages.
fn operator(plan: &DeskPlan, leave: &Leave<'_>) -> Result<Code, CodeError> {
    let config = plan.machine();
    match leave {
        Leave::Overruled(pair) => Ok(pair.answering().clone()),
        Leave::Receipt(_) if config.paths.packages.is_none() && !config.desk.operator.is_empty() => {
            Code::new(&config.desk.operator)
        }
        Leave::Receipt(_) => Ok(Code::unknown()),
    }
}

/// What the desk keeps of people: the log's word for it, and where it lies.
fn personal(plan: &DeskPlan) -> Result<Vec<(&'static str, Vec<PathBuf>)>, PurgeError> {
    let (config, base, journal) = (plan.machine(), plan.base(), plan.journal());
    // A desk that works from packages names neither file, and an empty path is the folder itself.
    let named = |path: &PathBuf| (!path.as_os_str().is_empty()).then(|| base.join(path)).into_iter().collect();
    Ok(vec![
        ("package", package::kept(plan)?),
        ("roster", named(&config.paths.roster)),
        ("exam-key", named(&config.paths.exam_key)),
        ("evidence", vec![journal.join(EVIDENCE_FOLDER)]),
        ("pending", vec![journal.join(PENDING_FOLDER)]),
        ("index", vec![journal.join(INDEX_FILE)]),
    ])
}

/// The receipt's digest, when it covers the whole journal.
fn checked(
    plan: &DeskPlan,
    receipt: &Path,
    store: &mut FileStore,
    device: &NoteVerifier,
) -> Result<Digest, PurgeError> {
    let key = plan.machine().paths.board_key.as_ref().ok_or(PurgeError::NoBoardKey)?;
    let board = BoardKeys::parse(&read_text_file(&plan.base().join(key))?)?;
    let note = read_text_file(receipt)?;
    let receipt = Receipt::open(&note, &board)?;
    for segment in store.segments()? {
        let content = read_segment(&store.read(segment)?, device);
        match content.map_err(|damage| PurgeError::Damaged { segment, damage })? {
            SegmentContent::Good(good) => {
                let head = Checkpoint::open(&good.checkpoint, &good.key)?;
                // A purge that is repeated has left a segment of its own behind the receipt.
                let is_purge = good.entries.iter().any(|entry| matches!(entry.event, AttendanceEvent::Purged { .. }));
                if !receipt.covers(&head) && !is_purge {
                    return Err(PurgeError::NotCovered { segment });
                }
            }
            SegmentContent::Nothing { .. } => (),
        }
    }
    Ok(Digest(Sha256::digest(note.as_bytes()).into()))
}
