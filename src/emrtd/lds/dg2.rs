//! DG2: the encoded face (ICAO Doc 9303-10 §4.7.2; CBEFF in ISO/IEC 19785, face record in ISO/IEC 19794-5:2005 §5, or
//! face image data block of ISO/IEC 39794-5:2019).
//!
//! Invariants: no image is decoded here; every count and length of the record is checked against the bytes that are
//! there, and a length that is wrong shortens the image and never lengthens it.

use super::eyes::{self, ClaimedEyes};
use super::face_block;
use bits::tlv::{Element, Reader, TlvError};
use thiserror::Error;

/// The largest DG2 that is looked at.
pub const MAX_DG2_BYTES: usize = 200 * 1024;

const RECORD_HEADER_LEN: usize = 14;
const FACE_BLOCK_LEN: usize = 20;
const IMAGE_BLOCK_LEN: usize = 12;
const MAX_TEMPLATES: u8 = 9;

/// How an image is coded; told by its first bytes, not by what the record claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// JPEG (JFIF or bare).
    Jpeg,
    /// JPEG 2000 in its box format.
    Jp2,
    /// A bare JPEG 2000 codestream.
    Codestream,
}

/// The first face image of a DG2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaceImage<'a> {
    /// How it is coded.
    pub kind: ImageKind,
    /// The coded image.
    pub bytes: &'a [u8],
    /// How many faces the record claims; one is the rule.
    pub faces: u16,
    /// Where the record says that the eyes are; nothing where it says nothing of use.
    pub eyes: Option<ClaimedEyes>,
}

/// Why a DG2 has no usable image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Dg2Error {
    /// The templates around the record are not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// The file is larger than [`MAX_DG2_BYTES`].
    #[error("the file is too large")]
    TooLarge,
    /// No biometric template, or none with a face in it.
    #[error("no face")]
    NoFace,
    /// Neither a face record of ISO/IEC 19794-5 nor a block of ISO/IEC 39794-5.
    #[error("not a face record")]
    NotAFaceRecord,
    /// The record ends early.
    #[error("truncated face record")]
    Truncated,
    /// Neither JPEG nor JPEG 2000.
    #[error("unknown image format")]
    UnknownImage,
}

/// Finds the first face image in DG2.
///
/// # Errors
/// [`Dg2Error`].
pub fn parse(file: &[u8]) -> Result<FaceImage<'_>, Dg2Error> {
    if file.len() > MAX_DG2_BYTES {
        return Err(Dg2Error::TooLarge);
    }
    let outer = Reader::new(file).expect(0x75)?;
    let group = outer.children().expect(0x7F61)?;
    let mut templates = group.children();
    if let Some(count) = templates.optional(0x02)? {
        check_count(count)?;
    }
    let template = templates.expect(0x7F60).map_err(|_| Dg2Error::NoFace)?;
    face_of(&template)
}

fn check_count(count: Element<'_>) -> Result<(), Dg2Error> {
    match count.value {
        [1..=MAX_TEMPLATES] => Ok(()),
        _ => Err(Dg2Error::NoFace),
    }
}

/// The biometric data block: `5F2E` plain, `7F2E` with the record in it or in a `5F2E` of its own, or with a block of
/// ISO/IEC 39794-5.
fn face_of<'a>(template: &Element<'a>) -> Result<FaceImage<'a>, Dg2Error> {
    let mut children = template.children();
    while !children.is_empty() {
        let child = children.read()?;
        match child.tag {
            0x5F2E => return face_record(child.value),
            0x7F2E if child.value.starts_with(b"FAC\0") => return face_record(child.value),
            0x7F2E => return face_of_constructed(&child),
            _ => {}
        }
    }
    Err(Dg2Error::NoFace)
}

fn face_of_constructed<'a>(block: &Element<'a>) -> Result<FaceImage<'a>, Dg2Error> {
    let mut children = block.children();
    while !children.is_empty() {
        let child = children.read()?;
        match child.tag {
            0x5F2E => return face_record(child.value),
            face_block::WRAPPER => return face_block(&child.children().expect(face_block::FACE_IMAGE_DATA_BLOCK)?),
            face_block::FACE_IMAGE_DATA_BLOCK => return face_block(&child),
            _ => {}
        }
    }
    Err(Dg2Error::NoFace)
}

fn face_block<'a>(block: &Element<'a>) -> Result<FaceImage<'a>, Dg2Error> {
    let (bytes, faces) = face_block::image(block)?;
    Ok(FaceImage { kind: kind_of(bytes)?, bytes, faces, eyes: None })
}

fn face_record(record: &[u8]) -> Result<FaceImage<'_>, Dg2Error> {
    if !record.starts_with(b"FAC\0") {
        // The new block may stand in `5F2E` as well.
        let mut reader = Reader::new(record);
        return match reader.peek_tag() {
            Some(face_block::FACE_IMAGE_DATA_BLOCK) => face_block(&reader.read()?),
            _ => Err(Dg2Error::NotAFaceRecord),
        };
    }
    let faces = u16_at(record, 12)?;
    if faces == 0 {
        return Err(Dg2Error::NoFace);
    }
    let block = record.get(RECORD_HEADER_LEN..).ok_or(Dg2Error::Truncated)?;
    let claimed_len = u32_at(block, 0)?;
    let points_end = FACE_BLOCK_LEN + usize::from(u16_at(block, 4)?) * eyes::POINT_LEN;
    let points = block.get(FACE_BLOCK_LEN..points_end).ok_or(Dg2Error::Truncated)?;
    let image_at = points_end + IMAGE_BLOCK_LEN;
    // Real records are off by the header's length or more; with one face the image goes to the end.
    let end = if faces == 1 { block.len() } else { block.len().min(claimed_len) };
    let bytes = block.get(image_at..end).ok_or(Dg2Error::Truncated)?;
    Ok(FaceImage { kind: kind_of(bytes)?, bytes, faces, eyes: ClaimedEyes::of_points(points) })
}

fn kind_of(bytes: &[u8]) -> Result<ImageKind, Dg2Error> {
    const JP2_BOX: &[u8] = b"\x00\x00\x00\x0CjP  ";
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(ImageKind::Jpeg)
    } else if bytes.starts_with(JP2_BOX) {
        Ok(ImageKind::Jp2)
    } else if bytes.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]) {
        Ok(ImageKind::Codestream)
    } else {
        Err(Dg2Error::UnknownImage)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Dg2Error> {
    let digits = bytes.get(at..at + 2).ok_or(Dg2Error::Truncated)?;
    Ok(digits.iter().fold(0, |number, digit| number << 8 | u16::from(*digit)))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, Dg2Error> {
    let digits = bytes.get(at..at + 4).ok_or(Dg2Error::Truncated)?;
    Ok(digits.iter().fold(0, |number, digit| number << 8 | usize::from(*digit)))
}
