//! This program once more, with a limit on its memory: what reads strangers' files is somebody else's library, and builds
//! whatever a file tells it to before anybody can count.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::env;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

/// How the other run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code.
    Code(u8),
    /// The system ended it: it asked for more than it may have.
    Stopped,
}

/// Runs this program again, with the arguments of this run and `mark` behind its subcommand of `words` words, and waits
/// for its end. Whoever finds the mark calls [`limit_memory`] first.
///
/// # Errors
/// The operating system's, when the program cannot be started.
pub fn run_again(words: usize, mark: &str) -> io::Result<Ended> {
    let (subcommand, rest) = (env::args_os().skip(1).take(words), env::args_os().skip(1 + words));
    let mut again = Command::new(env::current_exe()?);
    // Where its memory ends says nothing to a clerk.
    again.args(subcommand).arg(mark).args(rest).env("RUST_BACKTRACE", "0");
    let status = again.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(match (code, status.signal()) {
        (Some(code), None) => Ended::Code(code),
        _ => Ended::Stopped,
    })
}

/// This process may have so many bytes of memory from now on. Asked for more, it ends.
///
/// # Errors
/// The operating system's.
pub fn limit_memory(bytes: u64) -> io::Result<()> {
    setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) })?;
    Ok(())
}
