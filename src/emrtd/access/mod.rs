//! Access control: the keys that open a chip and the procedures that use them (ICAO Doc 9303-11 §4).
//!
//! The dialogues are straight-line; the arithmetic between two commands is pure and tested on the standard's figures.
//!
//! Invariants: a key that the card refused is not tried again here; BAC is never a silent fallback of PACE; nothing
//! that a failed procedure brought is used.

pub mod bac;
pub mod key;
pub mod pace;

use crypto::cipher::CipherError;
use crypto::dh::DhError;
use crypto::ec::EcError;
use iso7816::{SessionError, StatusWord};
use thiserror::Error;

/// Why a chip was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessError {
    /// The key is wrong: another card, or a wrong number or date.
    #[error("the card refused the key ({status})")]
    WrongKey {
        /// The status word to the step at which a wrong key shows.
        status: StatusWord,
    },
    /// The card does not offer this procedure.
    #[error("the card does not offer this procedure ({status})")]
    NotOffered {
        /// The status word to the first command of the procedure.
        status: StatusWord,
    },
    /// The password is blocked, suspended or counted down: stop.
    #[error("the card counts or blocks tries ({status} to {step:?})")]
    Blocked {
        /// The step that the chip answered so.
        step: Step,
        /// The status word: `63Cx` has x tries left, `6983` and `6985` none for now.
        status: StatusWord,
    },
    /// The chip did what no genuine chip does.
    #[error("the chip violated the protocol: {0}")]
    Forged(Violation),
    /// The chip wants what this program does not do, or the key does not go with the procedure.
    #[error("not supported: {0:?}")]
    Unsupported(Unsupported),
    /// The card refused a step with another status.
    #[error("the card refused {step:?} with {status}")]
    Refused {
        /// The step that the chip refused.
        step: Step,
        /// The status word, none of those that the other causes stand for.
        status: StatusWord,
    },
    /// The link broke.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// What the chip did against the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Violation {
    /// The answer to a step is not of the form that the protocol asks for, or holds more.
    #[error("malformed answer to {0:?}")]
    MalformedAnswer(Step),
    /// A public point is not on the curve or of the wrong form.
    #[error(transparent)]
    Point(#[from] EcError),
    /// A public value is not in the group.
    #[error(transparent)]
    Element(#[from] DhError),
    /// The chip sent our own public key back.
    #[error("the chip's public key is the terminal's")]
    ReflectedKey,
    /// The chip's authentication token is wrong.
    #[error("the chip's token is wrong")]
    WrongToken,
    /// The authentication code of the chip's answer is wrong.
    #[error("authentication code mismatch")]
    WrongMac,
    /// The chip did not return our random number.
    #[error("the random numbers differ")]
    WrongRandom,
    /// A cryptogram is not a whole number of blocks.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The chip's mapping key does not belong to its static key (chip authentication mapping).
    #[error("the mapping key is not the static key's")]
    WrongMappingKey,
}

/// What is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsupported {
    /// Integrated mapping on P-224 or with a nonce shorter than the cipher's key.
    IntegratedMapping,
    /// The key cannot be used with this procedure (BAC with a card access number).
    KeyForProcedure,
    /// None of the variants that the chip offers is known.
    NoKnownVariant,
}

/// A step of an access procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// PACE: choosing protocol, password and parameters.
    ChooseProtocol,
    /// PACE: the encrypted nonce.
    Nonce,
    /// PACE: mapping the nonce.
    Map,
    /// PACE: key agreement.
    Agree,
    /// PACE: mutual authentication.
    Token,
    /// BAC: the chip's challenge.
    Challenge,
    /// BAC: mutual authentication.
    Authenticate,
}

impl AccessError {
    /// The status that a step of choosing or beginning was refused with: where nothing was offered, that is how a card
    /// says that it does not know the procedure at all.
    pub fn refused_at_the_beginning(&self) -> Option<StatusWord> {
        match self {
            Self::NotOffered { status } => Some(*status),
            Self::Blocked { step, status } | Self::Refused { step, status }
                if matches!(step, Step::ChooseProtocol | Step::Nonce) =>
            {
                Some(*status)
            }
            _ => None,
        }
    }

    /// The status of a step that failed, sorted by what it means there. At the last step a bare refusal is the
    /// card's way to say "wrong key".
    fn from_status(step: Step, status: StatusWord) -> Self {
        let last = matches!(step, Step::Token | Step::Authenticate);
        match status {
            StatusWord::BLOCKED | StatusWord::CONDITIONS => Self::Blocked { step, status },
            _ if status.tries_left().is_some() => Self::Blocked { step, status },
            StatusWord::VERIFICATION_FAILED
            | StatusWord::SM_OBJECTS_WRONG
            | StatusWord::SECURITY_STATUS
            | StatusWord::WRONG_DATA
                if last =>
            {
                Self::WrongKey { status }
            }
            StatusWord::REFERENCE_NOT_FOUND
            | StatusWord::INSTRUCTION_UNKNOWN
            | StatusWord::CLASS_UNKNOWN
            | StatusWord::WRONG_PARAMETERS => Self::NotOffered { status },
            StatusWord::WRONG_DATA if step == Step::ChooseProtocol => Self::NotOffered { status },
            _ => Self::Refused { step, status },
        }
    }
}

impl From<Violation> for AccessError {
    fn from(violation: Violation) -> Self {
        Self::Forged(violation)
    }
}

impl From<EcError> for AccessError {
    fn from(error: EcError) -> Self {
        Self::Forged(error.into())
    }
}

impl From<DhError> for AccessError {
    fn from(error: DhError) -> Self {
        Self::Forged(error.into())
    }
}

impl From<CipherError> for AccessError {
    fn from(error: CipherError) -> Self {
        Self::Forged(error.into())
    }
}
