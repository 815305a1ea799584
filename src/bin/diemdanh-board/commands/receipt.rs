//! Receipts for exports.

use clap::Args;
use host::export_folder::FolderSource;
use host::folder::write_new_file;
use host::keys::{open_key_file, read_passphrase};
use office::receiving::receipt;
use std::{error::Error, path::PathBuf};

#[derive(Args)]
pub(crate) struct Receive {
    /// The exported folder
    export: PathBuf,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The receipt to write
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// Checks the export; signs a receipt only for one that is sound and whole. The exit code.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn receive(args: &Receive) -> Result<u8, Box<dyn Error>> {
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    match receipt(&FolderSource::open(&args.export)?, &board) {
        Ok((note, verdict)) => {
            write_new_file(&args.out, note.as_bytes())?;
            say!("receipt written to {}", args.out.display());
            Ok(verdict.exit_code())
        }
        Err(why) => {
            complain!("no receipt: {why}");
            Ok(why.exit_code())
        }
    }
}
