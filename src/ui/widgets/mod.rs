//! The few pieces the screens are made of.

mod banner;
mod buttons;
mod lines;
mod twins;

pub(super) use banner::{banner, notice, place_cells};
pub(super) use buttons::{Weight, button};
pub(super) use lines::{check_line, remark_line};
pub(super) use twins::{remark, side_by_side};
