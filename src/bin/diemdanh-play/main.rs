//! `diemdanh-play`: plays a whole exam, its first desks through the desk's own runtime, over cards, a reader and a witness
//! of the lab; the other desks, and what goes wrong on order, through the record that a desk writes with.

#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod crew;
mod seat;

use clap::Parser;
use crew::RealDesks;
use host::progress::Progress;
use host::speech;
use jiff::{Timestamp, ToSpan as _};
use office::language::BoardWords;
use played::{PlayOrder, Trouble};
use std::path::PathBuf;
use std::process::ExitCode;
use words::Language;

/// Plays a training exam: its folder, keys, packages, and every desk's exports
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Desks that are real: they enrol, take their package, read cards, and close
    #[arg(long, default_value = "20", value_parser = clap::value_parser!(u32).range(0..=200))]
    real: u32,
    /// Sites; the real desks are those of the first ones
    #[arg(long, default_value = "12", value_parser = clap::value_parser!(u32).range(1..=2_500))]
    sites: u32,
    /// People at each site
    #[arg(long, default_value = "48", value_parser = clap::value_parser!(u32).range(1..=960))]
    site_people: u32,
    /// Desks at each site
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u32).range(1..=10))]
    site_desks: u32,
    /// Sessions
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u32).range(1..=8))]
    sessions: u32,
    /// The same seed gives the same people
    #[arg(long, default_value = "1")]
    seed: String,
    /// What goes wrong at the desks that are not real, separated by commas; `all`, `none`
    #[arg(long, value_name = "TROUBLES", value_delimiter = ',', default_value = "none")]
    troubles: Vec<String>,
}

fn main() -> ExitCode {
    host::logging::start();
    host::program::make_private_files();
    match run(Arguments::parse()) {
        Ok(told) => {
            speech::line(&told);
            speech::exit_code(ExitCode::SUCCESS)
        }
        Err(why) => {
            speech::complain(&why);
            speech::exit_code(ExitCode::from(2))
        }
    }
}

fn run(arguments: Arguments) -> Result<String, String> {
    let words: Vec<String> = arguments.troubles.into_iter().filter(|word| word != "none").collect();
    let troubles = Trouble::of_words(&words).map_err(|word| format!("no trouble “{word}”"))?;
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let order = PlayOrder {
        folder: arguments.out,
        sites: size(arguments.sites),
        people: size(arguments.site_people),
        desks: size(arguments.site_desks),
        sessions: size(arguments.sessions),
        seed: arguments.seed,
        troubles,
        start: yesterday_morning(Timestamp::now()),
    };
    let real = size(arguments.real).min(order.sites * order.desks);
    let crew = RealDesks::new(&order, real).map_err(|error| error.to_string())?;
    let words = BoardWords::load(Language::English).map_err(|error| error.to_string())?;
    let bar = Progress::new("playing", order.sites * order.desks * order.sessions);
    let told = played::play_with(&words, &order, &crew, &mut |done, _| bar.at(done));
    drop(bar);
    let told = told.map_err(|error| error.to_string())?;
    Ok(format!(
        "{} people, {} exports, {} entries in {}; {real} desks were real: {} check-ins, {} of them again after a lifted card",
        told.people,
        told.exports,
        told.entries,
        order.folder.display(),
        crew.tally().admitted,
        crew.tally().lifted,
    ))
}

/// Half past seven in Hà Nội, yesterday.
fn yesterday_morning(now: Timestamp) -> Timestamp {
    let day = now.as_second() - now.as_second().rem_euclid(86_400);
    let morning = Timestamp::from_second(day).and_then(|day| day.checked_add(30.minutes().hours(-24)));
    morning.unwrap_or(now)
}
