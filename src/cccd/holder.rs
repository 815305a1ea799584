//! The holder of a card, from DG1 and DG13; of a passport, from DG1.
//!
//! Invariants: two files of one chip that disagree on the number are an error; everything else that disagrees is a note.

use crate::dg13::{Details, Dg13Error};
use crate::number::{NUMBER_DIGITS, NumberSex, PersonalNumber};
use crate::passport::{HolderNumber, PassportNumber};
use bits::secret::Pii;
use emrtd::lds::dg1::{self, Dg1Error};
use emrtd::mrz::{Mrz, MrzFormat};
use jiff::civil::Date;
use std::fmt;
use thiserror::Error;

/// What the exam needs to know of the person whose card was read. Wiped when dropped, printed without the person: a
/// card expires on a birthday.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// The number of the chip: a card's twelve digits, or a passport's own with its state.
    pub number: HolderNumber,
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

impl fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Holder").field("diacritics", &self.name_has_diacritics).finish_non_exhaustive()
    }
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

/// Why there is no holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HolderError {
    /// DG1 cannot be read.
    #[error(transparent)]
    Dg1(#[from] Dg1Error),
    /// DG13 cannot be read.
    #[error(transparent)]
    Details(#[from] Dg13Error),
    /// Neither a Vietnamese card nor a passport: another issuing state, or no number where these have it.
    #[error("neither a Vietnamese identity card nor a passport")]
    NotAnIdentityCard,
    /// The chip's files name different numbers.
    #[error("the files of the chip name different numbers")]
    NumbersDisagree,
}

impl Holder {
    /// The holder whom the files of one chip name, with what is remarkable.
    ///
    /// # Errors
    /// [`HolderError`].
    pub fn from_files(dg1: &[u8], dg13: Option<&[u8]>) -> Result<(Self, Vec<HolderNote>), HolderError> {
        let mrz = dg1::parse(dg1)?;
        if mrz.format == MrzFormat::Td3 {
            return of_passport(&mrz);
        }
        let details = dg13.map(Details::parse).transpose()?;
        let number = number(&mrz)?;
        let mut notes = Vec::new();
        if details.is_none() {
            notes.push(HolderNote::NameWithoutDiacritics);
        }
        let details = details.unwrap_or_default();
        if details.number.as_ref().is_some_and(|other| other.reveal() != number.reveal()) {
            return Err(HolderError::NumbersDisagree);
        }
        let birth_date = birth_date(&mrz, &details, &number, &mut notes);
        let sex = sex(&mrz);
        if disagrees(sex, &number) {
            notes.push(HolderNote::SexDigitDisagrees);
        }
        let (full_name, name_has_diacritics) = full_name(&mrz, &details, &mut notes);
        if !number.place_is_known() {
            notes.push(HolderNote::PlaceCodeUnknown);
        }
        if !mrz.wrong_digits.is_empty() {
            notes.push(HolderNote::CheckDigitWrong);
        }
        let expiry = expiry(mrz.expiry.reveal());
        Ok((
            Self {
                number: HolderNumber::Personal(number),
                full_name,
                birth_date,
                sex,
                expiry,
                old_number: details.old_number,
                name_has_diacritics,
            },
            notes,
        ))
    }

    /// The birth date as a date; `None` where parts of it are unknown.
    pub fn birth(&self) -> Option<Date> {
        self.birth_date.reveal().parse().ok()
    }

    /// The birth date as Vietnamese write it, `dd/mm/yyyy`.
    pub fn birth_date_vi(&self) -> Pii<String> {
        let parts: Vec<&str> = self.birth_date.reveal().rsplit('-').collect();
        Pii::new(parts.join("/"))
    }
}

/// The whole number of a card stands in the optional data; the document number must be its last nine digits.
fn number(mrz: &Mrz) -> Result<PersonalNumber, HolderError> {
    if mrz.format != MrzFormat::Td1 || mrz.issuer != "VNM" {
        return Err(HolderError::NotAnIdentityCard);
    }
    let digits = mrz.optional.reveal().get(..NUMBER_DIGITS).ok_or(HolderError::NotAnIdentityCard)?;
    let number = PersonalNumber::parse(digits).map_err(|_| HolderError::NotAnIdentityCard)?;
    if number.document_number() != mrz.document_number.reveal() {
        return Err(HolderError::NumbersDisagree);
    }
    Ok(number)
}

/// The MRZ's date, which every card has; its century comes from DG13 where the rest agrees, else from the number.
fn birth_date(mrz: &Mrz, details: &Details, number: &PersonalNumber, notes: &mut Vec<HolderNote>) -> Pii<String> {
    let short = Pii::new(mrz.birth.reveal().replace('<', "0"));
    let part = |from: usize| short.reveal().get(from..from + 2).unwrap_or("00");
    let (year, month, day) = (part(0), part(2), part(4));
    let detailed = details.birth_date.as_ref().and_then(|date| iso(date.reveal()));
    let agrees = |date: &Pii<String>| date.reveal().get(2..) == Some(&format!("{year}-{month}-{day}"));
    let year_in_number = number.birth_year();
    if format!("{:02}", year_in_number.rem_euclid(100)) != year {
        notes.push(HolderNote::BirthYearDisagrees);
    }
    match detailed {
        Some(date) if agrees(&date) => date,
        other => {
            if other.is_some() {
                notes.push(HolderNote::BirthDateDisagrees);
            }
            Pii::new(format!("{:02}{year}-{month}-{day}", year_in_number / 100))
        }
    }
}

fn sex(mrz: &Mrz) -> Sex {
    match mrz.sex {
        'M' => Sex::Male,
        'F' => Sex::Female,
        _ => Sex::Unspecified,
    }
}

fn disagrees(sex: Sex, number: &PersonalNumber) -> bool {
    matches!((sex, number.sex()), (Sex::Male, NumberSex::Female) | (Sex::Female, NumberSex::Male))
}

/// A passport says it all in its MRZ: name in capitals without marks, no number that tells a century.
fn of_passport(mrz: &Mrz) -> Result<(Holder, Vec<HolderNote>), HolderError> {
    if !mrz.document_code.starts_with('P') {
        return Err(HolderError::NotAnIdentityCard);
    }
    let number =
        PassportNumber::new(&mrz.issuer, mrz.document_number.reveal()).ok_or(HolderError::NotAnIdentityCard)?;
    let expiry = expiry(mrz.expiry.reveal());
    let mut notes = vec![HolderNote::NameWithoutDiacritics];
    if !mrz.wrong_digits.is_empty() {
        notes.push(HolderNote::CheckDigitWrong);
    }
    let holder = Holder {
        number: HolderNumber::Passport(number),
        full_name: plain_name(mrz),
        birth_date: birth_before(mrz.birth.reveal(), expiry),
        sex: sex(mrz),
        expiry,
        old_number: None,
        name_has_diacritics: false,
    };
    Ok((holder, notes))
}

/// Two digits of a year, of the later century in which the passport could have been made for somebody who was born: it is
/// valid for some years (five for a child's, Law 49/2019/QH14 art. 7).
fn birth_before(short: &str, expiry: Option<Date>) -> Pii<String> {
    let digits = short.replace('<', "0");
    let part = |from: usize| digits.get(from..from + 2).unwrap_or("00");
    let (year, rest) = (part(0).parse::<i16>().unwrap_or_default(), format!("{}-{}", part(2), part(4)));
    let made = expiry.map_or(CENTURY, |expiry| expiry.year() - VALID_YEARS);
    let century = if CENTURY + year <= made { CENTURY } else { CENTURY - 100 };
    Pii::new(format!("{:04}-{rest}", century + year))
}

fn full_name(mrz: &Mrz, details: &Details, notes: &mut Vec<HolderNote>) -> (Pii<String>, bool) {
    if let Some(name) = &details.full_name {
        return (name.clone(), true);
    }
    if !notes.contains(&HolderNote::NameWithoutDiacritics) {
        notes.push(HolderNote::NameMissingInDetails);
    }
    (plain_name(mrz), false)
}

fn plain_name(mrz: &Mrz) -> Pii<String> {
    let plain = format!("{} {}", mrz.primary.reveal(), mrz.secondary.reveal());
    Pii::new(plain.trim().to_owned())
}

/// `dd/mm/yyyy` as `yyyy-mm-dd`.
fn iso(text: &str) -> Option<Pii<String>> {
    let (day, rest) = text.split_once('/')?;
    let (month, year) = rest.split_once('/')?;
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some(Pii::new(date.to_string()))
}

/// The expiry of the MRZ: always of this century, and 991231 means none.
fn expiry(text: &str) -> Option<Date> {
    if text == "991231" || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    Date::new(2000 + i16::from(part(0)?), part(2)?, part(4)?).ok()
}

/// The century of the documents that are valid today.
const CENTURY: i16 = 2000;
/// How long the passport of a child is valid, the shortest.
const VALID_YEARS: i16 = 5;
