//! Where everything of an official paper stands: sizes and distances of Decree 30/2020/NĐ-CP, annex I, sections I to III.
//!
//! Everything is measured before anything is drawn; a page is a list of marks.
//!
//! Invariants:
//! - No mark stands outside the margins but the page number above and the foot below.
//! - A signature never stands alone on a page: the last rows, or the last paragraph, go with it.

use crate::official::{Align, Column, FOOT_LINES, Foot, Heading, Official, Part, Signature, Table};
use crate::{Block, Face, INK, Look, Paper, PaperError, SOFT, Sheet, Typefaces, WIDTH_MM};
use bits::qr::QrMatrix;

/// Something on a page, at its place.
enum Mark {
    Text { x_mm: f32, y_mm: f32, look: Look, text: String },
    Line { from_mm: (f32, f32), to_mm: (f32, f32) },
    Code { x_mm: f32, y_mm: f32, matrix: QrMatrix },
}

impl Paper {
    /// Adds an official paper, on pages of its own.
    ///
    /// # Errors
    /// [`PaperError::Pdf`].
    pub fn official(&mut self, official: &Official) -> Result<(), PaperError> {
        let mut layout = Layout { fonts: &self.fonts, pages: vec![Vec::new()], y_mm: TOP_MM };
        layout.whole(official);
        let pages = layout.finish(&official.foot);
        pages.iter().try_for_each(|marks| self.page(|sheet| marks.iter().for_each(|mark| mark.draw(sheet))))
    }
}

impl Mark {
    fn draw(&self, sheet: &mut Sheet<'_>) {
        match self {
            Self::Text { x_mm, y_mm, look, text } => sheet.text(*x_mm, *y_mm, *look, text),
            Self::Line { from_mm, to_mm } => sheet.line(*from_mm, *to_mm, INK, RULE_PT),
            Self::Code { x_mm, y_mm, matrix } => code(sheet, *x_mm, *y_mm, matrix),
        }
    }
}

/// Dark modules that touch in a row are one block: no hairlines between them.
fn code(sheet: &mut Sheet<'_>, x_mm: f32, y_mm: f32, matrix: &QrMatrix) {
    let module = CODE_MM / steps(matrix.width());
    for (row, modules) in matrix.rows().enumerate() {
        let mut at = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            if run.first() == Some(&true) {
                let block = Block {
                    x_mm: x_mm + steps(at) * module,
                    y_mm: y_mm + steps(row) * module,
                    width_mm: steps(run.len()) * module,
                    height_mm: module,
                };
                sheet.block(block, Some(INK), None);
            }
            at += run.len();
        }
    }
}

struct Layout<'a> {
    fonts: &'a Typefaces,
    pages: Vec<Vec<Mark>>,
    /// Above this line everything is taken.
    y_mm: f32,
}

impl Layout<'_> {
    fn whole(&mut self, official: &Official) {
        self.heading(&official.heading);
        self.y_mm += 8.0;
        self.centred_lines(LEFT_MM, TEXT_MM, TITLE, &official.title);
        for line in &official.about {
            self.centred_lines(LEFT_MM, TEXT_MM, BODY, line);
        }
        self.y_mm += 4.0;
        let last_table = official.parts.iter().rposition(|part| matches!(part, Part::Table(_)));
        for (at, part) in official.parts.iter().enumerate() {
            let is_last = at + 1 == official.parts.len() || last_table == Some(at);
            let behind = official.parts.get(at + 1..).filter(|_| is_last).unwrap_or_default();
            let tail_mm = if is_last { self.tail_mm(behind, &official.signatures) } else { 0.0 };
            // A heading goes where its table goes.
            let above = at.checked_sub(1).and_then(|above| official.parts.get(above));
            match (above, part, official.parts.get(at + 1)) {
                (_, Part::Head(_), Some(Part::Table(_))) => (),
                (Some(Part::Head(head)), Part::Table(table), _) => self.table(Some(head), table, tail_mm),
                _ => self.part(part, tail_mm),
            }
        }
        self.signatures(&official.signatures);
    }

    fn heading(&mut self, heading: &Heading) {
        let left = [(HEAD, &heading.superior), (HEAD_BOLD, &heading.body)];
        for (look, text) in left.into_iter().filter(|(_, text)| !text.is_empty()) {
            self.centred_lines(LEFT_MM, HEAD_LEFT_MM, look, text);
        }
        self.rule(LEFT_MM + HEAD_LEFT_MM / 2.0, HEAD_LEFT_MM * 0.4);
        if !heading.number.is_empty() {
            self.y_mm += 2.5;
            self.centred_lines(LEFT_MM, HEAD_LEFT_MM, BODY, &heading.number);
        }
        let left_end = self.y_mm;
        self.y_mm = TOP_MM;
        let right = RIGHT_MM - HEAD_RIGHT_MM;
        self.centred_lines(right, HEAD_RIGHT_MM, HEAD_BOLD, &heading.nation);
        self.centred_lines(right, HEAD_RIGHT_MM, MOTTO, &heading.motto);
        self.rule(right + HEAD_RIGHT_MM / 2.0, self.fonts.width_mm(MOTTO, &heading.motto));
        if !heading.place_and_date.is_empty() {
            self.y_mm += 2.5;
            self.centred_lines(right, HEAD_RIGHT_MM, ITALIC, &heading.place_and_date);
        }
        self.y_mm = self.y_mm.max(left_end);
    }

    /// A line under what was last written.
    fn rule(&mut self, middle_mm: f32, width_mm: f32) {
        let y = self.y_mm + 0.8;
        self.put(Mark::Line { from_mm: (middle_mm - width_mm / 2.0, y), to_mm: (middle_mm + width_mm / 2.0, y) });
    }

    fn part(&mut self, part: &Part, tail_mm: f32) {
        match part {
            Part::Paragraph(text) => self.paragraph(text, tail_mm),
            Part::Head(text) => self.head(text),
            Part::Code(text) => {
                self.room(leading(MONO), 0.0);
                self.line_of(LEFT_MM, TEXT_MM, MONO, text);
            }
            Part::Table(table) => self.table(None, table, tail_mm),
        }
    }

    fn head(&mut self, text: &str) {
        let lines = self.fonts.lines(TEXT_MM, BODY_BOLD, text);
        // A heading never stands last on a page.
        self.room(steps(lines.len()) * leading(BODY_BOLD) + PARAGRAPH_MM + HEAD_KEEPS_MM, 0.0);
        self.y_mm += PARAGRAPH_MM;
        lines.iter().for_each(|line| self.text(LEFT_MM, BODY_BOLD, line));
        self.y_mm += 1.0;
    }

    fn paragraph(&mut self, text: &str, tail_mm: f32) {
        let lines = self.paragraph_lines(text);
        self.room(steps(lines.len().min(2)) * leading(BODY) + PARAGRAPH_MM, tail_mm);
        self.y_mm += PARAGRAPH_MM;
        let last = lines.len().saturating_sub(1);
        for (at, line) in lines.iter().enumerate() {
            self.room(leading(BODY), 0.0);
            let indent = if at == 0 { INDENT_MM } else { 0.0 };
            self.justified(LEFT_MM + indent, TEXT_MM - indent, line, at == last);
        }
    }

    /// The first line is set in: a no-break run of its width stands for that while the text is broken.
    fn paragraph_lines(&self, text: &str) -> Vec<String> {
        let first = self.fonts.lines(TEXT_MM - INDENT_MM, BODY, text).into_iter().next().unwrap_or_default();
        let words = first.split(' ').count();
        let rest: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).skip(words).collect();
        let rest = self.fonts.lines(TEXT_MM, BODY, &rest.join(" "));
        [first].into_iter().chain(rest).filter(|line| !line.is_empty()).collect()
    }

    fn justified(&mut self, x_mm: f32, width_mm: f32, line: &str, is_last: bool) {
        let words: Vec<&str> = line.split(' ').collect();
        let spare = width_mm - self.fonts.width_mm(BODY, line);
        let gaps = steps(words.len().saturating_sub(1));
        if is_last || gaps < 1.0 || spare > width_mm * LOOSE_SHARE {
            return self.text(x_mm, BODY, line);
        }
        let gap = self.fonts.width_mm(BODY, " ") + spare / gaps;
        let (mut x, y) = (x_mm, self.y_mm + ascent(BODY));
        for word in words {
            self.put(Mark::Text { x_mm: x, y_mm: y, look: BODY, text: word.to_owned() });
            x += self.fonts.width_mm(BODY, word) + gap;
        }
        self.y_mm += leading(BODY);
    }

    fn table(&mut self, above: Option<&str>, table: &Table, tail_mm: f32) {
        let grid = Grid::of(table);
        let head = grid.head(&table.columns, self.fonts);
        let rows: Vec<Cells> = table.rows.iter().map(|row| grid.row(row, self.fonts)).collect();
        self.y_mm += PARAGRAPH_MM;
        let kept = rows.len().saturating_sub(KEPT_ROWS);
        // A short table goes to its signatures as a whole, with its head.
        let (first, tail) = match kept {
            0 => (rows.iter().map(|row| row.height_mm).sum(), tail_mm),
            _ => (rows.first().map_or(0.0, |row| row.height_mm), 0.0),
        };
        let above_mm = if above.is_some() { leading(BODY_BOLD) + PARAGRAPH_MM + 1.0 } else { 0.0 };
        self.room(above_mm + head.height_mm + first, tail);
        above.into_iter().for_each(|above| self.head(above));
        self.cells(&grid, &head);
        for (at, row) in rows.iter().enumerate() {
            let behind = || rows.get(at + 1..).unwrap_or_default().iter().map(|row| row.height_mm).sum::<f32>();
            let tail_mm = if at == kept && kept > 0 { behind() + tail_mm } else { 0.0 };
            if self.room(row.height_mm, tail_mm) {
                self.cells(&grid, &head);
            }
            self.cells(&grid, row);
        }
    }

    fn cells(&mut self, grid: &Grid<'_>, cells: &Cells) {
        let (top, bottom) = (self.y_mm, self.y_mm + cells.height_mm);
        for (column, (look, lines)) in grid.columns.iter().zip(&cells.texts) {
            let look = *look;
            let mut y = top + (cells.height_mm - steps(lines.len()) * leading(look)) / 2.0 + ascent(look);
            for line in lines {
                let x = column.place(self.fonts.width_mm(look, line), cells.is_head);
                self.put(Mark::Text { x_mm: x, y_mm: y, look, text: line.clone() });
                y += leading(look);
            }
        }
        for y in [top, bottom] {
            self.put(Mark::Line { from_mm: (LEFT_MM, y), to_mm: (RIGHT_MM, y) });
        }
        let edges = grid.columns.iter().map(|column| column.x_mm).chain([RIGHT_MM]);
        edges.for_each(|x| self.put(Mark::Line { from_mm: (x, top), to_mm: (x, bottom) }));
        self.y_mm = bottom;
    }

    fn signatures(&mut self, signatures: &[Signature]) {
        if signatures.is_empty() {
            return;
        }
        self.room(self.signatures_mm(signatures), 0.0);
        self.y_mm += SIGNATURE_GAP_MM;
        let (top, width) = (self.y_mm, TEXT_MM / steps(signatures.len().max(2)));
        // One alone stands at the right.
        let first = if signatures.len() == 1 { RIGHT_MM - width } else { LEFT_MM };
        let mut end = top;
        for (at, one) in signatures.iter().enumerate() {
            let (x, width) = (first + steps(at) * width + 1.0, width - 2.0);
            self.y_mm = top;
            self.centred_lines(x, width, BODY_BOLD, &one.capacity);
            self.centred_lines(x, width, NOTE, &one.note);
            self.y_mm += SIGNATURE_MM;
            self.centred_lines(x, width, BODY_BOLD, &one.name);
            end = end.max(self.y_mm);
        }
        self.y_mm = end;
    }

    fn signatures_mm(&self, signatures: &[Signature]) -> f32 {
        let width = TEXT_MM / steps(signatures.len().max(2)) - 2.0;
        let lines = |look: Look, text: &str| steps(self.fonts.lines(width, look, text).len()) * leading(look);
        let one = |one: &Signature| {
            lines(BODY_BOLD, &one.capacity) + lines(NOTE, &one.note) + lines(BODY_BOLD, &one.name) + SIGNATURE_MM
        };
        let highest = signatures.iter().map(one).fold(0.0, f32::max);
        if signatures.is_empty() { 0.0 } else { SIGNATURE_GAP_MM + highest }
    }

    /// How high the parts behind a table are, with the signatures.
    fn tail_mm(&self, parts: &[Part], signatures: &[Signature]) -> f32 {
        let part = |part: &Part| match part {
            Part::Paragraph(text) => PARAGRAPH_MM + steps(self.paragraph_lines(text).len()) * leading(BODY),
            Part::Head(_) => PARAGRAPH_MM + leading(BODY_BOLD) + 1.0,
            Part::Code(_) => leading(MONO),
            Part::Table(_) => 0.0,
        };
        let tail = parts.iter().map(part).sum::<f32>() + self.signatures_mm(signatures);
        // What no page takes as a whole is broken where it comes.
        if tail > BOTTOM_MM - TOP_MM - TAIL_LEAVES_MM { 0.0 } else { tail }
    }

    /// Goes to a new page where this height, and what has to stay with it, does not fit any more; true where it did.
    fn room(&mut self, height_mm: f32, tail_mm: f32) -> bool {
        let is_full = self.y_mm + height_mm + tail_mm > BOTTOM_MM;
        if is_full && self.y_mm > TOP_MM {
            self.pages.push(Vec::new());
            self.y_mm = TOP_MM;
        }
        is_full
    }

    /// Lines in the middle of a width.
    fn centred_lines(&mut self, x_mm: f32, width_mm: f32, look: Look, text: &str) {
        for line in self.fonts.lines(width_mm, look, text) {
            let x = x_mm + (width_mm - self.fonts.width_mm(look, &line)) / 2.0;
            self.text(x, look, &line);
        }
    }

    /// One line, smaller where it is too long.
    fn line_of(&mut self, x_mm: f32, width_mm: f32, look: Look, text: &str) {
        let share = width_mm / self.fonts.width_mm(look, text).max(width_mm);
        self.text(x_mm, Look { size_pt: look.size_pt * share, ..look }, text);
    }

    fn text(&mut self, x_mm: f32, look: Look, line: &str) {
        self.put(Mark::Text { x_mm, y_mm: self.y_mm + ascent(look), look, text: line.to_owned() });
        self.y_mm += leading(look);
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Numbers the pages from the second on, and writes the foot of each.
    fn finish(mut self, foot: &Foot) -> Vec<Vec<Mark>> {
        let count = self.pages.len();
        let matrix = foot.code.as_deref().and_then(QrMatrix::of);
        for (number, page) in (1..).zip(&mut self.pages) {
            if number > 1 {
                let text = number.to_string();
                let x_mm = WIDTH_MM / 2.0 - self.fonts.width_mm(BODY, &text) / 2.0;
                page.push(Mark::Text { x_mm, y_mm: NUMBER_MM, look: BODY, text });
            }
            let lines = foot.lines.iter().take(FOOT_LINES);
            let width_mm = TEXT_MM - CODE_MM - 4.0;
            for (at, line) in lines.enumerate() {
                let share = width_mm / self.fonts.width_mm(MONO, line).max(width_mm);
                let look = Look { size_pt: MONO.size_pt * share, ..MONO };
                let y_mm = FOOT_MM + 3.0 + steps(at) * FOOT_LINE_MM;
                page.push(Mark::Text { x_mm: LEFT_MM, y_mm, look, text: line.clone() });
            }
            if !foot.lines.is_empty() {
                page.push(Mark::Line { from_mm: (LEFT_MM, FOOT_MM), to_mm: (RIGHT_MM - CODE_MM - 2.0, FOOT_MM) });
                let text = format!("{number}/{count}");
                let x_mm = RIGHT_MM - CODE_MM - 3.0 - self.fonts.width_mm(MONO, &text);
                page.push(Mark::Text { x_mm, y_mm: FOOT_MM - 0.8, look: MONO, text });
            }
            page.extend(matrix.clone().map(|matrix| Mark::Code { x_mm: RIGHT_MM - CODE_MM, y_mm: FOOT_MM, matrix }));
        }
        self.pages
    }
}

/// A table's columns at their places.
struct Grid<'a> {
    columns: Vec<Place<'a>>,
    size_pt: f32,
}

struct Place<'a> {
    column: &'a Column,
    x_mm: f32,
    width_mm: f32,
}

/// The cells of one row, broken into lines.
struct Cells {
    texts: Vec<(Look, Vec<String>)>,
    height_mm: f32,
    is_head: bool,
}

impl<'a> Grid<'a> {
    /// Widths that are asked for are held as far as the page is wide enough; a column without one has at least
    /// [`LEAST_COLUMN_MM`].
    fn of(table: &'a Table) -> Self {
        let asked: f32 = table.columns.iter().filter_map(|column| column.width_mm).sum();
        let free = steps(table.columns.iter().filter(|column| column.width_mm.is_none()).count());
        let share = if free > 0.0 { ((TEXT_MM - asked) / free).max(LEAST_COLUMN_MM) } else { 0.0 };
        let scale = TEXT_MM / (asked + share * free).max(1.0);
        let mut x_mm = LEFT_MM;
        let place = |column: &'a Column| {
            let width_mm = column.width_mm.unwrap_or(share) * scale;
            let place = Place { column, x_mm, width_mm };
            x_mm += width_mm;
            place
        };
        Self { columns: table.columns.iter().map(place).collect(), size_pt: table.size_pt }
    }

    fn head(&self, columns: &[Column], fonts: &Typefaces) -> Cells {
        let titles: Vec<String> = columns.iter().map(|column| column.title.clone()).collect();
        self.broken(&titles, Look::new(Face::SerifBold, self.size_pt), true, fonts)
    }

    fn row(&self, row: &[String], fonts: &Typefaces) -> Cells {
        self.broken(row, Look::new(Face::Serif, self.size_pt), false, fonts)
    }

    fn broken(&self, texts: &[String], look: Look, is_head: bool, fonts: &Typefaces) -> Cells {
        let lines = |(place, text): (&Place<'_>, &String)| {
            let width_mm = place.width_mm - 2.0 * CELL_MM;
            let look = whole_words(fonts, width_mm, look, text);
            (look, fonts.lines(width_mm, look, text))
        };
        let texts: Vec<(Look, Vec<String>)> = self.columns.iter().zip(texts).map(lines).collect();
        let highest = texts.iter().map(|(look, lines)| steps(lines.len()) * leading(*look)).fold(0.0, f32::max);
        Cells { height_mm: (highest + 2.0 * CELL_MM).max(ROW_MM), texts, is_head }
    }
}

/// So small that no word is broken, and not smaller than can be read.
fn whole_words(fonts: &Typefaces, width_mm: f32, look: Look, text: &str) -> Look {
    let longest = text.split(' ').map(|word| fonts.width_mm(look, word)).fold(0.0, f32::max);
    let share = if longest > width_mm { (width_mm / longest * JUST_BELOW).max(LEAST_SHARE) } else { 1.0 };
    Look { size_pt: look.size_pt * share, ..look }
}

impl Place<'_> {
    fn place(&self, text_mm: f32, is_head: bool) -> f32 {
        match self.column.align {
            _ if is_head => self.x_mm + (self.width_mm - text_mm) / 2.0,
            Align::Left => self.x_mm + CELL_MM,
            Align::Middle => self.x_mm + (self.width_mm - text_mm) / 2.0,
            Align::Right => self.x_mm + self.width_mm - CELL_MM - text_mm,
        }
    }
}

fn leading(look: Look) -> f32 {
    look.size_pt * LEADING * MM_PER_POINT
}

/// From the top of a line to its base line.
fn ascent(look: Look) -> f32 {
    look.size_pt * ASCENT * MM_PER_POINT
}

fn steps(count: usize) -> f32 {
    u16::try_from(count).map_or(f32::from(u16::MAX), f32::from)
}

const MM_PER_POINT: f32 = 25.4 / 72.0;
const LEFT_MM: f32 = 30.0;
const RIGHT_MM: f32 = 193.0;
const TEXT_MM: f32 = RIGHT_MM - LEFT_MM;
const TOP_MM: f32 = 20.0;
/// Above the foot, which stands in the lower margin.
const BOTTOM_MM: f32 = 265.0;
const NUMBER_MM: f32 = 14.0;
const HEAD_LEFT_MM: f32 = 70.0;
const HEAD_RIGHT_MM: f32 = 90.0;
/// From a third to half of its width, says the decree of the left rule; it is 0.4 in [`Layout::heading`].
const RULE_PT: f32 = 0.5;
const INDENT_MM: f32 = 10.0;
/// At least six points between paragraphs.
const PARAGRAPH_MM: f32 = 2.2;
const HEAD_KEEPS_MM: f32 = 20.0;
const SIGNATURE_GAP_MM: f32 = 6.0;
/// Room for a signature and a stamp.
const SIGNATURE_MM: f32 = 25.0;
/// Rows to be signed or written on are at least 8 mm high.
const ROW_MM: f32 = 8.0;
const CELL_MM: f32 = 1.2;
const LEAST_SHARE: f32 = 0.7;
/// What rounding leaves.
const JUST_BELOW: f32 = 0.99;
const LEAST_COLUMN_MM: f32 = 11.0;
/// The last rows of a table go to the signatures' page.
const KEPT_ROWS: usize = 2;
const TAIL_LEAVES_MM: f32 = 60.0;
/// A line with fewer words than this leaves is not pulled apart.
const LOOSE_SHARE: f32 = 0.3;
const FOOT_MM: f32 = 269.0;
const FOOT_LINE_MM: f32 = 2.7;
const CODE_MM: f32 = 19.0;
const LEADING: f32 = 1.2;
const ASCENT: f32 = 0.92;
const HEAD: Look = Look { face: Face::Serif, size_pt: 12.0, grey: INK };
const HEAD_BOLD: Look = Look { face: Face::SerifBold, size_pt: 12.0, grey: INK };
const MOTTO: Look = Look { face: Face::SerifBold, size_pt: 13.0, grey: INK };
const TITLE: Look = Look { face: Face::SerifBold, size_pt: 14.0, grey: INK };
const BODY: Look = Look { face: Face::Serif, size_pt: 13.0, grey: INK };
const BODY_BOLD: Look = Look { face: Face::SerifBold, size_pt: 13.0, grey: INK };
const ITALIC: Look = Look { face: Face::SerifItalic, size_pt: 13.0, grey: INK };
const NOTE: Look = Look { face: Face::SerifItalic, size_pt: 12.0, grey: INK };
const MONO: Look = Look { face: Face::Mono, size_pt: 6.5, grey: SOFT };
