//! The window as a person finds it.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

extern crate diemdanh_ui as ui;

mod eye_lines;
mod glyphs;
mod golden;
mod layout;
mod locked;
mod look;
mod looks;
mod painted;
mod preparing;
mod presses;
mod printed_lines;
mod review;
mod review_writing;
mod screens;
mod typed;
mod views;
mod views_exception;
mod views_preparing;
mod words;
