//! One candidate's entries, proven without showing anybody else's.

use bits::hex;
use bits::text::shown_within;
use clap::Args;
use host::export_folder::FolderSource;
use host::folder::{read_text_file, write_folder};
use host::threads::SideBySide;
use office::{Check, Files, Outside, proof};
use record::export::DESK_CERT_FILE;
use record::{BoardKeys, CandidateRef, ExportSource as _};
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
    /// The candidate whom it must be about: 32 hexadecimal digits (default: whomever it names)
    #[arg(long, value_parser = candidate)]
    candidate: Option<CandidateRef>,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
}

pub(crate) fn prove(args: &Prove) -> Result<ExitCode, Box<dyn Error>> {
    let board = BoardKeys::parse(&read_text_file(&args.board_key)?)?;
    let source = FolderSource::open(&args.export)?;
    let check =
        Check { board: &board, outside: &Outside::default(), spread: &SideBySide::new(), progress: &|_: u64| {} };
    let proven = proof::prove(&check, &source, args.candidate)?;
    match &args.out {
        None => {
            say!("{}", proven.index.text());
            proven.proofs.iter().for_each(|proof| say!("{}", proof.text));
        }
        Some(out) => {
            let mut files = proven.files();
            let cert = source.read(DESK_CERT_FILE, MAX_PROOF_LEN)?;
            files.push((DESK_CERT_FILE.to_owned(), cert.into_owned()));
            write_folder(out, &files)?;
        }
    }
    for place in &proven.index.withheld {
        complain!("{}/{}: holds another person's document and is not shown", place.segment, place.seq);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints each proven entry. Exit code 0: the folder proves what it says about its candidate; 2: it does not.
pub(crate) fn verify_proof(args: &VerifyProof) -> Result<ExitCode, Box<dyn Error>> {
    let board = BoardKeys::parse(&read_text_file(&args.board_key)?)?;
    let source = FolderSource::open(&args.proofs)?;
    let strays = source.strays();
    let mut files = Files::new();
    for path in source.sizes().into_keys().take(MAX_PROOFS) {
        // What is too large for a proof is none, whatever it holds.
        let bytes = source.read(&path, MAX_PROOF_LEN).map(std::borrow::Cow::into_owned).unwrap_or_default();
        files.insert(path, bytes);
    }
    let (index, checked) = match proof::check(&files, &board) {
        Ok(checked) => checked,
        Err(error) => {
            say!("{error}");
            return Ok(ExitCode::from(FORGED));
        }
    };
    say!("candidate {}", hex::encode_lower(&index.candidate.0));
    let mut is_wrong = false;
    if args.candidate.is_some_and(|candidate| candidate != index.candidate) {
        say!("this is not the candidate that was asked for");
        is_wrong = true;
    }
    for stray in &strays {
        say!("{}: no plain file", shown_within(&stray.path));
        is_wrong = true;
    }
    for (name, entry) in checked {
        let name = shown_within(&name);
        match entry {
            Ok(entry) => say!("{name}: {}", shown_within(&String::from_utf8_lossy(&entry))),
            Err(error) => {
                is_wrong = true;
                say!("{name}: {error}");
            }
        }
    }
    for place in &index.withheld {
        say!("{}/{}: holds another person's document and is not shown", place.segment, place.seq);
    }
    Ok(if is_wrong { ExitCode::from(FORGED) } else { ExitCode::SUCCESS })
}

fn candidate(text: &str) -> Result<CandidateRef, String> {
    let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(CandidateRef).ok_or_else(|| "32 hexadecimal digits".to_owned())
}

/// The exit code for a proof that does not hold.
const FORGED: u8 = 2;
/// More than the longest entry in base64, with its hashes and the checkpoint.
const MAX_PROOF_LEN: u64 = 256 << 10;
/// More files than a folder of proofs holds.
const MAX_PROOFS: usize = 5_000;
