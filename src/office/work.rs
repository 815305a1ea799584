//! What the board's program is told to do, done: one function a command, from a plain request to how it ended.
//!
//! Here is what a command reads, in which order it judges and writes, whom it locks out and what it refuses. A command
//! line parses what was typed and lends its voice.
//!
//! Invariants:
//! - The moment and chance are the caller's; files are read and written through `host` alone.
//! - A folder that is kept is written under its lock, and what makes everything else true comes last.
//! - Nothing is said to be done before it is.

pub mod certificates;
pub mod desk_ca;
mod error;
pub mod evidence;
pub mod exam;
pub mod inspecting;
pub mod keys;
pub mod proving;
pub mod receipts;
pub mod trust;
pub mod verifying;

pub use error::WorkError;

use crate::language::BoardWords;
use bits::random::Random;
use jiff::Timestamp;

/// What the office works with besides what it is asked.
pub struct Work<'a> {
    /// The moment of the command.
    pub now: Timestamp,
    /// Chance, for keys, PINs and ids.
    pub random: &'a mut dyn Random,
    /// The sentences of the language that people here read.
    pub words: &'a BoardWords,
    /// Who says to a person what the office has to say.
    pub voice: &'a dyn Voice,
}

/// Who says what the office has to say. Texts may hold what a file or an argument says: whoever speaks spells out what
/// a terminal would obey.
pub trait Voice {
    /// A line of what was asked for.
    fn say(&self, text: &str);

    /// Text of what was asked for that ends its own lines.
    fn put(&self, text: &str);

    /// A line about what goes wrong, in the program's name.
    fn complain(&self, what: &str);

    /// A remark beside what was asked for.
    fn remark(&self, text: &str);

    /// What another program reads.
    fn hand_on(&self, value: &serde_json::Value);
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Done, with remarks.
    Remarks,
    /// Refused because of errors.
    Refused,
    /// Refused until somebody accepts what was said.
    Open,
    /// Nothing was begun: what was asked for makes no sense.
    Usage,
    /// As another run of this program ended that did the work.
    Other(u8),
}

impl Ending {
    /// The program's exit code; `EX_USAGE` of sysexits.h for what makes no sense.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Remarks => 1,
            Self::Refused => 2,
            Self::Open => 3,
            Self::Usage => 64,
            Self::Other(code) => code,
        }
    }
}

impl Work<'_> {
    /// Says why something is refused.
    fn refused(&self, why: &str) -> Ending {
        self.voice.complain(why);
        Ending::Refused
    }

    /// Says why nothing can be begun.
    fn misused(&self, why: &str) -> Ending {
        self.voice.complain(why);
        Ending::Usage
    }
}
