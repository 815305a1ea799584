//! The desk's own keys and what says whose they are: passphrase, device key, certificate, the board's keys.

use crate::config::{DeskConfig, DeviceStoreKind};
use crate::halting::halted_at;
use bits::secret::Secret;
use checkin::failure::Failure;
use checkin::state::Halted;
use host::device_key::{self, DeviceStore};
use host::file;
use host::package_shelf::{PackageShelf, ShelfError};
use host::pkcs11::TokenSettings;
use record::BoardKeys;
use record::statement::device_key_name;
use std::path::{Path, PathBuf};
use tlog::NoteSigner;

/// The passphrase of the device's store.
pub(super) fn passphrase(config: &DeskConfig, base: &Path) -> Result<Secret<String>, Halted> {
    let passphrase = small_text(&base.join(&config.paths.passphrase), Failure::DeviceKeyClosed)?;
    Ok(Secret::new(passphrase.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The key that packages for this desk are sealed for.
///
/// # Errors
/// A halted desk with [`Failure::PackagesUnusable`].
pub(super) fn package_identity(
    config: &DeskConfig,
    base: &Path,
    shelf: &PackageShelf,
) -> Result<Secret<String>, Halted> {
    let unusable = |error: ShelfError| Halted { failure: Failure::PackagesUnusable, detail: error.to_string() };
    let name = device_key_name(&config.exam.board, &config.desk.id);
    with_device_store(config, base, |store, _| shelf.identity(store, &name).map_err(unusable))
}

/// The keys that speak for the board.
pub(super) fn board_keys(config: &DeskConfig, base: &Path) -> Result<BoardKeys, Halted> {
    let missing = || halted_at(Failure::ConfigUnreadable, "paths.board_key", "missing");
    let path = base.join(config.paths.board_key.as_ref().ok_or_else(missing)?);
    let text = small_text(&path, Failure::ConfigUnreadable)?;
    let wrong = |error| halted_at(Failure::ConfigUnreadable, &path.display().to_string(), error);
    BoardKeys::parse(&text).map_err(wrong)
}

/// Opens the device key.
///
/// # Errors
/// A halted desk with [`Failure::DeviceKeyClosed`].
pub fn device_key(config: &DeskConfig, base: &Path) -> Result<Box<dyn NoteSigner>, Halted> {
    with_device_store(config, base, |store, place| {
        let name = device_key_name(&config.exam.board, &config.desk.id);
        device_key::open(store, &name).map_err(|error| halted_at(Failure::DeviceKeyClosed, place, error))
    })
}

/// Hands the store of the device key to `work`, with its place for messages.
///
/// # Errors
/// A halted desk with [`Failure::DeviceKeyClosed`] when the passphrase cannot be read or the store is not built in;
/// what `work` ends in.
pub fn with_device_store<T>(
    config: &DeskConfig,
    base: &Path,
    work: impl FnOnce(&DeviceStore<'_>, &str) -> Result<T, Halted>,
) -> Result<T, Halted> {
    let passphrase = passphrase(config, base)?;
    let file = base.join(&config.paths.device_key);
    let device = &config.device;
    match device.store {
        DeviceStoreKind::File => {
            work(&DeviceStore::File { path: &file, passphrase: &passphrase }, &file.display().to_string())
        }
        DeviceStoreKind::Pkcs11 => {
            let settings = TokenSettings { module: &device.module, token: &device.token, pin: &passphrase };
            work(&DeviceStore::Token(settings), &device.token)
        }
        #[cfg(feature = "tpm")]
        DeviceStoreKind::Tpm => {
            let store = DeviceStore::Tpm { tcti: &device.tcti, path: &file, passphrase: &passphrase };
            work(&store, &device.tcti)
        }
        #[cfg(not(feature = "tpm"))]
        DeviceStoreKind::Tpm => Err(halted_at(Failure::DeviceKeyClosed, "device.store", NO_TPM)),
    }
}

/// Reads the board's note over the device key; empty where the configuration names none. One that came with a package
/// stands above the one that the configuration names.
///
/// # Errors
/// A halted desk with [`Failure::DeviceKeyClosed`].
pub fn desk_cert(config: &DeskConfig, base: &Path) -> Result<String, Halted> {
    let packed = beside_packages(config, base, DESK_CERT);
    match packed.or_else(|| config.paths.desk_cert.as_ref().map(|path| base.join(path))) {
        Some(path) => small_text(&path, Failure::DeviceKeyClosed),
        None => Ok(String::new()),
    }
}

pub(super) fn beside_packages(config: &DeskConfig, base: &Path, name: &str) -> Option<PathBuf> {
    let path = base.join(config.paths.packages.as_ref()?).join(name);
    path.is_file().then_some(path)
}

pub(super) fn small_text(path: &Path, failure: Failure) -> Result<String, Halted> {
    let place = path.display().to_string();
    let bytes = file::read(path, MAX_SMALL_BYTES).map_err(|error| halted_at(failure, &place, error))?;
    String::from_utf8(bytes).map_err(|error| halted_at(failure, &place, error))
}

/// The desk's certificate, beside its packages.
pub(super) const DESK_CERT: &str = "desk-cert";
/// The board's list of revocations, beside the packages.
pub(super) const REVOCATIONS: &str = "revocations";
/// This program was built without TPM support.
#[cfg(not(feature = "tpm"))]
const NO_TPM: &str = "this program was built without the feature tpm";
/// The largest small file: keys, certificates, configuration.
const MAX_SMALL_BYTES: u64 = 64 << 10;
