//! Before there is a desk: a package is chosen, somebody signs in, and who has not yet compared the characters of the
//! board's keys at this desk compares them. What reads a disk or checks a PIN is an effect, and comes back as an event.
//!
//! Invariants:
//! - One PIN is checked at a time, and a wrong one is kept for good before the next is tried.
//! - Nobody works under board keys whose characters were not shown to this person once.
//! - Where the clock is disputed, only whoever may answer for it comes in.

mod shown;

use crate::event::Input;
use crate::failure::Failure;
use crate::preparing::{OfferView, PackageId, RefusedView};
use crate::sign_in::{Action, Attempt, SignIn, SignedIn};
use bits::secret::Secret;
use bits::stamp::Stamp;
use crypto::pin::{PinCheck, PinLock};
use jiff::tz::Offset;
use package::operators::Operator;
use std::collections::{BTreeSet, VecDeque};

/// How often sticks are looked at while a package is chosen, in milliseconds.
pub const LOOK_AGAIN_MS: u64 = 2_000;

/// A package that this desk can take or use, and what has to be known of it to let somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// As a person compares it with the board's letter.
    pub offer: OfferView,
    /// The code of the site that it is for.
    pub site: String,
    /// Everybody whom it names.
    pub operators: Vec<Operator>,
    /// A log of this desk holds a time by which this package could not be used any more.
    pub is_clock_disputed: bool,
}

/// What lies on the desk and on the sticks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundPackages {
    /// Packages for this place, the newest first.
    pub offered: Vec<Offered>,
    /// Packages for this place that cannot be taken.
    pub refused: Vec<RefusedView>,
    /// Packages for other places.
    pub for_others: usize,
    /// There are files that were not looked at yet.
    pub is_partial: bool,
}

/// What the desk's own file says before there is a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareDesk {
    /// The exam.
    pub exam: String,
    /// The site; empty where a package says it.
    pub site: String,
    /// The desk.
    pub desk: String,
    /// Training.
    pub training: bool,
    /// No package will ever say more.
    pub outside_package: bool,
    /// Local time minus UTC.
    pub utc_offset: Offset,
    /// The version of the program.
    pub version: String,
}

/// What happened.
#[derive(Debug)]
pub enum PreparationEvent {
    /// The desk's keys and its shelf are open.
    Opened {
        /// The folders that are looked into.
        places: Vec<String>,
        /// Who had how many wrong PINs.
        rules: SignIn,
        /// Wrong PINs of before are not known.
        are_pins_lost: bool,
        /// Who has compared the characters of the board's keys at this desk, by code.
        confirmed: BTreeSet<String>,
    },
    /// Shelf and sticks were looked at.
    Looked(FoundPackages),
    /// A package was taken and read again, or cannot be used.
    Taken(Result<Box<Offered>, Failure>),
    /// A PIN was checked; `None` where the check itself failed.
    Checked(Option<PinCheck>),
    /// A wrong PIN is in the log.
    WrongPinKept,
    /// Somebody did something.
    Input(Input),
    /// Time passed.
    Tick,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum PreparationEffect {
    /// Look at shelf and sticks.
    Look,
    /// Take this package onto the shelf, if it is not there, and read it again.
    Take(PackageId),
    /// Find out whether this PIN opens the people of the package that was taken last.
    CheckPin {
        /// Whose PIN.
        code: String,
        /// Her lock.
        lock: PinLock,
        /// The PIN.
        pin: Secret<String>,
    },
    /// Forget what the last PIN opened.
    Forget,
    /// An entry says that a PIN was wrong.
    KeepWrongPin {
        /// Whose.
        code: String,
    },
    /// Nobody signs in for this session now: end what says which PINs were wrong.
    Leave,
    /// Start the desk from the package that was taken last.
    Begin {
        /// Who signed in.
        operator: SignedIn,
        /// Somebody else had wrong PINs.
        others_were_wrong: bool,
        /// Who has tried how often: it goes on counting while the session runs.
        tries: SignIn,
    },
}

/// A desk that is being prepared.
#[derive(Debug)]
pub struct Preparation {
    bare: BareDesk,
    places: Vec<String>,
    found: FoundPackages,
    notice: Option<Failure>,
    rules: SignIn,
    are_pins_lost: bool,
    confirmed: BTreeSet<String>,
    stage: Stage,
    /// On the boot clock; `None` while a look is out.
    looked_ms: Option<u64>,
    now: Stamp,
}

/// How far it has come.
#[derive(Debug)]
enum Stage {
    /// Keys and shelf are being opened.
    Opening,
    /// A package is chosen.
    Choosing,
    /// It is being taken; its characters were on the screen, or not.
    Taking { was_shown: bool },
    /// Somebody signs in to work from it.
    SigningIn(Entrance),
    /// Somebody who has signed in compares the characters.
    Confirming { package: Offered, operator: SignedIn },
    /// The desk is being started.
    Starting,
}

#[derive(Debug)]
struct Entrance {
    package: Offered,
    was_shown: bool,
    /// Whose PIN is asked for.
    chosen: Option<usize>,
    /// The last one was wrong: tries that are left.
    wrong: Option<u32>,
    /// The same, while the wrong one is on its way into the log.
    tries_left: Option<u32>,
    /// A PIN is being checked, or a wrong one is on its way into the log.
    is_busy: bool,
    /// What somebody did meanwhile.
    waiting: VecDeque<Input>,
}

impl Entrance {
    fn of(package: Offered, was_shown: bool) -> Self {
        let (chosen, wrong, tries_left, is_busy) = (None, None, None, false);
        Self { package, was_shown, chosen, wrong, tries_left, is_busy, waiting: VecDeque::new() }
    }

    /// For when nothing is checked any more.
    fn keep(&mut self, input: Input) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push_back(input);
        }
    }
}

impl Preparation {
    /// A desk whose keys and shelf are being opened.
    pub fn new(bare: BareDesk, now: Stamp) -> Self {
        Self {
            bare,
            places: Vec::new(),
            found: FoundPackages::default(),
            notice: None,
            rules: SignIn::default(),
            are_pins_lost: false,
            confirmed: BTreeSet::new(),
            stage: Stage::Opening,
            looked_ms: None,
            now,
        }
    }

    /// The version of the program.
    pub fn version(&self) -> &str {
        &self.bare.version
    }

    /// One step.
    #[must_use]
    pub fn step(mut self, now: Stamp, event: PreparationEvent) -> (Self, Vec<PreparationEffect>) {
        self.now = now;
        let effects = match event {
            PreparationEvent::Opened { places, rules, are_pins_lost, confirmed } => {
                (self.places, self.rules, self.confirmed) = (places, rules, confirmed);
                self.are_pins_lost = are_pins_lost;
                self.look()
            }
            PreparationEvent::Looked(found) => self.looked(found),
            PreparationEvent::Taken(taken) => self.taken(taken),
            PreparationEvent::Checked(check) => self.checked(check),
            PreparationEvent::WrongPinKept => {
                if let Stage::SigningIn(entrance) = &mut self.stage {
                    entrance.wrong = entrance.tries_left.take();
                }
                self.free()
            }
            PreparationEvent::Input(input) => self.input(input),
            PreparationEvent::Tick => self.tick(),
        };
        (self, effects)
    }

    fn look(&mut self) -> Vec<PreparationEffect> {
        self.looked_ms = None;
        vec![PreparationEffect::Look]
    }

    fn tick(&mut self) -> Vec<PreparationEffect> {
        let is_due = self.looked_ms.is_some_and(|ms| self.now.boot_ms.saturating_sub(ms) >= LOOK_AGAIN_MS);
        if is_due && matches!(self.stage, Stage::Choosing) { self.look() } else { Vec::new() }
    }

    /// A package that lies here already, and nothing that somebody should see: nobody is asked which. Who signs in is
    /// shown whose it is.
    fn looked(&mut self, found: FoundPackages) -> Vec<PreparationEffect> {
        self.looked_ms = Some(self.now.boot_ms);
        if !matches!(self.stage, Stage::Opening | Stage::Choosing) {
            return Vec::new();
        }
        (self.found, self.stage) = (found, Stage::Choosing);
        if self.found.is_partial {
            return self.look();
        }
        match self.found.offered.as_slice() {
            [only] if only.offer.is_kept && self.found.refused.is_empty() && self.notice.is_none() => {
                let id = only.offer.id;
                self.take(id, false)
            }
            _ => Vec::new(),
        }
    }

    /// A package is taken from a stick, and used where its time has come.
    fn take(&mut self, id: PackageId, was_shown: bool) -> Vec<PreparationEffect> {
        self.stage = Stage::Taking { was_shown };
        vec![PreparationEffect::Take(id)]
    }

    fn taken(&mut self, taken: Result<Box<Offered>, Failure>) -> Vec<PreparationEffect> {
        let Stage::Taking { was_shown } = self.stage else { return Vec::new() };
        let usable =
            taken.and_then(
                |package| {
                    if signers(&package).next().is_some() { Ok(package) } else { Err(Failure::NobodySignsIn) }
                },
            );
        self.notice = usable.as_ref().err().copied();
        match usable {
            Ok(package) => {
                if self.are_pins_lost {
                    self.rules.distrust(&package.operators, self.now);
                }
                let package = *package;
                self.stage = Stage::SigningIn(Entrance::of(package, was_shown));
                Vec::new()
            }
            Err(_) => {
                self.stage = Stage::Choosing;
                self.look()
            }
        }
    }

    fn input(&mut self, input: Input) -> Vec<PreparationEffect> {
        match (&mut self.stage, input) {
            (Stage::SigningIn(entrance), input) if entrance.is_busy => entrance.keep(input),
            (Stage::Choosing, Input::TakePackage(id)) => return self.take(id, true),
            (Stage::SigningIn(entrance), Input::ChoseOperator(index)) => {
                (entrance.chosen, entrance.wrong) = (Some(index), None);
            }
            (Stage::SigningIn(entrance), Input::Back) => {
                (entrance.chosen, entrance.wrong) = (None, None);
            }
            (Stage::SigningIn(_), Input::EnteredPin(pin)) => return self.try_pin(pin),
            (Stage::Confirming { operator, package, .. }, Input::TakePackage(id)) if id == package.offer.id => {
                let operator = operator.clone();
                return self.begin(operator);
            }
            // Another package may be of another session: its journal is another.
            (Stage::Confirming { .. }, Input::Back) => {
                self.stage = Stage::Choosing;
                self.looked_ms = None;
                return vec![PreparationEffect::Leave, PreparationEffect::Look];
            }
            _ => {}
        }
        Vec::new()
    }

    fn try_pin(&mut self, pin: Secret<String>) -> Vec<PreparationEffect> {
        let Stage::SigningIn(entrance) = &mut self.stage else { return Vec::new() };
        let package = &entrance.package;
        let chosen = entrance.chosen.and_then(|chosen| signers(package).nth(chosen));
        let Some(code) = chosen.map(|one| one.code.clone()) else { return Vec::new() };
        let Ok(lock) = self.rules.ask(&package.operators, &package.site, &code, self.now) else { return Vec::new() };
        entrance.is_busy = true;
        vec![PreparationEffect::CheckPin { code, lock, pin }]
    }

    fn checked(&mut self, check: Option<PinCheck>) -> Vec<PreparationEffect> {
        let Stage::SigningIn(entrance) = &mut self.stage else { return Vec::new() };
        let package = &entrance.package;
        let whose = entrance.chosen.and_then(|chosen| signers(package).nth(chosen)).map(|one| one.code.clone());
        let attempt = self.rules.judge(&package.operators, &package.site, check, self.now);
        entrance.wrong = None;
        match attempt {
            // The screen says why: a clock that disagrees with the log is not everybody's to answer for.
            Attempt::In(operator) if package.is_clock_disputed && !operator.may(Action::AnswerAlarm) => {
                entrance.chosen = None;
                let mut effects = vec![PreparationEffect::Forget];
                effects.extend(self.free());
                effects
            }
            Attempt::In(operator) => self.entered(operator),
            Attempt::Stale => self.free(),
            wrong => {
                if let Attempt::Wrong { tries_left } = wrong {
                    entrance.tries_left = Some(tries_left);
                }
                vec![PreparationEffect::KeepWrongPin { code: whose.unwrap_or_default() }]
            }
        }
    }

    /// Nothing is checked any more: what somebody did meanwhile counts now, up to the next PIN.
    fn free(&mut self) -> Vec<PreparationEffect> {
        let mut effects = Vec::new();
        if let Stage::SigningIn(entrance) = &mut self.stage {
            entrance.is_busy = false;
        }
        while let Stage::SigningIn(entrance) = &mut self.stage
            && !entrance.is_busy
            && let Some(input) = entrance.waiting.pop_front()
        {
            effects.extend(self.input(input));
        }
        effects
    }

    /// Whoever has not compared the characters at this desk, and has not just seen them, compares them now.
    fn entered(&mut self, operator: SignedIn) -> Vec<PreparationEffect> {
        let Stage::SigningIn(entrance) = &self.stage else { return Vec::new() };
        if entrance.was_shown || self.confirmed.contains(operator.code()) {
            return self.begin(operator);
        }
        self.stage = Stage::Confirming { package: entrance.package.clone(), operator };
        Vec::new()
    }

    fn begin(&mut self, operator: SignedIn) -> Vec<PreparationEffect> {
        let others_were_wrong = self.rules.wrong_tries().any(|(code, _)| code != operator.code());
        self.stage = Stage::Starting;
        // A head of site gives everybody the tries back.
        let tries = if operator.may(Action::Unlock) { SignIn::default() } else { self.rules.clone() };
        vec![PreparationEffect::Begin { operator, others_were_wrong, tries }]
    }
}

/// What somebody does while a PIN is checked is kept up to here.
const MAX_WAITING: usize = 16;

/// Those of a package who can sign in at its site.
fn signers(package: &Offered) -> impl Iterator<Item = &Operator> {
    let can = |one: &&Operator| one.works_at(&package.site) && !one.is_revoked() && one.pin.is_some();
    package.operators.iter().filter(can)
}
