//! Diagnostics on standard error. They tell of the machine, never of a person.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Our own warnings. The window library's complaints about X11 servers say nothing to a technician.
const USUAL: &str = "warn,winit=off";

/// Starts diagnostics; `DIEMDANH_LOG` sets what is told (`warn` by default).
pub fn start() {
    let filter = EnvFilter::try_from_env("DIEMDANH_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    // Colours are for eyes: a file or a pipe gets none.
    let colours = std::io::stderr().is_terminal();
    let diagnostics = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    // The library would complain about a full device on that very device, and end the program.
    let _ = diagnostics.with_writer(std::io::stderr).log_internal_errors(false).try_init();
}
