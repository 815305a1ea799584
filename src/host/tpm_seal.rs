//! A small secret sealed to a TPM 2.0 (TCG TPM 2.0 library part 1, section 37, through tpm2-tss): a keyed-hash object
//! below the storage root, opened by the TPM that made it for whoever has the passphrase too.
//!
//! The session is salted with the storage root and encrypts its parameters, so that nobody reads the secret off the bus.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::secret::Secret;
use sha2::{Digest as _, Sha256};
use std::str::FromStr as _;
use tss_esapi::{
    Context, TctiNameConf,
    attributes::{ObjectAttributesBuilder, SessionAttributesBuilder},
    constants::SessionType,
    handles::KeyHandle,
    interface_types::{
        algorithm::{HashingAlgorithm, PublicAlgorithm},
        ecc::EccCurve,
        resource_handles::Hierarchy,
    },
    structures::{
        Auth, EccPoint, KeyedHashScheme, Private, Public, PublicBuilder, PublicEccParametersBuilder,
        PublicKeyedHashParameters, SensitiveData, SymmetricDefinition, SymmetricDefinitionObject,
    },
    traits::{Marshall as _, UnMarshall as _},
};

/// Why a TPM did not seal or open.
#[derive(Debug, thiserror::Error)]
pub enum TpmSealError {
    /// Not in the form of such a file.
    #[error("this is nothing that a TPM sealed")]
    Form,
    /// The TPM's own error: another TPM, another passphrase, or none to be reached.
    #[error("the TPM: {0}")]
    Tpm(#[from] tss_esapi::Error),
}

/// Seals `secret` to the TPM at `tcti`.
///
/// # Errors
/// [`TpmSealError`].
pub(super) fn seal(tcti: &str, passphrase: &Secret<String>, secret: &Secret<String>) -> Result<String, TpmSealError> {
    let (mut context, root) = open_root(tcti)?;
    let data = SensitiveData::try_from(secret.expose().as_bytes().to_vec())?;
    let made = context.create(root, object()?, Some(auth(passphrase)?), Some(data), None, None)?;
    let (public, private) = (made.out_public.marshall()?, made.out_private.value().to_vec());
    Ok(format!("{HEAD}\npublic {}\nprivate {}\n", BASE64.encode(public), BASE64.encode(private)))
}

/// Opens what [`seal`] gave.
///
/// # Errors
/// [`TpmSealError`].
pub(super) fn open(tcti: &str, passphrase: &Secret<String>, text: &str) -> Result<Secret<String>, TpmSealError> {
    let (public, private) = parse(text).ok_or(TpmSealError::Form)?;
    let (public, private) = (Public::unmarshall(&public)?, Private::try_from(private)?);
    let (mut context, root) = open_root(tcti)?;
    let sealed = context.load(root, private, public)?;
    context.tr_set_auth(sealed.into(), auth(passphrase)?)?;
    let opened = context.unseal(sealed.into())?;
    String::from_utf8(opened.value().to_vec()).map(Secret::new).map_err(|_| TpmSealError::Form)
}

fn parse(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut lines = text.lines();
    (lines.next()? == HEAD).then_some(())?;
    let public = BASE64.decode(lines.next()?.strip_prefix("public ")?).ok()?;
    let private = BASE64.decode(lines.next()?.strip_prefix("private ")?).ok()?;
    lines.next().is_none().then_some((public, private))
}

/// The storage root, the same at each start, and a session that it salts.
fn open_root(tcti: &str) -> Result<(Context, KeyHandle), TpmSealError> {
    let mut context = Context::new(TctiNameConf::from_str(tcti)?)?;
    let root = context.execute_with_nullauth_session(|context| {
        context.create_primary(Hierarchy::Owner, root_template()?, None, None, None, None)
    })?;
    let root = root.key_handle;
    let symmetric = SymmetricDefinition::AES_256_CFB;
    let session =
        context.start_auth_session(Some(root), None, None, SessionType::Hmac, symmetric, HashingAlgorithm::Sha256)?;
    let (attributes, mask) = SessionAttributesBuilder::new().with_decrypt(true).with_encrypt(true).build();
    if let Some(session) = session {
        context.tr_sess_set_attributes(session, attributes, mask)?;
    }
    context.set_sessions((session, None, None));
    Ok((context, root))
}

fn root_template() -> Result<Public, tss_esapi::Error> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_sensitive_data_origin(true)
        .with_user_with_auth(true)
        .with_decrypt(true)
        .with_restricted(true)
        .build()?;
    let parameters = PublicEccParametersBuilder::new_restricted_decryption_key(
        SymmetricDefinitionObject::AES_256_CFB,
        EccCurve::NistP256,
    );
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_ecc_parameters(parameters.build()?)
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
}

fn object() -> Result<Public, tss_esapi::Error> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_user_with_auth(true)
        .build()?;
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::KeyedHash)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_keyed_hash_parameters(PublicKeyedHashParameters::new(KeyedHashScheme::Null))
        .with_keyed_hash_unique_identifier(tss_esapi::structures::Digest::default())
        .build()
}

/// The TPM slows guesses at it down by itself.
fn auth(passphrase: &Secret<String>) -> Result<Auth, tss_esapi::Error> {
    let mut hash = Sha256::new_with_prefix(HEAD.as_bytes());
    hash.update(passphrase.expose().as_bytes());
    Auth::try_from(hash.finalize().to_vec())
}

const HEAD: &str = "diemdanh/tpm-sealed/v1";
