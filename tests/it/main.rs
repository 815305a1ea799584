//! The tests that need no window.

mod crypto;
mod mrz;
mod passive;
mod vector;
