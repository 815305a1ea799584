//! The tests that need no window.

mod crypto;
mod host;
mod record;
mod record_support;
mod vector;
