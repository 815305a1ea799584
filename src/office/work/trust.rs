//! Keeps a folder of CSCA certificates.

use super::{Ending, Work, WorkError};
use crate::language::TrustWords;
use bits::{armour, hex};
use crypto::HashAlg;
use emrtd::authenticity::deviation::Deviations;
use emrtd::authenticity::trust_import::{Held, Import, Manifest, Offered, Vouching, import_vouched};
use host::folder::read_text_file;
use host::keys::{open_key_file, read_passphrase};
use host::trust::{Listing, MANIFEST, TrustFolderError, read_trust_folder};
use host::{file, trust_note, trust_place};
use serde_json::json;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use tlog::NoteKey;

/// What a folder of CSCA certificates is to take in.
pub struct TrustImport {
    /// Certificates, revocation lists, master lists, LDIF.
    pub files: Vec<PathBuf>,
    /// Certificates under which master lists must be signed; none: one of the folder or among the files.
    pub root: Vec<PathBuf>,
    /// Takes what a list says about other countries than its own.
    pub accept_other_countries: bool,
    /// The folder: new, empty, or a trust folder.
    pub into: PathBuf,
    /// The list of known deviations that takes the place of the folder's.
    pub deviations: Option<PathBuf>,
    /// The board's sealed key, which signs the folder.
    pub sign: Option<PathBuf>,
    /// Whose first line is the key's passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
    /// The report is for another program.
    pub json: bool,
}

/// Takes in what is good and tells what was dropped. [`Ending::Open`]: a file brought nothing, and the folder stands as
/// it was.
///
/// # Errors
/// What kept it from being begun, or the folder from being renewed.
pub fn import(work: &Work<'_>, asked: &TrustImport) -> Result<Ending, WorkError> {
    let (held, offered, roots) = read(asked)?;
    let board = board(asked)?;
    let vouching = Vouching { roots: &roots, others: asked.accept_other_countries };
    let import = import_vouched(&held, &offered, vouching, work.now);
    if let Some(files) = &import.files {
        let note = board.as_ref().map(|board| note(board, files)).transpose()?;
        let files: Vec<_> = files.iter().cloned().chain(note).collect();
        trust_place::renew(&asked.into, &files)?;
    }
    if asked.json {
        work.voice.hand_on(&as_json(&import, board.as_ref()));
    } else {
        work.voice.put(&as_text(&import, board.as_ref(), &work.words.trust));
    }
    Ok(if import.files.is_some() { Ending::Done } else { Ending::Open })
}

type Material = (Held, Vec<Offered>, Vec<Vec<u8>>);

fn read(asked: &TrustImport) -> Result<Material, WorkError> {
    trust_place::look(&asked.into)?;
    let mut held = held(&asked.into)?;
    if let Some(path) = &asked.deviations {
        let text = read_text_file(path)?;
        Deviations::parse(&text).map_err(|error| WorkError::Deviations { path: path.clone(), error })?;
        held.deviations = Some(text);
    }
    let offered = asked.files.iter().map(|path| {
        let objects = objects(path)?;
        Ok(Offered { name: path.display().to_string(), objects })
    });
    let offered = offered.collect::<Result<Vec<_>, WorkError>>()?;
    let roots = asked.root.iter().map(|path| objects(path)).collect::<Result<Vec<_>, _>>()?;
    Ok((held, offered, roots.concat()))
}

fn held(folder: &Path) -> Result<Held, WorkError> {
    let found = match read_trust_folder(folder) {
        Ok(found) => found,
        Err(TrustFolderError::Missing(_) | TrustFolderError::Empty(_)) => return Ok(Held::default()),
        Err(error) => return Err(error.into()),
    };
    let manifest = match file::read(&folder.join(MANIFEST), MAX_MANIFEST_BYTES) {
        Ok(bytes) => Some(serde_json::from_slice::<Manifest>(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Held { manifest, objects: found.certificates, deviations: found.deviations })
}

/// The board's key, where the folder is to be signed.
fn board(asked: &TrustImport) -> Result<Option<NoteKey>, WorkError> {
    let Some(key) = &asked.sign else { return Ok(None) };
    Ok(Some(open_key_file(key, &read_passphrase(asked.passphrase_file.as_deref())?)?))
}

/// The file with the board's signature over the new folder.
fn note(board: &NoteKey, files: &[(String, Vec<u8>)]) -> Result<(String, Vec<u8>), WorkError> {
    let manifest = files.iter().find(|(name, _)| name == MANIFEST).ok_or(WorkError::NoManifest)?;
    let listing: Listing = serde_json::from_slice(&manifest.1)?;
    let note = trust_note::sign(board, &listing, &hex::encode_lower(&HashAlg::Sha256.digest(&manifest.1)))?;
    Ok((trust_note::NOTE.to_owned(), note.into_bytes()))
}

fn objects(path: &Path) -> Result<Vec<Vec<u8>>, WorkError> {
    let bytes = file::read(path, MAX_FILE_BYTES).map_err(|error| WorkError::at(path, error))?;
    // A file that is nothing of this is one broken object, and named so.
    Ok(armour::objects(&bytes).unwrap_or_else(|| vec![Vec::new()]))
}

fn as_text(import: &Import, board: Option<&NoteKey>, words: &TrustWords) -> String {
    let mut lines = vec![words.accepted(import.certificates, import.revocation_lists), words.known(import.known)];
    lines.push(words.added(import.added.len()));
    lines.extend(import.added.iter().map(|one| {
        let vouched = one.vouched_by.clone().unwrap_or_else(|| words.given_itself());
        words.added_one(&one.file, &one.subject, vouched)
    }));
    if !import.unproven.is_empty() {
        lines.push(words.unproven(import.unproven.len(), import.unproven.join(" ")));
    }
    lines.push(words.dropped(import.dropped.len()));
    lines.extend(import.dropped.iter().map(|one| format!("  {} #{}: {}", one.file, one.place, one.cause)));
    lines.push(words.superseded(import.superseded.len()));
    lines.extend(import.superseded.iter().map(|one| format!("  {}: {}", one.file, one.subject)));
    let names = |countries: &BTreeSet<String>| countries.iter().cloned().collect::<Vec<_>>().join(" ");
    lines.push(words.countries(import.countries.len(), names(&import.countries)));
    if !import.countries_gone.is_empty() {
        lines.push(words.countries_superseded(import.countries_gone.len(), names(&import.countries_gone)));
    }
    if import.files.is_some() {
        lines.push(words.version(import.manifest.version, &import.manifest.trust_store));
        lines.push(board.map_or_else(|| words.not_signed(), |board| words.signed(board.verifier().name())));
    } else {
        lines.push(words.refused(import.refused.join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn as_json(import: &Import, board: Option<&NoteKey>) -> serde_json::Value {
    let superseded = import.superseded.iter();
    let superseded: Vec<_> =
        superseded.map(|one| json!({ "file": one.file, "subject": one.subject, "country": one.country })).collect();
    let added: Vec<_> = import
        .added
        .iter()
        .map(|one| {
            json!({ "file": one.file, "subject": one.subject, "country": one.country, "vouched_by": one.vouched_by })
        })
        .collect();
    let dropped = import.dropped.iter();
    let dropped: Vec<_> =
        dropped.map(|one| json!({ "file": one.file, "place": one.place, "cause": one.cause.to_string() })).collect();
    json!({
        "accepted": { "certificates": import.certificates, "revocation_lists": import.revocation_lists },
        "already_there": import.known,
        "new": added,
        "unproven": import.unproven,
        "dropped": dropped,
        "superseded": superseded,
        "countries": import.countries,
        "countries_superseded": import.countries_gone,
        "signed_by": board.filter(|_| import.files.is_some()).map(|board| board.verifier().name()),
        "refused": import.refused,
        "version": import.files.is_some().then_some(import.manifest.version),
        "trust_store": import.files.is_some().then_some(&import.manifest.trust_store),
    })
}

/// The largest file that is read: the whole of ICAO's directory.
const MAX_FILE_BYTES: u64 = 64 << 20;
const MAX_MANIFEST_BYTES: u64 = 8 << 20;
