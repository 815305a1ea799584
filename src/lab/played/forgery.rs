//! Exports changed by hand: bytes, digests and signatures, by nothing that writes or reads a record.
//!
//! Whoever forges has what a thief could have: the files, the device's key, a key of her own.

use crate::PlayError;
use crate::desk::Files;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use tlog::NoteKey;

/// What is left on a stick that was pulled out.
pub(crate) fn half(files: &Files) -> Files {
    files.iter().take(files.len() / 2).cloned().collect()
}

/// Another word stands in an entry; nothing else is made to fit.
pub(crate) fn edited(files: &Files) -> Result<Files, PlayError> {
    let mut files = files.clone();
    change_a_word(&mut files)?;
    Ok(files)
}

/// The same, with the tile of leaf hashes made to fit and the list of files signed again by the device's own key.
pub(crate) fn with_leaf_tile(files: &Files, device: &NoteKey) -> Result<Files, PlayError> {
    let mut files = files.clone();
    let (path, bundle) = change_a_word(&mut files)?;
    let tile = leaf_hashes(&bundle).ok_or(PlayError::Forgery("a bundle"))?;
    let tile_path = path.replace("/tile/entries/", "/tile/0/");
    let old = files.iter_mut().find(|(path, _)| *path == tile_path).ok_or(PlayError::Forgery("a tile"))?;
    old.1 = tile;
    listed_by(files, device)
}

/// The list of files is signed by somebody else.
pub(crate) fn listed_by(files: Files, key: &NoteKey) -> Result<Files, PlayError> {
    let mut files = files;
    files.retain(|(path, _)| path != MANIFEST);
    files.sort();
    let mut text = String::from("diemdanh/manifest/v1\nmode training\n");
    for (path, bytes) in &files {
        let _ = writeln!(text, "file {} {} {path}", bytes.len(), bits::hex::encode_lower(&Sha256::digest(bytes)));
    }
    files.push((MANIFEST.to_owned(), key.sign(&text)?.into_bytes()));
    Ok(files)
}

/// Changes how a chip was opened in the last bundle that says it; its path and what it is now.
fn change_a_word(files: &mut Files) -> Result<(String, Vec<u8>), PlayError> {
    let is_bundle = |path: &str| path.contains("/tile/entries/");
    for (path, bytes) in files.iter_mut().rev().filter(|(path, _)| is_bundle(path)) {
        let found = bytes.windows(WORD.len()).position(|part| part == WORD.as_bytes());
        if let Some(place) = found.and_then(|at| bytes.get_mut(at..at + WORD.len())) {
            place.copy_from_slice(OTHER_WORD.as_bytes());
            return Ok((path.clone(), bytes.clone()));
        }
    }
    Err(PlayError::Forgery("an entry"))
}

/// SHA-256 of a zero byte and each entry (RFC 6962 §2.1); an entry stands behind its length in two bytes.
fn leaf_hashes(mut bundle: &[u8]) -> Option<Vec<u8>> {
    let mut tile = Vec::new();
    while let Some((len, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        tile.extend(Sha256::new().chain_update([0]).chain_update(entry).finalize());
        bundle = rest;
    }
    Some(tile)
}

const MANIFEST: &str = "manifest";
const WORD: &str = "pace-can";
const OTHER_WORD: &str = "pace-mrz";
