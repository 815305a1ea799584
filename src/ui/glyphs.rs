//! Characters that no font of ours can draw: each is named by its code point, `‹U+1F600›`, so that two different names never
//! look alike.
//!
//! Invariant: what stands on the screen can be read back into the text it came from; the sign that opens a stand-in is
//! named itself where a text holds it.

use crate::style::{self, Size};
use egui::Ui;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text as it can be drawn in any of the fonts that names are drawn in. What shows nothing is named as well.
pub(crate) fn drawable<'a>(ui: &Ui, text: &'a str) -> Cow<'a, str> {
    let fonts = [style::font(Size::Body), style::bold(Size::Body)];
    let is_drawn = |character: char| {
        let has_glyph = || ui.ctx().fonts_mut(|all| fonts.iter().all(|font| all.has_glyph(font, character)));
        character != OPENS && !bits::text::is_hidden(character) && has_glyph()
    };
    if text.chars().all(is_drawn) {
        return Cow::Borrowed(text);
    }
    let mut drawn = String::with_capacity(text.len() + STAND_IN_LEN);
    for character in text.chars() {
        if is_drawn(character) {
            drawn.push(character);
        } else {
            let _ = write!(drawn, "{OPENS}U+{:04X}›", u32::from(character));
        }
    }
    Cow::Owned(drawn)
}

const OPENS: char = '‹';
const STAND_IN_LEN: usize = 16;
