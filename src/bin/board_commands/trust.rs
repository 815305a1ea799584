//! Keeps a folder of trust anchors.

use clap::{Args, Subcommand};
use diemdanh::bits::armour;
use diemdanh::emrtd::authenticity::trust_import::{Held, Import, Manifest, Offered, import as take_in};
use diemdanh::host::file;
use diemdanh::host::trust::{MANIFEST, TrustFolderError, read_trust_folder, replace_folder};
use jiff::Timestamp;
use serde_json::json;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The certificate under which master lists must be signed; without it, one of the folder or among the files
    #[arg(long, value_name = "CERT")]
    root: Vec<PathBuf>,
    /// The folder that takes them; made if it is not there
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// JSON
    #[arg(long)]
    json: bool,
}

/// Exit code 0: taken in (what was dropped is listed); 3: refused, the folder stands as it was; 64: bad usage.
pub(crate) fn import(arguments: &ImportArguments) -> Result<ExitCode, Box<dyn Error>> {
    let (held, offered, roots) = match read(arguments) {
        Ok(found) => found,
        Err(error) => {
            eprintln!("diemdanh-board: {error}");
            return Ok(ExitCode::from(BAD_USAGE));
        }
    };
    let import = take_in(&held, &offered, &roots, Timestamp::now());
    if let Some(files) = &import.files {
        replace_folder(&arguments.into, files)?;
    }
    if arguments.json {
        println!("{:#}", as_json(&import))
    } else {
        print!("{}", as_text(&import))
    }
    Ok(if import.files.is_some() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

type Material = (Held, Vec<Offered>, Vec<Vec<u8>>);

fn read(arguments: &ImportArguments) -> Result<Material, Box<dyn Error>> {
    let held = held(&arguments.into)?;
    let offered = arguments.files.iter().map(|path| {
        let objects = objects(path)?;
        Ok(Offered { name: path.display().to_string(), objects })
    });
    let offered = offered.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let roots = arguments.root.iter().map(|path| objects(path)).collect::<Result<Vec<_>, _>>()?;
    Ok((held, offered, roots.concat()))
}

fn held(folder: &Path) -> Result<Held, Box<dyn Error>> {
    let objects = match read_trust_folder(folder) {
        Ok(found) => found.certificates,
        Err(TrustFolderError::Missing(_) | TrustFolderError::Empty(_)) => return Ok(Held::default()),
        Err(error) => return Err(error.into()),
    };
    let manifest = folder.join(MANIFEST);
    let manifest: Option<Manifest> = match manifest.exists() {
        true => Some(serde_json::from_slice(&file::read(&manifest, MAX_MANIFEST_BYTES)?)?),
        false => None,
    };
    Ok(Held { manifest, objects })
}

fn objects(path: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let bytes = file::read(path, MAX_FILE_BYTES).map_err(|error| format!("{}: {error}", path.display()))?;
    // A file that is nothing of this is one broken object, and named so.
    Ok(armour::objects(&bytes).unwrap_or_else(|| vec![Vec::new()]))
}

fn as_text(import: &Import) -> String {
    let mut lines =
        vec![format!("accepted {} certificates, {} revocation lists", import.certificates, import.revocation_lists)];
    lines.push(format!("dropped {}", import.dropped.len()));
    lines.extend(import.dropped.iter().map(|one| format!("  {} #{}: {}", one.file, one.place, one.cause)));
    let countries: Vec<&str> = import.countries.iter().map(String::as_str).collect();
    lines.push(format!("countries {}: {}", countries.len(), countries.join(" ")));
    if import.files.is_some() {
        lines.push(format!("version {}, trust store {}", import.manifest.version, import.manifest.trust_store));
    } else {
        lines.push(format!("refused, nothing was changed: {}", import.refused.join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn as_json(import: &Import) -> serde_json::Value {
    let dropped = import.dropped.iter();
    let dropped: Vec<_> =
        dropped.map(|one| json!({ "file": one.file, "place": one.place, "cause": one.cause.to_string() })).collect();
    json!({
        "accepted": { "certificates": import.certificates, "revocation_lists": import.revocation_lists },
        "dropped": dropped,
        "countries": import.countries,
        "refused": import.refused,
        "version": import.files.is_some().then_some(import.manifest.version),
        "trust_store": import.files.is_some().then_some(&import.manifest.trust_store),
    })
}
