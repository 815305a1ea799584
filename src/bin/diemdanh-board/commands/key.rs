//! Keys and certificates of a board.

use super::{desks, evidence, word};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use office::work::desk_ca::{self, NewCa, NewCrl};
use office::work::keys::{self, Certify as CertifyOrder, KeyPlace, NewKey as NewKeyOrder};
use office::work::{Work, WorkError};
use record::ids::{DeskId, ExamId};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make a key: `<out>/<file>.key` (sealed, or the place of one in a token or a TPM), with its verifier key beside it in
    /// `<out>/<file>.vkey`
    New(NewKey),
    /// Sign a desk's certificate
    Certify(Certify),
    /// Make the key that evidence and packages are sealed for: `<out>/recovery.key`, `<out>/recovery.pub`
    Recovery(evidence::Recovery),
    /// Sign the certificate that a desk asks for, after its sixteen characters were heard
    Enrol(desks::Enrol),
    /// Take a desk's certificate back: sign the next list of revocations, and beside it, where there is a desks' CA, that
    /// CA's list `<out>.crl`
    Revoke(desks::Revoke),
    /// Make the desks' CA beside the board's key, under the same passphrase: `desks-ca.key`, `desks-ca.pem`. From then on
    /// a desk that is enrolled gets what it shows the registry's server
    DesksCa(DesksCa),
    /// Write the desks' CA's list of revocations anew (each has an end)
    DesksCrl(DesksCrl),
}

#[derive(Args)]
pub(crate) struct DesksCa {
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// Good for this many days; no desk's certificate outlives it
    #[arg(long, default_value_t = 1_095, value_parser = clap::value_parser!(u16).range(1..))]
    days: u16,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct DesksCrl {
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The board's list of revocations, if there is one
    #[arg(long)]
    list: Option<PathBuf>,
    /// The list to write, a new file (PEM)
    #[arg(long)]
    out: PathBuf,
    /// The next one comes within this many days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    days: u16,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct NewKey {
    /// The folder that takes the two files
    #[arg(long)]
    out: PathBuf,
    /// The board's domain; with --desk, the key becomes that desk's device key
    #[arg(long, default_value = "board.example", value_parser = word)]
    board: String,
    /// Make the device key of this desk, or the key of this member, instead of a board key
    #[arg(long, value_parser = word)]
    desk: Option<String>,
    /// Make it in the PKCS#11 token of this label; its PIN is asked for as the passphrase. A board's own key stays a file
    #[arg(long, value_name = "LABEL", requires = "module", requires = "desk")]
    token: Option<String>,
    /// The library of the token's module
    #[arg(long, value_name = "PATH", requires = "token")]
    module: Option<PathBuf>,
    /// Make it in the TPM that is reached like this, for instance `device:/dev/tpmrm0`
    #[arg(long, value_name = "TCTI", conflicts_with = "token", requires = "desk")]
    tpm: Option<String>,
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
        Key::DesksCa(DesksCa { key, days, passphrase_file }) => {
            desk_ca::new_ca(work, &NewCa { key, days, passphrase_file })
        }
        Key::DesksCrl(DesksCrl { key, list, out, days, passphrase_file }) => {
            desk_ca::new_crl(work, &NewCrl { key, list, out, days, passphrase_file })
        }
    };
    done.map(|()| 0)
}

fn new_key(work: &mut Work<'_>, args: NewKey) -> Result<(), WorkError> {
    let NewKey { out, board, desk, token, module, tpm, passphrase_file } = args;
    let in_token = token.zip(module).map(|(label, module)| KeyPlace::Token { module, label });
    let place = in_token.or(tpm.map(|tcti| KeyPlace::Tpm { tcti, file: "device.tpm".to_owned() }));
    keys::new_key(work, &NewKeyOrder { out, board, desk, place, passphrase_file })
}

fn certify(work: &Work<'_>, args: Certify) -> Result<(), WorkError> {
    let Certify { key, device, out, exam, desk, site, serial, from, days, training, passphrase_file } = args;
    let asked = CertifyOrder { key, device, out, exam, desk, site, serial, from, days, training, passphrase_file };
    keys::certify(work, &asked)
}
