//! The tests that need no window.

mod cccd;
mod crypto;
mod board;
mod host;
mod record;
mod record_support;
mod files;
mod secure_messaging;
mod mrz;
mod passive;
mod vector;
