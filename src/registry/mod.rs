//! The question to the national registry.
