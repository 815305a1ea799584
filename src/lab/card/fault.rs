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
    /// One byte of the data of chip-authentication mapping is wrong.
    WrongMappingData,
    /// The data of chip-authentication mapping is not padded.
    WrongMappingPadding,
    /// Chip authentication is refused with this status.
    RefusesChipAuthentication(u16),
}
