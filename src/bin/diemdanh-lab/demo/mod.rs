//! The demo: the whole desk on simulated cards, reader and registry; by hand, or by a script that checks itself.

mod board;
pub(crate) mod exceptions;
mod package;
pub(crate) mod people;
pub(crate) mod script;
pub(crate) mod world;

use crate::autopilot::Autopilot;
use checkin::event::Input;
use clap::Args;
use desk::kiosk::Kiosk;
use desk::runtime::ViewCell;
use people::{Visitor, visitors};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use ui::app::{DeskLink, Pilot, SidePanel, Wake, WindowOptions, run as run_window};
use ui::style::Theme;
use world::{DemoError, ListSize, World};

/// How the demo runs.
#[derive(Clone, Args)]
pub(crate) struct Arguments {
    /// Where pictures, export, key and report go. What an earlier demo left there is replaced.
    #[arg(long, default_value = "target/demo")]
    out: PathBuf,
    /// Drives the window by a script, and ends.
    #[arg(long)]
    script: bool,
    /// The window's size, for instance 1920x1080.
    #[arg(long, default_value = "1280x800", value_parser = size)]
    size: (u16, u16),
    /// Light on dark.
    #[arg(long)]
    dark: bool,
    /// The script switches the screens to English first.
    #[arg(long)]
    english: bool,
}

/// Runs the demo; success only if every person ended as expected.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let ended = if arguments.script { scripted(arguments) } else { by_hand(arguments) };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!(%error, "the demo could not run");
            ExitCode::FAILURE
        }
    }
}

/// How the script ended; told across threads as words.
type Outcome = Result<bool, String>;

/// The view that the window shows; another one takes its place when the desk has ended.
type Shown = Arc<Mutex<Arc<ViewCell>>>;

fn by_hand(arguments: &Arguments) -> Result<bool, DemoError> {
    let world = World::prepare(&arguments.out, ListSize::default())?;
    let (desk, field) = world.open_desk()?;
    let visitors = Arc::new(visitors()?);
    let send = desk.sender();
    let (people, lift_field) = (Arc::clone(&visitors), field.clone());
    let panel = SidePanel {
        people: visitors.iter().map(|visitor| (visitor.title.clone(), visitor.hint.clone())).collect(),
        step_up: Box::new(move |index| step_up(&people, index, &field, &send)),
        lift: Box::new(move || drop(lift_field.remove())),
    };
    let view = desk.view();
    let link = DeskLink { view: shown(&Arc::new(Mutex::new(Arc::clone(&view)))), send: Box::new(desk.sender()) };
    let options = options(arguments, Some(panel), None);
    run_window(link, options, move |wake| view.wake_with(wake))?;
    desk.stop();
    world.hand_over()?;
    Ok(true)
}

fn step_up(people: &[Visitor], index: usize, field: &lab::reader::LabField, send: &impl Fn(Input)) {
    if let Some(visitor) = people.get(index) {
        drop(field.remove());
        send(Input::Entered(visitor.person.qr()));
        field.insert(visitor.card());
    }
}

fn scripted(arguments: &Arguments) -> Result<bool, DemoError> {
    let world = World::prepare(&arguments.out, ListSize::default())?;
    let (desk, field) = world.open_desk()?;
    let (orders, queue) = sync_channel(4);
    let (wakes, wake_queue) = sync_channel::<Wake>(1);
    let cell: Shown = Arc::new(Mutex::new(desk.view()));
    let link = DeskLink { view: shown(&cell), send: Box::new(desk.sender()) };
    let result = Arc::new(Mutex::new(Outcome::Ok(false)));
    let (told, wanted, view) = (Arc::clone(&result), arguments.clone(), desk.view());
    let player = std::thread::spawn(move || {
        let outcome = play(world, desk, field, orders, &wake_queue, &cell, wanted).map_err(|error| error.to_string());
        *told.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    });
    run_window(link, options(arguments, None, Some(Autopilot::new(queue))), move |wake| {
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::from(wake);
        let for_view = Arc::clone(&wake);
        view.wake_with(Box::new(move || for_view()));
        let _ = wakes.send(Box::new(move || wake()));
    })?;
    let _ = player.join();
    let outcome = std::mem::replace(&mut *result.lock().unwrap_or_else(PoisonError::into_inner), Ok(false));
    outcome.map_err(DemoError::Script)
}

fn play(
    world: World,
    desk: Kiosk,
    field: lab::reader::LabField,
    orders: std::sync::mpsc::SyncSender<crate::autopilot::Hand>,
    wakes: &std::sync::mpsc::Receiver<Wake>,
    shown: &Shown,
    arguments: Arguments,
) -> Result<bool, DemoError> {
    let wake = wakes.recv().map_err(|_| DemoError::WindowGone)?;
    let hands = script::Hands::new(orders, wake, Some(arguments.out));
    if arguments.english {
        hands.press("F2")?;
    }
    let all_well = script::play(&world, &desk, &field, &hands);
    desk.stop();
    let halted = world.broken_desk();
    *shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(ViewCell::new(halted));
    let pictured = hands.picture("halted");
    hands.close();
    world.hand_over()?;
    Ok(all_well? && pictured.is_ok())
}

fn shown(cell: &Shown) -> Box<dyn Fn() -> Arc<checkin::view::View>> {
    let cell = Arc::clone(cell);
    Box::new(move || cell.lock().unwrap_or_else(PoisonError::into_inner).get())
}

fn options(arguments: &Arguments, side_panel: Option<SidePanel>, autopilot: Option<Autopilot>) -> WindowOptions {
    let (width, height) = arguments.size;
    let size = [f32::from(width), f32::from(height)].into();
    let theme = if arguments.dark { Theme::Dark } else { Theme::Light };
    WindowOptions {
        size,
        fullscreen: false,
        theme,
        side_panel,
        pilot: autopilot.map(|one| Box::new(one) as Box<dyn Pilot>),
    }
}

pub(crate) fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    parsed.ok_or_else(|| "a size is WIDTHxHEIGHT".to_owned())
}
