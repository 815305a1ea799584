//! The programs of the house, for tests that start one.
//!
//! A program is another package, so that Cargo does not build it for these tests: `make test` builds it first. A program
//! that is missing, or older than a source that it was made from, is a failure that says which command mends it.

use diemdanh::office::language::BoardWords;
use diemdanh::words::Language;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The board's program, saying in Vietnamese what it says, whatever this machine's locale is.
pub(crate) fn board_program() -> Command {
    board_program_in("vi_VN.UTF-8")
}

/// The same in this locale.
pub(crate) fn board_program_in(locale: &str) -> Command {
    let mut command = Command::new(program("diemdanh-board"));
    command.env("LC_ALL", locale);
    // What one test checked is no other's business, and nothing is left in anybody's home.
    command.env_remove("XDG_STATE_HOME").env_remove("HOME");
    command
}

/// The sentences of the board's program, Vietnamese.
pub(crate) fn vietnamese() -> BoardWords {
    BoardWords::load(Language::Vietnamese).unwrap()
}

/// Where this program lies, beside these tests, built from the sources as they are now.
pub(crate) fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap();
    let (program, made_of) = (built.join(name), built.join(format!("{name}.d")));
    let when = changed(&program).unwrap_or_else(|| panic!("{name} is not built; {MEND}"));
    let made_of = fs::read_to_string(&made_of).unwrap_or_else(|_| panic!("{name} has no list of sources; {MEND}"));
    let sources = made_of.split_once(": ").map(|(_, sources)| sources).unwrap_or_default();
    for source in sources.split_whitespace() {
        let is_newer = changed(Path::new(source)).is_none_or(|changed| changed > when);
        assert!(!is_newer, "{name} is older than {source}; {MEND}");
    }
    program
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}

const MEND: &str = "build the programs first: make programs";
