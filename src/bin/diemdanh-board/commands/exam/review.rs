//! What comes back from the desks, and what follows from all of it.

use clap::Args;
use office::review_report::Asked;
use office::work::exam::deciding::{
    self, Decide as DecideOrder, Member as MemberOrder, Record as RecordOrder, SealedKey,
};
use office::work::exam::receive::{self, Receive as ReceiveOrder};
use office::work::exam::reporting::{self, Report as ReportOrder};
use office::work::exam::reviewing::{self, Sources as SourcesOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Receive {
    #[command(flatten)]
    sources: Sources,
    /// Exported folders, or folders with many of them
    #[arg(required = true, value_name = "EXPORT")]
    exports: Vec<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Missing {
    #[command(flatten)]
    sources: Sources,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Review {
    #[command(flatten)]
    sources: Sources,
    /// List every room
    #[arg(long)]
    rooms: bool,
    /// List every case with its entries
    #[arg(long)]
    cases: bool,
    /// Tell everything about the candidate with this number
    #[arg(long, value_name = "NUMBER")]
    person: Option<String>,
    /// Write the whole review as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    #[command(flatten)]
    sources: Sources,
    /// The new folder for the files, outside the exam's
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

#[derive(Args)]
pub(crate) struct Member {
    /// The exam's folder
    folder: PathBuf,
    /// The member's code, as it stands in the record
    code: String,
    /// The member's verifier key, named <board>/<code> (`key new --desk <code>` makes one)
    #[arg(long, value_name = "FILE")]
    member: PathBuf,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    sources: Sources,
    /// The case, by its name
    case: String,
    /// What it comes to: asked, answered, to-decide, decided, appealed, closed
    #[arg(long)]
    state: String,
    /// What is ruled, or which explanation fits, as a code
    #[arg(long, default_value = "")]
    ruling: String,
    /// Why, in words
    #[arg(long)]
    reason: String,
    /// The step that is taken back: log, segment, number and leaf hash, as a report names it
    #[arg(long, value_name = "ENTRY")]
    undo: Option<String>,
    /// The key of the member whose record takes the step
    #[arg(long)]
    key: PathBuf,
    /// A file whose first line is that key's passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// The key of the member beside
    #[arg(long, value_name = "KEY")]
    with: Option<PathBuf>,
    /// A file whose first line is that key's passphrase (default: the standard input)
    #[arg(long)]
    with_passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Record {
    /// The exam's folder
    folder: PathBuf,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
    /// The member's sealed key
    #[arg(long)]
    key: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// The new folder
    #[arg(long)]
    out: PathBuf,
}

/// What a review is made from.
#[derive(Args)]
pub(crate) struct Sources {
    /// The exam's folder
    folder: PathBuf,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
    /// A folder of cosigned checkpoints that the board collected; `*.vkey` there are keys of witnesses and registries
    #[arg(long, value_name = "DIR")]
    anchors: Option<PathBuf>,
    /// The board's newest list of revoked certificates
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
}

impl From<Sources> for SourcesOrder {
    fn from(typed: Sources) -> Self {
        let Sources { folder, board_key, anchors, revocations } = typed;
        Self { folder, board_key, anchors, revocations }
    }
}

pub(crate) fn receive(work: &Work<'_>, args: Receive) -> Result<Ending, WorkError> {
    let Receive { sources, exports, dry_run, json } = args;
    receive::receive(work, &ReceiveOrder { sources: sources.into(), exports, dry_run, json })
}

pub(crate) fn missing(work: &Work<'_>, args: Missing) -> Result<Ending, WorkError> {
    reviewing::missing(work, &args.sources.into(), args.json)
}

pub(crate) fn review(work: &Work<'_>, args: Review) -> Result<Ending, WorkError> {
    let Review { sources, rooms, cases, person, json } = args;
    reviewing::review(work, &sources.into(), &Asked { rooms, cases, number: person }, json)
}

pub(crate) fn report(work: &Work<'_>, args: Report) -> Result<Ending, WorkError> {
    reporting::report(work, &ReportOrder { sources: args.sources.into(), into: args.into })
}

pub(crate) fn member(work: &Work<'_>, args: Member) -> Result<Ending, WorkError> {
    let Member { folder, code, member, key, passphrase_file, dry_run } = args;
    deciding::member(work, &MemberOrder { folder, code, member, key, passphrase_file, dry_run })
}

pub(crate) fn decide(work: &mut Work<'_>, args: Decide) -> Result<Ending, WorkError> {
    let Decide { sources, case, state, ruling, reason, undo, key, passphrase_file, with, with_passphrase_file } = args;
    let member = SealedKey { key, passphrase_file };
    let with = with.map(|key| SealedKey { key, passphrase_file: with_passphrase_file });
    deciding::decide(work, &DecideOrder { sources: sources.into(), case, state, ruling, reason, undo, member, with })
}

pub(crate) fn record(work: &Work<'_>, args: Record) -> Result<Ending, WorkError> {
    let Record { folder, board_key, key, passphrase_file, out } = args;
    deciding::record(work, &RecordOrder { folder, board_key, member: SealedKey { key, passphrase_file }, out })
}
