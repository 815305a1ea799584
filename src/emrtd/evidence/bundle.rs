//! Evidence as one file: what `diemdanh-board inspect` needs to judge the inspection again, without the holder's data,
//! and without a picture unless the caller keeps one.

use super::{ActiveAnswer, ChipEvidence, Evidence};
use crate::lds::files::FileId;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bits::secret::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The largest file of evidence, in bytes.
pub const MAX_BUNDLE_BYTES: u64 = 1 << 20;
/// The most files in it.
const MAX_FILES: usize = 8;

/// Files by their names, as the card's files are called everywhere in this program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    format: String,
    files: BTreeMap<String, String>,
}

/// Writes the file, with the portrait's group where it is kept.
pub(super) fn encode(evidence: &Evidence, portrait: Option<&[u8]>) -> Vec<u8> {
    let mut files = vec![(FileId::Sod.file_name(), evidence.sod.reveal().clone())];
    files.extend(portrait.map(|dg2| (FileId::Dg(PORTRAIT_GROUP).file_name(), dg2.to_vec())));
    match &evidence.chip {
        None => (),
        Some(ChipEvidence::ChipAuthentication { dg14 }) => {
            files.push((FileId::Dg(14).file_name(), dg14.reveal().clone()))
        }
        Some(ChipEvidence::ChipMapping { card_security }) => {
            files.push((FileId::CardSecurity.file_name(), card_security.reveal().clone()));
        }
        Some(ChipEvidence::ActiveAuthentication { dg15, dg14, answer }) => {
            files.push((FileId::Dg(15).file_name(), dg15.reveal().clone()));
            files.extend(dg14.as_ref().map(|dg14| (FileId::Dg(14).file_name(), dg14.reveal().clone())));
            files.push((ActiveAnswer::FILE_NAME.to_owned(), answer.encode().into_bytes()));
        }
    }
    let files = files.into_iter().map(|(name, bytes)| (name, BASE64.encode(bytes))).collect();
    // Texts by text have no value that JSON lacks.
    serde_json::to_vec(&Form { format: FORMAT.to_owned(), files }).unwrap_or_default()
}

/// The files of kept evidence by their names; `None` for any other form.
pub fn open_bundle(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let form: Form = serde_json::from_slice(bytes).ok()?;
    (form.format == FORMAT && form.files.len() <= MAX_FILES).then_some(())?;
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte));
    let opened = |(name, text): (String, String)| {
        let text = Secret::new(text);
        plain(&name).then_some((name, BASE64.decode(text.expose()).ok()?))
    };
    form.files.into_iter().map(opened).collect()
}

/// The group of the portrait.
const PORTRAIT_GROUP: u8 = 2;

const FORMAT: &str = "diemdanh evidence 1";
