//! The tests that need no window.

mod access;
mod chip;
mod crypto;
mod files;
mod host;
mod record;
mod record_support;
mod secure_messaging;
mod vector;
