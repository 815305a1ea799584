//! Runs the kiosk: reads the configuration, opens the log, owns the brain's state and runs its effects.
//!
//! The state lives on one thread. Card, reader, registry and log have a thread each, with bounded queues; what
//! they find comes back as events. A stalled window cannot delay a record.
//!
//! Invariants:
//! - No decision is made here; the brain decides, people decide.
//! - What cannot be started ends in a halted view with its cause, never in a panic.
//! - No listener of any kind.

// The fuzzer's builds take signatures for right; none of them may be a desk.
#[cfg(fuzzing)]
compile_error!("cfg(fuzzing) is for the fuzzer's own builds");

pub mod anchors;
mod card;
mod carrying;
pub mod config;
pub mod doctor;
pub mod enrol;
mod guard;
mod halting;
pub mod handover;
mod indexing;
pub mod keys;
pub mod kiosk;
mod logbook;
mod opening;
mod orders;
pub mod overrule;
pub mod package;
mod package_look;
mod package_worker;
pub mod papers;
mod past;
mod pending;
mod pins;
pub mod plan;
pub mod purge;
mod questions;
pub mod readiness;
pub mod reconcile;
pub mod registry;
pub mod rules;
pub mod runtime;
pub mod scanner;
pub mod sessions;
pub mod sounds;
pub mod sources;
pub mod start;
pub mod status;
pub mod trust;
mod watch;
