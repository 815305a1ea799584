//! Makes an exam out of lists and keeps it as a folder of files.

mod desks;
mod import;
mod keeping;
mod operators;
mod pack;
mod packages;
pub(crate) mod review;
mod sample;

use clap::{Args, Subcommand};
use office::work::exam::checking::{self, Check as CheckOrder};
use office::work::exam::{self, New as NewOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Exam {
    /// Make the folder of a new exam
    New(New),
    /// Say what would be done with a list, or what an exam's folder holds
    Show(import::Show),
    /// Read a list of candidates into an exam
    Import(import::Import),
    /// Say what keeps an exam from being packed
    Check(Check),
    /// Keep the list of those who work at the desks
    #[command(subcommand)]
    Operator(operators::Operators),
    /// Draw PINs and write them as letters, the hashes into operators.toml
    Letters(operators::Letters),
    /// Take in a desk's request and sign its certificate, after its sixteen characters were heard
    Enrol(desks::Enrol),
    /// List the desks: how far each is, and which packages it has
    Desks(desks::Desks),
    /// Make the exam's key, sealed; it must not lie in the exam's folder
    Key(pack::NewKey),
    /// Make the packages for the desks, one a session and site
    Pack(pack::Pack),
    /// Show what is in a package
    Open(packages::Open),
    /// Note which desks took which packages, from the receipts that they signed; or sign receipts for all kept exports
    Receipt(packages::Receipts),
    /// Take exported logs into the exam's folder, each once; forged or damaged ones are put apart
    Receive(review::Receive),
    /// Say which logs have not come, are not ended, or contradict each other
    Missing(review::Missing),
    /// Say what is known of everybody, room by room, and which cases are to be looked at
    Review(review::Review),
    /// Write the workbook and the file for the exam system
    Report(review::Report),
    /// Write one person's case as a paper, with a proof of each entry that anybody can check
    Person(review::Person),
    /// Certify a member of the board for this exam
    Member(review::Member),
    /// Write down what members do about a case
    Decide(review::Decide),
    /// Write down how many scripts a room handed in
    Scripts(review::Scripts),
    /// Write down what explains a difference of a room's balance
    Explain(review::Explain),
    /// Delete what names people when it is due, with a signed entry
    Purge(keeping::Purge),
    /// Open sealed evidence for two members, in memory, and show the inspection again
    Evidence(keeping::Evidence),
    /// Lay out a member's record as an export that anybody can check
    Record(review::Record),
    /// Make a synthetic list: CSV and XLSX as a board gets them
    Sample(sample::Sample),
}

#[derive(Args)]
pub(crate) struct New {
    /// The folder to make
    folder: PathBuf,
    /// The board's domain
    #[arg(long)]
    board: String,
    /// The exam's id: ASCII without space, slash and plus sign
    #[arg(long)]
    id: String,
    /// The exam's name on screens and paper
    #[arg(long)]
    title: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Check {
    /// The exam's folder
    folder: PathBuf,
}

/// Exit code 0: done; 1: with remarks; 2: refused because of errors; 3: refused until warnings are accepted; 64: bad
/// usage.
pub(crate) fn run(work: &mut Work<'_>, command: Exam) -> Result<Ending, WorkError> {
    match command {
        Exam::New(args) => new(work, args),
        Exam::Show(args) => import::show(work, args),
        Exam::Import(args) => import::import(work, args),
        Exam::Check(Check { folder }) => checking::check(work, &CheckOrder { folder }),
        Exam::Operator(command) => operators::run(work, command),
        Exam::Letters(args) => operators::letters(work, args),
        Exam::Enrol(args) => desks::enrol(work, args),
        Exam::Desks(args) => desks::list(work, args),
        Exam::Key(args) => pack::new_key(work, args),
        Exam::Pack(args) => pack::pack(work, args),
        Exam::Open(args) => packages::open(work, args),
        Exam::Receipt(args) => packages::receive(work, args),
        Exam::Receive(args) => review::receive(work, args),
        Exam::Missing(args) => review::missing(work, args),
        Exam::Review(args) => review::review(work, args),
        Exam::Report(args) => review::report(work, args),
        Exam::Person(args) => review::person(work, args),
        Exam::Member(args) => review::member(work, args),
        Exam::Decide(args) => review::decide(work, args),
        Exam::Scripts(args) => review::scripts(work, args),
        Exam::Explain(args) => review::explain(work, args),
        Exam::Purge(args) => keeping::purge(work, args),
        Exam::Evidence(args) => keeping::evidence(work, args),
        Exam::Record(args) => review::record(work, args),
        Exam::Sample(args) => sample::run(work, args),
    }
}

fn new(work: &Work<'_>, args: New) -> Result<Ending, WorkError> {
    let New { folder, board, id, title, dry_run } = args;
    exam::new(work, &NewOrder { folder, board, id, title, dry_run })
}
