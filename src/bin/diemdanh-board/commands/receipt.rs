//! Receipts for exports.

use clap::Args;
use office::work::receipts::{self, Receive as ReceiveOrder};
use office::work::{Work, WorkError};
use std::path::PathBuf;

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

/// Signs a receipt for an export that is sound and whole. The exit code.
pub(crate) fn receive(work: &Work<'_>, args: Receive) -> Result<u8, WorkError> {
    let Receive { export, key, out, passphrase_file } = args;
    receipts::receive(work, &ReceiveOrder { export, key, out, passphrase_file })
}
