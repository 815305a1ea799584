//! The fonts that the program brings along, and how wide a text is in them.

use crate::PaperError;
use krilla::text::Font;

/// A font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Open Sans.
    Regular,
    /// Open Sans, semi-bold.
    Bold,
    /// JetBrains Mono.
    Mono,
    /// Tinos: as wide as Times New Roman, which Decree 30/2020 asks for.
    Serif,
    /// Tinos, bold.
    SerifBold,
    /// Tinos, italic.
    SerifItalic,
}

impl Face {
    /// All of them.
    pub const ALL: [Self; FACES] =
        [Self::Regular, Self::Bold, Self::Mono, Self::Serif, Self::SerifBold, Self::SerifItalic];

    fn at(self) -> usize {
        match self {
            Self::Regular => 0,
            Self::Bold => 1,
            Self::Mono => 2,
            Self::Serif => 3,
            Self::SerifBold => 4,
            Self::SerifItalic => 5,
        }
    }
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The font.
    pub face: Face,
    /// Its size in points.
    pub size_pt: f32,
    /// Its grey, 0 black to 255 white.
    pub grey: u8,
}

impl Look {
    /// Black.
    pub fn new(face: Face, size_pt: f32) -> Self {
        Self { face, size_pt, grey: crate::INK }
    }

    /// The same in another grey.
    pub fn grey(self, grey: u8) -> Self {
        Self { grey, ..self }
    }
}

/// The characters of a text for which a font of letters and notices has no picture, each once, in their order: on paper they
/// would be empty boxes.
///
/// # Errors
/// [`PaperError::Font`].
pub fn missing(text: &str) -> Result<String, PaperError> {
    missing_in(&[Face::Regular, Face::Bold], text)
}

/// The same for these fonts.
///
/// # Errors
/// [`PaperError::Font`].
pub fn missing_in(faces: &[Face], text: &str) -> Result<String, PaperError> {
    let mut lacking = String::new();
    for face in faces {
        let face = parsed(*face)?;
        for one in text.chars().filter(|one| !one.is_whitespace() && face.glyph_index(*one).is_none()) {
            if !lacking.contains(one) {
                lacking.push(one);
            }
        }
    }
    Ok(lacking)
}

/// Every font, read.
pub struct Typefaces([Typeface; FACES]);

struct Typeface {
    font: Font,
    widths: ttf_parser::Face<'static>,
}

impl Typefaces {
    /// Reads them.
    ///
    /// # Errors
    /// [`PaperError::Font`].
    pub fn read() -> Result<Self, PaperError> {
        let [regular, bold, mono, serif, serif_bold, serif_italic] = Face::ALL.map(Typeface::read);
        Ok(Self([regular?, bold?, mono?, serif?, serif_bold?, serif_italic?]))
    }

    pub(crate) fn font(&self, face: Face) -> Font {
        self.of(face).font.clone()
    }

    /// How wide a line is.
    pub fn width_mm(&self, look: Look, text: &str) -> f32 {
        let widths = &self.of(look.face).widths;
        let advance =
            |one: char| widths.glyph_index(one).and_then(|glyph| widths.glyph_hor_advance(glyph)).unwrap_or(0);
        let units: f32 = text.chars().map(|one| f32::from(advance(one))).sum();
        units / f32::from(widths.units_per_em()) * look.size_pt / POINTS_PER_MM
    }

    /// A text broken into lines of at most this width. A word that is wider than the line is broken where the line ends.
    pub fn lines(&self, width_mm: f32, look: Look, text: &str) -> Vec<String> {
        let fits = |line: &str| self.width_mm(look, line) <= width_mm;
        let mut lines: Vec<String> = Vec::new();
        // A no-break space keeps a number with its unit.
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match lines.last_mut() {
                Some(line) if fits(&format!("{line} {word}")) => *line = format!("{line} {word}"),
                _ => lines.push(String::new()),
            }
            let Some(line) = lines.last_mut().filter(|line| line.is_empty()) else { continue };
            let mut rest = word.chars().peekable();
            while let Some(next) = rest.next_if(|next| line.is_empty() || fits(&format!("{line}{next}"))) {
                line.push(next);
            }
            let rest: String = rest.collect();
            if !rest.is_empty() {
                lines.extend(self.lines(width_mm, look, &rest));
            }
        }
        lines
    }

    /// The text with every character that this font has no picture for spelled out: nothing becomes an empty box.
    pub fn spelled(&self, face: Face, text: &str) -> String {
        let widths = &self.of(face).widths;
        let mut out = String::with_capacity(text.len());
        for one in text.chars() {
            match one.is_whitespace() || widths.glyph_index(one).is_some() {
                true => out.push(one),
                false => out.push_str(&format!("<U+{:04X}>", u32::from(one))),
            }
        }
        out
    }

    fn of(&self, face: Face) -> &Typeface {
        let Self([regular, ..]) = self;
        self.0.get(face.at()).unwrap_or(regular)
    }
}

impl Typeface {
    fn read(face: Face) -> Result<Self, PaperError> {
        let font = Font::new(bytes(face).to_vec().into(), 0).ok_or(PaperError::Font)?;
        Ok(Self { font, widths: parsed(face)? })
    }
}

fn parsed(face: Face) -> Result<ttf_parser::Face<'static>, PaperError> {
    ttf_parser::Face::parse(bytes(face), 0).map_err(|_| PaperError::Font)
}

fn bytes(face: Face) -> &'static [u8] {
    match face {
        Face::Regular => include_bytes!("../../assets/fonts/OpenSans_400Regular.ttf"),
        Face::Bold => include_bytes!("../../assets/fonts/OpenSans_600SemiBold.ttf"),
        Face::Mono => include_bytes!("../../assets/fonts/JetBrainsMono_400Regular.ttf"),
        Face::Serif => include_bytes!("../../assets/fonts/Tinos_Regular.ttf"),
        Face::SerifBold => include_bytes!("../../assets/fonts/Tinos_Bold.ttf"),
        Face::SerifItalic => include_bytes!("../../assets/fonts/Tinos_Italic.ttf"),
    }
}

pub(crate) const POINTS_PER_MM: f32 = 72.0 / 25.4;
const FACES: usize = 6;
