//! The PIN letter as a page: one A4 sheet an operator, folded twice, with the PIN inside; in front of each site's
//! letters the list by which they are handed out.
//!
//! The lower third is folded up over the middle, the upper third backwards: outside stands the name, and over the
//! PIN lies a field of figures that keeps it from showing through.
//!
//! Invariant: the letter says what the desk does with wrong PINs (`checkin::sign_in`); a test holds the two together.

use super::letter_list;
use super::letters::Letter;
use super::{Exam, Operator};
use jiff::{Timestamp, tz::Offset};
use package::operators::Role;
use paper::{Block, Face, INK, Look, Paper, PaperError, SOFT, Sheet, TINT, WIDTH_MM};
use std::collections::BTreeMap;

/// The letters as a PDF: by site, the list first, then one page each.
///
/// # Errors
/// [`PaperError`].
pub fn pdf(exam: &Exam, letters: &[Letter], at: Timestamp) -> Result<Vec<u8>, PaperError> {
    let mut paper = Paper::new(&format!("Thư mã PIN – {}", exam.settings.title))?;
    let date = Offset::from_hours(exam.settings.utc_offset_hours).unwrap_or(Offset::UTC).to_datetime(at);
    let date = date.strftime("%d/%m/%Y").to_string();
    let mut by_site: BTreeMap<&str, Vec<&Letter>> = BTreeMap::new();
    letters.iter().for_each(|letter| by_site.entry(&letter.operator.site).or_default().push(letter));
    for (site, letters) in by_site {
        let operators: Vec<&Operator> = letters.iter().map(|letter| &letter.operator).collect();
        letter_list::pages(&mut paper, exam, &site_line(exam, site), &operators, &date)?;
        for (number, letter) in (1..).zip(&letters) {
            let foot = format!("Thư {number}/{} · lập ngày {date} · {}", letters.len(), exam.settings.board);
            let page = Page { exam, operator: &letter.operator, date: &date, foot: &foot };
            paper.page(|sheet| page.draw(sheet, letter.pin.expose()))?;
        }
    }
    paper.finish()
}

struct Page<'a> {
    exam: &'a Exam,
    operator: &'a Operator,
    date: &'a str,
    foot: &'a str,
}

impl Page<'_> {
    fn draw(&self, sheet: &mut Sheet<'_>, pin: &str) {
        self.outside(sheet);
        fold(sheet, FIRST_FOLD_MM, "gấp ra sau");
        self.inside(sheet, pin);
        fold(sheet, SECOND_FOLD_MM, "gấp lên trước");
        self.below(sheet);
    }

    /// The upper third: to whom.
    fn outside(&self, sheet: &mut Sheet<'_>) {
        let (exam, operator) = (self.exam, self.operator);
        let kind = if exam.settings.training { "THƯ MÃ PIN · TẬP HUẤN" } else { "THƯ MÃ PIN" };
        sheet.text_to(RIGHT_MM, 18.0, CAPTION, kind);
        sheet.fitted(LEFT_MM, 18.0, 130.0, STRONG, &exam.settings.title);
        sheet.line((LEFT_MM, 23.0), (RIGHT_MM, 23.0), INK, 0.9);
        sheet.text(LEFT_MM, 40.0, CAPTION, "Người nhận");
        let y = sheet.fitted(LEFT_MM, 50.5, 105.0, Look::new(Face::Bold, 22.0), &operator.name);
        sheet.text(LEFT_MM, y, Look::new(Face::Regular, 13.0), role_name(operator.role));
        sheet.paragraph(LEFT_MM, y + 7.0, 105.0, TEXT, &site_line(exam, &operator.site));
        sheet.block(Block { x_mm: 134.0, y_mm: 36.0, width_mm: 56.0, height_mm: 27.0 }, Some(TINT), None);
        sheet.text(139.0, 44.5, STRONG, "Chỉ người nhận được mở");
        let warning = format!("Thư đã bị mở hoặc rách: không nhận, báo {}.", caller(operator.role));
        sheet.paragraph(139.0, 51.0, 48.0, SMALL, &warning);
    }

    /// The middle third: the PIN, and what it is for.
    fn inside(&self, sheet: &mut Sheet<'_>, pin: &str) {
        sheet.text(RIGHT_COLUMN_MM, 113.0, CAPTION, "Mã đăng nhập");
        sheet.fitted(RIGHT_COLUMN_MM, 122.5, COLUMN_MM, Look::new(Face::Mono, 20.0), &self.operator.code);
        sheet.block(PIN_BLOCK, None, Some(INK));
        sheet.text(PIN_BLOCK.x_mm + 5.0, PIN_BLOCK.y_mm + 8.0, CAPTION, "Mã PIN");
        for (place, digit) in pin.chars().enumerate() {
            sheet.text(digit_mm(place), PIN_LINE_MM, PIN, &digit.to_string());
        }
        let y = section(sheet, 113.0, "Dùng để làm gì", &purpose(self.operator.role));
        section(sheet, y, "Giữ kín", SECRET);
    }

    /// The lower third: what to do when something goes wrong.
    fn below(&self, sheet: &mut Sheet<'_>) {
        let y = section(sheet, 212.0, "Nhập sai", &wrong(self.operator.role));
        section(sheet, y, "Mất thư, quên mã, nghi bị lộ", &lost(self.operator.role, self.date));
        cover(sheet);
        sheet.line((LEFT_MM, 281.0), (RIGHT_MM, 281.0), SOFT, 0.4);
        sheet.text(LEFT_MM, 286.0, CAPTION, self.foot);
    }
}

/// A heading and a text in the left column. Returns where the next one begins.
fn section(sheet: &mut Sheet<'_>, y_mm: f32, title: &str, text: &str) -> f32 {
    sheet.text(LEFT_MM, y_mm, STRONG, title);
    sheet.paragraph(LEFT_MM, y_mm + 6.0, COLUMN_MM, TEXT, text) + 4.5
}

fn fold(sheet: &mut Sheet<'_>, y_mm: f32, how: &str) {
    let mut x = 0.0;
    while x < WIDTH_MM {
        sheet.line((x, y_mm), (x + 2.0, y_mm), FOLD_GREY, 0.4);
        x += 5.0;
    }
    sheet.text_to(RIGHT_MM, y_mm - 1.5, Look::new(Face::Regular, 7.0).grey(SOFT), how);
}

/// The field that lies over the PIN when the letter is folded: the same figures at the same size, one over another.
fn cover(sheet: &mut Sheet<'_>) {
    let top = 2.0 * SECOND_FOLD_MM - PIN_BLOCK.y_mm - PIN_BLOCK.height_mm;
    let field = Block { y_mm: top, ..PIN_BLOCK };
    sheet.block(field, Some(COVER_GROUND), None);
    for (row, figures) in (0_u8..).zip(COVER) {
        let look = Look::new(Face::Mono, 26.0).grey(if row % 2 == 0 { COVER_DARK } else { COVER_LIGHT });
        let shift = f32::from(row % 2) * 2.3;
        sheet.picture_of(field.x_mm + 1.2 + shift, field.y_mm + 9.0 + f32::from(row) * 4.5, look, figures);
    }
    sheet.text(field.x_mm, field.y_mm + field.height_mm + 4.5, CAPTION, "Phần che mã PIN khi gấp thư");
}

/// Three figures, a gap, three figures.
fn digit_mm(place: usize) -> f32 {
    let place = u8::try_from(place).map_or(0.0, f32::from);
    PIN_BLOCK.x_mm + 6.0 + place * 11.0 + if place >= 3.0 { 4.0 } else { 0.0 }
}

fn site_line(exam: &Exam, code: &str) -> String {
    match exam.sites.iter().find(|site| site.code == code) {
        Some(site) if site.title.is_empty() => format!("Điểm thi {}", site.code),
        Some(site) => format!("Điểm thi {} – {}", site.code, site.title),
        None => "Mọi điểm thi".to_owned(),
    }
}

/// As people say it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Invigilator => "Giám thị",
        Role::HeadOfSite => "Trưởng Điểm thi",
        Role::Technician => "Kỹ thuật viên",
        Role::Board => "Hội đồng thi",
    }
}

fn purpose(role: Role) -> String {
    let own = match role {
        Role::Invigilator => "",
        Role::HeadOfSite | Role::Board => {
            " Mã còn dùng để quyết định trường hợp ngoại lệ, xác nhận là người thứ hai và mở khóa cho người nhập sai."
        }
        Role::Technician => " Mã còn dùng để chuẩn bị và kiểm tra bàn trước buổi thi.",
    };
    format!("{SIGN_IN}{own}")
}

fn wrong(role: Role) -> String {
    let who = match role {
        Role::HeadOfSite => "Trưởng Điểm thi khác hoặc hội đồng thi",
        Role::Board => "Trưởng Điểm thi hoặc người khác của hội đồng thi",
        Role::Invigilator | Role::Technician => "Trưởng Điểm thi",
    };
    format!(
        "Bàn bị khóa với mã này sau 5\u{a0}lần sai liên tiếp: 15\u{a0}giây, rồi mỗi lần sai lại gấp đôi. Sau 15\u{a0}lần sai, chỉ {who} mở khóa được."
    )
}

fn lost(role: Role, date: &str) -> String {
    let whom = caller(role);
    format!(
        "Báo ngay {whom}. Hội đồng thi cấp mã mới bằng thư mới; mã trong thư lập ngày {date} này hết hiệu lực khi bàn nạp gói dữ liệu mới."
    )
}

/// Whom somebody calls when something is wrong with the letter.
fn caller(role: Role) -> &'static str {
    match role {
        Role::HeadOfSite | Role::Board => "hội đồng thi",
        Role::Invigilator | Role::Technician => "Trưởng Điểm thi",
    }
}

const SIGN_IN: &str = "Nhập mã đăng nhập và mã PIN tại bàn điểm danh để nhận bàn. Mọi quyết định tại bàn từ lúc đó được ghi vào nhật ký dưới mã đăng nhập này.";
const SECRET: &str = "Không đưa thư, không đọc mã PIN cho bất kỳ ai, kể cả Trưởng Điểm thi, kỹ thuật viên và hội đồng thi. Không chụp ảnh. Học thuộc rồi hủy phần thư này.";

const LEFT_MM: f32 = 20.0;
const RIGHT_MM: f32 = 190.0;
const RIGHT_COLUMN_MM: f32 = 110.0;
const COLUMN_MM: f32 = 80.0;
const FIRST_FOLD_MM: f32 = 99.0;
const SECOND_FOLD_MM: f32 = 198.0;
const PIN_BLOCK: Block = Block { x_mm: RIGHT_COLUMN_MM, y_mm: 131.0, width_mm: COLUMN_MM, height_mm: 38.0 };
const PIN_LINE_MM: f32 = 159.0;
const PIN: Look = Look { face: Face::Mono, size_pt: 36.0, grey: 0 };
const STRONG: Look = Look { face: Face::Bold, size_pt: 11.0, grey: INK };
const TEXT: Look = Look { face: Face::Regular, size_pt: 10.0, grey: INK };
const SMALL: Look = Look { face: Face::Regular, size_pt: 9.0, grey: INK };
const CAPTION: Look = Look { face: Face::Regular, size_pt: 8.5, grey: SOFT };
const FOLD_GREY: u8 = 150;
const COVER_GROUND: u8 = 196;
const COVER_DARK: u8 = 70;
const COVER_LIGHT: u8 = 140;
/// Figures in whose strokes any other figure is lost.
const COVER: [&str; 7] = [
    "80698396850986",
    "5896830984069",
    "68539806938508",
    "3860985693806",
    "96038568905683",
    "8569308680395",
    "05983608569380",
];
