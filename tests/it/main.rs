//! The tests that need no window.

mod cccd;
mod crypto;
mod board;
mod host;
mod record;
mod record_support;
mod files;
mod issuer;
mod mrz;
mod passive;
mod access;
mod crypto;
mod files;
mod host;
mod record;
mod record_support;
mod secure_messaging;
mod vector;
