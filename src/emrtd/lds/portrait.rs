//! The portrait of DG2, decoded under limits.

use crate::bits::secret::Pii;

/// A decoded portrait. Wiped when dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Rows from the top, four bytes a pixel: red, green, blue, opacity.
    pub rgba: Pii<Vec<u8>>,
}
