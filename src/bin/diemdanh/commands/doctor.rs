//! Examines what the desk depends on, the day before.

use checkin::readiness::Grade;
use checkin::state::Halted;
use clap::{ArgGroup, Args};
use desk::doctor::{CALLS, Finding, RegistryExam, examine, meaning};
use desk::plan::DeskPlan;
use desk::readiness::{self, Advice, Readiness, Tools, write_report};
use desk::start::read_config;
use host::clock::SystemClock;
use host::machine::MachineFiles;
use host::pcsc::PcscReader;
use host::random::SystemRandom;
use host::{program, speech};
use registry::Answer;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is examined. The exit code is 0 where all is well, 1 with remarks or where not everything was looked at, 2 where calls
/// failed or the desk must not go out so, 3 where nothing can be asked with this configuration, 64 for bad usage.
#[derive(Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["registry", "report"])))]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// The national registry: twenty questions about a number that nobody has.
    #[arg(long)]
    registry: bool,
    /// Everything that the desk depends on, with a report into this new folder: JSON, PDF, and a note that the device signs.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// The language of what is said: vi or en.
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

/// The configuration does not let anything be asked.
const NOT_EXAMINED: u8 = 3;

/// Prints what was found.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let plan = read_config(&arguments.config).and_then(|(config, base)| DeskPlan::of_files(&config, &base));
    match (plan, &arguments.report) {
        (Ok(plan), Some(out)) => report(&plan, arguments, out),
        (Ok(plan), None) => told(registry(&plan)),
        (Err(halted), _) => told(Err(halted)),
    }
}

fn registry(plan: &DeskPlan) -> Result<RegistryExam, Halted> {
    examine(plan, &SystemClock, Box::new(SystemClock), &mut SystemRandom)
}

/// Looks at everything, says it, and writes the report.
fn report(plan: &DeskPlan, arguments: &Arguments, out: &Path) -> ExitCode {
    let name = Some(plan.machine().reader.name.clone()).filter(|name| !name.is_empty());
    let mut reader = PcscReader::new(name);
    let tools = Tools {
        machine: &MachineFiles::here(),
        reader: Some(&mut reader),
        registry: arguments.registry.then(|| registry(plan)),
        clock: &SystemClock,
        gauge: &host::disk::gauge(),
    };
    let readiness = readiness::examine(plan, tools);
    speech::put(said(&readiness, &language(arguments)));
    match write_report(plan, &readiness, out) {
        Ok(()) => ExitCode::from(readiness.exit_code()),
        Err(error) => {
            tracing::error!(%error, "the report was not written");
            ExitCode::from(NOT_EXAMINED)
        }
    }
}

/// The one that was asked for, or the machine's: Vietnamese but for an English locale.
fn language(arguments: &Arguments) -> String {
    let asked = arguments.lang.clone().unwrap_or_else(program::locale);
    if asked.starts_with("en") { "en".to_owned() } else { "vi".to_owned() }
}

fn said(readiness: &Readiness, language: &str) -> String {
    let mut out = String::new();
    let Ok(advice) = Advice::load(language) else { return out };
    for check in &readiness.checks {
        let said = advice.said(check);
        let mark = match check.finding.grade() {
            Grade::Good => "ok",
            Grade::NotDone => "?",
            Grade::Remark => "!",
            Grade::Bad => "XX",
        };
        row(&mut out, mark, &said.what);
        if !said.todo.is_empty() {
            row(&mut out, "", &format!("-> {}", said.todo));
        }
    }
    out
}

fn told(examined: Result<RegistryExam, Halted>) -> ExitCode {
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
