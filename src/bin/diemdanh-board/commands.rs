//! What `diemdanh-board` can be told: what was typed becomes a request, and the office does it.

mod desks;
mod evidence;
mod exam;
mod inspect;
mod key;
mod prove;
mod receipt;
mod review;
mod trust;
mod verify;
mod voice;

pub(crate) use voice::Terminal;

use clap::{Parser, Subcommand};
use office::exam::settings::is_part;
use office::work::{Ending, Work, WorkError};
use words::Language;

#[derive(Parser)]
#[command(name = "diemdanh-board", version, about = "Keys, country signers and checks of an exam board")]
pub(crate) struct Typed {
    /// The language of what it says, vi or en (default: as LC_ALL, LC_MESSAGES or LANG say, else Vietnamese)
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language)]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
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
    /// Keep a folder of CSCA certificates
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Make an exam out of lists, as a folder of files
    #[command(subcommand)]
    Exam(exam::Exam),
    /// Look at an exam in a window: who was there, what is missing, what somebody has to look at
    Review(review::Review),
    /// Make keys and certificates
    #[command(subcommand)]
    Key(key::Key),
}

/// Does what it was told. The exit code.
///
/// # Errors
/// What kept it from being done.
pub(crate) fn run(work: &mut Work<'_>, command: Command, language: Language) -> Result<u8, WorkError> {
    match command {
        Command::Verify(args) => verify::run(work, args),
        Command::Prove(args) => prove::prove(work, args),
        Command::VerifyProof(args) => prove::verify_proof(work, args),
        Command::Inspect(args) => Ok(unbegun(work, inspect::run(work, args))),
        Command::Evidence(command) => evidence::run(work, command),
        Command::Receipt(args) => receipt::receive(work, args),
        Command::Trust(command) => Ok(unbegun(work, trust::run(work, command))),
        Command::Exam(command) => exam::run(work, command).map(Ending::exit_code),
        Command::Review(args) => review::show(work, args, language).map(Ending::exit_code),
        Command::Key(command) => key::run(work, command),
    }
}

/// These two commands say with an exit code of its own that nothing was begun: theirs for a verdict is taken.
fn unbegun(work: &Work<'_>, ended: Result<u8, WorkError>) -> u8 {
    ended.unwrap_or_else(|error| {
        work.voice.complain(&error.said(work.words));
        Ending::Usage.exit_code()
    })
}

/// One word of what is signed: ASCII that everybody sees, without what separates words in a note.
fn word(text: &str) -> Result<String, &'static str> {
    if is_part(text) { Ok(text.to_owned()) } else { Err("one word of ASCII, without slash or plus sign") }
}

fn language(tag: &str) -> Result<Language, &'static str> {
    Language::of_tag(tag).ok_or("vi or en")
}
