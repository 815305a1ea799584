//! A desk's device key is made, and its request for a certificate.

use crate::config::{DeskConfig, DeviceStoreKind};
use crate::guard::begin_state;
use crate::keys::{board_keys, package_identity, with_device_store};
use crate::plan::part;
use bits::random::Random;
use checkin::state::Halted;
use host::device_key::{self, DeviceKeyError, DeviceStore};
use host::disk::{FileStore, JournalError};
use host::folder::{FolderError, set_aside};
use host::package_shelf::{PackageShelf, ShelfError};
use host::sealed::{self, SealError};
use host::tls_folder::{TlsFolder, TlsKeyError};
use record::statement::device_key_name;
use record::{Enrolment, LogStore, StoreFault};
use std::path::{Path, PathBuf};
use tlog::{NoteError, NoteSigner};

/// Why there is no request.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Configuration or passphrase cannot be read.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Config(Halted),
    /// The device key cannot be made or opened.
    #[error(transparent)]
    Key(#[from] DeviceKeyError),
    /// The request cannot be signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The journal cannot be looked at.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be looked at.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A log under the old key is still here: it could not be exported any more.
    #[error("the journal holds {segments} segments under the old key: export it and use a new journal first")]
    JournalInUse {
        /// How many.
        segments: usize,
    },
    /// Keys in tokens and TPMs are changed by their own tools, under a new desk name.
    #[error("only a key in a file can be renewed here; a token's key is removed with the token's own tool")]
    NotAFile,
    /// The folder of packages, or the key in it.
    #[error(transparent)]
    Packages(#[from] ShelfError),
    /// The key in the folder of packages.
    #[error(transparent)]
    Identity(#[from] SealError),
    /// The key for TLS, or the request for it.
    #[error(transparent)]
    Tls(#[from] TlsKeyError),
    /// The old key cannot be set aside.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// A request, ready for the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The signed note.
    pub note: String,
    /// Sixteen characters to read out.
    pub fingerprint: String,
    /// The device key was made just now.
    pub is_new: bool,
    /// Sixteen characters of the board keys that this enrolment fixed, where the desk takes packages.
    pub board_fingerprint: Option<String>,
    /// Where the old key lies, when it was renewed.
    pub set_aside: Option<PathBuf>,
}

/// Opens the desk's device key, or makes it where there is none, and signs a request for a certificate. With `renew`
/// the old key is set aside first; that is refused while the journal holds a log under it.
///
/// # Errors
/// [`EnrolError`].
pub fn enrol(config: &DeskConfig, base: &Path, renew: bool, random: &mut dyn Random) -> Result<Request, EnrolError> {
    let set_aside = if renew { Some(set_old_key_aside(config, base)?) } else { None };
    let name = device_key_name(&config.exam.board, &config.desk.id);
    let made = with_device_store(config, base, |store, _| Ok(open_or_create(store, &name, random)));
    let (device, is_new) = made.map_err(EnrolError::Config)??;
    let board_fingerprint = fix_board_keys(config, base, device.as_ref(), is_new)?;
    let enrolment = Enrolment {
        board: config.exam.board.clone(),
        exam: part(&config.exam.id).map_err(EnrolError::Config)?,
        desk: part(&config.desk.id).map_err(EnrolError::Config)?,
        site: config.desk.site.clone(),
        device: device.verifier().clone(),
        recipient: package_recipient(config, base)?,
        tls_request: Some(tls_request(config, base, &name)?),
    };
    let (note, fingerprint) = (enrolment.sign(device.as_ref())?, enrolment.fingerprint());
    Ok(Request { note, fingerprint, is_new, board_fingerprint, set_aside })
}

/// With a new device key the desk begins anew: under these board keys, with no wrong PINs, at the start of its logs.
/// Whoever asks again with the same key changes nothing of that.
fn fix_board_keys(
    config: &DeskConfig,
    base: &Path,
    device: &dyn NoteSigner,
    is_new: bool,
) -> Result<Option<String>, EnrolError> {
    let Some(folder) = config.paths.packages.as_ref().map(|folder| base.join(folder)) else { return Ok(None) };
    let keys = board_keys(config, base).map_err(EnrolError::Config)?;
    PackageShelf::open(&folder)?;
    if is_new {
        let desk = part(&config.desk.id).map_err(EnrolError::Config)?;
        begin_state(&folder, desk, keys.digest(), device).map_err(EnrolError::Config)?;
    }
    Ok(Some(keys.fingerprint()))
}

/// Who packages for this desk are sealed for; nobody where it works from single files.
fn package_recipient(config: &DeskConfig, base: &Path) -> Result<String, EnrolError> {
    let Some(folder) = &config.paths.packages else { return Ok(String::new()) };
    let shelf = PackageShelf::open(&base.join(folder))?;
    let identity = package_identity(config, base, &shelf).map_err(EnrolError::Config)?;
    Ok(sealed::recipient_of(&identity)?)
}

/// The request for what the desk shows a server that asks who calls; its key is made where there is none.
fn tls_request(config: &DeskConfig, base: &Path, name: &str) -> Result<Vec<u8>, EnrolError> {
    let folder = TlsFolder::at(&base.join(&config.paths.tls));
    let made = with_device_store(config, base, |store, _| Ok(folder.request(store, name)));
    Ok(made.map_err(EnrolError::Config)??)
}

fn open_or_create(
    store: &DeviceStore<'_>,
    name: &str,
    random: &mut dyn Random,
) -> Result<(Box<dyn NoteSigner>, bool), DeviceKeyError> {
    match device_key::open(store, name) {
        Err(error) if error.is_missing() => device_key::create(store, name, random).map(|key| (key, true)),
        opened => opened.map(|key| (key, false)),
    }
}

fn set_old_key_aside(config: &DeskConfig, base: &Path) -> Result<PathBuf, EnrolError> {
    if config.device.store == DeviceStoreKind::Pkcs11 {
        return Err(EnrolError::NotAFile);
    }
    let segments = FileStore::open(&base.join(&config.paths.journal))?.segments()?.len();
    if segments > 0 {
        return Err(EnrolError::JournalInUse { segments });
    }
    TlsFolder::at(&base.join(&config.paths.tls)).set_aside()?;
    Ok(set_aside(&base.join(&config.paths.device_key))?)
}
