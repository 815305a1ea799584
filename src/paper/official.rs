//! Official papers in the form of Decree 30/2020/NĐ-CP, annex I: what stands on one, in its order. Where it stands is
//! [`crate::layout`]'s matter.

/// One official paper: heading, title, parts, signatures. Every word comes from whoever asks for it.
// Without `Debug`, as the parts that hold people are: a diagnosis shows nobody.
#[derive(Clone, Default, PartialEq)]
pub struct Official {
    /// Who writes it.
    pub heading: Heading,
    /// What it is, in capitals.
    pub title: String,
    /// Centred lines below the title.
    pub about: Vec<String>,
    /// What it says.
    pub parts: Vec<Part>,
    /// Who signs, from the left.
    pub signatures: Vec<Signature>,
    /// What a program can check it by, on every page.
    pub foot: Foot,
}

/// The two blocks at the top of page 1; an empty line is left out. Above the right one nothing is ever printed: the
/// body's digital signature stands there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heading {
    /// The body above.
    pub superior: String,
    /// The body that issues it.
    pub body: String,
    /// Its number and sign, as `Số: …/BB-…`.
    pub number: String,
    /// The name of the state.
    pub nation: String,
    /// The state's motto.
    pub motto: String,
    /// Place and date; minutes have none.
    pub place_and_date: String,
}

/// Something below the title.
#[derive(Clone, PartialEq)]
pub enum Part {
    /// A text of several lines, justified, its first line set in.
    Paragraph(String),
    /// A heading above what follows.
    Head(String),
    /// A text that people compare letter by letter: a digest.
    Code(String),
    /// A table with lines around its cells.
    Table(Table),
}

/// A table. Its head is repeated on each page.
#[derive(Clone, PartialEq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell a column.
    pub rows: Vec<Vec<String>>,
    /// The size of its letters.
    pub size_pt: f32,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// How wide it is; those without a width share what is left.
    pub width_mm: Option<f32>,
    /// Where its cells' texts stand.
    pub align: Align,
}

/// Where a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Middle,
    /// At the right, as numbers that are added up.
    Right,
}

/// Room for one signature.
#[derive(Clone, Default, PartialEq)]
pub struct Signature {
    /// In which capacity somebody signs, in capitals.
    pub capacity: String,
    /// How it is signed.
    pub note: String,
    /// Who signs, where that is known.
    pub name: String,
}

/// What stands at the foot of each page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foot {
    /// Lines, of which [`FOOT_LINES`] have room.
    pub lines: Vec<String>,
    /// What a QR code beside them says.
    pub code: Option<String>,
}

/// Lines of a foot; what is more is left out, so whoever writes them counts.
pub const FOOT_LINES: usize = 7;
