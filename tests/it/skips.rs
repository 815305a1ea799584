//! What a machine does not allow is said, counted, and in CI only taken for what `tests/skips.toml` lists.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Says that this test, or a part of it, was skipped, and why. `tests/run.sh` counts what is said here.
pub(crate) fn skip(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("?");
    println!("skipped: {test}: {why}");
    if let Some(list) = std::env::var_os("TEST_SKIPS") {
        let line = format!("{test}\t{}\n", why.replace(['\n', '\t'], " "));
        OpenOptions::new().append(true).create(true).open(list).unwrap().write_all(line.as_bytes()).unwrap();
    }
}
