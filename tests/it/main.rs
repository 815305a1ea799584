//! The tests that need no window.

mod cccd;
mod crypto;
mod mrz;
mod passive;
mod vector;
