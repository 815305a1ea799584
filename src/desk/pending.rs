//! Questions to the registry that wait for their answer over a restart: sealed beside the journal before they are asked,
//! gone when the answer is in the log, or with a purge.
//!
//! A question names a person, and the log does not. So what was asked lies in a file of its own that only this device
//! opens, and after a restart the same question is asked again under the same id, signed by the new segment's key.
//!
//! Invariant: a desk that cannot keep or read them goes on; its log says how many questions are open.

use crate::keys::with_device_store;
use crate::plan::{DeskPlan, PENDING_FOLDER};
use bits::hex;
use bits::secret::{Pii, Secret};
use checkin::news::About;
use checkin::state::Halted;
use host::package_shelf::ShelfError;
use host::pending_folder::PendingFolder;
use host::sealed::{self, SealError};
use record::CandidateRef;
use record::statement::device_key_name;
use registry::wire::{parse_question, question_text};
use registry::{Query, RequestId};
use std::io;

/// Why questions cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum PendingError {
    /// The folder.
    #[error("the folder of open questions: {0}")]
    Folder(#[from] io::Error),
    /// The key that they are sealed for.
    #[error("the key of open questions: {0}")]
    Key(#[from] ShelfError),
    /// The same.
    #[error("the key of open questions: {0}")]
    Seal(#[from] SealError),
    /// The device's store.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Device(Halted),
}

/// The questions that wait.
pub(super) struct PendingStore {
    folder: PendingFolder,
    recipient: String,
}

impl PendingStore {
    /// Opens the store beside the journal; returns with it what an earlier run left open.
    pub(super) fn open(plan: &DeskPlan) -> Result<(Self, Vec<(Query, About)>), PendingError> {
        let (machine, base) = (plan.machine(), plan.base());
        let folder = PendingFolder::open(&plan.journal().join(PENDING_FOLDER))?;
        let name = device_key_name(&machine.exam.board, &machine.desk.id);
        let identity = with_device_store(machine, base, |store, _| Ok(folder.identity(store, &name)));
        let identity = identity.map_err(PendingError::Device)??;
        let left = folder.kept()?.iter().filter_map(|sealed| opened(sealed, &identity)).collect();
        let recipient = sealed::recipient_of(&identity)?;
        Ok((Self { folder, recipient }, left))
    }

    /// Keeps a question before it is asked.
    pub(super) fn keep(&self, query: &Query, about: &About) {
        let text = kept_text(query, about);
        let sealed = sealed::seal(text.reveal().as_bytes(), &[&self.recipient]).map_err(io::Error::other);
        let kept = sealed.and_then(|sealed| self.folder.keep(&query.request_id.to_string(), &sealed));
        if let Err(error) = kept {
            tracing::warn!(%error, "an open question could not be kept; a restart would forget it");
        }
    }

    /// The answer is in the log.
    pub(super) fn forget(&self, id: RequestId) {
        if let Err(error) = self.folder.forget(&id.to_string()) {
            tracing::warn!(%error, "an answered question could not be forgotten; a restart will ask it again");
        }
    }
}

fn opened(sealed: &[u8], identity: &Secret<String>) -> Option<(Query, About)> {
    let bytes = sealed::open(sealed, identity, MAX_LEN);
    let bytes = bytes.inspect_err(|error| tracing::warn!(%error, "an open question cannot be read")).ok()?;
    let (about, question) = std::str::from_utf8(bytes.expose()).ok()?.split_once('\n')?;
    Some((parse_question(question)?, about_of(about)?))
}

/// A question as it is kept: whom it is about, and what was asked.
pub(super) fn kept_text(query: &Query, about: &About) -> Pii<String> {
    Pii::new(format!("{}\n{}", about_line(about), question_text(query).reveal()))
}

fn about_line(about: &About) -> String {
    about.candidate.as_ref().map_or_else(|| NOBODY.to_owned(), |candidate| hex::encode_lower(&candidate.0))
}

fn about_of(line: &str) -> Option<About> {
    if line == NOBODY {
        return Some(About { candidate: None });
    }
    Some(About { candidate: Some(CandidateRef(hex::decode(line)?.try_into().ok()?)) })
}

/// Nobody in the roster is meant, or more than one.
const NOBODY: &str = "-";
const MAX_LEN: u64 = 64 << 10;
