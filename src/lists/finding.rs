//! What an import has to say about a list, by sheet, line and cell.

use super::words::ListWords;
use super::{Choice, Column};
use bits::secret::Pii;
use bits::{letters, text};
use jiff::civil::Date;

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
    /// The sheet's index and the line of the other row that it is about.
    pub other: Option<(u32, u32)>,
    /// What stands in the cell, or what the finding is about beside it.
    pub content: Content,
    /// What was made of it; empty where nothing was changed.
    pub becomes: Content,
}

/// What a finding is about, beside its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What stands in a cell; empty for nothing.
    Text(Pii<String>),
    /// A column that is missing.
    Column(Column),
    /// A line that tells.
    SeeLine(u32),
    /// How many cells were changed.
    Changed(usize),
    /// How many birth dates are written, and how many are day numbers.
    Mixed {
        /// Written ones.
        written: usize,
        /// Day numbers.
        serials: usize,
    },
    /// A date that is likely, and the other one that it may be.
    Either {
        /// The likely one.
        date: Date,
        /// The other one.
        other: Date,
    },
    /// Why a column was chosen among several.
    Chosen(Box<Choice>),
    /// Cells that can be read in both orders of day and month, and the first of them.
    OpenOrder {
        /// How many.
        cells: u32,
        /// The line of the first.
        line: u32,
        /// The first with the day in front.
        day_first: Date,
        /// The first with the month in front.
        month_first: Date,
    },
}

impl Content {
    /// A cell's text.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Pii::new(text.to_owned()))
    }
}

/// A finding about a whole sheet; whoever has a place adds it.
pub(super) fn finding(problem: Problem, sheet: usize, content: &str) -> Finding {
    about(problem, sheet, Content::text(content))
}

/// The same about something that is no text.
pub(super) fn about(problem: Problem, sheet: usize, content: Content) -> Finding {
    Finding { problem, sheet, line: 0, column: None, other: None, content, becomes: Content::text("") }
}

impl Finding {
    /// The content as a terminal may show it: of a change what was changed, of all else the first characters.
    pub fn masked(&self, words: &ListWords) -> String {
        let (content, becomes) = (&words.content(&self.content), &words.content(&self.becomes));
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

/// Declares the problems: name, weight, whether the row stays out, the column, stable code.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $weight:ident $column:expr, $code:literal;)*) => {
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
        }
    };
}

problems! {
    /// A sheet without headings.
    SheetWithoutHeader Warning None, "sheet.no-header";
    /// A sheet that the spreadsheet hides.
    SheetHidden Warning None, "sheet.hidden";
    /// A sheet that the mapping leaves out.
    SheetLeftOut Note None, "sheet.left-out";
    /// A sheet whose headings lack a column.
    SheetWithoutColumn Error None, "sheet.no-column";
    /// No sheet has anybody.
    NobodyListed Error None, "list.empty";
    /// Text was converted from a legacy encoding.
    Converted Warning None, "text.converted";
    /// Text that looks like a legacy encoding, in a sheet that is Unicode.
    LegacyLeft Warning None, "text.legacy";
    /// Characters that show nothing were taken out.
    TextInvisible Note None, "text.invisible";
    /// Letters were exchanged for those that they look like.
    TextLookalike Note None, "text.lookalike";
    /// `="…"` was taken away.
    TextWrapped Note None, "text.wrapped";
    /// The notes on changes, to be looked at and accepted.
    ListChanged Warning None, "list.changed";
    /// A column that nobody needs.
    ColumnUnused Note None, "column.unused";
    /// Several columns could be meant.
    ColumnChosen Note None, "column.chosen";
    /// A row above the headings.
    TitleRow Note None, "row.title";
    /// A row of headings.
    HeaderRow Note None, "row.header";
    /// The headings once more.
    HeaderAgain Note None, "row.header-again";
    /// A row that numbers the columns.
    Numbering Note None, "row.numbering";
    /// A row behind the last person.
    Trailing Note None, "row.trailing";
    /// A row between people that is nobody.
    NobodysRow Warning None, "row.nobody";
    /// A row of a sheet that is not taken.
    RowOfSheet Note None, "row.of-sheet";
    /// A row outside the list that holds a personal number.
    RowOutside Warning None, "row.outside";
    /// A person without SBD.
    NumberMissing Error Some(Column::Number), "number.missing";
    /// One SBD twice in one session.
    NumberTwice Error Some(Column::Number), "number.twice";
    /// A spreadsheet rounded the SBD.
    NumberRounded Error Some(Column::Number), "number.rounded";
    /// Lost leading zeros of an SBD were put back.
    NumberZeros Warning Some(Column::Number), "number.zeros";
    /// An SBD of another width than the rest.
    NumberOdd Warning Some(Column::Number), "number.odd";
    /// What stood around an SBD was taken away.
    NumberDisguised Note Some(Column::Number), "number.disguised";
    /// An SBD that is a number in a format that cannot say what its zeros are.
    NumberBare Warning Some(Column::Number), "number.bare";
    /// A row without a name.
    NameMissing Error Some(Column::FullName), "name.missing";
    /// A name with characters that no name has.
    NameOdd Warning Some(Column::FullName), "name.odd";
    /// Text was brought into the composed form.
    NameComposed Note Some(Column::FullName), "name.composed";
    /// Two people of one name in one room.
    NameAlike Note Some(Column::FullName), "name.alike";
    /// Two people of one name and one birth date in one room.
    NameAndBirthAlike Warning Some(Column::FullName), "name.alike-birth";
    /// No identity number.
    IdMissing Warning Some(Column::IdNumber), "id.missing";
    /// One identity number twice in one session.
    IdTwice Error Some(Column::IdNumber), "id.twice";
    /// One identity number with two names or birth dates in two sessions.
    IdOfTwo Error Some(Column::IdNumber), "id.of-two";
    /// A spreadsheet rounded the identity number.
    IdRounded Error Some(Column::IdNumber), "id.rounded";
    /// Lost leading zeros of an identity number were put back.
    IdZeros Warning Some(Column::IdNumber), "id.zeros";
    /// What stood around an identity number was taken away.
    IdDisguised Note Some(Column::IdNumber), "id.disguised";
    /// A nine-digit number.
    IdOld Warning Some(Column::IdNumber), "id.old";
    /// A code that the exam system made up.
    IdMadeUp Warning Some(Column::IdNumber), "id.made-up";
    /// A passport's number.
    IdPassport Warning Some(Column::IdNumber), "id.passport";
    /// No kind of number that is known.
    IdBad Warning Some(Column::IdNumber), "id.bad";
    /// A place code that nobody has.
    IdPlace Warning Some(Column::IdNumber), "id.place";
    /// No birth date.
    BirthMissing Warning Some(Column::BirthDate), "birth.missing";
    /// A birth date that cannot be read.
    BirthUnreadable Warning Some(Column::BirthDate), "birth.unreadable";
    /// Only a year.
    BirthYearOnly Warning Some(Column::BirthDate), "birth.year-only";
    /// A year of two digits.
    BirthShortYear Warning Some(Column::BirthDate), "birth.short-year";
    /// A day number.
    BirthSerial Note Some(Column::BirthDate), "birth.serial";
    /// A few seconds beside midnight.
    BirthRounded Note Some(Column::BirthDate), "birth.rounded";
    /// A time of day behind a birth date.
    BirthTimed Warning Some(Column::BirthDate), "birth.time";
    /// No cell tells the order of day and month.
    BirthOrder Warning Some(Column::BirthDate), "birth.order";
    /// The cells prove the American order.
    BirthMonthFirst Warning Some(Column::BirthDate), "birth.month-first";
    /// Cells that prove one order and cells that prove the other.
    BirthContradiction Error Some(Column::BirthDate), "birth.contradiction";
    /// Written dates and day numbers in one column.
    BirthMixed Warning Some(Column::BirthDate), "birth.mixed";
    /// The number tells another year.
    BirthDisagrees Warning Some(Column::BirthDate), "birth.disagrees";
    /// A sex that cannot be read.
    SexUnreadable Warning Some(Column::Sex), "sex.unreadable";
    /// The number tells another sex.
    SexDisagrees Warning Some(Column::Sex), "sex.disagrees";
    /// Two people on one seat.
    SeatTwice Error Some(Column::Seat), "seat.twice";
    /// A room is named for some and not for this one.
    RoomMissing Warning Some(Column::Room), "room.missing";
    /// More people than a room takes.
    RoomOverfull Warning Some(Column::Room), "room.overfull";
    /// A formula came to an error.
    CellFault Error None, "cell.fault";
    /// A formula without a result.
    CellUncomputed Error None, "cell.uncomputed";
    /// A truth value where there is none.
    CellOdd Warning None, "cell.odd";
    /// No portrait file.
    PortraitMissing Warning None, "portrait.missing";
    /// A portrait file that is nobody's.
    PortraitForeign Warning None, "portrait.foreign";
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
