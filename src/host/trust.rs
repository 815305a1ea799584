//! The folder of CSCA certificates: certificates of country signers as an authority hands them over.
//!
//! Each file `*.cer`, `*.crt`, `*.der` or `*.pem` holds one certificate in DER or any number in PEM; a `*.ml` holds one
//! master list and a `*.crl` one revocation list; an `*.ldif` any number of each. Whether they are that at all is the
//! trust store's question, not this room's.
//!
//! A file `deviations.toml` holds the list of known deviations.
//!
//! A folder with a manifest is exactly what the manifest lists: a file that differs or is missing spoils the folder, a
//! file that is not listed is not read.

use super::file;
use super::trust_note;
use bits::{armour, hex};
use crypto::HashAlg;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// The largest file that is read.
pub const MAX_CERTIFICATE_FILE_LEN: u64 = 64 << 20;
/// The most files that are read.
pub const MAX_CERTIFICATE_FILES: usize = 4_096;

/// What a trust folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFolder {
    /// Certificates, DER, in the order of the file names.
    pub certificates: Vec<Vec<u8>>,
    /// Files that hold no certificate in DER or PEM, or that the manifest does not list, by name.
    pub skipped: Vec<String>,
    /// The number in the manifest, where there is one.
    pub version: Option<u64>,
    /// The text of the list of deviations, where there is one.
    pub deviations: Option<String>,
    /// What a board signs over the folder; none where it has no manifest.
    pub note_text: Option<String>,
}

/// What the desk needs of a manifest; the rest of it is `diemdanh-board`'s.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Listing {
    /// The form of the manifest, and with it what the folder is.
    #[serde(default)]
    pub format: String,
    /// Grows by one with every change.
    pub version: u64,
    /// The files, each with the SHA-256 of its content.
    pub files: Vec<ListedFile>,
}

/// One file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ListedFile {
    /// Its name within the folder.
    pub name: String,
    /// Lower hexadecimal.
    pub sha256: String,
}

/// Why there are no CSCA certificates.
#[derive(Debug, thiserror::Error)]
pub enum TrustFolderError {
    /// There is no such folder.
    #[error("the trust folder {0} does not exist")]
    Missing(PathBuf),
    /// No file in it holds a certificate.
    #[error("the trust folder {0} holds no certificate")]
    Empty(PathBuf),
    /// A file that the manifest lists is missing, or is not what the manifest says; or the manifest is none.
    #[error("{0} is not what the manifest says")]
    Damaged(PathBuf),
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
    let manifest = manifest_with_digest(folder)?;
    let names = certificate_files(folder)?;
    assemble(folder, manifest, names, read_limited)
}

/// The same from files that a package holds, by their names in the folder.
///
/// # Errors
/// [`TrustFolderError`].
pub fn trust_folder_of(files: &BTreeMap<String, Vec<u8>>) -> Result<TrustFolder, TrustFolderError> {
    let place = Path::new(PACKED);
    let manifest = files.get(MANIFEST).map(|bytes| parse_manifest(&place.join(MANIFEST), bytes)).transpose()?;
    let names: Vec<PathBuf> =
        files.keys().map(|name| place.join(name)).filter(|path| is_certificate_file(path)).collect();
    if names.len() > MAX_CERTIFICATE_FILES {
        return Err(TrustFolderError::TooMany);
    }
    assemble(place, manifest, names, |path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        Ok(files.get(name).cloned())
    })
}

fn assemble(
    folder: &Path,
    manifest: Option<(Listing, String)>,
    paths: Vec<PathBuf>,
    read: impl Fn(&Path) -> Result<Option<Vec<u8>>, TrustFolderError>,
) -> Result<TrustFolder, TrustFolderError> {
    let note_text = manifest.as_ref().map(|(manifest, digest)| trust_note::text(manifest, digest));
    let manifest = manifest.map(|(manifest, _)| manifest);
    let version = manifest.as_ref().map(|manifest| manifest.version);
    let mut unread: Vec<String> =
        manifest.iter().flat_map(|manifest| &manifest.files).map(|file| file.name.clone()).collect();
    let mut found = TrustFolder { certificates: Vec::new(), skipped: Vec::new(), version, deviations: None, note_text };
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = read(&path)?;
        if let Some(manifest) = &manifest {
            let listed = manifest.files.iter().find(|file| file.name == name);
            match (listed, &bytes) {
                (None, _) => {
                    found.skipped.push(name);
                    continue;
                }
                (Some(file), Some(bytes)) if file.sha256 == sha256(bytes) => unread.retain(|other| *other != name),
                _ => return Err(TrustFolderError::Damaged(path)),
            }
        }
        if name == DEVIATIONS {
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            found.deviations = Some(text.ok_or(TrustFolderError::Damaged(path))?);
            continue;
        }
        match bytes.and_then(|bytes| armour::objects(&bytes)) {
            Some(certificates) => found.certificates.extend(certificates),
            None => found.skipped.push(name),
        }
    }
    if let Some(missing) = unread.first() {
        return Err(TrustFolderError::Damaged(folder.join(missing)));
    }
    if found.certificates.is_empty() { Err(TrustFolderError::Empty(folder.to_owned())) } else { Ok(found) }
}

/// The manifest of `folder`, if it has one.
///
/// # Errors
/// [`TrustFolderError`].
pub fn read_manifest(folder: &Path) -> Result<Option<Listing>, TrustFolderError> {
    Ok(manifest_with_digest(folder)?.map(|(manifest, _)| manifest))
}

fn manifest_with_digest(folder: &Path) -> Result<Option<(Listing, String)>, TrustFolderError> {
    let path = folder.join(MANIFEST);
    match file::read(&path, MAX_MANIFEST_LEN) {
        Ok(bytes) => parse_manifest(&path, &bytes).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&path)(error)),
    }
}

/// Whether `listing` is a trust folder's, and not some other program's.
pub fn is_of_trust_folder(listing: &Listing) -> bool {
    listing.format == FORMAT
}

fn parse_manifest(path: &Path, bytes: &[u8]) -> Result<(Listing, String), TrustFolderError> {
    let listing = serde_json::from_slice(bytes).map_err(|_| TrustFolderError::Damaged(path.to_owned()))?;
    Ok((listing, sha256(bytes)))
}

/// A number that changes when the folder does, from names, sizes and times alone. `None` where it cannot be looked at.
pub fn folder_stamp(folder: &Path) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let named = [MANIFEST, trust_note::NOTE].map(|name| folder.join(name));
    for path in named.into_iter().chain(certificate_files(folder).ok()?) {
        if let Ok(facts) = fs::metadata(&path) {
            (path, facts.len(), facts.modified().ok()).hash(&mut hasher);
        }
    }
    Some(hasher.finish())
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode_lower(&HashAlg::Sha256.digest(bytes))
}

fn certificate_files(folder: &Path) -> Result<Vec<PathBuf>, TrustFolderError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if is_certificate_file(&path) {
            paths.push(path);
        }
        if paths.len() > MAX_CERTIFICATE_FILES {
            return Err(TrustFolderError::TooMany);
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_certificate_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let is_list = path.file_name().is_some_and(|name| name == DEVIATIONS);
    is_list || extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// `None` when the file is larger than a certificate file may be.
fn read_limited(path: &Path) -> Result<Option<Vec<u8>>, TrustFolderError> {
    let mut bytes = Vec::new();
    let file = file::open_plain(path).map_err(at(path))?;
    file.take(MAX_CERTIFICATE_FILE_LEN + 1).read_to_end(&mut bytes).map_err(at(path))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_CERTIFICATE_FILE_LEN);
    Ok(fits.then_some(bytes))
}

fn at(path: &Path) -> impl Fn(io::Error) -> TrustFolderError + '_ {
    move |error| TrustFolderError::Os { path: path.to_owned(), error }
}

/// The name of the list of known deviations.
pub const DEVIATIONS: &str = "deviations.toml";
/// The name of the file that lists the others, where `diemdanh-board trust import` made the folder.
pub const MANIFEST: &str = "manifest.json";

/// The form that [`emrtd::authenticity::trust_import`] writes.
const FORMAT: &str = "diemdanh trust folder 1";
/// What stands for the folder in messages about a packed one.
const PACKED: &str = "trust";
const MAX_MANIFEST_LEN: u64 = 8 << 20;
const EXTENSIONS: [&str; 7] = ["cer", "crl", "crt", "der", "ldif", "ml", "pem"];
