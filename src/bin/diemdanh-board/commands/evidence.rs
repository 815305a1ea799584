//! The board's recovery key, and evidence that was sealed for it.

use clap::{Args, Subcommand};
use office::work::evidence::{self, Open as OpenOrder, Recovery as RecoveryOrder};
use office::work::{Work, WorkError};
use std::path::PathBuf;

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

/// Opens one file of evidence.
pub(crate) fn run(work: &Work<'_>, Evidence::Open(args): Evidence) -> Result<u8, WorkError> {
    let Open { file, key, out, passphrase_file } = args;
    evidence::open(work, &OpenOrder { file, key, out, passphrase_file }).map(|()| 0)
}

/// Makes the key that evidence and packages are sealed for.
pub(crate) fn recovery(work: &Work<'_>, args: Recovery) -> Result<(), WorkError> {
    let Recovery { out, passphrase_file } = args;
    evidence::recovery(work, &RecoveryOrder { out, passphrase_file })
}
