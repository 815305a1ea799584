//! The scripted session: types, presses, takes pictures, and checks that every person ended as expected.

use super::exceptions;
use super::package::PIN;
use super::people::{RegistryMood, ScreenName, Visitor, visitors};
use super::world::{DemoError, HAS_NAMESAKE, World};
use crate::autopilot::Hand;
use checkin::event::Choice;
use checkin::failure::Signal;
use checkin::view::{CaseView, ClosingView, Headline, Instruction, PreparingView, Screen, StageView, View};
use desk::kiosk::Kiosk;
use desk::runtime::ViewCell;
use lab::issuer::people::people;
use lab::reader::LabField;
use lab::registry_stub::StubFault;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use ui::app::Wake;

/// How long the script waits for a screen.
const PATIENCE_MS: u64 = 20_000;
/// A little more than what ends a session is to be held.
const END_MS: u64 = 2_400;
/// A little more than a reason is to be held that keeps somebody out.
const REASON_MS: u64 = 1_400;
/// How often the window draws while a key is down.
const HOLD_STEP_MS: u64 = 50;

/// The script's hands: keyboard and camera.
pub(crate) struct Hands {
    orders: SyncSender<Hand>,
    wake: Wake,
    /// Where pictures go; without it there are none.
    out: Option<PathBuf>,
    keys: AtomicU32,
    looks: AtomicU32,
}

/// What a person did: the keys that were pressed, and how often a screen was looked at before something was pressed on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) keys: u32,
    pub(crate) looks: u32,
}

static PICTURES: AtomicU32 = AtomicU32::new(0);

impl Hands {
    pub(crate) fn new(orders: SyncSender<Hand>, wake: Wake, out: Option<PathBuf>) -> Self {
        Self { orders, wake, out, keys: AtomicU32::new(0), looks: AtomicU32::new(0) }
    }

    /// What was done since this was asked last.
    pub(crate) fn counted(&self) -> Counted {
        let taken = |count: &AtomicU32| count.swap(0, Ordering::Relaxed);
        Counted { keys: taken(&self.keys), looks: taken(&self.looks) }
    }

    /// What a scanner types: nobody presses a key for it.
    pub(crate) fn scan(&self, text: &str) -> Result<(), DemoError> {
        self.order(|done| Hand::Type(text.to_owned(), done))?;
        self.order(|done| Hand::Press("Enter", done))
    }

    pub(super) fn enter(&self, text: &str) -> Result<(), DemoError> {
        self.write(text)?;
        self.press("Enter")
    }

    pub(crate) fn write(&self, text: &str) -> Result<(), DemoError> {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        self.keys.fetch_add(letters, Ordering::Relaxed);
        self.order(|done| Hand::Type(text.to_owned(), done))
    }

    pub(crate) fn press(&self, key: &'static str) -> Result<(), DemoError> {
        self.keys.fetch_add(1, Ordering::Relaxed);
        self.order(|done| Hand::Press(key, done))
    }

    /// Holds a key down for so long.
    pub(super) fn hold(&self, key: &'static str, hold_ms: u64) -> Result<(), DemoError> {
        self.keys.fetch_add(1, Ordering::Relaxed);
        self.order(|done| Hand::Down(key, done))?;
        for _ in 0..hold_ms.div_ceil(HOLD_STEP_MS) {
            (self.wake)();
            std::thread::sleep(Duration::from_millis(HOLD_STEP_MS));
        }
        self.order(|done| Hand::Up(key, done))
    }

    /// Takes a picture of the window as it is: `01-idle.png`, `02-…`.
    pub(super) fn picture(&self, name: &str) -> Result<(), DemoError> {
        let Some(out) = &self.out else { return Ok(()) };
        // The first frame after a change still lays text out; the second one is what a person sees.
        self.settle();
        let picture = self.order(Hand::Picture)?;
        let number = PICTURES.fetch_add(1, Ordering::Relaxed) + 1;
        let file = File::create(out.join(format!("{number:02}-{name}.png")))?;
        let size = |length: usize| u32::try_from(length).unwrap_or(0);
        let mut encoder = png::Encoder::new(BufWriter::new(file), size(picture.width), size(picture.height));
        encoder.set_color(png::ColorType::Rgba);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.rgba));
        written.map_err(|error| DemoError::File(std::io::Error::other(error)))
    }

    /// A line of `steps.tsv`, which the demo's last line counts.
    pub(super) fn note(&self, step: &str, is_well: bool) -> Result<(), DemoError> {
        let Some(out) = &self.out else { return Ok(()) };
        let mut file = OpenOptions::new().create(true).append(true).open(out.join("steps.tsv"))?;
        writeln!(file, "desk\t{step}\t{}", if is_well { "ok" } else { "FAIL" })?;
        Ok(())
    }

    pub(crate) fn close(&self) {
        let _ = self.orders.send(Hand::Close);
        self.settle();
    }

    fn settle(&self) {
        for _ in 0..3 {
            (self.wake)();
            std::thread::sleep(Duration::from_millis(60));
        }
    }

    /// Waits until the desk takes a press, and until a person at the window has seen the buttons for as long.
    pub(super) fn wait_alive(&self, view: &ViewCell, who: &str) -> Result<(), DemoError> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        let shown = wait(view, who, |view| view.guarded_ms == 0 && view.look.is_over())?;
        let has_portrait = shown.screen.case().is_some_and(|case| case.portrait.shown().is_some());
        let look_ms = if has_portrait { shown.portrait_guard_ms } else { 0 };
        std::thread::sleep(Duration::from_millis(shown.guard_ms.max(look_ms)));
        self.settle();
        Ok(())
    }

    fn order<T>(&self, order: impl FnOnce(SyncSender<T>) -> Hand) -> Result<T, DemoError> {
        let (done, answer) = sync_channel(1);
        self.orders.send(order(done)).map_err(|_| DemoError::WindowGone)?;
        for _ in 0..200 {
            (self.wake)();
            if let Ok(value) = answer.recv_timeout(Duration::from_millis(50)) {
                return Ok(value);
            }
        }
        Err(DemoError::WindowGone)
    }
}

/// Plays every visit. True when all ended as expected; each prints a line.
pub(super) fn play(world: &World, desk: &Kiosk, field: &LabField, hands: &Hands) -> Result<bool, DemoError> {
    let view = desk.view();
    prepare(&view, hands)?;
    wait(&view, "start", |view| matches!(&view.screen, Screen::Idle(_)))?;
    hands.picture("idle")?;
    search_namesakes(&view, hands)?;
    let mut all_well = true;
    for visitor in visitors()? {
        let ended = visit(world, &view, field, hands, &visitor);
        hands.note(&visitor.title, ended.is_ok())?;
        let mut out = std::io::stdout();
        match &ended {
            Ok(words) => writeln!(out, "ok    {:<42} {words}", visitor.title)?,
            Err(error) => writeln!(out, "FAIL  {:<42} {error}", visitor.title)?,
        }
        if ended.is_err() {
            all_well = false;
            clear(field, hands)?;
        }
    }
    if let Err(error) = exceptions::play(&view, hands) {
        writeln!(std::io::stdout(), "FAIL  what two people decide: {error}")?;
        all_well = false;
        hands.press("Escape")?;
        hands.press("Escape")?;
    }
    end_session(&view, hands)?;
    Ok(all_well)
}

/// Takes the package from the stick and signs in, as on the morning of an exam.
pub(crate) fn prepare(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    let preparing = |wanted: fn(&PreparingView) -> bool| move |view: &View| matches!(&view.screen, Screen::Preparing(preparing) if wanted(preparing));
    wait(view, "package", preparing(|one| matches!(one, PreparingView::Packages(found) if !found.offers.is_empty())))?;
    hands.picture("package")?;
    hands.press("Enter")?;
    wait(view, "people", preparing(|one| matches!(one, PreparingView::SignIn(_))))?;
    hands.picture("sign-in")?;
    hands.press("1")?;
    wait(view, "pin", preparing(|one| matches!(one, PreparingView::SignIn(sign_in) if sign_in.chosen.is_some())))?;
    hands.enter("111111")?;
    wait(view, "pin", preparing(|one| matches!(one, PreparingView::SignIn(sign_in) if sign_in.wrong.is_some())))?;
    hands.picture("wrong-pin")?;
    hands.enter(PIN)
}

/// Searches a name that two people have, looks, and goes back.
fn search_namesakes(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    let name = people().into_iter().nth(HAS_NAMESAKE).map(|person| person.full_name).unwrap_or_default();
    hands.write(&name)?;
    wait(view, "search", |view| matches!(&view.screen, Screen::Idle(idle) if idle.namesakes.is_some()))?;
    hands.picture("same-name")?;
    hands.press("Escape")?;
    wait(view, "search", |view| matches!(&view.screen, Screen::Idle(idle) if idle.found.is_empty()))?;
    Ok(())
}

/// Ends the session as an invigilator does, and waits for the witness's last word.
fn end_session(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    wait(view, "end", |view| matches!(&view.screen, Screen::Idle(_)))?;
    hands.press("F10")?;
    wait(view, "end", |view| matches!(&view.screen, Screen::Closing(ClosingView::Asking(_))))?;
    hands.picture("end-of-session")?;
    hands.wait_alive(view, "end")?;
    if ends_by_one(&view.get().screen) {
        hands.hold("F10", END_MS)?;
    } else {
        // Somebody still waits for the head of site, who stands behind the end.
        hands.press("F8")?;
        exceptions::stand_behind(view, hands)?;
    }
    wait(view, "end", |view| matches!(&view.screen, Screen::Closing(ClosingView::Closed(closed)) if closed.witnessed))?;
    hands.picture("session-ended")
}

fn ends_by_one(screen: &Screen) -> bool {
    matches!(screen, Screen::Closing(ClosingView::Asking(asking)) if asking.choices.contains(&Choice::EndSession))
}

/// Leaves a clean desk for the next person after a visit went wrong.
fn clear(field: &LabField, hands: &Hands) -> Result<(), DemoError> {
    drop(field.remove());
    hands.press("Escape")?;
    hands.press("Escape")
}

pub(crate) fn visit(
    world: &World,
    view: &ViewCell,
    field: &LabField,
    hands: &Hands,
    visitor: &Visitor,
) -> Result<String, DemoError> {
    world.registry.order(match visitor.registry {
        RegistryMood::Answers => StubFault::None,
        RegistryMood::Silent => StubFault::Silent,
    });
    hands.scan(&visitor.person.qr())?;
    field.insert(visitor.card());
    if visitor.picture == "admit" {
        wait(view, &visitor.title, |view| matches!(&view.screen, Screen::Reading(reading) if reading.permille > 150))?;
        hands.picture("reading")?;
    }
    if visitor.lifted_at.is_some() {
        wait(
            view,
            &visitor.title,
            |view| matches!(&view.screen, Screen::Reading(reading) if reading.interrupted.is_some()),
        )?;
        hands.picture("card-lifted")?;
        field.insert(visitor.card_put_back());
    }
    let seen = wait(view, &visitor.title, |view| decided(&view.screen).is_some())?;
    let case = decided(&seen.screen).ok_or(DemoError::WindowGone)?;
    hands.wait_alive(view, &visitor.title)?;
    hands.picture(visitor.picture)?;
    check(visitor, &seen.screen, case)?;
    decide(view, hands, visitor)?;
    let words = finish(view, field, hands, visitor)?;
    Ok(words)
}

/// The case of a screen on which somebody can decide.
pub(crate) fn decided(screen: &Screen) -> Option<&CaseView> {
    screen.case().filter(|case| {
        let ready = matches!(case.stage, StageView::Deciding(_)) && case.signal != Signal::Working;
        ready && !matches!(case.portrait, checkin::view::PortraitView::Pending)
    })
}

fn check(visitor: &Visitor, screen: &Screen, case: &CaseView) -> Result<(), DemoError> {
    let name = match (screen, case.headline) {
        (Screen::AlreadyIn(_), _) => ScreenName::AlreadyIn,
        (Screen::Elsewhere(_), _) => ScreenName::Elsewhere,
        (_, Headline::Admit | Headline::AdmitWithoutRegistry) => ScreenName::Admit,
        (_, Headline::Stop) => ScreenName::Stop,
        _ => ScreenName::Ask,
    };
    let expected = visitor.expected;
    if name != expected.screen || case.reasons.first().copied() != expected.reason {
        let what = format!("{name:?} {:?} instead of {:?} {:?}", case.reasons, expected.screen, expected.reason);
        return Err(DemoError::Unexpected { who: visitor.title.clone(), what });
    }
    Ok(())
}

/// Presses the key that stands on the wanted button, as soon as it decides.
fn decide(view: &ViewCell, hands: &Hands, visitor: &Visitor) -> Result<(), DemoError> {
    let key = match visitor.expected.choice {
        Choice::Admit | Choice::ReEntry => "F5",
        Choice::Refer => "F6",
        Choice::NotAdmitted => "F7",
        Choice::ReportDuplicate => "F8",
        Choice::Directed => "F9",
        Choice::EndSession | Choice::EndUnsent | Choice::DoubtPortrait => return Err(DemoError::WindowGone),
    };
    hands.wait_alive(view, &visitor.title)?;
    hands.press(key)?;
    if visitor.expected.choice == Choice::NotAdmitted {
        let choosing =
            |view: &View| matches!(&view.screen, Screen::Verdict(case) if case.stage == StageView::ChoosingReason);
        wait(view, &visitor.title, choosing)?;
        hands.picture("reasons")?;
        hands.wait_alive(view, &visitor.title)?;
        // The way back has the first place.
        hands.press("Tab")?;
        hands.press("Tab")?;
        hands.hold("Enter", REASON_MS)?;
        exceptions::stand_behind(view, hands)?;
    }
    Ok(())
}

fn finish(view: &ViewCell, field: &LabField, hands: &Hands, visitor: &Visitor) -> Result<String, DemoError> {
    let recorded = wait(view, &visitor.title, |view| receipt(&view.screen).is_some())?;
    let entry = receipt(&recorded.screen).unwrap_or_default();
    if matches!(visitor.picture, "admit" | "portrait-differs") {
        hands.picture(&format!("recorded-{}", visitor.picture))?;
    }
    drop(field.remove());
    hands.wait_alive(view, &visitor.title)?;
    hands.press("Enter")?;
    let idle =
        |view: &View| matches!(&view.screen, Screen::Idle(idle) if idle.instruction == Instruction::ScanAndPlace);
    wait(view, &visitor.title, idle)?;
    Ok(format!("{:?} -> {:?}, entry {entry}", visitor.expected.screen, visitor.expected.choice))
}

fn receipt(screen: &Screen) -> Option<String> {
    match &screen.case()?.stage {
        StageView::Recorded(receipt) => Some(receipt.entry.clone()),
        _ => None,
    }
}

pub(crate) fn wait(
    view: &ViewCell,
    who: &str,
    wanted: impl Fn(&View) -> bool,
) -> Result<std::sync::Arc<View>, DemoError> {
    view.wait(PATIENCE_MS, wanted).map_err(|last| DemoError::Unexpected {
        who: who.to_owned(),
        what: format!("waited in vain; the screen is {}", name_of(&last.screen)),
    })
}

fn name_of(screen: &Screen) -> String {
    match screen {
        Screen::Preparing(preparing) => format!("preparing {preparing:?}"),
        Screen::Idle(idle) => format!("idle {:?} {:?}", idle.instruction, idle.notice),
        Screen::Reading(reading) => format!("reading {:?} {:?}", reading.phase, reading.interrupted),
        Screen::Verdict(case) | Screen::AlreadyIn(case) | Screen::Elsewhere(case) => {
            format!("{:?} {:?} {:?}", case.headline, case.reasons, case.lines)
        }
        Screen::Exception(exception) => format!("exception {:?}", exception.title),
        Screen::Closing(closing) => format!("closing {closing:?}"),
        Screen::Locked(_) => "locked".to_owned(),
        Screen::Examining(_) => "examining".to_owned(),
        Screen::Halted(halted) => format!("halted {}", halted.failure.code()),
    }
}
