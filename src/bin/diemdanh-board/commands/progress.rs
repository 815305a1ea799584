//! How far long work is, on a terminal and nowhere else.

use std::io::{IsTerminal as _, Write as _};

/// One line of the standard error output that is written over and over, and is gone at the end.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    shown: Option<usize>,
}

impl Progress {
    /// Begins a piece of work of so many steps.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        Self { what, total, shown: None }
    }

    /// So many steps are done.
    pub(crate) fn at(&mut self, done: usize) {
        let percent = done.saturating_mul(100) / self.total.max(1);
        if self.shown == Some(percent) || !std::io::stderr().is_terminal() {
            return;
        }
        self.shown = Some(percent);
        let full = percent.min(100) * WIDTH / 100;
        eprint!("\r{:<24} [{}{}] {percent:>3} %", self.what, "#".repeat(full), " ".repeat(WIDTH - full));
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            eprint!("\r{}\r", " ".repeat(WIDTH + 40));
        }
    }
}

const WIDTH: usize = 30;
