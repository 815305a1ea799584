//! What is really painted, in every situation, language and set of colours: text that can be read.

use crate::layout::{SIZES, drawn};
use crate::look::contrast;
use crate::{screens, views};
use egui::epaint::{ClippedShape, TextShape};
use egui::{Color32, Key, Modifiers, Rect, Shape};
use ui::style::{self, Theme};
use words::Language;

/// Smaller than this is only what nobody has to read: see [`SMALL`].
const LEAST_POINTS: f32 = 18.0;
/// Keys, versions and codes.
const SMALL_POINTS: f32 = 16.0;

/// A piece of text, and what it stands on.
struct Painted {
    text: String,
    ink: Color32,
    ground: Color32,
    points: f32,
}

/// Everything that was painted in the last frame.
fn painted(shown: &screens::Window) -> Vec<Painted> {
    let (mut grounds, mut texts) = (Vec::new(), Vec::new());
    for ClippedShape { clip_rect, shape, .. } in &shown.harness.output().shapes {
        look_at(shape, *clip_rect, &mut grounds, &mut texts);
    }
    texts
}

fn look_at(shape: &Shape, clip: Rect, grounds: &mut Vec<(Rect, Color32)>, texts: &mut Vec<Painted>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| look_at(shape, clip, grounds, texts)),
        Shape::Rect(rect) if rect.fill.a() == u8::MAX => grounds.push((rect.rect.intersect(clip), rect.fill)),
        Shape::Text(text) if clip.intersects(text.visual_bounding_rect()) => texts.extend(pieces(text, grounds)),
        _ => {}
    }
}

fn pieces(text: &TextShape, grounds: &[(Rect, Color32)]) -> Vec<Painted> {
    let middle = text.visual_bounding_rect().center();
    let ground = grounds.iter().rev().find(|(rect, _)| rect.contains(middle)).map(|(_, fill)| *fill);
    let job = &text.galley.job;
    let sections = job.sections.iter().filter_map(|section| {
        let range = section.byte_range.start.into()..section.byte_range.end.into();
        let words: String = job.text.get(range).unwrap_or_default().trim().to_owned();
        let own = if section.format.color == Color32::PLACEHOLDER { text.fallback_color } else { section.format.color };
        let ink = text.override_text_color.unwrap_or(own);
        let ground = ground.unwrap_or(Color32::TRANSPARENT);
        (!words.is_empty()).then_some(Painted { text: words, ink, ground, points: section.format.font_id.size })
    });
    sections.collect()
}

fn in_the_dark(mut shown: screens::Window) -> screens::Window {
    shown.harness.key_press_modifiers(Modifiers::SHIFT, Key::F2);
    shown.harness.run_steps(3);
    shown
}

#[test]
fn every_text_stands_out_from_what_it_stands_on() {
    let mut faults = Vec::new();
    for (name, view) in views::all() {
        for is_dark in [false, true] {
            let shown = drawn(view.clone(), style::DESIGN_SIZE, Language::Vietnamese);
            let shown = if is_dark { in_the_dark(shown) } else { shown };
            let texts = painted(&shown);
            assert!(texts.len() > 3, "{name}: {}", texts.len());
            for Painted { text, ink, ground, .. } in texts {
                let ratio = contrast(ink, ground);
                if ground.a() == 0 || ratio < 4.5 {
                    faults.push(format!("{name}, dark {is_dark}: {text:?}, {ink:?} on {ground:?}: {ratio:.2}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Many a camera reads no light code on a dark ground.
#[test]
fn the_code_of_a_closed_log_is_dark_on_light_by_night_too() {
    let shown = drawn(screens::situation("closing_closed"), style::DESIGN_SIZE, Language::Vietnamese);
    let shown = in_the_dark(shown);
    let (mut grounds, mut texts) = (Vec::new(), Vec::new());
    for ClippedShape { clip_rect, shape, .. } in &shown.harness.output().shapes {
        look_at(shape, *clip_rect, &mut grounds, &mut texts);
    }
    let light = Theme::Light.tokens();
    let ground = grounds.iter().find(|(_, fill)| *fill == light.surface).expect("a light ground").0;
    let modules = grounds.iter().filter(|(rect, fill)| *fill == light.ink && ground.contains_rect(*rect)).count();
    assert!(modules > 100, "{modules}");
    assert!(grounds.iter().any(|(_, fill)| *fill == Theme::Dark.tokens().ground), "it is night");
}

#[test]
fn nothing_that_is_read_is_small() {
    let mut faults = Vec::new();
    for (name, view) in views::all() {
        for size in SIZES {
            for language in [Language::Vietnamese, Language::English] {
                for Painted { text, points, .. } in painted(&drawn(view.clone(), size, language)) {
                    let least = if is_small_type(&text) { SMALL_POINTS } else { LEAST_POINTS };
                    if points < least {
                        faults.push(format!("{name}, {size:?}, {language:?}: {text:?} has {points} points"));
                    }
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The key of the language, the version, a failure's code, the place of a fault.
fn is_small_type(text: &str) -> bool {
    let is_code = |text: &str| text.len() <= 4 && text.starts_with(|letter: char| letter.is_ascii_uppercase());
    text.starts_with("F2 ") || text.contains("0.1.0") || is_code(text) || text.contains('/')
}
