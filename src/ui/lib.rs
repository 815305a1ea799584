//! The only room that names egui: the desk's window and the board's, their looks, their words and one file a screen.
//!
//! Invariants: a screen is a function from a view to perhaps one input; no business condition in drawing code; a
//! still screen costs nothing.

pub mod app;
mod callers;
pub mod eye_line;
mod glyphs;
mod hand;
mod header;
mod icons;
mod news;
mod portrait;
pub mod review;
mod scan;
mod scan_end;
mod screens;
mod status;
pub mod style;
pub mod text;
mod widgets;
