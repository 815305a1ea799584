//! Tests of everything but the window.

mod record;
mod record_support;
