//! One journal for each session, where a desk works from packages: a log's name holds its session, and what one session
//! wrote is handed over and purged without the next.

use crate::config::DeskConfig;
use checkin::failure::Failure;
use checkin::state::Halted;
use host::folder::list_folders;
use std::path::{Path, PathBuf};

/// The configuration of one session of a desk that works from packages.
///
/// # Errors
/// A halted desk with [`Failure::PackageDamaged`] for a session whose id cannot stand in a log's and a folder's name.
pub fn for_session(config: &DeskConfig, session: &str) -> Result<DeskConfig, Halted> {
    if !is_name(session) {
        return Err(Halted { failure: Failure::PackageDamaged, detail: format!("session {session:?}") });
    }
    let mut config = config.clone();
    config.session.id = session.to_owned();
    config.paths.journal = config.paths.journal.join(session);
    config.paths.copy = config.paths.copy.map(|copy| copy.join(session));
    Ok(config)
}

/// The configuration of the session that is meant: the one that is named, or the only one that this desk has a journal
/// of. A desk that works from single files has one journal, whatever its session.
///
/// # Errors
/// A halted desk with [`Failure::ConfigUnreadable`] that names the sessions when none of them is meant.
pub fn chosen(config: DeskConfig, base: &Path, named: Option<&str>) -> Result<DeskConfig, Halted> {
    if config.paths.packages.is_none() {
        return Ok(config);
    }
    let known = known(&config, base);
    let only = if known.len() == 1 { known.first().map(String::as_str) } else { None };
    match named.filter(|named| known.iter().any(|one| one == named)).or(only.filter(|_| named.is_none())) {
        Some(session) => for_session(&config, session),
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
    folders.into_iter().filter(|name| is_name(name)).collect()
}

fn is_name(session: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !session.is_empty() && !session.starts_with('.') && session.len() <= MAX_NAME_LEN && session.bytes().all(allowed)
}

const MAX_NAME_LEN: usize = 64;
