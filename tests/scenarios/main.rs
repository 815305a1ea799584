//! The twenty-seven scenarios of the desk, each through the real runtime and the real screens: what is pressed is found by its
//! visible label, what is seen is read from the window, what is recorded is read from the journal.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "tests stand outside the rooms")]
#![allow(dead_code, unused_imports, reason = "the helpers are those of all tests")]

#[path = "../it/desk_package_support.rs"]
mod desk_package_support;
#[path = "../it/desk_support.rs"]
mod desk_support;
#[path = "../it/lab_people.rs"]
mod lab_people;

mod afterwards;
mod alike;
mod bad_input;
mod by_hand;
mod flags;
mod places;
mod reads;
mod seat;
