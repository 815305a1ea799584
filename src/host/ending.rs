//! When the system asks this program to end: the power button, a shutdown, the end of a session, Ctrl-C.

use crate::threads;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;

/// Does this, on a thread of its own, each time the system asks the program to end. Until then, and where that could not be
/// arranged, the system ends it at once.
///
/// # Errors
/// The operating system's: no signal of these can be caught, or there is no thread.
pub fn when_asked(end: impl Fn() + Send + 'static) -> io::Result<()> {
    let mut asked = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    threads::spawn("ending", move || asked.forever().for_each(|_| end())).map(drop)
}
