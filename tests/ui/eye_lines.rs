//! Two portraits beside each other: the eyes at one height, the frames of one size.

use bits::secret::Pii;
use bits::tlv::{encode, encode_all};
use checkin::view::Portrait;
use egui::{Pos2, Rect, Vec2};
use ui::eye_line::{LEAST_SCALE, MOST_SHIFT, placed};

const FRAME: Rect = Rect { min: Pos2 { x: 100.0, y: 50.0 }, max: Pos2 { x: 370.0, y: 410.0 } };
/// Where a token image has them.
const EYES_Y: f32 = 50.0 + 270.0 * 0.6;

/// A portrait with the eyes at this height and this far from each other, as a document tells it.
fn portrait(width: u16, height: u16, eyes: Option<(u16, u16)>) -> Portrait {
    let plain = Portrait { width: width.into(), height: height.into(), rgba: Pii::new(Vec::new()), eyes: None };
    let Some((y, apart)) = eyes else { return plain };
    let middle = width / 2;
    let point = |code: u8, x: u16| [&[1, code], x.to_be_bytes().as_slice(), &y.to_be_bytes(), &[0, 0]].concat();
    let points = [point(0xC1, middle + apart - apart / 2), point(0xC2, middle - apart / 2)].concat();
    let block = [&[0, 0, 0, 0, 0, 2], [0; 14].as_slice(), &points, &[0; 12], &[0xFF, 0xD8, 0xFF]].concat();
    let record = [b"FAC\x00010\x00".as_slice(), &[0; 4], &[0, 1], &block].concat();
    let template = encode_all(0x7F60, &[encode(0xA1, &[]), encode(0x5F2E, &record)]);
    let file = encode(0x75, &encode_all(0x7F61, &[encode(0x02, &[1]), template]));
    let claimed = emrtd::lds::dg2::parse(&file).expect("a record").eyes.expect("eyes");
    let eyes = emrtd::lds::eyes::Eyes::within(claimed, plain.width, plain.height);
    assert!(eyes.is_some(), "a picture whose eyes can be so");
    Portrait { eyes, ..plain }
}

/// Where the eyes of a drawn portrait are on the screen, and how far apart.
fn eyes_of(drawn: Rect, portrait: &Portrait, (y, apart): (u16, u16)) -> (f32, f32) {
    let scale = drawn.height() / portrait.height as f32;
    (drawn.top() + f32::from(y) * scale, f32::from(apart) * scale)
}

fn near(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.6
}

#[test]
fn a_portrait_of_which_nothing_is_known_stands_in_the_middle_of_its_frame() {
    for (width, height) in [(240, 320), (300, 300), (200, 400), (1, 1), (640, 480)] {
        let unknown = portrait(width, height, None);
        let known = portrait(240, 320, Some((120, 60)));
        for beside in [None, Some(&unknown), Some(&known)] {
            let drawn = placed(FRAME, &unknown, beside);
            assert!(FRAME.expand(0.01).contains_rect(drawn), "{width} x {height}: {drawn:?}");
            assert!(near(drawn.center().y, FRAME.center().y) && near(drawn.center().x, FRAME.center().x));
        }
    }
}

/// One that is moved alone would stand farther from the other than before.
#[test]
fn known_eyes_beside_unknown_ones_move_nothing() {
    for y in [90, 144, 190] {
        let one = portrait(240, 320, Some((y, 60)));
        for beside in [None, Some(portrait(240, 320, None))] {
            let drawn = placed(FRAME, &one, beside.as_ref());
            assert!(near(drawn.center().y, FRAME.center().y) && near(drawn.width(), FRAME.width()), "{y}: {drawn:?}");
        }
    }
}

#[test]
fn two_faces_have_one_height_and_one_size() {
    for (left, right) in [((120, 48), (170, 60)), ((144, 60), (144, 60)), ((110, 70), (150, 50))] {
        let (one, other) = (portrait(240, 320, Some(left)), portrait(480, 640, Some((right.0 * 2, right.1 * 2))));
        let (drawn, beside) = (placed(FRAME, &one, Some(&other)), placed(FRAME, &other, Some(&one)));
        let (first, second) = (eyes_of(drawn, &one, left), eyes_of(beside, &other, (right.0 * 2, right.1 * 2)));
        assert!(near(first.0, second.0) && near(first.0, EYES_Y), "{first:?} {second:?}");
        assert!(near(first.1, second.1), "{first:?} {second:?}");
        for drawn in [drawn, beside] {
            assert!(drawn.width() <= FRAME.width() + 0.01 && drawn.width() >= FRAME.width() * LEAST_SCALE, "{drawn:?}");
            assert!(near(drawn.width() / drawn.height(), 0.75), "no side is stretched: {drawn:?}");
        }
    }
}

/// A face that would leave its frame stays where it is; so does one that would become too small.
#[test]
fn no_picture_is_moved_or_made_smaller_beyond_the_bounds() {
    let usual = portrait(240, 320, Some((144, 60)));
    let low = portrait(240, 320, Some((222, 60)));
    let drawn = placed(FRAME, &low, Some(&usual));
    assert!(near(drawn.center().y, FRAME.center().y), "{drawn:?}");
    let at_the_bound = portrait(240, 320, Some((207, 60)));
    let shift = placed(FRAME, &at_the_bound, Some(&usual)).center().y - FRAME.center().y;
    assert!(shift < 0.0 && shift.abs() <= FRAME.height() * MOST_SHIFT, "{shift}");
    let (near_one, far_one) = (portrait(240, 320, Some((144, 100))), portrait(240, 320, Some((144, 50))));
    let drawn = placed(FRAME, &near_one, Some(&far_one));
    assert!(near(drawn.width(), FRAME.width()), "half the size is too small: {drawn:?}");
}

#[test]
fn pictures_of_no_size_are_drawn_somewhere() {
    let nothing = Portrait { width: 0, height: 0, rgba: Pii::new(Vec::new()), eyes: None };
    let drawn = placed(Rect::from_min_size(Pos2::ZERO, Vec2::new(3.0, 4.0)), &nothing, Some(&nothing));
    assert!(drawn.is_finite());
}
