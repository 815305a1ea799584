//! The rows of a sheet, packed: eight bytes a cell and every text once, so that a national exam on one sheet fits into
//! the memory that a list may take.

use super::{Cell, CellValue};
use crate::texts::{TextId, Texts, grow};
use std::collections::BTreeMap;

/// Rows that hold something, from the top.
#[derive(Clone, Default, PartialEq)]
pub struct Rows {
    rows: Vec<Bounds>,
    cells: Vec<Packed>,
    texts: Texts,
    numbers: Vec<f64>,
    /// Cells that came out of their order, by line and column: no spreadsheet writes them so.
    strays: BTreeMap<(u32, u16), Packed>,
}

/// One row that holds something.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The line as the spreadsheet or an editor counts it, from 1.
    pub line: u32,
    cells: &'a [Packed],
    all: &'a Rows,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bounds {
    line: u32,
    /// Where the row's cells end.
    end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Packed {
    /// Which text or number.
    what: u32,
    column: u16,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Formatted,
    Date1900,
    Date1904,
    False,
    True,
    Fault,
    Uncomputed,
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when nothing stands anywhere.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One of them, from 0.
    pub fn get(&self, at: usize) -> Option<Row<'_>> {
        let Bounds { line, end } = *self.rows.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |before| before.end);
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        Some(Row { line, cells: self.cells.get(range)?, all: self })
    }

    /// All of them, from the top.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Row<'_>> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// The last line so far.
    pub(super) fn last_line(&self) -> Option<u32> {
        self.rows.last().map(|last| last.line)
    }

    /// Bytes of memory that all this takes.
    pub(super) fn weight(&self) -> usize {
        self.texts.weight()
            + self.rows.len() * size_of::<Bounds>()
            + self.cells.len() * size_of::<Packed>()
            + self.numbers.len() * size_of::<f64>()
            + self.strays.len() * STRAY_BYTES
    }

    /// Takes one more cell, in any order; of two at one place the last. [`Rows::settle`] comes last of all.
    pub(super) fn put(&mut self, line: u32, column: u32, value: CellValue<'_>) {
        let cell = self.pack(column, value);
        let of_last = self.rows.last().filter(|last| last.line == line).and(self.cells.last());
        let is_stray = match of_last {
            Some(before) => before.column >= cell.column,
            None => self.last_line().is_some_and(|last| last > line),
        };
        if is_stray {
            self.strays.insert((line, cell.column), cell);
            return;
        }
        if of_last.is_none() {
            grow(&mut self.rows);
            self.rows.push(Bounds { line, end: 0 });
        }
        self.push(cell);
    }

    /// Brings the cells that came out of their order to their places.
    pub(super) fn settle(&mut self) {
        let strays = std::mem::take(&mut self.strays);
        if strays.is_empty() {
            return;
        }
        let (rows, cells) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.cells));
        let mut strays = strays.into_iter().peekable();
        let mut start = 0;
        for Bounds { line, end } in rows {
            let own = cells.get(start..usize::try_from(end).unwrap_or(usize::MAX)).unwrap_or_default();
            start += own.len();
            for cell in own {
                while let Some((place, stray)) = strays.next_if(|(place, _)| *place <= (line, cell.column)) {
                    self.settled(place.0, stray);
                }
                let is_taken = self.rows.last().is_some_and(|last| last.line == line)
                    && self.cells.last().is_some_and(|last| last.column == cell.column);
                if !is_taken {
                    self.settled(line, *cell);
                }
            }
        }
        strays.for_each(|((line, _), stray)| self.settled(line, stray));
    }

    /// Changes texts; numbers and errors stay as they are.
    pub(super) fn map_texts(&mut self, change: impl Fn(&str) -> Option<String>) {
        self.texts = self.texts.map(change);
    }

    fn settled(&mut self, line: u32, cell: Packed) {
        if self.last_line() != Some(line) {
            self.rows.push(Bounds { line, end: 0 });
        }
        self.push(cell);
    }

    fn push(&mut self, cell: Packed) {
        grow(&mut self.cells);
        self.cells.push(cell);
        let end = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        self.rows.last_mut().into_iter().for_each(|last| last.end = end);
    }

    fn pack(&mut self, column: u32, value: CellValue<'_>) -> Packed {
        let (kind, what) = match value {
            CellValue::Text(text) => (Kind::Text, self.text(text)),
            CellValue::Formatted(text) => (Kind::Formatted, self.text(text)),
            CellValue::Fault(text) => (Kind::Fault, self.text(text)),
            CellValue::Number(number) => (Kind::Number, self.number(number)),
            CellValue::Date { serial, since_1904: false } => (Kind::Date1900, self.number(serial)),
            CellValue::Date { serial, since_1904: true } => (Kind::Date1904, self.number(serial)),
            CellValue::Bool(false) => (Kind::False, 0),
            CellValue::Bool(true) => (Kind::True, 0),
            CellValue::Uncomputed => (Kind::Uncomputed, 0),
        };
        // No spreadsheet has so many columns.
        Packed { what, column: u16::try_from(column).unwrap_or(u16::MAX), kind }
    }

    fn text(&mut self, text: &str) -> u32 {
        self.texts.put(text).0
    }

    fn number(&mut self, number: f64) -> u32 {
        grow(&mut self.numbers);
        self.numbers.push(number);
        u32::try_from(self.numbers.len() - 1).unwrap_or(u32::MAX)
    }

    fn value(&self, Packed { what, kind, .. }: Packed) -> CellValue<'_> {
        let text = || self.texts.get(TextId(what));
        let number = || usize::try_from(what).ok().and_then(|at| self.numbers.get(at)).copied().unwrap_or_default();
        match kind {
            Kind::Text => CellValue::Text(text()),
            Kind::Formatted => CellValue::Formatted(text()),
            Kind::Fault => CellValue::Fault(text()),
            Kind::Number => CellValue::Number(number()),
            Kind::Date1900 => CellValue::Date { serial: number(), since_1904: false },
            Kind::Date1904 => CellValue::Date { serial: number(), since_1904: true },
            Kind::False => CellValue::Bool(false),
            Kind::True => CellValue::Bool(true),
            Kind::Uncomputed => CellValue::Uncomputed,
        }
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = Row<'a>;
    type IntoIter = Box<dyn Iterator<Item = Row<'a>> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Rows({})", self.len())
    }
}

impl<'a> Row<'a> {
    /// The content of a column.
    pub fn value(&self, column: u32) -> Option<CellValue<'a>> {
        let column = u16::try_from(column).ok()?;
        let index = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(index).map(|cell| self.all.value(*cell))
    }

    /// Its cells, from left to right.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Cell<'a>> + DoubleEndedIterator + Clone + use<'a> {
        let all = self.all;
        self.cells.iter().map(move |cell| Cell { column: u32::from(cell.column), value: all.value(*cell) })
    }
}

/// A cell that came out of its order takes a place in a tree.
const STRAY_BYTES: usize = 32;
