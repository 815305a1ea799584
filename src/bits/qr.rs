//! QR codes as a square of dark and light modules.

use qrcode::{EcLevel, QrCode};

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrMatrix {
    width: usize,
    dark: Vec<bool>,
}

impl QrMatrix {
    /// The code of `text`, error correction level M; `None` when it does not fit a code.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
        let dark = code.to_colors().iter().map(|colour| *colour == qrcode::Color::Dark).collect();
        Some(Self { width: code.width(), dark })
    }

    /// Modules a side, without the quiet zone.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows from above, each with its modules from the left; true is dark.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width.max(1))
    }
}
