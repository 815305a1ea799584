//! The desk with its window: a real one under Xvfb, driven by the lab's script, and what an operator needs by a keystroke-level
//! model (Card, Moran, Newell 1980) on top of what the machine took.

use super::report::Row;
use super::{BenchError, median, percentile};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const START_LIMIT: Duration = Duration::from_secs(1);
const IDLE_LIMIT: Duration = Duration::from_millis(50);
const VERDICT_LIMIT: Duration = Duration::from_millis(100);
const SEARCH_LIMIT: Duration = Duration::from_millis(16);
const FRAME_LIMIT: Duration = Duration::from_millis(8);
const GOOD_LIMIT: Duration = Duration::from_secs(15);
const MANUAL_LIMIT: Duration = Duration::from_secs(60);
/// A key is pressed, a hand goes somewhere, somebody thinks.
const KEY: Duration = Duration::from_millis(280);
const POINT: Duration = Duration::from_millis(1_100);
const THOUGHT: Duration = Duration::from_millis(1_350);
/// The card goes under the scanner, onto the reader, and back.
const GOOD_MOVES: u32 = 3;
/// Nothing is moved for somebody who has no card.
const MANUAL_MOVES: u32 = 0;
const SCREEN: &str = "-screen 0 1280x800x24";

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let out = work.canonicalize()?.join("window");
    let lab = std::env::current_exe()?.with_file_name("diemdanh-lab");
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "-s", SCREEN]).arg(lab).args(["measure", "--out"]).arg(&out);
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if !ended.success() {
        return Err(BenchError::Unread("the window under Xvfb"));
    }
    let told = Told(fs::read_to_string(out.join("window.tsv"))?);
    Ok(vec![
        Row::against("start to idle with the window", told.first("start")?, "limit", START_LIMIT)
            .how("600 candidates, from the configuration to the end of the first painted frame, software rendering"),
        Row::against(
            "processor time of 5 s idling with the window",
            told.first("idle")?,
            "limit, 1 % of a core",
            IDLE_LIMIT,
        )
        .how("user and system time of the process, in ticks of 10 ms"),
        Row::against("verdict to screen, worst", told.of("verdict", 1_000)?, "limit", VERDICT_LIMIT)
            .how("from the view's publication to the end of the frame that shows it"),
        Row::against("key press to search result at 110,000, p99", told.of("search", 990)?, "limit", SEARCH_LIMIT)
            .how("from the frame that takes a letter to the end of the frame that shows other rows"),
        Row::against("frame, p99", told.of("frame", 990)?, "limit", FRAME_LIMIT)
            .how("the toolkit's processor time, painting in software included, every frame of the script"),
        told.operator("good card", GOOD_MOVES, GOOD_LIMIT)?,
        told.operator("without a card", MANUAL_MOVES, MANUAL_LIMIT)?,
    ])
}

/// `window.tsv`.
struct Told(String);

impl Told {
    fn numbers(&self, what: &str) -> Vec<u64> {
        let fields = self.0.lines().map(|line| line.split('\t'));
        fields.filter_map(|mut fields| (fields.next() == Some(what)).then(|| fields.next()?.parse().ok())?).collect()
    }

    fn times(&self, what: &str) -> Vec<Duration> {
        self.numbers(what).into_iter().map(Duration::from_micros).collect()
    }

    fn first(&self, what: &str) -> Result<Duration, BenchError> {
        self.times(what).first().copied().ok_or(BenchError::Unread("a figure of the window"))
    }

    fn of(&self, what: &str, permille: usize) -> Result<Duration, BenchError> {
        let mut times = self.times(what);
        if times.is_empty() {
            return Err(BenchError::Unread("a figure of the window"));
        }
        Ok(percentile(&mut times, permille))
    }

    /// What the machine took at the median, and the keys, looks and moves of a person.
    fn operator(&self, name: &str, moves: u32, limit: Duration) -> Result<Row, BenchError> {
        let count = |what: &str| {
            let most = self.numbers(&format!("{name}, {what}")).into_iter().max();
            most.and_then(|most| u32::try_from(most).ok()).ok_or(BenchError::Unread("what an operator does"))
        };
        let (keys, looks) = (count("keys")?, count("looks")?);
        let mut machine = self.times(&format!("{name}, machine"));
        let machine = median(&mut machine);
        let whole = machine + KEY * keys + THOUGHT * looks + POINT * moves;
        let promise = format!(
            "operator, {name}: {keys} keys, {looks} looks, {moves} moves, {:.1} s of the machine",
            machine.as_secs_f64()
        );
        Ok(Row::against(&promise, whole, "limit", limit)
            .how("keystroke-level model; a read of 1.70 s, guards and the script's own waits counted in full"))
    }
}
