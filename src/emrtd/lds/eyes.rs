//! Where the eyes are in a portrait: the feature points 12.1 and 12.2 of a face record (ISO/IEC 19794-5:2005 §5.6: eight
//! bytes a point; §5.6.3: the codes; left and right are the person's own, so the left eye is at the right of the picture).
//!
//! Left out: every other point, points of three dimensions, and the landmarks of ISO/IEC 39794-5.
//!
//! Invariants: a point that is missing, there twice, outside of the picture or where no eye can be is no error of the
//! document; nothing is known about its eyes, and that is all.

/// One feature point: type, code, horizontal and vertical position, reserved.
pub(super) const POINT_LEN: usize = 8;

/// Points beyond these are not looked at; MPEG-4 names 84 of them, the standard two more.
const MAX_POINTS: usize = 128;
/// A point of MPEG-4 in the plane of the picture (§5.6.2).
const PLANE_POINT: u8 = 1;
/// 12.1, major code in the upper half of the byte.
const LEFT_EYE: u8 = 0xC1;
/// 12.2.
const RIGHT_EYE: u8 = 0xC2;

/// The middles of both eyes, in pixels from the upper left corner. Made by [`Eyes::within`] only, for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eyes {
    left: EyePoint,
    right: EyePoint,
}

/// A place in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EyePoint {
    /// Pixels from the left edge.
    pub x: u16,
    /// Pixels from the upper edge.
    pub y: u16,
}

/// What a record claims about the eyes; whether it can be so depends on the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedEyes {
    left: EyePoint,
    right: EyePoint,
}

impl ClaimedEyes {
    /// The two eyes among the feature points of a record; `None` where one is missing or there more than once.
    pub(super) fn of_points(points: &[u8]) -> Option<Self> {
        let points = points.chunks_exact(POINT_LEN).take(MAX_POINTS);
        let only = |code: u8| {
            let mut found = points.clone().filter_map(|point| point_of(point, code));
            found.next().filter(|_| found.next().is_none())
        };
        Some(Self { left: only(LEFT_EYE)?, right: only(RIGHT_EYE)? })
    }
}

fn point_of(point: &[u8], wanted: u8) -> Option<EyePoint> {
    match *point {
        [PLANE_POINT, code, x0, x1, y0, y1, ..] if code == wanted => {
            Some(EyePoint { x: u16::from_be_bytes([x0, x1]), y: u16::from_be_bytes([y0, y1]) })
        }
        _ => None,
    }
}

impl Eyes {
    /// What is claimed, where it can be so in a frontal picture of this size.
    ///
    /// The bounds are wide: they keep out what was written by mistake, and judge no picture. Between the eyes lies an eighth to
    /// a half of the width (a token image has a quarter, §9), the line through them is tilted by no more than a quarter
    /// (§7.2.2 allows a few degrees), and they stand between a fifth and seven tenths of the height.
    pub fn within(claimed: ClaimedEyes, width: u32, height: u32) -> Option<Self> {
        let ClaimedEyes { left, right } = claimed;
        let (left_x, right_x) = (u32::from(left.x), u32::from(right.x));
        let apart = left_x.checked_sub(right_x)?;
        let sum_y = u32::from(left.y) + u32::from(right.y);
        let tilt = left.y.abs_diff(right.y);
        let is_inside = left_x < width && u32::from(left.y.max(right.y)) < height;
        let is_apart = apart >= (width / 8).max(1) && apart <= width / 2;
        let is_level = u32::from(tilt) <= apart / 4;
        // The sum of both is twice their height.
        let is_high = sum_y >= height * 2 / 5 && sum_y <= height * 7 / 5;
        (is_inside && is_apart && is_level && is_high).then_some(Self { left, right })
    }

    /// The person's left eye, at the right of the picture.
    pub fn left(&self) -> EyePoint {
        self.left
    }

    /// The person's right eye.
    pub fn right(&self) -> EyePoint {
        self.right
    }
}
