//! The figures: ratios to a limit or to a peer that is measured in the same run, in `report.md`.
//!
//! A number of milliseconds says something about this machine; a ratio says something about this program.

#![expect(clippy::disallowed_methods, reason = "a measurement asks its machine for the time")]

mod board;
mod card;
mod desk;
mod hostile;
mod link;
mod lists;
mod package;
mod record;
mod registry;
mod report;
mod roster;
mod trust;
mod window;

use clap::Parser;
use report::Row;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, io};

/// Measures the promises as ratios, and writes a report.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The folder of the report; what an earlier run left there is replaced.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// Only the record's figures.
    #[arg(long)]
    record: bool,
    /// Only the figures of hostile exports.
    #[arg(long)]
    hostile: bool,
    /// Only the figures of lists at the board.
    #[arg(long)]
    lists: bool,
    /// Only the figures of the registry's stub.
    #[arg(long)]
    registry: bool,
    /// Only the figures of the desk with its window, under Xvfb.
    #[arg(long)]
    window: bool,
    /// Only the desk's figures without its window.
    #[arg(long)]
    desk: bool,
    /// Only the packages' figures.
    #[arg(long)]
    packages: bool,
    /// Only the figures of an exam that comes back, played with so many sites.
    #[arg(long, value_name = "SITES")]
    board: Option<u32>,
    /// Loads a roster in its canonical form and prints what that took; the bench asks itself so.
    #[arg(long, hide = true)]
    load: Option<PathBuf>,
}

impl Arguments {
    /// Nothing in particular was asked for.
    fn is_everything(&self) -> bool {
        let parts = [self.record, self.hostile, self.lists, self.registry, self.window, self.desk, self.packages];
        self.board.is_none() && !parts.contains(&true)
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
enum BenchError {
    #[error("the log: {0}")]
    Log(#[from] ::record::LogFault),
    #[error("a file: {0}")]
    File(#[from] io::Error),
    #[error("a card: {0}")]
    Card(#[from] ::lab::issuer::IssueError),
    #[error("the reader: {0}")]
    Reader(#[from] ::iso7816::transport::TransportError),
    #[error("a key file: {0}")]
    Key(#[from] ::host::keys::KeyFileError),
    #[error("the desk: {} {}", .0.failure.code(), .0.detail)]
    Desk(::checkin::state::Halted),
    #[error("the roster: {0}")]
    Roster(#[from] ::roster::canonical::CanonicalError),
    #[error("a package: {0}")]
    Package(String),
    #[error("unintelligible answer from the limited process")]
    Child,
    #[error("the card was not read: {0}")]
    Unread(&'static str),
    #[error("the desk never showed {0}")]
    NeverShown(&'static str),
    #[error("the registry's stub left {failed} calls unanswered beside {answered}")]
    Unanswered { failed: usize, answered: usize },
}

/// Measures everything and writes `report.md`.
fn main() -> ExitCode {
    host::logging::start();
    let arguments = &Arguments::parse();
    let measured = match &arguments.load {
        Some(path) => roster::load(path),
        None => measure(arguments),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the figures could not be measured");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), BenchError> {
    let work = arguments.out.join("work");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work)?;
    let mut rows = Vec::new();
    if let Some(sites) = arguments.board {
        rows.extend(board::rows(&work, sites)?);
    } else if arguments.registry {
        rows.extend(registry::rows(&work)?);
    } else if arguments.window {
        rows.extend(window::rows(&work)?);
    } else if arguments.desk {
        rows.extend(trust::rows()?);
        rows.extend(desk::rows(&work)?);
        rows.extend(program()?);
        rows.extend(roster::rows(&work)?);
    } else if arguments.packages {
        rows.extend(package::rows(&work)?);
    } else if arguments.lists {
        rows.extend(lists::rows(&work)?);
    } else if arguments.hostile {
        rows.extend(hostile::rows(&work)?);
    } else if arguments.is_everything() {
        rows.extend(card::rows()?);
        rows.extend(trust::rows()?);
        rows.extend(desk::rows(&work)?);
        rows.extend(program()?);
        rows.extend(window::rows(&work)?);
        rows.extend(roster::rows(&work)?);
        rows.extend(lists::rows(&work)?);
        rows.extend(package::rows(&work)?);
        rows.extend(registry::rows(&work)?);
        rows.extend(board::rows(&work, BOARD_SITES)?);
    }
    if arguments.record || arguments.is_everything() {
        rows.extend(record::rows(&work)?);
        rows.extend(hostile::rows(&work)?);
    }
    fs::remove_dir_all(&work)?;
    let text = report::markdown(&rows);
    fs::write(arguments.out.join("report.md"), &text)?;
    io::Write::write_all(&mut io::stdout(), text.as_bytes())?;
    Ok(())
}

/// The program's own size: on the disk, and in memory after all of the above.
fn program() -> Result<Vec<Row>, BenchError> {
    let bytes = fs::metadata("/proc/self/exe")?.len();
    Ok(vec![
        Row::against_limit("memory of a desk at its highest", peak_memory_mb()?, "MB", MEMORY_LIMIT_MB)
            .how("VmHWM of this process after the desk's measurements, the simulated cards included"),
        Row::plain("program on the disk", format!("{:.1} MB", megabytes(bytes))).how("this build, without the window"),
    ])
}

/// The most memory that this process has had.
fn peak_memory_mb() -> Result<u64, BenchError> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(kib.unwrap_or_default() / 1_024)
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The value below which `permille` thousandths of the sorted samples lie.
fn percentile(samples: &mut [Duration], permille: usize) -> Duration {
    samples.sort_unstable();
    let index = samples.len().saturating_sub(1) * permille / 1_000;
    samples.get(index).copied().unwrap_or_default()
}

fn median(samples: &mut [Duration]) -> Duration {
    percentile(samples, 500)
}

/// Sites of the exam that comes back to the board.
const BOARD_SITES: u32 = 60;
/// design: a province's roster in memory.
const MEMORY_LIMIT_MB: u64 = 300;
