//! Makes a synthetic list, or plays a whole synthetic exam.

use clap::Args;
use host::folder::write_folder;
use host::progress::Progress;
use jiff::{Timestamp, ToSpan as _};
use office::work::{Ending, Work, WorkError};
use played::{PlayOrder, Trouble};
use sample::{SampleExam, Trap, Wanted};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Sample {
    /// How many people
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_200_000), required_unless_present = "played")]
    candidates: Option<u32>,
    /// The same seed gives the same list
    #[arg(long, default_value = "1")]
    seed: String,
    /// The folder to make: danh-sach.csv, danh-sach.xlsx; or a whole exam
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
    /// Play a whole training exam of so many sites: the exam's folder, keys, packages, and every desk's exports
    #[arg(long, value_name = "SITES", value_parser = clap::value_parser!(u32).range(1..=2_500), conflicts_with_all = ["candidates", "traps", "portraits", "csv_only"])]
    played: Option<u32>,
    /// People at each played site
    #[arg(long, default_value = "480", requires = "played", value_parser = clap::value_parser!(u32).range(1..=960))]
    site_people: u32,
    /// Desks at each played site
    #[arg(long, default_value = "2", requires = "played", value_parser = clap::value_parser!(u32).range(1..=10))]
    site_desks: u32,
    /// Sessions of the played exam
    #[arg(long, default_value = "2", requires = "played", value_parser = clap::value_parser!(u32).range(1..=8))]
    sessions: u32,
    /// What goes wrong, separated by commas; `all`, `none`; `list` to list them
    #[arg(long, value_name = "TROUBLES", value_delimiter = ',', default_value = "all", requires = "played")]
    troubles: Vec<String>,
    /// The first start signal of the played exam (default: the day before yesterday at 7:30, UTC+7)
    #[arg(long, value_name = "TIME", requires = "played")]
    start: Option<Timestamp>,
}

pub(crate) fn run(work: &Work<'_>, args: Sample) -> Result<Ending, WorkError> {
    match args.played {
        Some(sites) => play(work, sites, args),
        None => list(work, args),
    }
}

fn list(work: &Work<'_>, args: Sample) -> Result<Ending, WorkError> {
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
    let exam = SampleExam { candidates: args.candidates.unwrap_or(1), seed: args.seed, traps };
    let people = exam.people();
    let bar = Progress::new("vẽ ảnh", if args.portraits { people.len().min(sample::MAX_PORTRAITS) } else { 0 });
    let wanted = Wanted { csv_only: args.csv_only, portraits: args.portraits };
    let files = sample::folder(&exam, &people, wanted, &mut |drawn| bar.at(drawn))?;
    drop(bar);
    write_folder(&args.out, &files)?;
    work.voice.say(&format!("{} people in {}", people.len(), args.out.display()));
    Ok(Ending::Done)
}

fn play(work: &Work<'_>, sites: u32, args: Sample) -> Result<Ending, WorkError> {
    if args.troubles.iter().any(|word| word == "list") {
        for one in Trouble::ALL {
            let (kind, code) = one.outcome().words();
            work.voice.say(&format!("{:<16} {kind:<8} {code}", one.word()));
        }
        return Ok(Ending::Done);
    }
    let words: Vec<String> = args.troubles.into_iter().filter(|word| word != "none").collect();
    let troubles = match Trouble::of_words(&words) {
        Ok(troubles) => troubles,
        Err(word) => {
            work.voice.complain(&format!("no trouble “{word}”; --troubles list lists them"));
            return Ok(Ending::Usage);
        }
    };
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let order = PlayOrder {
        folder: args.out,
        sites: size(sites),
        people: size(args.site_people),
        desks: size(args.site_desks),
        sessions: size(args.sessions),
        seed: args.seed,
        troubles,
        start: args.start.unwrap_or_else(|| the_other_day(work.now)),
    };
    let mut bar: Option<Progress> = None;
    let told = played::play(work.words, &order, &mut |done, all| {
        bar.get_or_insert_with(|| Progress::new("playing", all)).at(done);
    });
    drop(bar);
    match told {
        Ok(told) => {
            let (folder, exports) = (order.folder.display(), told.exports);
            work.voice.say(&format!("{} people, {exports} exports, {} entries in {folder}", told.people, told.entries));
            Ok(Ending::Done)
        }
        Err(why) => {
            work.voice.complain(&why.to_string());
            Ok(Ending::Refused)
        }
    }
}

/// Half past seven in Hà Nội, the day before yesterday.
fn the_other_day(now: Timestamp) -> Timestamp {
    let day = now.as_second() - now.as_second().rem_euclid(86_400);
    let morning = Timestamp::from_second(day).and_then(|day| day.checked_add(30.minutes().hours(-48)));
    morning.unwrap_or(now)
}
