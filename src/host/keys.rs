//! Key files: an Ed25519 seed sealed under a passphrase (argon2id, ChaCha20-Poly1305).
//!
//! The file is text: a head line, the key's name, the costs and salt of the derivation, the nonce, the box. All
//! lines but the box are authenticated with it.

use super::durable::{self, Disk};
use super::file;
use super::folder::{FolderError, read_text_file};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::random::Random;
use bits::secret::Secret;
use bits::text;
use chacha20poly1305::{
    ChaCha20Poly1305, Key, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use std::{
    fs::File,
    io::{self, BufRead as _, Read as _},
    path::Path,
};
use tlog::{NoteError, NoteKey};
use zeroize::Zeroizing;

/// The largest key file that is read.
pub const MAX_KEY_FILE_LEN: u64 = 4_096;
/// The most memory that a key file may ask for.
pub const MAX_MEMORY_KIB: u32 = 1 << 20;
/// The most passes that a key file may ask for.
pub const MAX_PASSES: u32 = 16;

/// What guessing a passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// About a quarter of a second on the machines that we build on.
impl Default for SealCost {
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3 }
    }
}

/// Why a key file gave no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no such file.
    #[error("there is no key file")]
    Missing,
    /// There is a file already; keys are never overwritten.
    #[error("there is a key file already")]
    Exists,
    /// Not in the form of a key file.
    #[error("this is no key file")]
    Form,
    /// The derivation asks for more than we do.
    #[error("the key file asks for {memory_kib} KiB and {passes} passes")]
    TooCostly {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        passes: u32,
    },
    /// The passphrase does not open the box (or the file was damaged; the two cannot be told apart).
    #[error("wrong passphrase, or the key file was damaged")]
    WrongPassphrase,
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    NoPassphrase,
    /// Too short for a key that is made.
    #[error("a passphrase has at least {MIN_PASSPHRASE_LEN} characters")]
    ShortPassphrase,
    /// The key's name cannot stand in a note.
    #[error("the key's name cannot stand in a note")]
    Name(#[from] NoteError),
    /// The operating system's error.
    #[error("the key file cannot be used: {0}")]
    Os(#[source] io::Error),
}

/// Makes a fresh key under `name` and stores it sealed at `path`, readable by its owner only.
///
/// # Errors
/// [`KeyFileError`].
pub fn create_key_file(
    path: &Path,
    name: &str,
    passphrase: &Secret<String>,
    cost: SealCost,
    random: &mut dyn Random,
) -> Result<NoteKey, KeyFileError> {
    let key = NoteKey::generate(name, random)?;
    let text = seal(&key, passphrase, cost, random)?;
    durable::create(&mut Disk, path, text.as_bytes()).map_err(os)?;
    Ok(key)
}

/// Opens the key file at `path`.
///
/// # Errors
/// [`KeyFileError`].
pub fn open_key_file(path: &Path, passphrase: &Secret<String>) -> Result<NoteKey, KeyFileError> {
    let mut text = String::new();
    let file = file::open_plain(path).map_err(os)?;
    file.take(MAX_KEY_FILE_LEN).read_to_string(&mut text).map_err(os)?;
    unseal(&text, passphrase)
}

/// Reads a file of public keys, whatever an editor or a mail program did to its lines: keys are not signed, their spelling is.
///
/// # Errors
/// [`FolderError`].
pub fn read_public_keys(path: &Path) -> Result<String, FolderError> {
    Ok(text::with_plain_lines(&read_text_file(path)?).into_owned())
}

/// The first line of `path`, or of the standard input, as a passphrase.
///
/// # Errors
/// [`KeyFileError::Os`], [`KeyFileError::Missing`], and [`KeyFileError::NoPassphrase`] when the line is empty.
pub fn read_passphrase(path: Option<&Path>) -> Result<Secret<String>, KeyFileError> {
    let source: Box<dyn io::Read> = match path {
        Some(path) => Box::new(File::open(path).map_err(os)?),
        None => Box::new(io::stdin()),
    };
    let mut line = Zeroizing::new(String::new());
    io::BufReader::new(source.take(MAX_KEY_FILE_LEN)).read_line(&mut line).map_err(os)?;
    // Some editors begin every file with a mark that nobody typed.
    let passphrase = line.trim_start_matches('\u{FEFF}').trim_end_matches(['\r', '\n']);
    if passphrase.is_empty() { Err(KeyFileError::NoPassphrase) } else { Ok(Secret::new(passphrase.to_owned())) }
}

/// The passphrase for a key that is about to be made: one that is short protects nothing.
///
/// # Errors
/// Those of [`read_passphrase`]; [`KeyFileError::ShortPassphrase`].
pub fn read_new_passphrase(path: Option<&Path>) -> Result<Secret<String>, KeyFileError> {
    let passphrase = read_passphrase(path)?;
    let is_long = passphrase.expose().chars().count() >= MIN_PASSPHRASE_LEN;
    if is_long { Ok(passphrase) } else { Err(KeyFileError::ShortPassphrase) }
}

/// Seals a key under a passphrase.
///
/// # Errors
/// [`KeyFileError::TooCostly`], [`KeyFileError::Form`].
pub fn seal(
    key: &NoteKey,
    passphrase: &Secret<String>,
    cost: SealCost,
    random: &mut dyn Random,
) -> Result<String, KeyFileError> {
    let (salt, nonce) = (random.bytes(SALT_LEN), random.bytes(NONCE_LEN));
    let head = format!(
        "{HEAD}\nname {}\nargon2id {} {}\nsalt {}\nnonce {}\n",
        key.verifier().name(),
        cost.memory_kib,
        cost.passes,
        BASE64.encode(&salt),
        BASE64.encode(&nonce)
    );
    let cipher = derive(passphrase, &salt, cost)?;
    let nonce = Nonce::try_from(nonce.as_slice()).map_err(|_| KeyFileError::Form)?;
    let seed = key.seed();
    let payload = Payload { msg: seed.expose(), aad: head.as_bytes() };
    let sealed = cipher.encrypt(&nonce, payload).map_err(|_| KeyFileError::Form)?;
    Ok(format!("{head}box {}\n", BASE64.encode(sealed)))
}

/// Opens what [`seal`] wrote.
///
/// # Errors
/// [`KeyFileError`].
pub fn unseal(text: &str, passphrase: &Secret<String>) -> Result<NoteKey, KeyFileError> {
    let text = &*text::with_plain_lines(text);
    let file = parse(text).ok_or(KeyFileError::Form)?;
    let cipher = derive(passphrase, &file.salt, file.cost)?;
    let payload = Payload { msg: &file.sealed, aad: file.head.as_bytes() };
    let opened = cipher.decrypt(&file.nonce, payload).map_err(|_| KeyFileError::WrongPassphrase)?;
    let opened = Zeroizing::new(opened);
    let seed: [u8; 32] = opened.as_slice().try_into().map_err(|_| KeyFileError::Form)?;
    Ok(NoteKey::from_seed(file.name, &Secret::new(seed))?)
}

struct KeyFile<'a> {
    name: &'a str,
    cost: SealCost,
    salt: Vec<u8>,
    nonce: Nonce,
    sealed: Vec<u8>,
    /// All lines but the box.
    head: &'a str,
}

fn parse(text: &str) -> Option<KeyFile<'_>> {
    let (head, sealed) = text.split_at_checked(text.find("\nbox ")? + 1)?;
    let mut lines = head.lines();
    (lines.next()? == HEAD).then_some(())?;
    let name = lines.next()?.strip_prefix("name ")?;
    let (memory, passes) = lines.next()?.strip_prefix("argon2id ")?.split_once(' ')?;
    let cost = SealCost { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()? };
    let salt = BASE64.decode(lines.next()?.strip_prefix("salt ")?).ok()?;
    let nonce = BASE64.decode(lines.next()?.strip_prefix("nonce ")?).ok()?;
    let nonce = Nonce::try_from(nonce.as_slice()).ok()?;
    let sealed = BASE64.decode(sealed.strip_prefix("box ")?.strip_suffix('\n')?).ok()?;
    Some(KeyFile { name, cost, salt, nonce, sealed, head })
}

fn derive(passphrase: &Secret<String>, salt: &[u8], cost: SealCost) -> Result<ChaCha20Poly1305, KeyFileError> {
    let SealCost { memory_kib, passes } = cost;
    if memory_kib > MAX_MEMORY_KIB || passes > MAX_PASSES {
        return Err(KeyFileError::TooCostly { memory_kib, passes });
    }
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| KeyFileError::Form)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.as_mut())
        .map_err(|_| KeyFileError::Form)?;
    Ok(ChaCha20Poly1305::new(&Key::from(*key)))
}

fn os(error: io::Error) -> KeyFileError {
    match error.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing,
        io::ErrorKind::AlreadyExists => KeyFileError::Exists,
        io::ErrorKind::InvalidData => KeyFileError::Form,
        _ => KeyFileError::Os(error),
    }
}

const HEAD: &str = "diemdanh/sealed-key/v1";
/// The fewest characters of a passphrase for a key that is made.
pub const MIN_PASSPHRASE_LEN: usize = 8;
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 12;
