//! Where the eyes are in a portrait (ISO/IEC 19794-5:2005 §5.6): taken where it can be so, and never an error of the card.

use crate::inspection_support::{issued, person};
use diemdanh::bits::tlv::{encode, encode_all};
use diemdanh::emrtd::lds::dg2::{self, Dg2Error};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::lds::portrait::{Portrait, PortraitError};
use diemdanh::lab::issuer::Making;
use diemdanh::lab::issuer::portrait::Coding;

/// The person's own left, at the right of the picture.
const LEFT: u8 = 0xC1;
const RIGHT: u8 = 0xC2;

type Point = (u8, u8, u16, u16);

const GOOD: [Point; 2] = [(1, LEFT, 150, 140), (1, RIGHT, 90, 142)];

fn image() -> Vec<u8> {
    let card = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    dg2::parse(&card.files[&FileId::Dg(2).fid()]).unwrap().bytes.to_vec()
}

/// A DG2 whose record claims `count` points and holds these; its picture has 240 by 320 pixels.
fn with_points(count: u16, points: &[Point], image: &[u8]) -> Vec<u8> {
    let point =
        |(kind, code, x, y): &Point| [&[*kind, *code], x.to_be_bytes().as_slice(), &y.to_be_bytes(), &[0, 0]].concat();
    let points: Vec<u8> = points.iter().flat_map(point).collect();
    let header = [&[0; 4], count.to_be_bytes().as_slice(), &[0; 14], &points].concat();
    let block = [header.as_slice(), &[1, 0, 0, 240, 1, 64, 1, 0, 0, 0, 0, 0], image].concat();
    let record = [b"FAC\x00010\x00".as_slice(), &[0; 4], &[0, 1], &block].concat();
    let template = encode_all(0x7F60, &[encode(0xA1, &[]), encode(0x5F2E, &record)]);
    encode(0x75, &encode_all(0x7F61, &[encode(0x02, &[1]), template]))
}

fn eyes(points: &[Point]) -> Option<[(u16, u16); 2]> {
    let count = u16::try_from(points.len()).unwrap();
    let portrait =
        Portrait::from_dg2(&with_points(count, points, &image())).expect("a portrait whatever its points are");
    portrait.eyes.map(|eyes| [(eyes.left().x, eyes.left().y), (eyes.right().x, eyes.right().y)])
}

#[test]
fn eyes_of_a_record_are_known_among_other_points() {
    let found = Some([(150, 140), (90, 142)]);
    assert_eq!(eyes(&GOOD), found);
    let nose = (1, 0x93, 120, 190);
    assert_eq!(eyes(&[nose, GOOD[1], nose, GOOD[0], nose]), found);
}

#[test]
fn lab_s_cards_say_where_the_eyes_were_drawn() {
    let card = issued(&Making::default());
    let portrait = Portrait::from_dg2(&card.files[&FileId::Dg(2).fid()]).unwrap();
    let eyes = portrait.eyes.expect("eyes");
    let drawn = face::eyes(person().face);
    assert_eq!([(eyes.left().x, eyes.left().y), (eyes.right().x, eyes.right().y)], drawn);
    // The pupil is drawn there: darker than everything around the eye.
    let pixel = |x: u16, y: u16| portrait.rgba.reveal()[(usize::from(y) * 240 + usize::from(x)) * 4];
    for (x, y) in drawn {
        assert!(pixel(x, y) < 90 && pixel(x, y + 40) > 120, "{x} {y}");
    }
}

/// Each is a portrait without known eyes.
#[test]
fn points_that_cannot_be_eyes_are_passed_over() {
    let moved = |left: (u16, u16), right: (u16, u16)| vec![(1, LEFT, left.0, left.1), (1, RIGHT, right.0, right.1)];
    let rows: Vec<(&str, Vec<Point>)> = vec![
        ("none", vec![]),
        ("one eye", vec![GOOD[0]]),
        ("the other one", vec![GOOD[1]]),
        ("one of them twice", vec![GOOD[0], GOOD[1], (1, RIGHT, 80, 142)]),
        ("the same one twice", vec![GOOD[0], GOOD[0]]),
        ("of another kind", vec![(2, LEFT, 150, 140), GOOD[1]]),
        ("swapped", moved((90, 142), (150, 140))),
        ("one in the other", moved((120, 140), (120, 140))),
        ("right of the picture", moved((240, 140), (150, 140))),
        ("far right of it", moved((65_535, 140), (65_500, 140))),
        ("below it", moved((150, 320), (90, 320))),
        ("all zero", moved((0, 0), (0, 0))),
        ("in the hair", moved((150, 60), (90, 60))),
        ("on the chin", moved((150, 230), (90, 230))),
        ("too near to each other", moved((134, 140), (105, 140))),
        ("too far from each other", moved((211, 140), (90, 140))),
        ("one above the other", moved((150, 120), (90, 142))),
    ];
    for (what, points) in rows {
        assert_eq!(eyes(&points), None, "{what}");
    }
}

/// The last values that are taken on each side, and the first that are not.
#[test]
fn bounds_are_where_they_are_said_to_be() {
    let at = |left: (u16, u16), right: (u16, u16)| eyes(&[(1, LEFT, left.0, left.1), (1, RIGHT, right.0, right.1)]);
    for (taken, passed_over) in [
        (((120, 140), (90, 140)), ((119, 140), (90, 140))),
        (((210, 140), (90, 140)), ((211, 140), (90, 140))),
        (((239, 140), (150, 140)), ((240, 140), (150, 140))),
        (((150, 64), (90, 64)), ((150, 64), (90, 63))),
        (((150, 224), (90, 224)), ((150, 224), (90, 225))),
        (((150, 155), (90, 140)), ((150, 156), (90, 140))),
    ] {
        assert!(at(taken.0, taken.1).is_some(), "{taken:?}");
        assert_eq!(at(passed_over.0, passed_over.1), None, "{passed_over:?}");
    }
}

#[test]
fn more_points_than_there_are_bytes_is_a_record_cut_short() {
    for count in [20_000, 65_535] {
        let file = with_points(count, &GOOD, &image());
        assert_eq!(Portrait::from_dg2(&file), Err(PortraitError::Dg2(Dg2Error::Truncated)), "{count}");
    }
}

/// A record of thousands of points: the first ones are looked at, the picture behind them is found.
#[test]
fn points_beyond_the_limit_are_not_looked_at() {
    let nose = (1, 0x93, 120, 190);
    let among = |before: usize| [vec![nose; before], GOOD.to_vec(), vec![nose; 3_000]].concat();
    assert!(eyes(&among(126)).is_some());
    assert_eq!(eyes(&among(127)), None);
}
