//! The seam between card dialogues and whatever carries their bytes.
//!
//! Real: `host::pcsc`. Simulated: `lab`. Both pass the same contract test.

use thiserror::Error;

/// Why an exchange did not bring an answer. None of these says anything about the card's genuineness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransportError {
    /// The card left the field, was reset, or answered with fewer than two bytes.
    #[error("the card was lost")]
    CardLost,
    /// The reader was unplugged.
    #[error("the reader was lost")]
    ReaderLost,
    /// The PC/SC service went away.
    #[error("the PC/SC service was lost")]
    ServiceLost,
    /// Another program holds the card.
    #[error("another program holds the card")]
    HeldByAnother,
    /// The card did not answer in time.
    #[error("no answer within {timeout_ms} ms")]
    TimedOut {
        /// The limit that was passed.
        timeout_ms: u32,
    },
    /// The reader refuses commands with extended length.
    #[error("the reader refuses extended length")]
    ExtendedLengthRefused,
    /// The reader or its driver failed with a code of its own.
    #[error("the reader failed ({code:#010x})")]
    ReaderFailed {
        /// The PC/SC code.
        code: u32,
    },
}

/// One connection to one card in the field. Dropping it ends the connection and resets the card.
pub trait CardTransport: Send {
    /// Sends one command APDU and returns the whole response, data and the two status bytes.
    ///
    /// # Errors
    /// [`TransportError`]. An answer shorter than two bytes is [`TransportError::CardLost`].
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;

    /// The answer to reset of the card.
    fn atr(&self) -> &[u8];
}

/// What a reader has to say between taps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// A reader is ready and its field is empty.
    Ready {
        /// The reader's name.
        reader: String,
    },
    /// A card is in the field.
    CardPresent {
        /// The reader's name.
        reader: String,
        /// Its answer to reset.
        atr: Vec<u8>,
    },
    /// The card left the field.
    CardRemoved,
    /// No reader (or not the configured one) is connected.
    NoReader,
    /// The PC/SC service is not running.
    ServiceDown,
}

/// A reader: reports what enters its field and connects to it. Recovers by itself from lost readers and services.
pub trait CardReader: Send {
    /// Waits for the next change, at most `timeout_ms`. `None` when nothing changed.
    fn wait(&mut self, timeout_ms: u32) -> Option<ReaderEvent>;

    /// Connects exclusively to the card in the field.
    ///
    /// # Errors
    /// [`TransportError`] when there is no card or it cannot be had.
    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError>;
}
