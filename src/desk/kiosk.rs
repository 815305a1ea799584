//! The desk as the window sees it: a package is taken, somebody signs in, the desk runs. One thread, one view.
//!
//! Invariants:
//! - No desk runs from a package whose board nobody could name, and none before somebody has signed in.
//! - What cannot be started ends in a halted view with its cause.

use crate::config::DeskConfig;
use crate::package::Packages;
use crate::preparation::Preparation;
use crate::preparation_view::header;
use crate::runtime::{QUEUE_LEN, RunningDesk, ViewCell};
use crate::sources::prepare;
use crate::start::{Adapters, diagnose, start_in};
use bits::stamp::Clock;
use checkin::event::Input;
use checkin::preparing::preparing_view;
use checkin::show::halted_at_start;
use checkin::state::Halted;
use checkin::view::PreparingView;
use host::threads;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// How often sticks are looked at, and a waiting time is counted down.
pub const LOOK_AGAIN_MS: u64 = 2_000;

/// Makes the adapters of a desk once it is known which.
pub type MakeAdapters = Box<dyn FnOnce(&DeskConfig, &Path) -> Result<Adapters, Halted> + Send>;

/// A desk from its first picture to its end.
pub struct Kiosk {
    view: Arc<ViewCell>,
    inbox: SyncSender<Message>,
    thread: JoinHandle<()>,
}

pub(super) enum Message {
    Input(Input),
    Stop,
}

impl Kiosk {
    /// Begins; what comes of it is in the view.
    ///
    /// # Errors
    /// The operating system's, when there is no thread to be had.
    pub fn open(
        config: DeskConfig,
        base: PathBuf,
        clock: Arc<dyn Clock + Sync>,
        adapters: MakeAdapters,
    ) -> std::io::Result<Self> {
        let (inbox, messages) = sync_channel(QUEUE_LEN);
        let header = header(&config, clock.as_ref());
        let working = preparing_view(header, PreparingView::Working, env!("CARGO_PKG_VERSION"));
        let view = Arc::new(ViewCell::new(working));
        let cell = Arc::clone(&view);
        let start = Start { config, base, clock, adapters, cell };
        let thread = threads::spawn("kiosk", move || run(start, &messages))?;
        Ok(Self { view, inbox, thread })
    }

    /// The latest view.
    pub fn view(&self) -> Arc<ViewCell> {
        Arc::clone(&self.view)
    }

    /// A hand for the window. Never waits.
    pub fn sender(&self) -> impl Fn(Input) + Send + 'static {
        let inbox = self.inbox.clone();
        move |input| {
            let _ = inbox.try_send(Message::Input(input));
        }
    }

    /// Ends the desk, if one runs: its log is closed with its totals.
    pub fn stop(self) {
        let _ = self.inbox.send(Message::Stop);
        let _ = self.thread.join();
    }
}

/// What a desk is started with.
pub(super) struct Start {
    pub(super) config: DeskConfig,
    pub(super) base: PathBuf,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) adapters: MakeAdapters,
    pub(super) cell: Arc<ViewCell>,
}

fn run(start: Start, messages: &Receiver<Message>) {
    let cell = Arc::clone(&start.cell);
    let desk = match Packages::open(&start.config, &start.base) {
        Ok(None) => start_from_files(start).map(Some),
        Ok(Some(packages)) => Preparation::new(start, packages).run(messages),
        Err(halted) => {
            diagnose(&halted);
            Err(halted)
        }
    };
    match desk {
        Ok(Some(desk)) => pass_on(desk, messages),
        Ok(None) => {}
        Err(halted) => {
            cell.set(halted_at_start(&halted, env!("CARGO_PKG_VERSION")));
            while matches!(messages.recv(), Ok(Message::Input(_))) {}
        }
    }
}

fn start_from_files(start: Start) -> Result<RunningDesk, Halted> {
    let Start { config, base, adapters, cell, .. } = start;
    let adapters = adapters(&config, &base)?;
    let prepared = prepare(&config, &base).inspect_err(diagnose)?;
    start_in(cell, &config, &base, prepared, adapters)
}

fn pass_on(desk: RunningDesk, messages: &Receiver<Message>) {
    while let Ok(Message::Input(input)) = messages.recv() {
        desk.send(input);
    }
    desk.stop();
}
