//! What a command line says. A closed pipe or a full device loses words, never the work that was being done, and the
//! program's exit code tells.

use rustix::stdio::dup2_stderr;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that was to be said on standard output is lost.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Standard error, where the runtime must not speak on it.
static OWN: OnceLock<File> = OnceLock::new();

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
    sketch(format_args!("{text}\n"));
}

/// Says something on standard error that will be written over: how far work is.
pub fn sketch(text: impl Display) {
    let _ = match OWN.get() {
        Some(mut own) => write!(own, "{text}"),
        None => write!(io::stderr(), "{text}"),
    };
}

/// True when standard error is a terminal, where somebody looks.
pub fn is_watched() -> bool {
    OWN.get().map_or_else(|| io::stderr().is_terminal(), |own| own.is_terminal())
}

/// From now on only this program's own words come to standard error: what the language's runtime says when memory ends
/// is no word for a clerk. A panic is still told.
///
/// # Errors
/// The operating system's.
pub fn part_from_runtime() -> io::Result<()> {
    if OWN.set(File::from(io::stderr().as_fd().try_clone_to_owned()?)).is_ok() {
        dup2_stderr(File::options().write(true).open("/dev/null")?)?;
        std::panic::set_hook(Box::new(|panic| complain(panic)));
    }
    Ok(())
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
