//! Which column of a list holds what, told from its heading.

use crate::bits::text;

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
}

impl Column {
    /// The heading that exam systems use most, for messages.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Number => "Số báo danh",
            Self::FullName => "Họ và tên",
            Self::FamilyName => "Họ đệm",
            Self::GivenName => "Tên",
            Self::BirthDate => "Ngày sinh",
            Self::IdNumber => "Số CCCD",
            Self::Site => "Điểm thi",
            Self::Room => "Phòng thi",
            Self::Seat => "Số ghế",
            Self::Session => "Buổi thi",
        }
    }
}

/// Where each column of a list stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    places: Vec<(Column, usize)>,
}

impl Columns {
    /// Reads a row of headings. Every row can be asked; a row of data or a title gives few or no columns.
    pub(super) fn of<'a>(row: impl Iterator<Item = &'a str>) -> Self {
        let headings: Vec<String> = row.map(fold_heading).collect();
        let places = HEADINGS.iter().filter_map(|(column, names, prefix_counts)| {
            let exact = names.iter().find_map(|name| headings.iter().position(|heading| heading == name));
            let place = exact.or_else(|| {
                let starts = |heading: &String| {
                    names.iter().any(|name| heading.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))
                };
                headings.iter().position(starts).filter(|_| *prefix_counts)
            });
            place.map(|place| (*column, place))
        });
        Self { places: places.collect() }
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

    /// The first column that a list cannot do without and this one lacks.
    pub(super) fn missing(&self) -> Option<Column> {
        let has = |column| self.place(column).is_some();
        match () {
            () if !has(Column::Number) => Some(Column::Number),
            () if !has(Column::FullName) && !has(Column::FamilyName) => Some(Column::FullName),
            () if !has(Column::FullName) && !has(Column::GivenName) => Some(Column::GivenName),
            () if !has(Column::IdNumber) => Some(Column::IdNumber),
            () => None,
        }
    }
}

/// Folded, punctuation as spaces.
fn fold_heading(heading: &str) -> String {
    let plain: String = text::fold(heading)
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A column's names, folded, the best first, and whether a heading that only starts with one counts.
type Heading = (Column, &'static [&'static str], bool);

const HEADINGS: [Heading; 10] = [
    (Column::Number, &["so bao danh", "sbd", "so bd", "ma thi sinh"], true),
    (
        Column::FullName,
        &["ho va ten", "ho ten", "ho va ten thi sinh", "ho ten thi sinh", "ten thi sinh", "ho ten khai sinh"],
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
        ],
        true,
    ),
    (Column::Site, &["ma diem thi", "diem thi", "ten diem thi"], false),
    (Column::Room, &["phong thi", "phong", "so phong thi", "ma phong thi", "ten phong thi"], false),
    (Column::Seat, &["so ghe", "vi tri", "cho ngoi", "vi tri ngoi", "so cho ngoi", "so may"], false),
    (Column::Session, &["buoi thi", "ca thi", "ma ca thi", "ma buoi thi"], false),
];

/// Fewer headings than this make no header.
const MIN_HEADINGS: usize = 3;
