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

/// Without a window there is no kiosk.
#[cfg(not(feature = "gui"))]
pub(crate) fn run(arguments: &KioskArguments) -> ExitCode {
    tracing::error!(config = %arguments.config.display(), "this build has no window: build it with the feature gui");
    ExitCode::FAILURE
}

/// Opens the window over the desk, or over the reason why there is none.
#[cfg(feature = "gui")]
pub(crate) fn run(arguments: &KioskArguments) -> ExitCode {
    match window::open(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "gui")]
mod window {
    use super::KioskArguments;
    use diemdanh::checkin::show::halted_at_start;
    use diemdanh::desk::anchors::witness;
    use diemdanh::desk::config::DeskConfig;
    use diemdanh::desk::kiosk::Kiosk;
    use diemdanh::desk::registry::client;
    use diemdanh::desk::runtime::ViewCell;
    use diemdanh::desk::start::{Adapters, read_config};
    use diemdanh::host::clock::SystemClock;
    use diemdanh::host::pcsc::PcscReader;
    use diemdanh::host::random::SystemRandom;
    use diemdanh::ui::app::{DeskLink, WindowError, WindowOptions, run};
    use diemdanh::ui::style::DESIGN_SIZE;
    use std::error::Error;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    pub(super) fn open(arguments: &KioskArguments) -> Result<(), Box<dyn Error>> {
        match read_config(&arguments.config) {
            Ok((config, base)) => show(config, base),
            Err(halted) => {
                let view = ViewCell::new(halted_at_start(&halted, env!("CARGO_PKG_VERSION")));
                let link = DeskLink { view: Box::new(move || view.get()), send: Box::new(|_| {}) };
                Ok(run(link, options(false), |_| {})?)
            }
        }
    }

    fn show(config: DeskConfig, base: PathBuf) -> Result<(), Box<dyn Error>> {
        let options = options(config.window.fullscreen);
        let kiosk = Kiosk::open(config, base, Arc::new(SystemClock), Box::new(adapters))?;
        let view = kiosk.view();
        let shown = Arc::clone(&view);
        let link = DeskLink { view: Box::new(move || shown.get()), send: Box::new(kiosk.sender()) };
        let closed: Result<(), WindowError> = run(link, options, move |wake| view.wake_with(wake));
        kiosk.stop();
        Ok(closed?)
    }

    fn adapters(config: &DeskConfig, base: &Path) -> Result<Adapters, diemdanh::checkin::state::Halted> {
        let name = (!config.reader.name.is_empty()).then(|| config.reader.name.clone());
        Ok(Adapters {
            watcher: Box::new(PcscReader::new(name.clone())),
            connector: Box::new(PcscReader::new(name)),
            registry: client(&config.registry, base)?,
            witness: witness(&config.witness, base)?,
            clock: Arc::new(SystemClock),
            card_random: Box::new(SystemRandom),
            key_random: Box::new(SystemRandom),
            sound: diemdanh::desk::sounds::speaker(),
        })
    }

    fn options(fullscreen: bool) -> WindowOptions {
        WindowOptions {
            size: DESIGN_SIZE,
            fullscreen,
            side_panel: None,
            #[cfg(feature = "lab")]
            autopilot: None,
        }
    }
}
