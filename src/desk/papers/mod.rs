//! Papers of a running desk: the list every minute and the forms about a person, as PDFs on the stick that the board's
//! rules name. A thread of its own draws and writes them; what became of each goes back to the brain.
//!
//! Invariants:
//! - Nothing is written but to another medium than the journal's: no paper in the open on the desk's own disk.
//! - A list is there whole or not at all; the one before stays until the next is whole.
//! - The same facts give the same bytes.

mod case;
mod forms;
mod frame;
mod list;
mod readiness;

pub use case::case_pdf;
pub use list::list_pdf;
pub use readiness::readiness_pdf;

use crate::orders::Message;
use ::paper::PaperError;
use checkin::event::Event;
use checkin::paper::{AttendanceSheet, CasePaper, PaperNews};
use host::disk::{is_other_medium, wipe};
use host::durable::{self, Medium};
use record::Digest;
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};

/// Why a paper is not where it should be.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// It cannot be drawn.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The words of the forms cannot be read: a fault of the build.
    #[error("the words of the forms: {0}")]
    Forms(#[from] toml::de::Error),
    /// The folder lies on the disk of the journal, perhaps because no stick is there.
    #[error("{0} is no other medium than the journal's")]
    OwnDisk(PathBuf),
    /// The medium is gone, full or refuses.
    #[error("{path}: {error}")]
    Medium {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

/// What the thread is told.
pub(super) enum PaperOrder {
    /// Write the list in the place of the one before.
    List(Box<AttendanceSheet>),
    /// Write a form about a person.
    Case(Box<CasePaper>),
    /// Take the list away.
    Wipe,
}

/// Where papers go.
pub struct PaperPlace<M: Medium> {
    /// The folder that the rules name.
    pub folder: PathBuf,
    /// The folder of the journal: papers never lie on its disk.
    pub own: PathBuf,
    /// The name of the list's file.
    pub list: String,
    /// What writes.
    pub medium: M,
}

impl<M: Medium> PaperPlace<M> {
    /// Writes the list in the place of the one before; its digest.
    ///
    /// # Errors
    /// [`PapersError`]; the list before is still there, if the medium is.
    pub fn write_list(&mut self, sheet: &AttendanceSheet) -> Result<Digest, PapersError> {
        let name = self.list.clone();
        self.put(&name, &list_pdf(sheet)?)
    }

    /// Writes a form about a person; its digest. Each has a name of its own.
    ///
    /// # Errors
    /// [`PapersError`].
    pub fn write_case(&mut self, paper: &CasePaper) -> Result<Digest, PapersError> {
        let number = paper.number.as_deref().unwrap_or("khong-sbd");
        let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{}-{number}-{}.pdf", paper.kind.code(), paper.head.log.entries);
        self.put(&name, &case_pdf(paper)?)
    }

    /// Takes the list away, and what stood in it.
    ///
    /// # Errors
    /// [`PapersError`].
    pub fn wipe_list(&self) -> Result<(), PapersError> {
        self.require_other_medium()?;
        let path = self.folder.join(&self.list);
        wipe(&path).map_err(|error| PapersError::Medium { path, error })
    }

    fn put(&mut self, name: &str, pdf: &[u8]) -> Result<Digest, PapersError> {
        self.require_other_medium()?;
        let path = self.folder.join(name);
        durable::replace(&mut self.medium, &path, pdf).map_err(|error| PapersError::Medium { path, error })?;
        Ok(Digest(Sha256::digest(pdf).into()))
    }

    fn require_other_medium(&self) -> Result<(), PapersError> {
        let at = |error| PapersError::Medium { path: self.folder.clone(), error };
        match is_other_medium(&self.folder, &self.own).map_err(at)? {
            true => Ok(()),
            false => Err(PapersError::OwnDisk(self.folder.clone())),
        }
    }
}

/// The name of the list's file of this desk and session.
pub(super) fn list_name(desk: &str, session: &str) -> String {
    format!("danh-sach-{desk}-{session}.pdf")
}

/// Writes until nobody gives orders any more.
pub(super) fn run<M: Medium>(mut place: PaperPlace<M>, orders: &Receiver<PaperOrder>, inbox: &SyncSender<Message>) {
    while let Ok(order) = orders.recv() {
        let news = obey(&mut place, &order);
        if inbox.send(Message::Event(Event::Paper(news))).is_err() {
            break;
        }
    }
}

fn obey<M: Medium>(place: &mut PaperPlace<M>, order: &PaperOrder) -> PaperNews {
    let told = |error: &PapersError| tracing::warn!(%error, "a paper is not where it should be");
    match order {
        PaperOrder::List(sheet) => match place.write_list(sheet).inspect_err(told) {
            Ok(sha256) => PaperNews::ListWritten { sha256 },
            Err(_) => PaperNews::ListLost,
        },
        PaperOrder::Case(paper) => match place.write_case(paper).inspect_err(told) {
            Ok(sha256) => PaperNews::Printed { kind: paper.kind, cand: paper.cand, sha256 },
            Err(_) => PaperNews::NotPrinted,
        },
        PaperOrder::Wipe => PaperNews::Wiped(place.wipe_list().inspect_err(told).is_ok()),
    }
}

/// The folder of a plan's rules; nothing where they allow no papers.
pub(super) fn folder(named: &str, base: &Path) -> Option<PathBuf> {
    (!named.is_empty()).then(|| base.join(named))
}
