//! The window as a person finds it.

mod golden;
mod look;
mod preparing;
mod presses;
mod screens;
mod views;
mod views_preparing;
mod words;
