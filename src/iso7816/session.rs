//! One session with one card: plain at first, protected after access control.

use super::files::CardQuirks;
use super::secure::{SecureMessaging, SmError};
use super::transport::{CardTransport, TransportError};
use super::{CommandApdu, ResponseApdu, StatusWord};
use thiserror::Error;

/// Most GET RESPONSE commands for one answer: 65,536 bytes in pieces of 128.
const MAX_PIECES: usize = 512;

/// Why an exchange brought no usable answer. A status other than success is no error here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionError {
    /// The card, the reader or the service was lost.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Secure messaging was violated; the session has ended.
    #[error(transparent)]
    Secure(#[from] SmError),
    /// The card sent more pieces of one answer than any answer can have.
    #[error("the card never finishes its answer")]
    EndlessAnswer,
}

/// The link to one card. Counts commands, keeps the protection, remembers the card's quirks.
pub struct CardSession<'t> {
    transport: &'t mut (dyn CardTransport + 't),
    secure: Option<SecureMessaging>,
    quirks: CardQuirks,
    apdu_count: u32,
}

impl<'t> CardSession<'t> {
    /// A plain session.
    pub fn new(transport: &'t mut (dyn CardTransport + 't)) -> Self {
        Self { transport, secure: None, quirks: CardQuirks::default(), apdu_count: 0 }
    }

    /// A plain session with a card that is known from a session before.
    pub fn resume(transport: &'t mut (dyn CardTransport + 't), quirks: CardQuirks, apdu_count: u32) -> Self {
        Self { transport, secure: None, quirks, apdu_count }
    }

    /// Commands sent so far, GET RESPONSE included.
    pub fn apdu_count(&self) -> u32 {
        self.apdu_count
    }

    /// What is known about the card's lengths and file addressing.
    pub fn quirks(&self) -> CardQuirks {
        self.quirks
    }

    pub(super) fn quirks_mut(&mut self) -> &mut CardQuirks {
        &mut self.quirks
    }

    /// The protection, if there is one.
    pub fn secure(&self) -> Option<&SecureMessaging> {
        self.secure.as_ref()
    }

    /// Puts the session under (new) protection. The old keys, if any, are wiped.
    pub fn protect_with(&mut self, secure: SecureMessaging) {
        self.secure = Some(secure);
    }

    /// Drops the protection and goes on in the clear, as after a reset of the card.
    pub fn drop_protection(&mut self) {
        self.secure = None;
    }

    /// Sends one command, protected if the session is, and returns the card's answer, whatever its status.
    ///
    /// `61xx` is followed with GET RESPONSE, and outside protection `6Cxx` with one repetition.
    ///
    /// # Errors
    /// [`SessionError`]. After [`SessionError::Secure`] the protected session has ended.
    pub fn exchange(&mut self, command: &CommandApdu) -> Result<ResponseApdu, SessionError> {
        let Some(secure) = &mut self.secure else { return self.exchange_plain(command) };
        let protected = secure.protect(command)?;
        let answer = self.send_and_collect(&protected);
        let Some(secure) = &mut self.secure else { return Err(SmError::Ended.into()) };
        match answer {
            Ok(answer) => Ok(secure.unprotect(&answer)?),
            Err(SessionError::Transport(TransportError::ExtendedLengthRefused)) => {
                secure.command_not_sent();
                Err(TransportError::ExtendedLengthRefused.into())
            }
            Err(error) => {
                secure.end();
                Err(error)
            }
        }
    }

    fn exchange_plain(&mut self, command: &CommandApdu) -> Result<ResponseApdu, SessionError> {
        let answer = self.send_and_collect(command)?;
        match answer.status.right_length() {
            Some(length) if command.expected.is_some() => self.send_and_collect(&command.clone().expecting(length)),
            _ => Ok(answer),
        }
    }

    /// Sends a command as it is and collects an answer that comes in pieces. Pieces are plain even inside
    /// protection: the whole they make is what the authentication code covers.
    fn send_and_collect(&mut self, command: &CommandApdu) -> Result<ResponseApdu, SessionError> {
        let mut answer = self.send(command)?;
        for _ in 0..MAX_PIECES {
            let Some(length) = answer.status.waiting() else { return Ok(answer) };
            let piece = self.send(&CommandApdu::get_response(length))?;
            answer.data.extend(piece.data);
            answer.status = piece.status;
        }
        Err(SessionError::EndlessAnswer)
    }

    fn send(&mut self, command: &CommandApdu) -> Result<ResponseApdu, SessionError> {
        self.apdu_count = self.apdu_count.saturating_add(1);
        let answer = self.transport.transmit(&command.encode())?;
        Ok(ResponseApdu::parse(&answer).ok_or(TransportError::CardLost)?)
    }

    /// Sends a command and asks for `9000`. Returns the data.
    ///
    /// # Errors
    /// The outer [`SessionError`]; the inner status where it is another.
    pub fn expect_ok(&mut self, command: &CommandApdu) -> Result<Result<Vec<u8>, StatusWord>, SessionError> {
        let answer = self.exchange(command)?;
        Ok(if answer.status.is_ok() { Ok(answer.data) } else { Err(answer.status) })
    }
}
