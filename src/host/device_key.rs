//! Where a desk's device key lies: in a sealed file, in a PKCS#11 token, in a TPM.

use super::keys::{KeyFileError, SealCost, create_key_file, open_key_file};
use super::pkcs11::{TokenError, TokenKey, TokenSettings};
#[cfg(feature = "tpm")]
use super::tpm::{TpmError, TpmKey};
use bits::random::Random;
use bits::secret::Secret;
use std::path::Path;
use tlog::NoteSigner;

/// Where the key lies, and what opens it.
pub enum DeviceStore<'a> {
    /// A file sealed under a passphrase.
    File {
        /// The file.
        path: &'a Path,
        /// Its passphrase.
        passphrase: &'a Secret<String>,
    },
    /// A PKCS#11 token.
    Token(TokenSettings<'a>),
    /// A TPM 2.0; the file holds what only that TPM can use.
    #[cfg(feature = "tpm")]
    Tpm {
        /// How the TPM is reached, for instance `device:/dev/tpmrm0`.
        tcti: &'a str,
        /// The file.
        path: &'a Path,
        /// The key's authorisation value.
        passphrase: &'a Secret<String>,
    },
}

/// Why there is no device key.
#[derive(Debug, thiserror::Error)]
pub enum DeviceKeyError {
    /// The sealed file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The TPM.
    #[cfg(feature = "tpm")]
    #[error(transparent)]
    Tpm(#[from] TpmError),
    /// The key is named after another desk.
    #[error("this key belongs to {found}")]
    OtherName {
        /// The name it has.
        found: String,
    },
}

impl DeviceKeyError {
    /// What is wrong with the file that a key lies in, or that a TPM's passphrase opens.
    pub fn of_file(&self) -> Option<&KeyFileError> {
        match self {
            Self::File(error) => Some(error),
            #[cfg(feature = "tpm")]
            Self::Tpm(TpmError::Seal(error)) => Some(error),
            #[cfg(feature = "tpm")]
            Self::Tpm(TpmError::Missing) => Some(&KeyFileError::Missing),
            #[cfg(feature = "tpm")]
            Self::Tpm(TpmError::Form) => Some(&KeyFileError::Form),
            _ => None,
        }
    }

    /// The TPM itself does not serve.
    pub fn is_of_tpm(&self) -> bool {
        #[cfg(feature = "tpm")]
        if matches!(self, Self::Tpm(_)) {
            return self.of_file().is_none();
        }
        false
    }

    /// True when there is no key yet, and one may be made.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::File(KeyFileError::Missing) | Self::Token(TokenError::NoKey) => true,
            #[cfg(feature = "tpm")]
            Self::Tpm(TpmError::Missing) => true,
            _ => false,
        }
    }
}

/// Opens the key `name`.
///
/// # Errors
/// [`DeviceKeyError`].
pub fn open(store: &DeviceStore<'_>, name: &str) -> Result<Box<dyn NoteSigner>, DeviceKeyError> {
    let key: Box<dyn NoteSigner> = match store {
        DeviceStore::File { path, passphrase } => Box::new(open_key_file(path, passphrase)?),
        DeviceStore::Token(settings) => Box::new(TokenKey::open(settings, name)?),
        #[cfg(feature = "tpm")]
        DeviceStore::Tpm { tcti, path, passphrase } => Box::new(TpmKey::open(tcti, path, passphrase, name)?),
    };
    let found = key.verifier().name().to_owned();
    if found == name { Ok(key) } else { Err(DeviceKeyError::OtherName { found }) }
}

/// Makes the key `name`; an existing one is never overwritten.
///
/// # Errors
/// [`DeviceKeyError`].
pub fn create(
    store: &DeviceStore<'_>,
    name: &str,
    random: &mut dyn Random,
) -> Result<Box<dyn NoteSigner>, DeviceKeyError> {
    Ok(match store {
        DeviceStore::File { path, passphrase } => {
            Box::new(create_key_file(path, name, passphrase, SealCost::default(), random)?)
        }
        DeviceStore::Token(settings) => Box::new(TokenKey::create(settings, name)?),
        #[cfg(feature = "tpm")]
        DeviceStore::Tpm { tcti, path, passphrase } => Box::new(TpmKey::create(tcti, path, passphrase, name)?),
    })
}
