//! Keys and certificates of a board.

use super::{desks, evidence, word};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use office::work::keys::{self, Certify as CertifyOrder, NewKey as NewKeyOrder};
use office::work::{Work, WorkError};
use record::ids::{DeskId, ExamId};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make a sealed key: `<out>/<file>.key`, with its verifier key beside it in `<out>/<file>.vkey`
    New(NewKey),
    /// Sign a desk's certificate
    Certify(Certify),
    /// Make the key that evidence and packages are sealed for: `<out>/recovery.key`, `<out>/recovery.pub`
    Recovery(evidence::Recovery),
    /// Sign the certificate that a desk asks for, after its sixteen characters were heard
    Enrol(desks::Enrol),
    /// Take a desk's certificate back: sign the next list of revocations
    Revoke(desks::Revoke),
}

#[derive(Args)]
pub(crate) struct NewKey {
    /// The folder that takes the two files
    #[arg(long)]
    out: PathBuf,
    /// The board's domain; with --desk, the key becomes that desk's device key
    #[arg(long, default_value = "board.example", value_parser = word)]
    board: String,
    /// Make the device key of this desk instead of a board key
    #[arg(long, value_parser = word)]
    desk: Option<String>,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Certify {
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The desk's verifier key (device.vkey)
    #[arg(long)]
    device: PathBuf,
    /// The certificate to write
    #[arg(long)]
    out: PathBuf,
    #[arg(long)]
    exam: ExamId,
    #[arg(long)]
    desk: DeskId,
    #[arg(long)]
    site: String,
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

/// Makes keys and certificates, and takes these back.
pub(crate) fn run(work: &mut Work<'_>, command: Key) -> Result<u8, WorkError> {
    let done = match command {
        Key::New(args) => new_key(work, args),
        Key::Certify(args) => certify(work, args),
        Key::Recovery(args) => evidence::recovery(work, args),
        Key::Enrol(args) => desks::enrol(work, args),
        Key::Revoke(args) => desks::revoke(work, args),
    };
    done.map(|()| 0)
}

fn new_key(work: &mut Work<'_>, args: NewKey) -> Result<(), WorkError> {
    let NewKey { out, board, desk, passphrase_file } = args;
    keys::new_key(work, &NewKeyOrder { out, board, desk, passphrase_file })
}

fn certify(work: &Work<'_>, args: Certify) -> Result<(), WorkError> {
    let Certify { key, device, out, exam, desk, site, serial, from, days, training, passphrase_file } = args;
    let asked = CertifyOrder { key, device, out, exam, desk, site, serial, from, days, training, passphrase_file };
    keys::certify(work, &asked)
}
