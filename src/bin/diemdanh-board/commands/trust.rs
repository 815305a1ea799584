//! Keeps a folder of trust anchors.

use bits::{armour, hex};
use clap::{Args, Subcommand};
use crypto::HashAlg;
use emrtd::authenticity::deviation::Deviations;
use emrtd::authenticity::trust_import::{Held, Import, Manifest, Offered, Vouching, import_vouched};
use host::folder::read_text_file;
use host::keys::{open_key_file, read_passphrase};
use host::trust::{Listing, MANIFEST, TrustFolderError, read_trust_folder};
use host::{file, trust_note, trust_place};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tlog::NoteKey;

/// Nothing was changed, because a file brought nothing.
const REFUSED: u8 = 3;
/// The exit code for what cannot be begun (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;
/// The largest file that is read: the whole of ICAO's directory.
const MAX_FILE_BYTES: u64 = 64 << 20;
const MAX_MANIFEST_BYTES: u64 = 8 << 20;

#[derive(Subcommand)]
pub(crate) enum Trust {
    /// Take in certificates, master lists, revocation lists and ICAO's LDIF
    Import(ImportArguments),
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// Certificates and revocation lists (DER or PEM), master lists (CMS), LDIF
    #[arg(required_unless_present_any = ["deviations", "sign"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The certificate under which master lists must be signed; without it, one of the folder or among the files
    #[arg(long, value_name = "CERT")]
    root: Vec<PathBuf>,
    /// Without --root: takes what a list says about other countries than its own. The report says who vouched
    #[arg(long, conflicts_with = "root")]
    accept_other_countries: bool,
    /// The folder that takes them: new, empty, or a trust folder that this program made
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The list of known deviations (see the manual, chapter on inspection); takes the place of the folder's
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Signs the folder with the board's sealed key (board.key); a folder without a signature loses an old one
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,
    /// A file whose first line is the key's passphrase (default: the standard input)
    #[arg(long, requires = "sign", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// JSON
    #[arg(long)]
    json: bool,
}

/// Exit code 0: taken in (what was dropped is listed); 3: refused, the folder stands as it was; 64: bad usage.
pub(crate) fn import(arguments: &ImportArguments) -> Result<ExitCode, Box<dyn Error>> {
    let material = read(arguments).and_then(|material| Ok((material, board(arguments)?)));
    let ((held, offered, roots), board) = match material {
        Ok(found) => found,
        Err(error) => {
            complain!("diemdanh-board: {error}");
            return Ok(ExitCode::from(BAD_USAGE));
        }
    };
    let vouching = Vouching { roots: &roots, others: arguments.accept_other_countries };
    let import = import_vouched(&held, &offered, vouching, Timestamp::now());
    if let Some(files) = &import.files {
        let note = board.as_ref().map(|board| note(board, files)).transpose()?;
        let files: Vec<_> = files.iter().cloned().chain(note).collect();
        if let Err(error) = trust_place::renew(&arguments.into, &files) {
            complain!("diemdanh-board: {error}");
            return Ok(ExitCode::from(BAD_USAGE));
        }
    }
    if arguments.json {
        hand_on!(as_json(&import, board.as_ref()))
    } else {
        put!("{}", as_text(&import, board.as_ref()))
    }
    Ok(if import.files.is_some() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

type Material = (Held, Vec<Offered>, Vec<Vec<u8>>);

fn read(arguments: &ImportArguments) -> Result<Material, Box<dyn Error>> {
    trust_place::look(&arguments.into)?;
    let mut held = held(&arguments.into)?;
    if let Some(path) = &arguments.deviations {
        let text = read_text_file(path)?;
        Deviations::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        held.deviations = Some(text);
    }
    let offered = arguments.files.iter().map(|path| {
        let objects = objects(path)?;
        Ok(Offered { name: path.display().to_string(), objects })
    });
    let offered = offered.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let roots = arguments.root.iter().map(|path| objects(path)).collect::<Result<Vec<_>, _>>()?;
    Ok((held, offered, roots.concat()))
}

fn held(folder: &Path) -> Result<Held, Box<dyn Error>> {
    let found = match read_trust_folder(folder) {
        Ok(found) => found,
        Err(TrustFolderError::Missing(_) | TrustFolderError::Empty(_)) => return Ok(Held::default()),
        Err(error) => return Err(error.into()),
    };
    let manifest = folder.join(MANIFEST);
    let manifest: Option<Manifest> = match manifest.exists() {
        true => Some(serde_json::from_slice(&file::read(&manifest, MAX_MANIFEST_BYTES)?)?),
        false => None,
    };
    Ok(Held { manifest, objects: found.certificates, deviations: found.deviations })
}

/// The board's key, where the folder is to be signed.
fn board(arguments: &ImportArguments) -> Result<Option<NoteKey>, Box<dyn Error>> {
    let Some(key) = &arguments.sign else { return Ok(None) };
    Ok(Some(open_key_file(key, &read_passphrase(arguments.passphrase_file.as_deref())?)?))
}

/// The file with the board's signature over the new folder.
fn note(board: &NoteKey, files: &[(String, Vec<u8>)]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let manifest = files.iter().find(|(name, _)| name == MANIFEST).ok_or("a folder without a manifest")?;
    let listing: Listing = serde_json::from_slice(&manifest.1)?;
    let note = trust_note::sign(board, &listing, &hex::encode_lower(&HashAlg::Sha256.digest(&manifest.1)))?;
    Ok((trust_note::NOTE.to_owned(), note.into_bytes()))
}

fn objects(path: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let bytes = file::read(path, MAX_FILE_BYTES).map_err(|error| format!("{}: {error}", path.display()))?;
    // A file that is nothing of this is one broken object, and named so.
    Ok(armour::objects(&bytes).unwrap_or_else(|| vec![Vec::new()]))
}

fn as_text(import: &Import, board: Option<&NoteKey>) -> String {
    let mut lines =
        vec![format!("accepted {} certificates, {} revocation lists", import.certificates, import.revocation_lists)];
    lines.push(format!("already there {}", import.known));
    lines.push(format!("new country signers {}", import.added.len()));
    lines.extend(import.added.iter().map(|one| {
        let vouched = one.vouched_by.as_deref().unwrap_or("given by itself");
        format!("  {}: {} ({vouched})", one.file, one.subject)
    }));
    if !import.unproven.is_empty() {
        lines.push(format!("signed by nobody in the folder {}: {}", import.unproven.len(), import.unproven.join(" ")));
    }
    lines.push(format!("dropped {}", import.dropped.len()));
    lines.extend(import.dropped.iter().map(|one| format!("  {} #{}: {}", one.file, one.place, one.cause)));
    lines.push(format!("superseded {}", import.superseded.len()));
    lines.extend(import.superseded.iter().map(|one| format!("  {}: {}", one.file, one.subject)));
    let words = |countries: &BTreeSet<String>| countries.iter().cloned().collect::<Vec<_>>().join(" ");
    lines.push(format!("countries {}: {}", import.countries.len(), words(&import.countries)));
    if !import.countries_gone.is_empty() {
        lines.push(format!("countries superseded {}: {}", import.countries_gone.len(), words(&import.countries_gone)));
    }
    if import.files.is_some() {
        lines.push(format!("version {}, trust store {}", import.manifest.version, import.manifest.trust_store));
        let signed = board.map_or("not signed".to_owned(), |board| format!("signed by {}", board.verifier().name()));
        lines.push(signed);
    } else {
        lines.push(format!("refused, nothing was changed: {}", import.refused.join(", ")));
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
