//! The kiosk: configuration, adapters, window.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// How the kiosk is started.
#[derive(Args)]
pub(crate) struct KioskArguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
}

/// Opens the window over the desk, or over the reason why there is none.
pub(crate) fn run(arguments: &KioskArguments) -> ExitCode {
    match window::open(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

mod window {
    use super::KioskArguments;
    use checkin::show::halted_at_start;
    use desk::anchors::witness;
    use desk::config::{DeskConfig, ThemeChoice, WindowConfig};
    use desk::kiosk::Kiosk;
    use desk::plan::DeskPlan;
    use desk::registry::client;
    use desk::runtime::ViewCell;
    use desk::start::{Adapters, read_config};
    use host::clock::SystemClock;
    use host::ending;
    use host::pcsc::PcscReader;
    use host::random::SystemRandom;
    use std::error::Error;
    use std::path::PathBuf;
    use std::sync::Arc;
    use ui::app::{DeskLink, WindowError, WindowOptions, run, run_until};
    use ui::style::{DESIGN_SIZE, Theme};

    pub(super) fn open(arguments: &KioskArguments) -> Result<(), Box<dyn Error>> {
        match read_config(&arguments.config) {
            Ok((config, base)) => show(config, base),
            Err(halted) => {
                let view = ViewCell::new(halted_at_start(&halted, env!("CARGO_PKG_VERSION")));
                let link = DeskLink { view: Box::new(move || view.get()), send: Box::new(|_| {}) };
                Ok(run(link, options(&WindowConfig::default()), |_| {})?)
            }
        }
    }

    fn show(config: DeskConfig, base: PathBuf) -> Result<(), Box<dyn Error>> {
        let options = options(&config.window);
        let kiosk = Kiosk::open(config, base, Arc::new(SystemClock), host::disk::gauge(), Box::new(adapters))?;
        let view = kiosk.view();
        let shown = Arc::clone(&view);
        let link = DeskLink { view: Box::new(move || shown.get()), send: Box::new(kiosk.sender()) };
        let end = kiosk.ender();
        let closed: Result<(), WindowError> = run_until(link, options, move |wake, close| {
            view.wake_with(wake);
            // The record first: a window that is not drawn any more may never close.
            let both = move || {
                end();
                close();
            };
            if let Err(error) = ending::when_asked(both) {
                tracing::warn!(%error, "the system cannot ask this desk to end in order");
            }
        });
        kiosk.stop();
        Ok(closed?)
    }

    fn adapters(plan: &DeskPlan) -> Result<Adapters, checkin::state::Halted> {
        let reader = &plan.machine().reader;
        let name = (!reader.name.is_empty()).then(|| reader.name.clone());
        Ok(Adapters {
            watcher: Box::new(PcscReader::new(name.clone())),
            connector: Box::new(PcscReader::new(name)),
            registry: client(plan)?,
            witness: witness(plan)?,
            clock: Arc::new(SystemClock),
            gauge: host::disk::gauge(),
            card_random: Box::new(SystemRandom),
            key_random: Box::new(SystemRandom),
            sound: desk::sounds::speaker(),
        })
    }

    fn options(config: &WindowConfig) -> WindowOptions {
        let theme = match config.theme {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark => Theme::Dark,
        };
        WindowOptions { size: DESIGN_SIZE, fullscreen: config.fullscreen, theme, side_panel: None, pilot: None }
    }
}
