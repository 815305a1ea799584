//! What a command line says. A closed pipe or a full device loses words, never the work that was being done, and the
//! program's exit code tells.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that was to be said on standard output is lost.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// The exit code for output that could not be written (`EX_IOERR` of sysexits.h).
pub const LOST_OUTPUT: u8 = 74;

/// Says a line on standard output.
pub fn line(text: impl Display) {
    note(writeln!(io::stdout(), "{text}"));
}

/// Says something on standard output, without a line's end.
pub fn put(text: impl Display) {
    note(write!(io::stdout(), "{text}"));
}

/// Says a line on standard error. Where even that is lost there is nobody left to tell.
pub fn complain(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Takes down that a writer of somebody else's lost something.
pub fn note(written: io::Result<()>) {
    if written.is_err() {
        IS_LOST.store(true, Ordering::Relaxed);
    }
}

/// The exit code of a program that is done: its own, or [`LOST_OUTPUT`].
pub fn exit_code(own: ExitCode) -> ExitCode {
    note(io::stdout().flush());
    if IS_LOST.load(Ordering::Relaxed) { ExitCode::from(LOST_OUTPUT) } else { own }
}
