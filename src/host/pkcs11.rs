//! Device keys in a PKCS#11 token (OASIS PKCS#11 v3.0), and small secrets under a key in it: neither key leaves the
//! token.
//!
//! Ed25519 where the token has it, otherwise ECDSA on P-256. The key's label in the token is its name in notes.

use super::random::SystemRandom;
use super::tls_key::HeldKey;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::random::Random as _;
use bits::secret::Secret;
use bits::tlv;
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{
        Mechanism,
        aead::GcmParams,
        eddsa::{EddsaParams, EddsaSignatureScheme},
    },
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::{AuthPin, Ulong},
};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tlog::{NoteError, NoteSigner, NoteVerifier, signed_elsewhere};

/// Which token, and how it is opened.
pub struct TokenSettings<'a> {
    /// The module's library.
    pub module: &'a Path,
    /// The token's label.
    pub token: &'a str,
    /// The user's PIN.
    pub pin: &'a Secret<String>,
}

/// Why a token gave no key.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no token of this label.
    #[error("there is no token of this label")]
    NoToken,
    /// The token has no key of this name.
    #[error("the token has no key of this name")]
    NoKey,
    /// The token has a key of this name already; keys are never overwritten.
    #[error("the token has a key of this name already")]
    Exists,
    /// The PIN is wrong, or locked after too many wrong ones.
    #[error("the token does not take this PIN")]
    Pin,
    /// Nothing that this token wrapped.
    #[error("this is nothing that this token wrapped")]
    Form,
    /// A public key that is neither Ed25519 nor P-256, or a name that cannot stand in a note.
    #[error("the token's key cannot sign notes: {0}")]
    Key(#[from] NoteError),
    /// The module's own error.
    #[error("the token's module: {0}")]
    Module(Error),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinLocked | RvError::PinLenRange | RvError::PinInvalid,
                _,
            ) => Self::Pin,
            other => Self::Module(other),
        }
    }
}

/// A key in a token.
pub struct TokenKey {
    session: Session,
    key: ObjectHandle,
    verifier: NoteVerifier,
}

impl TokenKey {
    /// Opens the key `name`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(settings: &TokenSettings<'_>, name: &str) -> Result<Self, TokenError> {
        let session = session(settings)?;
        let key = find(&session, ObjectClass::PRIVATE_KEY, name)?.ok_or(TokenError::NoKey)?;
        let public = find(&session, ObjectClass::PUBLIC_KEY, name)?.ok_or(TokenError::NoKey)?;
        let verifier = NoteVerifier::of_device(name, &public_bytes(&session, public)?)?;
        Ok(Self { session, key, verifier })
    }

    /// Makes the key `name` in the token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn create(settings: &TokenSettings<'_>, name: &str) -> Result<Self, TokenError> {
        let made = session(settings)?;
        if find(&made, ObjectClass::PRIVATE_KEY, name)?.is_some() {
            return Err(TokenError::Exists);
        }
        let ed25519 = generate(&made, &Mechanism::EccEdwardsKeyPairGen, ED25519, name);
        ed25519.or_else(|_| generate(&made, &Mechanism::EccKeyPairGen, P256, name))?;
        drop(made);
        Self::open(settings, name)
    }
}

/// A key of P-256 for TLS in a token, beside the device key.
pub(super) struct TokenTlsKey {
    /// One call at a time: a session of the module is no shared thing.
    session: Mutex<Session>,
    key: ObjectHandle,
    point: Vec<u8>,
}

impl TokenTlsKey {
    /// Opens the key that belongs to the device key `name`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn open(settings: &TokenSettings<'_>, name: &str) -> Result<Self, TokenError> {
        let (session, label) = (session(settings)?, tls_label(name));
        let key = find(&session, ObjectClass::PRIVATE_KEY, &label)?.ok_or(TokenError::NoKey)?;
        let public = find(&session, ObjectClass::PUBLIC_KEY, &label)?.ok_or(TokenError::NoKey)?;
        let point = public_bytes(&session, public)?;
        Ok(Self { session: Mutex::new(session), key, point })
    }

    /// Makes it in the token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn create(settings: &TokenSettings<'_>, name: &str) -> Result<Self, TokenError> {
        let (made, label) = (session(settings)?, tls_label(name));
        if find(&made, ObjectClass::PRIVATE_KEY, &label)?.is_some() {
            return Err(TokenError::Exists);
        }
        generate(&made, &Mechanism::EccKeyPairGen, P256, &label)?;
        drop(made);
        Self::open(settings, name)
    }
}

impl HeldKey for TokenTlsKey {
    fn point(&self) -> &[u8] {
        &self.point
    }

    fn sign_digest(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |error: &cryptoki::error::Error| tracing::error!(%error, "the token did not sign for TLS");
        session.sign(&Mechanism::Ecdsa, self.key, digest).inspect_err(told).ok()
    }
}

impl NoteSigner for TokenKey {
    fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Result<String, NoteError> {
        let signature = if self.verifier.is_ecdsa() {
            self.session.sign(&Mechanism::Ecdsa, self.key, &Sha256::digest(text.as_bytes()))
        } else {
            let pure = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
            self.session.sign(&pure, self.key, text.as_bytes())
        };
        // The note's error has no room for the module's word; the diagnostics have.
        let told = |error: &cryptoki::error::Error| tracing::error!(%error, "the token did not sign");
        let signature = signature.inspect_err(told).map_err(|_| NoteError::Device)?;
        signed_elsewhere(text, &self.verifier, &signature)
    }
}

/// Wraps a small secret under an AES key that never leaves the token; the key is made where there is none. `name` is that
/// of the device key.
///
/// # Errors
/// [`TokenError`].
pub(super) fn wrap(settings: &TokenSettings<'_>, name: &str, secret: &Secret<String>) -> Result<String, TokenError> {
    let session = session(settings)?;
    let label = wrapping_label(name);
    let key = match find(&session, ObjectClass::SECRET_KEY, &label)? {
        Some(key) => key,
        None => session.generate_key(&Mechanism::AesKeyGen, &wrapping_template(&label)?)?,
    };
    let mut nonce: Vec<u8> = SystemRandom.bytes(NONCE_LEN);
    let shown = BASE64.encode(&nonce);
    let parameters = GcmParams::new(&mut nonce, name.as_bytes(), Ulong::try_from(TAG_BITS)?)?;
    let wrapped = session.encrypt(&Mechanism::AesGcm(parameters), key, secret.expose().as_bytes())?;
    Ok(format!("{WRAPPED}\nnonce {shown}\nbox {}\n", BASE64.encode(wrapped)))
}

/// Opens what [`wrap`] gave.
///
/// # Errors
/// [`TokenError`]; [`TokenError::Form`] for what this token did not wrap.
pub(super) fn unwrap(settings: &TokenSettings<'_>, name: &str, text: &str) -> Result<Secret<String>, TokenError> {
    let (mut nonce, wrapped) = wrapped(text).ok_or(TokenError::Form)?;
    let session = session(settings)?;
    let key = find(&session, ObjectClass::SECRET_KEY, &wrapping_label(name))?.ok_or(TokenError::NoKey)?;
    let parameters = GcmParams::new(&mut nonce, name.as_bytes(), Ulong::try_from(TAG_BITS)?)?;
    let opened = session.decrypt(&Mechanism::AesGcm(parameters), key, &wrapped).map_err(|_| TokenError::Form)?;
    String::from_utf8(opened).map(Secret::new).map_err(|_| TokenError::Form)
}

fn wrapped(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut lines = text.lines();
    (lines.next()? == WRAPPED).then_some(())?;
    let nonce = BASE64.decode(lines.next()?.strip_prefix("nonce ")?).ok()?;
    let wrapped = BASE64.decode(lines.next()?.strip_prefix("box ")?).ok()?;
    (nonce.len() == NONCE_LEN && lines.next().is_none()).then_some((nonce, wrapped))
}

/// The device key's own name is taken in the token.
fn wrapping_label(name: &str) -> String {
    format!("{name}/packages")
}

fn tls_label(name: &str) -> String {
    format!("{name}/tls")
}

fn wrapping_template(label: &str) -> Result<[Attribute; 9], TokenError> {
    Ok([
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::ValueLen(Ulong::try_from(AES_KEY_LEN)?),
        Attribute::Label(label.as_bytes().to_vec()),
    ])
}

fn session(settings: &TokenSettings<'_>) -> Result<Session, TokenError> {
    let module = Pkcs11::new(settings.module)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another key of this process lies in the same module.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => (),
        Err(error) => return Err(error.into()),
    }
    let session = module.open_rw_session(slot(&module, settings.token)?)?;
    match session.login(UserType::User, Some(&AuthPin::new(settings.pin.expose().clone().into()))) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) => Err(error.into()),
    }
}

fn slot(module: &Pkcs11, token: &str) -> Result<Slot, TokenError> {
    for slot in module.get_slots_with_initialized_token()? {
        if module.get_token_info(slot)?.label().trim_end() == token {
            return Ok(slot);
        }
    }
    Err(TokenError::NoToken)
}

fn find(session: &Session, class: ObjectClass, name: &str) -> Result<Option<ObjectHandle>, TokenError> {
    let wanted = [Attribute::Class(class), Attribute::Label(name.as_bytes().to_vec())];
    Ok(session.find_objects(&wanted)?.first().copied())
}

fn generate(session: &Session, mechanism: &Mechanism<'_>, curve: &[u8], name: &str) -> Result<(), TokenError> {
    let label = Attribute::Label(name.as_bytes().to_vec());
    let public = [Attribute::Token(true), Attribute::Verify(true), Attribute::EcParams(curve.to_vec()), label.clone()];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session.generate_key_pair(mechanism, &public, &private)?;
    Ok(())
}

/// The point, out of the OCTET STRING that tokens wrap it in.
fn public_bytes(session: &Session, key: ObjectHandle) -> Result<Vec<u8>, TokenError> {
    let found = session.get_attributes(key, &[AttributeType::EcPoint])?;
    let Some(Attribute::EcPoint(point)) = found.first() else { return Err(TokenError::NoKey) };
    // Some tokens leave the wrapper out; an unwrapped point of P-256 begins with the wrapper's tag.
    match point.len() {
        32 | 65 => Ok(point.clone()),
        _ => Ok(tlv::single(point, OCTET_STRING).map_err(|_| NoteError::BadKey)?.value.to_vec()),
    }
}

/// `edwards25519` as a PrintableString, the form that SoftHSM 2 knows.
const ED25519: &[u8] = b"\x13\x0Cedwards25519";
/// The OID of P-256.
const P256: &[u8] = b"\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07";
const OCTET_STRING: u32 = 0x04;
const WRAPPED: &str = "diemdanh/token-wrapped/v1";
const NONCE_LEN: usize = 12;
const TAG_BITS: usize = 128;
const AES_KEY_LEN: usize = 32;
