//! What an import has to say about a list, by sheet, line and cell.

use super::Column;
use super::table::{cell_name, column_name};
use bits::secret::Pii;
use bits::{letters, text};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Somebody has to accept it.
    Warning,
    /// No exam is made of a list with it.
    Error,
}

impl Weight {
    /// The word of a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "lưu ý",
            Self::Warning => "cảnh báo",
            Self::Error => "lỗi",
        }
    }
}

/// One thing found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub problem: Problem,
    /// The sheet's index.
    pub sheet: usize,
    /// The line; 0 for a whole sheet or column.
    pub line: u32,
    /// The column, from 0.
    pub column: Option<u32>,
    /// The sheet and line of the other row that it is about.
    pub other: Option<(usize, u32)>,
    /// What stands in the cell; how much of something there is.
    pub content: Pii<String>,
    /// What was made of it; empty where nothing was changed.
    pub becomes: Pii<String>,
}

/// A finding about a whole sheet; whoever has a place adds it.
pub(super) fn finding(problem: Problem, sheet: usize, content: &str) -> Finding {
    let (content, becomes) = (Pii::new(content.to_owned()), Pii::new(String::new()));
    Finding { problem, sheet, line: 0, column: None, other: None, content, becomes }
}

impl Finding {
    /// The line and cell, as a spreadsheet names them.
    pub fn place(&self, sheet_name: &str) -> String {
        let sheet = if sheet_name.is_empty() { String::new() } else { format!("“{sheet_name}” ") };
        match (self.line, self.column) {
            (0, None) => sheet.trim_end().to_owned(),
            (0, Some(column)) => format!("{sheet}cột {}", column_name(column)),
            (line, None) => format!("{sheet}dòng {line}"),
            (line, Some(column)) => format!("{sheet}ô {}", cell_name(column, line)),
        }
    }

    /// The content as a terminal may show it: of a change what was changed, of all else the first characters.
    pub fn masked(&self) -> String {
        let (content, becomes) = (self.content.reveal(), self.becomes.reveal());
        match self.problem.column() {
            // Zeros in front are no news to be shown twice.
            _ if becomes.is_empty() || content.bytes().all(|byte| byte.is_ascii_digit()) => (),
            // Day and month tell a slip; with the year they would tell a person.
            Some(Column::BirthDate) => return without_years(becomes),
            _ => return change(content, becomes),
        }
        match self.problem.is_public() {
            true => content.clone(),
            false if content.is_empty() => String::new(),
            false => text::mask(content, SHOWN_FRONT, SHOWN_BACK),
        }
    }
}

/// A change as a terminal may show it: the words that differ, digits covered, what shows nothing spelled out.
fn change(before: &str, after: &str) -> String {
    let spelled = |word: &str| -> String {
        let one = |one: char| match one {
            one if letters::is_invisible(one) || one.is_whitespace() && one != ' ' => {
                format!("[U+{:04X}]", u32::from(one))
            }
            one if one.is_numeric() => COVERED.to_string(),
            one => one.to_string(),
        };
        word.chars().map(one).collect()
    };
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (before.split(' ').collect(), after.split(' ').collect());
    while old.len() > 1 && new.len() > 1 && old.last() == new.last() {
        old.pop();
        new.pop();
    }
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = |words: &[&str]| spelled(words.get(same.min(words.len() - 1)..).unwrap_or_default().join(" ").trim());
    format!("{} → {}", rest(&old), rest(&new))
}

/// `2008-02-15 (hoặc 2008-02-14)` without the years.
fn without_years(dates: &str) -> String {
    let is_year = |part: &&str| part.len() == YEAR_LEN && part.bytes().all(|byte| byte.is_ascii_digit());
    let day = |word: &str| {
        word.splitn(3, '-').filter(|part| !is_year(&part.trim_start_matches('('))).collect::<Vec<_>>().join("-")
    };
    dates.split(' ').map(day).collect::<Vec<_>>().join(" ")
}

/// Declares the problems: name, weight, whether the row stays out, the column, stable code, Vietnamese words.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $weight:ident $column:expr, $code:literal $words:literal;)*) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            /// All of them, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// How much it weighs.
            pub fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }

            /// The column it is about.
            pub fn column(self) -> Option<Column> {
                match self { $(Self::$name => $column,)* }
            }

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the clerk reads.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

problems! {
    /// A sheet without headings.
    SheetWithoutHeader Warning None, "sheet.no-header" "Trang tính không có dòng tiêu đề nên không được nhập";
    /// A sheet that the spreadsheet hides.
    SheetHidden Warning None, "sheet.hidden" "Trang tính bị ẩn nên không được nhập";
    /// A sheet that the mapping leaves out.
    SheetLeftOut Note None, "sheet.left-out" "Trang tính được bỏ qua theo tệp ánh xạ";
    /// A sheet whose headings lack a column.
    SheetWithoutColumn Error None, "sheet.no-column" "Thiếu cột bắt buộc";
    /// No sheet has anybody.
    NobodyListed Error None, "list.empty" "Không có thí sinh nào";
    /// Text was converted from a legacy encoding.
    Converted Warning None, "text.converted" "Chữ được chuyển từ bảng mã cũ sang Unicode; hãy xem lại tên";
    /// Text that looks like a legacy encoding, in a sheet that is Unicode.
    LegacyLeft Warning None, "text.legacy" "Chữ giống bảng mã cũ (TCVN3, VNI) trong trang tính đã là Unicode: không chuyển, hãy gõ lại ô này";
    /// Characters that show nothing were taken out.
    TextInvisible Note None, "text.invisible" "Đã bỏ ký tự không hiện hình trong ô";
    /// Letters were exchanged for those that they look like.
    TextLookalike Note None, "text.lookalike" "Đã thay chữ, dấu trông giống bằng chữ, dấu chuẩn (Ð thành Đ, ’ thành ')";
    /// `="…"` was taken away.
    TextWrapped Note None, "text.wrapped" "Đã bỏ =\"…\" quanh nội dung ô";
    /// The notes on changes, to be looked at and accepted.
    ListChanged Warning None, "list.changed" "Chương trình đã sửa một số ô; hãy xem từng chỗ sửa bên dưới";
    /// A column that nobody needs.
    ColumnUnused Note None, "column.unused" "Cột không dùng";
    /// Several columns could be meant.
    ColumnChosen Note None, "column.chosen" "Có nhiều cột cùng loại; đã chọn cột này theo nội dung các ô";
    /// A row above the headings.
    TitleRow Note None, "row.title" "Dòng tựa đề";
    /// A row of headings.
    HeaderRow Note None, "row.header" "Dòng tiêu đề";
    /// The headings once more.
    HeaderAgain Note None, "row.header-again" "Dòng tiêu đề lặp lại";
    /// A row that numbers the columns.
    Numbering Note None, "row.numbering" "Dòng đánh số cột";
    /// A row behind the last person.
    Trailing Note None, "row.trailing" "Dòng cuối danh sách (tổng số, chữ ký)";
    /// A row between people that is nobody.
    NobodysRow Warning None, "row.nobody" "Dòng không đủ dữ liệu để là một thí sinh nên không được nhập";
    /// A row of a sheet that is not taken.
    RowOfSheet Note None, "row.of-sheet" "Dòng thuộc trang tính không được nhập";
    /// A row outside the list that holds a personal number.
    RowOutside Warning None, "row.outside" "Dòng nằm ngoài phần danh sách (trên tiêu đề hoặc sau last_line) mà có số định danh cá nhân";
    /// A person without SBD.
    NumberMissing Error Some(Column::Number), "number.missing" "Thiếu số báo danh";
    /// One SBD twice in one session.
    NumberTwice Error Some(Column::Number), "number.twice" "Trùng số báo danh trong cùng buổi thi";
    /// A spreadsheet rounded the SBD.
    NumberRounded Error Some(Column::Number), "number.rounded" "Số báo danh bị bảng tính làm tròn, mất chữ số";
    /// Lost leading zeros of an SBD were put back.
    NumberZeros Warning Some(Column::Number), "number.zeros" "Đã thêm lại số 0 ở đầu số báo danh";
    /// An SBD of another width than the rest.
    NumberOdd Warning Some(Column::Number), "number.odd" "Số báo danh khác độ dài với cả cột";
    /// What stood around an SBD was taken away.
    NumberDisguised Note Some(Column::Number), "number.disguised" "Đã bỏ ký hiệu, chữ hoặc định dạng quanh số báo danh";
    /// An SBD that is a number in a format that cannot say what its zeros are.
    NumberBare Warning Some(Column::Number), "number.bare" "Số báo danh là số, không phải chữ: nếu có số 0 ở đầu thì đã mất; hãy đối chiếu";
    /// A row without a name.
    NameMissing Error Some(Column::FullName), "name.missing" "Thiếu họ tên";
    /// A name with characters that no name has.
    NameOdd Warning Some(Column::FullName), "name.odd" "Họ tên có ký tự lạ (có thể sai bảng mã)";
    /// Text was brought into the composed form.
    NameComposed Note Some(Column::FullName), "name.composed" "Họ tên ở dạng dấu rời, đã đưa về dạng dựng sẵn";
    /// Two people of one name in one room.
    NameAlike Note Some(Column::FullName), "name.alike" "Hai thí sinh cùng tên (không kể dấu) trong một phòng";
    /// Two people of one name and one birth date in one room.
    NameAndBirthAlike Warning Some(Column::FullName), "name.alike-birth" "Hai thí sinh cùng tên và cùng ngày sinh trong một phòng";
    /// No identity number.
    IdMissing Warning Some(Column::IdNumber), "id.missing" "Thiếu số giấy tờ; tại bàn sẽ phải quyết định bằng tay";
    /// One identity number twice in one session.
    IdTwice Error Some(Column::IdNumber), "id.twice" "Trùng số giấy tờ trong cùng buổi thi";
    /// One identity number with two names or birth dates in two sessions.
    IdOfTwo Error Some(Column::IdNumber), "id.of-two" "Một số giấy tờ mà hai tên hoặc hai ngày sinh khác nhau";
    /// A spreadsheet rounded the identity number.
    IdRounded Error Some(Column::IdNumber), "id.rounded" "Số giấy tờ bị bảng tính làm tròn, mất chữ số";
    /// Lost leading zeros of an identity number were put back.
    IdZeros Warning Some(Column::IdNumber), "id.zeros" "Đã thêm lại số 0 ở đầu số giấy tờ";
    /// What stood around an identity number was taken away.
    IdDisguised Note Some(Column::IdNumber), "id.disguised" "Đã bỏ ký hiệu, chữ hoặc định dạng quanh số giấy tờ";
    /// A nine-digit number.
    IdOld Warning Some(Column::IdNumber), "id.old" "Số CMND 9 chữ số; thẻ có chip mang số 12 chữ số";
    /// A code that the exam system made up.
    IdMadeUp Warning Some(Column::IdNumber), "id.made-up" "Mã do hệ thống tự cấp, không phải số trên thẻ";
    /// A passport's number.
    IdPassport Warning Some(Column::IdNumber), "id.passport" "Giống số hộ chiếu; tại bàn sẽ phải quyết định bằng tay";
    /// No kind of number that is known.
    IdBad Warning Some(Column::IdNumber), "id.bad" "Số giấy tờ không đúng dạng";
    /// A place code that nobody has.
    IdPlace Warning Some(Column::IdNumber), "id.place" "Ba số đầu của số căn cước không phải mã tỉnh hay mã nước";
    /// No birth date.
    BirthMissing Warning Some(Column::BirthDate), "birth.missing" "Thiếu ngày sinh";
    /// A birth date that cannot be read.
    BirthUnreadable Warning Some(Column::BirthDate), "birth.unreadable" "Không đọc được ngày sinh (cần dạng ngày/tháng/năm)";
    /// Only a year.
    BirthYearOnly Warning Some(Column::BirthDate), "birth.year-only" "Chỉ có năm sinh";
    /// A year of two digits.
    BirthShortYear Warning Some(Column::BirthDate), "birth.short-year" "Năm sinh chỉ có hai chữ số";
    /// A day number.
    BirthSerial Note Some(Column::BirthDate), "birth.serial" "Ngày sinh là số sê-ri của bảng tính";
    /// A few seconds beside midnight.
    BirthRounded Note Some(Column::BirthDate), "birth.rounded" "Ngày sinh lệch vài giây so với nửa đêm, đã làm tròn";
    /// A time of day behind a birth date.
    BirthTimed Warning Some(Column::BirthDate), "birth.time" "Ngày sinh có giờ khác nửa đêm (có thể lệch múi giờ): hãy đối chiếu ngày";
    /// No cell tells the order of day and month.
    BirthOrder Warning Some(Column::BirthDate), "birth.order" "Không ô nào cho biết ngày đứng trước hay tháng đứng trước; đã đọc ngày trước";
    /// The cells prove the American order.
    BirthMonthFirst Warning Some(Column::BirthDate), "birth.month-first" "Cột ngày sinh ghi tháng trước ngày (kiểu Mỹ); đã đọc như vậy cho cả cột";
    /// Cells that prove one order and cells that prove the other.
    BirthContradiction Error Some(Column::BirthDate), "birth.contradiction" "Cột ngày sinh có ô ghi ngày trước và ô ghi tháng trước";
    /// Written dates and day numbers in one column.
    BirthMixed Warning Some(Column::BirthDate), "birth.mixed" "Cột ngày sinh có cả ngày dạng chữ và dạng số: có thể ngày và tháng bị đảo ở một số dòng";
    /// The number tells another year.
    BirthDisagrees Warning Some(Column::BirthDate), "birth.disagrees" "Năm sinh khác với năm sinh trong số căn cước";
    /// A sex that cannot be read.
    SexUnreadable Warning Some(Column::Sex), "sex.unreadable" "Không đọc được giới tính";
    /// The number tells another sex.
    SexDisagrees Warning Some(Column::Sex), "sex.disagrees" "Giới tính khác với giới tính trong số căn cước";
    /// Two people on one seat.
    SeatTwice Error Some(Column::Seat), "seat.twice" "Hai thí sinh cùng một chỗ ngồi";
    /// A room is named for some and not for this one.
    RoomMissing Warning Some(Column::Room), "room.missing" "Thiếu phòng thi";
    /// More people than a room takes.
    RoomOverfull Warning Some(Column::Room), "room.overfull" "Phòng vượt số chỗ";
    /// A formula came to an error.
    CellFault Error None, "cell.fault" "Ô chứa công thức bị lỗi";
    /// A formula without a result.
    CellUncomputed Error None, "cell.uncomputed" "Ô chứa công thức chưa được tính; hãy mở bằng Excel rồi lưu lại";
    /// A truth value where there is none.
    CellOdd Warning None, "cell.odd" "Ô chứa giá trị không phải chữ hay số";
    /// No portrait file.
    PortraitMissing Warning None, "portrait.missing" "Không có ảnh";
    /// A portrait file that is nobody's.
    PortraitForeign Warning None, "portrait.foreign" "Tệp ảnh không thuộc thí sinh nào";
}

impl Problem {
    /// The row is no candidate.
    pub fn leaves_out(self) -> bool {
        matches!(
            self,
            Self::TitleRow
                | Self::HeaderRow
                | Self::HeaderAgain
                | Self::Numbering
                | Self::Trailing
                | Self::NobodysRow
                | Self::RowOfSheet
                | Self::RowOutside
                | Self::NumberMissing
                | Self::NumberRounded
        )
    }

    /// Its content is nobody's data.
    pub fn is_public(self) -> bool {
        let of_cells = [Self::LegacyLeft, Self::TextInvisible, Self::TextLookalike, Self::TextWrapped];
        let is_of_cells = of_cells.contains(&self);
        self.column().is_none() && !self.leaves_out() && !is_of_cells
            || matches!(self, Self::RoomOverfull | Self::BirthMixed | Self::BirthOrder | Self::BirthMonthFirst)
    }

    /// A cell was changed by it, and nobody is asked about it elsewhere.
    pub fn is_change(self) -> bool {
        let of_texts = matches!(self, Self::TextInvisible | Self::TextLookalike | Self::TextWrapped);
        of_texts || matches!(self, Self::NumberDisguised | Self::IdDisguised | Self::BirthRounded)
    }
}

const COVERED: char = '•';
const YEAR_LEN: usize = 4;
const SHOWN_FRONT: usize = 3;
const SHOWN_BACK: usize = 0;
