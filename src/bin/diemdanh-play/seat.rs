//! Whoever sits at a real desk: looks at what the window would show, and presses what it offers, as soon as it decides.

use bits::secret::Secret;
use bits::stamp::Clock;
use checkin::event::{Choice, Input};
use checkin::view::{
    Carried, CaseView, ClosingView, ExceptionStage, Look, PackageId, PortraitView, PreparingView, Screen, StageView,
    View,
};
use desk::kiosk::Kiosk;
use desk::runtime::ViewCell;
use desk::start::{Adapters, read_config};
use host::clock::SystemClock;
use host::random::SystemRandom;
use lab::card::{CardData, CardFault, SyntheticCard};
use lab::reader::LabField;
use std::path::Path;
use std::sync::Arc;

/// A running desk, and the field of its reader.
pub(crate) struct Seat {
    kiosk: Kiosk,
    view: Arc<ViewCell>,
    field: LabField,
}

/// What did not come, and what was on the screen instead.
pub(crate) type Gone = String;

impl Seat {
    /// Starts the desk of this configuration; `clock` is its wall clock's.
    pub(crate) fn open(config: &Path, clock: Arc<dyn Clock + Sync>) -> Result<Self, Gone> {
        let (config, base) = read_config(config).map_err(|halted| halted.detail)?;
        let (field, watcher) = LabField::new();
        let connector = field.reader();
        let own = Arc::clone(&clock);
        let adapters = Box::new(move |plan: &desk::plan::DeskPlan| {
            Ok(Adapters {
                watcher: Box::new(watcher),
                connector: Box::new(connector),
                registry: None,
                witness: desk::anchors::witness(plan)?,
                clock: own,
                gauge: host::disk::gauge(),
                card_random: Box::new(SystemRandom),
                key_random: Box::new(SystemRandom),
                sound: Box::new(|_| {}),
            })
        });
        let gauge = host::disk::gauge();
        let kiosk = Kiosk::open(config, base, clock, gauge, adapters).map_err(|error| error.to_string())?;
        Ok(Self { view: kiosk.view(), kiosk, field })
    }

    fn send(&self, input: Input) {
        self.kiosk.sender()(input);
    }

    fn wait(&self, what: &str, wanted: impl Fn(&View) -> bool) -> Result<Arc<View>, Gone> {
        self.view.wait(PATIENCE_MS, wanted).map_err(|last| format!("{what} never came: {:?}", last.screen))
    }

    /// Takes the package on the stick, and signs in as the first who may.
    pub(crate) fn begin(&self, pin: &str) -> Result<(), Gone> {
        let view = self.wait("a package", |view| offered(view).is_some() || signs_in(view))?;
        if let Some(id) = offered(&view) {
            self.send(Input::TakePackage(id));
        }
        self.wait("the sign-in", signs_in)?;
        self.send(Input::ChoseOperator(0));
        self.send(Input::EnteredPin(Secret::new(pin.to_owned())));
        let view = self.wait("the idle desk", |view| is_idle(view) || offered(view).is_some())?;
        if let Some(id) = offered(&view) {
            self.send(Input::TakePackage(id));
            self.wait("the idle desk", is_idle)?;
        }
        Ok(())
    }

    /// Reads somebody's card after her key was scanned, and decides as the screen proposes: lets in whoever may be let in,
    /// sends everybody else to the head of site. A card that is lifted is put back. Returns whether she was let in.
    pub(crate) fn check_in(&self, key: &str, card: &CardData, is_lifted: bool) -> Result<bool, Gone> {
        self.send(Input::Entered(key.to_owned()));
        if is_lifted {
            self.field.insert(SyntheticCard::new(card.clone()).with_fault(CardFault::LiftedAt(LIFTED_AT)));
            self.wait("an interruption", was_lifted)?;
        }
        self.field.insert(SyntheticCard::new(card.clone()));
        let view = self.wait("a verdict that decides", |view| !choices(view).is_empty())?;
        // There is no window: in its place it is said that the portrait is on the screen.
        if let Look::Wanted(contact) = view.look {
            self.send(Input::Painted(contact));
        }
        let view = self.wait("the time to look", |view| !choices(view).is_empty() && view.look.is_over())?;
        let choice = if choices(&view).contains(&Choice::Admit) { Choice::Admit } else { Choice::Refer };
        self.send(Input::Chose(choice, view.meaning));
        self.wait("a receipt", |view| view.screen.case().is_some_and(is_recorded))?;
        self.field.remove();
        self.send(Input::Continue);
        self.wait("the idle desk", is_idle)?;
        Ok(choice == Choice::Admit)
    }

    /// Counts the scripts, and ends the session; where the log could not be carried off, the head of site stands behind it.
    pub(crate) fn close(&self, pin: &str) -> Result<(), Gone> {
        self.send(Input::EndSession);
        let view = self.wait("the summary", |view| asking(view).is_some())?;
        let rooms = asking(&view).map_or(0, |one| one.rooms.len());
        for room in 0..rooms {
            self.count(room)?;
        }
        let ends = |view: &View| asking(view).is_some_and(|one| !one.is_busy && !one.choices.is_empty());
        let ends = |view: &View| ends(view) && view.guarded_ms == 0;
        self.send(Input::ExportLog);
        let done = |view: &View| {
            asking(view).is_some_and(|one| matches!(one.carried, None | Some(Carried::Whole | Carried::Failed)))
        };
        self.wait("the stick", done)?;
        let view = self.wait("an end", ends)?;
        let by_two = !asking(&view).is_some_and(|one| one.choices.contains(&Choice::EndSession));
        let choice = if by_two { Choice::EndUnsent } else { Choice::EndSession };
        self.send(Input::Chose(choice, view.meaning));
        if by_two {
            self.prove(pin)?;
        }
        self.wait("the closed log", |view| matches!(view.screen, Screen::Closing(ClosingView::Closed(_)))).map(drop)
    }

    /// Ends the desk.
    pub(crate) fn stop(self) {
        self.kiosk.stop();
    }

    fn count(&self, room: usize) -> Result<(), Gone> {
        let view = self.wait("the summary", |view| asking(view).is_some_and(|one| !one.is_busy))?;
        let sits = asking(&view).and_then(|one| one.rooms.get(room)).map_or(0, |room| room.summary.arrived);
        self.send(Input::PickedRoom(room));
        self.wait("the count", |view| matches!(view.screen, Screen::Closing(ClosingView::Counting(_))))?;
        self.send(Input::EnteredCount(sits.to_string()));
        let counted = |view: &View| {
            asking(view).is_some_and(|one| one.rooms.get(room).is_some_and(|room| room.scripts.is_some()))
        };
        self.wait("the number", counted).map(drop)
    }

    fn prove(&self, pin: &str) -> Result<(), Gone> {
        let chosen = |view: &View| match &view.screen {
            Screen::Exception(view) => match &view.stage {
                ExceptionStage::Person(_, people) => Some(people.chosen.is_some()),
                _ => None,
            },
            _ => None,
        };
        self.wait("who else", |view| chosen(view) == Some(false))?;
        self.send(Input::ChoseOperator(0));
        self.wait("her PIN", |view| chosen(view) == Some(true))?;
        self.send(Input::EnteredPin(Secret::new(pin.to_owned())));
        Ok(())
    }
}

/// The machine's clock, so many seconds from the true time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShiftedClock(pub(crate) i64);

impl Clock for ShiftedClock {
    fn now(&self) -> bits::stamp::Stamp {
        let now = SystemClock.now();
        let wall = now.wall.saturating_add(jiff::SignedDuration::from_secs(self.0)).unwrap_or(now.wall);
        bits::stamp::Stamp { wall, ..now }
    }
}

/// The package of this session: the one that is not kept yet, where an earlier session's lies on the shelf.
fn offered(view: &View) -> Option<PackageId> {
    match &view.screen {
        Screen::Preparing(PreparingView::Packages(packages)) => {
            let new = packages.offers.iter().find(|offer| !offer.is_kept);
            new.or(packages.offers.first()).map(|offer| offer.id)
        }
        _ => None,
    }
}

fn signs_in(view: &View) -> bool {
    matches!(view.screen, Screen::Preparing(PreparingView::SignIn(_)))
}

fn is_idle(view: &View) -> bool {
    matches!(view.screen, Screen::Idle(_))
}

/// What decides now about somebody whose portrait stands on the screen.
fn choices(view: &View) -> &[Choice] {
    match view.screen.case() {
        Some(CaseView { stage: StageView::Deciding(choices), portrait, .. })
            if view.guarded_ms == 0 && !matches!(portrait, PortraitView::Pending) =>
        {
            choices
        }
        _ => &[],
    }
}

/// The card is wanted back.
fn was_lifted(view: &View) -> bool {
    matches!(&view.screen, Screen::Reading(reading) if reading.interrupted.is_some())
}

fn is_recorded(case: &CaseView) -> bool {
    matches!(case.stage, StageView::Recorded(_))
}

fn asking(view: &View) -> Option<&checkin::view::AskingView> {
    match &view.screen {
        Screen::Closing(ClosingView::Asking(asking)) => Some(asking),
        _ => None,
    }
}

/// How long a screen may take.
const PATIENCE_MS: u64 = 60_000;
/// The command at which a card is away: it was asked for its first files.
const LIFTED_AT: u32 = 8;
