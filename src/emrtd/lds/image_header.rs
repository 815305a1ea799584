//! The size of a coded image, read from its header before anything is decoded (ITU-T T.81 §B.2.2, T.800 §A.5, §I.5).
//!
//! A decoder believes its input: one changed header made a JPEG 2000 decoder ask for 11.6 GB. So the header is read
//! here first, and what is unusual in a portrait is refused.
//!
//! Invariants: nothing is allocated; every loop advances.

use crate::lds::dg2::ImageKind;
use thiserror::Error;

/// The most pixels that are decoded.
pub const MAX_PIXELS: u64 = 4_000_000;

const MAX_COMPONENTS: u16 = 4;
const MAX_TILES: u64 = 256;
const MAX_LEVELS: u8 = 10;
const MAX_LAYERS: u16 = 256;
/// Precincts smaller than 2^5 pixels a side multiply the decoder's tables.
const MIN_PRECINCT_EXPONENT: u8 = 5;

/// Why an image is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The header cannot be read.
    #[error("the image header cannot be read")]
    Unreadable,
    /// No pixels, or more than [`MAX_PIXELS`].
    #[error("an image of {width} × {height}")]
    WrongSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Tiles, components, layers or precincts that no portrait has.
    #[error("unsupported image structure")]
    Unusual,
}

/// Width and height of a coded image, both within the limits.
///
/// # Errors
/// [`HeaderError`].
pub fn dimensions(kind: ImageKind, bytes: &[u8]) -> Result<(u32, u32), HeaderError> {
    let (width, height) = match kind {
        ImageKind::Jpeg => jpeg(bytes)?,
        ImageKind::Jp2 => codestream(boxed_codestream(bytes)?)?,
        ImageKind::Codestream => codestream(bytes)?,
    };
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(HeaderError::WrongSize { width, height });
    }
    Ok((width, height))
}

/// Walks the segments to the start-of-frame marker.
fn jpeg(bytes: &[u8]) -> Result<(u32, u32), HeaderError> {
    let mut at = 2;
    loop {
        let marker = number(bytes, at, 2)?;
        if marker == 0xFFFF {
            at += 1;
            continue;
        }
        if !(0xFFC0..=0xFFFE).contains(&marker) || (0xFFD0..=0xFFDA).contains(&marker) {
            return Err(HeaderError::Unreadable);
        }
        // C4, C8 and CC are tables among the frame markers.
        if (0xFFC0..=0xFFCF).contains(&marker) && ![0xFFC4, 0xFFC8, 0xFFCC].contains(&marker) {
            return Ok((number(bytes, at + 7, 2)?, number(bytes, at + 5, 2)?));
        }
        at += 2 + length(bytes, at + 2)?;
    }
}

/// The content of the first `jp2c` box.
fn boxed_codestream(bytes: &[u8]) -> Result<&[u8], HeaderError> {
    let mut rest = bytes;
    loop {
        let claimed = u64::from(number(rest, 0, 4)?);
        let kind = rest.get(4..8).ok_or(HeaderError::Unreadable)?;
        let (header_len, whole) = match claimed {
            0 => (8, u64::try_from(rest.len()).unwrap_or(u64::MAX)),
            1 => (16, u64::from(number(rest, 8, 4)?) << 32 | u64::from(number(rest, 12, 4)?)),
            claimed => (8, claimed),
        };
        let whole = usize::try_from(whole).unwrap_or(usize::MAX).min(rest.len());
        if whole < header_len {
            return Err(HeaderError::Unreadable);
        }
        if kind == b"jp2c" {
            return rest.get(header_len..whole).ok_or(HeaderError::Unreadable);
        }
        rest = rest.get(whole..).ok_or(HeaderError::Unreadable)?;
    }
}

/// Walks the main header and every tile-part header, where coding parameters could be changed once more.
fn codestream(bytes: &[u8]) -> Result<(u32, u32), HeaderError> {
    const SIZ: u32 = 0xFF51;
    const COD: u32 = 0xFF52;
    const COC: u32 = 0xFF53;
    const SOT: u32 = 0xFF90;
    const SOD: u32 = 0xFF93;
    const EOC: u32 = 0xFFD9;
    if number(bytes, 2, 2)? != SIZ {
        return Err(HeaderError::Unreadable);
    }
    let size = image_size(bytes)?;
    let mut at = 2;
    let mut tile_part: Option<(usize, usize)> = None;
    loop {
        // The data of the last tile part may be cut; the decoder copes, and no header can follow.
        let Ok(marker) = number(bytes, at, 2) else { return Ok(size) };
        match (marker, tile_part) {
            (EOC, None) => return Ok(size),
            (SOT, None) => tile_part = Some((at, tile_part_len(bytes, at)?)),
            (SOD, Some((start, len))) => {
                at = start + len;
                tile_part = None;
                continue;
            }
            (COD, None) => coding_style(bytes, at)?,
            (COC, None) => {}
            (COD | COC, Some(_)) | (SOT | SOD | EOC, _) => return Err(HeaderError::Unusual),
            _ => {}
        }
        if marker == COC && component_precincts(bytes, at)? {
            return Err(HeaderError::Unusual);
        }
        at += 2 + length(bytes, at + 2)?;
    }
}

fn image_size(bytes: &[u8]) -> Result<(u32, u32), HeaderError> {
    let field = |index: usize| number(bytes, 8 + 4 * index, 4);
    let (x, y, x_offset, y_offset) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let (tile_x, tile_y) = (field(4)?, field(5)?);
    let components = number(bytes, 40, 2)?;
    if tile_x == 0 || tile_y == 0 || components == 0 || components > u32::from(MAX_COMPONENTS) {
        return Err(HeaderError::Unusual);
    }
    let tiles = u64::from(x.div_ceil(tile_x)) * u64::from(y.div_ceil(tile_y));
    if tiles > MAX_TILES || u64::from(x) * u64::from(y) > 4 * MAX_PIXELS {
        let (width, height) = (x.saturating_sub(x_offset), y.saturating_sub(y_offset));
        return Err(HeaderError::WrongSize { width, height });
    }
    let sampled_once = (0..components).all(|index| {
        let at = 42 + 3 * usize::try_from(index).unwrap_or(0);
        bytes.get(at + 1..at + 3).is_some_and(|steps| steps.iter().all(|step| (1..=4).contains(step)))
    });
    if !sampled_once {
        return Err(HeaderError::Unusual);
    }
    Ok((x.saturating_sub(x_offset), y.saturating_sub(y_offset)))
}

/// T.800 §A.6.1: Scod, progression, layers, component transform, levels, block size, style, transform, precincts.
fn coding_style(bytes: &[u8], at: usize) -> Result<(), HeaderError> {
    let style = number(bytes, at + 4, 1)?;
    let layers = number(bytes, at + 6, 2)?;
    let levels = number(bytes, at + 9, 1)?;
    if layers == 0 || layers > u32::from(MAX_LAYERS) || levels > u32::from(MAX_LEVELS) {
        return Err(HeaderError::Unusual);
    }
    if style & 1 == 0 {
        return Ok(());
    }
    let sizes_at = at + 14;
    let count = usize::try_from(levels).unwrap_or(0) + 1;
    let sizes = bytes.get(sizes_at..sizes_at + count).ok_or(HeaderError::Unreadable)?;
    let large = |size: &u8| size & 15 >= MIN_PRECINCT_EXPONENT && size >> 4 >= MIN_PRECINCT_EXPONENT;
    if sizes.iter().all(large) { Ok(()) } else { Err(HeaderError::Unusual) }
}

/// Whether a component's own coding style brings precincts (T.800 §A.6.2; one byte of component number below 257).
fn component_precincts(bytes: &[u8], at: usize) -> Result<bool, HeaderError> {
    let levels = number(bytes, at + 6, 1)?;
    Ok(number(bytes, at + 5, 1)? & 1 != 0 || levels > u32::from(MAX_LEVELS))
}

/// The length of a tile part; 0 in the file means "to the end".
fn tile_part_len(bytes: &[u8], at: usize) -> Result<usize, HeaderError> {
    match usize::try_from(number(bytes, at + 6, 4)?).unwrap_or(usize::MAX) {
        0 => Ok(bytes.len() - at),
        len if len >= 14 => Ok(len.min(bytes.len() - at)),
        _ => Err(HeaderError::Unreadable),
    }
}

fn length(bytes: &[u8], at: usize) -> Result<usize, HeaderError> {
    match usize::try_from(number(bytes, at, 2)?) {
        Ok(length) if length >= 2 => Ok(length),
        _ => Err(HeaderError::Unreadable),
    }
}

fn number(bytes: &[u8], at: usize, len: usize) -> Result<u32, HeaderError> {
    let end = at.checked_add(len).ok_or(HeaderError::Unreadable)?;
    let digits = bytes.get(at..end).ok_or(HeaderError::Unreadable)?;
    Ok(digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}
