//! One file a state, with the state's name.

pub(super) mod already_in;
mod case;
pub(super) mod closing;
pub(super) mod elsewhere;
pub(super) mod halted;
pub(super) mod idle;
pub(super) mod preparing;
pub(super) mod reading;
pub(super) mod verdict;

use crate::ui::portrait::PortraitTexture;
use crate::ui::text::Strings;

/// What every screen draws with.
pub(super) struct Tools<'a> {
    /// The words.
    pub(super) strings: &'a Strings,
    /// The portrait's texture.
    pub(super) portrait: &'a mut PortraitTexture,
}
