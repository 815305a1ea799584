//! Makes a synthetic list.

use clap::Args;
use host::folder::write_folder;
use host::progress::Progress;
use office::work::{Ending, Work, WorkError};
use sample::{SampleExam, Trap, Wanted};
use std::path::PathBuf;

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

pub(crate) fn run(work: &Work<'_>, args: Sample) -> Result<Ending, WorkError> {
    if args.traps.iter().any(|word| word == "list") {
        Trap::ALL.iter().for_each(|trap| work.voice.say(trap.word()));
        return Ok(Ending::Done);
    }
    let traps = match Trap::of_words(&args.traps) {
        Ok(traps) => traps,
        Err(word) => {
            work.voice.complain(&format!("no trap “{word}”; --traps list lists them"));
            return Ok(Ending::Usage);
        }
    };
    let exam = SampleExam { candidates: args.candidates, seed: args.seed, traps };
    let people = exam.people();
    let bar = Progress::new("vẽ ảnh", if args.portraits { people.len().min(sample::MAX_PORTRAITS) } else { 0 });
    let wanted = Wanted { csv_only: args.csv_only, portraits: args.portraits };
    let files = sample::folder(&exam, &people, wanted, &mut |drawn| bar.at(drawn))?;
    drop(bar);
    write_folder(&args.out, &files)?;
    work.voice.say(&format!("{} people in {}", people.len(), args.out.display()));
    Ok(Ending::Done)
}
