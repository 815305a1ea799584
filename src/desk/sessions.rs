//! One journal for each session, where a desk works from packages: a log's name holds its session, and what one session
//! wrote is handed over and purged without the next.

use crate::config::DeskConfig;
use crate::plan::DeskPlan;
use checkin::failure::Failure;
use checkin::state::Halted;
use host::folder::list_folders;
use record::ids::SessionId;
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
    let only = if known.len() == 1 { known.first().map(|one| &**one) } else { None };
    match named.filter(|named| known.iter().any(|one| *one == **named)).or(only.filter(|_| named.is_none())) {
        Some(session) => DeskPlan::of_session(config, base, session),
        None => {
            let detail =
                format!("--session must be one of: {}", known.iter().map(|one| &**one).collect::<Vec<_>>().join(", "));
            Err(Halted { failure: Failure::ConfigUnreadable, detail })
        }
    }
}

/// The journals of all sessions, and the one of a desk that works from single files.
pub(super) fn journals(config: &DeskConfig, base: &Path) -> Vec<(SessionId, PathBuf)> {
    let journal = base.join(&config.paths.journal);
    if config.paths.packages.is_none() {
        return config.session.log_id().parse().map(|session| (session, journal)).into_iter().collect();
    }
    let with_journal = |session: SessionId| (session.clone(), journal.join(&session));
    known(config, base).into_iter().map(with_journal).collect()
}

/// The sessions that this desk has a journal of.
pub(super) fn known(config: &DeskConfig, base: &Path) -> Vec<SessionId> {
    let folders = list_folders(&base.join(&config.paths.journal)).unwrap_or_default();
    folders.iter().filter_map(|name| name.parse().ok()).collect()
}
