//! The attendance log (a spec room).
