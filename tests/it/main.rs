//! Tests of everything but the window.

mod host;
mod record;
mod record_support;
