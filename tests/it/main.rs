//! The tests that need no window.

mod crypto;
mod files;
mod secure_messaging;
mod vector;
