//! From packages to a desk: one is chosen, somebody signs in, and who has not yet compared the characters of the board's
//! keys at this desk compares them.
//!
//! Invariants:
//! - What a PIN opens is its check; a wrong one is an entry before the next is tried.
//! - Nobody works under board keys whose characters were not shown to this person once.

use crate::config::DeskConfig;
use crate::kiosk::{LOOK_AGAIN_MS, Message, Start};
use crate::package::{OpenPackage, PackageKey, Packages};
use crate::package_look::Found;
use crate::rules::PackageRules;
use crate::runtime::RunningDesk;
use crate::sessions::for_session;
use crate::sources::{Entrance, prepare_from};
use crate::start::{diagnose, start_in};
use bits::secret::Secret;
use checkin::context::SessionTimes;
use checkin::event::Input;
use checkin::failure::Failure;
use checkin::preparing::preparing_view;
use checkin::sign_in::{Action, Attempt, Refusal, SignIn, SignedIn};
use checkin::state::Halted;
use checkin::view::{Header, PreparingView};
use crypto::pin::PinCheck;
use package::contents::PackageSettings;
use package::operators::Operator;
use record::AttendanceEvent;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// From packages to a desk.
pub(super) struct Preparation {
    pub(super) start: Start,
    pub(super) packages: Packages,
    pub(super) found: Found,
    pub(super) notice: Option<Failure>,
    pub(super) rules: SignIn,
    pub(super) stage: Stage,
}

/// How far it has come.
pub(super) enum Stage {
    /// A package is chosen.
    Choosing,
    /// Somebody signs in.
    SigningIn {
        /// To work from this package.
        package: OpenPackage,
        /// The characters of the board's keys were on the screen when somebody chose it.
        was_shown: bool,
        /// Whose PIN is asked for.
        chosen: Option<usize>,
        /// The last one was wrong: tries that are left.
        wrong: Option<u32>,
    },
    /// Somebody who has signed in compares the characters.
    Confirming {
        /// To work from this package.
        package: OpenPackage,
        /// Who, and what the PIN opened.
        entered: Entered,
    },
}

/// Somebody who gave the PIN.
pub(super) struct Entered {
    operator: SignedIn,
    key: PackageKey,
}

/// What an input leads to.
enum Step {
    Wait,
    Begin(OpenPackage, Entered),
}

impl Preparation {
    pub(super) fn new(start: Start, mut packages: Packages) -> Self {
        let found = packages.look(start.clock.as_ref());
        let rules = packages.guard().sign_in(start.clock.as_ref());
        Self { start, packages, found, notice: None, rules, stage: Stage::Choosing }
    }

    /// Until there is a desk; `None` when the window was closed before.
    pub(super) fn run(mut self, messages: &Receiver<Message>) -> Result<Option<RunningDesk>, Halted> {
        self.use_the_only_one();
        loop {
            self.show();
            let wait_ms = if self.found.is_partial { LOOK_ON_MS } else { LOOK_AGAIN_MS };
            match messages.recv_timeout(Duration::from_millis(wait_ms)) {
                Ok(Message::Input(input)) => {
                    if let Step::Begin(package, entered) = self.take(input).inspect_err(diagnose)? {
                        return self.begin(&package, entered).map(Some);
                    }
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.end_of_wrong_pins();
                    return Ok(None);
                }
                Err(RecvTimeoutError::Timeout) if matches!(self.stage, Stage::Choosing) => self.look_again(),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn look_again(&mut self) {
        self.found = self.packages.look(self.start.clock.as_ref());
        self.use_the_only_one();
    }

    /// A package that lies here already, and nothing that somebody should see: nobody is asked which. Who signs in is
    /// shown whose it is.
    fn use_the_only_one(&mut self) {
        let is_plain = self.found.refused.is_empty() && self.notice.is_none() && !self.found.is_partial;
        if is_plain && self.found.good.len() == 1 && self.found.good.iter().all(|one| one.is_kept) {
            self.choose(0, false);
        }
    }

    fn take(&mut self, input: Input) -> Result<Step, Halted> {
        match (&mut self.stage, input) {
            (Stage::Choosing, Input::TakePackage(index)) => self.choose(index, true),
            (Stage::SigningIn { chosen, wrong, .. }, Input::ChoseOperator(index)) => {
                (*chosen, *wrong) = (Some(index), None);
            }
            (Stage::SigningIn { chosen, wrong, .. }, Input::Back) => (*chosen, *wrong) = (None, None),
            (Stage::SigningIn { .. }, Input::EnteredPin(pin)) => return self.try_pin(&pin),
            (Stage::Confirming { .. }, Input::TakePackage(_)) => return Ok(self.confirmed()),
            (Stage::Confirming { .. }, Input::Back) => self.back_to_packages(),
            _ => {}
        }
        Ok(Step::Wait)
    }

    /// A package is taken from a stick, and used where its time has come.
    fn choose(&mut self, index: usize, was_shown: bool) {
        if index >= self.found.good.len() {
            return;
        }
        let mut package = self.found.good.swap_remove(index);
        let clock = self.start.clock.as_ref();
        let taken = if package.is_kept { Ok(()) } else { self.packages.take(&mut package, clock) };
        // What was just taken is judged again as what it is now: a package to be used.
        let usable = taken.and_then(|()| self.packages.read(&package.path, true, clock));
        self.notice = usable.as_ref().err().map(|halted| halted.failure);
        match usable {
            Ok(package) if signers(&package).next().is_none() => self.notice = Some(Failure::NobodySignsIn),
            Ok(package) => {
                if self.packages.guard().are_pins_lost() {
                    self.rules.distrust(&package.front().operators, clock.now());
                }
                self.stage = Stage::SigningIn { package, was_shown, chosen: None, wrong: None };
                return;
            }
            Err(halted) => diagnose(&halted),
        }
        self.found = self.packages.look(clock);
    }

    fn try_pin(&mut self, pin: &Secret<String>) -> Result<Step, Halted> {
        let Stage::SigningIn { package, was_shown, chosen, wrong } = &mut self.stage else { return Ok(Step::Wait) };
        let Some(code) = chosen.and_then(|chosen| signers(package).nth(chosen)).map(|one| one.code.clone()) else {
            return Ok(Step::Wait);
        };
        let (operators, site) = (&package.front().operators, package.note().site.as_str());
        let clock = self.start.clock.as_ref();
        let config = applied(&self.start.config, package)?;
        self.packages.guard_mut().0.hold(&config, &self.start.base)?;
        let lock = match self.rules.ask(operators, site, &code, clock.now()) {
            Ok(lock) => lock,
            Err(Refusal::Locked { .. } | Refusal::Stopped) => return Ok(Step::Wait),
            Err(refusal) => {
                tracing::warn!(?refusal, "nobody signs in");
                return Ok(Step::Wait);
            }
        };
        let opened = package.key(&code, &lock, pin);
        let opened = opened.inspect_err(|error| tracing::error!(%error, "a PIN could not be checked")).ok();
        let check = opened.as_ref().map(|key| if key.is_some() { PinCheck::Right } else { PinCheck::Wrong });
        let attempt = self.rules.judge(operators, site, check, clock.now());
        *wrong = match attempt {
            Attempt::Wrong { tries_left } => Some(tries_left),
            _ => None,
        };
        let key = opened.flatten();
        let is_disputed = self.packages.disputed(package.note(), clock).is_some();
        match (attempt, key) {
            // The screen says why: a clock that disagrees with the log is not everybody's to answer for.
            (Attempt::In(operator), Some(_)) if is_disputed && !operator.may(Action::AnswerAlarm) => {
                tracing::warn!(operator = operator.code(), "the clock is disputed: a head of site has to sign in");
                (*chosen, *wrong) = (None, None);
                Ok(Step::Wait)
            }
            (Attempt::In(operator), Some(key)) => {
                let (package, was_shown) = (package.clone(), *was_shown);
                Ok(self.entered(package, was_shown, Entered { operator, key }))
            }
            (Attempt::Stale, _) => Ok(Step::Wait),
            _ => {
                let (guard, device) = self.packages.guard_mut();
                guard.wrong_pin(&config, &self.start.base, device, &code, clock).map(|()| Step::Wait)
            }
        }
    }

    /// Whoever has not compared the characters at this desk, and has not just seen them, compares them now.
    fn entered(&mut self, package: OpenPackage, was_shown: bool, entered: Entered) -> Step {
        if was_shown || self.packages.guard().has_confirmed(entered.operator.code()) {
            return Step::Begin(package, entered);
        }
        self.stage = Stage::Confirming { package, entered };
        Step::Wait
    }

    /// Another package may be of another session: its journal is another.
    fn back_to_packages(&mut self) {
        self.end_of_wrong_pins();
        self.stage = Stage::Choosing;
    }

    fn confirmed(&mut self) -> Step {
        match std::mem::replace(&mut self.stage, Stage::Choosing) {
            Stage::Confirming { package, entered } => Step::Begin(package, entered),
            stage => {
                self.stage = stage;
                Step::Wait
            }
        }
    }

    fn begin(self, package: &OpenPackage, entered: Entered) -> Result<RunningDesk, Halted> {
        let Self { start: Start { config, base, adapters, cell, clock }, mut packages, rules, .. } = self;
        let Entered { operator, key } = entered;
        let version = env!("CARGO_PKG_VERSION");
        cell.set(preparing_view(Header::default(), PreparingView::Working, version));
        let mut config = applied(&config, package).inspect_err(diagnose)?;
        config.desk.operator = operator.code().to_owned();
        let disputed = packages.disputed(package.note(), clock.as_ref());
        let (guard, device) = packages.guard_mut();
        let mut words = guard.signed_in(&config, device, &operator, &rules, clock.as_ref()).inspect_err(diagnose)?;
        // Only somebody who may answer for it has come so far.
        words.extend(disputed.map(|later| AttendanceEvent::ClockConfirmed { later }));
        let adapters = adapters(&config, &base)?;
        let entrance = Entrance { operator, key, words };
        let prepared = prepare_from(&config, &base, packages, package, entrance).inspect_err(diagnose)?;
        start_in(cell, &config, &base, prepared, adapters)
    }

    /// The window was closed: the segment that says which PINs were wrong ends in order.
    fn end_of_wrong_pins(&mut self) {
        let (Stage::SigningIn { package, .. } | Stage::Confirming { package, .. }) = &self.stage else { return };
        let closed = applied(&self.start.config, package).and_then(|config| {
            let (guard, _) = self.packages.guard_mut();
            guard.close(&config, self.start.clock.as_ref())
        });
        let _ = closed.inspect_err(diagnose);
    }
}

/// Those of a package who can sign in at its site.
pub(super) fn signers(package: &OpenPackage) -> impl Iterator<Item = &Operator> {
    let site = package.note().site.as_str();
    let can = move |one: &&Operator| one.works_at(site) && !one.is_revoked() && one.pin.is_some();
    package.front().operators.iter().filter(can)
}

/// The configuration with the rules and names of a package. What the desk's own file says about its machine (reader,
/// links, folders) stays, and where it is stricter than the package's rules.
fn applied(config: &DeskConfig, package: &OpenPackage) -> Result<DeskConfig, Halted> {
    let settings = &package.front().settings;
    let mut config = for_session(config, &settings.session.id)?;
    config.exam.title = settings.title.clone();
    config.desk.site = settings.site.code.clone();
    config.desk.training = settings.training;
    config.desk.utc_offset_hours = settings.utc_offset_hours;
    if let Some(desk) = package.front().desks.iter().find(|desk| desk.id == config.desk.id) {
        (config.desk.title, config.desk.room) = (desk.title.clone(), desk.room.clone());
    }
    config.session.title = settings.session.title.clone();
    config.session.times = Some(times(settings));
    let rules = PackageRules::of(settings);
    (config.registry.package_key, config.witness.package_key) = (rules.registry_key(), rules.witness_key());
    config.package = Some(rules);
    Ok(config)
}

fn times(settings: &PackageSettings) -> SessionTimes {
    let session = &settings.session;
    let usual = SessionTimes::around(session.start);
    SessionTimes {
        opens: session.opens.unwrap_or(usual.opens),
        starts: session.start,
        last_entry: session.last_entry.unwrap_or(usual.last_entry),
    }
}

/// Where there are files that were not looked at yet, the next look comes so soon.
const LOOK_ON_MS: u64 = 20;
