//! The face image data block of ISO/IEC 39794-5:2019 (§7 and the ASN.1 module of annex A), as DG2 has it in `7F2E`
//! (ICAO Doc 9303-10 §4.7.2).
//!
//! Of the large schema only the way to the image is walked: `[APPLICATION 5]`, representation blocks `[1]`, the first
//! block, image representation `[1]`, base `[0]`, two-dimensional block `[0]`, its data `[0]`. What stands beside is
//! passed over by its length; landmarks, quality and capture device are not looked at.
//!
//! Invariants: a fixed number of steps, whatever the nesting; the image is a part of the bytes that are there.

use super::dg2::Dg2Error;
use bits::tlv::{Element, Reader};

/// `[APPLICATION 5]`, constructed.
pub(super) const FACE_IMAGE_DATA_BLOCK: u32 = 0x65;
/// What wraps the block within `7F2E`.
pub(super) const WRAPPER: u32 = 0xA1;

const REPRESENTATION_BLOCKS: u32 = 0xA1;
const REPRESENTATION_BLOCK: u32 = 0x30;
const IMAGE_REPRESENTATION: u32 = 0xA1;
const BASE: u32 = 0xA0;
const TWO_DIMENSIONAL: u32 = 0xA0;
const REPRESENTATION_DATA: u32 = 0x80;

/// The most representations that are counted; the standard's profile for documents has one.
const MAX_REPRESENTATIONS: u16 = 9;
/// The most elements that are passed over beside the wanted one; the schema has ten at most.
const MAX_SIBLINGS: usize = 32;

/// The coded image of the first representation, and how many there are.
pub(super) fn image<'a>(block: &Element<'a>) -> Result<(&'a [u8], u16), Dg2Error> {
    let blocks = child(block, REPRESENTATION_BLOCKS)?;
    let representation = child(&blocks, REPRESENTATION_BLOCK)?;
    let faces = count(&blocks)?;
    let mut element = child(&representation, IMAGE_REPRESENTATION)?;
    for tag in [BASE, TWO_DIMENSIONAL, REPRESENTATION_DATA] {
        element = child(&element, tag)?;
    }
    Ok((element.value, faces))
}

fn count(blocks: &Element<'_>) -> Result<u16, Dg2Error> {
    let mut children = blocks.children();
    let mut faces = 0;
    while !children.is_empty() && faces < MAX_REPRESENTATIONS {
        children.expect(REPRESENTATION_BLOCK)?;
        faces += 1;
    }
    Ok(faces)
}

fn child<'a>(parent: &Element<'a>, tag: u32) -> Result<Element<'a>, Dg2Error> {
    let mut children: Reader<'a> = parent.children();
    for _ in 0..MAX_SIBLINGS {
        if children.is_empty() {
            break;
        }
        let element = children.read()?;
        if element.tag == tag {
            return Ok(element);
        }
    }
    Err(Dg2Error::NoFace)
}
