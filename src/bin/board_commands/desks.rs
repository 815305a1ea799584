//! Desks of a board: their certificates.

use clap::Args;
use diemdanh::{
    bits::base32,
    board::keys::{self, CertRequest},
    host::{
        folder::{read_text_file, write_new_file},
        keys::{open_key_file, read_passphrase},
    },
    record::Enrolment,
};
use jiff::{SignedDuration, Timestamp};
use std::{error::Error, path::PathBuf};

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

/// Signs a certificate for the desk of a request whose sixteen characters were heard.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn enrol(args: &Enrol) -> Result<(), Box<dyn Error>> {
    let request = Enrolment::open(&read_text_file(&args.request)?)?;
    if base32::normalised(&args.confirm) != base32::normalised(&request.sixteen()) {
        return Err("these are not the sixteen characters of this request: it may be another desk's".into());
    }
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    if board.verifier().name() != request.board {
        return Err(format!("the request is for the board {}", request.board).into());
    }
    let not_before = args.from.unwrap_or_else(Timestamp::now);
    let not_after = not_before.checked_add(SignedDuration::from_hours(i64::from(args.days) * 24))?;
    let Enrolment { exam, desk, site, device, .. } = request;
    let (serial, training) = (args.serial, args.training);
    let cert = CertRequest { serial, exam, desk: desk.clone(), site, training, not_before, not_after, device };
    write_new_file(&args.out, keys::certify(&board, cert)?.as_bytes())?;
    println!("certificate {serial} for desk {desk}, good until {not_after}");
    Ok(())
}
