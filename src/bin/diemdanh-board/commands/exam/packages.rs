//! Shows what is in a package, and notes which desks took which.

use clap::Args;
use office::work::exam::packages::{self, Open as OpenOrder, Receipts as ReceiptsOrder};
use office::work::exam::receipting::{self, ReceiptAll as ReceiptAllOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Open {
    /// The package (*.diemdanh)
    package: PathBuf,
    /// The board's sealed recovery key (recovery.key)
    #[arg(long)]
    identity: PathBuf,
    /// The board's verifier key (board.vkey); without it nobody vouches for the package
    #[arg(long, value_name = "FILE")]
    board_key: Option<PathBuf>,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Receipts {
    /// The exam's folder
    folder: PathBuf,
    /// Receipts that desks signed
    #[arg(required_unless_present = "all", value_name = "NOTE")]
    notes: Vec<PathBuf>,
    /// Sign a receipt for every kept export instead
    #[arg(long, conflicts_with_all = ["notes", "dry_run"], requires_all = ["key", "into"])]
    all: bool,
    /// With --all: the board's sealed key (board.key)
    #[arg(long, requires = "all")]
    key: Option<PathBuf>,
    /// With --all: a file whose first line is the passphrase (default: the standard input)
    #[arg(long, requires = "all")]
    passphrase_file: Option<PathBuf>,
    /// With --all: the new folder for the receipts, outside the exam's
    #[arg(long, requires = "all", value_name = "DIR")]
    into: Option<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn open(work: &Work<'_>, args: Open) -> Result<Ending, WorkError> {
    let Open { package, identity, board_key, passphrase_file } = args;
    packages::open(work, &OpenOrder { package, identity, board_key, passphrase_file })
}

pub(crate) fn receive(work: &Work<'_>, args: Receipts) -> Result<Ending, WorkError> {
    let Receipts { folder, notes, all: _, key, passphrase_file, into, dry_run } = args;
    if let (Some(key), Some(into)) = (key, into) {
        return receipting::receipt_all(work, &ReceiptAllOrder { folder, key, passphrase_file, into });
    }
    packages::receive(work, &ReceiptsOrder { folder, notes, dry_run })
}
