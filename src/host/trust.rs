//! The folder of trust anchors: certificates of country signers as an authority hands them over.
//!
//! Each file `*.cer`, `*.crt`, `*.der` or `*.pem` holds one certificate in DER or any number in PEM; a `*.ml` holds one
//! master list and a `*.crl` one revocation list, both in DER. Whether they are that at all is the trust store's
//! question, not this room's.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// The largest file that is read.
pub const MAX_CERTIFICATE_FILE_LEN: u64 = 4 << 20;
/// The most files that are read.
pub const MAX_CERTIFICATE_FILES: usize = 4_096;

/// What a trust folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFolder {
    /// Certificates, DER, in the order of the file names.
    pub certificates: Vec<Vec<u8>>,
    /// Files that hold no certificate in DER or PEM, by name.
    pub skipped: Vec<String>,
}

/// Why there are no trust anchors.
#[derive(Debug, thiserror::Error)]
pub enum TrustFolderError {
    /// There is no such folder.
    #[error("the trust folder {0} does not exist")]
    Missing(PathBuf),
    /// No file in it holds a certificate.
    #[error("the trust folder {0} holds no certificate")]
    Empty(PathBuf),
    /// More files than are read.
    #[error("the trust folder holds more than {MAX_CERTIFICATE_FILES} files")]
    TooMany,
    /// The operating system's error.
    #[error("{path}: {error}")]
    Os {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
}

/// Reads all certificates of `folder`.
///
/// # Errors
/// [`TrustFolderError`].
pub fn read_trust_folder(folder: &Path) -> Result<TrustFolder, TrustFolderError> {
    if !folder.is_dir() {
        return Err(TrustFolderError::Missing(folder.to_owned()));
    }
    let mut found = TrustFolder { certificates: Vec::new(), skipped: Vec::new() };
    for path in certificate_files(folder)? {
        let certificates = read_limited(&path)?.and_then(|bytes| certificates(&bytes));
        match certificates {
            Some(certificates) => found.certificates.extend(certificates),
            None => found.skipped.extend(path.file_name().map(|name| name.to_string_lossy().into_owned())),
        }
    }
    if found.certificates.is_empty() { Err(TrustFolderError::Empty(folder.to_owned())) } else { Ok(found) }
}

/// The certificates in one file, DER or PEM; `None` when it is neither.
pub fn certificates(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    if bytes.first() == Some(&DER_SEQUENCE) {
        return Some(vec![bytes.to_vec()]);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(PEM_BEGIN) {
        let (body, after) = after.split_once(PEM_END)?;
        let compact: String = body.split_whitespace().collect();
        blocks.push(BASE64.decode(compact).ok()?);
        rest = after;
    }
    (!blocks.is_empty()).then_some(blocks)
}

fn certificate_files(folder: &Path) -> Result<Vec<PathBuf>, TrustFolderError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str())) {
            paths.push(path);
        }
        if paths.len() > MAX_CERTIFICATE_FILES {
            return Err(TrustFolderError::TooMany);
        }
    }
    paths.sort();
    Ok(paths)
}

/// `None` when the file is larger than a certificate file may be.
fn read_limited(path: &Path) -> Result<Option<Vec<u8>>, TrustFolderError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(at(path))?;
    file.take(MAX_CERTIFICATE_FILE_LEN + 1).read_to_end(&mut bytes).map_err(at(path))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_CERTIFICATE_FILE_LEN);
    Ok(fits.then_some(bytes))
}

fn at(path: &Path) -> impl Fn(io::Error) -> TrustFolderError + '_ {
    move |error| TrustFolderError::Os { path: path.to_owned(), error }
}

const EXTENSIONS: [&str; 6] = ["cer", "crl", "crt", "der", "ml", "pem"];
const DER_SEQUENCE: u8 = 0x30;
const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";
