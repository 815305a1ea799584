//! Reads a list into an exam, or says what would come of it.

use clap::Args;
use office::work::exam::import::{self, Import as ImportOrder, Show as ShowOrder};
use office::work::{Ending, Work, WorkError};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Show {
    /// A list (XLSX, XLS, ODS, CSV), or an exam's folder
    path: PathBuf,
    /// A mended mapping file
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Write the mapping as a new file to be mended, outside an exam's folder
    #[arg(long, value_name = "FILE")]
    mapping_out: Option<PathBuf>,
    /// This run reads the list under a limit on its memory
    #[arg(long, hide = true)]
    confined: bool,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The list (XLSX, XLS, ODS, CSV)
    path: PathBuf,
    /// The exam's folder
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// A mended mapping file
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Codes of warnings that are accepted, separated by commas; `all` for every one
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    accept: Vec<String>,
    /// Write the report as a new file outside an exam's folder, .txt, .csv or .xlsx; may be given several times. CSV and
    /// XLSX hold personal data
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Say what would be done, and leave the exam as it is
    #[arg(long)]
    dry_run: bool,
    /// This run reads the list under a limit on its memory
    #[arg(long, hide = true)]
    confined: bool,
}

pub(crate) fn show(work: &Work<'_>, args: Show) -> Result<Ending, WorkError> {
    let Show { path, mapping, mapping_out, confined } = args;
    import::show(work, &ShowOrder { path, mapping, mapping_out, confined })
}

pub(crate) fn import(work: &mut Work<'_>, args: Import) -> Result<Ending, WorkError> {
    let Import { path, into, mapping, accept, report, dry_run, confined } = args;
    import::import(work, &ImportOrder { path, into, mapping, accept, report, dry_run, confined })
}
