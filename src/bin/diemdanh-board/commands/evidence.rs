//! The board's recovery key, and evidence that was sealed for it.

use clap::{Args, Subcommand};
use emrtd::evidence::{MAX_BUNDLE_BYTES, open_bundle};
use host::folder::{read_text_file, write_folder, write_new_file};
use host::keys::{read_new_passphrase, read_passphrase};
use host::{file, sealed};
use std::{error::Error, path::PathBuf};

#[derive(Args)]
pub(crate) struct Recovery {
    /// The folder that takes recovery.key (sealed) and recovery.pub
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Evidence {
    /// Open one sealed file; the files in it are judged again by `inspect`
    Open(Open),
}

#[derive(Args)]
pub(crate) struct Open {
    /// The sealed file, <sha256>.age of an export
    file: PathBuf,
    /// The sealed recovery key (recovery.key)
    #[arg(long)]
    key: PathBuf,
    /// The new folder for what is in it
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// Makes the key that evidence and packages are sealed for.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn recovery(args: &Recovery) -> Result<(), Box<dyn Error>> {
    let passphrase = read_new_passphrase(args.passphrase_file.as_deref())?;
    file::create_folders(&args.out)?;
    let (identity, recipient) = sealed::generate();
    write_new_file(&args.out.join("recovery.key"), sealed::lock_identity(&identity, &passphrase)?.as_bytes())?;
    write_new_file(&args.out.join("recovery.pub"), format!("{recipient}\n").as_bytes())?;
    say!("{recipient}");
    Ok(())
}

/// Opens one file of evidence.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn open(args: &Open) -> Result<(), Box<dyn Error>> {
    let passphrase = read_passphrase(args.passphrase_file.as_deref())?;
    let identity = sealed::unlock_identity(&read_text_file(&args.key)?, &passphrase)?;
    let bundle = sealed::open(&file::read(&args.file, MAX_BUNDLE_BYTES)?, &identity, MAX_BUNDLE_BYTES)?;
    let files = open_bundle(bundle.expose()).ok_or("this is no kept evidence")?;
    write_folder(&args.out, &files)?;
    for (name, _) in files {
        say!("{}", args.out.join(name).display());
    }
    Ok(())
}
