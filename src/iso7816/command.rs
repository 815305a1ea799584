//! Command APDUs: ISO/IEC 7816-4:2020 §5.1 (cases 1–4, short and extended) and the commands of ICAO Doc 9303-10 §3
//! and 9303-11 §4, §6.

use bits::tlv;

/// Longest expected length of a short command.
pub const MAX_SHORT_EXPECTED: u32 = 256;
/// Longest expected length of an extended command.
pub const MAX_EXTENDED_EXPECTED: u32 = 65_536;
/// Longest offset that READ BINARY with an even instruction can name.
pub const MAX_EVEN_OFFSET: usize = 0x7FFF;

/// One command.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Command data, at most 65,535 bytes.
    pub data: Vec<u8>,
    /// Expected length of the answer, 1–65,536. `None`: no answer data.
    pub expected: Option<u32>,
}

/// Why bytes are no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Fewer than four bytes.
    #[error("truncated header")]
    Header,
    /// The length fields do not agree with the number of bytes.
    #[error("inconsistent length fields")]
    Length,
}

impl CommandApdu {
    /// A command without data and expected answer.
    pub fn new(ins: u8, p1: u8, p2: u8) -> Self {
        Self { cla: 0, ins, p1, p2, data: Vec::new(), expected: None }
    }

    /// The same command with `data`.
    #[must_use]
    pub fn with_data(self, data: Vec<u8>) -> Self {
        Self { data, ..self }
    }

    /// The same command with an expected length.
    #[must_use]
    pub fn expecting(self, length: u32) -> Self {
        Self { expected: Some(length.clamp(1, MAX_EXTENDED_EXPECTED)), ..self }
    }

    /// The same command as a link of a chain that goes on (CLA bit 5).
    #[must_use]
    pub fn chained(self) -> Self {
        Self { cla: self.cla | 0x10, ..self }
    }

    /// SELECT the master file.
    pub fn select_master_file() -> Self {
        Self::new(0xA4, 0x00, 0x0C).with_data(vec![0x3F, 0x00])
    }

    /// SELECT an application by its identifier, no answer data.
    pub fn select_application(aid: &[u8]) -> Self {
        Self::new(0xA4, 0x04, 0x0C).with_data(aid.to_vec())
    }

    /// SELECT an elementary file under the current directory, no answer data.
    pub fn select_file(fid: u16) -> Self {
        Self::new(0xA4, 0x02, 0x0C).with_data(fid.to_be_bytes().to_vec())
    }

    /// READ BINARY of the current file; `offset` is at most [`MAX_EVEN_OFFSET`].
    pub fn read_binary(offset: u16, length: u32) -> Self {
        let [p1, p2] = offset.to_be_bytes();
        Self::new(0xB0, p1 & 0x7F, p2).expecting(length)
    }

    /// READ BINARY from the start of a file named by its short identifier, which becomes the current file.
    pub fn read_binary_sfi(sfi: u8, length: u32) -> Self {
        Self::new(0xB0, 0x80 | (sfi & 0x1F), 0x00).expecting(length)
    }

    /// READ BINARY with odd instruction: any offset (three or four bytes of it), the answer comes in a DO53.
    pub fn read_binary_odd(offset: u32, length: u32) -> Self {
        let digits = offset.to_be_bytes();
        let leading = usize::from(digits[0] == 0);
        let offset = tlv::encode(0x54, digits.get(leading..).unwrap_or_default());
        Self::new(0xB1, 0x00, 0x00).with_data(offset).expecting(length)
    }

    /// GET CHALLENGE of eight bytes.
    pub fn get_challenge() -> Self {
        Self::new(0x84, 0x00, 0x00).expecting(8)
    }

    /// EXTERNAL AUTHENTICATE of basic access control.
    pub fn external_authenticate(cryptogram: Vec<u8>) -> Self {
        let length = u32::try_from(cryptogram.len()).unwrap_or(MAX_SHORT_EXPECTED);
        Self::new(0x82, 0x00, 0x00).with_data(cryptogram).expecting(length)
    }

    /// INTERNAL AUTHENTICATE of active authentication.
    pub fn internal_authenticate(challenge: &[u8], length: u32) -> Self {
        Self::new(0x88, 0x00, 0x00).with_data(challenge.to_vec()).expecting(length)
    }

    /// MANAGE SECURITY ENVIRONMENT with the given parameters (`C1A4` PACE, `41A4` and `41A6` chip authentication).
    pub fn manage_security_environment(p1: u8, p2: u8, data: Vec<u8>) -> Self {
        Self::new(0x22, p1, p2).with_data(data)
    }

    /// GENERAL AUTHENTICATE with the content of its dynamic authentication data (tag 7C).
    pub fn general_authenticate(content: &[u8]) -> Self {
        Self::new(0x86, 0x00, 0x00).with_data(tlv::encode(0x7C, content)).expecting(MAX_SHORT_EXPECTED)
    }

    /// GET RESPONSE for data that waits in the card.
    pub fn get_response(length: u32) -> Self {
        Self::new(0xC0, 0x00, 0x00).expecting(length)
    }

    /// True where the command needs extended length fields.
    pub fn is_extended(&self) -> bool {
        self.data.len() > 255 || self.expected.is_some_and(|expected| expected > MAX_SHORT_EXPECTED)
    }

    /// Writes the command, short where it fits.
    ///
    /// ```
    /// use diemdanh_iso7816::command::CommandApdu;
    ///
    /// // The eMRTD application of Doc 9303-10, section 3.2.
    /// let select = CommandApdu::select_application(&[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]);
    /// assert_eq!(select.encode(), b"\x00\xA4\x04\x0C\x07\xA0\x00\x00\x02\x47\x10\x01");
    /// assert!(CommandApdu::parse(&select.encode()) == Ok(select), "read back");
    /// ```
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.cla, self.ins, self.p1, self.p2];
        if self.is_extended() {
            self.encode_extended(&mut out)
        } else {
            self.encode_short(&mut out)
        }
        out
    }

    /// Reads a command of any case.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CommandError> {
        let ([cla, ins, p1, p2], body) = bytes.split_first_chunk::<4>().ok_or(CommandError::Header)?;
        let (data, expected) = match body {
            [] => (&[][..], None),
            [le] => (&[][..], Some(short(*le))),
            [0, high, low] => (&[][..], Some(extended(*high, *low))),
            [0, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let (data, rest) = rest.split_at_checked(length).ok_or(CommandError::Length)?;
                (data, extended_tail(rest)?)
            }
            [length, rest @ ..] => {
                let (data, rest) = rest.split_at_checked(usize::from(*length)).ok_or(CommandError::Length)?;
                (data, short_tail(rest)?)
            }
        };
        Ok(Self { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data: data.to_vec(), expected })
    }

    fn encode_short(&self, out: &mut Vec<u8>) {
        if !self.data.is_empty() {
            out.push(u8::try_from(self.data.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(&self.data);
        }
        // 256 is written as 00.
        out.extend(self.expected.map(|expected| u8::try_from(expected).unwrap_or(0)));
    }

    fn encode_extended(&self, out: &mut Vec<u8>) {
        out.push(0);
        if !self.data.is_empty() {
            out.extend(u16::try_from(self.data.len()).unwrap_or(u16::MAX).to_be_bytes());
            out.extend_from_slice(&self.data);
        }
        // 65,536 is written as 0000.
        out.extend(
            self.expected.map(|expected| u16::try_from(expected).unwrap_or(0).to_be_bytes()).into_iter().flatten(),
        );
    }
}

impl std::fmt::Debug for CommandApdu {
    /// Header and lengths only: the data may open a person's card.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cla, ins, p1, p2, data, expected } = self;
        write!(formatter, "CommandApdu({cla:02X}{ins:02X}{p1:02X}{p2:02X}, {} bytes, {expected:?})", data.len())
    }
}

fn short(le: u8) -> u32 {
    if le == 0 { MAX_SHORT_EXPECTED } else { u32::from(le) }
}

fn extended(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => MAX_EXTENDED_EXPECTED,
        length => u32::from(length),
    }
}

fn short_tail(rest: &[u8]) -> Result<Option<u32>, CommandError> {
    match rest {
        [] => Ok(None),
        [le] => Ok(Some(short(*le))),
        _ => Err(CommandError::Length),
    }
}

fn extended_tail(rest: &[u8]) -> Result<Option<u32>, CommandError> {
    match rest {
        [] => Ok(None),
        [high, low] => Ok(Some(extended(*high, *low))),
        _ => Err(CommandError::Length),
    }
}
