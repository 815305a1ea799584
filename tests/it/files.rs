//! Reading files from cards with every habit that was met on real ones (conformance group C).

use diemdanh::bits::tlv;
use diemdanh::iso7816::files::{FileAddress, FileError, FileReader};
use diemdanh::iso7816::transport::{CardTransport, TransportError};
use diemdanh::iso7816::{CardSession, CommandApdu, ResponseApdu, SessionError, StatusWord};

/// A plain card with one file and habits.
struct PlainCard {
    file: Vec<u8>,
    /// Longest block that the card sends.
    block: usize,
    /// What it does when more is asked for.
    refusal: Refusal,
    short_only: bool,
    reader_short_only: bool,
    end_of_file_warning: bool,
    short_identifiers: bool,
    selected: bool,
    lost_after: Option<usize>,
    log: Vec<CommandApdu>,
}

#[derive(Clone, Copy, PartialEq)]
enum Refusal {
    /// Sends what fits.
    Less,
    /// `6Cxx`.
    RightLength,
    /// This status.
    Status(u16),
    /// `9000` without data.
    Empty,
    /// `61xx`, the rest by GET RESPONSE.
    Pieces,
}

impl PlainCard {
    fn new(length: usize) -> Self {
        let value: Vec<u8> = (0..length).map(|index| u8::try_from(index * 7 % 251).unwrap()).collect();
        Self {
            file: tlv::encode(0x75, &value),
            block: 65_536,
            refusal: Refusal::Less,
            short_only: false,
            reader_short_only: false,
            end_of_file_warning: false,
            short_identifiers: true,
            selected: false,
            lost_after: None,
            log: Vec::new(),
        }
    }

    fn answer(&mut self, command: &CommandApdu) -> Vec<u8> {
        match command.ins {
            _ if self.short_only && command.is_extended() => status(0x6700),
            0xA4 => {
                self.selected = true;
                status(0x9000)
            }
            0xC0 => self.send(0, command.expected.unwrap(), 0x9000),
            0xB0 if command.p1 & 0x80 != 0 && !self.short_identifiers => status(0x6A86),
            0xB0 if command.p1 & 0x80 != 0 => {
                self.selected = true;
                self.read(usize::from(command.p2), command.expected.unwrap())
            }
            0xB0 if self.selected => {
                self.read(usize::from(u16::from_be_bytes([command.p1, command.p2])), command.expected.unwrap())
            }
            0xB1 if self.selected => {
                let offset = tlv::single(&command.data, 0x54).unwrap().value;
                let offset = offset.iter().fold(0, |offset, byte| offset << 8 | usize::from(*byte));
                let mut answer = self.read(offset, command.expected.unwrap() - 4);
                let status = answer.split_off(answer.len() - 2);
                [tlv::encode(0x53, &answer), status].concat()
            }
            _ => status(0x6D00),
        }
    }

    fn read(&mut self, offset: usize, expected: u32) -> Vec<u8> {
        let expected = usize::try_from(expected).unwrap();
        if offset >= self.file.len() {
            return status(0x6B00);
        }
        if expected > self.block {
            return match self.refusal {
                Refusal::Less => self.send(offset, u32::try_from(self.block).unwrap(), 0x9000),
                Refusal::RightLength => status(0x6C00 | u16::try_from(self.block % 256).unwrap()),
                Refusal::Status(word) => status(word),
                Refusal::Empty => status(0x9000),
                Refusal::Pieces => self.send(offset, 1, 0x6100),
            };
        }
        let short = self.end_of_file_warning && offset + expected > self.file.len();
        self.send(offset, u32::try_from(expected).unwrap(), if short { 0x6282 } else { 0x9000 })
    }

    fn send(&self, offset: usize, expected: u32, word: u16) -> Vec<u8> {
        let end = (offset + usize::try_from(expected).unwrap()).min(self.file.len());
        [&self.file[offset..end], &word.to_be_bytes()].concat()
    }
}

impl CardTransport for PlainCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let command = CommandApdu::parse(command).unwrap();
        if self.reader_short_only && command.is_extended() {
            return Err(TransportError::ExtendedLengthRefused);
        }
        if self.lost_after.is_some_and(|lost_after| self.log.len() >= lost_after) {
            return Err(TransportError::CardLost);
        }
        self.log.push(command.clone());
        Ok(self.answer(&command))
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

const ADDRESS: FileAddress = FileAddress { fid: 0x0102, sfi: Some(2) };
const LIMIT: usize = 200 * 1024;

#[test]
fn c09_every_block_length_gives_the_same_bytes() {
    for refusal in [Refusal::Less, Refusal::RightLength, Refusal::Status(0x6700), Refusal::Status(0x6B00)] {
        for block in [4, 5, 16, 100, 223, 231, 255, 256, 1000, 4096, 65_536] {
            // A block that cannot hold a DO53 reads no file beyond the reach of the even instruction.
            let longest = if block < 16 { 20_000 } else { 33_000 };
            for length in [0, 1, 22, 93, 255, 256, 257, 20_000, longest] {
                let commands = check(PlainCard { block, refusal, ..PlainCard::new(length) });
                assert!(commands <= 12 + 2 * length / block.min(231), "{block} {length}: {commands} commands");
            }
        }
    }
    check(PlainCard { block: 1, ..PlainCard::new(300) });
}

#[test]
fn c08_large_files_need_the_odd_instruction() {
    for block in [100, 256, 65_536] {
        for short_only in [true, false] {
            check(PlainCard { block, short_only, ..PlainCard::new(70_000) });
        }
    }
}

#[test]
fn c07_short_only_cards_and_readers() {
    let mut card = PlainCard { short_only: true, end_of_file_warning: true, ..PlainCard::new(2000) };
    let mut session = CardSession::new(&mut card);
    for _ in 0..2 {
        read(&mut session, &mut Vec::new()).unwrap();
    }
    assert_eq!(session.quirks().extended(), diemdanh::iso7816::files::ExtendedLength::Refused);
    let extended = card.log.iter().filter(|command| command.is_extended()).count();
    assert!(extended <= 2, "a refusal is remembered");
    check(PlainCard { reader_short_only: true, ..PlainCard::new(2000) });
}

#[test]
fn small_files_take_one_command() {
    let mut card = PlainCard::new(93);
    let mut session = CardSession::new(&mut card);
    read(&mut session, &mut Vec::new()).unwrap();
    assert_eq!(session.apdu_count(), 1);
}

#[test]
fn cards_without_short_identifiers() {
    let commands = check(PlainCard { short_identifiers: false, ..PlainCard::new(500) });
    assert_eq!(commands, 3);
}

#[test]
fn c07_answers_without_data_end_the_read() {
    let mut card = PlainCard { block: 0, refusal: Refusal::Empty, ..PlainCard::new(500) };
    assert_eq!(read(&mut CardSession::new(&mut card), &mut Vec::new()), Err(FileError::Stalled));
    assert!(card.log.len() < 30);
}

#[test]
fn an_answer_that_never_ends() {
    let mut card = PlainCard { block: 0, refusal: Refusal::Pieces, ..PlainCard::new(500) };
    let result = read(&mut CardSession::new(&mut card), &mut Vec::new());
    // GET RESPONSE finishes each answer; the file is read byte by byte or refused, but it ends.
    assert!(result.is_ok() || result.is_err());
    assert!(card.log.len() < 2000);
}

#[test]
fn c06_headers_that_lie() {
    let with_file = |file: Vec<u8>| PlainCard { file, end_of_file_warning: true, ..PlainCard::new(0) };
    let read = |mut card: PlainCard| read(&mut CardSession::new(&mut card), &mut Vec::new());
    let huge = read(with_file(vec![0x75, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]));
    assert!(matches!(huge, Err(FileError::TooLong { limit: LIMIT, .. })), "{huge:?}");
    let long = read(with_file(vec![0x75, 0x10, 1, 2, 3]));
    assert!(matches!(long, Err(FileError::Truncated { announced: 18, read: 5 } | FileError::Refused(_))), "{long:?}");
    assert!(matches!(read(with_file(vec![0x75, 0x80, 0, 0])), Err(FileError::Header(_))));
    assert!(read(with_file(vec![0x75])).is_err());
    assert_eq!(read(with_file(vec![0x75, 0x01, 0xAA, 0x00, 0x00, 0x00])), Ok(()));
}

#[test]
fn absent_and_locked_files() {
    struct Refusing(u16);
    impl CardTransport for Refusing {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            Ok(status(self.0))
        }
        fn atr(&self) -> &[u8] {
            &[]
        }
    }
    let read = |word| read(&mut CardSession::new(&mut Refusing(word)), &mut Vec::new());
    assert_eq!(read(0x6A82), Err(FileError::Absent));
    assert_eq!(read(0x6982), Err(FileError::Locked));
    assert_eq!(read(0x6F00), Err(FileError::Refused(StatusWord(0x6F00))));
    let truncated = FileError::Session(SessionError::Transport(TransportError::CardLost));
    struct Mute;
    impl CardTransport for Mute {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            Ok(vec![0x90])
        }
        fn atr(&self) -> &[u8] {
            &[]
        }
    }
    assert_eq!(super::files::read(&mut CardSession::new(&mut Mute), &mut Vec::new()), Err(truncated));
}

#[test]
fn c10_file_resumes_where_it_was() {
    let whole = PlainCard { block: 200, ..PlainCard::new(3000) };
    for lost_after in 0..18 {
        let mut card = PlainCard { block: 200, lost_after: Some(lost_after), ..PlainCard::new(3000) };
        let mut bytes = Vec::new();
        let mut session = CardSession::new(&mut card);
        let result = read(&mut session, &mut bytes);
        let quirks = session.quirks();
        if result.is_err() {
            let before = bytes.len();
            card.lost_after = None;
            card.selected = false;
            card.log.clear();
            read(&mut CardSession::resume(&mut card, quirks, 0), &mut bytes).unwrap();
            let offsets = card.log.iter().filter(|command| command.ins == 0xB0 && command.p1 & 0x80 == 0);
            let first = offsets.map(|command| usize::from(u16::from_be_bytes([command.p1, command.p2]))).min();
            assert!(before == 0 || first.is_none_or(|first| first == before), "nothing is read twice");
        }
        assert_eq!(bytes, whole.file, "{lost_after}");
    }
}

fn check(mut card: PlainCard) -> usize {
    let mut bytes = Vec::new();
    read(&mut CardSession::new(&mut card), &mut bytes)
        .unwrap_or_else(|error| panic!("block {}, file {}: {error}", card.block, card.file.len()));
    assert!(bytes == card.file, "block {}, file {}", card.block, card.file.len());
    card.log.len()
}

fn read(session: &mut CardSession<'_>, bytes: &mut Vec<u8>) -> Result<(), FileError> {
    let mut last = 0;
    FileReader::new(session).read(ADDRESS, LIMIT, bytes, &mut |done, total| {
        assert!(done >= last && done <= total, "progress goes forward");
        last = done;
    })
}

fn status(word: u16) -> Vec<u8> {
    ResponseApdu { data: Vec::new(), status: StatusWord(word) }.encode()
}
