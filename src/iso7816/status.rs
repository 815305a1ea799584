//! Status words: ISO/IEC 7816-4:2020 §5.6.

use std::fmt;

/// The two status bytes of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Success.
    pub const OK: Self = Self(0x9000);
    /// Success, but the end of the file came before the expected length.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// The selected file is deactivated.
    pub const FILE_DEACTIVATED: Self = Self(0x6283);
    /// A verification failed.
    pub const VERIFICATION_FAILED: Self = Self(0x6300);
    /// Wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// The security status does not allow the command.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// The authentication method is blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// The conditions of use are not fulfilled.
    pub const CONDITIONS: Self = Self(0x6985);
    /// No current file.
    pub const NO_CURRENT_FILE: Self = Self(0x6986);
    /// Secure-messaging objects are missing.
    pub const SM_OBJECTS_MISSING: Self = Self(0x6987);
    /// Secure-messaging objects are wrong.
    pub const SM_OBJECTS_WRONG: Self = Self(0x6988);
    /// Wrong parameters in the data field.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// File or application not found.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// Record not found.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// Wrong parameters P1 and P2.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// Referenced data not found.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// Offset outside the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// Instruction not supported.
    pub const INSTRUCTION_UNKNOWN: Self = Self(0x6D00);
    /// Class not supported.
    pub const CLASS_UNKNOWN: Self = Self(0x6E00);
    /// No precise diagnosis.
    pub const FAILURE: Self = Self(0x6F00);

    /// The first byte.
    pub fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// The second byte.
    pub fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// `9000`.
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }

    /// `9000`, or the warnings `6282` and `6283` with which cards deliver data all the same.
    pub fn brings_data(self) -> bool {
        matches!(self, Self::OK | Self::END_OF_FILE | Self::FILE_DEACTIVATED)
    }

    /// `61xx`: this many bytes are waiting (256 for `6100`).
    pub fn waiting(self) -> Option<u32> {
        (self.sw1() == 0x61).then(|| short_length(self.sw2()))
    }

    /// `6Cxx`: the right expected length (256 for `6C00`).
    pub fn right_length(self) -> Option<u32> {
        (self.sw1() == 0x6C).then(|| short_length(self.sw2()))
    }

    /// `63Cx`: tries that are left (ISO/IEC 7816-4, table 6).
    ///
    /// ```
    /// use diemdanh_iso7816::status::StatusWord;
    ///
    /// assert_eq!(StatusWord(0x63C2).tries_left(), Some(2));
    /// assert_eq!(StatusWord(0x6300).tries_left(), None, "a refusal that counts nothing");
    /// ```
    pub fn tries_left(self) -> Option<u8> {
        (self.sw1() == 0x63 && self.sw2() & 0xF0 == 0xC0).then_some(self.sw2() & 0x0F)
    }
}

impl From<[u8; 2]> for StatusWord {
    fn from(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04X}", self.0)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn short_length(byte: u8) -> u32 {
    if byte == 0 { 256 } else { u32::from(byte) }
}
