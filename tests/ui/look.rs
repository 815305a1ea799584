//! Fonts write Vietnamese; colours can be read.

use checkin::failure::Signal;
use egui::Color32;
use ui::style::{self, Size};

const VOWELS: &str = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY";
const TONES: [&str; 6] = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];

#[test]
fn every_vowel_with_every_tone_has_a_glyph_in_every_font() {
    let context = egui::Context::default();
    style::install(&context);
    let mut letters = String::from("đĐ0123456789•·–—…/");
    for vowel in VOWELS.chars() {
        for tone in TONES {
            letters.push_str(&bits::text::nfc(&format!("{vowel}{tone}")));
        }
    }
    let mut output = context.run_ui(egui::RawInput::default(), |_| {});
    output.textures_delta.clear();
    for size in [Size::Least, Size::Small, Size::Body, Size::Large, Size::Title, Size::Banner, Size::Place] {
        for font in [style::font(size), style::bold(size)] {
            let missing: String =
                letters.chars().filter(|letter| !context.fonts_mut(|fonts| fonts.has_glyph(&font, *letter))).collect();
            assert!(missing.is_empty(), "{font:?} lacks {missing}");
        }
    }
}

#[test]
fn text_on_every_ground_has_a_contrast_of_four_and_a_half() {
    let mut pairs = vec![
        (style::INK, style::GROUND),
        (style::INK, style::SURFACE),
        (style::INK_SOFT, style::GROUND),
        (style::INK_SOFT, style::SURFACE),
        (style::INK_SOFT, style::PORTRAIT_GROUND),
        (style::ON_BAR, style::BAR),
        (style::ON_BAR_SOFT, style::BAR),
        (Color32::WHITE, style::FOCUS),
        (Color32::WHITE, style::TRAINING),
    ];
    for signal in [Signal::Ok, Signal::Working, Signal::Attention, Signal::Stop] {
        let colours = style::signal(signal);
        pairs.push((colours.on_strong, colours.strong));
        pairs.push((colours.ink, colours.soft));
        pairs.push((style::INK, colours.soft));
        pairs.push((style::INK_SOFT, colours.soft));
    }
    for (text, ground) in pairs {
        let ratio = contrast(text, ground);
        assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio:.2}");
    }
}

/// WCAG 2.2: relative luminance and contrast ratio.
fn contrast(one: Color32, other: Color32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Color32) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}
