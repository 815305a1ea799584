//! `diemdanh-board`: the exam board's command line. Exit codes of `verify`: 0 clean, 1 clean with remarks,
//! 2 forged or damaged, 3 could not decide (also: a file could not be read). Those of `inspect` are those of
//! `diemdanh read`; bad usage is 64 everywhere, and so is 74 where standard output could not be written.
#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod commands;

use clap::Parser as _;
use commands::Terminal;
use host::random::SystemRandom;
use host::speech;
use jiff::Timestamp;
use office::Verdict;
use office::language::BoardWords;
use office::work::{Ending, Voice as _, Work};
use std::process::ExitCode;
use words::Language;

fn main() -> ExitCode {
    host::program::make_private_files();
    if let Err(error) = host::program::forbid_core_dumps() {
        Terminal.complain(&format!("core dumps could not be forbidden: {error}"));
    }
    let typed = match commands::Typed::try_parse() {
        Ok(typed) => typed,
        Err(error) => return misused(&error),
    };
    let language = typed.lang.unwrap_or_else(|| Language::of_locale(&host::program::locale()));
    let words = match BoardWords::load(language) {
        Ok(words) => words,
        Err(error) => return failed(&error.to_string()),
    };
    let mut work = Work { now: Timestamp::now(), random: &mut SystemRandom, words: &words, voice: &Terminal };
    match commands::run(&mut work, typed.command, language) {
        Ok(code) => speech::exit_code(ExitCode::from(code)),
        Err(error) => failed(&error.said(&words)),
    }
}

fn failed(why: &str) -> ExitCode {
    Terminal.complain(why);
    speech::exit_code(ExitCode::from(Verdict::Undecided.exit_code()))
}

fn misused(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() { Ending::Usage } else { Ending::Done };
    // What was typed stands in the message.
    if error.use_stderr() {
        Terminal.remark(error.render().to_string().trim_end());
    } else {
        speech::note(error.print());
    }
    speech::exit_code(ExitCode::from(code.exit_code()))
}
