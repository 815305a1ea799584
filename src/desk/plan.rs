//! What a desk goes by in one session: from its own file and from the package it works from, put together here and nowhere
//! else, once, and never changed afterwards.
//!
//! What the desk's own file says about its machine (reader, links, folders) stands as it is; names, times and rules are
//! the package's where there is one. Of the rules the desk's own stand where they are stricter.

use crate::config::{DeskConfig, SessionConfig};
use crate::halting::{diagnose, halted_at};
use crate::rules::EffectiveRules;
use checkin::context::{DeskPolicy, Labels, SessionTimes};
use checkin::failure::Failure;
use checkin::state::Halted;
use jiff::SignedDuration;
use jiff::tz::Offset;
use package::contents::{Front, PackageSettings};
use record::LogName;
use record::ids::{DeskId, ExamId, IdError, SessionId};
use roster::Place;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Sealed evidence, beside the journal.
pub(super) const EVIDENCE_FOLDER: &str = "evidence";
/// Sealed questions, beside the journal.
pub(super) const PENDING_FOLDER: &str = "pending";

/// What a desk goes by in one session. Paths are whole.
#[derive(Debug, Clone)]
pub struct DeskPlan {
    machine: DeskConfig,
    base: PathBuf,
    names: Names,
    exam: ExamId,
    desk: DeskId,
    session: SessionPlan,
    training: bool,
    utc_offset: Offset,
    journal: PathBuf,
    copy: Option<PathBuf>,
    rules: EffectiveRules,
}

/// Where the desk stands, and what that is called on the screen.
#[derive(Debug, Clone)]
struct Names {
    exam: String,
    site: String,
    desk: String,
    room: Option<String>,
}

#[derive(Debug, Clone)]
struct SessionPlan {
    id: SessionId,
    title: String,
    times: Option<SessionTimes>,
}

impl DeskPlan {
    /// The plan of a desk that works from the single files that its own file names.
    ///
    /// # Errors
    /// A halted desk with [`Failure::ConfigUnreadable`]: hours that are no offset from UTC, a word that cannot be a part of a
    /// log's name. The diagnostics have been told.
    pub fn of_files(config: &DeskConfig, base: &Path) -> Result<Self, Halted> {
        let utc_offset = offset(config.desk.utc_offset_hours).inspect_err(diagnose)?;
        Ok(Self {
            exam: part(&config.exam.id)?,
            desk: part(&config.desk.id)?,
            names: Names {
                exam: config.exam.title.clone(),
                site: config.desk.site.clone(),
                desk: config.desk.title.clone(),
                room: named(&config.desk.room),
            },
            session: SessionPlan {
                id: part(config.session.log_id())?,
                title: config.session.title.clone(),
                times: own_times(&config.session),
            },
            training: config.desk.training,
            utc_offset,
            journal: base.join(&config.paths.journal),
            copy: config.paths.copy.as_ref().map(|copy| base.join(copy)),
            rules: EffectiveRules::of_desk(config),
            machine: config.clone(),
            base: base.to_owned(),
        })
    }

    /// The plan of a session that this desk had a package for, for whoever needs its journal and no package.
    ///
    /// # Errors
    /// A halted desk with [`Failure::PackageDamaged`] for a session whose id cannot stand in a log's and a folder's name;
    /// those of [`DeskPlan::of_files`].
    pub fn of_session(config: &DeskConfig, base: &Path, session: &str) -> Result<Self, Halted> {
        let id: SessionId = session
            .parse()
            .map_err(|fault| halted_at(Failure::PackageDamaged, &format!("session {session:?}"), fault))?;
        let own = Self::of_files(config, base)?;
        Ok(Self {
            journal: own.journal.join(&id),
            copy: own.copy.map(|copy| copy.join(&id)),
            session: SessionPlan { id, ..own.session },
            ..own
        })
    }

    /// The plan of a desk that works from `package`: its session, its names, its rules.
    ///
    /// # Errors
    /// Those of [`DeskPlan::of_session`].
    pub fn of_package(config: &DeskConfig, base: &Path, front: &Front) -> Result<Self, Halted> {
        let settings = &front.settings;
        let own = Self::of_session(config, base, &settings.session.id)?;
        let desk = front.desks.iter().find(|desk| desk.id == config.desk.id);
        let (title, room) =
            desk.map_or((own.names.desk, own.names.room), |desk| (desk.title.clone(), named(&desk.room)));
        Ok(Self {
            names: Names { exam: settings.title.clone(), site: settings.site.code.clone(), desk: title, room },
            session: SessionPlan {
                title: settings.session.title.clone(),
                times: Some(packed_times(settings)),
                ..own.session
            },
            training: settings.training,
            utc_offset: offset(settings.utc_offset_hours)?,
            rules: own.rules.under(settings),
            ..own
        })
    }

    /// The desk's own file, as it says itself.
    pub fn machine(&self) -> &DeskConfig {
        &self.machine
    }

    /// The folder that relative paths of the desk's own file count from.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The rules in effect, and where they come from.
    pub fn rules(&self) -> &EffectiveRules {
        &self.rules
    }

    /// The folder of this session's journal.
    pub fn journal(&self) -> &Path {
        &self.journal
    }

    /// The folder on a second medium that takes a copy of the journal.
    pub(super) fn copy(&self) -> Option<&Path> {
        self.copy.as_deref()
    }

    /// The port of the scanner and how fast it sends; nothing where the desk has none.
    pub(super) fn scanner(&self) -> Option<(PathBuf, u32)> {
        let scanner = &self.machine.scanner;
        let port = (!scanner.port.as_os_str().is_empty()).then(|| self.base.join(&scanner.port));
        port.map(|port| (port, scanner.baud.get()))
    }

    /// The folder that the log is carried off to.
    pub(super) fn export(&self) -> Option<PathBuf> {
        self.machine.paths.export.as_ref().map(|folder| self.base.join(folder))
    }

    /// The session, as the log's and the journal's name have it.
    pub fn session_id(&self) -> &SessionId {
        &self.session.id
    }

    /// Training: the log cannot be exported as live.
    pub(super) fn is_training(&self) -> bool {
        self.training
    }

    /// Local time at the desk.
    pub(super) fn utc_offset(&self) -> Offset {
        self.utc_offset
    }

    /// The parts of the log's name.
    pub(super) fn log_name(&self) -> LogName {
        LogName {
            board: self.machine.exam.board.clone(),
            exam: self.exam.clone(),
            desk: self.desk.clone(),
            session: self.session.id.clone(),
        }
    }

    /// Where the desk stands, as the roster writes it.
    pub(super) fn place(&self) -> Place {
        let Names { site, room, .. } = &self.names;
        Place { site: named(site), session: named(&self.session.title), room: room.clone() }
    }

    /// Names for the screen.
    pub(super) fn labels(&self) -> Labels {
        let Names { exam, site, desk, .. } = self.names.clone();
        Labels { exam, session: self.session.title.clone(), site, desk, version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// What the brain goes by.
    pub(super) fn policy(&self) -> DeskPolicy {
        let usual = DeskPolicy::default();
        DeskPolicy {
            session: self.session.times,
            rules: self.rules.rules().clone(),
            registry_asked: !self.machine.registry.url.is_empty(),
            press_guard_ms: self.guard_ms(self.machine.window.press_guard_ms, usual.press_guard_ms),
            portrait_guard_ms: self.guard_ms(self.machine.window.portrait_guard_ms, usual.portrait_guard_ms),
            lock_after_ms: self.lock_after_ms(usual.lock_after_ms),
            registry_again_ms: self.machine.registry.ask_again_ms.unwrap_or(usual.registry_again_ms),
            exports: self.export().is_some(),
            witness_asked: !self.machine.witness.url.is_empty(),
            ..usual
        }
    }

    /// Shorter is stricter; longer is for training only.
    fn lock_after_ms(&self, usual_ms: u64) -> u64 {
        let wanted = self.machine.window.lock_after_minutes.map(|minutes| minutes.max(1).saturating_mul(60_000));
        let wanted_ms = wanted.unwrap_or(usual_ms);
        if self.training { wanted_ms } else { wanted_ms.min(usual_ms) }
    }

    /// Longer is stricter; shorter is for training only.
    fn guard_ms(&self, wanted_ms: Option<u64>, usual_ms: u64) -> u64 {
        let wanted_ms = wanted_ms.unwrap_or(usual_ms);
        if self.training { wanted_ms } else { wanted_ms.max(usual_ms) }
    }
}

/// A word of the desk's own file that names its logs.
pub(super) fn part<T: FromStr<Err = IdError>>(word: &str) -> Result<T, Halted> {
    let place = format!("exam.id, desk.id, session.id: {word:?}");
    word.parse().map_err(|fault| halted_at(Failure::ConfigUnreadable, &place, fault)).inspect_err(diagnose)
}

fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn offset(hours: i8) -> Result<Offset, Halted> {
    Offset::from_hours(hours).map_err(|error| halted_at(Failure::ConfigUnreadable, "utc_offset_hours", error))
}

fn packed_times(settings: &PackageSettings) -> SessionTimes {
    let session = &settings.session;
    let usual = SessionTimes::around(session.start);
    SessionTimes {
        opens: session.opens.unwrap_or(usual.opens),
        starts: session.start,
        last_entry: session.last_entry.unwrap_or(usual.last_entry),
    }
}

fn own_times(session: &SessionConfig) -> Option<SessionTimes> {
    let starts = session.start?;
    let usual = SessionTimes::around(starts);
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let opens = session.opens_before_minutes.and_then(|before| starts.checked_sub(minutes(before)).ok());
    let last_entry = session.last_entry_after_minutes.and_then(|after| starts.checked_add(minutes(after)).ok());
    Some(SessionTimes {
        opens: opens.unwrap_or(usual.opens),
        starts,
        last_entry: last_entry.unwrap_or(usual.last_entry),
    })
}
