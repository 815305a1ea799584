//! What opens a chip (ICAO Doc 9303-11 §4.2): the card access number or the MRZ information.

use crate::mrz::check_digit;
use bits::secret::Secret;
use crypto::HashAlg;
use crypto::cipher::CipherAlg;
use crypto::kdf::{self, KeyUse};

/// Shortest document number in the MRZ information; shorter ones are filled up with `<`.
const MIN_NUMBER_LEN: usize = 9;
/// Length of the seed of the BAC keys in bytes.
const BAC_SEED_LEN: usize = 16;

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
    /// Date of birth as YYMMDD, as printed.
    pub birth: Secret<String>,
    /// Date of expiry as YYMMDD.
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

    /// The password reference of PACE: 1 for the MRZ, 2 for the card access number (ICAO Doc 9303-11 §4.4.4.1).
    pub fn password_reference(&self) -> u8 {
        match self {
            Self::Mrz(_) => 1,
            Self::Can(_) => 2,
        }
    }

    /// The key that the PACE nonce is encrypted with (ICAO Doc 9303-11 §9.7.3).
    pub fn nonce_key(&self, cipher: CipherAlg) -> Secret<Vec<u8>> {
        match self {
            Self::Can(can) => kdf::derive(can.expose().as_bytes(), KeyUse::Password, cipher),
            Self::Mrz(mrz) => kdf::derive(mrz.digest().expose(), KeyUse::Password, cipher),
        }
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

    /// The MRZ information: each field with its check digit (ICAO Doc 9303-11 §9.7.2). A number of more than nine
    /// characters stands in full, whatever place the MRZ gave its end.
    pub fn information(&self) -> Secret<String> {
        let number = self.document_number.expose();
        let mut text = String::with_capacity(number.len() + 32);
        for field in [&format!("{number:<<MIN_NUMBER_LEN$}"), self.birth.expose(), self.expiry.expose()] {
            text.push_str(field);
            text.push(check_digit(field.as_bytes()));
        }
        Secret::new(text)
    }

    /// The keys of BAC: for encryption and for authentication (ICAO Doc 9303-11 §9.7.2).
    pub fn bac_keys(&self) -> (Secret<Vec<u8>>, Secret<Vec<u8>>) {
        let digest = self.digest();
        let seed = digest.expose().get(..BAC_SEED_LEN).unwrap_or_default();
        kdf::session_keys(seed, CipherAlg::TripleDes)
    }

    fn digest(&self) -> Secret<Vec<u8>> {
        Secret::new(HashAlg::Sha1.digest(self.information().expose().as_bytes()))
    }
}
