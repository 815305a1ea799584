//! The holder of a card, from DG1 and DG13.

use crate::bits::secret::Pii;
use crate::cccd::number::PersonalNumber;
use jiff::civil::Date;

/// What the exam needs to know of the person whose card was read. Wiped when dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The personal number of the chip.
    pub number: PersonalNumber,
    /// The full name in NFC: with diacritics from DG13; in capitals without, from the MRZ, where there is no DG13.
    pub full_name: Pii<String>,
    /// The birth date as `YYYY-MM-DD`, unknown parts as zeros.
    pub birth_date: Pii<String>,
    /// The sex as the card says it.
    pub sex: Sex,
    /// The day after which the card is void; `None` where it never is, or does not say.
    pub expiry: Option<Date>,
    /// The former nine-digit number, where DG13 has it.
    pub old_number: Option<Pii<String>>,
    /// The full name has its diacritics (it is from DG13).
    pub name_has_diacritics: bool,
}

/// The sex as the card says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
    /// The card does not say.
    Unspecified,
}

/// Something remarkable about a holder; never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolderNote {
    /// The sex digit of the number disagrees with the card.
    SexDigitDisagrees,
    /// The birth year in the number disagrees with the card.
    BirthYearDisagrees,
    /// The place code of the number is not known.
    PlaceCodeUnknown,
    /// DG13 is absent, so the name has no diacritics.
    NameWithoutDiacritics,
    /// DG13 has no full name; the MRZ's was taken.
    NameMissingInDetails,
    /// Birth dates of MRZ and DG13 disagree; the MRZ's was taken.
    BirthDateDisagrees,
    /// A check digit of the MRZ is wrong.
    CheckDigitWrong,
}
