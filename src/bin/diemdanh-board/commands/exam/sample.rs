//! Makes a synthetic list.

use super::BAD_USAGE;
use clap::Args;
use host::folder::write_folder;
use host::progress::Progress;
use sample::{self, SampleExam, SamplePerson, Trap};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Files to write, by their paths.
type NewFiles = Vec<(String, Vec<u8>)>;

#[derive(Args)]
pub(crate) struct Sample {
    /// How many people
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_200_000))]
    candidates: u32,
    /// The same seed gives the same list
    #[arg(long, default_value = "1")]
    seed: String,
    /// The folder to make: danh-sach.csv, danh-sach.xlsx
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What is wrong with the list, separated by commas; `all` for everything that goes together; `list` to list them
    #[arg(long, value_name = "TRAPS", value_delimiter = ',')]
    traps: Vec<String>,
    /// Draw a portrait of everybody, of the first 5,000 at most: portraits/<SBD>.jpg
    #[arg(long)]
    portraits: bool,
    /// Only the CSV
    #[arg(long)]
    csv_only: bool,
}

pub(crate) fn run(args: &Sample) -> Result<ExitCode, Box<dyn Error>> {
    if args.traps.iter().any(|word| word == "list") {
        Trap::ALL.iter().for_each(|trap| say!("{}", trap.word()));
        return Ok(ExitCode::SUCCESS);
    }
    let mut exam = SampleExam { candidates: args.candidates, seed: args.seed.clone(), traps: Default::default() };
    for word in &args.traps {
        match Trap::of_word(word) {
            Some(trap) => drop(exam.traps.insert(trap)),
            None if word == "all" => exam.traps.extend(Trap::ALL.iter().filter(|trap| goes_with_others(**trap))),
            None => {
                complain!("diemdanh-board: no trap “{word}”; --traps list lists them");
                return Ok(ExitCode::from(BAD_USAGE));
            }
        }
    }
    let people = exam.people();
    let mut files = vec![("danh-sach.csv".to_owned(), sample::csv(&exam, &people))];
    if !args.csv_only {
        files.push(("danh-sach.xlsx".to_owned(), sample::xlsx(&exam, &people)?));
    }
    if args.portraits {
        files.extend(portraits(&people));
    }
    write_folder(&args.out, &files)?;
    say!("{} people in {}", people.len(), args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Of the encodings and separators a list has one; errors would refuse it whole.
fn goes_with_others(trap: Trap) -> bool {
    !matches!(
        trap,
        Trap::Tcvn3 | Trap::Vni | Trap::Utf16 | Trap::Tabs | Trap::SameNumber | Trap::SameId | Trap::SameSeat
    )
}

/// Girls and boys in the hair that the drawing has for them.
fn portraits(people: &[SamplePerson]) -> NewFiles {
    let drawn = people.len().min(MAX_PORTRAITS);
    let progress = Progress::new("vẽ ảnh", drawn);
    let mut files = Vec::new();
    for (number, one) in (1_u32..).zip(people.iter().take(drawn)) {
        let jpeg = face::jpeg(number * 2 + u32::from(!one.female));
        files.extend(jpeg.map(|jpeg| (format!("portraits/{}.jpg", one.number), jpeg)));
        progress.at(files.len());
    }
    files
}

const MAX_PORTRAITS: usize = 5_000;
