//! The readiness report: what was found, and what is to be done, for whoever signs for the machine.

use super::PapersError;
use super::frame::{BOLD, LEFT_MM, RIGHT_MM, TEXT_WIDTH_MM, TITLE, centred};
use crate::readiness::{Advice, Readiness};
use ::paper::{Face, INK, Look, Paper, SOFT, Sheet};
use checkin::readiness::{Check, Grade};

const ROW: Look = Look { face: Face::Serif, size_pt: 12.0, grey: INK };
const TODO: Look = Look { face: Face::SerifItalic, size_pt: 11.0, grey: SOFT };
const TOP_MM: f32 = 22.0;
const BOTTOM_MM: f32 = 278.0;
const GRADE_MM: f32 = 26.0;
const ROW_MM: f32 = 13.0;
/// What the head of the first page takes.
const HEAD_MM: f32 = 34.0;

/// The report as a PDF, in Vietnamese.
///
/// # Errors
/// [`PapersError`].
pub fn readiness_pdf(readiness: &Readiness) -> Result<Vec<u8>, PapersError> {
    let advice = Advice::load("vi")?;
    let mut paper = Paper::new(WORDS.title)?;
    let mut rest = readiness.checks.as_slice();
    let mut is_first = true;
    while is_first || !rest.is_empty() {
        let top_mm = if is_first { TOP_MM + HEAD_MM } else { TOP_MM };
        let room = rows_in(BOTTOM_MM - top_mm);
        let (here, later) = rest.split_at(room.min(rest.len()));
        paper.page(|sheet| {
            if is_first {
                head(sheet, readiness);
            }
            rows(sheet, top_mm, here, &advice);
            if later.is_empty() {
                sheet.text(LEFT_MM, 286.0, TODO, WORDS.sign);
            }
        })?;
        (rest, is_first) = (later, false);
    }
    Ok(paper.finish()?)
}

/// Whole rows only.
fn rows_in(height_mm: f32) -> usize {
    let mut rows = 0;
    let mut used_mm = ROW_MM;
    while used_mm <= height_mm {
        used_mm += ROW_MM;
        rows += 1;
    }
    rows
}

fn head(sheet: &mut Sheet<'_>, readiness: &Readiness) {
    centred(sheet, LEFT_MM, RIGHT_MM, TOP_MM, TITLE, WORDS.title);
    let desk = format!("{} · {}", readiness.exam, readiness.desk);
    centred(sheet, LEFT_MM, RIGHT_MM, TOP_MM + 8.0, BOLD, &desk);
    let at = readiness.at.strftime("%d/%m/%Y %H:%M UTC").to_string();
    let program = format!("{} · {at}", readiness.program);
    centred(sheet, LEFT_MM, RIGHT_MM, TOP_MM + 15.0, ROW, &program);
    let verdict = match readiness.worst() {
        Grade::Good => WORDS.good,
        Grade::NotDone | Grade::Remark => WORDS.remarks,
        Grade::Bad => WORDS.bad,
    };
    centred(sheet, LEFT_MM, RIGHT_MM, TOP_MM + 24.0, BOLD, verdict);
}

fn rows(sheet: &mut Sheet<'_>, top_mm: f32, checks: &[Check], advice: &Advice) {
    let mut y_mm = top_mm;
    for check in checks {
        let said = advice.said(check);
        sheet.text(LEFT_MM, y_mm, BOLD, grade_word(check.finding.grade()));
        sheet.fitted(LEFT_MM + GRADE_MM, y_mm, TEXT_WIDTH_MM - GRADE_MM, ROW, &said.what);
        sheet.fitted(LEFT_MM + GRADE_MM, y_mm + 5.0, TEXT_WIDTH_MM - GRADE_MM, TODO, &said.todo);
        sheet.line((LEFT_MM, y_mm + 7.5), (RIGHT_MM, y_mm + 7.5), SOFT, 0.2);
        y_mm += ROW_MM;
    }
}

fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "Tốt",
        Grade::NotDone => "Chưa thử",
        Grade::Remark => "Lưu ý",
        Grade::Bad => "KHÔNG ĐẠT",
    }
}

struct Words {
    title: &'static str,
    good: &'static str,
    remarks: &'static str,
    bad: &'static str,
    sign: &'static str,
}

const WORDS: Words = Words {
    title: "PHIẾU KIỂM TRA BÀN ĐIỂM DANH",
    good: "Bàn sẵn sàng.",
    remarks: "Bàn dùng được; có điều cần xem lại hoặc chưa thử.",
    bad: "BÀN CHƯA DÙNG ĐƯỢC: sửa các mục KHÔNG ĐẠT rồi kiểm tra lại.",
    sign: "Chữ ký số của máy ở tệp readiness.note. Người kiểm tra (ký, ghi rõ họ tên): ........................................",
};
