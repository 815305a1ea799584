//! The brain of the desk: a pure state machine.
//!
//! [`step`](step::step) takes a state, a stamp and an event and returns the next state and the effects that the
//! desk has to run; [`view`](show::view) says what the screen shows. States carry the names of their screens:
//! idle, reading, verdict, already in, elsewhere, exception, closing, halted; before them, preparing; over them, locked.
//!
//! Invariants:
//! - No clock, no file, no thread, no egui; the same events give the same state.
//! - It never refuses a person by itself: every decision comes from an [`event::Input`], and counts only for what its
//!   button meant on the screen that was pressed.
//! - One contact, one case: nothing of one contact with a card joins what another told.
//! - "Recorded" is shown from a [`record::Durable`] only.

mod callers;
pub mod case;
pub mod chip;
pub mod closing;
pub mod contact;
pub mod context;
pub mod cosigned;
mod dates;
pub mod event;
pub mod exception;
pub mod failure;
pub mod health;
mod keys;
pub mod lock;
pub mod look;
pub mod machine;
pub mod namesakes;
pub mod news;
pub mod paper;
pub mod policy;
pub mod preparation;
pub mod preparing;
pub mod readiness;
pub mod records;
pub mod scanner;
pub mod show;
pub mod sign_in;
pub mod signals;
mod standing;
pub mod state;
pub mod step;
pub mod view;
