//! Response APDUs: ISO/IEC 7816-4:2020 §5.1.

use super::StatusWord;

/// What a card answered: data and status.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseApdu {
    /// The data field.
    pub data: Vec<u8>,
    /// The two status bytes.
    pub status: StatusWord,
}

impl ResponseApdu {
    /// Splits an answer. `None` where it has fewer than two bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (data, status) = bytes.split_last_chunk::<2>()?;
        Some(Self { data: data.to_vec(), status: StatusWord::from(*status) })
    }

    /// The answer as bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.status.0.to_be_bytes()].concat()
    }
}

impl std::fmt::Debug for ResponseApdu {
    /// Length and status only: the data may be a person's.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ResponseApdu({} bytes, {})", self.data.len(), self.status)
    }
}
