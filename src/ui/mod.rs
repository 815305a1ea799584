//! The only room that names egui.
