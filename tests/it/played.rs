//! An exam that was played on order: each kind of trouble ends at the board in what it was ordered for, and nothing else is
//! put apart.

use crate::programs::{board_program, program};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const KEY: &[&str] = &["--board-key", "x/keys/board.vkey", "--anchors", "x/keys/outside"];

#[test]
fn every_trouble_ends_in_what_it_was_ordered_for() {
    let (folder, rows) = played("7", &["--troubles", "all"]);
    assert_eq!(rows.len(), troubles(folder.path()), "each trouble once");
    let revoked = &["--revocations", "x/keys/revocations"];
    let received = json(folder.path(), "receive", &[&["x/exports"], revoked.as_slice()].concat());
    let missing = json(folder.path(), "missing", revoked);
    let review = json(folder.path(), "review", revoked);
    for row in &rows {
        let (found, all) = match row.kind.as_str() {
            "case" => (review["cases"].as_array().unwrap().iter().any(|case| row.is_case(case)), &review["cases"]),
            "missing" => (missing["missing"].as_array().unwrap().iter().any(|log| row.is_missing(log)), &missing),
            _ => (received.as_array().unwrap().iter().any(|one| row.is_export(one)), &received),
        };
        assert!(found, "{} did not end in {} {}: {all:#}", row.trouble, row.kind, row.code);
    }
    let apart = |all: &[Value]| all.iter().filter(|one| one["state"] == "apart").count();
    let ordered = rows.iter().filter(|row| row.kind == "apart").count();
    assert_eq!(apart(received.as_array().unwrap()), ordered, "{received:#}");
    // A second run takes nothing twice.
    let again = json(folder.path(), "receive", &[&["x/exports"], revoked.as_slice()].concat());
    let states: BTreeSet<&str> = again.as_array().unwrap().iter().filter_map(|one| one["state"].as_str()).collect();
    assert!(states.iter().all(|state| ["same", "apart"].contains(state)), "{states:?}");
    let report = run(folder.path(), &[&["exam", "report", "x/exam", "--into", "report"], KEY, revoked].concat());
    assert!(report.0.is_some_and(|code| code < 2) && folder.path().join("report").is_dir(), "{}", report.1);
}

#[test]
fn an_exam_without_trouble_is_taken_whole_and_the_same_seed_plays_the_same() {
    let kept = |seed: &str| {
        let (folder, rows) = played(seed, &["--troubles", "none"]);
        assert!(rows.is_empty());
        let (code, said) = run(folder.path(), &[&["exam", "receive", "x/exam", "x/exports"], KEY].concat());
        assert_eq!(code, Some(0), "{said}");
        let (code, said) = run(folder.path(), &[&["exam", "missing", "x/exam"], KEY].concat());
        assert_eq!(code, Some(0), "{said}");
        json(folder.path(), "review", &[])["people"].clone()
    };
    let one = kept("1");
    let states: BTreeSet<&str> = one.as_array().unwrap().iter().filter_map(|one| one["state"].as_str()).collect();
    assert_eq!(states, BTreeSet::from(["absent", "present"]));
    assert_eq!(one, kept("1"));
    assert_ne!(one, kept("2"));
}

/// Desks that enrol, take their package, read cards, and close, each through the desk's own runtime: at the board they are
/// logs like all the others, with nothing found in them, and the people in them are in.
#[test]
fn real_desks_stand_beside_played_ones() {
    let folder = tempfile::tempdir().unwrap();
    let asked = "--out x --real 3 --sites 2 --site-people 48 --sessions 2 --troubles manual,registry-before";
    let output = Command::new(program("diemdanh-play")).current_dir(folder.path()).args(asked.split(' ')).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("3 desks were real: 132 check-ins, 18 of them again after a lifted card"), "{told}");
    let received = json(folder.path(), "receive", &["x/exports"]);
    for one in received.as_array().unwrap() {
        assert_eq!((&one["state"], &one["why"]), (&Value::from("new"), &Value::Array(Vec::new())), "{one:#}");
    }
    assert_eq!(received.as_array().unwrap().len(), 8);
    assert_eq!(json(folder.path(), "missing", &[])["missing"], Value::Array(Vec::new()));
    let review = json(folder.path(), "review", &[]);
    let rules: BTreeSet<&str> =
        review["cases"].as_array().unwrap().iter().filter_map(|case| case["rule"].as_str()).collect();
    // Nobody asks a name at a real desk of a played exam: on a quick machine it is faster than a person can be, although it
    // waits as long as the portrait is to be looked at, and the review says so.
    let ordered: BTreeSet<&str> = rules.iter().copied().filter(|rule| *rule != "log.too-fast").collect();
    assert_eq!(ordered, BTreeSet::from(["sitting.manual", "sitting.registry-before"]), "{:#}", review["cases"]);
    let too_fast = review["cases"].as_array().unwrap().iter().filter(|case| case["rule"] == "log.too-fast");
    let logs: BTreeSet<String> = too_fast.map(|case| case["about"]["log"].as_str().unwrap().to_owned()).collect();
    assert!(logs.iter().all(|log| !log.contains("/ban-01002-2/")), "{logs:?}");
    let people = review["people"].as_array().unwrap();
    let is_of_first_site = |one: &&Value| one["number"].as_str().is_some_and(|number| number <= "01000048");
    let of_real = people.iter().filter(is_of_first_site).filter(|one| one["state"] == "present").count();
    assert_eq!(of_real, 88, "two desks of one site, two sessions");
}

/// One line of `ordered.csv`.
struct Row {
    trouble: String,
    kind: String,
    code: String,
    log: String,
    number: String,
    export: String,
}

impl Row {
    fn is_case(&self, case: &Value) -> bool {
        let about = &case["about"];
        let is_about = match about["number"].as_str() {
            Some(number) => number == self.number,
            None => about["log"].as_str().is_none_or(|log| log == self.log) && case.to_string().contains(&self.log),
        };
        case["rule"] == self.code.as_str() && is_about
    }

    fn is_missing(&self, log: &Value) -> bool {
        let name = format!("/{}/{}", log["desk"].as_str().unwrap(), log["session"].as_str().unwrap());
        log["why"] == self.code.as_str() && self.log.ends_with(&name)
    }

    fn is_export(&self, one: &Value) -> bool {
        let is_it = one["path"].as_str().is_some_and(|path| path.ends_with(&format!("/{}", self.export)));
        let whys = one["why"].as_array().unwrap();
        match self.kind.as_str() {
            "apart" => is_it && one["state"] == "apart" && whys.iter().any(|why| *why == self.code.as_str()),
            _ => is_it && one["state"] == self.code.as_str(),
        }
    }
}

fn played(seed: &str, more: &[&str]) -> (TempDir, Vec<Row>) {
    let folder = tempfile::tempdir().unwrap();
    let sites = ["exam", "sample", "--played", "3", "--site-people", "144", "--out", "x", "--seed", seed];
    let (code, said) = run(folder.path(), &[&sites, more].concat());
    assert_eq!(code, Some(0), "{said}");
    let table = fs::read_to_string(folder.path().join("x/ordered.csv")).unwrap();
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let [trouble, kind, code, log, number, export] = cells.try_into().unwrap();
        Row { trouble, kind, code, log, number, export }
    });
    (folder, rows.collect())
}

fn troubles(folder: &Path) -> usize {
    let (_, said) = run(folder, &["exam", "sample", "--played", "1", "--out", "y", "--troubles", "list"]);
    said.lines().count()
}

fn json(folder: &Path, command: &str, more: &[&str]) -> Value {
    let (_, said) = run(folder, &[&["exam", command, "x/exam"], more, KEY, &["--json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"))
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = board_program().current_dir(folder).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}
