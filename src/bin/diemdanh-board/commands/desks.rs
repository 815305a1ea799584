//! Desks of a board: their certificates, and taking these back.

use super::word;
use clap::Args;
use jiff::Timestamp;
use office::work::certificates::{self, Enrol as EnrolOrder, Revoke as RevokeOrder};
use office::work::{Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Enrol {
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The desk's request, from `diemdanh enrol`
    #[arg(long)]
    request: PathBuf,
    /// The sixteen characters that the desk's technician reads out
    #[arg(long)]
    confirm: String,
    /// The certificate to write
    #[arg(long)]
    out: PathBuf,
    #[arg(long, default_value_t = 1)]
    serial: u32,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: now)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Good for this many days
    #[arg(long, default_value_t = 14)]
    days: u16,
    /// For training only: its logs never count as live
    #[arg(long)]
    training: bool,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The list so far, if there is one
    #[arg(long)]
    list: Option<PathBuf>,
    /// The certificate's number
    #[arg(long)]
    serial: u32,
    /// Why, one word: lost, stolen, replaced …
    #[arg(long, value_parser = word)]
    reason: String,
    /// The last segment whose entries still count, by its origin, and how many of them: ORIGIN:SIZE
    #[arg(long, value_parser = accepted)]
    last: Option<(String, u64)>,
    /// The next list, a new file
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// Signs a certificate for the desk of a request whose sixteen characters were heard.
pub(crate) fn enrol(work: &Work<'_>, args: Enrol) -> Result<(), WorkError> {
    let Enrol { key, request, confirm, out, serial, from, days, training, passphrase_file } = args;
    let asked = EnrolOrder { key, request, confirm, out, serial, from, days, training, passphrase_file };
    certificates::enrol(work, &asked)
}

/// Signs the next list with one certificate more.
pub(crate) fn revoke(work: &Work<'_>, args: Revoke) -> Result<(), WorkError> {
    let Revoke { key, list, serial, reason, last, out, passphrase_file } = args;
    certificates::revoke(work, &RevokeOrder { key, list, serial, reason, last, out, passphrase_file })
}

fn accepted(text: &str) -> Result<(String, u64), String> {
    let parsed = text.rsplit_once(':').and_then(|(origin, size)| Some((origin.to_owned(), size.parse().ok()?)));
    parsed.ok_or_else(|| "ORIGIN:SIZE, as in board.example/exam/desk/b1/001:250".to_owned())
}
