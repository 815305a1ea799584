//! Threads with names, so that a stuck one can be told from the others.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Starts `work` on a thread called `name`.
///
/// # Errors
/// The operating system's error, when it has no thread for us.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(work)
}
