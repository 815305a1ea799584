//! The desk: the kiosk window, and reading one card without it.

#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

#[cfg(feature = "lab")]
#[path = "diemdanh/bench/mod.rs"]
mod bench;
#[cfg(all(feature = "gui", feature = "lab"))]
#[path = "diemdanh/demo/mod.rs"]
mod demo;
#[path = "diemdanh/enrol.rs"]
mod enrol;
#[path = "diemdanh/export.rs"]
mod export;
#[path = "diemdanh/kiosk.rs"]
mod kiosk;
#[path = "diemdanh/read.rs"]
mod read;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Điểm Danh: the check-in desk.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    kiosk: kiosk::KioskArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Reads and proves one card over PC/SC, and prints every check.
    Read(read::Arguments),
    /// Makes the desk's device key and its request for a certificate.
    Enrol(enrol::Arguments),
    /// Copies the log of a desk that has been closed to a new folder.
    Export(export::Arguments),
    /// Measures the promises as ratios, and writes a report.
    #[cfg(feature = "lab")]
    Bench(bench::Arguments),
    /// The whole desk on simulated cards, reader and registry.
    #[cfg(all(feature = "gui", feature = "lab"))]
    Demo(demo::Arguments),
}

/// The exit code for bad usage (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;

fn main() -> ExitCode {
    diemdanh::host::logging::start();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { BAD_USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match arguments.command {
        Some(Command::Read(arguments)) => read::run(&arguments),
        Some(Command::Enrol(arguments)) => enrol::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        #[cfg(feature = "lab")]
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        #[cfg(all(feature = "gui", feature = "lab"))]
        Some(Command::Demo(arguments)) => demo::run(&arguments),
        None => kiosk::run(&arguments.kiosk),
    }
}
