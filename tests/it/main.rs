//! The tests that need no window.

mod access;
mod chip;
mod board;
mod cccd;
mod crypto;
mod files;
mod host;
mod inspection;
mod issuer;
mod mrz;
mod passive;
mod record;
mod record_support;
mod roster;
mod secure_messaging;
mod tidy;
mod vector;
mod verdict;
