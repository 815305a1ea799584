//! The brain of the desk: pure.
