//! Threads with names, so that a stuck one can be told from the others.

use bits::spread::Spread;
use std::io;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Builder, JoinHandle};

/// Starts `work` on a thread called `name`.
///
/// # Errors
/// The operating system's error, when it has no thread for us.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(work)
}

/// Starts `work` on a thread called `name`, for a result that is wanted later.
///
/// # Errors
/// The operating system's error, when it has no thread for us.
pub fn meanwhile<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    Builder::new().name(name.to_owned()).spawn(work)
}

/// Work on several threads at once; a few results ahead of whoever takes them, so that memory stays small.
#[derive(Debug, Clone, Copy)]
pub struct SideBySide {
    threads: usize,
}

impl SideBySide {
    /// As many threads as the machine has cores.
    pub fn new() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, NonZero::get) }
    }

    /// So many threads, at least one: for work that mostly waits.
    pub fn of(threads: usize) -> Self {
        Self { threads: threads.max(1) }
    }
}

impl Default for SideBySide {
    fn default() -> Self {
        Self::new()
    }
}

impl Spread for SideBySide {
    fn in_order<T: Send>(&self, count: usize, work: &(dyn Fn(usize) -> T + Sync), take: &mut dyn FnMut(T) -> bool) {
        let threads = self.threads.min(count);
        thread::scope(|scope| {
            let queues: Vec<Receiver<T>> = (0..threads)
                .map(|first| {
                    let (results, queue) = sync_channel(AHEAD);
                    scope.spawn(move || {
                        // A taker that has enough drops its queues; then there is no more to do.
                        let _ = (first..count).step_by(threads).try_for_each(|index| results.send(work(index)));
                    });
                    queue
                })
                .collect();
            for queue in queues.iter().cycle().take(count) {
                if !queue.recv().is_ok_and(&mut *take) {
                    break;
                }
            }
        });
    }
}

/// Results of one thread that may wait.
const AHEAD: usize = 2;
