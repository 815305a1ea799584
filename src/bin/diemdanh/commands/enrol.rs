//! Makes the desk's device key and its request for a certificate.

use bits::qr::QrMatrix;
use clap::Args;
use desk::enrol::{Request, enrol};
use desk::start::read_config;
use host::folder::write_new_file;
use host::random::SystemRandom;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// For which desk, and where the request goes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// The request, a new file for the board.
    #[arg(long)]
    out: PathBuf,
    /// Show the request as a QR code too.
    #[arg(long)]
    qr: bool,
    /// Set the old key aside and make a new one.
    #[arg(long)]
    renew: bool,
}

/// Writes the request and prints the sixteen characters to read out to the board.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match request(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "nothing was enrolled");
            ExitCode::FAILURE
        }
    }
}

fn request(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (config, base) =
        read_config(&arguments.config).map_err(|halted| format!("{}: {}", halted.failure.code(), halted.detail))?;
    let request = enrol(&config, &base, arguments.renew, &mut SystemRandom)?;
    write_new_file(&arguments.out, request.note.as_bytes())?;
    tell(arguments, &request)?;
    Ok(())
}

fn tell(arguments: &Arguments, request: &Request) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let made = if request.is_new { "made" } else { "found" };
    writeln!(out, "device key {made}; request written to {}", arguments.out.display())?;
    if let Some(old) = &request.set_aside {
        writeln!(out, "the old key lies in {}", old.display())?;
    }
    writeln!(out, "read out to the board: {}", request.fingerprint)?;
    if let Some(fingerprint) = &request.board_fingerprint {
        writeln!(out, "the board's keys here, to be compared with the board's letter: {fingerprint}")?;
    }
    match QrMatrix::of(&request.note) {
        Some(code) if arguments.qr => write!(out, "{}", picture(&code)),
        _ => Ok(()),
    }
}

/// Two modules a line as half blocks, light on dark terminals, with the quiet zone around.
fn picture(code: &QrMatrix) -> String {
    let width = code.width() + 2 * QUIET;
    let light = vec![false; width];
    let padded = |row: &[bool]| [&light[..QUIET], row, &light[..QUIET]].concat();
    let quiet = || std::iter::repeat_n(light.clone(), QUIET);
    let rows: Vec<Vec<bool>> = quiet().chain(code.rows().map(padded)).chain(quiet()).collect();
    let mut text = String::new();
    for pair in rows.chunks(2) {
        let below = pair.get(1).unwrap_or(&light);
        text.extend(pair.iter().take(1).flatten().zip(below).map(|modules| match modules {
            (false, false) => '█',
            (false, true) => '▀',
            (true, false) => '▄',
            (true, true) => ' ',
        }));
        text.push('\n');
    }
    text
}

const QUIET: usize = 4;
