//! The window as a person finds it.

mod golden;
mod look;
mod preparing;
mod screens;
mod views;
mod words;
