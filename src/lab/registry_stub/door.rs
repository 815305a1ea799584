//! Who may ask in the dialect of signed notes: whoever signed the question with the key that it presents, and, where the
//! stub knows a board, whom that board certified.

use super::StubError;
use super::persons::is_number;
use super::settings::StubSettings;
use axum::http::StatusCode;
use host::file;
use jiff::Timestamp;
use record::statement::endorsed;
use record::{BoardKeys, DeskCert, RevocationList};
use registry::Query;
use registry::wire::{Papers, parse_presented};
use std::io;
use std::path::Path;
use tlog::NoteVerifier;

/// What the stub knows of those who ask.
#[derive(Default)]
pub(super) struct Door {
    board: Option<BoardKeys>,
    revocations: Option<RevocationList>,
}

impl Door {
    pub(super) fn of(settings: &StubSettings) -> Result<Self, StubError> {
        let Some(path) = &settings.board_key else { return Ok(Self::default()) };
        let board = BoardKeys::parse(&text(path)?).map_err(|error| StubError::Board(error.to_string()))?;
        let list = |path| RevocationList::open(&text(path)?, &board).map_err(StubError::from);
        let revocations = settings.revocations.as_deref().map(list).transpose()?;
        Ok(Self { board: Some(board), revocations })
    }

    /// The question of somebody who may ask; otherwise the status that says why not: 400 for no question, 401 where the
    /// key that it presents did not sign it, 403 where that key is not a certified desk's.
    pub(super) fn let_in(&self, body: &str, now: Timestamp) -> Result<Query, StatusCode> {
        let (text, _) = body.rsplit_once("\n\n").ok_or(StatusCode::BAD_REQUEST)?;
        let (query, papers) = parse_presented(&format!("{text}\n")).ok_or(StatusCode::BAD_REQUEST)?;
        if !is_number(query.number.reveal()) {
            return Err(StatusCode::BAD_REQUEST);
        }
        let key = signer(body, &query.asked.origin, &papers).ok_or(StatusCode::UNAUTHORIZED)?;
        match &self.board {
            Some(board) => self.certified(board, &key, &papers, now).map(|()| query).ok_or(StatusCode::FORBIDDEN),
            None => Ok(query),
        }
    }

    /// From the board to the key, link by link, on this day.
    fn certified(&self, board: &BoardKeys, key: &NoteVerifier, papers: &Papers, now: Timestamp) -> Option<()> {
        let cert = DeskCert::open(&papers.desk_cert, board).ok()?;
        let is_today = cert.not_before <= now && now <= cert.not_after;
        let is_revoked = self.revocations.as_ref().is_some_and(|list| list.of(cert.serial).is_some());
        let DeskCert { board, exam, desk, device, .. } = &cert;
        let is_own = key.name().starts_with(&format!("{board}/{exam}/{desk}/"));
        let named = endorsed(&papers.endorsement, key.name(), device).ok()?;
        (is_today && !is_revoked && is_own && named == *key).then_some(())
    }
}

/// The key that the question presents, where it is named by the question's log and signed all of it.
fn signer(body: &str, origin: &str, papers: &Papers) -> Option<NoteVerifier> {
    let key = NoteVerifier::parse(&papers.key).ok().filter(|key| key.name() == origin)?;
    key.open(body).is_ok().then_some(key)
}

fn text(path: &Path) -> Result<String, StubError> {
    let bytes = file::read(path, MAX_LEN)?;
    String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData).into())
}

const MAX_LEN: u64 = 1 << 20;
