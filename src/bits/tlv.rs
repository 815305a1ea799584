//! BER-TLV as cards and certificates write it (ISO/IEC 7816-4 §6.3, ITU-T X.690 §8).
//!
//! Reads definite and, where asked, indefinite lengths; never copies; keeps the exact bytes of each element,
//! because hashes are over what was read and nothing is ever encoded again.
//!
//! Invariants: no panic on any input, no recursion deeper than [`MAX_DEPTH`], no allocation while reading.

/// The deepest nesting that an indefinite length may have.
pub const MAX_DEPTH: usize = 16;

/// What is wrong with a TLV structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlvError {
    /// The bytes end within a tag, a length or a value.
    #[error("truncated TLV")]
    Truncated,
    /// A tag of more than three bytes.
    #[error("tag longer than three bytes")]
    TagTooLong,
    /// A length of more than four bytes, or one that does not fit this machine.
    #[error("length of more than four bytes")]
    LengthTooLong,
    /// An indefinite length where none is allowed.
    #[error("indefinite length")]
    Indefinite,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deep")]
    TooDeep,
    /// Another tag than the one that must stand here.
    #[error("expected tag {expected:#x}, found {found:#x}")]
    UnexpectedTag {
        /// The tag that must stand here.
        expected: u32,
        /// The tag that was found.
        found: u32,
    },
    /// Bytes follow where nothing may follow.
    #[error("trailing bytes")]
    TrailingBytes,
}

/// One element, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The tag as a number, its bytes in order: `0x30`, `0x5F1F`, `0x7F4E`.
    pub tag: u32,
    /// The value without tag and length (without the end-of-contents octets of an indefinite length).
    pub value: &'a [u8],
    /// Tag, length and value exactly as they were read.
    pub raw: &'a [u8],
    /// The length was indefinite (BER only).
    pub indefinite: bool,
}

/// A cursor over a sequence of elements.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    allow_indefinite: bool,
}

impl<'a> Reader<'a> {
    /// Reads elements with definite lengths only.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, allow_indefinite: false }
    }

    /// Reads elements whose lengths may be indefinite (old signed objects are BER).
    pub fn new_ber(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, allow_indefinite: true }
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The tag of the next element without consuming it; `None` at the end or where no tag can be read.
    pub fn peek_tag(&self) -> Option<u32> {
        read_tag(self.rest).ok().map(|(tag, _)| tag)
    }

    /// Reads the next element.
    ///
    /// # Errors
    /// [`TlvError`] when the bytes are no element.
    pub fn read(&mut self) -> Result<Element<'a>, TlvError> {
        let (element, rest) = split(self.rest, self.allow_indefinite, 0)?;
        self.rest = rest;
        Ok(element)
    }

    /// Reads the next element, which must have `tag`.
    ///
    /// # Errors
    /// [`TlvError::UnexpectedTag`], or what [`Reader::read`] returns.
    pub fn expect(&mut self, tag: u32) -> Result<Element<'a>, TlvError> {
        let mut ahead = *self;
        let element = ahead.read()?;
        if element.tag != tag {
            return Err(TlvError::UnexpectedTag { expected: tag, found: element.tag });
        }
        *self = ahead;
        Ok(element)
    }

    /// Reads the next element if it has `tag`, else leaves it.
    ///
    /// # Errors
    /// What [`Reader::read`] returns.
    pub fn optional(&mut self, tag: u32) -> Result<Option<Element<'a>>, TlvError> {
        if self.peek_tag() == Some(tag) { self.read().map(Some) } else { Ok(None) }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`TlvError::TrailingBytes`] when something is left.
    pub fn finish(self) -> Result<(), TlvError> {
        if self.rest.is_empty() { Ok(()) } else { Err(TlvError::TrailingBytes) }
    }
}

impl<'a> Element<'a> {
    /// A cursor over the elements within this one.
    pub fn children(&self) -> Reader<'a> {
        Reader { rest: self.value, allow_indefinite: false }
    }

    /// A cursor over the elements within this one, with indefinite lengths allowed.
    pub fn children_ber(&self) -> Reader<'a> {
        Reader { rest: self.value, allow_indefinite: true }
    }
}

/// Reads exactly one element with `tag` that fills `bytes`.
///
/// # Errors
/// [`TlvError`] when it is another tag, ends early or is followed by more bytes.
pub fn single(bytes: &[u8], tag: u32) -> Result<Element<'_>, TlvError> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(tag)?;
    reader.finish()?;
    Ok(element)
}

/// The whole length (tag, length and value) that the header at the start of `bytes` announces.
///
/// Needs only the header; a file reader asks it for how much to read.
///
/// # Errors
/// [`TlvError`] when the header cannot be read.
pub fn announced_len(bytes: &[u8]) -> Result<usize, TlvError> {
    let (_, tag_len) = read_tag(bytes)?;
    match read_length(&bytes[tag_len..])? {
        (Some(value_len), length_len) => tag_len
            .checked_add(length_len)
            .and_then(|header_len| header_len.checked_add(value_len))
            .ok_or(TlvError::LengthTooLong),
        (None, _) => Err(TlvError::Indefinite),
    }
}

/// Writes one element with the shortest definite length.
///
/// ```
/// use diemdanh_bits::tlv::{encode, single};
///
/// let element = encode(0x5F01, b"0107");
/// assert_eq!(element, b"\x5F\x01\x040107");
/// assert_eq!(single(&element, 0x5F01).unwrap().value, b"0107");
/// ```
pub fn encode(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 8);
    let tag_bytes = tag.to_be_bytes();
    let first = tag_bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    out.extend_from_slice(&tag_bytes[first..]);
    out.extend_from_slice(&encode_length(value.len()));
    out.extend_from_slice(value);
    out
}

/// Writes one constructed element from its children.
pub fn encode_all(tag: u32, children: &[Vec<u8>]) -> Vec<u8> {
    encode(tag, &children.concat())
}

/// The shortest definite form of a length.
pub fn encode_length(length: usize) -> Vec<u8> {
    if length < 0x80 {
        return vec![u8::try_from(length).unwrap_or(0x7F)];
    }
    let bytes = length.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0).copied();
    let mut out: Vec<u8> = significant.collect();
    out.insert(0, 0x80 | u8::try_from(out.len()).unwrap_or(8));
    out
}

fn split(bytes: &[u8], allow_indefinite: bool, depth: usize) -> Result<(Element<'_>, &[u8]), TlvError> {
    let (tag, tag_len) = read_tag(bytes)?;
    let (value_len, length_len) = read_length(&bytes[tag_len..])?;
    let header_len = tag_len + length_len;
    let (value_len, trailer_len, indefinite) = match value_len {
        Some(value_len) => (value_len, 0, false),
        None if allow_indefinite => (indefinite_len(&bytes[header_len..], depth)?, 2, true),
        None => return Err(TlvError::Indefinite),
    };
    let end = header_len.checked_add(value_len).ok_or(TlvError::LengthTooLong)?;
    let value = bytes.get(header_len..end).ok_or(TlvError::Truncated)?;
    let raw = bytes.get(..end + trailer_len).ok_or(TlvError::Truncated)?;
    Ok((Element { tag, value, raw, indefinite }, &bytes[end + trailer_len..]))
}

/// The length of the contents before the end-of-contents octets.
fn indefinite_len(bytes: &[u8], depth: usize) -> Result<usize, TlvError> {
    if depth >= MAX_DEPTH {
        return Err(TlvError::TooDeep);
    }
    let mut rest = bytes;
    loop {
        if rest.starts_with(&[0, 0]) {
            return Ok(bytes.len() - rest.len());
        }
        rest = split(rest, true, depth + 1)?.1;
    }
}

fn read_tag(bytes: &[u8]) -> Result<(u32, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Truncated)?;
    let mut tag = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok((tag, 1));
    }
    for index in 1..3 {
        let byte = *bytes.get(index).ok_or(TlvError::Truncated)?;
        tag = tag << 8 | u32::from(byte);
        if byte & 0x80 == 0 {
            return Ok((tag, index + 1));
        }
    }
    Err(TlvError::TagTooLong)
}

/// The value's length (`None` = indefinite) and the number of length bytes.
fn read_length(bytes: &[u8]) -> Result<(Option<usize>, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Truncated)?;
    if first < 0x80 {
        return Ok((Some(usize::from(first)), 1));
    }
    let count = usize::from(first & 0x7F);
    if count == 0 {
        return Ok((None, 1));
    }
    if count > 4 {
        return Err(TlvError::LengthTooLong);
    }
    let digits = bytes.get(1..1 + count).ok_or(TlvError::Truncated)?;
    let length = digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
    Ok((Some(length), 1 + count))
}
