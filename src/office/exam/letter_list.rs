//! The list by which a site's PIN letters are handed out: who has signed for which. It holds no PIN.

use super::{Exam, Operator, letter_page::role_name};
use paper::Block;
use paper::{Face, INK, Look, Paper, PaperError, SOFT, Sheet, TINT};

/// The list of one site, as many pages as it needs.
///
/// # Errors
/// [`PaperError`].
pub(super) fn pages(
    paper: &mut Paper,
    exam: &Exam,
    site: &str,
    operators: &[&Operator],
    date: &str,
) -> Result<(), PaperError> {
    let count = operators.len().div_ceil(ROWS);
    for (at, rows) in operators.chunks(ROWS).enumerate() {
        let foot =
            format!("Lập ngày {date} · {} · tờ {}/{count} · {} thư", exam.settings.board, at + 1, operators.len());
        paper.page(|sheet| {
            head(sheet, exam, site);
            for (row, operator) in rows.iter().enumerate() {
                line(sheet, row, at * ROWS + row + 1, operator);
            }
            signatures(sheet, rows.len());
            sheet.line((LEFT_MM, 281.0), (RIGHT_MM, 281.0), SOFT, 0.4);
            sheet.text(LEFT_MM, 286.0, CAPTION, &foot);
        })?;
    }
    Ok(())
}

fn head(sheet: &mut Sheet<'_>, exam: &Exam, site: &str) {
    sheet.text_to(RIGHT_MM, 18.0, CAPTION, "DANH SÁCH PHÁT THƯ");
    sheet.fitted(LEFT_MM, 18.0, 130.0, STRONG, &exam.settings.title);
    sheet.line((LEFT_MM, 23.0), (RIGHT_MM, 23.0), INK, 0.9);
    sheet.text(LEFT_MM, 35.0, Look::new(Face::Bold, 18.0), "Danh sách phát thư mã PIN");
    sheet.fitted(LEFT_MM, 42.5, RIGHT_MM - LEFT_MM, TEXT, site);
    sheet.text(LEFT_MM, 48.5, CAPTION, "Đưa tận tay người có tên. Thư còn nguyên nếp gấp; người nhận kiểm tra rồi ký.");
    sheet.block(Block { x_mm: LEFT_MM, y_mm: 53.0, width_mm: RIGHT_MM - LEFT_MM, height_mm: 8.0 }, Some(TINT), None);
    for (x, title) in COLUMNS_MM.into_iter().zip(["", "Mã", "Họ và tên", "Vai trò", "Ngày", "Ký nhận"]) {
        sheet.text(x, 58.3, Look::new(Face::Bold, 9.0), title);
    }
}

fn line(sheet: &mut Sheet<'_>, row: usize, number: usize, operator: &Operator) {
    let y = FIRST_ROW_MM + u8::try_from(row).map_or(0.0, f32::from) * ROW_MM;
    let [count, code, name, role, ..] = COLUMNS_MM;
    sheet.text_to(count + 6.0, y, CAPTION, &number.to_string());
    sheet.fitted(code, y, name - code - 2.0, Look::new(Face::Mono, 9.5), &operator.code);
    let is_long = sheet.width_mm(TEXT, &operator.name) > 1.5 * (role - name - 2.0);
    sheet.fitted(name, if is_long { y - 1.7 } else { y }, role - name - 2.0, TEXT, &operator.name);
    sheet.text(role, y, Look::new(Face::Regular, 9.0), role_name(operator.role));
    sheet.line((LEFT_MM, y + 3.2), (RIGHT_MM, y + 3.2), RULE, 0.4);
}

fn signatures(sheet: &mut Sheet<'_>, rows: usize) {
    let y = FIRST_ROW_MM + u8::try_from(rows).map_or(0.0, f32::from) * ROW_MM + 8.0;
    sheet.text(LEFT_MM, y, STRONG, "Người phát thư");
    sheet.text(120.0, y, STRONG, "Trưởng Điểm thi");
    sheet.text(LEFT_MM, y + 5.0, CAPTION, "ký, ghi rõ họ tên");
    sheet.text(120.0, y + 5.0, CAPTION, "ký, ghi rõ họ tên");
}

/// Rows a page.
const ROWS: usize = 18;
const LEFT_MM: f32 = 20.0;
const RIGHT_MM: f32 = 190.0;
const FIRST_ROW_MM: f32 = 67.5;
const ROW_MM: f32 = 9.6;
const COLUMNS_MM: [f32; 6] = [LEFT_MM, 29.0, 52.0, 115.0, 144.0, 160.0];
const STRONG: Look = Look { face: Face::Bold, size_pt: 11.0, grey: INK };
const TEXT: Look = Look { face: Face::Regular, size_pt: 10.0, grey: INK };
const CAPTION: Look = Look { face: Face::Regular, size_pt: 8.5, grey: SOFT };
const RULE: u8 = 190;
