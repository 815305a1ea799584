//! What comes back from the desks, and what follows from all of it.

use clap::Args;
use jiff::civil::Date;
use office::review_report::Asked;
use office::work::exam::counting::{self, Explain as ExplainOrder, Scripts as ScriptsOrder};
use office::work::exam::deciding::{
    self, Decide as DecideOrder, Member as MemberOrder, Record as RecordOrder, SealedKey,
};
use office::work::exam::handing::{self, Person as PersonOrder};
use office::work::exam::receive::{self, Receive as ReceiveOrder};
use office::work::exam::recording::Signers as SignersOrder;
use office::work::exam::reporting::{self, Report as ReportOrder};
use office::work::exam::reviewing::{self, Sources as SourcesOrder};
use office::work::{Ending, Work, WorkError};
use review::answer::Answer;
use review::statement::Duties;
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
pub(crate) struct Person {
    #[command(flatten)]
    sources: Sources,
    /// The candidate's number
    number: String,
    /// The new folder, outside the exam's
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
    /// Until when the next step is due
    #[arg(long, value_name = "DATE")]
    due: Option<Date>,
    /// Of whom a statement is asked; several are possible
    #[arg(long, value_name = "WHOM")]
    asked: Vec<String>,
    /// Of whom a statement was given; several are possible
    #[arg(long, value_name = "WHOM")]
    given: Vec<String>,
    /// What must not be overwritten: the camera, and from when to when; several are possible
    #[arg(long, value_name = "WHAT")]
    preserve: Vec<String>,
    /// The last day of an appeal
    #[arg(long, value_name = "DATE")]
    appeal_until: Option<Date>,
    /// What was found about a harmless explanation of the case's kind: its code and fits, ruled-out or cannot-tell, with
    /// words or without; several are possible
    #[arg(long, value_name = "CODE=FOUND[: WORDS]", value_parser = answer)]
    answer: Vec<Answer>,
    #[command(flatten)]
    signers: Signers,
}

#[derive(Args)]
pub(crate) struct Scripts {
    #[command(flatten)]
    sources: Sources,
    /// The session's id
    #[arg(long)]
    session: String,
    /// The site's code
    #[arg(long, default_value = "")]
    site: String,
    /// The room; without one, guests of the site
    #[arg(long, default_value = "")]
    room: String,
    /// How many scripts were handed in, by the Phiếu thu bài thi
    #[arg(long)]
    count: u64,
    /// Why, in words
    #[arg(long, default_value = "")]
    reason: String,
    /// A count that this one stands instead of, as a report names it; takes two members
    #[arg(long, value_name = "ENTRY")]
    instead: Vec<String>,
    #[command(flatten)]
    signers: Signers,
}

#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    sources: Sources,
    /// The difference, by its name (`exam review --rooms` tells it)
    difference: String,
    /// What explains it; a wrong word is answered with all of them
    #[arg(long)]
    category: Option<String>,
    /// In words
    #[arg(long)]
    reason: String,
    /// The explanation that is taken back, as a report names it
    #[arg(long, value_name = "ENTRY")]
    undo: Option<String>,
    #[command(flatten)]
    signers: Signers,
}

/// The members who sign.
#[derive(Args)]
pub(crate) struct Signers {
    /// The key of the member whose record takes it
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

impl From<Signers> for SignersOrder {
    fn from(typed: Signers) -> Self {
        let Signers { key, passphrase_file, with, with_passphrase_file } = typed;
        let with = with.map(|key| SealedKey { key, passphrase: with_passphrase_file.into() });
        Self { member: SealedKey { key, passphrase: passphrase_file.into() }, with }
    }
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
        Self { folder, board_key, anchors, revocations, index_keys: reviewing::usual_index_keys() }
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
    reviewing::review(work, &sources.into(), &Asked { rooms, cases, number: person, today: None }, json)
}

pub(crate) fn report(work: &Work<'_>, args: Report) -> Result<Ending, WorkError> {
    reporting::report(work, &ReportOrder { sources: args.sources.into(), into: args.into })
}

pub(crate) fn person(work: &Work<'_>, args: Person) -> Result<Ending, WorkError> {
    let Person { sources, number, into } = args;
    handing::person(work, &PersonOrder { sources: sources.into(), number, into })
}

pub(crate) fn member(work: &Work<'_>, args: Member) -> Result<Ending, WorkError> {
    let Member { folder, code, member, key, passphrase_file, dry_run } = args;
    deciding::member(work, &MemberOrder { folder, code, member, key, passphrase_file, dry_run })
}

pub(crate) fn decide(work: &mut Work<'_>, args: Decide) -> Result<Ending, WorkError> {
    let Decide {
        sources,
        case,
        state,
        ruling,
        reason,
        undo,
        due,
        asked,
        given,
        preserve,
        appeal_until,
        answer,
        signers,
    } = args;
    let duties = Duties { due, asked, given, preserve, appeal_until };
    let (sources, members) = (sources.into(), signers.into());
    let order =
        DecideOrder { sources, case, seen: None, state, ruling, reason, undo, duties, answers: answer, members };
    deciding::decide(work, &order)
}

fn answer(text: &str) -> Result<Answer, &'static str> {
    Answer::typed(text).ok_or("a code, =, and fits, ruled-out or cannot-tell; words behind a colon")
}

pub(crate) fn scripts(work: &mut Work<'_>, args: Scripts) -> Result<Ending, WorkError> {
    let Scripts { sources, session, site, room, count, reason, instead, signers } = args;
    let (sources, members) = (sources.into(), signers.into());
    counting::scripts(work, &ScriptsOrder { sources, session, site, room, count, reason, instead, members })
}

pub(crate) fn explain(work: &mut Work<'_>, args: Explain) -> Result<Ending, WorkError> {
    let Explain { sources, difference, category, reason, undo, signers } = args;
    let (sources, members) = (sources.into(), signers.into());
    counting::explain(work, &ExplainOrder { sources, difference, category, reason, undo, members })
}

pub(crate) fn record(work: &Work<'_>, args: Record) -> Result<Ending, WorkError> {
    let Record { folder, board_key, key, passphrase_file, out } = args;
    deciding::record(
        work,
        &RecordOrder { folder, board_key, member: SealedKey { key, passphrase: passphrase_file.into() }, out },
    )
}
