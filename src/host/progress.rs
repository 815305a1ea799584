//! How far long work is, on a terminal and nowhere else.

use super::speech::{is_watched, sketch};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// One line of the standard error output that is written over and over, and is gone at the end. Several threads may
/// count.
pub struct Progress {
    what: String,
    total: u64,
    done: AtomicU64,
    is_terminal: bool,
    is_shown: AtomicBool,
}

impl Progress {
    /// Begins a piece of work of so many steps.
    pub fn new(what: impl Into<String>, steps: usize) -> Self {
        Self::over(what, u64::try_from(steps).unwrap_or(u64::MAX))
    }

    /// Begins a piece of work of so many bytes.
    pub fn over(what: impl Into<String>, bytes: u64) -> Self {
        let (done, is_shown) = (AtomicU64::new(0), AtomicBool::new(false));
        Self { what: what.into(), total: bytes.max(1), done, is_terminal: is_watched(), is_shown }
    }

    /// So many steps are done.
    pub fn at(&self, done: usize) {
        let done = u64::try_from(done).unwrap_or(u64::MAX);
        self.show(self.done.swap(done, Ordering::Relaxed), done);
    }

    /// So many bytes more are done.
    pub fn add(&self, bytes: u64) {
        let before = self.done.fetch_add(bytes, Ordering::Relaxed);
        self.show(before, before.saturating_add(bytes));
    }

    fn show(&self, before: u64, done: u64) {
        let percent = |done: u64| (done.saturating_mul(100) / self.total).min(100);
        let now = percent(done);
        if !self.is_terminal || now == percent(before) {
            return;
        }
        self.is_shown.store(true, Ordering::Relaxed);
        let full = usize::try_from(now).unwrap_or(100) * WIDTH / 100;
        sketch(format_args!("\r{:<24} [{:<WIDTH$}] {now:>3} %", self.what, "#".repeat(full)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown.load(Ordering::Relaxed) {
            sketch(format_args!("\r{}\r", " ".repeat(WIDTH + 40)));
        }
    }
}

const WIDTH: usize = 30;
