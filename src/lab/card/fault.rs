//! What may be wrong with a card in the field, beside what is wrong with its data.

/// One fault. Command indexes count from zero since the card was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardFault {
    /// The card leaves the field instead of answering this command.
    LiftedAt(u32),
    /// The card stays in the field and never answers from this command on.
    MuteFrom(u32),
    /// Extended length is refused with a plain `6700`, which ends secure messaging.
    ShortOnly,
    /// READ BINARY never sends more than this many bytes.
    MaxBlock(u32),
    /// The authentication code of this answer is wrong.
    WrongMacAt(u32),
    /// This command is answered with a plain status, whatever it was.
    PlainStatusAt(u32, u16),
    /// SELECT of the master file is unknown (`6D00`).
    NoMasterFile,
    /// EF.CardAccess answers `6982`.
    CardAccessLocked,
    /// Short file identifiers are unknown (`6A86`).
    NoShortIdentifiers,
    /// This command is refused with this status, under protection where the session is protected.
    Refuses(Refused, u16),
    /// This command is answered with this plain status, and the chip has given up the session.
    GivesUpAt(Refused, u16),
    /// PACE goes wrong at one point.
    Pace(PaceTrick),
    /// BAC goes wrong at one point.
    Bac(BacTrick),
    /// The protected answer with this number, counted from zero, is wrong in one way.
    Protected(u32, AnswerTrick),
    /// READ BINARY of this file brings its data with this status.
    ReadStatus(u16, u16),
    /// READ BINARY of more than this many bytes is refused with this status.
    RefusesBlocksOver(u32, u16),
    /// READ BINARY of this file brings `9000` and nothing, from this offset on.
    EmptyReads(u16, u32),
    /// Active authentication goes wrong at one point.
    Active(ActiveTrick),
    /// The answer to this command takes this many milliseconds, where somebody waits for it.
    SlowFor(u32, u32),
    /// Chip authentication is refused with this status.
    RefusesChipAuthentication(u16),
}

impl CardFault {
    /// Time-out that is reported for a mute card where nobody really waits.
    pub const MUTE_TIMEOUT_MS: u32 = 10_000;
}

/// A command that can be refused by name, wherever it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// SELECT of the master file.
    MasterFile,
    /// SELECT of the travel document application.
    Application,
    /// MSE:Set AT of PACE.
    PaceChoice,
    /// The last GENERAL AUTHENTICATE of PACE.
    PaceToken,
    /// MSE:Set of chip authentication.
    ChipChoice,
    /// INTERNAL AUTHENTICATE.
    ActiveChallenge,
    /// EXTERNAL AUTHENTICATE of BAC.
    BacAuthentication,
}

/// What a chip may do wrong in PACE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaceTrick {
    /// A nonce of 32 bytes: not wrong, but rare.
    LongNonce,
    /// A nonce of one block of the cipher: 8 bytes with 3DES. Not wrong either.
    ShortNonce,
    /// The terminal's own mapping key comes back.
    ReflectedMapKey,
    /// The terminal's own agreement key comes back.
    ReflectedAgreementKey,
    /// The mapping key is not on the curve.
    MapKeyOffCurve,
    /// The agreement key is not on the curve.
    AgreementKeyOffCurve,
    /// The mapping key is the point at infinity.
    Infinity,
    /// One byte of the token is wrong.
    WrongToken,
    /// There is no token.
    NoToken,
    /// An object stands behind the token.
    ExtraObject,
    /// One byte of the data of chip-authentication mapping is wrong.
    WrongMappingData,
    /// The data of chip-authentication mapping is not padded.
    WrongMappingPadding,
}

/// What a chip may do wrong in BAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BacTrick {
    /// The terminal's random number does not come back.
    WrongRandom,
    /// The authentication code is wrong.
    WrongMac,
    /// One byte is missing.
    OneByteLess,
    /// One byte is too much.
    OneByteMore,
}

/// What may be wrong with a protected answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerTrick {
    /// The last bit of the authentication code is flipped.
    FlippedMac,
    /// The status behind the answer is another than the protected one.
    OuterStatus(u16),
    /// The protected status is another than the one behind the answer.
    InnerStatus(u16),
    /// The data comes in the clear.
    PlainData,
    /// A bare status, in the clear; the chip has given up the session.
    PlainStatus(u16),
    /// No authentication code.
    NoMac,
    /// No protected status.
    NoStatus,
    /// Padding indicator 02.
    PaddingIndicator,
    /// The data was not padded before it was encrypted.
    NoPadding,
    /// The answer to the command before comes once more.
    Replayed,
    /// The cryptogram says that it is longer than the answer.
    LongCryptogram,
}

/// What a chip may do wrong in active authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActiveTrick {
    /// One byte of the signature is wrong.
    WrongSignature,
    /// The signature is over another challenge.
    OldChallenge,
    /// The first byte of the representative is wrong.
    WrongHeader,
    /// The trailer names no digest.
    UnknownTrailer,
    /// The signature is one byte too long.
    TooLong,
    /// The signature is cut to 200 bytes.
    Cut,
}
