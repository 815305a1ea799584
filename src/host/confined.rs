//! This program once more, with a limit on its memory: what reads strangers' files is somebody else's library, and builds
//! whatever a file tells it to before anybody can count.
//!
//! The run that ends for want of memory can say nothing more. So it keeps a note of what it is at in a file without a
//! name, which the run that waits for it reads; and what the language's runtime would say in its stead is kept from the
//! terminal.

use super::speech;
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

/// How the other run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code.
    Code(u8),
    /// The system ended it: it asked for more than it may have.
    Stopped {
        /// What it was at, as it told last; empty where it told nothing.
        at: String,
    },
}

/// Runs this program again, with the arguments of this run and `mark` behind the last word of its `subcommand`, and waits
/// for its end. Whoever finds the mark calls [`limit_memory`] first. The other run has no standard input.
///
/// # Errors
/// The operating system's, when the program cannot be started.
pub fn run_again(subcommand: &[&str], mark: &str) -> io::Result<Ended> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let (before, behind) = arguments.split_at(end_of(subcommand, &arguments));
    let mut note = File::from(memfd_create("note", MemfdFlags::CLOEXEC)?);
    let mut again = Command::new(env::current_exe()?);
    again.args(before).arg(mark).args(behind).stdin(Stdio::from(note.try_clone()?));
    let status = again.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    if let (Some(code), None) = (code, status.signal()) {
        return Ok(Ended::Code(code));
    }
    let mut at = Vec::new();
    note.rewind()?;
    note.take(MAX_NOTE).read_to_end(&mut at)?;
    Ok(Ended::Stopped { at: String::from_utf8_lossy(&at).into_owned() })
}

/// This process may have so many bytes of memory from now on. Asked for more, it ends, and without a word.
///
/// # Errors
/// The operating system's.
pub fn limit_memory(bytes: u64) -> io::Result<()> {
    setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) })?;
    speech::part_from_runtime()
}

/// Notes what this process is at, for the run that waits for it. Where none does, nothing is noted.
pub fn tell(at: &str) {
    let _ = note(at);
}

fn note(at: &str) -> io::Result<()> {
    let note = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let metadata = note.metadata()?;
    // A file without a name is the one that `run_again` made, and nobody's input.
    if metadata.is_file() && metadata.nlink() == 0 {
        note.set_len(0)?;
        note.write_all_at(at.as_bytes(), 0)?;
    }
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

/// A sheet's name is shorter in every spreadsheet; a file may say otherwise.
const MAX_NOTE: u64 = 256;
