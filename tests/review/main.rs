//! The brain of the board: one truth from many logs, whatever their order, and cases that nobody is accused by.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "tests stand outside the rooms")]

mod balancing;
mod deciding;
mod one_truth;
mod opening;
mod shares;
mod unsaid;
mod world;
