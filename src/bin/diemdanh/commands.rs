//! What `diemdanh` can be told.

#[cfg(feature = "lab")]
#[path = "bench/mod.rs"]
mod bench;
#[cfg(all(feature = "gui", feature = "lab"))]
#[path = "demo/mod.rs"]
mod demo;
#[path = "enrol.rs"]
mod enrol;
#[path = "export.rs"]
mod export;
#[path = "kiosk.rs"]
pub(crate) mod kiosk;
#[path = "purge.rs"]
mod purge;
#[path = "read.rs"]
mod read;
#[path = "status.rs"]
mod status;

use clap::Subcommand;
use std::process::ExitCode;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Reads and proves one card over PC/SC, and prints every check.
    Read(read::Arguments),
    /// Makes the desk's device key and its request for a certificate.
    Enrol(enrol::Arguments),
    /// Copies the log of a desk that has been closed to a new folder.
    Export(export::Arguments),
    /// Counts what the desk's log adds up to.
    Status(status::Arguments),
    /// Removes people's data from the desk for good, with a signed entry.
    Purge(purge::Arguments),
    /// Measures the promises as ratios, and writes a report.
    #[cfg(feature = "lab")]
    Bench(bench::Arguments),
    /// The whole desk on simulated cards, reader and registry.
    #[cfg(all(feature = "gui", feature = "lab"))]
    Demo(demo::Arguments),
}

/// Does what it was told; without a command, opens the kiosk.
pub(crate) fn run(command: Option<Command>, desk: &kiosk::KioskArguments) -> ExitCode {
    match command {
        Some(Command::Read(arguments)) => read::run(&arguments),
        Some(Command::Enrol(arguments)) => enrol::run(&arguments),
        Some(Command::Status(arguments)) => status::run(&arguments),
        Some(Command::Purge(arguments)) => purge::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        #[cfg(feature = "lab")]
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        #[cfg(all(feature = "gui", feature = "lab"))]
        Some(Command::Demo(arguments)) => demo::run(&arguments),
        None => kiosk::run(desk),
    }
}
