//! Keeps a folder of CSCA certificates.

use clap::{Args, Subcommand};
use office::work::trust::{self, TrustImport};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Trust {
    /// Take in certificates, master lists, revocation lists and ICAO's LDIF
    Import(ImportArguments),
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// Certificates and revocation lists (DER or PEM), master lists (CMS), LDIF
    #[arg(required_unless_present_any = ["deviations", "sign"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The certificate under which master lists must be signed; without it, one of the folder or among the files
    #[arg(long, value_name = "CERT")]
    root: Vec<PathBuf>,
    /// Without --root: takes what a list says about other countries than its own. The report says who vouched
    #[arg(long, conflicts_with = "root")]
    accept_other_countries: bool,
    /// The folder that takes them: new, empty, or a trust folder that this program made
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The list of known deviations (see the manual, chapter on inspection); takes the place of the folder's
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Signs the folder with the board's sealed key (board.key); a folder without a signature loses an old one
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,
    /// A file whose first line is the key's passphrase (default: the standard input)
    #[arg(long, requires = "sign", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// JSON
    #[arg(long)]
    json: bool,
}

/// Exit code 0: taken in (what was dropped is listed); 3: refused, the folder stands as it was; 64: bad usage.
pub(crate) fn run(work: &Work<'_>, Trust::Import(args): Trust) -> Result<u8, WorkError> {
    let ImportArguments { files, root, accept_other_countries, into, deviations, sign, passphrase_file, json } = args;
    let asked = TrustImport { files, root, accept_other_countries, into, deviations, sign, passphrase_file, json };
    trust::import(work, &asked).map(Ending::exit_code)
}
