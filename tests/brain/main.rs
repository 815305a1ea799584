//! The tests of the desk's brain alone, for mutation testing (`make mutants`): the same files as in `tests/it`, in a program
//! that is built in seconds. The ordinary runs have them there and leave this one out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "tests stand outside the rooms")]
#![allow(dead_code, reason = "the helpers are those of all tests")]

// The files name the rooms as the whole house re-exports them; built without it, a mutant is one room and these tests.
extern crate self as diemdanh;
pub use diemdanh_checkin as checkin;
pub use {bits, cccd, crypto, emrtd, iso7816, lab, package, record, registry, roster, tlog};

#[path = "../it/card_field.rs"]
mod card_field;
#[path = "../it/checkin_answers.rs"]
mod checkin_answers;
#[path = "../it/checkin.rs"]
mod checkin_flow;
#[path = "../it/checkin_support.rs"]
mod checkin_support;
#[path = "../it/closing.rs"]
mod closing;
#[path = "../it/cosigned_answers.rs"]
mod cosigned_answers;
#[path = "../it/doubts.rs"]
mod doubts;
#[path = "../it/examining.rs"]
mod examining;
#[path = "../it/guests.rs"]
mod guests;
#[path = "../it/lab_people.rs"]
mod lab_people;
#[path = "../it/locked.rs"]
mod locked;
#[path = "../it/looked.rs"]
mod looked;
#[path = "../it/namesakes.rs"]
mod namesakes;
#[path = "../it/needles.rs"]
mod needles;
#[path = "../it/no_wrong_green.rs"]
mod no_wrong_green;
#[path = "../it/paper_list.rs"]
mod paper_list;
#[path = "../it/record_support.rs"]
mod record_support;
#[path = "../it/scanned.rs"]
mod scanned;
#[path = "../it/sign_in.rs"]
mod sign_in;
#[path = "../it/signals.rs"]
mod signals;
#[path = "../it/staffed.rs"]
mod staffed;
#[path = "../it/standing.rs"]
mod standing;
#[path = "../it/transitions.rs"]
mod transitions;
#[path = "../it/two_people.rs"]
mod two_people;
