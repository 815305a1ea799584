//! Device keys in a TPM 2.0 (TCG TPM 2.0 library, through tpm2-tss): ECDSA on P-256, made in the TPM and of use in
//! that TPM only.
//!
//! The file beside it holds the key as the TPM wrapped it, and its authorisation value sealed under the passphrase:
//! whoever has the computer without the passphrase cannot sign, and whoever has the passphrase without the computer
//! cannot either.

use super::folder::{FolderError, read_text_file, write_new_file};
use super::keys::{KeyFileError, SealCost, seal, unseal};
use super::random::SystemRandom;
use super::tls_key::HeldKey;
use bits::secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::str::FromStr as _;
use tlog::{NoteError, NoteKey, NoteSigner, NoteVerifier, signed_elsewhere};
use tss_esapi::{
    TctiNameConf,
    abstraction::transient::{KeyMaterial, KeyParams, TransientKeyContext, TransientKeyContextBuilder},
    interface_types::{algorithm::HashingAlgorithm, ecc::EccCurve},
    structures::{Auth, Digest, EccScheme, HashScheme, Signature},
    utils::PublicKey,
};

/// Why a TPM gave no key.
#[derive(Debug, thiserror::Error)]
pub enum TpmError {
    /// There is no key file yet.
    #[error("there is no key file for this TPM")]
    Missing,
    /// The file cannot be read or written.
    #[error(transparent)]
    File(FolderError),
    /// Not in the form of such a file.
    #[error("this is no key file of a TPM")]
    Form,
    /// The passphrase.
    #[error(transparent)]
    Seal(#[from] KeyFileError),
    /// Its public key cannot sign notes.
    #[error("the TPM's key cannot sign notes: {0}")]
    Key(#[from] NoteError),
    /// The TPM's own error.
    #[error("the TPM: {0}")]
    Tpm(#[from] tss_esapi::Error),
}

/// A key in a TPM. The TPM is spoken to for each signature anew: a log is opened once a session.
pub struct TpmKey {
    tcti: String,
    material: KeyMaterial,
    auth: Secret<[u8; AUTH_LEN]>,
    verifier: NoteVerifier,
}

impl TpmKey {
    /// Opens the key `name` that `path` holds.
    ///
    /// # Errors
    /// [`TpmError`].
    pub fn open(tcti: &str, path: &Path, passphrase: &Secret<String>, name: &str) -> Result<Self, TpmError> {
        let text = read_text_file(path).map_err(missing)?;
        let file: TpmFile = serde_json::from_str(&text).map_err(|_| TpmError::Form)?;
        let auth = unseal(&file.auth, passphrase)?.seed();
        let verifier = NoteVerifier::of_device(name, &point(file.material.public()).ok_or(TpmError::Form)?)?;
        Ok(Self { tcti: tcti.to_owned(), material: file.material, auth, verifier })
    }

    /// Makes the key `name` in the TPM; `path` must not exist.
    ///
    /// # Errors
    /// [`TpmError`].
    pub fn create(tcti: &str, path: &Path, passphrase: &Secret<String>, name: &str) -> Result<Self, TpmError> {
        let (material, auth) = context(tcti)?.create_key(params(), AUTH_LEN)?;
        let auth: [u8; AUTH_LEN] =
            auth.and_then(|auth| auth.value().try_into().ok()).ok_or(TpmError::Key(NoteError::Device))?;
        let carrier = NoteKey::from_seed(name, &Secret::new(auth))?;
        let auth = seal(&carrier, passphrase, SealCost::default(), &mut SystemRandom)?;
        let text = serde_json::to_string_pretty(&TpmFile { material, auth }).map_err(|_| TpmError::Form)?;
        write_new_file(path, text.as_bytes()).map_err(TpmError::File)?;
        Self::open(tcti, path, passphrase, name)
    }

    fn signature(&self, digest: &[u8]) -> Result<Vec<u8>, TpmError> {
        let auth = Auth::try_from(self.auth.expose().to_vec())?;
        let digest = Digest::try_from(digest.to_vec())?;
        match context(&self.tcti)?.sign(self.material.clone(), params(), Some(auth), digest)? {
            Signature::EcDsa(signature) => {
                let (r, s) = (padded(signature.signature_r().value()), padded(signature.signature_s().value()));
                Ok([r, s].into_iter().collect::<Option<Vec<_>>>().ok_or(TpmError::Form)?.concat())
            }
            _ => Err(TpmError::Form),
        }
    }
}

/// A key of P-256 for TLS in a TPM, in a file of its own.
pub(super) struct TpmTlsKey {
    key: TpmKey,
    point: Vec<u8>,
}

impl TpmTlsKey {
    /// The key that `path` holds.
    ///
    /// # Errors
    /// [`TpmError`].
    pub(super) fn open(tcti: &str, path: &Path, passphrase: &Secret<String>, name: &str) -> Result<Self, TpmError> {
        Self::of(TpmKey::open(tcti, path, passphrase, name)?)
    }

    /// Makes it in the TPM; `path` must not exist.
    ///
    /// # Errors
    /// [`TpmError`].
    pub(super) fn create(tcti: &str, path: &Path, passphrase: &Secret<String>, name: &str) -> Result<Self, TpmError> {
        Self::of(TpmKey::create(tcti, path, passphrase, name)?)
    }

    fn of(key: TpmKey) -> Result<Self, TpmError> {
        let point = point(key.material.public()).ok_or(TpmError::Form)?;
        Ok(Self { key, point })
    }
}

impl HeldKey for TpmTlsKey {
    fn point(&self) -> &[u8] {
        &self.point
    }

    fn sign_digest(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let told = |error: &TpmError| tracing::error!(%error, "the TPM did not sign for TLS");
        self.key.signature(digest).inspect_err(told).ok()
    }
}

impl NoteSigner for TpmKey {
    fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Result<String, NoteError> {
        // The note's error has no room for the TPM's word; the diagnostics have.
        let told = |error: &TpmError| tracing::error!(%error, "the TPM did not sign");
        let signature = self.signature(&Sha256::digest(text.as_bytes()));
        let signature = signature.inspect_err(told).map_err(|_| NoteError::Device)?;
        signed_elsewhere(text, &self.verifier, &signature)
    }
}

#[derive(Serialize, Deserialize)]
struct TpmFile {
    material: KeyMaterial,
    auth: String,
}

fn context(tcti: &str) -> Result<TransientKeyContext, TpmError> {
    let tcti = TctiNameConf::from_str(tcti)?;
    Ok(TransientKeyContextBuilder::new().with_tcti(tcti).build()?)
}

fn params() -> KeyParams {
    KeyParams::Ecc { curve: EccCurve::NistP256, scheme: EccScheme::EcDsa(HashScheme::new(HashingAlgorithm::Sha256)) }
}

/// The uncompressed point.
fn point(public: &PublicKey) -> Option<Vec<u8>> {
    match public {
        PublicKey::Ecc { x, y } => Some([vec![UNCOMPRESSED], padded(x)?, padded(y)?].concat()),
        PublicKey::Rsa(_) => None,
    }
}

/// TPMs leave leading zero bytes out.
fn padded(number: &[u8]) -> Option<Vec<u8>> {
    let missing = NUMBER_LEN.checked_sub(number.len())?;
    Some([vec![0; missing], number.to_vec()].concat())
}

fn missing(error: FolderError) -> TpmError {
    match error {
        FolderError::Os { error, .. } if error.kind() == std::io::ErrorKind::NotFound => TpmError::Missing,
        other => TpmError::File(other),
    }
}

const AUTH_LEN: usize = 32;
const NUMBER_LEN: usize = 32;
const UNCOMPRESSED: u8 = 0x04;
