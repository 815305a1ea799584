//! Makes the packages of an exam.

use clap::Args;
use jiff::Timestamp;
use office::work::exam::pack::{self, ExamKey, Pack as PackOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct NewKey {
    /// The exam's folder
    folder: PathBuf,
    /// The sealed key to make (exam.key), outside the exam's folder
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Pack {
    /// The exam's folder
    folder: PathBuf,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The exam's sealed key, from `exam key`
    #[arg(long)]
    exam_key: PathBuf,
    /// The board's recipient (recovery.pub), from `key recovery`: the board can open what it packed
    #[arg(long)]
    recovery: PathBuf,
    /// Only this session, by its id
    #[arg(long)]
    session: Option<String>,
    /// Only this site, by its code
    #[arg(long)]
    site: Option<String>,
    /// The board's list of revoked certificates
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: two weeks before the session)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Good for this many days (default: until a week after the session)
    #[arg(long)]
    days: Option<u16>,
    /// The folder that takes the packages
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Pack in spite of warnings
    #[arg(long)]
    accept: bool,
    /// Make a new version even of what has not changed
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// A file whose first line is the passphrase of the board's key (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// A file whose first line is the passphrase of the exam's key (default: the same passphrase)
    #[arg(long)]
    exam_key_passphrase_file: Option<PathBuf>,
}

pub(crate) fn new_key(work: &mut Work<'_>, args: NewKey) -> Result<Ending, WorkError> {
    let NewKey { folder, out, passphrase_file } = args;
    pack::new_key(work, &ExamKey { folder, out, passphrase_file })
}

pub(crate) fn pack(work: &Work<'_>, args: Pack) -> Result<Ending, WorkError> {
    let asked = PackOrder {
        folder: args.folder,
        key: args.key,
        exam_key: args.exam_key,
        recovery: args.recovery,
        session: args.session,
        site: args.site,
        revocations: args.revocations,
        from: args.from,
        days: args.days,
        out: args.out,
        accept: args.accept,
        again: args.again,
        dry_run: args.dry_run,
        passphrase_file: args.passphrase_file,
        exam_key_passphrase_file: args.exam_key_passphrase_file,
    };
    pack::pack(work, &asked)
}
