//! A sample as the files that a board gets.

use super::{SampleExam, SamplePerson, Trap};
use bits::text::nfc;
use lists::table::{Legacy, legacy};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use unicode_normalization::UnicodeNormalization as _;

/// The list as text, in the encoding and with the separators that the traps ask for.
pub fn csv(sample: &SampleExam, people: &[SamplePerson]) -> Vec<u8> {
    let separator = match () {
        () if sample.has(Trap::Semicolons) => b';',
        () if sample.has(Trap::Tabs) => b'\t',
        () => b',',
    };
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(Vec::new());
    let headings = headings(sample);
    let mut write = |row: Vec<String>| {
        // Writing to memory does not fail.
        let _ = writer.write_record(row);
    };
    let titled = |text: &str| {
        let mut row = vec![String::new(); headings.last().map_or(0, Vec::len)];
        if let Some(first) = row.first_mut() {
            *first = text.to_owned();
        }
        row
    };
    TITLES.iter().for_each(|title| write(titled(title)));
    headings.iter().for_each(|row| write(row.clone()));
    for (index, one) in (1..).zip(people) {
        if sample.has(Trap::HeaderAgain) && index == people.len() / 2 {
            headings.iter().take(1).for_each(|row| write(row.clone()));
        }
        write(cells(sample, index, one).into_iter().map(|cell| cell.text()).collect());
    }
    SIGNATURES.iter().for_each(|line| write(titled(line)));
    encode(sample, &String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default())
}

impl SampleExam {
    /// The encoding from before Unicode that the list is in.
    fn font(&self) -> Option<Legacy> {
        let fonts = [(Trap::Tcvn3, Legacy::Tcvn3), (Trap::Vni, Legacy::Vni)];
        fonts.into_iter().find(|(trap, _)| self.has(*trap)).map(|(_, font)| font)
    }
}

fn encode(sample: &SampleExam, text: &str) -> Vec<u8> {
    let byte = |one: char| if one == '’' { APOSTROPHE } else { u8::try_from(u32::from(one)).unwrap_or(b'?') };
    let bytes = |text: String| text.chars().map(byte).collect();
    match sample.font() {
        Some(font) => bytes(legacy::from_unicode(text, font)),
        None if sample.has(Trap::Utf16) => {
            format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        }
        None => format!("\u{FEFF}{text}").into_bytes(),
    }
}

/// The list as a workbook.
///
/// # Errors
/// What the library says: more rows than a sheet has.
pub fn xlsx(sample: &SampleExam, people: &[SamplePerson]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let by_council = |one: &SamplePerson| one.number.get(..2).unwrap_or_default().to_owned();
    let mut rest = people;
    while let Some(first) = rest.first() {
        let council = by_council(first);
        let same = rest.iter().take_while(|one| !sample.has(Trap::Sheets) || by_council(one) == council).count();
        let (own, others) = rest.split_at(same.min(MAX_SHEET_ROWS));
        let name = if sample.has(Trap::Sheets) { format!("HĐ {council}") } else { format!("DS {}", first.number) };
        write_sheet(book.add_worksheet().set_name(name)?, sample, own)?;
        rest = others;
    }
    book.save_to_buffer()
}

fn write_sheet(sheet: &mut Worksheet, sample: &SampleExam, people: &[SamplePerson]) -> Result<(), XlsxError> {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let mut row = 0;
    let font = sample.font();
    for title in TITLES {
        sheet.write_string(row, 0, in_font(title, font))?;
        row += 1;
    }
    let headings = headings(sample);
    for heading in &headings {
        write_texts(sheet, row, heading, font)?;
        row += 1;
    }
    for (index, one) in (1..).zip(people) {
        if sample.has(Trap::HeaderAgain) && index == people.len() / 2 {
            write_texts(sheet, row, headings.first().map(Vec::as_slice).unwrap_or_default(), font)?;
            row += 1;
        }
        for (column, cell) in (0..).zip(cells(sample, index, one)) {
            match cell {
                Cell::Number(number) => sheet.write_number(row, column, number)?,
                Cell::Serial(born) => sheet.write_number_with_format(row, column, serial(born), &day)?,
                Cell::Text(text) if text.is_empty() => continue,
                Cell::Text(text) => sheet.write_string(row, column, in_font(&text, font))?,
            };
        }
        row += 1;
    }
    for line in SIGNATURES {
        sheet.write_string(row, 5, in_font(line, font))?;
        row += 1;
    }
    Ok(())
}

fn write_texts(sheet: &mut Worksheet, row: u32, texts: &[String], font: Option<Legacy>) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
        sheet.write_string(row, column, in_font(text, font))?;
    }
    Ok(())
}

/// A workbook holds Unicode; text in a legacy font holds the code points that the font shows as Vietnamese.
fn in_font(text: &str, font: Option<Legacy>) -> String {
    font.map_or_else(|| text.to_owned(), |font| legacy::from_unicode(text, font))
}

enum Cell {
    Text(String),
    Number(f64),
    Serial(jiff::civil::Date),
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => format!("{number:.0}"),
            Self::Serial(born) => format!("{:.0}", serial(born)),
        }
    }
}

/// Headings, one row or two.
fn headings(sample: &SampleExam) -> Vec<Vec<String>> {
    let name: &[&str] =
        if sample.has(Trap::SplitNames) { &["Họ và tên đệm", "Tên"] } else { &["Họ và tên"] };
    let sex = if sample.has(Trap::FemaleColumn) { "Nữ" } else { "Giới tính" };
    let before = ["STT", "Số báo danh"].iter().chain(name).chain(&["Ngày, tháng, năm sinh"]).copied();
    let tail = ["Số CCCD/Mã định danh", "Trường", "Mã điểm thi", "Phòng thi", "Vị trí"];
    let all: Vec<String> = before.chain([sex]).chain(tail).map(str::to_owned).collect();
    if !sample.has(Trap::TwoRows) {
        return vec![all];
    }
    // The last three stand below a common heading.
    let below = all.len() - 3;
    let upper = all.iter().enumerate().map(|(at, text)| match at {
        at if at < below => text.clone(),
        at if at == below => "Nơi thi".to_owned(),
        _ => String::new(),
    });
    let lower = all.iter().enumerate().map(|(at, text)| if at < below { String::new() } else { text.clone() });
    vec![upper.collect(), lower.collect()]
}

fn cells(sample: &SampleExam, index: usize, one: &SamplePerson) -> Vec<Cell> {
    let form = |text: &str| if sample.has(Trap::Nfd) { text.nfd().collect() } else { nfc(text) };
    let text = |text: &str| Cell::Text(form(text));
    let number = |digits: &str| match digits.parse::<f64>() {
        Ok(number) if sample.has(Trap::Zeros) => Cell::Number(number),
        _ => Cell::Text(digits.to_owned()),
    };
    let mut row = vec![text(&index.to_string()), number(&one.number)];
    match sample.has(Trap::SplitNames) {
        true => row.extend([text(&one.family), text(&one.given)]),
        false => row.push(text(&one.full_name())),
    }
    row.push(match sample.has(Trap::Serials) && index.is_multiple_of(3) {
        true => Cell::Serial(one.born),
        false => Cell::Text(format!("{:02}/{:02}/{}", one.born.day(), one.born.month(), one.born.year())),
    });
    row.push(text(match (sample.has(Trap::FemaleColumn), one.female) {
        (true, true) => "x",
        (true, false) => "",
        (false, true) => "Nữ",
        (false, false) => "Nam",
    }));
    row.extend([number(&one.id_number), text(&one.school), text(&one.site), text(&one.room)]);
    row.push(text(&one.seat.to_string()));
    row
}

fn serial(born: jiff::civil::Date) -> f64 {
    let days = (born - jiff::civil::date(1899, 12, 30)).get_days();
    f64::from(days)
}

const TITLES: [&str; 3] = [
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH MẪU",
    "KỲ THI TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG (DỮ LIỆU GIẢ)",
    "DANH SÁCH THÍ SINH DỰ THI",
];
const SIGNATURES: [&str; 3] = ["Tỉnh Mẫu, ngày 01 tháng 6 năm 2026", "Người lập danh sách", "CHỦ TỊCH HỘI ĐỒNG THI"];
/// A sheet has 1,048,576 rows.
const MAX_SHEET_ROWS: usize = 1_000_000;
/// ’ in Windows-1252.
const APOSTROPHE: u8 = 0x92;
