//! What a desk that is being prepared has done for it: sticks are looked at, a package is taken, a PIN is checked, and in
//! the end the session is started. One thread, so that a slow stick or a slow lock holds up no screen.
//!
//! Invariants:
//! - What a PIN opens is its check; what it opened is here alone, until the session is started with it.
//! - A fault ends the preparation with its cause; nothing is tried after it.

use crate::config::DeskConfig;
use crate::halting::diagnose;
use crate::kiosk::MakeAdapters;
use crate::orders::{Message, Started};
use crate::package::{OpenPackage, PackageKey, Packages};
use crate::package_look::Found;
use crate::plan::DeskPlan;
use crate::sources::{Entrance, prepare, prepare_from};
use crate::start::start_in;
use bits::secret::Secret;
use bits::stamp::Clock;
use checkin::preparation::{FoundPackages, Offered, PreparationEffect, PreparationEvent};
use checkin::preparing::{OfferView, PackageId, RefusedView};
use checkin::sign_in::{SignIn, SignedIn};
use checkin::state::Halted;
use crypto::pin::{PinCheck, PinLock};
use host::disk::Gauge;
use jiff::Timestamp;
use jiff::tz::Offset;
use package::contents::PackageSettings;
use record::AttendanceEvent;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

/// What a desk is started with.
pub(super) struct Start {
    pub(super) config: DeskConfig,
    pub(super) base: PathBuf,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) gauge: Gauge,
    pub(super) adapters: MakeAdapters,
    pub(super) inbox: SyncSender<Message>,
}

/// The hand of a desk that works from packages.
pub(super) struct PackageWorker {
    start: Start,
    packages: Packages,
    /// What was last found, by the number that the brain knows it by.
    offered: Numbered<OpenPackage>,
    /// The package that was taken last, which somebody signs in for.
    chosen: Option<OpenPackage>,
    /// What the last PIN opened.
    key: Option<PackageKey>,
}

impl PackageWorker {
    /// Until there is a session, or a reason why there is none, or nobody orders anything any more.
    pub(super) fn run(start: Start, orders: &Receiver<PreparationEffect>) {
        let inbox = start.inbox.clone();
        if let Err(halted) = Self::work(start, orders) {
            let _ = inbox.send(Message::Halted(halted));
        }
    }

    fn work(start: Start, orders: &Receiver<PreparationEffect>) -> Result<(), Halted> {
        let Some(packages) = Packages::open(&start.config, &start.base).inspect_err(diagnose)? else {
            let inbox = start.inbox.clone();
            return from_files(start).map(|started| tell(&inbox, Message::Started(Box::new(started))));
        };
        let mut hand = Self { start, packages, offered: Numbered::default(), chosen: None, key: None };
        hand.say(hand.opened());
        while let Ok(order) = orders.recv() {
            if let PreparationEffect::Begin { operator, others_were_wrong, tries } = order {
                let inbox = hand.start.inbox.clone();
                let started = hand.begin(operator, others_were_wrong, tries)?;
                tell(&inbox, Message::Started(Box::new(started)));
                return Ok(());
            }
            hand.follow(order).inspect_err(diagnose)?;
        }
        // The window was closed: the segment that says which PINs were wrong ends in order.
        hand.leave().inspect_err(diagnose)
    }

    fn follow(&mut self, order: PreparationEffect) -> Result<(), Halted> {
        match order {
            PreparationEffect::Look => {
                let found = self.look();
                self.say(PreparationEvent::Looked(found));
            }
            PreparationEffect::Take(id) => {
                let taken = self.take(id).inspect_err(diagnose).map_err(|halted| halted.failure);
                self.say(PreparationEvent::Taken(taken.map(Box::new)));
            }
            PreparationEffect::CheckPin { code, lock, pin } => {
                let check = self.check(&code, &lock, &pin)?;
                self.say(PreparationEvent::Checked(check));
            }
            PreparationEffect::KeepWrongPin { code } => {
                self.keep_wrong_pin(&code)?;
                self.say(PreparationEvent::WrongPinKept);
            }
            PreparationEffect::Forget => self.key = None,
            PreparationEffect::Leave => self.leave()?,
            PreparationEffect::Begin { .. } => {}
        }
        Ok(())
    }

    fn opened(&self) -> PreparationEvent {
        let guard = self.packages.guard();
        PreparationEvent::Opened {
            places: self.packages.places().iter().map(|place| place.display().to_string()).collect(),
            rules: guard.sign_in(self.start.clock.as_ref()),
            are_pins_lost: guard.are_pins_lost(),
            confirmed: guard.confirmed().clone(),
        }
    }

    fn look(&mut self) -> FoundPackages {
        let Found { good, refused, for_others, is_partial } = self.packages.look(self.start.clock.as_ref());
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let refused = refused.iter().map(|(path, failure)| RefusedView { file: name(path), failure: *failure });
        self.offered.look();
        let offered = good.into_iter().map(|package| self.offer(package)).collect();
        FoundPackages { offered, refused: refused.collect(), for_others, is_partial }
    }

    fn offer(&mut self, package: OpenPackage) -> Offered {
        let id = self.offered.add(package.clone());
        self.facts(id, &package)
    }

    fn facts(&self, id: PackageId, package: &OpenPackage) -> Offered {
        let (note, settings, clock) = (package.note(), &package.front().settings, self.start.clock.as_ref());
        let offset = offset_of(settings.utc_offset_hours);
        let site = [settings.site.code.as_str(), settings.site.title.as_str()];
        let offer = OfferView {
            id,
            exam: settings.title.clone(),
            session: session_title(settings),
            site: site.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            rows: note.rows,
            version: note.version,
            held: package.held,
            until: local(note.not_after, offset),
            from: (clock.now().wall < note.not_before).then(|| local(note.not_before, offset)),
            signer: note.board.clone(),
            fingerprint: self.packages.fingerprint(),
            is_kept: package.is_kept,
        };
        let is_clock_disputed = self.packages.disputed(note, clock).is_some();
        Offered { offer, site: note.site.clone(), operators: package.front().operators.clone(), is_clock_disputed }
    }

    /// What was just taken is judged again as what it is now: a package to be used.
    fn take(&mut self, id: PackageId) -> Result<Offered, Halted> {
        let gone = || Halted { failure: checkin::failure::Failure::PackagesUnusable, detail: "gone".to_owned() };
        let mut package = self.offered.get(id).cloned().ok_or_else(gone)?;
        let clock = self.start.clock.as_ref();
        if !package.is_kept {
            self.packages.take(&mut package, clock)?;
        }
        let usable = self.packages.read(&package.path, true, clock)?;
        let offered = self.facts(id, &usable);
        self.chosen = Some(usable);
        Ok(offered)
    }

    /// No PIN is checked before it is certain that a wrong one can be written down.
    fn check(&mut self, code: &str, lock: &PinLock, pin: &Secret<String>) -> Result<Option<PinCheck>, Halted> {
        let Some(package) = self.chosen.clone() else { return Ok(None) };
        let plan = self.plan(&package)?;
        self.packages.guard_mut().0.hold(&plan, &self.start.gauge)?;
        let opened = package.key(code, lock, pin);
        let opened = opened.inspect_err(|error| tracing::error!(%error, "a PIN could not be checked")).ok();
        let check = opened.as_ref().map(|key| if key.is_some() { PinCheck::Right } else { PinCheck::Wrong });
        self.key = opened.flatten();
        Ok(check)
    }

    fn keep_wrong_pin(&mut self, code: &str) -> Result<(), Halted> {
        let Some(package) = self.chosen.clone() else { return Ok(()) };
        let plan = self.plan(&package)?;
        let (guard, device) = self.packages.guard_mut();
        guard.wrong_pin(&plan, device, code, (self.start.clock.as_ref(), &self.start.gauge))
    }

    fn leave(&mut self) -> Result<(), Halted> {
        self.key = None;
        let Some(package) = self.chosen.take() else { return Ok(()) };
        let plan = self.plan(&package)?;
        let (guard, _) = self.packages.guard_mut();
        guard.close(&plan, self.start.clock.as_ref())
    }

    fn plan(&self, package: &OpenPackage) -> Result<DeskPlan, Halted> {
        DeskPlan::of_package(&self.start.config, &self.start.base, package.front())
    }

    fn begin(self, operator: SignedIn, others_were_wrong: bool, tries: SignIn) -> Result<Started, Halted> {
        let Self { start: Start { config, base, adapters, clock, inbox, .. }, mut packages, chosen, key, .. } = self;
        let unproven = || Halted {
            failure: checkin::failure::Failure::NobodySignsIn,
            detail: "no PIN has opened a package".to_owned(),
        };
        let (package, key) = chosen.zip(key).ok_or_else(unproven)?;
        let plan = DeskPlan::of_package(&config, &base, package.front()).inspect_err(diagnose)?;
        let disputed = packages.disputed(package.note(), clock.as_ref());
        let (guard, device) = packages.guard_mut();
        let words = guard.signed_in(&plan, device, &operator, others_were_wrong, clock.as_ref());
        let mut words = words.inspect_err(diagnose)?;
        // Only somebody who may answer for it has come so far.
        words.extend(disputed.map(|later| AttendanceEvent::ClockConfirmed { later }));
        let adapters = adapters(&plan)?;
        let entrance = Entrance { operator, key, words, tries };
        let prepared = prepare_from(&plan, packages, &package, entrance).inspect_err(diagnose)?;
        start_in(&plan, prepared, adapters, inbox)
    }

    fn say(&self, event: PreparationEvent) {
        tell(&self.start.inbox, Message::Preparation(event));
    }
}

/// What the last two looks found. Whoever presses while a look is out means what the look before it showed.
struct Numbered<T> {
    known: BTreeMap<PackageId, T>,
    next: u64,
    /// The first number of the last look.
    latest: u64,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), next: 0, latest: 0 }
    }
}

impl<T> Numbered<T> {
    /// Another look begins: what the one before the last found is forgotten.
    fn look(&mut self) {
        self.known.retain(|id, _| id.0 >= self.latest);
        self.latest = self.next;
    }

    fn add(&mut self, found: T) -> PackageId {
        let id = PackageId(self.next);
        self.next += 1;
        self.known.insert(id, found);
        id
    }

    fn get(&self, id: PackageId) -> Option<&T> {
        self.known.get(&id)
    }
}

fn from_files(start: Start) -> Result<Started, Halted> {
    let Start { config, base, adapters, inbox, .. } = start;
    let plan = DeskPlan::of_files(&config, &base)?;
    let adapters = adapters(&plan)?;
    let prepared = prepare(&plan).inspect_err(diagnose)?;
    start_in(&plan, prepared, adapters, inbox)
}

/// A brain that has ended hears nothing more.
fn tell(inbox: &SyncSender<Message>, message: Message) {
    let _ = inbox.send(message);
}

fn session_title(settings: &PackageSettings) -> String {
    let session = &settings.session;
    let title = if session.title.is_empty() { &session.id } else { &session.title };
    format!("{title} · {}", local(session.start, offset_of(settings.utc_offset_hours)))
}

fn local(moment: Timestamp, offset: Offset) -> String {
    offset.to_datetime(moment).strftime("%H:%M %d/%m/%Y").to_string()
}

/// An offset that is none is named when the desk is started.
fn offset_of(hours: i8) -> Offset {
    Offset::from_hours(hours).unwrap_or(Offset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_can_be_taken_while_the_next_look_is_out() {
        let mut offered = Numbered::default();
        offered.look();
        let shown = offered.add("b1");
        offered.look();
        let again = offered.add("b2");
        assert_eq!((offered.get(shown), offered.get(again)), (Some(&"b1"), Some(&"b2")));
        offered.look();
        assert_eq!((offered.get(shown), offered.get(again)), (None, Some(&"b2")));
    }
}
