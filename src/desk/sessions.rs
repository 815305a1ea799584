//! One journal for each session, where a desk works from packages: a log's name holds its session, and what one session
//! wrote is handed over and purged without the next.

use crate::config::DeskConfig;
use crate::plan::{DeskPlan, is_session_name};
use checkin::failure::Failure;
use checkin::state::Halted;
use host::folder::list_folders;
use std::path::{Path, PathBuf};

/// The plan of the session that is meant: the one that is named, or the only one that this desk has a journal
/// of. A desk that works from single files has one journal, whatever its session.
///
/// # Errors
/// A halted desk with [`Failure::ConfigUnreadable`] that names the sessions when none of them is meant.
pub fn chosen(config: &DeskConfig, base: &Path, named: Option<&str>) -> Result<DeskPlan, Halted> {
    if config.paths.packages.is_none() {
        return DeskPlan::of_files(config, base);
    }
    let known = known(config, base);
    let only = if known.len() == 1 { known.first().map(String::as_str) } else { None };
    match named.filter(|named| known.iter().any(|one| one == named)).or(only.filter(|_| named.is_none())) {
        Some(session) => DeskPlan::of_session(config, base, session),
        None => {
            let detail = format!("--session must be one of: {}", known.join(", "));
            Err(Halted { failure: Failure::ConfigUnreadable, detail })
        }
    }
}

/// The journals of all sessions, and the one of a desk that works from single files.
pub(super) fn journals(config: &DeskConfig, base: &Path) -> Vec<PathBuf> {
    let journal = base.join(&config.paths.journal);
    let of_sessions = known(config, base).into_iter().map(|session| journal.join(session));
    match config.paths.packages {
        Some(_) => of_sessions.collect(),
        None => vec![journal],
    }
}

/// The sessions that this desk has a journal of.
fn known(config: &DeskConfig, base: &Path) -> Vec<String> {
    let folders = list_folders(&base.join(&config.paths.journal)).unwrap_or_default();
    folders.into_iter().filter(|name| is_session_name(name)).collect()
}
