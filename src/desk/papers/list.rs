//! The list of who is in and who is not yet: for the hour when a desk fails.

use super::PapersError;
use super::forms::{Form, Texts};
use super::frame::{BOLD, BOTTOM_MM, LEFT_MM, RIGHT_MM, TEXT_WIDTH_MM, TITLE, centred, foot, shown};
use ::paper::{Block, Face, INK, Look, Paper, Sheet, TINT};
use checkin::paper::{AttendanceSheet, SheetPart, SheetRow, SheetState};

const TOP_MM: f32 = 20.0;
const ROW_MM: f32 = 8.0;
const ROW: Look = Look { face: Face::Serif, size_pt: 12.0, grey: INK };
const HEADING: Look = Look { face: Face::SerifBold, size_pt: 11.0, grey: INK };
/// Where each column begins, from the left; the last ends with the page.
const COLUMNS_MM: [f32; 5] = [0.0, 12.0, 38.0, 92.0, 110.0];
/// What the first page's head takes.
const HEAD_MM: f32 = 34.0;

/// What stands on a line of its own.
enum Line<'a> {
    Title(String),
    Row(usize, &'a SheetRow),
    Remark(String),
}

/// The list as a PDF.
///
/// # Errors
/// [`PapersError`].
pub fn list_pdf(sheet: &AttendanceSheet) -> Result<Vec<u8>, PapersError> {
    let texts = Texts::load()?;
    let form = texts.list();
    let mut lines = part(form, "inside", &sheet.inside);
    lines.extend(part(form, "missing", &sheet.missing));
    let pages = paged(lines);
    let mut paper = Paper::new(&form.say("title", &[]))?;
    for (index, lines) in pages.iter().enumerate() {
        let (page, pages) = ((index + 1).to_string(), pages.len().to_string());
        let page = texts.say("page", &[("page", &page), ("pages", &pages)]);
        paper.page(|paper| {
            let y_mm = if index == 0 { head(paper, &texts, sheet) } else { TOP_MM };
            draw(paper, form, y_mm, lines);
            foot(paper, &texts, &sheet.head.log, &page);
        })?;
    }
    Ok(paper.finish()?)
}

fn part<'a>(form: &Form, title: &str, part: &'a SheetPart) -> Vec<Line<'a>> {
    let count = (part.rows.len() + part.more).to_string();
    let mut lines = vec![Line::Title(form.say(title, &[("count", &count)]))];
    lines.extend(part.rows.iter().enumerate().map(|(index, row)| Line::Row(index + 1, row)));
    let more = part.more.to_string();
    lines.extend((part.more > 0).then(|| Line::Remark(form.say("more", &[("count", &more)]))));
    lines.extend(part.rows.is_empty().then(|| Line::Remark(form.say("nobody", &[]))));
    lines
}

/// As many lines a page as it has room for, its column heads included.
fn paged(lines: Vec<Line<'_>>) -> Vec<Vec<Line<'_>>> {
    let room = |from_mm: f32| BOTTOM_MM - from_mm - ROW_MM;
    let mut pages = vec![Vec::new()];
    let mut left_mm = room(TOP_MM + HEAD_MM);
    for line in lines {
        // A title never stands last on a page.
        let wanted_mm = if matches!(line, Line::Title(_)) { ROW_MM * 2.0 } else { ROW_MM };
        if left_mm < wanted_mm {
            pages.push(Vec::new());
            left_mm = room(TOP_MM);
        }
        left_mm -= ROW_MM;
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages
}

fn head(paper: &mut Sheet<'_>, texts: &Texts, sheet: &AttendanceSheet) -> f32 {
    let (head, form) = (&sheet.head, texts.list());
    let mut y_mm = TOP_MM;
    if head.training {
        centred(paper, LEFT_MM, RIGHT_MM, y_mm - 8.0, BOLD, &texts.say("training", &[]));
    }
    centred(paper, LEFT_MM, RIGHT_MM, y_mm, TITLE, &form.say("title", &[]));
    y_mm += 8.0;
    let site = texts.say("site", &[("site", &head.site)]);
    let session = match head.session.as_str() {
        "" => String::new(),
        session => format!(" - {}", texts.say("session", &[("session", session)])),
    };
    let desk = texts.desk(&head.desk);
    centred(paper, LEFT_MM, RIGHT_MM, y_mm, BOLD, &head.exam);
    centred(paper, LEFT_MM, RIGHT_MM, y_mm + 6.5, ROW, &format!("{site}{session}"));
    let as_of = form.say("as_of", &[("desk", &desk), ("time", &head.time), ("date", &head.date)]);
    centred(paper, LEFT_MM, RIGHT_MM, y_mm + 13.0, ROW, &as_of);
    TOP_MM + HEAD_MM
}

fn draw(paper: &mut Sheet<'_>, form: &Form, y_mm: f32, lines: &[Line<'_>]) {
    let mut y_mm = y_mm;
    columns(paper, y_mm, HEADING, &form.columns.iter().map(String::as_str).collect::<Vec<_>>());
    y_mm += ROW_MM;
    for line in lines {
        match line {
            Line::Title(text) => {
                let (x_mm, width_mm, height_mm) = (LEFT_MM, TEXT_WIDTH_MM, ROW_MM);
                paper.block(Block { x_mm, y_mm: y_mm - 5.5, width_mm, height_mm }, Some(TINT), None);
                paper.text(LEFT_MM + 2.0, y_mm, BOLD, text);
            }
            Line::Row(number, row) => {
                let state = state(form, &row.state);
                let number = number.to_string();
                let name = shown(paper, row.name.reveal());
                columns(paper, y_mm, ROW, &[&number, &row.number, &name, &row.room, &state]);
            }
            Line::Remark(text) => paper.text(LEFT_MM + 2.0, y_mm, ROW, text),
        }
        paper.line((LEFT_MM, y_mm + 2.5), (RIGHT_MM, y_mm + 2.5), INK, 0.2);
        y_mm += ROW_MM;
    }
}

/// What is too long for its column is made smaller; a name of sixty letters takes two lines.
fn columns(paper: &mut Sheet<'_>, y_mm: f32, look: Look, texts: &[&str]) {
    let ends = COLUMNS_MM.iter().skip(1).copied().chain([TEXT_WIDTH_MM]);
    for ((from_mm, to_mm), text) in COLUMNS_MM.iter().zip(ends).zip(texts) {
        let width_mm = to_mm - from_mm - 2.0;
        let is_long = paper.width_mm(look, text) * LEAST_SHARE > width_mm;
        let look = if is_long { Look { size_pt: look.size_pt * LEAST_SHARE, ..look } } else { look };
        let lift_mm = if is_long { 2.5 } else { 0.0 };
        paper.fitted(LEFT_MM + from_mm, y_mm - lift_mm, width_mm, look, text);
    }
}

fn state(form: &Form, state: &SheetState) -> String {
    match state {
        SheetState::In { time, manual: false } => form.say("in", &[("time", time)]),
        SheetState::In { time, manual: true } => form.say("in_manual", &[("time", time)]),
        SheetState::Waiting => form.say("waiting", &[]),
        SheetState::NotYet => form.say("not_yet", &[]),
    }
}

/// Below this share of its size a text is broken instead.
const LEAST_SHARE: f32 = 0.66;
