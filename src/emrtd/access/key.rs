//! What opens a chip (ICAO Doc 9303-11 §4.2): the card access number or the MRZ information.

use crate::bits::secret::Secret;

/// The key an inspection starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessKey {
    /// The card access number, as printed (PACE only).
    Can(Secret<String>),
    /// The MRZ information (PACE and BAC).
    Mrz(MrzKey),
}

/// The three fields of the MRZ that open a chip, without their check digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MrzKey {
    /// The document number, fillers removed.
    pub document_number: Secret<String>,
    /// The birth date as YYMMDD.
    pub birth: Secret<String>,
    /// The expiry date as YYMMDD.
    pub expiry: Secret<String>,
}

impl AccessKey {
    /// A key from a card access number.
    pub fn can(can: &str) -> Self {
        Self::Can(Secret::new(can.to_owned()))
    }

    /// A key from MRZ information; dates as YYMMDD.
    pub fn mrz(document_number: &str, birth: &str, expiry: &str) -> Self {
        Self::Mrz(MrzKey::new(document_number, birth, expiry))
    }
}

impl MrzKey {
    /// The three fields; dates as YYMMDD.
    pub fn new(document_number: &str, birth: &str, expiry: &str) -> Self {
        Self {
            document_number: Secret::new(document_number.to_owned()),
            birth: Secret::new(birth.to_owned()),
            expiry: Secret::new(expiry.to_owned()),
        }
    }
}
