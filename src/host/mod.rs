//! The only room that touches the operating system: readers, clocks, chance, network, disk, keys.
//!
//! Invariants: no business rule lives here; every adapter implements a trait of another room or returns plain facts.

pub mod pcsc;
