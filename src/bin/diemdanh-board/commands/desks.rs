//! Desks of a board: their certificates, and taking these back.

use bits::base32;
use clap::Args;
use host::folder::{read_text_file, write_new_file};
use host::keys::{open_key_file, read_passphrase};
use jiff::{SignedDuration, Timestamp};
use record::certify::{self, CertRequest};
use record::{BoardKeys, Enrolment, Revocation, RevocationList};
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
    write_new_file(&args.out, certify::certify(&board, cert)?.as_bytes())?;
    say!("certificate {serial} for desk {desk}, good until {not_after}");
    Ok(())
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
    #[arg(long, value_parser = super::word)]
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

/// Signs the next list with one certificate more.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn revoke(args: &Revoke) -> Result<(), Box<dyn Error>> {
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    let keys = BoardKeys::one(board.verifier().clone());
    let before = args.list.as_ref().map(|path| list(path, &keys)).transpose()?;
    let (number, mut revoked) = before.map_or((0, Vec::new()), |list| (list.number, list.revoked));
    if revoked.iter().any(|one| one.serial == args.serial) {
        return Err(format!("certificate {} is revoked already", args.serial).into());
    }
    let (serial, reason, last_accepted) = (args.serial, args.reason.clone(), args.last.clone());
    revoked.push(Revocation { serial, reason, last_accepted });
    revoked.sort_by_key(|one| one.serial);
    let number = number.checked_add(1).ok_or("the list's number is at its end")?;
    let next = RevocationList { number, board_keys: Some(keys.digest()), revoked };
    write_new_file(&args.out, next.sign(&board)?.as_bytes())?;
    say!("list {} revokes {} certificates", next.number, next.revoked.len());
    Ok(())
}

fn list(path: &std::path::Path, board: &BoardKeys) -> Result<RevocationList, Box<dyn Error>> {
    Ok(RevocationList::open(&read_text_file(path)?, board)?)
}

fn accepted(text: &str) -> Result<(String, u64), String> {
    let parsed = text.rsplit_once(':').and_then(|(origin, size)| Some((origin.to_owned(), size.parse().ok()?)));
    parsed.ok_or_else(|| "ORIGIN:SIZE, as in board.example/exam/desk/b1/001:250".to_owned())
}
