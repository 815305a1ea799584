//! `diemdanh-lab`: everything simulated, for demonstrations and training.

#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod autopilot;
mod demo;
mod measure;

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about = "Everything simulated")]
enum Command {
    /// The whole desk on simulated cards, reader and registry.
    Demo(demo::Arguments),
    /// What the window costs: times and keys of a scripted session, in a file.
    Measure(measure::Arguments),
}

fn main() -> ExitCode {
    host::logging::start();
    host::program::make_private_files();
    match Command::parse() {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
    }
}
