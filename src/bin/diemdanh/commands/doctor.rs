//! Examines what the desk depends on, the day before.

use clap::Args;
use desk::doctor::{CALLS, Finding, RegistryExam, examine, meaning};
use desk::plan::DeskPlan;
use desk::start::read_config;
use host::clock::SystemClock;
use host::random::SystemRandom;
use host::speech;
use registry::Answer;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is examined. The exit code is 0 where all is well, 1 with remarks, 2 where calls failed, 3 where nothing can be
/// asked with this configuration, 64 for bad usage.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// The national registry: twenty questions about a number that nobody has.
    #[arg(long, required = true)]
    registry: bool,
}

/// The configuration does not let anything be asked.
const NOT_EXAMINED: u8 = 3;

/// Prints what was found.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let plan = read_config(&arguments.config).and_then(|(config, base)| DeskPlan::of_files(&config, &base));
    let examined = plan.and_then(|plan| examine(&plan, &SystemClock, Box::new(SystemClock), &mut SystemRandom));
    match examined {
        Ok(exam) => {
            speech::put(text(&exam));
            ExitCode::from(exam.exit_code())
        }
        Err(halted) => {
            tracing::error!(code = halted.failure.code(), detail = %halted.detail, "the registry was not examined");
            ExitCode::from(NOT_EXAMINED)
        }
    }
}

fn text(exam: &RegistryExam) -> String {
    let mut out = String::new();
    match &exam.certificate {
        Some(shown) => {
            row(&mut out, "certificate", &shown.subject);
            row(&mut out, "issued by", &shown.issuer);
            row(&mut out, "valid", &format!("{} to {}", shown.not_before, shown.not_after));
        }
        None => row(&mut out, "certificate", "none was shown"),
    }
    let off = exam.clock_off.map(|off| format!("{:+.1} s (the registry's minus this machine's)", off.as_secs_f64()));
    row(&mut out, "clock", &off.unwrap_or_else(|| "not known".to_owned()));
    row(&mut out, "answered", &format!("{} of {} calls, {CALLS} at most", exam.answered_ms.len(), exam.answers.len()));
    let times = [50, 95, 99].map(|percent| Some((percent, exam.percentile_ms(percent)?)));
    let times: Vec<String> = times.iter().flatten().map(|(percent, ms)| format!("p{percent} {ms} ms")).collect();
    let times = if times.is_empty() { "not known".to_owned() } else { times.join(", ") };
    row(&mut out, "latency", &times);
    for finding in &exam.findings {
        row(&mut out, if finding.is_failure() { "FAILED" } else { "remark" }, &words(finding));
    }
    row(&mut out, "verdict", ["well", "usable, with remarks", "not usable"][usize::from(exam.exit_code().min(2))]);
    out
}

fn row(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name:<14}{}", bits::text::shown_within(value));
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::Failed { answer, calls } => {
            let cause = match answer {
                Answer::NotAsked { why } => why.to_string(),
                Answer::Refused { why } => why.to_string(),
                other => format!("{other:?}"),
            };
            format!("{calls} calls: {cause}. {}", meaning(answer))
        }
        Finding::KnowsNobody { .. } => {
            "it does not say \"not found\" about a number that nobody has: is it the real one?".to_owned()
        }
        Finding::CertificateEnds { days } => format!("its certificate ends in {days} days"),
        Finding::ClockOff { seconds } => {
            format!("the clocks are {seconds} s apart; beyond 120 s answers are refused: set this machine's clock")
        }
        Finding::Slow { p95_ms, wait_ms } => {
            format!("one call in twenty takes {p95_ms} ms; a verdict waits {wait_ms} ms and then stands without it")
        }
    }
}
