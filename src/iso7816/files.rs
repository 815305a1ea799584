//! Reading transparent files: ISO/IEC 7816-4:2020 §11.3, ICAO Doc 9303-10 §3.6.
//!
//! A file is one TLV structure; its first bytes say how long it is. Blocks are as large as card, reader and
//! protection allow: the ladder starts at the top, goes down on refusal, and never up again within a session.
//!
//! Invariants: no file is larger than its caller's limit; every refusal takes a rung or ends the read; bytes that
//! were read are not asked for again.

use super::command::{MAX_EVEN_OFFSET, MAX_SHORT_EXPECTED};
use super::session::{CardSession, SessionError};
use super::transport::TransportError;
use super::{CommandApdu, ResponseApdu, SmError, StatusWord};
use bits::tlv::{self, TlvError};
use thiserror::Error;

/// Largest file that any caller may ask for, in bytes.
pub const MAX_FILE_LEN: usize = 256 * 1024;
/// Bytes that are enough to know a file's length: a tag of up to two and a length of up to five bytes.
const HEADER_LEN: usize = 7;
/// Block lengths from the largest down. A protected answer of 65,536 bytes must hold its own overhead.
const RUNGS: [u32; 17] =
    [65_440, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, 256, 231, 223, 192, 160, 128, 64, 16, 4, 1];
/// Extra bytes of the DO53 around data that is read with the odd instruction.
const ODD_OVERHEAD: u32 = 4;
/// Shortest read with the odd instruction that brings data whatever the form of its DO53.
const MIN_ODD_LENGTH: u32 = 2 * ODD_OVERHEAD;
/// The last resort for a file's first bytes.
const SMALLEST_FIRST_READ: u32 = 4;
/// Most commands for one block: every rung, every empty answer, one hint.
const MAX_ATTEMPTS: usize = RUNGS.len() + 3;
/// Answers without data before a read is given up.
const MAX_EMPTY_ANSWERS: u32 = 2;

/// How to find a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileAddress {
    /// File identifier.
    pub fid: u16,
    /// Short identifier, used where it saves a SELECT. `None`: always SELECT.
    pub sfi: Option<u8>,
}

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FileError {
    /// The card has no such file.
    #[error("the file is absent")]
    Absent,
    /// The card does not let this reader read it.
    #[error("the file is protected")]
    Locked,
    /// The card refused with another status.
    #[error("the card refused with {0}")]
    Refused(StatusWord),
    /// The file does not begin with a tag and a length.
    #[error("the file's header is unreadable: {0}")]
    Header(TlvError),
    /// The file claims to be longer than the limit.
    #[error("the file claims {announced} bytes, the limit is {limit}")]
    TooLong {
        /// What the header announces.
        announced: usize,
        /// What the caller allows.
        limit: usize,
    },
    /// The file ended before the length that its header announces.
    #[error("truncated file: {read} of {announced} bytes")]
    Truncated {
        /// What the header announces.
        announced: usize,
        /// What could be read.
        read: usize,
    },
    /// The card keeps answering without data.
    #[error("the card answers without data")]
    Stalled,
    /// The session failed; what was read so far is kept by the caller.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// What was learnt about a card in this contact; kept when a session is started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardQuirks {
    extended: ExtendedLength,
    /// Longest block that was not refused so far.
    block_limit: u32,
    /// Largest block that came back, for the report.
    largest_block: u32,
    short_identifiers: Option<bool>,
}

/// Whether card and reader take extended length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtendedLength {
    /// Not tried yet. Tried only outside protection, where a refusal costs nothing.
    Unknown,
    /// An extended command was answered.
    Works,
    /// The card or the reader refused one.
    Refused,
}

impl Default for CardQuirks {
    fn default() -> Self {
        Self { extended: ExtendedLength::Unknown, block_limit: RUNGS[0], largest_block: 0, short_identifiers: None }
    }
}

impl CardQuirks {
    /// Habits of a reader that is known to take short commands only.
    pub fn short_only() -> Self {
        Self { extended: ExtendedLength::Refused, ..Self::default() }
    }

    /// Whether card and reader take extended length.
    pub fn extended(&self) -> ExtendedLength {
        self.extended
    }

    /// The largest block that came back so far, in bytes.
    pub fn largest_block(&self) -> u32 {
        self.largest_block
    }

    /// Notes that extended length was refused.
    pub fn refuse_extended(&mut self) {
        self.extended = ExtendedLength::Refused;
    }

    /// The largest block that fits what is known; `protected_short` is the limit of short protected answers.
    fn block(&self, protected_short: Option<u32>) -> u32 {
        let extended = match protected_short {
            Some(_) => self.extended == ExtendedLength::Works,
            None => self.extended != ExtendedLength::Refused,
        };
        if extended { self.block_limit } else { self.block_limit.min(protected_short.unwrap_or(MAX_SHORT_EXPECTED)) }
    }

    /// Goes down to the first rung below `refused`. False at the bottom.
    fn step_down(&mut self, refused: u32) -> bool {
        let Some(rung) = RUNGS.into_iter().find(|rung| *rung < refused) else { return false };
        if refused > MAX_SHORT_EXPECTED && rung <= MAX_SHORT_EXPECTED {
            self.refuse_extended();
        }
        self.block_limit = rung;
        true
    }
}

/// Reads files over a session.
pub struct FileReader<'s, 't> {
    session: &'s mut CardSession<'t>,
}

impl<'s, 't> FileReader<'s, 't> {
    /// A reader on `session`.
    pub fn new(session: &'s mut CardSession<'t>) -> Self {
        Self { session }
    }

    /// Reads the whole file at `address` into `bytes`.
    ///
    /// `bytes` is empty at first; after a failure it holds what was read, and a later call (in a new session with
    /// the same card) goes on from there. `on_progress` is told bytes read and announced.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(
        &mut self,
        address: FileAddress,
        limit: usize,
        bytes: &mut Vec<u8>,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(), FileError> {
        if !self.open(address, bytes)? {
            self.select(address.fid)?;
        }
        let announced = self.read_header(limit.min(MAX_FILE_LEN), bytes)?;
        on_progress(bytes.len().min(announced), announced);
        while bytes.len() < announced {
            self.read_block(announced - bytes.len(), bytes).map_err(|error| with_length(error, announced))?;
            on_progress(bytes.len().min(announced), announced);
        }
        bytes.truncate(announced);
        Ok(())
    }

    /// SELECTs an elementary file.
    ///
    /// # Errors
    /// [`FileError::Absent`], [`FileError::Locked`], [`FileError::Refused`], [`FileError::Session`].
    pub fn select(&mut self, fid: u16) -> Result<(), FileError> {
        let answer = self.session.exchange(&CommandApdu::select_file(fid))?;
        if answer.status.brings_data() { Ok(()) } else { Err(refusal(answer.status)) }
    }

    /// Opens and reads the first block by short identifier, where that is possible. True when the file is current.
    fn open(&mut self, address: FileAddress, bytes: &mut Vec<u8>) -> Result<bool, FileError> {
        let known = self.session.quirks().short_identifiers;
        let Some(sfi) = address.sfi.filter(|_| bytes.is_empty() && known != Some(false)) else { return Ok(false) };
        let length = self.block();
        let answer = self.try_read(&CommandApdu::read_binary_sfi(sfi, length), length)?;
        match answer.status {
            status if status.brings_data() && !answer.data.is_empty() => {
                self.session.quirks_mut().short_identifiers = Some(true);
                self.keep(&answer.data, length, bytes);
                Ok(true)
            }
            // A card that understood a short identifier before means what it says.
            status if known == Some(true) && is_final(status) => Err(refusal(status)),
            status => {
                if known.is_none() && !is_final(status) && status.right_length().is_none() {
                    self.session.quirks_mut().short_identifiers = Some(false);
                }
                Ok(false)
            }
        }
    }

    /// Reads until the header is complete. Returns the announced length.
    fn read_header(&mut self, limit: usize, bytes: &mut Vec<u8>) -> Result<usize, FileError> {
        loop {
            match tlv::announced_len(bytes) {
                Ok(announced) if announced > limit => return Err(FileError::TooLong { announced, limit }),
                Ok(announced) => return Ok(announced),
                Err(TlvError::Truncated) if bytes.len() < HEADER_LEN => self.read_first(bytes)?,
                Err(error) => return Err(FileError::Header(error)),
            }
        }
    }

    /// Reads the first bytes of a file whose length is not known yet. A refusal may mean the file is short, so
    /// it teaches nothing about the card unless it was about extended length.
    fn read_first(&mut self, bytes: &mut Vec<u8>) -> Result<(), FileError> {
        let offset = u16::try_from(bytes.len()).unwrap_or(0);
        let lengths = [self.block(), self.short_block(), SMALLEST_FIRST_READ];
        let mut refused = StatusWord::WRONG_LENGTH;
        for length in lengths {
            let mut answer = self.try_read(&CommandApdu::read_binary(offset, length), length)?;
            if let Some(right_length) = answer.status.right_length() {
                answer = self.try_read(&CommandApdu::read_binary(offset, right_length), right_length)?;
            }
            match answer.status {
                status if status.brings_data() && !answer.data.is_empty() => {
                    if lengths[0] > MAX_SHORT_EXPECTED && length <= MAX_SHORT_EXPECTED {
                        self.session.quirks_mut().refuse_extended();
                    }
                    self.keep(&answer.data, length, bytes);
                    return Ok(());
                }
                StatusWord::END_OF_FILE => return Err(FileError::Header(TlvError::Truncated)),
                StatusWord::WRONG_LENGTH | StatusWord::WRONG_OFFSET | StatusWord::OK => refused = answer.status,
                status => return Err(refusal(status)),
            }
        }
        Err(if refused.is_ok() { FileError::Stalled } else { FileError::Refused(refused) })
    }

    /// Reads at least one byte at the present end of `bytes`, at most `wanted`, which the file is known to have.
    fn read_block(&mut self, wanted: usize, bytes: &mut Vec<u8>) -> Result<(), FileError> {
        let mut empty_answers = 0;
        let quirks_before = self.session.quirks();
        for _ in 0..MAX_ATTEMPTS {
            let (command, length) = self.block_command(bytes.len(), wanted);
            let answer = self.try_read(&command, length)?;
            let data = content(&command, &answer.data);
            let hint = answer.status.right_length().filter(|hint| *hint < length);
            match answer.status {
                status if status.brings_data() && !data.is_empty() => {
                    let taken = data.get(..data.len().min(wanted)).unwrap_or(data);
                    self.keep(taken, length, bytes);
                    return Ok(());
                }
                StatusWord::END_OF_FILE => return Err(FileError::Truncated { announced: 0, read: bytes.len() }),
                status if status.brings_data() => {
                    empty_answers += 1;
                    if empty_answers >= MAX_EMPTY_ANSWERS || !self.session.quirks_mut().step_down(length) {
                        return Err(FileError::Stalled);
                    }
                }
                _ if hint.is_some() => self.session.quirks_mut().block_limit = hint.unwrap_or(1),
                status @ (StatusWord::WRONG_LENGTH | StatusWord::WRONG_OFFSET) => {
                    if !self.session.quirks_mut().step_down(length) {
                        return Err(self.end_of_ladder(status, quirks_before, bytes.len()));
                    }
                }
                status => return Err(refusal(status)),
            }
        }
        Err(FileError::Stalled)
    }

    /// Not even one byte at this offset: the file ends here, which says nothing about the card's blocks.
    fn end_of_ladder(&mut self, status: StatusWord, quirks_before: CardQuirks, read: usize) -> FileError {
        if status != StatusWord::WRONG_OFFSET {
            return FileError::Refused(status);
        }
        *self.session.quirks_mut() = quirks_before;
        FileError::Truncated { announced: 0, read }
    }

    fn block_command(&self, offset: usize, wanted: usize) -> (CommandApdu, u32) {
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let block = self.block();
        match u16::try_from(offset) {
            Ok(even) if offset <= MAX_EVEN_OFFSET => {
                let length = wanted.min(block).max(1);
                (CommandApdu::read_binary(even, length), length)
            }
            _ => {
                let length = wanted.saturating_add(ODD_OVERHEAD).min(block).max(MIN_ODD_LENGTH);
                let offset = u32::try_from(offset).unwrap_or(u32::MAX);
                (CommandApdu::read_binary_odd(offset, length), length)
            }
        }
    }

    /// One READ BINARY. A reader that refuses extended length takes a rung and counts as "wrong length".
    fn try_read(&mut self, command: &CommandApdu, length: u32) -> Result<ResponseApdu, FileError> {
        let answer = self.session.exchange(command);
        let extended = length > MAX_SHORT_EXPECTED;
        match answer {
            Err(SessionError::Transport(TransportError::ExtendedLengthRefused)) => {
                self.session.quirks_mut().refuse_extended();
                Ok(ResponseApdu { data: Vec::new(), status: StatusWord::WRONG_LENGTH })
            }
            Err(error @ SessionError::Secure(SmError::Plain(_))) if extended => {
                self.session.quirks_mut().refuse_extended();
                Err(error.into())
            }
            Ok(answer) => {
                if extended && answer.status.brings_data() && !answer.data.is_empty() {
                    self.session.quirks_mut().extended = ExtendedLength::Works;
                }
                Ok(answer)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The block that short commands carry under the present protection.
    fn short_block(&self) -> u32 {
        self.session.secure().map_or(MAX_SHORT_EXPECTED, super::SecureMessaging::max_short_block)
    }

    fn block(&self) -> u32 {
        let protected_short = self.session.secure().map(super::SecureMessaging::max_short_block);
        self.session.quirks().block(protected_short)
    }

    fn keep(&mut self, data: &[u8], asked: u32, bytes: &mut Vec<u8>) {
        let received = u32::try_from(data.len()).unwrap_or(asked);
        let quirks = self.session.quirks_mut();
        quirks.largest_block = quirks.largest_block.max(received);
        bytes.extend_from_slice(data);
    }
}

/// The data of an answer, taken out of its DO53 where the instruction was odd. Anything else counts as no data.
fn content<'a>(command: &CommandApdu, data: &'a [u8]) -> &'a [u8] {
    if command.ins & 1 == 0 {
        return data;
    }
    tlv::single(data, 0x53).map(|element| element.value).unwrap_or_default()
}

fn is_final(status: StatusWord) -> bool {
    matches!(status, StatusWord::NOT_FOUND | StatusWord::SECURITY_STATUS)
}

fn refusal(status: StatusWord) -> FileError {
    match status {
        StatusWord::NOT_FOUND | StatusWord::RECORD_NOT_FOUND => FileError::Absent,
        StatusWord::SECURITY_STATUS => FileError::Locked,
        status => FileError::Refused(status),
    }
}

fn with_length(error: FileError, announced: usize) -> FileError {
    match error {
        FileError::Truncated { read, .. } => FileError::Truncated { announced, read },
        error => error,
    }
}
