//! The synthetic people of the lab. Province code 099 is assigned to nobody, so none of these numbers is anybody's.

use bits::text;
use jiff::civil::{Date, date};

/// A synthetic person, with everything a card says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Twelve digits with province code 099.
    pub number: String,
    /// The full name with diacritics.
    pub full_name: String,
    /// The birth date.
    pub birth: Date,
    /// Female, else male.
    pub female: bool,
    /// The day the card was issued.
    pub issued: Date,
    /// The day the card expires; `None` for never.
    pub expiry: Option<Date>,
    /// The former nine-digit number, if any.
    pub old_number: Option<String>,
    /// What the portrait is drawn from: another number, another face.
    pub face: u32,
}

impl Person {
    /// The last six digits of the number.
    pub fn can(&self) -> &str {
        self.number.get(6..).unwrap_or_default()
    }

    /// The surname and the other names as the MRZ writes them.
    pub(super) fn mrz_name(&self) -> String {
        let plain = text::fold(&self.full_name).to_uppercase();
        match plain.split_once(' ') {
            Some((surname, rest)) => format!("{surname}<<{}", rest.replace(' ', "<")),
            None => plain,
        }
    }

    /// The text of the card's QR.
    pub fn qr(&self) -> String {
        let day = |date: Date| format!("{:02}{:02}{:04}", date.day(), date.month(), date.year());
        let old_number = self.old_number.as_deref().unwrap_or_default();
        let sex = if self.female { "Nữ" } else { "Nam" };
        let (birth, issued) = (day(self.birth), day(self.issued));
        format!("{}|{old_number}|{}|{birth}|{sex}|Số 1 Phố Thử, Phường Mẫu|{issued}", self.number, self.full_name)
    }
}

/// The people of the demo. The first eight sit for the exam; the ninth is its oldest candidate; the tenth is nobody's
/// candidate.
pub fn people() -> Vec<Person> {
    ROWS.iter().zip(1..).map(|(row, face)| person(row, face)).collect()
}

type Row = (&'static str, &'static str, bool, (i16, i8, i8), Option<&'static str>);

const ROWS: [Row; 10] = [
    ("099208000017", "Nguyễn Văn Mẫu", false, (2008, 2, 15), None),
    ("099308001126", "Trần Thị Thử Nghiệm", true, (2008, 7, 3), None),
    ("099208002235", "Lê Hoàng Giả Định", false, (2008, 11, 21), None),
    ("099308003344", "Phạm Ngọc Ánh Thử", true, (2008, 4, 9), None),
    ("099208004453", "Hoàng Đức Mô Phỏng", false, (2008, 9, 30), None),
    ("099308005562", "Vũ Thùy Minh Họa", true, (2008, 1, 27), None),
    ("099208006671", "Đặng Quốc Ví Dụ", false, (2008, 12, 5), None),
    ("099308007780", "Bùi Khánh Kiểm Thử", true, (2008, 6, 18), None),
    ("099199008899", "Đỗ Thị Phương Án", true, (1999, 3, 8), Some("099000008")),
    ("099308009917", "Ngô Thanh Ngoài Danh Sách", true, (2008, 8, 14), None),
];

fn person(row: &Row, face: u32) -> Person {
    let (number, full_name, female, (year, month, day), old_number) = *row;
    let birth = date(year, month, day);
    let expiry_age = if year >= 2000 { 25 } else { 40 };
    Person {
        number: number.to_owned(),
        full_name: full_name.to_owned(),
        birth,
        female,
        issued: date(2024, 5, 20),
        expiry: Some(date(year + expiry_age, month, day)),
        old_number: old_number.map(str::to_owned),
        face,
    }
}
