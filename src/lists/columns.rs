//! Which column of a list holds what, told from its heading.

use bits::letters;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// SBD.
    Number,
    /// Full name.
    FullName,
    /// Family and middle names, where the given name has a column of its own.
    FamilyName,
    /// Given name.
    GivenName,
    /// Birth date.
    BirthDate,
    /// The number of the person's document.
    IdNumber,
    /// Exam site.
    Site,
    /// Room.
    Room,
    /// Seat.
    Seat,
    /// Session.
    Session,
    /// Day of birth, where the date stands in three columns.
    BirthDay,
    /// Month of birth.
    BirthMonth,
    /// Year of birth.
    BirthYear,
    /// Sex in words.
    Sex,
    /// A sign for women and girls, nothing for men and boys.
    Female,
    /// School or class.
    School,
    /// The running number. Known, not taken.
    Ordinal,
    /// Place of birth. Known, not taken: no purpose needs it.
    BirthPlace,
    /// Subjects. Known, not taken.
    Subjects,
    /// Remarks. Known, not taken.
    Remark,
}

impl Column {
    /// The name in a mapping file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::FullName => "full_name",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::BirthDate => "birth_date",
            Self::IdNumber => "id_number",
            Self::Site => "site",
            Self::Room => "room",
            Self::Seat => "seat",
            Self::Session => "session",
            Self::BirthDay => "birth_day",
            Self::BirthMonth => "birth_month",
            Self::BirthYear => "birth_year",
            Self::Sex => "sex",
            Self::Female => "female",
            Self::School => "school",
            Self::Ordinal => "ordinal",
            Self::BirthPlace => "birth_place",
            Self::Subjects => "subjects",
            Self::Remark => "remark",
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        HEADINGS.iter().map(|(column, ..)| *column)
    }

    /// The column of this name in a mapping file.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::all().find(|column| column.key() == key)
    }

    /// True when the roster takes what stands in it.
    pub fn is_taken(self) -> bool {
        !matches!(self, Self::Ordinal | Self::BirthPlace | Self::Subjects | Self::Remark)
    }
}

/// Where each column of a list stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    places: Vec<(Column, usize)>,
}

impl Columns {
    /// Reads headings that may be read in several ways each, the best first: whole, lower row, upper row. Folded. Every
    /// row can be asked; a row of data or a title gives few or no columns.
    pub(super) fn of_readings(headings: &[Vec<String>]) -> Self {
        let mut places: Vec<(Column, usize)> = Vec::new();
        // All exact names first: `Họ và tên đệm` is no longer form of `Họ và tên`.
        for is_exact in [true, false] {
            for (column, names, prefix_counts) in HEADINGS.iter().filter(|(_, _, prefix)| is_exact || *prefix) {
                let is_free = |place: &usize| places.iter().all(|(_, taken)| taken != place);
                let find = |fits: &dyn Fn(&str) -> bool| {
                    let of_heading = |readings: &Vec<String>| readings.iter().any(|one| fits(one));
                    (0..headings.len()).filter(is_free).find(|place| headings.get(*place).is_some_and(of_heading))
                };
                let place = match is_exact {
                    true => names.iter().find_map(|name| find(&|heading| heading == *name)),
                    false => find(&|heading| starts(names, heading) && !is_former(heading))
                        .or_else(|| find(&|heading| starts(names, heading)))
                        .filter(|_| *prefix_counts),
                };
                let is_known = places.iter().any(|(known, _)| known == column);
                places.extend(place.filter(|_| !is_known).map(|place| (*column, place)));
            }
        }
        let has_date_parts = [Column::BirthDay, Column::BirthMonth, Column::BirthYear]
            .iter()
            .all(|part| places.iter().any(|(found, _)| found == part));
        let is_part = |column| matches!(column, Column::BirthDay | Column::BirthMonth | Column::BirthYear);
        places.retain(|(column, _)| has_date_parts || !is_part(*column));
        // `Giới tính` over the two columns `Nam` and `Nữ` is no column of words.
        let has_marks = places.iter().any(|(column, _)| *column == Column::Female);
        places.retain(|(column, _)| !has_marks || *column != Column::Sex);
        Self { places }
    }

    /// Every place that these headings would allow for a column and that no other column has.
    pub(super) fn allowed(&self, column: Column, headings: &[Vec<String>]) -> Vec<usize> {
        let Some((_, names, _)) = HEADINGS.iter().find(|(known, ..)| *known == column) else { return Vec::new() };
        let is_free = |place: usize| self.places.iter().all(|(known, taken)| *taken != place || *known == column);
        let fits = |heading: &String| names.contains(&heading.as_str()) || starts(names, heading);
        let places =
            headings.iter().enumerate().filter(|(place, readings)| is_free(*place) && readings.iter().any(fits));
        places.map(|(place, _)| place).collect()
    }

    /// Every column found, and where.
    pub(super) fn places(&self) -> &[(Column, usize)] {
        &self.places
    }

    /// How many columns were found.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// True when this row names the people of a list.
    pub(super) fn is_header(&self) -> bool {
        let has_name = self.place(Column::FullName).is_some() || self.place(Column::GivenName).is_some();
        self.len() >= MIN_HEADINGS && has_name
    }

    /// The index of a column.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.iter().find(|(found, _)| *found == column).map(|(_, place)| *place)
    }
}

/// A longer form of one of these names, and not somebody else's or a document's date.
fn starts(names: &[&str], heading: &str) -> bool {
    let is_foreign = |rest: &str| {
        rest.split(' ').any(|word| FOREIGN.contains(&word)) || rest.ends_with(" bo") || rest.contains("ngay cap")
    };
    names.iter().filter_map(|name| heading.strip_prefix(name)).any(|rest| rest.starts_with(' ') && !is_foreign(rest))
}

/// `Số báo danh cũ`.
fn is_former(heading: &str) -> bool {
    heading.ends_with(" cu")
}

/// Folded, punctuation as spaces.
pub(super) fn fold_heading(heading: &str) -> String {
    let plain: String = letters::fold_name(heading)
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A column's names, folded, the best first, and whether a heading that only starts with one counts.
type Heading = (Column, &'static [&'static str], bool);

const HEADINGS: [Heading; 20] = [
    (Column::Ordinal, &["stt", "tt", "so thu tu", "so tt"], false),
    (Column::BirthDay, &["ngay", "ngay sinh ngay", "ngay thang nam sinh ngay"], false),
    (Column::BirthMonth, &["thang", "ngay sinh thang", "ngay thang nam sinh thang"], false),
    (Column::BirthYear, &["nam", "ngay sinh nam", "ngay thang nam sinh nam"], false),
    (Column::Number, &["so bao danh", "sbd", "so bd", "ma thi sinh", "so ky danh", "ma so thi sinh"], true),
    (
        Column::FullName,
        &[
            "ho va ten",
            "ho ten",
            "ho va ten thi sinh",
            "ho ten thi sinh",
            "ten thi sinh",
            "ho ten khai sinh",
            "ho chu dem va ten",
            "ho chu dem ten",
            "ho dem va ten",
            "ho dem ten",
            "ho ten dem va ten",
            "ho lot va ten",
            "ho va ten hoc sinh",
            "ten hoc sinh",
        ],
        true,
    ),
    (
        Column::FamilyName,
        &["ho dem", "ho va dem", "ho va ten dem", "ho ten dem", "ho lot", "ho va chu dem", "ho chu dem", "ho"],
        false,
    ),
    (Column::GivenName, &["ten"], false),
    (Column::BirthDate, &["ngay sinh", "ngay thang nam sinh", "sinh ngay", "nam sinh"], true),
    (
        Column::IdNumber,
        &[
            "so cccd",
            "cccd",
            "so can cuoc cong dan",
            "so can cuoc",
            "can cuoc cong dan",
            "can cuoc",
            "so ddcn",
            "ddcn",
            "so dinh danh ca nhan",
            "so dinh danh",
            "ma dinh danh",
            "so cmnd",
            "cmnd",
            "so ho chieu",
            "so giay to",
            "so cmnd cccd",
            "cmnd cccd",
            "so the cccd",
            "so the can cuoc",
            "the can cuoc",
            "the cccd",
        ],
        true,
    ),
    (Column::Site, &["ma diem thi", "diem thi", "ten diem thi"], false),
    (Column::Room, &["phong thi", "phong", "so phong thi", "ma phong thi", "ten phong thi", "phong so"], false),
    (Column::Seat, &["so ghe", "vi tri", "cho ngoi", "vi tri ngoi", "so cho ngoi", "so may"], false),
    (Column::Session, &["buoi thi", "ca thi", "ma ca thi", "ma buoi thi"], false),
    (Column::Female, &["nu", "gioi tinh nu", "phai nu"], false),
    (Column::Sex, &["gioi tinh", "phai", "nam nu", "gt", "gioi"], true),
    (
        Column::School,
        &[
            "truong",
            "truong thpt",
            "truong lop",
            "lop",
            "don vi dkdt",
            "don vi",
            "hoc sinh truong",
            "truong hoc",
            "ten truong",
        ],
        true,
    ),
    (Column::BirthPlace, &["noi sinh", "noi sinh tinh"], true),
    (Column::Subjects, &["mon thi", "bai thi", "mon", "mon thi tu chon", "bai thi to hop"], true),
    (Column::Remark, &["ghi chu", "chu thich"], true),
];

/// Father, mother, guardian: their names and numbers are nobody's here.
const FOREIGN: [&str; 5] = ["cha", "me", "huynh", "giam", "than"];
/// Fewer headings than this make no header.
const MIN_HEADINGS: usize = 3;
