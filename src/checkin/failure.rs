//! One table from facts to what a person sees: stable code, signal, and (in `assets/i18n`) the words.
//!
//! The code never changes its meaning once released; the manual's chapter on failure codes is checked against
//! this table.

/// The four signals of the house. Each is a colour, an icon, a word and a sound; never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Green, tick: proven.
    Ok,
    /// Blue, ring: not finished yet.
    Working,
    /// Amber, triangle: a person has to look.
    Attention,
    /// Red, hexagon: stop and call somebody.
    Stop,
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $signal:ident;)+) => {
        /// Everything that can go wrong in front of an invigilator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Failure { $($(#[$doc])* $name,)+ }

        impl Failure {
            /// All failures, in the order of the manual.
            pub const ALL: &'static [Failure] = &[$(Failure::$name,)+];

            /// The stable code, shown in small type and written into the log.
            pub fn code(self) -> &'static str {
                match self { $(Failure::$name => $code,)+ }
            }

            /// The failure of a code in the log, in whatever case it stands there.
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|failure| failure.code().eq_ignore_ascii_case(code))
            }

            /// Which of the four signals it shows.
            pub fn signal(self) -> Signal {
                match self { $(Failure::$name => Signal::$signal,)+ }
            }
        }
    };
}

failures! {
    /// The card left the field before it was read.
    CardLifted = "C01", Attention;
    /// The key (CAN or MRZ) does not open the card.
    KeyRefused = "C02", Attention;
    /// The card has no ICAO application.
    NotAnIdCard = "C03", Attention;
    /// A file on the card is cut, too long or not readable.
    FileDamaged = "C04", Attention;
    /// The card refuses access after too many wrong keys.
    CardBlocked = "C05", Attention;
    /// The card asks for an access procedure that this program does not speak.
    AccessUnsupported = "C06", Attention;
    /// The card did not answer in time.
    CardMute = "C07", Attention;
    /// Another program holds the card.
    CardHeld = "C08", Attention;
    /// What was typed is no number, no SBD and no name in the roster.
    KeyUnknown = "C09", Attention;
    /// The keyboard layout or an input method turns a scanner's digits into letters.
    KeyboardLayout = "C10", Attention;
    /// A check digit of a printed line is wrong: it was misread, or mistyped.
    PrintedLineMisread = "C11", Attention;
    /// The first line of a passport was read; its second one opens it.
    PassportSecondLine = "C12", Attention;
    /// Data or signature of the chip were altered.
    DataAltered = "G01", Stop;
    /// The chip could not prove that it is the one the data were signed for.
    ChipNotProven = "G02", Stop;
    /// The signature is good, its signer is not in the trust store.
    SignerUnknown = "G03", Attention;
    /// The signer's certificate, its chain or a required file is wrong.
    ChainBroken = "G04", Stop;
    /// The chip's authenticity was not asked or not provided.
    ChipNotAsked = "G05", Attention;
    /// Readable with a named remark.
    ChipRemark = "G06", Attention;
    /// The files of the chip disagree about their holder.
    HolderContradicts = "G07", Stop;
    /// The card has expired.
    CardExpired = "G08", Attention;
    /// The portrait cannot be shown.
    PortraitUnreadable = "G09", Attention;
    /// The digits that opened the chip are not those of the number that it holds.
    KeyOfAnother = "G10", Attention;
    /// A card with this number could not be proven here before, and nobody decided on it.
    EarlierContact = "G11", Attention;
    /// The document is a passport.
    Passport = "G12", Attention;
    /// Nobody with this number is in the roster.
    NotListed = "M01", Attention;
    /// Somebody alike is in the roster: a person decides.
    NeedsDecision = "M02", Attention;
    /// The holder is expected somewhere else.
    Elsewhere = "M03", Attention;
    /// The holder has already checked in.
    AlreadyIn = "M04", Attention;
    /// The door is not open yet.
    TooEarly = "W01", Attention;
    /// After the start signal.
    Late = "W02", Attention;
    /// After the last entry.
    TooLate = "W03", Attention;
    /// The registry cannot be reached.
    RegistryDown = "N01", Attention;
    /// The registry did not answer in time.
    RegistrySlow = "N02", Attention;
    /// The registry showed a certificate that is not pinned.
    RegistryForeign = "N03", Attention;
    /// The registry's answer is not signed by it, or answers another question.
    RegistryLying = "N04", Attention;
    /// The registry has other data for this number.
    RegistryMismatch = "N05", Attention;
    /// The registry says that the card is not valid.
    RegistryCardInvalid = "N06", Stop;
    /// The registry does not know the number.
    RegistryNotFound = "N07", Attention;
    /// The registry answered with a code this program does not know.
    RegistryUnknownCode = "N08", Attention;
    /// The registry does not take this desk's call.
    RegistryRejects = "N09", Attention;
    /// The registry's clock and this desk's are too far apart.
    RegistryClockDiffers = "N10", Attention;
    /// The registry's certificate is not valid by this desk's clock.
    RegistryOutOfDate = "N11", Attention;
    /// The registry does not take this desk's certificate, or misses it.
    RegistryRefusesDesk = "N12", Attention;
    /// The registry speaks no version of TLS that this desk may use.
    RegistryOldTls = "N13", Attention;
    /// The registry knows personal numbers, and the document has none.
    RegistryOfCitizens = "N14", Attention;
    /// No reader is connected.
    NoReader = "R01", Attention;
    /// The PC/SC service does not run.
    ServiceDown = "R02", Attention;
    /// The reader or its driver failed.
    ReaderFailed = "R03", Attention;
    /// The record could not be written.
    LogUnwritable = "L01", Stop;
    /// The disk is full.
    DiskFull = "L02", Stop;
    /// The clock moved.
    ClockMoved = "L03", Stop;
    /// The journal is damaged.
    JournalDamaged = "L04", Stop;
    /// The clock is not where an outside time says it must be.
    ClockDiffers = "L05", Attention;
    /// The witness has seen of the log what the journal does not hold.
    WitnessDisagrees = "L06", Stop;
    /// A log of this desk holds a later time than the clock shows.
    ClockDisputed = "L08", Attention;
    /// The rules want a witness of the log, and this desk has none.
    WitnessMissing = "L07", Attention;
    /// A configuration file has a key that does not exist.
    ConfigUnknownKey = "P01", Stop;
    /// A configuration file cannot be read.
    ConfigUnreadable = "P02", Stop;
    /// The folder of CSCA certificates is missing or empty.
    TrustMissing = "P03", Stop;
    /// The roster cannot be read.
    RosterUnreadable = "P04", Stop;
    /// The device key cannot be opened.
    DeviceKeyClosed = "P05", Stop;
    /// The registry's pinned certificate cannot be read.
    RegistryUnprepared = "P06", Stop;
    /// The folder of packages, or the key that opens them, cannot be used.
    PackagesUnusable = "P07", Stop;
    /// A package is not what the board signed: cut, altered, or no package at all.
    PackageDamaged = "P08", Attention;
    /// A package of another board, exam, session or site, or for training.
    PackageForeign = "P09", Attention;
    /// The desk has taken a newer package.
    PackageOlder = "P10", Attention;
    /// A package cannot be used any more.
    PackageExpired = "P11", Attention;
    /// A package cannot be used yet.
    PackageEarly = "P12", Attention;
    /// A package needs a newer program.
    ProgramTooOld = "P13", Attention;
    /// A package is sealed for other desks.
    PackageSealed = "P14", Attention;
    /// Nobody can sign in: the package names nobody with a PIN for this site.
    NobodySignsIn = "P15", Stop;
    /// A package in a form of older programs.
    PackageOldForm = "P16", Attention;
    /// The board's keys are not those that this desk was enrolled under.
    OtherBoard = "P17", Stop;
}
