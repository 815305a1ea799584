//! The few pieces the screens are made of.

mod banner;
mod buttons;
mod lines;

pub(super) use banner::{banner, notice, place_cells};
pub(super) use buttons::{Weight, button};
pub(super) use lines::check_line;
