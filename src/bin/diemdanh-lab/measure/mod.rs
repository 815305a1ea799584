//! What the window costs: the desk's own threads and the real window under a script, with a watch at every frame and a count
//! of every key. Lines of `window.tsv`: what, its number, its unit.

mod probe;

use crate::autopilot::Autopilot;
use crate::demo::people::good_visitors;
use crate::demo::script::{self, Hands, decided, wait};
use crate::demo::world::{DemoError, ListSize, World};
use crate::demo::{exceptions, size};
use checkin::view::{Screen, View};
use clap::Args;
use desk::runtime::ViewCell;
use probe::{LastShown, Probe, Shared, published};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};
use ui::app::{DeskLink, Pilot, Wake, WindowOptions, run as run_window};
use ui::style::Theme;

/// What is measured.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Where the desk's files and `window.tsv` go. What an earlier run left there is replaced.
    #[arg(long, default_value = "target/measure")]
    out: PathBuf,
    /// People on the list of the searches.
    #[arg(long, default_value_t = 110_000)]
    people: u32,
    /// The window's size.
    #[arg(long, default_value = "1280x800", value_parser = size)]
    size: (u16, u16),
}

/// Measures, and writes the file.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match measured(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be measured");
            ExitCode::FAILURE
        }
    }
}

/// Which desk the window shows.
type Shown = Arc<Mutex<Arc<ViewCell>>>;
/// Whom the window tells what was pressed.
type Send = Arc<Mutex<Box<dyn Fn(checkin::event::Input) + std::marker::Send>>>;

fn measured(arguments: &Arguments) -> Result<(), DemoError> {
    let seats = 44;
    let list = ListSize { rooms: arguments.people.div_ceil(seats).max(25), seats };
    let world = World::prepare(&arguments.out, list)?;
    let began = Instant::now();
    let plain = world.plain_desk()?;
    let seen = Shared::default();
    let (orders, queue) = sync_channel(4);
    let (wakes, wake_queue) = sync_channel::<Wake>(1);
    let cell: Shown = Arc::new(Mutex::new(plain.view()));
    let send: Send = Arc::new(Mutex::new(Box::new(plain.sender())));
    let last = LastShown::default();
    let link = DeskLink { view: remembered(&cell, &last), send: handed(&send) };
    let probe = Probe::new(Autopilot::new(queue), Arc::clone(&seen), last);
    let stage = Stage { world, cell, send, seen, orders, wake_queue, began, out: arguments.out.clone() };
    let player = std::thread::spawn(move || stage.play(plain).map_err(|error| error.to_string()));
    let (width, height) = arguments.size;
    let size = [f32::from(width), f32::from(height)].into();
    let pilot = Some(Box::new(probe) as Box<dyn Pilot>);
    run_window(
        link,
        WindowOptions { size, fullscreen: false, theme: Theme::Light, side_panel: None, pilot },
        move |wake| {
            let _ = wakes.send(wake);
        },
    )?;
    player.join().map_err(|_| DemoError::WindowGone)?.map_err(DemoError::Script)
}

fn remembered(cell: &Shown, last: &LastShown) -> Box<dyn Fn() -> Arc<View>> {
    let (cell, last) = (Arc::clone(cell), Arc::clone(last));
    Box::new(move || {
        let view = cell.lock().unwrap_or_else(PoisonError::into_inner).get();
        *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&view));
        view
    })
}

fn handed(send: &Send) -> Box<dyn Fn(checkin::event::Input)> {
    let send = Arc::clone(send);
    Box::new(move |input| (send.lock().unwrap_or_else(PoisonError::into_inner))(input))
}

/// Everything that the script needs.
struct Stage {
    world: World,
    cell: Shown,
    send: Send,
    seen: Shared,
    orders: SyncSender<crate::autopilot::Hand>,
    wake_queue: Receiver<Wake>,
    began: Instant,
    out: PathBuf,
}

impl Stage {
    fn play(self, plain: desk::runtime::RunningDesk) -> Result<(), DemoError> {
        let wake: Arc<dyn Fn() + std::marker::Send + Sync> =
            Arc::from(self.wake_queue.recv().map_err(|_| DemoError::WindowGone)?);
        let for_hands = Arc::clone(&wake);
        let hands = Hands::new(self.orders.clone(), Box::new(move || for_hands()), None);
        let mut lines = String::new();
        self.watch(&plain.view(), &wake);
        line(&mut lines, "start", self.first_idle(&wake)?.as_micros(), "us");
        line(&mut lines, "idle", idling()?.as_micros(), "us in 5 s");
        plain.stop();
        let played = self.session(&hands, &wake, &mut lines);
        self.told(&mut lines);
        fs::write(self.out.join("window.tsv"), lines)?;
        hands.close();
        played
    }

    /// From the desk's start to the end of the first frame that shows the idle screen.
    fn first_idle(&self, wake: &Arc<dyn Fn() + std::marker::Send + Sync>) -> Result<Duration, DemoError> {
        for _ in 0..PATIENCE {
            wake();
            std::thread::sleep(STEP);
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = seen.first_idle {
                return Ok(at.saturating_duration_since(self.began));
            }
        }
        Err(DemoError::WindowGone)
    }

    /// The window is woken by what this desk publishes, and the moment is noted.
    fn watch(&self, view: &Arc<ViewCell>, wake: &Arc<dyn Fn() + std::marker::Send + Sync>) {
        let (seen, wake, cell) = (Arc::clone(&self.seen), Arc::clone(wake), Arc::downgrade(view));
        view.wake_with(Box::new(move || {
            if let Some(cell) = cell.upgrade() {
                published(&seen, cell.get());
            }
            wake();
        }));
    }

    /// The scripted minute: a package, letters, good cards, somebody without one.
    fn session(
        &self,
        hands: &Hands,
        wake: &Arc<dyn Fn() + std::marker::Send + Sync>,
        lines: &mut String,
    ) -> Result<(), DemoError> {
        let (desk, field) = self.world.open_desk()?;
        field.set_delay_ms(MODELLED_COMMAND_MS);
        let view = desk.view();
        self.watch(&view, wake);
        *self.send.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(desk.sender());
        *self.cell.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&view);
        script::prepare(&view, hands)?;
        wait(&view, "start", |view| matches!(&view.screen, Screen::Idle(_)))?;
        search(&view, hands)?;
        for visitor in good_visitors()? {
            hands.counted();
            let began = Instant::now();
            script::visit(&self.world, &view, &field, hands, &visitor)?;
            scenario(lines, "good card", began.elapsed(), hands);
        }
        hands.counted();
        let began = Instant::now();
        exceptions::without_card_let_in(&view, hands)?;
        scenario(lines, "without a card", began.elapsed(), hands);
        desk.stop();
        Ok(())
    }

    /// What the watch has seen.
    fn told(&self, lines: &mut String) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.frames.iter().for_each(|took| line(lines, "frame", took.as_micros(), "us"));
        seen.searches.iter().for_each(|took| line(lines, "search", took.as_micros(), "us"));
        let mut before = false;
        for painted in &seen.painted {
            let is_verdict = decided(&painted.view.screen).is_some();
            if is_verdict && !before {
                let took = painted.at.saturating_duration_since(painted.published);
                line(lines, "verdict", took.as_micros(), "us");
            }
            before = is_verdict;
        }
    }
}

fn line(lines: &mut String, what: &str, number: u128, unit: &str) {
    let _ = writeln!(lines, "{what}\t{number}\t{unit}");
}

/// What the machine took of a scenario, and what a person did in it.
fn scenario(lines: &mut String, name: &str, took: Duration, hands: &Hands) {
    let counted = hands.counted();
    line(lines, &format!("{name}, machine"), took.as_micros(), "us");
    line(lines, &format!("{name}, keys"), u128::from(counted.keys), "keys");
    line(lines, &format!("{name}, looks"), u128::from(counted.looks), "looks");
}

/// The processor time of this process while the window shows the idle screen and nobody does anything.
fn idling() -> io::Result<Duration> {
    let before = processor_time()?;
    std::thread::sleep(IDLING);
    Ok(processor_time()?.saturating_sub(before))
}

fn processor_time() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // Behind the name in brackets stand the state (field 3) and numbers; 14 and 15 are user and system ticks.
    let numbers = text.rsplit_once(')').map_or("", |(_, numbers)| numbers).split_whitespace();
    let ticks: u64 = numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * TICK_MS))
}

/// Types names, numbers and dates letter by letter.
fn search(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    for text in TYPED {
        for letter in text.chars() {
            hands.write(letter.encode_utf8(&mut [0; 4]))?;
            std::thread::sleep(STROKE);
        }
        hands.press("Escape")?;
        wait(view, "search", |view| matches!(&view.screen, Screen::Idle(idle) if idle.found.is_empty()))?;
    }
    Ok(())
}

const TYPED: [&str; 10] = [
    "nguyen thi an",
    "tran van b",
    "le ngoc",
    "hoang gia khoi",
    "99000123",
    "990",
    "0993",
    "15/2/2008",
    "pham thu trang",
    "đỗ minh",
];
/// Between two letters of a quick typist.
const STROKE: Duration = Duration::from_millis(120);
const IDLING: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(5);
const PATIENCE: u32 = 4_000;
const TICK_MS: u64 = 10;
/// What a command takes so that a whole read takes what it does at 424 kbit/s with a chip that thinks: the figures of the
/// link say 1.70 s for 104 commands.
const MODELLED_COMMAND_MS: u64 = 16;
