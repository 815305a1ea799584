//! Receipts for exports.

use clap::Args;
use diemdanh::{
    board::{Verdict, report, verify_all},
    host::{
        folder::{Files, read_folder, write_new_file},
        keys::{open_key_file, read_passphrase},
    },
    record::{Checkpoint, receipt::Receipt},
};
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

/// Checks the export; signs a receipt only for one that is sound.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn receive(args: &Receive) -> Result<Verdict, Box<dyn Error>> {
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    let files = read_folder(&args.export)?;
    let verification = verify_all(std::slice::from_ref(&files), board.verifier());
    let verdict = report::worst(verification.iter().map(|one| one.verdict()));
    if !matches!(verdict, Verdict::Clean | Verdict::Remarks) {
        eprintln!("no receipt: the export is not sound; see diemdanh-board verify");
        return Ok(verdict);
    }
    let heads = heads(&files).ok_or("the export holds a checkpoint that cannot be read")?;
    write_new_file(&args.out, Receipt { heads }.sign(&board)?.as_bytes())?;
    println!("receipt written to {}", args.out.display());
    Ok(verdict)
}

fn heads(files: &Files) -> Option<Vec<Checkpoint>> {
    let notes = files.iter().filter(|(path, _)| path.starts_with("segments/") && path.ends_with("/checkpoint"));
    let head = |note: &Vec<u8>| {
        let note = std::str::from_utf8(note).ok()?;
        Checkpoint::parse(note.get(..=note.find("\n\n")?)?)
    };
    notes.map(|(_, note)| head(note)).collect()
}
