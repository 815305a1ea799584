//! What a desk shows a server that asks who calls: its key of P-256, and the request that it made of it.
//!
//! Where the desk has a token or a TPM, the key is made in it, beside the device key, and never leaves it. Otherwise it lies
//! sealed for a key that the device's store keeps, as the questions that wait and the packages do: it opens with the
//! passphrase, and then is in memory for as long as the desk runs. So does one that was sealed for a token or a TPM before
//! they held it themselves, until the desk is enrolled anew.

use super::device_key::{DeviceKeyError, DeviceStore};
use super::file;
use super::folder::{FolderError, replace_files, set_aside};
use super::package_shelf::{PackageShelf, ShelfError};
use super::pkcs11::{TokenError, TokenTlsKey};
use super::sealed::{self, SealError};
use super::tls_key::{HeldKey, Requesting, TlsKey};
#[cfg(feature = "tpm")]
use super::tpm::{TpmError, TpmTlsKey};
use bits::secret::Secret;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why there is no key for TLS, or no request.
#[derive(Debug, thiserror::Error)]
pub enum TlsKeyError {
    /// The folder, or the key that the files in it are sealed for.
    #[error("the folder of the key for TLS: {0}")]
    Folder(#[from] ShelfError),
    /// A file in it.
    #[error(transparent)]
    File(#[from] FolderError),
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
    /// The token or the TPM.
    #[error("the key for TLS: {0}")]
    Device(#[from] DeviceKeyError),
    /// The key is not for this device, or was damaged.
    #[error("the key for TLS: {0}")]
    Sealed(#[from] SealError),
    /// The library refused.
    #[error("the key for TLS cannot be made: {0}")]
    Library(#[from] rcgen::Error),
}

/// The folder.
#[derive(Debug, Clone)]
pub struct TlsFolder {
    folder: PathBuf,
}

impl TlsFolder {
    /// The folder at this place. It is made with the key.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The request (PKCS#10, DER) for the key that lies here; both are made where there is no key. `name` is that of the
    /// device key. Asked again, it is the same request: two people compare a digest of it.
    ///
    /// # Errors
    /// [`TlsKeyError`], also for a key that this device does not open.
    pub fn request(&self, store: &DeviceStore<'_>, name: &str) -> Result<Vec<u8>, TlsKeyError> {
        let path = self.folder.join(REQUEST);
        match file::read(&path, MAX_LEN) {
            // A request whose key is lost would bring a certificate that is of no use.
            Ok(request) => self.key(store, name).map(|_| request),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(store, name),
            Err(error) => Err(TlsKeyError::Os { path, error }),
        }
    }

    /// The private key.
    ///
    /// # Errors
    /// [`TlsKeyError`].
    pub fn key(&self, store: &DeviceStore<'_>, name: &str) -> Result<TlsKey, TlsKeyError> {
        let path = self.folder.join(KEY);
        if path.symlink_metadata().is_err()
            && let Some(held) = self.held(store, name, Held::Open)?
        {
            return Ok(TlsKey::Held(held));
        }
        let sealed = file::read(&path, MAX_LEN).map_err(|error| TlsKeyError::Os { path, error })?;
        let identity = PackageShelf::open(&self.folder)?.identity(store, name)?;
        Ok(TlsKey::of_pem(sealed::open(&sealed, &identity, MAX_LEN)?))
    }

    /// Gives key and request other names, so that new ones can take their places.
    ///
    /// # Errors
    /// [`TlsKeyError`].
    pub fn set_aside(&self) -> Result<(), TlsKeyError> {
        for path in [REQUEST, KEY, TPM_KEY].map(|name| self.folder.join(name)) {
            if path.symlink_metadata().is_ok() {
                set_aside(&path)?;
            }
        }
        Ok(())
    }

    /// The key in the desk's token or TPM; `None` for a desk that has neither.
    fn held(
        &self,
        store: &DeviceStore<'_>,
        name: &str,
        wanted: Held,
    ) -> Result<Option<Arc<dyn HeldKey>>, DeviceKeyError> {
        Ok(Some(match store {
            DeviceStore::File { .. } => return Ok(None),
            DeviceStore::Token(settings) => match TokenTlsKey::open(settings, name) {
                Err(TokenError::NoKey) if wanted == Held::Make => Arc::new(TokenTlsKey::create(settings, name)?),
                opened => Arc::new(opened?),
            },
            #[cfg(feature = "tpm")]
            DeviceStore::Tpm { tcti, passphrase, .. } => {
                let path = self.folder.join(TPM_KEY);
                match TpmTlsKey::open(tcti, &path, passphrase, name) {
                    Err(TpmError::Missing) if wanted == Held::Make => {
                        Arc::new(TpmTlsKey::create(tcti, &path, passphrase, name)?)
                    }
                    opened => Arc::new(opened?),
                }
            }
        }))
    }

    fn make(&self, store: &DeviceStore<'_>, name: &str) -> Result<Vec<u8>, TlsKeyError> {
        file::create_folders(&self.folder).map_err(|error| TlsKeyError::Os { path: self.folder.clone(), error })?;
        if let Some(held) = self.held(store, name, Held::Make)? {
            let request = params(name)?.serialize_request(&Requesting(held.as_ref()))?.der().to_vec();
            replace_files(&self.folder, &[(REQUEST.to_owned(), request.clone())])?;
            return Ok(request);
        }
        let identity = PackageShelf::open(&self.folder)?.identity(store, name)?;
        let recipient = sealed::recipient_of(&identity)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let pem = Secret::new(key.serialize_pem());
        let sealed = sealed::seal(pem.expose().as_bytes(), &[&recipient])?;
        let request = params(name)?.serialize_request(&key)?.der().to_vec();
        // The request comes last: where it lies, its key does.
        replace_files(&self.folder, &[(KEY.to_owned(), sealed), (REQUEST.to_owned(), request.clone())])?;
        Ok(request)
    }
}

/// What is wanted of a key that the device holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// The one that is there.
    Open,
    /// A new one; the one that a run which was stopped made and asked for nothing with.
    Make,
}

fn params(name: &str) -> Result<CertificateParams, TlsKeyError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

const KEY: &str = "tls-key.age";
/// The key as the TPM wrapped it.
const TPM_KEY: &str = "tls-key.tpm";
const REQUEST: &str = "tls-request.der";
const MAX_LEN: u64 = 16 << 10;
