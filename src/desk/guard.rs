//! Who may try a PIN, from one start to the next: wrong PINs are entries of the log, and a note that the device key
//! signed says how far the log went.
//!
//! | What is found | What it comes to |
//! |---|---|
//! | the note, and journals that go as far as it says | wrong PINs as the journals count them |
//! | no note, or one of another key | locked: a head of site has to sign in |
//! | journals that are shorter than the note says, or damaged | locked |
//! | a note that names another set of board keys | the desk does not open |
//!
//! Whoever takes note and journals away together, or puts older copies of both back, is told by the witness of the log,
//! where one was reached before; without one by nobody.
//!
//! Invariants:
//! - No PIN is checked before it is certain that a wrong one can be written down: the journal is held, and there is room.
//! - A wrong PIN is on the disk before the next one is tried.

use crate::config::DeskConfig;
use crate::halting::failure_of;
use crate::keys::desk_cert;
use crate::opening::opening;
use crate::past::{Past, unlocked};
use crate::plan::{DeskPlan, part};
use bits::stamp::Clock;
use checkin::failure::Failure;
use checkin::records::wrong_pin;
use checkin::sign_in::{Action, SignIn, SignedIn};
use checkin::state::Halted;
use host::clock::boot_id;
use host::disk::{FileStore, Gauge, Space};
use host::file;
use host::folder::replace_files;
use host::random::SystemRandom;
use record::desk_state::{DeskState, MAX_STATE_LEN};
use record::ids::{DeskId, SessionId};
use record::latest::Now;
use record::{AttendanceEvent, AttendanceLog, Code, Digest, OpenBasis, Opening, SegmentHead};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tlog::NoteSigner;

/// What a desk remembers of those who sign in.
pub(super) struct Guard {
    folder: PathBuf,
    state: DeskState,
    past: Past,
    /// Why wrong PINs of before are not known.
    lost: Option<Lost>,
    journal: Journal,
}

/// The journal of the session that somebody signs in for.
enum Journal {
    /// Nobody has tried yet.
    Free,
    /// Nobody else writes it.
    Held(FileStore),
    /// It says which PINs were wrong.
    Open(Box<AttendanceLog<FileStore>>),
}

/// Why it is not known how many wrong PINs there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// There is no note of this device key.
    State,
    /// A journal is shorter than it was, or damaged.
    Journal,
    /// They were forgotten before, and no head of site has signed in since.
    Before,
}

impl Lost {
    fn word(self) -> &'static str {
        match self {
            Self::State => "state-missing",
            Self::Journal => "journal-shorter",
            Self::Before => "still-locked",
        }
    }
}

impl Guard {
    /// Reads note and journals of the desk whose packages lie in `folder`.
    ///
    /// # Errors
    /// A halted desk with [`Failure::OtherBoard`]: the board's keys are not those of the enrolment.
    pub(super) fn open(
        config: &DeskConfig,
        base: &Path,
        folder: &Path,
        device: &dyn NoteSigner,
        board_keys: Digest,
    ) -> Result<Self, Halted> {
        let past = Past::read(config, base, device.verifier());
        let note = file::read(&folder.join(STATE), MAX_STATE_LEN).ok().and_then(|note| String::from_utf8(note).ok());
        let state = note.and_then(|note| DeskState::open(&note, device.verifier()).ok());
        let state = state.filter(|state| state.desk == config.desk.id);
        let lost = match &state {
            None => Some(Lost::State),
            Some(state) if past.is_damaged || !reached(&past, state) => Some(Lost::Journal),
            Some(state) if state.are_pins_lost => Some(Lost::Before),
            Some(_) => None,
        };
        let desk = part(&config.desk.id)?;
        let mut state = state.unwrap_or_else(|| DeskState::new(desk, board_keys));
        if state.board_keys != board_keys {
            let detail = format!("{} were enrolled, {board_keys} are here", state.board_keys);
            return Err(Halted { failure: Failure::OtherBoard, detail });
        }
        if let Some(lost) = lost {
            tracing::warn!(cause = lost.word(), "wrong PINs of before are not known: a head of site has to sign in");
        }
        state.are_pins_lost = lost.is_some();
        // From here on it is the journals that are here.
        if lost == Some(Lost::Journal) {
            state.heads = past.last_heads();
        }
        let guard = Self { folder: folder.to_owned(), state, past, lost, journal: Journal::Free };
        // What was forgotten stays forgotten over the next start, whatever is tried until then.
        if lost.is_some_and(|lost| lost != Lost::Before) {
            guard.write(device)?;
        }
        Ok(guard)
    }

    /// How late it is at least by this clock, and what stands in a log against it.
    pub(super) fn now(&self, clock: &dyn Clock) -> Now {
        self.past.times.now(clock.now(), &boot_id().unwrap_or_default())
    }

    /// The rules of signing in, with the wrong PINs of before.
    pub(super) fn sign_in(&self, clock: &dyn Clock) -> SignIn {
        let wrong = self.past.wrong.iter().map(|(code, wrong)| (code.clone(), *wrong));
        SignIn::restored(wrong, clock.now())
    }

    /// True where wrong PINs of before are not known.
    pub(super) fn are_pins_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Who has compared the characters of the board's keys here, by code.
    pub(super) fn confirmed(&self) -> &BTreeSet<String> {
        &self.state.confirmed
    }

    /// Before a PIN is checked: nobody else holds the journal of this session, and there is room for what may come.
    ///
    /// # Errors
    /// A halted desk: no PIN is checked.
    pub(super) fn hold(&mut self, plan: &DeskPlan, gauge: &Gauge) -> Result<(), Halted> {
        if !matches!(self.journal, Journal::Free) {
            return Ok(());
        }
        let journal = plan.journal();
        let store = FileStore::open(journal).map_err(|error| halted(Failure::LogUnwritable, error))?;
        if let Ok(Space::TooLittle { .. }) = gauge(journal) {
            return Err(halted(Failure::DiskFull, journal.display()));
        }
        self.journal = Journal::Held(store);
        Ok(())
    }

    /// A PIN was wrong: an entry says so, in a segment of its own.
    ///
    /// # Errors
    /// A halted desk: nobody tries another PIN.
    pub(super) fn wrong_pin(
        &mut self,
        plan: &DeskPlan,
        device: &dyn NoteSigner,
        code: &str,
        (clock, gauge): (&dyn Clock, &Gauge),
    ) -> Result<(), Halted> {
        self.hold(plan, gauge)?;
        let mut log = match std::mem::replace(&mut self.journal, Journal::Free) {
            Journal::Open(log) => log,
            Journal::Held(store) => Box::new(self.open_log(plan, device, store, clock)?),
            Journal::Free => return Err(halted(Failure::LogUnwritable, "nobody holds the journal")),
        };
        log.append(&Code::unknown(), wrong_pin(code), clock.now())
            .map_err(|fault| halted(failure_of(&fault), fault))?;
        self.note_head(plan.session_id(), &log);
        self.journal = Journal::Open(log);
        self.keep(device)
    }

    /// Somebody has signed in. What of it the desk's own log says first: who is unlocked, what was not known.
    ///
    /// # Errors
    /// A halted desk.
    pub(super) fn signed_in(
        &mut self,
        plan: &DeskPlan,
        device: &dyn NoteSigner,
        by: &SignedIn,
        others_were_wrong: bool,
        clock: &dyn Clock,
    ) -> Result<Vec<AttendanceEvent>, Halted> {
        self.close(plan, clock)?;
        self.state.confirmed.insert(by.code().to_owned());
        self.state.are_pins_lost &= !by.may(Action::Unlock);
        self.keep(device)?;
        let mut words: Vec<AttendanceEvent> = self.lost.map(|lost| device_news(lost.word())).into_iter().collect();
        let is_needed = self.lost.is_some() || others_were_wrong;
        words.extend((is_needed && by.may(Action::Unlock)).then(|| unlocked(by.word())));
        Ok(words)
    }

    /// Ends the segment of wrong PINs, where there is one, and lets the journal go.
    ///
    /// # Errors
    /// A halted desk.
    pub(super) fn close(&mut self, plan: &DeskPlan, clock: &dyn Clock) -> Result<(), Halted> {
        if let Journal::Open(mut log) = std::mem::replace(&mut self.journal, Journal::Free) {
            log.close(&Code::unknown(), clock.now()).map_err(|fault| halted(failure_of(&fault), fault))?;
            self.note_head(plan.session_id(), &log);
        }
        Ok(())
    }

    fn open_log(
        &self,
        plan: &DeskPlan,
        device: &dyn NoteSigner,
        store: FileStore,
        clock: &dyn Clock,
    ) -> Result<AttendanceLog<FileStore>, Halted> {
        let cert = desk_cert(plan.machine(), plan.base())?;
        let opening = opening(plan, device, cert, Code::unknown(), String::new());
        let basis = OpenBasis { board_keys: Some(self.state.board_keys), ..opening.basis.clone() };
        let opening = Opening { basis, ..opening };
        let opened = AttendanceLog::open(store, &opening, clock.now(), &mut SystemRandom);
        opened.map(|(log, _)| log).map_err(|fault| halted(failure_of(&fault), fault))
    }

    fn note_head(&mut self, session: &SessionId, log: &AttendanceLog<FileStore>) {
        let head = log.head();
        let head = SegmentHead { segment: log.segment(), size: head.size, root: head.root };
        self.state.heads.insert(session.clone(), head);
    }

    fn keep(&mut self, device: &dyn NoteSigner) -> Result<(), Halted> {
        // What other sessions' journals were found to be stands; this session's is what was written just now.
        for (session, head) in self.past.last_heads() {
            let known = self.state.heads.entry(session).or_insert(head);
            if (known.segment, known.size) < (head.segment, head.size) {
                *known = head;
            }
        }
        self.write(device)
    }

    fn write(&self, device: &dyn NoteSigner) -> Result<(), Halted> {
        write_state(&self.folder, &self.state, device)
    }
}

/// Writes the note of a desk that was enrolled just now, with the device key itself.
///
/// # Errors
/// A halted desk with [`Failure::PackagesUnusable`].
pub(super) fn begin_state(
    folder: &Path,
    desk: DeskId,
    board_keys: Digest,
    device: &dyn NoteSigner,
) -> Result<(), Halted> {
    write_state(folder, &DeskState::new(desk, board_keys), device)
}

fn write_state(folder: &Path, state: &DeskState, device: &dyn NoteSigner) -> Result<(), Halted> {
    let note = state.sign(device).map_err(|fault| halted(Failure::DeviceKeyClosed, fault))?;
    let written = replace_files(folder, &[(STATE.to_owned(), note.into_bytes())]);
    written.map_err(|error| halted(Failure::PackagesUnusable, error))
}

fn reached(past: &Past, state: &DeskState) -> bool {
    state.heads.iter().all(|(session, head)| past.reaches(session, head))
}

fn device_news(word: &str) -> AttendanceEvent {
    checkin::records::device_news("sign-in", word)
}

fn halted(failure: Failure, cause: impl std::fmt::Display) -> Halted {
    Halted { failure, detail: cause.to_string() }
}

/// Beside the packages.
const STATE: &str = "desk-state";
