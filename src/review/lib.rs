//! The brain of the exam board: one truth out of many logs, and the cases that it opens.
//!
//! ```text
//! Export      what one verified export says, entry by entry            fact, intake
//! Facts       the entries of one log as they stay in memory            packed
//! Intake      all of them: each log once, as far as it is known        intake
//! Expected    who is expected where, and which desks were packed       expected
//! Review      each sitting of each candidate, with what is behind it   projection
//! Balance     list + guests = admitted + absent = scripts, room by room balance, scripts, explanation
//! Case        something that a person has to look at, opened by a rule case, rules
//! Limits      what chance alone does to a desk's or a site's shares    rates
//! Book        what a window asks of all that                       book
//! Decision    what two members of the board ruled about a case         decision
//! Statement   what members sign: steps, counts, explanations, deeds    statement, answer, deed
//! Order       what a member at the window wants done               order
//! ```
//!
//! A pure room: verified facts in, answers out. Who verifies, and from which files, is `office`'s matter; what is taken
//! in here has passed that check, or it must not be taken in.
//!
//! Invariants:
//! - No file, no clock, no chance, no name, no number of a person: candidates are the random ids of the exam.
//! - The order in which logs arrive, and how they are grouped, changes nothing; an entry counts once.
//! - Nobody is *absent* while a log is missing that could say otherwise.
//! - A rate or a score never opens a case.

pub mod answer;
pub mod balance;
pub mod book;
pub mod case;
pub mod comparison;
pub mod decision;
pub mod deed;
pub mod expected;
pub mod explanation;
pub mod fact;
pub mod intake;
mod lines;
pub mod order;
pub mod packed;
pub mod projection;
pub mod rates;
mod rules;
pub mod scripts;
pub mod sitting;
pub mod statement;
mod touches;

pub use balance::{Balance, Counts};
pub use case::{Case, CaseId, Rule, Subject};
pub use expected::{Expected, Person};
pub use fact::{EntryId, Fact, FactReader, Kind, LogId, Word};
pub use intake::{Export, Intake, SegmentFacts, Taken};
pub use packed::Facts;
pub use projection::{Log, LogState, Place, Review};
pub use sitting::{Grade, MissingLog, MissingWhy, Sitting, State};
