//! What an exam keeps, and for how long.

use super::review::{Signers, Sources};
use clap::Args;
use office::work::exam::keeping::{self, Evidence as EvidenceOrder, Purge as PurgeOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Purge {
    #[command(flatten)]
    sources: Sources,
    /// Why, in words
    #[arg(long)]
    reason: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    signers: Signers,
}

#[derive(Args)]
pub(crate) struct Evidence {
    #[command(flatten)]
    sources: Sources,
    /// The sealed file, by its SHA-256 (`exam review --person` tells it)
    sha256: String,
    /// The sealed recovery key (recovery.key)
    #[arg(long, value_name = "KEY")]
    identity: PathBuf,
    /// A file whose first line is its passphrase (default: the standard input)
    #[arg(long, value_name = "FILE")]
    identity_passphrase_file: Option<PathBuf>,
    /// A folder of CSCA certificates (default: the exam's own)
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Why, in words
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    signers: Signers,
}

pub(crate) fn purge(work: &mut Work<'_>, args: Purge) -> Result<Ending, WorkError> {
    let Purge { sources, reason, dry_run, signers } = args;
    keeping::purge(work, &PurgeOrder { sources: sources.into(), reason, dry_run, members: signers.into() })
}

pub(crate) fn evidence(work: &mut Work<'_>, args: Evidence) -> Result<Ending, WorkError> {
    let Evidence { sources, sha256, identity, identity_passphrase_file, trust, reason, signers } = args;
    let order = EvidenceOrder {
        sources: sources.into(),
        sha256,
        recovery: identity,
        recovery_passphrase_file: identity_passphrase_file,
        trust,
        reason,
        members: signers.into(),
    };
    keeping::evidence(work, &order)
}
