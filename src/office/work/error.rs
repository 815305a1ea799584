//! What keeps a command from being done, as facts of whose fault it is.

use crate::exam::ExamError;
use crate::language::{BoardWords, FileWords};
use crate::proof::ProofError;
use bits::text::shown_within;
use emrtd::authenticity::deviation::DeviationError;
use emrtd::evidence::AnswerError;
use emrtd::lds::files::FileId;
use host::desk_ca::DeskCaError;
use host::device_key::DeviceKeyError;
use host::folder::FolderError;
use host::folder_lock::FolderLockError;
use host::key_place::KeyPlaceError;
use host::keys::KeyFileError;
use host::outputs::OutputError;
use host::pkcs11::TokenError;
use host::sealed::SealError;
use host::trust::TrustFolderError;
use host::trust_place::PlaceError;
use lists::mapping::MappingError;
use lists::table::TableError;
use package::contents::ContentsFault;
use package::operators::PinError;
use paper::PaperError;
use record::certify::CertifyError;
use record::{BoardKeysError, SourceFault};
use std::io;
use std::path::{Path, PathBuf};
use tlog::NoteError;

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The sixteen characters are another request's.
    #[error("these are not the sixteen characters of this request: it may be another desk's")]
    OtherRequest,
    /// The request is for another board.
    #[error("the request is for the board {0}")]
    OtherBoard(String),
    /// The certificate is on the list already.
    #[error("certificate {0} is revoked already")]
    Revoked(u32),
    /// No number is left for another list.
    #[error("list number exhausted")]
    LastList,
    /// A sealed file that holds something else.
    #[error("this is no kept evidence")]
    NoEvidence,
    /// The same file of a card twice.
    #[error("{0} was given twice")]
    Twice(FileId),
    /// A new trust folder has nothing that could be signed.
    #[error("a folder without a manifest")]
    NoManifest,
    /// A file that the machine does not give.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A sealed key that is not opened.
    #[error("{path}: {error}")]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        error: KeyFileError,
    },
    /// A key that is not made where it shall lie.
    #[error(transparent)]
    KeyPlace(#[from] KeyPlaceError),
    /// A key that does not sign, wherever it lies.
    #[error("{path}: {error}")]
    Signer {
        /// The file that holds it, or tells of its place.
        path: PathBuf,
        /// Why.
        error: KeyPlaceError,
    },
    /// A file that is no list.
    #[error("{path}: {error}")]
    Table {
        /// Which.
        path: PathBuf,
        /// Why.
        error: TableError,
    },
    /// A package that holds something else.
    #[error("{path}: {error}")]
    Contents {
        /// Which.
        path: PathBuf,
        /// Why.
        error: ContentsFault,
    },
    /// A file that is no list of deviations.
    #[error("{path}: {error}")]
    Deviations {
        /// Which.
        path: PathBuf,
        /// Why.
        error: DeviationError,
    },
    /// A file that is no chip's answer.
    #[error("{path}: {error}")]
    Answer {
        /// Which.
        path: PathBuf,
        /// Why.
        error: AnswerError,
    },
    /// A folder that is no exam.
    #[error(transparent)]
    Exam(#[from] ExamError),
    /// A folder or a file of it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Another command writes the folder.
    #[error(transparent)]
    Lock(#[from] FolderLockError),
    /// Nothing may be written there.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A key, or its passphrase.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// Something sealed.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// A folder of CSCA certificates.
    #[error(transparent)]
    TrustFolder(#[from] TrustFolderError),
    /// The place for one.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Its list of deviations.
    #[error(transparent)]
    Deviation(#[from] DeviationError),
    /// Its manifest.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A mended mapping.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A workbook that cannot be written.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// Paper that cannot be printed on.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The program's own sentences.
    #[error(transparent)]
    Words(#[from] words::DictionaryError),
    /// A PIN that cannot be locked.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// Nothing is proven.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A file of an export.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// A certificate that cannot be made.
    #[error(transparent)]
    Certify(#[from] CertifyError),
    /// The board's CA for its desks, or a desk's request to it.
    #[error(transparent)]
    DeskCa(#[from] DeskCaError),
    /// A file of board keys.
    #[error(transparent)]
    BoardKeys(#[from] BoardKeysError),
    /// A note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A word that cannot name a log.
    #[error(transparent)]
    Id(#[from] record::ids::IdError),
    /// A journal that cannot be opened.
    #[error(transparent)]
    Journal(#[from] host::disk::JournalError),
    /// A record that cannot be written.
    #[error(transparent)]
    Log(#[from] record::LogFault),
    /// A record that cannot be read.
    #[error(transparent)]
    Store(#[from] record::StoreFault),
    /// A record that was damaged.
    #[error(transparent)]
    Segment(#[from] record::SegmentDamage),
    /// A record that cannot be laid out.
    #[error(transparent)]
    Export(#[from] record::export::ExportFault),
    /// A moment that no calendar has.
    #[error(transparent)]
    Time(#[from] jiff::Error),
    /// The machine.
    #[error(transparent)]
    Os(#[from] io::Error),
}

impl WorkError {
    /// What a person reads: a fault of an exam's files in his language, the machine's in English.
    pub fn said(&self, words: &BoardWords) -> String {
        match self {
            Self::Exam(error) => error.said(&words.forms),
            Self::Table { path, error } => format!("{}: {}", path.display(), words.lists.table(error)),
            Self::Mapping(error) => words.lists.mapping(error),
            Self::Lock(FolderLockError::Held { folder, by }) => words.files.held(folder.display(), shown_within(by)),
            Self::Key { path, error } => key(&shown_within(&path.to_string_lossy()), error, &words.files),
            Self::Signer { path, error } => signer(&shown_within(&path.to_string_lossy()), error, &words.files),
            Self::KeyFile(KeyFileError::NoPassphrase) => words.files.key_empty(),
            Self::KeyPlace(KeyPlaceError::OneToken) => words.files.one_token(),
            Self::Note(NoteError::Device) => words.files.device_silent(),
            other => other.to_string(),
        }
    }

    /// A file that the machine does not give.
    pub(super) fn at(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }
}

/// The same of a key that may lie in a token.
fn signer(path: &str, error: &KeyPlaceError, words: &FileWords) -> String {
    match error {
        KeyPlaceError::File(error) => key(path, error, words),
        KeyPlaceError::Device(device) if let Some(error) = device.of_file() => key(path, error, words),
        KeyPlaceError::Device(device) if device.is_of_tpm() => words.tpm_silent(path),
        KeyPlaceError::NoTpm => words.no_tpm(path),
        KeyPlaceError::Device(DeviceKeyError::Token(TokenError::Pin)) => words.token_pin(path),
        KeyPlaceError::Device(DeviceKeyError::Token(TokenError::NoToken)) => words.token_missing(path),
        KeyPlaceError::Device(DeviceKeyError::Token(TokenError::NoKey)) => words.token_no_key(path),
        other => format!("{path}: {other}"),
    }
}

/// What whoever has the key can do something about, in her language.
fn key(path: &str, error: &KeyFileError, words: &FileWords) -> String {
    match error {
        KeyFileError::WrongPassphrase => words.key_wrong(path),
        KeyFileError::Missing => words.key_missing(path),
        KeyFileError::Form => words.key_form(path),
        KeyFileError::NoPassphrase => words.key_empty(),
        other => format!("{path}: {other}"),
    }
}
