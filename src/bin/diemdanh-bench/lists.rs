//! Lists at the board: those of a province and of the country, and those that were made to take gigabytes. Each is read by
//! the board's own program in a process that is watched.

use super::BenchError;
use super::record::{Watched, watch};
use super::report::Row;
use lab::heavy_lists::heavy_lists;
use sample::{SampleExam, csv, xlsx};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const PROVINCE: u32 = 110_000;
/// As many as one sheet holds, with its headings.
const SHEET: u32 = 1_000_000;
const COUNTRY: u32 = 1_160_000;
/// What issue and manual promise of a list, whatever it holds.
const MEMORY_LIMIT_MB: u64 = 512;
const PROVINCE_LIMIT: Duration = Duration::from_secs(10);
const COUNTRY_LIMIT: Duration = Duration::from_secs(120);

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let board = Board::new(work)?;
    let mut rows = board.imported("110,000 people from XLSX", "province.xlsx", &workbook(PROVINCE)?, PROVINCE_LIMIT)?;
    rows.extend(board.imported("1,000,000 people from one sheet", "sheet.xlsx", &workbook(SHEET)?, COUNTRY_LIMIT)?);
    let country = csv(&exam(COUNTRY), &exam(COUNTRY).people());
    rows.extend(board.imported("1.16 million people from CSV", "country.csv", &country, COUNTRY_LIMIT)?);
    drop(country);
    for list in heavy_lists().map_err(|_| BenchError::Unread("a heavy list was not made"))? {
        rows.extend(board.refused(list.name, &list.bytes)?);
    }
    Ok(rows)
}

struct Board {
    work: PathBuf,
}

impl Board {
    fn new(work: &Path) -> Result<Self, BenchError> {
        Ok(Self { work: work.to_owned() })
    }

    fn program(&self) -> Result<Command, BenchError> {
        let mut command = Command::new(std::env::current_exe()?.with_file_name("diemdanh-board"));
        command.current_dir(&self.work).stdin(Stdio::null()).stderr(Stdio::null());
        Ok(command)
    }

    /// A list that becomes an exam's people, beside its limit.
    fn imported(&self, what: &str, name: &str, bytes: &[u8], limit: Duration) -> Result<Vec<Row>, BenchError> {
        fs::write(self.work.join(name), bytes)?;
        let folder = format!("exam-of-{name}");
        let new = ["exam", "new", folder.as_str(), "--board", "bench.example", "--id", "bench", "--title", "Bench"];
        watch(self.program()?.args(new))?;
        let import = ["exam", "import", "--confined", name, "--into", folder.as_str(), "--accept", "all"];
        let watched = watch(self.program()?.args(import))?;
        let size = fs::metadata(self.work.join(&folder).join("candidates.csv")).map_or(0, |file| file.len());
        if watched.code.is_none_or(|code| code > 1) || size == 0 {
            return Err(BenchError::Unread("a list was not imported"));
        }
        let row = Row::against(&format!("import {what}"), watched.took, "limit", limit)
            .how("diemdanh-board exam import, file to exam folder");
        Ok(vec![row, memory(&watched)])
    }

    /// A list that must be refused: how long that took, beside the country's limit, and what it took of memory.
    fn refused(&self, name: &str, bytes: &[u8]) -> Result<Vec<Row>, BenchError> {
        fs::write(self.work.join(name), bytes)?;
        let watched = watch(self.program()?.args(["exam", "show", "--confined", name]))?;
        fs::remove_file(self.work.join(name))?;
        if watched.code == Some(0) {
            return Err(BenchError::Unread("a heavy list was taken"));
        }
        let what = format!("refuse {name} of {} MB", (bytes.len() >> 20).max(1));
        let row =
            Row::against(&what, watched.took, "limit", COUNTRY_LIMIT).how("made to take gigabytes; named and refused");
        Ok(vec![row, memory(&watched)])
    }
}

fn exam(candidates: u32) -> SampleExam {
    SampleExam { candidates, seed: "bench".to_owned(), traps: BTreeSet::new() }
}

fn workbook(candidates: u32) -> Result<Vec<u8>, BenchError> {
    let exam = exam(candidates);
    xlsx(&exam, &exam.people()).map_err(|_| BenchError::Unread("a workbook was not made"))
}

fn memory(watched: &Watched) -> Row {
    Row::against_limit("memory of that at its highest", watched.highest_kib / 1_024, "MB", MEMORY_LIMIT_MB)
        .how("VmHWM of the process, looked at every millisecond")
}
