//! Checks exports against the board's key and what the board collected.

use clap::Args;
use office::work::verifying::{self, Verify as VerifyOrder};
use office::work::{Work, WorkError};
use record::EntryRef;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Verify {
    /// Exported folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
    /// A folder of cosigned checkpoints that the board collected; `*.vkey` there are keys of witnesses and registries
    #[arg(long, value_name = "DIR")]
    anchors: Option<PathBuf>,
    /// The board's newest list of revoked certificates
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// The exam's folder: everything that a desk rested on is held against what was issued
    #[arg(long, value_name = "DIR")]
    exam: Option<PathBuf>,
    /// Tell the window of time of a disputed entry
    #[arg(long, value_name = "SEGMENT/ENTRY", value_parser = place)]
    entry: Vec<EntryRef>,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Says a report on each export; the worst verdict decides.
pub(crate) fn run(work: &Work<'_>, args: Verify) -> Result<u8, WorkError> {
    let Verify { paths, board_key, anchors, revocations, exam, entry, json } = args;
    let asked = VerifyOrder { paths, board_key, anchors, revocations, exam, entry, json };
    verifying::verify(work, &asked).map(|verdict| verdict.exit_code())
}

fn place(text: &str) -> Result<EntryRef, String> {
    let parts = text.split_once('/').and_then(|(segment, seq)| Some((segment.parse().ok()?, seq.parse().ok()?)));
    let (segment, seq) = parts.ok_or("a segment, a slash and an entry, such as 1/17")?;
    Ok(EntryRef { segment, seq })
}
