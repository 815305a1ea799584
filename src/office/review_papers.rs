//! Papers of a session: for each site the list of those who are not in, by room and number (Decree 30/2020, annex I).
//!
//! Invariants:
//! - The top right of the first page stays free below the heading: the body's digital signature stands there.
//! - Nobody is called absent here whose state is not known: she stands there as what she is.

use crate::forms::{Forms, Section};
use crate::loaded::Loaded;
use crate::review_sheets::{Cell, Sheet as Table};
use paper::{Block, Face, INK, Look, Paper, PaperError, SOFT, Sheet, TINT};
use std::collections::BTreeMap;

/// One row of a site's list: room, number, name, birth date, state, reason.
type Row = [String; 6];

/// The list of those who are not in, for one session: a site after the other, each on pages of its own. `absent` is the
/// sheet of that name. Nothing where everybody is in.
///
/// # Errors
/// [`PaperError`].
pub fn absent(loaded: &Loaded, session: &str, absent: &Table, forms: &Forms) -> Result<Option<Vec<u8>>, PaperError> {
    let sites = by_site(session, absent);
    if sites.is_empty() {
        return Ok(None);
    }
    let mut paper = Paper::new(forms.word(Section::Paper, "absent_title"))?;
    for (site, rows) in sites {
        let count = rows.len().div_ceil(ROWS).max(1);
        let pages: Vec<&[Row]> = rows.chunks(ROWS).collect();
        for (at, rows) in pages.iter().enumerate() {
            paper.page(|sheet| {
                let page = Page { title: &loaded.exam.settings.title, session, site: &site, forms };
                if at == 0 {
                    page.head(sheet)
                } else {
                    page.number(sheet, at + 1)
                }
                page.table(sheet, rows, at * ROWS);
                if at + 1 == count {
                    page.signature(sheet, rows.len());
                }
                page.foot(sheet, loaded, at + 1, count);
            })?;
        }
    }
    paper.finish().map(Some)
}

fn by_site(session: &str, absent: &Table) -> BTreeMap<String, Vec<Row>> {
    let mut sites: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for cells in &absent.rows {
        let text = |name: &str| {
            let at = absent.columns.iter().position(|column| *column == name);
            match at.and_then(|at| cells.get(at)) {
                Some(Cell::Text(text)) => text.clone(),
                _ => String::new(),
            }
        };
        if text("session") == session {
            let row = ["room", "candidate", "name", "born", "state", "reason"].map(text);
            sites.entry(text("site")).or_default().push(row);
        }
    }
    sites
}

struct Page<'a> {
    title: &'a str,
    session: &'a str,
    site: &'a str,
    forms: &'a Forms,
}

impl Page<'_> {
    fn word(&self, name: &str) -> String {
        let word = self.forms.word(Section::Paper, name);
        word.replace("{exam}", self.title).replace("{session}", self.session).replace("{site}", self.site)
    }

    fn head(&self, sheet: &mut Sheet<'_>) {
        let half = (RIGHT_MM - LEFT_MM) / 2.0 - 4.0;
        centred(sheet, LEFT_MM, half, 22.0, HEAD, &self.word("superior"));
        centred(sheet, LEFT_MM, half, 28.0, HEAD_BOLD, &self.word("body"));
        let middle = LEFT_MM + half / 2.0;
        sheet.line((middle - half / 5.0, 30.0), (middle + half / 5.0, 30.0), INK, 0.6);
        let right = RIGHT_MM - half;
        centred(sheet, right, half, 22.0, HEAD_BOLD, &self.word("nation"));
        centred(sheet, right, half, 28.0, HEAD_BOLD, &self.word("motto"));
        centred(sheet, LEFT_MM, RIGHT_MM - LEFT_MM, 58.0, TITLE, &self.word("absent_title"));
        centred(sheet, LEFT_MM, RIGHT_MM - LEFT_MM, 65.0, TEXT, &self.word("absent_place"));
    }

    fn number(&self, sheet: &mut Sheet<'_>, number: usize) {
        centred(sheet, LEFT_MM, RIGHT_MM - LEFT_MM, 15.0, TEXT, &number.to_string());
    }

    fn table(&self, sheet: &mut Sheet<'_>, rows: &[Row], before: usize) {
        sheet.block(
            Block { x_mm: LEFT_MM, y_mm: 72.0, width_mm: RIGHT_MM - LEFT_MM, height_mm: 8.0 },
            Some(TINT),
            None,
        );
        let names = ["number", "room", "candidate", "name", "born", "state", "reason"];
        for (at, name) in names.into_iter().enumerate() {
            let (x, width) = column(at);
            sheet.fitted(x, 77.3, width, CAPTION_BOLD, self.forms.word(Section::Column, name));
        }
        for (row, cells) in rows.iter().enumerate() {
            let y = FIRST_ROW_MM + steps(row) * ROW_MM;
            sheet.text(LEFT_MM + 1.0, y, SMALL, &(before + row + 1).to_string());
            for (at, cell) in cells.iter().enumerate() {
                let (x, width) = column(at + 1);
                let is_long = sheet.width_mm(SMALL, cell) > width;
                sheet.fitted(x, if is_long { y - 1.4 } else { y }, width, SMALL, cell);
            }
            sheet.line((LEFT_MM, y + 2.6), (RIGHT_MM, y + 2.6), RULE, 0.4);
        }
    }

    fn signature(&self, sheet: &mut Sheet<'_>, rows: usize) {
        let y = FIRST_ROW_MM + steps(rows) * ROW_MM + 6.0;
        centred(sheet, 115.0, RIGHT_MM - 115.0, y, HEAD_BOLD, &self.word("absent_signer"));
        centred(sheet, 115.0, RIGHT_MM - 115.0, y + 5.0, CAPTION, &self.word("sign_here"));
    }

    /// The heads of the site's logs, each on a line of its own as far as there is room.
    fn foot(&self, sheet: &mut Sheet<'_>, loaded: &Loaded, page: usize, count: usize) {
        sheet.line((LEFT_MM, 268.0), (RIGHT_MM, 268.0), SOFT, 0.4);
        sheet.text_to(RIGHT_MM, 272.0, CAPTION, &format!("{page}/{count}"));
        let logs = loaded.review.logs().iter();
        let own = logs.filter(|log| log.counts() && log.site == self.site && log.id.session() == self.session);
        for (row, log) in own.take(FOOT_LINES).enumerate() {
            let Some(last) = log.facts().last() else { continue };
            let line = format!("{} {}/{} {}", log.id, last.place.segment, last.place.seq, last.leaf);
            sheet.fitted(LEFT_MM, 272.0 + steps(row) * 3.6, RIGHT_MM - LEFT_MM - 14.0, MONO, &line);
        }
    }
}

fn centred(sheet: &mut Sheet<'_>, x_mm: f32, width_mm: f32, y_mm: f32, look: Look, text: &str) {
    let own = sheet.width_mm(look, text);
    if own > width_mm {
        sheet.fitted(x_mm, y_mm, width_mm, look, text);
    } else {
        sheet.text(x_mm + (width_mm - own) / 2.0, y_mm, look, text);
    }
}

/// Where a column begins, and how wide it is.
fn column(at: usize) -> (f32, f32) {
    let x = COLUMNS_MM.get(at).copied().unwrap_or(RIGHT_MM);
    let next = COLUMNS_MM.get(at + 1).copied().unwrap_or(RIGHT_MM);
    (x + 1.0, next - x - 2.0)
}

fn steps(row: usize) -> f32 {
    u8::try_from(row).map_or(0.0, f32::from)
}

/// Rows a page.
const ROWS: usize = 20;
/// Logs whose heads stand in the foot.
const FOOT_LINES: usize = 5;
const LEFT_MM: f32 = 30.0;
const RIGHT_MM: f32 = 192.0;
const FIRST_ROW_MM: f32 = 85.5;
/// Rows to be signed or written on are 8 mm high.
const ROW_MM: f32 = 8.0;
const COLUMNS_MM: [f32; 7] = [LEFT_MM, 40.0, 56.0, 80.0, 124.0, 146.0, 168.0];
const TITLE: Look = Look { face: Face::Bold, size_pt: 14.0, grey: INK };
const HEAD: Look = Look { face: Face::Regular, size_pt: 11.0, grey: INK };
const HEAD_BOLD: Look = Look { face: Face::Bold, size_pt: 11.0, grey: INK };
const TEXT: Look = Look { face: Face::Regular, size_pt: 13.0, grey: INK };
const SMALL: Look = Look { face: Face::Regular, size_pt: 10.0, grey: INK };
const CAPTION: Look = Look { face: Face::Regular, size_pt: 9.0, grey: SOFT };
const CAPTION_BOLD: Look = Look { face: Face::Bold, size_pt: 9.0, grey: INK };
const MONO: Look = Look { face: Face::Mono, size_pt: 6.5, grey: SOFT };
const RULE: u8 = 190;
