//! One file a state, with the state's name.

pub(super) mod already_in;
mod case;
pub(super) mod closing;
pub(super) mod elsewhere;
pub(super) mod examining;
pub(super) mod exception;
pub(super) mod halted;
pub(super) mod idle;
pub(super) mod locked;
mod moment;
pub(super) mod preparing;
pub(super) mod reading;
mod task;
pub(super) mod verdict;

use crate::callers::Told;
use crate::hand::Hand;
use crate::portrait::PortraitTexture;
use crate::text::Strings;
use checkin::event::Meaning;
use checkin::view::CallerView;

/// What the buttons of a frame mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buttons {
    /// Goes with every press.
    pub(super) meaning: Meaning,
    /// They decide: a person has seen them.
    pub(super) alive: bool,
    /// What lets in decides as well: the portrait has stood there for long enough.
    pub(super) lets_in: bool,
}

/// What every screen draws with.
pub(super) struct Tools<'a> {
    /// The words.
    pub(super) strings: &'a Strings,
    /// Whom to call.
    pub(super) callers: &'a [CallerView],
    /// The portrait's texture.
    pub(super) portrait: &'a mut PortraitTexture,
    /// Keyboard and scanner.
    pub(super) hand: &'a Hand,
    /// What the buttons mean, and whether they decide yet.
    pub(super) buttons: Buttons,
}

impl<'a> Tools<'a> {
    /// The words, and whom they mean.
    pub(super) fn told(&self) -> Told<'a> {
        Told { strings: self.strings, callers: self.callers }
    }
}
