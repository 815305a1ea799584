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
    use diemdanh::checkin::state::Halted;
    use diemdanh::desk::anchors::witness;
    use diemdanh::desk::config::DeskConfig;
    use diemdanh::desk::registry::client;
    use diemdanh::desk::runtime::{RunningDesk, ViewCell};
    use diemdanh::desk::start::{Adapters, read_config, start};
    use diemdanh::host::clock::SystemClock;
    use diemdanh::host::pcsc::PcscReader;
    use diemdanh::host::random::SystemRandom;
    use diemdanh::ui::app::{DeskLink, WindowError, WindowOptions, run};
    use diemdanh::ui::style::DESIGN_SIZE;
    use std::path::Path;
    use std::sync::Arc;

    pub(super) fn open(arguments: &KioskArguments) -> Result<(), WindowError> {
        let (config, desk) = match read_config(&arguments.config) {
            Ok((config, base)) => {
                let desk = start_desk(&config, &base);
                (Some(config), desk)
            }
            Err(halted) => (None, Err(halted)),
        };
        let options = WindowOptions {
            size: DESIGN_SIZE,
            fullscreen: config.is_some_and(|config| config.window.fullscreen),
            side_panel: None,
            #[cfg(feature = "lab")]
            autopilot: None,
        };
        match desk {
            Ok(desk) => show(desk, options),
            Err(halted) => show_halted(&halted, options),
        }
    }

    fn start_desk(config: &DeskConfig, base: &Path) -> Result<RunningDesk, Halted> {
        let name = (!config.reader.name.is_empty()).then(|| config.reader.name.clone());
        let adapters = Adapters {
            watcher: Box::new(PcscReader::new(name.clone())),
            connector: Box::new(PcscReader::new(name)),
            registry: client(&config.registry, base)?,
            witness: witness(&config.witness, base)?,
            clock: Arc::new(SystemClock),
            card_random: Box::new(SystemRandom),
            key_random: Box::new(SystemRandom),
            sound: diemdanh::desk::sounds::speaker(),
        };
        start(config, base, adapters)
    }

    fn show(desk: RunningDesk, options: WindowOptions) -> Result<(), WindowError> {
        let view = desk.view();
        let shown = Arc::clone(&view);
        let link = DeskLink { view: Box::new(move || shown.get()), send: Box::new(desk.sender()) };
        let closed = run(link, options, move |wake| view.wake_with(wake));
        desk.stop();
        closed
    }

    fn show_halted(halted: &Halted, options: WindowOptions) -> Result<(), WindowError> {
        let view = ViewCell::new(halted_at_start(halted, env!("CARGO_PKG_VERSION")));
        let link = DeskLink { view: Box::new(move || view.get()), send: Box::new(|_| {}) };
        run(link, options, |_| {})
    }
}
