//! The log is carried off to a stick: before a session ends, and once more when its last entry is written.
//!
//! A copy counts only where it lies on another medium than the log itself and was read back. What the registry was asked
//! and has not answered is sealed for the board and goes with it.
//!
//! Invariant: a stick that is gone, full or refuses stops nothing; the screen says so and two people may go on.

use crate::logbook::LogHand;
use crate::pending;
use crate::plan::EVIDENCE_FOLDER;
use checkin::event::{Event, Purpose};
use checkin::news::About;
use checkin::records;
use host::disk::{self, JournalError, kept_anchors, kept_evidence};
use host::folder::{FolderError, write_folder};
use host::sealed;
use record::export::{Beside, ExportFault};
use record::{AttendanceEvent, Digest, LogStore};
use registry::Query;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::PathBuf;
use tlog::NoteSigner;

/// Where the log goes, and what signs its manifest.
pub(super) struct Carry {
    pub(super) folder: PathBuf,
    pub(super) desk_cert: String,
    pub(super) device: Box<dyn NoteSigner>,
}

/// Why the log was not carried off.
#[derive(Debug, thiserror::Error)]
enum CarryError {
    /// This desk carries nothing off.
    #[error("paths.export names no folder")]
    NoPlace,
    /// The folder lies on the disk of the journal, perhaps because no stick is there.
    #[error("{0} is no other medium than the journal's")]
    OwnDisk(PathBuf),
    /// What stands beside the log cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The same.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The log cannot be laid out.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// The medium cannot be looked at.
    #[error(transparent)]
    Medium(#[from] std::io::Error),
}

impl<S: LogStore> LogHand<S> {
    /// Before the end: the entry about it follows what was carried off.
    pub(super) fn carry_off(&mut self) {
        let (size, root) = (self.log.size(), Digest(self.log.head().root));
        let whole = self.is_carried();
        let event =
            if whole { AttendanceEvent::Export { size, root } } else { records::device_news("export", "not-written") };
        self.append(Purpose::Note, event);
        self.tell(Event::CarriedOff { whole });
    }

    /// After the last entry: nothing is written any more.
    pub(super) fn carry_off_closed(&mut self) {
        if self.carry.is_some() {
            let whole = self.is_carried();
            self.tell(Event::CarriedOff { whole });
        }
    }

    fn is_carried(&mut self) -> bool {
        let carried = self.carried();
        if let Err(error) = &carried {
            tracing::error!(%error, "the log was not carried off");
        }
        carried.is_ok()
    }

    fn carried(&mut self) -> Result<(), CarryError> {
        let carry = self.carry.as_ref().ok_or(CarryError::NoPlace)?;
        if !disk::is_other_medium(&carry.folder, &self.journal)? {
            return Err(CarryError::OwnDisk(carry.folder.clone()));
        }
        let evidence = kept_evidence(&self.journal.join(EVIDENCE_FOLDER))?;
        let beside = Beside { anchors: kept_anchors(&self.journal)?, evidence };
        let origin = self.log.head().origin;
        let files = self.log.export(&beside, &carry.desk_cert, carry.device.as_ref())?;
        // Each has a name of its own: none takes the place of another before it is whole.
        let name = format!("{}-{}", origin.replace('/', "_"), self.log.size());
        Ok(write_folder(&carry.folder.join(name), &files)?)
    }

    /// Seals what was asked and not answered; its digest, where there is something and somebody to seal it for.
    pub(super) fn seal_questions(&self, open: &[(Query, About)]) -> Option<Digest> {
        if open.is_empty() || self.evidence.recipient.is_empty() {
            return None;
        }
        let mut text = OPEN_QUESTIONS.to_owned();
        for (query, about) in open {
            let _ = write!(text, "\n{}", pending::kept_text(query, about).reveal());
        }
        let sealed = sealed::seal(text.as_bytes(), &[&self.evidence.recipient]).map_err(|error| error.to_string());
        let kept = sealed.and_then(|sealed| {
            let sha256 = Digest(Sha256::digest(&sealed).into());
            let folder = self.journal.join(EVIDENCE_FOLDER);
            disk::keep_evidence(&folder, &sha256.to_string(), &sealed).map_err(|error| error.to_string())?;
            Ok(sha256)
        });
        kept.inspect_err(|error| tracing::error!(%error, "open questions could not be sealed for the board")).ok()
    }
}

/// The first line of what was asked and not answered; each question follows behind an empty line.
const OPEN_QUESTIONS: &str = "diemdanh/open-questions/v1\n";
