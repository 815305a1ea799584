//! What `diemdanh` can be told.

mod doctor;
mod enrol;
mod export;
pub(crate) mod kiosk;
mod purge;
mod read;
mod reconcile;
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
    /// Examines what the desk depends on, the day before.
    Doctor(doctor::Arguments),
    /// Asks the registry again for everything that is still open, of every session.
    Reconcile(reconcile::Arguments),
    /// Removes people's data from the desk for good, with a signed entry.
    Purge(purge::Arguments),
}

/// Does what it was told; without a command, opens the kiosk.
pub(crate) fn run(command: Option<Command>, desk: &kiosk::KioskArguments) -> ExitCode {
    match command {
        Some(Command::Read(arguments)) => read::run(&arguments),
        Some(Command::Enrol(arguments)) => enrol::run(&arguments),
        Some(Command::Status(arguments)) => status::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Reconcile(arguments)) => reconcile::run(&arguments),
        Some(Command::Purge(arguments)) => purge::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        None => kiosk::run(desk),
    }
}
