//! The desk as the window sees it: a package is taken, somebody signs in, the session runs. One brain, one view.
//!
//! Invariants:
//! - No desk runs from a package whose board nobody could name, and none before somebody has signed in.
//! - What cannot be started ends in a halted view with its cause.

use crate::config::DeskConfig;
use crate::orders::QUEUE_LEN;
use crate::package_worker::{PackageWorker, Start};
use crate::plan::DeskPlan;
use crate::runtime::{Brain, RunningDesk, ViewCell, inbox};
use crate::start::Adapters;
use bits::stamp::Clock;
use checkin::event::Input;
use checkin::machine::Machine;
use checkin::preparation::{BareDesk, Preparation};
use checkin::state::Halted;
use host::disk::Gauge;
use host::threads;
use jiff::tz::Offset;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Makes the adapters of a desk once it is known which.
pub type MakeAdapters = Box<dyn FnOnce(&DeskPlan) -> Result<Adapters, Halted> + Send>;

/// A desk from its first picture to its end.
pub struct Kiosk(RunningDesk);

impl Kiosk {
    /// Begins; what comes of it is in the view. `gauge` tells how much room there is before anybody's PIN is checked.
    ///
    /// # Errors
    /// The operating system's, when there is no thread to be had.
    pub fn open(
        config: DeskConfig,
        base: PathBuf,
        clock: Arc<dyn Clock + Sync>,
        gauge: Gauge,
        adapters: MakeAdapters,
    ) -> std::io::Result<Self> {
        let now = clock.now();
        let preparation = Machine::Preparing(Box::new(Preparation::new(bare(&config), now)));
        let view = Arc::new(ViewCell::new(preparation.view(now)));
        let (inbox, messages) = inbox();
        let (orders, queue) = sync_channel(QUEUE_LEN);
        let start = Start { config, base, clock: Arc::clone(&clock), gauge, adapters, inbox: inbox.clone() };
        let hand = threads::spawn("packages", move || PackageWorker::run(start, &queue))?;
        let brain = Brain::preparing(preparation, clock, (orders, hand), view);
        RunningDesk::start(brain, inbox, messages).map(Self)
    }

    /// The latest view.
    pub fn view(&self) -> Arc<ViewCell> {
        self.0.view()
    }

    /// A hand for the window. Never waits.
    pub fn sender(&self) -> impl Fn(Input) + Send + 'static {
        self.0.sender()
    }

    /// A hand that ends the desk without waiting for it: its log is closed, whatever becomes of the window.
    pub fn ender(&self) -> impl Fn() + Send + 'static {
        self.0.ender()
    }

    /// Ends the desk, if one runs: its log is closed with its totals.
    pub fn stop(self) {
        self.0.stop();
    }
}

fn bare(config: &DeskConfig) -> BareDesk {
    let named = |title: &String, id: &String| if title.is_empty() { id.clone() } else { title.clone() };
    BareDesk {
        exam: named(&config.exam.title, &config.exam.id),
        site: config.desk.site.clone(),
        desk: named(&config.desk.title, &config.desk.id),
        training: config.desk.training,
        outside_package: config.paths.packages.is_none(),
        // An offset that is none is named when the desk is started.
        utc_offset: Offset::from_hours(config.desk.utc_offset_hours).unwrap_or(Offset::UTC),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
