//! Fonts write Vietnamese; colours can be read.

use checkin::failure::Signal;
use egui::Color32;
use ui::style::{self, Size, Theme};

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
    for size in [Size::Small, Size::Body, Size::Large, Size::Title, Size::Banner, Size::Place] {
        for font in [style::font(size), style::bold(size)] {
            let missing: String =
                letters.chars().filter(|letter| !context.fonts_mut(|fonts| fonts.has_glyph(&font, *letter))).collect();
            assert!(missing.is_empty(), "{font:?} lacks {missing}");
        }
    }
}

#[test]
fn text_on_every_ground_has_a_contrast_of_four_and_a_half() {
    for theme in Theme::ALL {
        let tokens = theme.tokens();
        let mut pairs = vec![
            (tokens.ink, tokens.ground),
            (tokens.ink, tokens.surface),
            (tokens.ink, tokens.portrait_ground),
            (tokens.ink_soft, tokens.ground),
            (tokens.ink_soft, tokens.surface),
            (tokens.ink_soft, tokens.portrait_ground),
            (tokens.on_bar, tokens.bar),
            (tokens.on_bar_soft, tokens.bar),
            (tokens.on_focus, tokens.focus),
            (tokens.on_training, tokens.training),
        ];
        for signal in SIGNALS {
            let colours = tokens.signal(signal);
            pairs.push((colours.on_strong, colours.strong));
            pairs.push((colours.ink, colours.soft));
            pairs.push((colours.ink, tokens.ground));
            pairs.push((tokens.ink, colours.soft));
            pairs.push((tokens.ink_soft, colours.soft));
        }
        holds(theme, &pairs, 4.5);
    }
}

/// WCAG 2.2, 1.4.11: what is no text and has to be seen.
#[test]
fn edges_icons_and_the_focus_have_a_contrast_of_three() {
    for theme in Theme::ALL {
        let tokens = theme.tokens();
        let mut pairs = vec![
            (tokens.ink_soft, tokens.ground),
            (tokens.ink_soft, tokens.surface),
            (tokens.focus, tokens.ground),
            (tokens.focus, tokens.surface),
            (tokens.ink, tokens.ground),
        ];
        for signal in SIGNALS {
            let colours = tokens.signal(signal);
            pairs.push((colours.on_bar, tokens.bar));
            pairs.push((colours.ink, colours.soft));
        }
        holds(theme, &pairs, 3.0);
    }
}

/// Nothing of one set is left in the other: what is light there is dark here.
#[test]
fn the_two_sets_are_two() {
    let (light, dark) = (Theme::Light.tokens(), Theme::Dark.tokens());
    for (by_day, by_night) in [(light.ground, dark.ground), (light.surface, dark.surface), (dark.ink, light.ink)] {
        assert!(luminance(by_day) > 0.7 && luminance(by_night) < 0.05, "{by_day:?} {by_night:?}");
    }
    assert_eq!(Theme::Light.other().other(), Theme::Light);
    for signal in SIGNALS {
        assert_eq!(light.signal(signal).strong, dark.signal(signal).strong, "the same colour by day and by night");
    }
}

const SIGNALS: [Signal; 4] = [Signal::Ok, Signal::Working, Signal::Attention, Signal::Stop];

fn holds(theme: Theme, pairs: &[(Color32, Color32)], least: f64) {
    for (text, ground) in pairs {
        let ratio = contrast(*text, *ground);
        assert!(ratio >= least, "{theme:?}: {text:?} on {ground:?}: {ratio:.2}");
    }
}

/// WCAG 2.2: relative luminance and contrast ratio.
pub(crate) fn contrast(one: Color32, other: Color32) -> f64 {
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
