//! Who works at the desks: taken in, listed, taken off, given PINs.

use clap::{Args, Subcommand};
use office::work::exam::operators::{self, Add as AddOrder, List as ListOrder, Revoke as RevokeOrder};
use office::work::exam::pin_letters::{self, Letters as LettersOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Operators {
    /// Take somebody in
    Add(Add),
    /// List everybody: code, role, site, PIN, name
    List(List),
    /// Take somebody off the exam; the line stays, so that nobody gets the code again
    Revoke(Revoke),
}

#[derive(Args)]
pub(crate) struct Add {
    /// The exam's folder
    folder: PathBuf,
    /// As it stands in the log: lower-case letters, digits, dots and hyphens
    #[arg(long)]
    code: String,
    /// The name on the screen
    #[arg(long)]
    name: String,
    /// invigilator, head-of-site, technician or board
    #[arg(long)]
    role: String,
    /// The site; left out: every site
    #[arg(long, default_value = "")]
    site: String,
    /// Where the desks' screens say to call; left out: nowhere
    #[arg(long, default_value = "")]
    telephone: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct List {
    /// The exam's folder
    folder: PathBuf,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// The exam's folder
    folder: PathBuf,
    /// Whose code
    code: String,
    /// Why, for whoever reads the list later
    #[arg(long)]
    reason: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Letters {
    /// The exam's folder
    folder: PathBuf,
    /// The PDF to make: for each site a list to sign, then one letter an operator; an existing file is never overwritten. It holds the PINs
    #[arg(long, value_name = "PDF")]
    out: PathBuf,
    /// Only these, separated by commas (default: everybody without a PIN)
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    only: Vec<String>,
    /// Give those who are named a new PIN even if they have one
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(work: &Work<'_>, command: Operators) -> Result<Ending, WorkError> {
    match command {
        Operators::Add(Add { folder, code, name, role, site, telephone, dry_run }) => {
            operators::add(work, &AddOrder { folder, code, name, role, site, telephone, dry_run })
        }
        Operators::List(List { folder }) => operators::list(work, &ListOrder { folder }),
        Operators::Revoke(Revoke { folder, code, reason, dry_run }) => {
            operators::revoke(work, &RevokeOrder { folder, code, reason, dry_run })
        }
    }
}

pub(crate) fn letters(work: &mut Work<'_>, args: Letters) -> Result<Ending, WorkError> {
    let Letters { folder, out, only, again, dry_run } = args;
    pin_letters::letters(work, &LettersOrder { folder, out, only, again, dry_run })
}
