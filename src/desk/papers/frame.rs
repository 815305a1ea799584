//! What is the same on every paper: the head of a form, the log's head in the foot, lines for signatures.

use super::forms::{Form, Texts};
use ::paper::{Face, INK, Look, Sheet};
use bits::qr::QrMatrix;
use checkin::paper::{LogMark, PaperHead};

pub(super) const LEFT_MM: f32 = 30.0;
pub(super) const RIGHT_MM: f32 = 192.0;
pub(super) const TEXT_WIDTH_MM: f32 = RIGHT_MM - LEFT_MM;
/// The lowest line of a page's own text; the foot stands below.
pub(super) const BOTTOM_MM: f32 = 258.0;
// The widths of Times and the sizes of Decree 30/2020/NĐ-CP, annex I: running text in 13, a title in 14.
pub(super) const TEXT: Look = Look { face: Face::Serif, size_pt: 13.0, grey: INK };
pub(super) const BOLD: Look = Look { face: Face::SerifBold, size_pt: 13.0, grey: INK };
pub(super) const TITLE: Look = Look { face: Face::SerifBold, size_pt: 14.0, grey: INK };
const HINT: Look = Look { face: Face::SerifItalic, size_pt: 11.0, grey: INK };
const SMALL: Look = Look { face: Face::Serif, size_pt: 10.0, grey: INK };
const CODE: Look = Look { face: Face::Mono, size_pt: 9.0, grey: INK };
const FOOT_LINE_MM: f32 = 264.0;
const QR_MM: f32 = 24.0;
const LEFT_COLUMN_MM: f32 = 64.0;
const MOTTO_SHARE: f32 = 0.5;

/// A name as this paper can show it: what its font has no picture for, a smiling face in a name, is spelled out.
pub(super) fn shown(sheet: &Sheet<'_>, text: &str) -> String {
    sheet.spelled(TEXT.face, &bits::text::shown_within(text))
}

/// A line in the middle between two places.
pub(super) fn centred(sheet: &mut Sheet<'_>, from_mm: f32, to_mm: f32, y_mm: f32, look: Look, text: &str) {
    let width_mm = to_mm - from_mm;
    let size_pt = look.size_pt * (width_mm / sheet.width_mm(look, text)).min(1.0);
    let look = Look { size_pt, ..look };
    let x_mm = from_mm + (width_mm - sheet.width_mm(look, text)) / 2.0;
    sheet.text(x_mm, y_mm, look, text);
}

/// The head of a form: whose it is at the left, the country's name and motto at the right.
pub(super) fn letterhead(sheet: &mut Sheet<'_>, texts: &Texts, head: &PaperHead) {
    let split_mm = LEFT_MM + LEFT_COLUMN_MM;
    centred(sheet, LEFT_MM, split_mm, 24.0, TEXT, &head.exam.to_uppercase());
    let site = texts.say("site", &[("site", &head.site.to_uppercase())]);
    centred(sheet, LEFT_MM, split_mm, 30.0, BOLD, &site);
    rule(sheet, LEFT_MM, split_mm, 32.0, LEFT_COLUMN_MM * MOTTO_SHARE);
    let right_mm = split_mm + 4.0;
    centred(sheet, right_mm, RIGHT_MM, 24.0, BOLD, &texts.say("nation", &[]));
    let motto = texts.say("motto", &[]);
    centred(sheet, right_mm, RIGHT_MM, 30.0, BOLD, &motto);
    let motto_mm = sheet.width_mm(BOLD, &motto);
    rule(sheet, right_mm, RIGHT_MM, 32.0, motto_mm);
    if head.training {
        centred(sheet, LEFT_MM, RIGHT_MM, 12.0, BOLD, &texts.say("training", &[]));
    }
}

fn rule(sheet: &mut Sheet<'_>, from_mm: f32, to_mm: f32, y_mm: f32, width_mm: f32) {
    let middle_mm = f32::midpoint(from_mm, to_mm);
    sheet.line((middle_mm - width_mm / 2.0, y_mm), (middle_mm + width_mm / 2.0, y_mm), INK, 0.6);
}

/// The log's head at the moment of the paper, for eyes and for a camera; the upper right corner is for the body's own
/// signature.
pub(super) fn foot(sheet: &mut Sheet<'_>, texts: &Texts, log: &LogMark, page: &str) {
    sheet.line((LEFT_MM, FOOT_LINE_MM), (RIGHT_MM, FOOT_LINE_MM), INK, 0.4);
    let width_mm = TEXT_WIDTH_MM - QR_MM - 4.0;
    let entries = log.entries.to_string();
    let text = texts.say("foot", &[("origin", &log.origin), ("entries", &entries)]);
    let y_mm = sheet.fitted(LEFT_MM, FOOT_LINE_MM + 6.0, width_mm, SMALL, &text);
    sheet.text(LEFT_MM, y_mm + 1.0, CODE, &log.characters);
    sheet.text(LEFT_MM, y_mm + 8.0, SMALL, page);
    if let Some(code) = &log.qr {
        qr(sheet, RIGHT_MM - QR_MM, FOOT_LINE_MM + 1.5, code);
    }
}

/// Dark modules of a code; the paper around it is its quiet zone.
fn qr(sheet: &mut Sheet<'_>, x_mm: f32, y_mm: f32, code: &QrMatrix) {
    let side_mm = QR_MM / u16::try_from(code.width()).map_or(1.0, f32::from);
    let at = |index: usize| u16::try_from(index).map_or(0.0, f32::from) * side_mm;
    for (row, line) in code.rows().enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, dark)| **dark) {
            let (x_mm, y_mm) = (x_mm + at(column), y_mm + at(row));
            let place = ::paper::Block { x_mm, y_mm, width_mm: side_mm, height_mm: side_mm };
            sheet.block(place, Some(0), None);
        }
    }
}

/// Who signs, side by side, with room for a hand below.
pub(super) fn signatures(sheet: &mut Sheet<'_>, y_mm: f32, form: &Form) {
    let count = u16::try_from(form.sign.len()).map_or(1.0, f32::from).max(1.0);
    let width_mm = TEXT_WIDTH_MM / count;
    for (place, who) in form.sign.iter().enumerate() {
        let x_mm = LEFT_MM + u16::try_from(place).map_or(0.0, f32::from) * width_mm;
        centred(sheet, x_mm, x_mm + width_mm, y_mm, BOLD, who);
        centred(sheet, x_mm, x_mm + width_mm, y_mm + 5.5, HINT, &form.say("sign_hint", &[]));
    }
}
