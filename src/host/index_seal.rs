//! Seals what was found out of files that lie open to others, so that nobody but this user of this machine reads it again,
//! and nobody else can have written it (XChaCha20-Poly1305).
//!
//! Invariants:
//! - What is opened is, byte for byte, what was sealed under the same key and about the same; everything else is `None`, be
//!   it damage, a forgery, or something about another matter.
//! - The key lies in a folder that is its owner's alone, and goes nowhere.

use super::durable::{self, Disk, Medium};
use super::random::SystemRandom;
use super::{file, private_folder};
use bits::hex;
use bits::random::Random as _;
use bits::secret::Secret;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use std::env;
use std::io;
use std::path::{Path, PathBuf};

/// A key of this user.
pub struct IndexKey {
    secret: Secret<[u8; KEY_LEN]>,
}

impl IndexKey {
    /// The key in `folder`, which is made with it where it is not there.
    ///
    /// # Errors
    /// The operating system's; [`io::ErrorKind::PermissionDenied`] for a folder that others may enter;
    /// [`io::ErrorKind::InvalidData`] for a file that is no key.
    pub fn of(folder: &Path) -> io::Result<Self> {
        Self::of_on(&mut Disk, folder)
    }

    /// The same on a medium of the caller's.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn of_on(medium: &mut dyn Medium, folder: &Path) -> io::Result<Self> {
        private_folder::create(folder)?;
        let path = folder.join(KEY_FILE);
        if path.symlink_metadata().is_err() {
            // Whole or not there, under every cut. Of two runs that make one at once the last one's stays, and is read.
            durable::replace(medium, &path, &SystemRandom.bytes(KEY_LEN))?;
        }
        let bytes = file::read(&path, KEY_LEN as u64)?;
        let secret = bytes.try_into().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(Self { secret: Secret::new(secret) })
    }

    /// Where the key in `folder` lies.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join(KEY_FILE)
    }

    /// A short name of the key, for the names of files that it seals.
    pub fn name(&self) -> String {
        let digest =
            Sha256::new().chain_update(b"diemdanh/index-key/v1\n").chain_update(self.secret.expose()).finalize();
        hex::encode_lower(digest.get(..NAME_LEN).unwrap_or_default())
    }

    /// Seals `bytes`, which are `about` something: only who opens it about the same gets them again. `None` where there is
    /// more than can be sealed at once.
    pub fn seal(&self, about: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = SystemRandom.bytes(NONCE_LEN).try_into().ok()?;
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: about }).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed about the same.
    pub fn open(&self, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: about }).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.secret.expose()))
    }
}

/// Where this user's programs keep what is theirs alone (XDG Base Directory: `$XDG_STATE_HOME`, or `~/.local/state`);
/// `None` where the system names no such place.
pub fn state_folder() -> Option<PathBuf> {
    let whole = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = whole("XDG_STATE_HOME").or_else(|| Some(whole("HOME")?.join(".local/state")));
    state.or_else(|| whole("LOCALAPPDATA")).map(|state| state.join(OWN_FOLDER))
}

const KEY_FILE: &str = "index.key";
const OWN_FOLDER: &str = "diemdanh-board";
const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;
/// Bytes of the digest in a name: only a few keys ever lie beside each other.
const NAME_LEN: usize = 4;
