//! One candidate's entries, proven without showing anybody else's.

use bits::hex;
use clap::Args;
use host::export_folder::FolderSource;
use host::folder::{read_text_file, write_folder};
use host::threads::SideBySide;
use office::proof::{self, Proof};
use office::{Check, Outside};
use record::export::DESK_CERT_FILE;
use record::{BoardKeys, CandidateRef, DeskCert, EntryRef};
use std::{error::Error, path::PathBuf, process::ExitCode};

#[derive(Args)]
pub(crate) struct Prove {
    /// The exported folder
    export: PathBuf,
    /// The candidate's id in the log: 32 hexadecimal digits
    #[arg(long, value_parser = candidate)]
    candidate: CandidateRef,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
    /// A new folder for the proofs; default: print them
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct VerifyProof {
    /// A folder that `prove --out` wrote
    proofs: PathBuf,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
}

pub(crate) fn prove(args: &Prove) -> Result<ExitCode, Box<dyn Error>> {
    let board = BoardKeys::parse(&read_text_file(&args.board_key)?)?;
    let source = FolderSource::open(&args.export)?;
    let check =
        Check { board: &board, outside: &Outside::default(), spread: &SideBySide::new(), progress: &|_: u64| {} };
    let proofs = proof::prove(&check, &source, args.candidate)?;
    match &args.out {
        None => proofs.iter().for_each(|proof| println!("{}", proof.text)),
        Some(out) => {
            let named = |proof: Proof| (file_name(proof.place), proof.text.into_bytes());
            let mut files: Vec<_> = proofs.into_iter().map(named).collect();
            let cert = read_text_file(&args.export.join(DESK_CERT_FILE))?;
            files.push((DESK_CERT_FILE.to_owned(), cert.into_bytes()));
            write_folder(out, &files)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints each proven entry. Exit code 0: all proofs hold; 2: one does not.
pub(crate) fn verify_proof(args: &VerifyProof) -> Result<ExitCode, Box<dyn Error>> {
    let board = BoardKeys::parse(&read_text_file(&args.board_key)?)?;
    let files = host::folder::read_folder(&args.proofs)?;
    let text = |name: &str| files.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let cert = DeskCert::open(text(DESK_CERT_FILE), &board)?;
    let mut wrong = 0_u32;
    for name in files.keys().filter(|name| *name != DESK_CERT_FILE) {
        let opening = name.split_once('-').map_or_else(String::new, |(segment, _)| format!("{segment}-0.tlog-proof"));
        match proof::check(text(name), text(&opening), &cert.device) {
            Ok(entry) => println!("{name}: {}", String::from_utf8_lossy(&entry)),
            Err(error) => {
                wrong += 1;
                println!("{name}: {error}");
            }
        }
    }
    let none = files.len() < 2;
    Ok(if wrong > 0 || none { ExitCode::from(FORGED) } else { ExitCode::SUCCESS })
}

fn file_name(place: EntryRef) -> String {
    format!("{:03}-{}.tlog-proof", place.segment, place.seq)
}

fn candidate(text: &str) -> Result<CandidateRef, String> {
    let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(CandidateRef).ok_or_else(|| "32 hexadecimal digits".to_owned())
}

/// The exit code for a proof that does not hold.
const FORGED: u8 = 2;
