//! The tests that need no window.

mod crypto;
mod vector;
