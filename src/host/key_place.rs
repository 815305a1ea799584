//! Where a key lies that signs for somebody: in a sealed file, or, as a small file beside its public key says, in a PKCS#11
//! token or a TPM 2.0. Whoever signs names one file, whatever it is.
//!
//! A place is JSON and holds no secret: `{"name": "so.example/an", "token": {"module": "/usr/lib/…", "label": "an"}}`, or
//! `{"name": …, "tpm": {"tcti": "device:/dev/tpmrm0", "file": "an.tpm"}}`, where the file lies beside the place.

use super::device_key::{self, DeviceKeyError, DeviceStore};
use super::file;
use super::folder::{FolderError, write_new_file};
use super::keys::{KeyFileError, MAX_KEY_FILE_LEN};
use super::pkcs11::TokenSettings;
use bits::random::Random;
use bits::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tlog::NoteSigner;

/// A key that does not lie in a sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// A PKCS#11 token; its PIN is asked for as a passphrase.
    Token {
        /// The module's library.
        module: PathBuf,
        /// The token's label.
        label: String,
    },
    /// A TPM 2.0.
    Tpm {
        /// How the TPM is reached, for instance `device:/dev/tpmrm0`.
        tcti: String,
        /// The file that only this TPM can use, beside the place.
        file: String,
    },
}

/// Why there is nobody who signs.
#[derive(Debug, thiserror::Error)]
pub enum KeyPlaceError {
    /// The place, or the sealed file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The place cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The token or the TPM.
    #[error(transparent)]
    Device(#[from] DeviceKeyError),
    /// A library that anybody but this machine's administrator may have put there: it would be handed the PIN.
    #[error("{0} is no library that this machine's administrator installed")]
    Module(PathBuf),
    /// Two people's keys in one token: one PIN would stand for both.
    #[error("both keys lie in one token, whose PIN would stand for both people")]
    OneToken,
    /// A key in a TPM, and a program that was built without.
    #[error("this program was built without the feature tpm")]
    NoTpm,
}

/// Opens the key that a file holds, or tells the place of.
///
/// # Errors
/// [`KeyPlaceError`].
pub fn open(path: &Path, passphrase: &Secret<String>) -> Result<Box<dyn NoteSigner>, KeyPlaceError> {
    match placed(path) {
        Some(Placed { name, place }) => {
            with_store(&place, path, passphrase, |store| Ok(device_key::open(store, &name)?))
        }
        None => Ok(Box::new(super::keys::open_key_file(path, passphrase)?)),
    }
}

/// Makes a key at a place, and the file that tells of it; neither a key nor a file is ever overwritten.
///
/// # Errors
/// [`KeyPlaceError`].
pub fn create(
    place: KeyPlace,
    path: &Path,
    name: &str,
    passphrase: &Secret<String>,
    random: &mut dyn Random,
) -> Result<Box<dyn NoteSigner>, KeyPlaceError> {
    let placed = Placed { name: name.to_owned(), place };
    // The file first: a key that nothing tells of could not be made a second time under its name.
    let text = serde_json::to_string_pretty(&placed).map_err(|_| KeyFileError::Form)?;
    write_new_file(path, format!("{text}\n").as_bytes())?;
    let made = with_store(&placed.place, path, passphrase, |store| Ok(device_key::create(store, name, random)?));
    if made.is_err() {
        let _ = std::fs::remove_file(path);
    }
    made
}

/// Holds the keys of people who sign together against each other: a token that is open for one is open for the other.
///
/// # Errors
/// [`KeyPlaceError::OneToken`].
pub fn in_tokens_of_their_own(paths: &[&Path]) -> Result<(), KeyPlaceError> {
    // A token is found by its label, however its module is spelled.
    let label = |placed: Placed| match placed.place {
        KeyPlace::Token { label, .. } => Some(label),
        KeyPlace::Tpm { .. } => None,
    };
    let labels: Vec<String> = paths.iter().filter_map(|path| placed(path)).filter_map(label).collect();
    let twice = labels.iter().enumerate().any(|(at, one)| labels.iter().skip(at + 1).any(|other| other == one));
    if twice { Err(KeyPlaceError::OneToken) } else { Ok(()) }
}

/// The module's library, where it and every folder above it belong to the administrator alone. A place is a file that
/// travels; what it names is loaded and told the PIN.
fn installed(module: &Path) -> Result<PathBuf, KeyPlaceError> {
    let foreign = || KeyPlaceError::Module(module.to_owned());
    let found = module.canonicalize().ok().filter(|_| module.is_absolute()).ok_or_else(foreign)?;
    if found.ancestors().all(is_the_administrators) { Ok(found) } else { Err(foreign()) }
}

#[cfg(unix)]
fn is_the_administrators(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).is_ok_and(|facts| facts.uid() == 0 && facts.mode() & OTHERS_WRITE == 0)
}

#[cfg(not(unix))]
fn is_the_administrators(_: &Path) -> bool {
    true
}

/// Group and others may write.
#[cfg(unix)]
const OTHERS_WRITE: u32 = 0o022;

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Placed {
    name: String,
    #[serde(flatten)]
    place: KeyPlace,
}

/// `None` for a sealed key, and for what is neither: then its opening says what it is not.
fn placed(path: &Path) -> Option<Placed> {
    let bytes = file::read(path, MAX_KEY_FILE_LEN).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn with_store<T>(
    place: &KeyPlace,
    path: &Path,
    passphrase: &Secret<String>,
    work: impl FnOnce(&DeviceStore<'_>) -> Result<T, KeyPlaceError>,
) -> Result<T, KeyPlaceError> {
    match place {
        KeyPlace::Token { module, label } => {
            let module = &installed(module)?;
            work(&DeviceStore::Token(TokenSettings { module, token: label, pin: passphrase }))
        }
        #[cfg(feature = "tpm")]
        KeyPlace::Tpm { tcti, file } => {
            // A name and no way: what lies elsewhere is nobody's key.
            let name = Path::new(file).file_name().unwrap_or_default();
            work(&DeviceStore::Tpm { tcti, path: &path.with_file_name(name), passphrase })
        }
        #[cfg(not(feature = "tpm"))]
        KeyPlace::Tpm { .. } => {
            let _ = path;
            Err(KeyPlaceError::NoTpm)
        }
    }
}
