//! Checks exports against the board's key and what the board collected.

use clap::Args;
use host::export_folder::FolderSource;
use host::folder::{read_chosen, read_text_file};
use host::progress::Progress;
use host::threads::SideBySide;
use office::verify::Verification;
use office::{Check, Outside, Verdict, exam, report};
use record::{BoardKeys, EntryRef, ExportSource, RevocationList};
use std::{error::Error, path::PathBuf};

#[derive(Args)]
pub(crate) struct Verify {
    /// Exported folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The board's verifier key (board.vkey)
    #[arg(long)]
    board_key: PathBuf,
    /// A folder of cosigned checkpoints that the board collected; `*.vkey` there are keys of witnesses and registries
    #[arg(long, value_name = "DIR")]
    anchors: Option<PathBuf>,
    /// The board's newest list of revoked certificates
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// The exam's folder: everything that a desk rested on is held against what was issued
    #[arg(long, value_name = "DIR")]
    exam: Option<PathBuf>,
    /// Tell the window of time of a disputed entry
    #[arg(long, value_name = "SEGMENT/ENTRY", value_parser = place)]
    entry: Vec<EntryRef>,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Prints a report on each export; the worst verdict decides.
pub(crate) fn run(args: &Verify) -> Result<Verdict, Box<dyn Error>> {
    let board = BoardKeys::parse(&read_text_file(&args.board_key)?)?;
    let outside = outside(args, &board)?;
    let folders: Vec<FolderSource> = args.paths.iter().map(|path| FolderSource::open_or_stray(path)).collect();
    let sources: Vec<&dyn ExportSource> = folders.iter().map(|folder| folder as &dyn ExportSource).collect();
    let bar = Progress::over("kiểm tra", bundle_bytes(&sources));
    let progress = |bytes| bar.add(bytes);
    let check = Check { board: &board, outside: &outside, spread: &SideBySide::new(), progress: &progress };
    let named = args.paths.iter().map(|path| path.display().to_string()).zip(sources.iter().copied());
    let all = check.run_named(&named.collect::<Vec<_>>());
    drop(bar);
    print(args, &all)?;
    Ok(report::worst(all.iter().map(Verification::verdict)))
}

fn print(args: &Verify, all: &[Verification]) -> Result<(), Box<dyn Error>> {
    let named = args.paths.iter().map(|path| path.display().to_string()).zip(all);
    if args.json {
        let reports = named.map(|(name, one)| {
            let mut report = report::json(&name, one);
            let windows = args.entry.iter().map(|entry| report::window_json(one, *entry)).collect();
            report["windows"] = serde_json::Value::Array(windows);
            report
        });
        hand_on!(serde_json::Value::Array(reports.collect()));
    } else {
        for (name, one) in named {
            say!("{}", report::text(&name, one));
            args.entry.iter().for_each(|entry| say!("{}", report::window(one, *entry)));
        }
    }
    Ok(())
}

fn outside(args: &Verify, board: &BoardKeys) -> Result<Outside, Box<dyn Error>> {
    let mut outside = Outside::default();
    if let Some(path) = &args.revocations {
        outside.revocations = Some(RevocationList::open(&read_text_file(path)?, board)?);
    }
    if let Some(folder) = &args.exam {
        let names = [exam::EXAM_FILE, exam::PACKAGES_FILE, exam::PROGRAMS_FILE];
        outside.issued = Some(exam::Issued::read(&read_chosen(folder, &names, &[exam::DESKS_FOLDER])?)?);
    }
    if let Some(folder) = &args.anchors {
        outside.collect(&FolderSource::open(folder)?);
    }
    Ok(outside)
}

fn place(text: &str) -> Result<EntryRef, String> {
    let parts = text.split_once('/').and_then(|(segment, seq)| Some((segment.parse().ok()?, seq.parse().ok()?)));
    let (segment, seq) = parts.ok_or("a segment, a slash and an entry, such as 1/17")?;
    Ok(EntryRef { segment, seq })
}

/// The bundles of entries: what takes the time.
fn bundle_bytes(sources: &[&dyn ExportSource]) -> u64 {
    let bundles = |source: &&dyn ExportSource| -> u64 {
        let sizes = source.sizes();
        let bundles = sizes.iter().filter(|(path, _)| path.contains("/tile/entries/"));
        bundles.fold(0, |sum, (_, size)| sum.saturating_add(*size))
    };
    sources.iter().map(bundles).fold(0, u64::saturating_add)
}
