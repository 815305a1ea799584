//! One candidate's entries, proven without showing anybody else's.

use bits::hex;
use clap::Args;
use office::work::proving::{self, Prove as ProveOrder, VerifyProof as VerifyProofOrder};
use office::work::{Ending, Work, WorkError};
use record::CandidateRef;
use std::path::PathBuf;

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

pub(crate) fn prove(work: &Work<'_>, args: Prove) -> Result<u8, WorkError> {
    let Prove { export, candidate, board_key, out } = args;
    proving::prove(work, &ProveOrder { export, candidate, board_key, out }).map(Ending::exit_code)
}

/// Says each proven entry. Exit code 0: the folder proves what it says about its candidate; 2: it does not.
pub(crate) fn verify_proof(work: &Work<'_>, args: VerifyProof) -> Result<u8, WorkError> {
    let VerifyProof { proofs, candidate, board_key } = args;
    proving::verify_proof(work, &VerifyProofOrder { proofs, candidate, board_key }).map(Ending::exit_code)
}

fn candidate(text: &str) -> Result<CandidateRef, String> {
    let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(CandidateRef).ok_or_else(|| "32 hexadecimal digits".to_owned())
}
