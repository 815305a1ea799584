//! The few pieces the screens are made of.

mod banner;
mod buttons;
mod line;
mod lines;
mod namesakes;
mod notice;
mod pad;

pub(super) use banner::{banner, fitting, hatched_banner, quiet_banner, title_banner};
pub(super) use buttons::{Hold, Press, Weight, button, focus_ring, hold_button};
pub(super) use line::{LineKind, LineLook, is_line, line};
pub(super) use lines::{check_line, remark_line};
pub(super) use namesakes::{remark, side_by_side};
pub(super) use notice::{notice, place_cells, referred};
pub(super) use pad::{Touched, pad};
