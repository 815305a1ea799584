//! Asks the registry again for everything that is still open.

use clap::Args;
use desk::plan::DeskPlan;
use desk::reconcile::{LateWord, ReconcileError, Reconciled, plans, reconcile};
use desk::start::read_config;
use host::clock::SystemClock;
use host::progress::Progress;
use host::random::SystemRandom;
use host::speech;
use record::RegistryState;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Of which desk. The exit code is 0 where nothing is open any more, 1 where questions wait still, 2 where the registry
/// says something against somebody who was let in, 3 where a session could not be asked about, 64 for bad usage.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// This session alone, at a desk that works from packages (default: every session that it has a journal of).
    #[arg(long)]
    session: Option<String>,
}

/// Asks, and tells what each session came to.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let read = read_config(&arguments.config);
    let plans = read.and_then(|(config, base)| plans(&config, &base, arguments.session.as_deref()));
    match plans {
        Ok(plans) => {
            let codes = plans.iter().map(of_session);
            ExitCode::from(codes.max_by_key(|code| WORST.iter().position(|one| one == code)).unwrap_or(0))
        }
        Err(halted) => {
            tracing::error!(code = halted.failure.code(), detail = %halted.detail, "nothing was asked");
            ExitCode::from(NOT_ASKED)
        }
    }
}

fn of_session(plan: &DeskPlan) -> u8 {
    let progress = std::cell::OnceCell::new();
    let told = |done: usize, total: usize| {
        progress.get_or_init(|| Progress::new(format!("session {}", plan.session_id()), total)).at(done);
    };
    let done = reconcile(plan, &SystemClock, &mut SystemRandom, &told);
    drop(progress);
    match done {
        Ok(done) => {
            speech::put(text(plan.session_id(), &done));
            done.exit_code()
        }
        Err(error) => failed(plan.session_id(), &error),
    }
}

fn failed(session: &str, error: &ReconcileError) -> u8 {
    if error.is_running() {
        speech::put(format!("session {session}: a desk runs, and asks by itself\n"));
        return OPEN;
    }
    tracing::error!(session, %error, "this session was not asked about");
    NOT_ASKED
}

fn text(session: &str, done: &Reconciled) -> String {
    let Reconciled { asked, answered, open, late } = done;
    let mut out = format!("session {session}: {asked} asked again, {answered} answered, {open} open\n");
    for word in late {
        let _ = writeln!(out, "LATE  {}", said(word));
    }
    if !late.is_empty() {
        let _ =
            writeln!(out, "Tell the head of site and the board now. The desk names the person on every screen until");
        let _ = writeln!(out, "somebody answers for it by name; the log holds it for the board: export it again.");
    }
    out
}

fn said(word: &LateWord) -> String {
    let against = match word.news.state {
        RegistryState::CardInvalid => "the card does not count any more (revoked, lost, replaced or expired)",
        RegistryState::Mismatch => "it knows this number with other facts than the card's",
        RegistryState::NotFound => "it does not know this number",
        _ => "a code of its own",
    };
    let code = word.news.cause.as_ref().map_or("-", |cause| cause.as_str()).to_ascii_uppercase();
    let (segment, seq) = (word.arrival.segment, word.arrival.seq);
    format!(
        "{code} about somebody who is in (entry {segment:03}/{seq}): {against}; said at {}, question {}",
        word.news.at, word.news.question
    )
}

const OPEN: u8 = 1;
const NOT_ASKED: u8 = 3;
/// The exit codes, the one that tells most last: bad news about somebody is not covered by a session that failed.
const WORST: [u8; 4] = [0, OPEN, NOT_ASKED, 2];
