//! The portrait of DG2, decoded under limits.
//!
//! Invariants: no pixel is decoded before the header was read and found small enough; a broken image is an error and
//! never a stall. Decoding takes milliseconds; call it away from the window's thread.

use crate::lds::dg2::{self, Dg2Error, FaceImage, ImageKind};
use crate::lds::eyes::Eyes;
use crate::lds::image_header::{self, HeaderError};
use bits::secret::Pii;
use thiserror::Error;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Scans of a progressive JPEG beyond this are an attack on time.
const MAX_JPEG_SCANS: usize = 64;

/// A decoded portrait. Wiped when dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Rows from the top, four bytes a pixel: red, green, blue, opacity.
    pub rgba: Pii<Vec<u8>>,
    /// Where the eyes are, where the document says so and it can be so.
    pub eyes: Option<Eyes>,
}

/// Why there is no portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PortraitError {
    /// DG2 has no image.
    #[error(transparent)]
    Dg2(#[from] Dg2Error),
    /// The header was refused.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The image data is broken.
    #[error("malformed image")]
    Broken,
    /// A colour model that no portrait has.
    #[error("unsupported colour model")]
    ColourModel,
}

impl Portrait {
    /// Decodes the first face of a DG2.
    ///
    /// # Errors
    /// [`PortraitError`]: the portrait is unreadable, the document may still be genuine.
    pub fn from_dg2(file: &[u8]) -> Result<Self, PortraitError> {
        Self::decode(&dg2::parse(file)?)
    }

    /// Decodes a JPEG that stands alone.
    ///
    /// # Errors
    /// [`PortraitError`].
    pub fn from_jpeg(bytes: &[u8]) -> Result<Self, PortraitError> {
        jpeg(bytes, image_header::dimensions(ImageKind::Jpeg, bytes)?)
    }

    /// Decodes one face image.
    ///
    /// # Errors
    /// [`PortraitError`].
    pub fn decode(image: &FaceImage<'_>) -> Result<Self, PortraitError> {
        let size = image_header::dimensions(image.kind, image.bytes)?;
        let portrait = match image.kind {
            ImageKind::Jpeg => jpeg(image.bytes, size),
            ImageKind::Jp2 | ImageKind::Codestream => jpeg2000(image.bytes, size),
        }?;
        let eyes = image.eyes.and_then(|claimed| Eyes::within(claimed, portrait.width, portrait.height));
        Ok(Self { eyes, ..portrait })
    }
}

fn jpeg(bytes: &[u8], (width, height): (u32, u32)) -> Result<Portrait, PortraitError> {
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or(0);
    let options = DecoderOptions::default()
        .set_max_width(side(width))
        .set_max_height(side(height))
        .set_strict_mode(false)
        .jpeg_set_max_scans(MAX_JPEG_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgba = decoder.decode().map_err(|_| PortraitError::Broken)?;
    finished(width, height, rgba)
}

fn jpeg2000(bytes: &[u8], (width, height): (u32, u32)) -> Result<Portrait, PortraitError> {
    let settings = hayro_jpeg2000::DecodeSettings::default();
    let image = hayro_jpeg2000::Image::new(bytes, &settings).map_err(|_| PortraitError::Broken)?;
    if (image.width(), image.height()) != (width, height) {
        return Err(PortraitError::Broken);
    }
    let channels = image.color_space().num_channels() + u8::from(image.has_alpha());
    let mut context = hayro_jpeg2000::DecoderContext::default();
    let pixels = image.decode(&mut context).map_err(|_| PortraitError::Broken)?.data_u8();
    finished(width, height, opaque(&pixels, channels)?)
}

fn opaque(pixels: &[u8], channels: u8) -> Result<Vec<u8>, PortraitError> {
    let pixel = |pixel: &[u8]| match *pixel {
        [grey] | [grey, _] => [grey, grey, grey, u8::MAX],
        [red, green, blue, ..] => [red, green, blue, u8::MAX],
        [] => [0, 0, 0, u8::MAX],
    };
    match channels {
        1..=4 => Ok(pixels.chunks_exact(usize::from(channels)).flat_map(pixel).collect()),
        _ => Err(PortraitError::ColourModel),
    }
}

fn finished(width: u32, height: u32, rgba: Vec<u8>) -> Result<Portrait, PortraitError> {
    let rgba = Pii::new(rgba);
    let expected = u64::from(width) * u64::from(height) * 4;
    if u64::try_from(rgba.reveal().len()) != Ok(expected) {
        return Err(PortraitError::Broken);
    }
    Ok(Portrait { width, height, rgba, eyes: None })
}
