//! A small secret that only this device opens again: sealed to its TPM, wrapped by its token, or, where there is neither,
//! under its passphrase.
//!
//! What lies on the disk opens with nothing else on the disk where there is a TPM or a token. A file under a passphrase
//! that lies beside it opens for whoever has the disk.

use super::device_key::DeviceStore;
use super::pkcs11::{self, TokenError};
use super::sealed::{self, SealError};
#[cfg(feature = "tpm")]
use super::tpm_seal::{self, TpmSealError};
use bits::secret::Secret;

/// Why a secret was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum DeviceSealError {
    /// The file under a passphrase.
    #[error(transparent)]
    File(#[from] SealError),
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The TPM.
    #[cfg(feature = "tpm")]
    #[error(transparent)]
    Tpm(#[from] TpmSealError),
}

/// Seals a secret of at most [`MAX_SECRET_LEN`] bytes, as the text of a file. `name` is that of the device key.
///
/// # Errors
/// [`DeviceSealError`].
pub fn seal(store: &DeviceStore<'_>, name: &str, secret: &Secret<String>) -> Result<String, DeviceSealError> {
    Ok(match store {
        DeviceStore::File { passphrase, .. } => sealed::lock_desk_identity(secret, passphrase)?,
        DeviceStore::Token(settings) => pkcs11::wrap(settings, name, secret)?,
        #[cfg(feature = "tpm")]
        DeviceStore::Tpm { tcti, passphrase, .. } => tpm_seal::seal(tcti, passphrase, secret)?,
    })
}

/// Opens what [`seal`] gave.
///
/// # Errors
/// [`DeviceSealError`], also for what another device sealed.
pub fn open(store: &DeviceStore<'_>, name: &str, text: &str) -> Result<Secret<String>, DeviceSealError> {
    Ok(match store {
        DeviceStore::File { passphrase, .. } => sealed::unlock_identity(text, passphrase)?,
        DeviceStore::Token(settings) => pkcs11::unwrap(settings, name, text)?,
        #[cfg(feature = "tpm")]
        DeviceStore::Tpm { tcti, passphrase, .. } => tpm_seal::open(tcti, passphrase, text)?,
    })
}

/// The name of the file, by what opens it: a key that lay under a passphrase is not taken for one that a TPM holds.
pub fn file_name(store: &DeviceStore<'_>) -> &'static str {
    match store {
        DeviceStore::File { .. } => "identity.age",
        DeviceStore::Token(_) => "identity.token",
        #[cfg(feature = "tpm")]
        DeviceStore::Tpm { .. } => "identity.tpm",
    }
}

/// The longest secret: a TPM seals no more.
pub const MAX_SECRET_LEN: usize = 128;
