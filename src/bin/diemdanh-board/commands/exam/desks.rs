//! Enrols the desks of an exam, and says how far each of them is.

use clap::Args;
use jiff::Timestamp;
use office::work::exam::desks::{self, Desks as DesksOrder, Enrol as EnrolOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Enrol {
    /// The exam's folder
    folder: PathBuf,
    /// The desk's request, from `diemdanh enrol`; `-` takes the text of its QR code from the standard input
    request: PathBuf,
    /// The request's fingerprint: the sixteen characters that the desk's technician reads out
    #[arg(long, alias = "sixteen")]
    fingerprint: String,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The desk's name on the screen, for a desk that has no file yet (default: its id)
    #[arg(long)]
    title: Option<String>,
    /// Its room, for a desk at a room's door that has no file yet
    #[arg(long, default_value = "")]
    room: String,
    /// The certificate's number (default: the next)
    #[arg(long)]
    serial: Option<u32>,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: now)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Good for this many days (default: 14, and until a week after the last session)
    #[arg(long)]
    days: Option<u16>,
    /// Sign again for a desk that has a certificate: the same key, or another one
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Desks {
    /// The exam's folder
    folder: PathBuf,
    /// The board's list of revoked certificates
    #[arg(long, requires = "board_key", value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// The board's verifier key (board.vkey): certificates are checked with it
    #[arg(long, value_name = "FILE")]
    board_key: Option<PathBuf>,
}

pub(crate) fn enrol(work: &Work<'_>, args: Enrol) -> Result<Ending, WorkError> {
    let Enrol { folder, request, fingerprint, key, title, room, serial, from, days, again, dry_run, passphrase_file } =
        args;
    let asked = EnrolOrder {
        folder,
        request,
        fingerprint,
        key,
        title,
        room,
        serial,
        from,
        days,
        again,
        dry_run,
        passphrase_file,
    };
    desks::enrol(work, &asked)
}

pub(crate) fn list(work: &Work<'_>, args: Desks) -> Result<Ending, WorkError> {
    let Desks { folder, revocations, board_key } = args;
    desks::list(work, &DesksOrder { folder, revocations, board_key })
}
