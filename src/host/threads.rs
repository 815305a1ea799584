//! Threads with names, so that a stuck one can be told from the others.

use bits::spread::Spread;
use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
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
        let queue = Queue {
            count,
            room: threads * AHEAD,
            state: Mutex::default(),
            begins: Condvar::new(),
            comes: Condvar::new(),
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let _end = EndsWithPanic(&queue);
                    while let Some(index) = queue.next() {
                        queue.put(index, work(index));
                    }
                });
            }
            let _end = EndsWithPanic(&queue);
            while queue.take().is_some_and(&mut *take) {}
            queue.end();
        });
    }
}

/// Work that is handed out piece by piece to whoever is free, and results that wait for their turn.
struct Queue<T> {
    count: usize,
    /// So many pieces may be begun before the first of them is taken.
    room: usize,
    state: Mutex<Turn<T>>,
    /// There may be another piece to begin.
    begins: Condvar,
    /// There may be a result to take.
    comes: Condvar,
}

struct Turn<T> {
    begun: usize,
    taken: usize,
    is_over: bool,
    waiting: BTreeMap<usize, T>,
}

impl<T> Default for Turn<T> {
    fn default() -> Self {
        Self { begun: 0, taken: 0, is_over: false, waiting: BTreeMap::new() }
    }
}

impl<T> Queue<T> {
    /// The next piece to begin, once there is room for its result.
    fn next(&self) -> Option<usize> {
        let waits =
            |turn: &mut Turn<T>| !turn.is_over && turn.begun < self.count && turn.begun >= turn.taken + self.room;
        let turn = self.begins.wait_while(self.lock(), waits);
        let mut turn = turn.unwrap_or_else(PoisonError::into_inner);
        let index = turn.begun;
        turn.begun += 1;
        (!turn.is_over && index < self.count).then_some(index)
    }

    fn put(&self, index: usize, result: T) {
        self.lock().waiting.insert(index, result);
        self.comes.notify_one();
    }

    /// The next result in order.
    fn take(&self) -> Option<T> {
        let waits =
            |turn: &mut Turn<T>| !turn.is_over && turn.taken < self.count && !turn.waiting.contains_key(&turn.taken);
        let turn = self.comes.wait_while(self.lock(), waits);
        let mut turn = turn.unwrap_or_else(PoisonError::into_inner);
        let index = turn.taken;
        let result = turn.waiting.remove(&index)?;
        turn.taken += 1;
        self.begins.notify_one();
        Some(result)
    }

    fn end(&self) {
        self.lock().is_over = true;
        self.begins.notify_all();
        self.comes.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Turn<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody waits for somebody who has panicked; the panic itself goes on.
struct EndsWithPanic<'a, T>(&'a Queue<T>);

impl<T> Drop for EndsWithPanic<'_, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}

/// For each thread, so many pieces may be begun ahead of whoever takes the results.
const AHEAD: usize = 4;
