//! Rosters of a site, a province and the country: loading and searching.

use super::report::Row;
use super::{BenchError, peak_memory_mb, percentile};
use bits::random::{Random as _, SeededRandom};
use bits::secret::Pii;
use roster::{Candidate, CandidateId, CandidateNumber, Roster, Sex, canonical};
use sample::{SampleExam, SamplePerson};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SITE: u32 = 600;
const PROVINCE: u32 = 110_000;
const COUNTRY: u32 = 1_160_000;
const COUNTRY_LIMIT_MB: u64 = 250;
const SEARCHES: usize = 400;
const FOUND: usize = 6;

/// Loads a roster and says how long that took, in microseconds, and the most memory of the process, in megabytes.
pub(super) fn load(path: &Path) -> Result<(), BenchError> {
    let began = Instant::now();
    let bytes = fs::read(path)?;
    let roster = Roster::from_canonical(&bytes)?;
    let took = began.elapsed();
    drop(bytes);
    Ok(writeln!(std::io::stdout(), "{} {} {}", took.as_micros(), peak_memory_mb()?, roster.len())?)
}

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let mut rows = Vec::new();
    for (name, count, time_ms) in [("a site's 600", SITE, 100), ("1.16 million", COUNTRY, 2_000)] {
        let path = work.join(format!("{count}.csv"));
        fs::write(&path, bytes(count))?;
        let (took, memory) = loaded(&path)?;
        let limit = Duration::from_millis(time_ms);
        rows.push(
            Row::against(&format!("load {name} candidates"), took, "limit", limit)
                .how("file to searchable roster, in a process of its own"),
        );
        if count == COUNTRY {
            let how = "VmHWM of that process, the file's bytes included";
            rows.push(Row::against_limit("memory of loading 1.16 million", memory, "MB", COUNTRY_LIMIT_MB).how(how));
        }
    }
    for (name, count, limit_ms) in [("110,000", PROVINCE, 5), ("1.16 million", COUNTRY, 20)] {
        let worst = key_stroke(&Roster::from_canonical(&bytes(count))?);
        let promise = format!("one key stroke in a search over {name}, p99");
        let row = Row::against(&promise, worst, "limit", Duration::from_millis(limit_ms));
        rows.push(row.how("names, dates and numbers, 400 searches"));
    }
    Ok(rows)
}

fn key_stroke(roster: &Roster) -> Duration {
    let texts = [
        "n",
        "ng",
        "nguyen",
        "nguyen van",
        "an",
        "tran nguyen a",
        "le thi ngoc anh",
        "h",
        "15/",
        "15/2/2008",
        "0",
        "12",
        "010001",
        "120208",
        "01000123",
        "zz",
        "đ a",
        "van n",
    ];
    let mut samples = Vec::new();
    for text in texts.iter().cycle().take(SEARCHES) {
        let began = Instant::now();
        let found = roster.search(text, FOUND);
        samples.push(began.elapsed());
        drop(found);
    }
    percentile(&mut samples, 990)
}

fn loaded(path: &Path) -> Result<(Duration, u64), BenchError> {
    let output = Command::new("/proc/self/exe").arg("--load").arg(path).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = said.split_whitespace().map_while(|number| number.parse::<u64>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(took), Some(memory)) => Ok((Duration::from_micros(took), memory)),
        _ => Err(BenchError::Child),
    }
}

/// A roster in its canonical form.
pub(super) fn bytes(count: u32) -> Vec<u8> {
    let people = SampleExam { candidates: count, seed: "bench".to_owned(), traps: Default::default() }.people();
    let mut random = SeededRandom::new("bench");
    canonical::write(people.into_iter().filter_map(|one| candidate(one, &mut random)).collect())
}

fn candidate(one: SamplePerson, random: &mut SeededRandom) -> Option<Candidate> {
    let mut id = [0; 16];
    random.fill(&mut id);
    Some(Candidate {
        id: CandidateId(id),
        number: CandidateNumber::new(&one.number)?,
        full_name: Pii::new(one.full_name()),
        birth_date: Pii::new(one.born.to_string()),
        id_number: Pii::new(one.id_number),
        site: one.site,
        room: one.room,
        seat: one.seat.to_string(),
        session: String::new(),
        sex: Some(if one.female { Sex::Female } else { Sex::Male }),
        school: one.school,
    })
}
