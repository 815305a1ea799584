//! This program once more, with a limit on its memory: what reads strangers' files is somebody else's library, and builds
//! whatever a file tells it to before anybody can count.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::env;
use std::ffi::OsString;
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

/// Runs this program again, with the arguments of this run and `mark` behind the last word of its `subcommand`, and waits
/// for its end. Whoever finds the mark calls [`limit_memory`] first.
///
/// # Errors
/// The operating system's, when the program cannot be started.
pub fn run_again(subcommand: &[&str], mark: &str) -> io::Result<Ended> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let (before, behind) = arguments.split_at(end_of(subcommand, &arguments));
    let mut again = Command::new(env::current_exe()?);
    // Where its memory ends says nothing to a clerk.
    again.args(before).arg(mark).args(behind).env("RUST_BACKTRACE", "0");
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

/// Where the words of a subcommand end among the arguments; options of the whole program may stand between them.
pub fn end_of(subcommand: &[&str], arguments: &[OsString]) -> usize {
    let behind = |from: usize, word: &&str| {
        let between = arguments.iter().skip(from).take_while(|one| one.as_os_str() != *word).count();
        from.saturating_add(between).saturating_add(1)
    };
    subcommand.iter().fold(0, behind).min(arguments.len())
}
