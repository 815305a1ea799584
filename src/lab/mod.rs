//! Everything simulated.
