//! Judges the files of a past inspection again, without the card.

use super::{Work, WorkError};
use cccd::dg13;
use emrtd::authenticity::trust::{MAX_ANCHORS, TrustStore};
use emrtd::evidence::{ActiveAnswer, MAX_ANSWER_FILE_BYTES};
use emrtd::lds::files::{FileId, LdsFiles};
use emrtd::replay::{Beside, replay_with};
use emrtd::report::page::PageWords as _;
use emrtd::report::{page, render};
use host::file;
use host::folder::write_new_file;
use host::trust::{TrustFolderError, read_trust_folder};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Which files, against which trust, as of when.
pub struct Inspect {
    /// EF.SOD.
    pub sod: PathBuf,
    /// EF.COM.
    pub com: Option<PathBuf>,
    /// EF.CardAccess.
    pub card_access: Option<PathBuf>,
    /// EF.CardSecurity.
    pub card_security: Option<PathBuf>,
    /// Data groups by their numbers.
    pub groups: Vec<(u8, PathBuf)>,
    /// The chip's kept answer to active authentication.
    pub evidence: Option<PathBuf>,
    /// The folder of CSCA certificates.
    pub trust: PathBuf,
    /// The moment as of which it is judged; `None` for now.
    pub at: Option<Timestamp>,
    /// What is said is for another program.
    pub json: bool,
    /// A new file for a page that a person can read.
    pub html: Option<PathBuf>,
    /// The page shows what the MRZ says about the holder.
    pub person: bool,
}

/// Tells every check. The exit code is the verdict: 0 PASS, 1 WARN, 2 UNKNOWN, 3 FAIL.
///
/// # Errors
/// What kept it from being judged or its page from being written.
pub fn inspect(work: &Work<'_>, asked: &Inspect) -> Result<u8, WorkError> {
    let (files, answer, trust) = (files(asked)?, answer(asked)?, trust(work, &asked.trust)?);
    let at = asked.at.unwrap_or(work.now);
    let beside = Beside { answer: answer.as_ref(), issue_date: Some(dg13::ISSUED) };
    let inspection = replay_with(files, beside, &trust, at);
    if let Some(path) = &asked.html {
        let page = page::html(&inspection, at, asked.person, &work.words.inspect);
        write_new_file(path, page.as_bytes())?;
    }
    if asked.json {
        work.voice.hand_on(&render::json(&inspection));
    } else {
        work.voice.put(&render::text(&inspection));
        work.voice.say(&work.words.inspect.meaning(inspection.overall));
    }
    Ok(inspection.overall.exit_code())
}

fn files(asked: &Inspect) -> Result<LdsFiles, WorkError> {
    let mut named = vec![(FileId::Sod, &asked.sod)];
    named.extend(asked.com.iter().map(|path| (FileId::Com, path)));
    named.extend(asked.card_access.iter().map(|path| (FileId::CardAccess, path)));
    named.extend(asked.card_security.iter().map(|path| (FileId::CardSecurity, path)));
    named.extend(asked.groups.iter().map(|(group, path)| (FileId::Dg(*group), path)));
    let mut files = LdsFiles::new();
    for (file, path) in named {
        if files.get(file).is_some() {
            return Err(WorkError::Twice(file));
        }
        files.insert(file, file::read(path, MAX_FILE_BYTES).map_err(|error| WorkError::at(path, error))?);
    }
    Ok(files)
}

/// The chip's answer, where it was kept.
fn answer(asked: &Inspect) -> Result<Option<ActiveAnswer>, WorkError> {
    let Some(path) = &asked.evidence else { return Ok(None) };
    let bytes = file::read(path, MAX_ANSWER_FILE_BYTES).map_err(|error| WorkError::at(path, error))?;
    let answer = ActiveAnswer::parse(&bytes);
    answer.map(Some).map_err(|error| WorkError::Answer { path: path.clone(), error })
}

/// A folder without any anchor is an empty store: every signer is unknown to it.
pub(super) fn trust(work: &Work<'_>, folder: &Path) -> Result<TrustStore, WorkError> {
    let found = match read_trust_folder(folder) {
        Ok(found) => found,
        Err(TrustFolderError::Empty(folder)) => {
            work.voice.complain(&work.words.inspect.empty_trust(folder.display()));
            return Ok(TrustStore::empty());
        }
        Err(error) => return Err(error.into()),
    };
    let (store, dropped) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref())?;
    found.skipped.iter().for_each(|skipped| work.voice.complain(&work.words.inspect.skipped(skipped)));
    for dropped in dropped.iter().take(MAX_ANCHORS) {
        work.voice.complain(&work.words.inspect.left_out(dropped.index + 1, dropped.cause));
    }
    Ok(store)
}

/// The largest file that is read: a group with a large portrait, and then some.
const MAX_FILE_BYTES: u64 = 4 << 20;
