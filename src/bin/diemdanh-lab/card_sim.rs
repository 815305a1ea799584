//! Synthetic cards: issues them, and serves them to a real PC/SC daemon as a virtual reader's card.

use clap::Parser;
use host::speech::{complain, line};
use lab::simulator::{self, SimulatorError};
use lab::vpcd;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about = "Simulated chip ID cards")]
enum Command {
    /// Puts a card into a virtual reader until the program is stopped.
    Serve(Serve),
    /// Names every card of the catalogue of bad cards, with what it must end in.
    List,
    /// Writes what the fuzzer begins with into fuzz/corpus, from lab cards and from tests/vectors.
    Seeds,
    /// Writes every lab card, good and bad, and the lab's country signer into a folder.
    Issue {
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(clap::Args)]
struct Serve {
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    #[arg(long, default_value_t = vpcd::DEFAULT_PORT)]
    port: u16,
    /// A person of the lab: number, name, or position from 1.
    #[arg(long, default_value = "1")]
    person: String,
    /// What is wrong with the card: good, clone, tampered-dg1, tampered-portrait, wrong-signature, unknown-signer.
    #[arg(long, default_value = "good")]
    fault: String,
    /// A card of the catalogue by its id, instead of a fault: A09-point-off-curve.
    #[arg(long = "as", conflicts_with_all = ["fault", "card"])]
    entry: Option<String>,
    /// A card folder that `issue` wrote, instead of a person.
    #[arg(long, conflicts_with_all = ["person", "fault"])]
    card: Option<PathBuf>,
    /// Another seed, another course of the chip's random numbers.
    #[arg(long, default_value = "0")]
    seed: String,
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Serve(arguments) => serve(&arguments),
        Command::List => {
            line(simulator::catalogue_text());
            Ok(())
        }
        Command::Seeds => {
            simulator::write_seeds(Path::new("fuzz/corpus")).map(|count| line(format_args!("{count} seeds")))
        }
        Command::Issue { out } => simulator::issue_all(&out).map(|names| line(names.join("\n"))),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    complain(format_args!("card-sim: {error}"));
    ExitCode::FAILURE
}

fn serve(arguments: &Serve) -> Result<(), SimulatorError> {
    let (place, entry) = (arguments.card.as_deref(), arguments.entry.as_deref());
    let card = simulator::wanted_card(&arguments.person, &arguments.fault, entry, place)?;
    let stream = TcpStream::connect((arguments.host.as_str(), arguments.port))?;
    line(format_args!("card in {}:{}, CAN {}", arguments.host, arguments.port, card.can().unwrap_or("none")));
    vpcd::serve(&mut card.with_seed(&arguments.seed), stream).map(drop).map_err(Into::into)
}
