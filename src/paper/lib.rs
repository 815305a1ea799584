//! Pages of A4 paper: texts, lines and boxes at their places, in the house's own fonts, as a PDF.
//!
//! Places are in millimetres from the top left corner, sizes of type in points; a text stands on its base line. The
//! fonts are embedded, so that a page looks the same on every machine and its words can be searched.
//!
//! Invariants:
//! - Nothing is cut off in silence: [`Sheet::fitted`] makes a long line smaller, [`Sheet::paragraph`] breaks it.
//! - The same page gives the same bytes.

use krilla::{
    Document,
    color::luma,
    error::KrillaError,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::TextDirection,
};

mod face;
mod layout;
pub mod official;

pub use face::{Face, Look, Typefaces, missing, missing_in};
pub use official::Official;

use face::POINTS_PER_MM;

/// The width of a page.
pub const WIDTH_MM: f32 = 210.0;
/// The height of a page.
pub const HEIGHT_MM: f32 = 297.0;

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// A font that the program brings along cannot be read: a fault of the build.
    #[error("a font of the program cannot be read")]
    Font,
    /// The library's refusal.
    #[error("the PDF cannot be written: {0}")]
    Pdf(PdfFault),
}

/// What the library refused, without the text of a page: that may name people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfFault {
    /// The size of a page.
    #[error("the size of a page")]
    PageSize,
    /// A font cannot be embedded.
    #[error("a font cannot be embedded")]
    Font,
    /// It would not be what its kind of PDF has to be.
    #[error("{errors} rules of its kind of PDF are broken")]
    Rules {
        /// So many rules.
        errors: usize,
    },
    /// More of something than a PDF holds.
    #[error("more than a PDF holds")]
    Limit,
    /// Anything else in how its parts fit together.
    #[error("its parts do not fit together")]
    Parts,
}

impl From<KrillaError> for PdfFault {
    fn from(error: KrillaError) -> Self {
        match error {
            KrillaError::Font(..) => Self::Font,
            KrillaError::Validation(errors) => Self::Rules { errors: errors.len() },
            KrillaError::Limit(_) => Self::Limit,
            _ => Self::Parts,
        }
    }
}

/// A document of A4 pages.
pub struct Paper {
    document: Document,
    fonts: Typefaces,
}

/// One page while it is drawn on.
pub struct Sheet<'a> {
    surface: Surface<'a>,
    fonts: &'a Typefaces,
}

impl Paper {
    /// A document without pages.
    ///
    /// # Errors
    /// [`PaperError::Font`].
    pub fn new(title: &str) -> Result<Self, PaperError> {
        let fonts = Typefaces::read()?;
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(title.to_owned()).language("vi".to_owned()));
        Ok(Self { document, fonts })
    }

    /// Its fonts, to measure by.
    pub fn fonts(&self) -> &Typefaces {
        &self.fonts
    }

    /// Adds a page.
    ///
    /// # Errors
    /// [`PaperError::Pdf`].
    pub fn page(&mut self, draw: impl FnOnce(&mut Sheet<'_>)) -> Result<(), PaperError> {
        let settings = PageSettings::from_wh(points(WIDTH_MM), points(HEIGHT_MM));
        let settings = settings.ok_or(PaperError::Pdf(PdfFault::PageSize))?;
        let mut page = self.document.start_page_with(settings);
        let mut sheet = Sheet { surface: page.surface(), fonts: &self.fonts };
        draw(&mut sheet);
        drop(sheet);
        page.finish();
        Ok(())
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`PaperError::Pdf`].
    pub fn finish(self) -> Result<Vec<u8>, PaperError> {
        self.document.finish().map_err(|error| PaperError::Pdf(error.into()))
    }
}

impl Sheet<'_> {
    /// One line of text from `x_mm` on.
    pub fn text(&mut self, x_mm: f32, y_mm: f32, look: Look, text: &str) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(look.grey)));
        let font = self.fonts.font(look.face);
        let place = Point::from_xy(points(x_mm), points(y_mm));
        self.surface.draw_text(place, font, look.size_pt, text, false, TextDirection::LeftToRight);
    }

    /// One line of text that ends at `x_mm`.
    pub fn text_to(&mut self, x_mm: f32, y_mm: f32, look: Look, text: &str) {
        self.text(x_mm - self.width_mm(look, text), y_mm, look, text);
    }

    /// One line of text, made smaller where it is longer than `width_mm`; below two thirds of its size it is broken
    /// instead.
    /// Returns the base line below the last line.
    pub fn fitted(&mut self, x_mm: f32, y_mm: f32, width_mm: f32, look: Look, text: &str) -> f32 {
        let share = width_mm / self.width_mm(look, text).max(width_mm);
        self.paragraph(x_mm, y_mm, width_mm, Look { size_pt: look.size_pt * share.max(LEAST_SHARE), ..look }, text)
    }

    /// A text broken into lines of at most `width_mm`. Returns the base line below the last one.
    pub fn paragraph(&mut self, x_mm: f32, y_mm: f32, width_mm: f32, look: Look, text: &str) -> f32 {
        let leading_mm = look.size_pt * LEADING / POINTS_PER_MM;
        let mut y_mm = y_mm;
        for line in self.fonts.lines(width_mm, look, text) {
            self.text(x_mm, y_mm, look, &line);
            y_mm += leading_mm;
        }
        y_mm
    }

    /// How wide a line is.
    pub fn width_mm(&self, look: Look, text: &str) -> f32 {
        self.fonts.width_mm(look, text)
    }

    /// The text with what this font has no picture for spelled out.
    pub fn spelled(&self, face: Face, text: &str) -> String {
        self.fonts.spelled(face, text)
    }

    /// A box: its ground and the line around it, where there are any.
    pub fn block(&mut self, place: Block, ground: Option<u8>, line: Option<u8>) {
        let Block { x_mm, y_mm, width_mm, height_mm } = place;
        let rect = Rect::from_xywh(points(x_mm), points(y_mm), points(width_mm), points(height_mm));
        let mut path = PathBuilder::new();
        rect.into_iter().for_each(|rect| path.push_rect(rect));
        self.surface.set_fill(ground.map(fill));
        self.surface.set_stroke(line.map(|grey| stroke(grey, THIN_PT)));
        path.finish().iter().for_each(|path| self.surface.draw_path(path));
    }

    /// A straight line.
    pub fn line(&mut self, from_mm: (f32, f32), to_mm: (f32, f32), grey: u8, width_pt: f32) {
        let mut path = PathBuilder::new();
        path.move_to(points(from_mm.0), points(from_mm.1));
        path.line_to(points(to_mm.0), points(to_mm.1));
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke(grey, width_pt)));
        path.finish().iter().for_each(|path| self.surface.draw_path(path));
    }

    /// A text as a picture: it looks like one, and is none to whoever searches or reads aloud.
    pub fn picture_of(&mut self, x_mm: f32, y_mm: f32, look: Look, text: &str) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(look.grey)));
        let font = self.fonts.font(look.face);
        let place = Point::from_xy(points(x_mm), points(y_mm));
        self.surface.draw_text(place, font, look.size_pt, text, true, TextDirection::LeftToRight);
    }
}

/// A rectangle on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Its left side.
    pub x_mm: f32,
    /// Its upper side.
    pub y_mm: f32,
    /// Its width.
    pub width_mm: f32,
    /// Its height.
    pub height_mm: f32,
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), ..Fill::default() }
}

fn stroke(grey: u8, width_pt: f32) -> Stroke {
    Stroke { paint: luma::Color::new(grey).into(), width: width_pt, opacity: NormalizedF32::ONE, ..Stroke::default() }
}

fn points(mm: f32) -> f32 {
    mm * POINTS_PER_MM
}

/// The ink of running text.
pub const INK: u8 = 20;
/// Softer text: captions and remarks. 4.5:1 and more on white.
pub const SOFT: u8 = 95;
/// The ground of a box.
pub const TINT: u8 = 236;

const LEADING: f32 = 1.38;
const LEAST_SHARE: f32 = 0.66;
const THIN_PT: f32 = 0.6;
