//! A virtual card: the chip's side of the dialogue, with faults on order.
//!
//! ISO/IEC 7816-4 commands, BAC, PACE with generic and chip-authentication mapping over elliptic curves, secure messaging, chip
//! authentication (AES and 3DES) and active authentication, as the documents of ICAO Doc 9303-10 and -11 behave.
//!
//! Invariants: the same card with the same commands gives the same answers; the chip's arithmetic shares the
//! primitives with the reader's side, never its dialogue.

mod authenticate;
pub mod data;
mod fault;
mod files;
pub mod folder;
mod pace;
mod secure;

pub use data::{ActiveAuthenticationProfile, CardData, ChipAuthenticationProfile, PaceProfile};
pub use fault::{ActiveTrick, AnswerTrick, BacTrick, CardFault, PaceTrick, Refused};

use bits::random::SeededRandom;
use bits::tlv;
use files::Selection;
use iso7816::transport::{CardTransport, TransportError};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use secure::ChipSecureMessaging;

/// Answer to reset: a contactless card that offers T=1.
const ATR: [u8; 13] = [0x3B, 0x88, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x09];
/// Largest data of one short answer.
const SHORT_ANSWER_LEN: usize = 256;

/// A card that can be put into a field.
pub struct SyntheticCard {
    data: CardData,
    faults: Vec<CardFault>,
    random: SeededRandom,
    apdu_count: u32,
    protected_count: u32,
    state: State,
}

/// What a loss of power wipes.
#[derive(Default)]
struct State {
    selection: Selection,
    secure: Option<ChipSecureMessaging>,
    /// Protection that starts behind the answer to the present command.
    next_secure: Option<ChipSecureMessaging>,
    pace: pace::ChipPace,
    challenge: Option<Vec<u8>>,
    chip_authentication_chosen: bool,
    waiting: Vec<u8>,
    waiting_status: Option<StatusWord>,
    last_protected: Option<ResponseApdu>,
}

impl SyntheticCard {
    /// A card that plays `data` without a fault.
    pub fn new(data: CardData) -> Self {
        let random = SeededRandom::new("diemdanh lab card");
        Self { data, faults: Vec::new(), random, apdu_count: 0, protected_count: 0, state: State::default() }
    }

    /// The same card with another course of its random numbers.
    #[must_use]
    pub fn with_seed(mut self, seed: &str) -> Self {
        self.random = SeededRandom::new(&format!("diemdanh lab card {seed}"));
        self
    }

    /// The same card with one more fault.
    #[must_use]
    pub fn with_fault(mut self, fault: CardFault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Takes every fault off, as when a card is put back.
    pub fn without_faults(&mut self) {
        self.faults.clear();
    }

    /// The card access number, where there is one. A lab card's secrets are no secrets.
    pub fn can(&self) -> Option<&str> {
        self.data.can.as_ref().map(|can| can.expose().as_str())
    }

    /// The answer to reset.
    pub fn atr_bytes(&self) -> &'static [u8] {
        &ATR
    }

    /// Commands since the card was made.
    pub fn apdu_count(&self) -> u32 {
        self.apdu_count
    }

    /// Power off: session keys and selected file are gone.
    pub fn reset(&mut self) {
        self.state = State::default();
    }

    /// Plays one command. An empty answer means: the card left the field.
    pub fn process(&mut self, apdu: &[u8]) -> Vec<u8> {
        let index = self.apdu_count;
        self.apdu_count += 1;
        if self.faults.contains(&CardFault::LiftedAt(index)) {
            self.reset();
            return Vec::new();
        }
        if let Some(answer) = self.faulty_answer(index) {
            self.state.secure = None;
            return answer.encode();
        }
        let Ok(command) = CommandApdu::parse(apdu) else { return status(StatusWord::WRONG_LENGTH).encode() };
        if let Some(word) = self.gives_up_at(&command) {
            self.state.secure = None;
            return status(word).encode();
        }
        let mut answer = self.answer(&command).encode();
        if let Some(next) = self.state.next_secure.take() {
            self.state.secure = Some(next);
        }
        if self.faults.contains(&CardFault::WrongMacAt(index)) && answer.len() > 4 {
            let last = answer.len() - 3;
            answer[last] ^= 0x01;
        }
        answer
    }

    /// True where the command with this index gets no answer at all, though the card stays in the field.
    fn is_mute(&self, index: u32) -> bool {
        self.faults.iter().any(|fault| matches!(fault, CardFault::MuteFrom(first) if *first <= index))
    }

    fn faulty_answer(&self, index: u32) -> Option<ResponseApdu> {
        self.faults.iter().find_map(|fault| match fault {
            CardFault::PlainStatusAt(at, word) if *at == index => Some(status(StatusWord(*word))),
            _ => None,
        })
    }

    fn answer(&mut self, command: &CommandApdu) -> ResponseApdu {
        if command.ins == 0xC0 && command.cla == 0 && self.state.waiting_status.is_some() {
            return self.next_piece(command.expected.unwrap_or(0));
        }
        if self.faults.contains(&CardFault::ShortOnly) && command.is_extended() {
            self.state.secure = None;
            return status(StatusWord::WRONG_LENGTH);
        }
        let answer = match self.state.secure.take() {
            Some(secure) if command.cla & 0x0C == 0x0C => self.answer_protected(secure, command),
            // A plain command ends secure messaging and is then played without it.
            _ if command.cla & 0x0C == 0x0C => status(StatusWord::SM_OBJECTS_WRONG),
            _ => self.execute(command, None),
        };
        self.fit(command, answer)
    }

    fn answer_protected(&mut self, mut secure: ChipSecureMessaging, command: &CommandApdu) -> ResponseApdu {
        let plain = match secure.unprotect(command) {
            Ok(plain) => plain,
            Err(word) => return status(word),
        };
        let longest = if command.is_extended() { None } else { Some(secure.max_short_block()) };
        let answer = self.execute(&plain, Some(longest));
        let index = self.protected_count;
        self.protected_count += 1;
        let trick = self.faults.iter().find_map(|fault| match fault {
            CardFault::Protected(at, trick) if *at == index => Some(*trick),
            _ => None,
        });
        let protected = match trick {
            None => secure.protect(&answer),
            Some(AnswerTrick::Replayed) => self.state.last_protected.clone().unwrap_or(answer),
            Some(trick) => secure.protect_wrongly(&answer, trick),
        };
        self.state.last_protected = Some(protected.clone());
        let given_up = matches!(trick, Some(AnswerTrick::PlainStatus(_)));
        self.state.secure = Some(secure).filter(|_| !given_up);
        protected
    }

    /// Plays a command in the clear. `protection`: the session is protected, and answers are cut to this length.
    fn execute(&mut self, command: &CommandApdu, protection: Option<Option<u32>>) -> ResponseApdu {
        if let Some(word) = self.refusal(command) {
            return status(word);
        }
        match command.ins {
            0xA4 => self.select(command),
            0xB0 | 0xB1 => self.read_binary(command, protection),
            0x84 => self.get_challenge(command),
            0x82 => self.external_authenticate(command),
            0x22 if (command.p1, command.p2) == (0xC1, 0xA4) => self.choose_pace(command),
            0x22 if protection.is_some() => self.choose_chip_authentication(command),
            0x86 if self.state.chip_authentication_chosen && protection.is_some() => self.authenticate_chip(command),
            0x86 => self.general_authenticate(command),
            0x88 if protection.is_some() => self.internal_authenticate(command),
            0x22 | 0x88 => status(StatusWord::SECURITY_STATUS),
            _ => status(StatusWord::INSTRUCTION_UNKNOWN),
        }
    }

    /// The status that a named command is refused with.
    fn refusal(&self, command: &CommandApdu) -> Option<StatusWord> {
        let name = match (command.ins, command.p1, command.p2) {
            (0xA4, 0x04, _) => Refused::Application,
            (0xA4, ..) if command.data == [0x3F, 0x00] => Refused::MasterFile,
            (0x22, 0xC1, 0xA4) => Refused::PaceChoice,
            (0x82, ..) => Refused::BacAuthentication,
            (0x86, ..) if self.state.pace.awaits_token() => Refused::PaceToken,
            _ => return None,
        };
        self.faults.iter().find_map(|fault| match fault {
            CardFault::Refuses(refused, word) if *refused == name => Some(StatusWord(*word)),
            _ => None,
        })
    }

    /// The plain status with which the chip gives up its session at a command.
    fn gives_up_at(&self, command: &CommandApdu) -> Option<StatusWord> {
        let name = match (command.ins, command.p1) {
            (0x22, 0x41) => Refused::ChipChoice,
            (0x88, _) => Refused::ActiveChallenge,
            _ => return None,
        };
        self.faults.iter().find_map(|fault| match fault {
            CardFault::GivesUpAt(refused, word) if *refused == name => Some(StatusWord(*word)),
            _ => None,
        })
    }

    /// How long somebody waits for the answer to the next command, in milliseconds.
    pub fn delay_ms(&self) -> u32 {
        let delays = self.faults.iter().filter_map(|fault| match fault {
            CardFault::SlowFor(index, delay_ms) if *index == self.apdu_count => Some(*delay_ms),
            _ => None,
        });
        delays.max().unwrap_or(0)
    }

    /// A short command gets at most 256 bytes at once; the rest waits for GET RESPONSE.
    fn fit(&mut self, command: &CommandApdu, answer: ResponseApdu) -> ResponseApdu {
        if command.is_extended() || answer.data.len() <= SHORT_ANSWER_LEN {
            return answer;
        }
        self.state.waiting = answer.data;
        self.state.waiting_status = Some(answer.status);
        self.next_piece(256)
    }

    fn next_piece(&mut self, length: u32) -> ResponseApdu {
        let length = usize::try_from(length).unwrap_or(0).min(self.state.waiting.len());
        let data: Vec<u8> = self.state.waiting.drain(..length).collect();
        let left = self.state.waiting.len();
        let word = match u8::try_from(left) {
            Ok(0) => self.state.waiting_status.take().unwrap_or(StatusWord::OK),
            Ok(left) => StatusWord(0x6100 | u16::from(left)),
            Err(_) => StatusWord(0x6100),
        };
        ResponseApdu { data, status: word }
    }
}

impl CardTransport for SyntheticCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.is_mute(self.apdu_count) {
            return Err(TransportError::TimedOut { timeout_ms: CardFault::MUTE_TIMEOUT_MS });
        }
        let answer = self.process(command);
        if answer.len() < 2 { Err(TransportError::CardLost) } else { Ok(answer) }
    }

    fn atr(&self) -> &[u8] {
        &ATR
    }
}

fn status(word: StatusWord) -> ResponseApdu {
    ResponseApdu { data: Vec::new(), status: word }
}

fn data(data: Vec<u8>) -> ResponseApdu {
    ResponseApdu { data, status: StatusWord::OK }
}

/// The value of the first object with `tag`.
fn object(bytes: &[u8], tag: u32) -> Option<&[u8]> {
    let mut reader = tlv::Reader::new(bytes);
    while let Ok(element) = reader.read() {
        if element.tag == tag {
            return Some(element.value);
        }
    }
    None
}
