//! Tests of everything but the window.

mod board;
mod host;
mod record;
mod record_support;
mod roster;
