//! Portraits beside each other with the eyes at one height: who compares two faces begins with them.
//!
//! Both stand where a token image has them (ISO/IEC 19794-5:2005 §9: as wide as three quarters of its height, the eyes below
//! its upper edge by six tenths of its width). Where one portrait's eyes are not known, neither is moved: most pictures are
//! made alike, and one that is moved alone is farther from the other than before.
//!
//! Invariants: both frames have one size, whatever stands in them; a picture is moved by no more than [`MOST_SHIFT`] and
//! made smaller by no more than [`LEAST_SCALE`], so that no face leaves its frame; it is never made larger than its frame,
//! nor is one side of it stretched.

use checkin::view::Portrait;
use egui::{Rect, Vec2};

/// The height of the eyes below the upper edge, in widths of the frame.
const EYES: f32 = 0.6;
/// The most that a picture is moved up or down, in heights of the frame.
pub const MOST_SHIFT: f32 = 0.2;
/// The most that the larger one of two faces is made smaller.
pub const LEAST_SCALE: f32 = 0.6;

/// Where a portrait is drawn that stands in `frame` and is compared with `beside`.
pub fn placed(frame: Rect, portrait: &Portrait, beside: Option<&Portrait>) -> Rect {
    let whole = Rect::from_center_size(frame.center(), fitted(frame, portrait));
    let other =
        beside.and_then(|beside| eyes_in(Rect::from_center_size(frame.center(), fitted(frame, beside)), beside));
    let (Some(eyes), Some(other)) = (eyes_in(whole, portrait), other) else { return whole };
    let scale = (other.apart / eyes.apart).min(1.0);
    let scale = if scale < LEAST_SCALE { 1.0 } else { scale };
    let below = frame.width() * EYES - eyes.below * scale;
    let top = Rect::from_center_size(frame.center(), whole.size() * scale);
    let shift = below - (top.top() - frame.top());
    if shift.abs() > frame.height() * MOST_SHIFT { whole } else { top.translate(Vec2::new(0.0, shift)) }
}

/// The eyes of a drawn portrait, in points of the screen.
struct DrawnEyes {
    /// Below the upper edge of the picture.
    below: f32,
    apart: f32,
}

fn eyes_in(drawn: Rect, portrait: &Portrait) -> Option<DrawnEyes> {
    let eyes = portrait.eyes?;
    let scale = drawn.height() / pixels(portrait.height);
    let (left, right) = (eyes.left(), eyes.right());
    let apart = (f32::from(left.x) - f32::from(right.x)).hypot(f32::from(left.y) - f32::from(right.y));
    Some(DrawnEyes { below: f32::midpoint(f32::from(left.y), f32::from(right.y)) * scale, apart: apart * scale })
}

/// As large as the frame allows.
fn fitted(frame: Rect, portrait: &Portrait) -> Vec2 {
    let size = Vec2::new(pixels(portrait.width), pixels(portrait.height));
    size * (frame.size() / size).min_elem()
}

/// No picture is so large that its size is not exact in it; one of nothing is drawn as one pixel.
fn pixels(count: u32) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX)).max(1.0)
}
