//! What `diemdanh-board` can be told, and how it is done.

/// The one way to the terminal: no text that comes from a file or an argument moves its cursor or hides anything.
macro_rules! say {
    ($($text:tt)*) => { host::speech::line(bits::text::shown(&format!($($text)*))) };
}
/// The same without a line's end.
macro_rules! put {
    ($($text:tt)*) => { host::speech::put(bits::text::shown(&format!($($text)*))) };
}
/// The same, for what went wrong.
macro_rules! complain {
    ($($text:tt)*) => { host::speech::complain(bits::text::shown(&format!($($text)*))) };
}
/// What another program reads. JSON spells control characters out itself, in its own way.
macro_rules! hand_on {
    ($value:expr) => {
        host::speech::line(format_args!("{:#}", $value))
    };
}

mod desks;
mod evidence;
mod exam;
mod inspect;
mod prove;
mod receipt;
mod trust;
mod verify;

use clap::{Args, Parser, Subcommand};
use host::file;
use host::folder::write_new_file;
use host::keys::{SealCost, create_key_file, open_key_file, read_new_passphrase, read_passphrase, read_public_keys};
use host::random::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use office::exam::settings::is_part;
use record::certify;
use std::{error::Error, path::PathBuf, process::ExitCode};
use tlog::NoteVerifier;

#[derive(Parser)]
#[command(name = "diemdanh-board", version, about = "Keys, certificates, trust anchors and checks of an exam board")]
pub(crate) enum Command {
    /// Check exported attendance records
    Verify(verify::Verify),
    /// Write the proof of one candidate's entries, and of nobody else's
    Prove(prove::Prove),
    /// Check such a proof
    VerifyProof(prove::VerifyProof),
    /// Judge the files of a past inspection again, without the card
    Inspect(inspect::Inspect),
    /// Open evidence that was sealed for the board
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Sign a receipt for an export that was checked
    Receipt(receipt::Receive),
    /// Keep a folder of trust anchors
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Make an exam out of lists, as a folder of files
    #[command(subcommand)]
    Exam(exam::Exam),
    /// Make keys and certificates
    #[command(subcommand)]
    Key(Key),
}

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
    exam: String,
    #[arg(long)]
    desk: String,
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

/// Does what it was told; the verdict is the exit code.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Verify(args) => verify::run(&args).map(|verdict| ExitCode::from(verdict.exit_code())),
        Command::Prove(args) => prove::prove(&args),
        Command::VerifyProof(args) => prove::verify_proof(&args),
        Command::Inspect(args) => Ok(inspect::run(&args)),
        Command::Receipt(args) => receipt::receive(&args).map(ExitCode::from),
        Command::Trust(trust::Trust::Import(args)) => trust::import(&args),
        Command::Exam(command) => exam::run(command),
        Command::Key(Key::New(args)) => new_key(&args).map(|()| ExitCode::SUCCESS),
        Command::Key(Key::Certify(args)) => certify(&args).map(|()| ExitCode::SUCCESS),
        Command::Evidence(evidence::Evidence::Open(args)) => evidence::open(&args).map(|()| ExitCode::SUCCESS),
        Command::Key(Key::Recovery(args)) => evidence::recovery(&args).map(|()| ExitCode::SUCCESS),
        Command::Key(Key::Revoke(args)) => desks::revoke(&args).map(|()| ExitCode::SUCCESS),
        Command::Key(Key::Enrol(args)) => desks::enrol(&args).map(|()| ExitCode::SUCCESS),
    }
}

/// One word of what is signed: ASCII that everybody sees, without what separates words in a note.
fn word(text: &str) -> Result<String, &'static str> {
    if is_part(text) { Ok(text.to_owned()) } else { Err("one word of ASCII, without slash or plus sign") }
}

fn new_key(args: &NewKey) -> Result<(), Box<dyn Error>> {
    let (file, name) = match &args.desk {
        None => ("board", args.board.clone()),
        Some(desk) => ("device", certify::device_key_name(&args.board, desk)),
    };
    file::create_folders(&args.out)?;
    let passphrase = read_new_passphrase(args.passphrase_file.as_deref())?;
    let path = args.out.join(file).with_extension("key");
    let key = create_key_file(&path, &name, &passphrase, SealCost::default(), &mut SystemRandom)?;
    write_new_file(&path.with_extension("vkey"), format!("{}\n", key.verifier()).as_bytes())?;
    say!("{}", key.verifier());
    Ok(())
}

fn certify(args: &Certify) -> Result<(), Box<dyn Error>> {
    let board = open_key_file(&args.key, &read_passphrase(args.passphrase_file.as_deref())?)?;
    let not_before = args.from.unwrap_or_else(Timestamp::now);
    let request = certify::CertRequest {
        serial: args.serial,
        exam: args.exam.clone(),
        desk: args.desk.clone(),
        site: args.site.clone(),
        training: args.training,
        not_before,
        not_after: not_before.checked_add(SignedDuration::from_hours(i64::from(args.days) * 24))?,
        device: NoteVerifier::parse(&read_public_keys(&args.device)?)?,
    };
    write_new_file(&args.out, certify::certify(&board, request)?.as_bytes())?;
    Ok(())
}
