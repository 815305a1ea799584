//! The acceptance run: `make acceptance VECTORS=DIR` prints one line a case (set, file, expected, got) and a count. What
//! is expected stands beside the files, in `expected.json`; nothing of it is ours.

use crate::skips::skip;
use diemdanh::bits::armour;
use diemdanh::emrtd::authenticity::card_security::{self, CardSecurityVerdict};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::authenticity::trust_import::{Held, Import, Offered, import};
use diemdanh::emrtd::inspect::Inspection;
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};
use diemdanh::emrtd::replay::replay;
use diemdanh::emrtd::report::{Check, CheckResult, Outcome};
use jiff::Timestamp;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sets whose figures the tests of protocols read, from here when `VECTORS` is set.
const FIGURES: [&str; 3] = ["icao-worked-examples", "tr03110-worked-example", "synthetic"];

/// The cases of one set, from the root of the data and the set's folder.
type Run = fn(&Path, &Path) -> Vec<Line>;

/// One case of a run.
struct Line {
    set: &'static str,
    case: String,
    expected: String,
    got: String,
}

impl Line {
    fn is_good(&self) -> bool {
        self.expected.split(" or ").any(|expected| expected == self.got)
    }
}

#[test]
fn acceptance() {
    let Some(root) = std::env::var_os("VECTORS").map(PathBuf::from).filter(|root| root.is_dir()) else {
        return skip("no acceptance data (set VECTORS)");
    };
    let mut lines = Vec::new();
    let sets: [(&str, Run); 4] = [
        ("lds-bsi-2008", specimen),
        ("sod-real", real_objects),
        ("sod-negative", damaged_objects),
        ("masterlists", master_lists),
    ];
    for (set, run) in sets {
        match root.join(set) {
            folder if folder.is_dir() => lines.extend(run(&root, &folder)),
            _ => skip(&format!("no {set}")),
        }
    }
    for set in FIGURES {
        match root.join(set) {
            folder if folder.is_dir() => lines.extend(figures(set, &folder)),
            _ => skip(&format!("no {set}")),
        }
    }
    let bad = lines.iter().filter(|line| !line.is_good()).count();
    for line in &lines {
        let word = if line.is_good() { "ok" } else { "FAIL" };
        println!("{word:<4} {} {}: expected {}, got {}", line.set, line.case, line.expected, line.got);
    }
    println!("acceptance: {} cases, {} ok, {bad} FAIL", lines.len(), lines.len() - bad);
    assert_eq!(bad, 0, "acceptance cases failed");
}

fn at() -> Timestamp {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn expected(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap()
}

/// The master list with its root, where the data has it; else an empty store.
fn store(root: &Path) -> TrustStore {
    let folder = root.join("masterlists");
    let paths = ["NL_ML_2026-07-22.ml", "NL_ROOT_CA.cer"].map(|name| folder.join(name));
    let objects: Vec<Vec<u8>> =
        paths.iter().filter_map(|path| armour::objects(&std::fs::read(path).ok()?)).flatten().collect();
    TrustStore::from_certificates(&objects).0
}

fn inspected(files: &[(FileId, PathBuf)], trust: &TrustStore) -> Inspection {
    let mut kept = LdsFiles::new();
    for (file, path) in files {
        kept.insert(*file, std::fs::read(path).unwrap());
    }
    replay(kept, trust, at())
}

fn line(inspection: &Inspection, check: Check) -> Option<&CheckResult> {
    inspection.results.iter().rev().find(|line| line.check == check)
}

fn specimen(_root: &Path, folder: &Path) -> Vec<Line> {
    let expected = expected(folder);
    let group = |number: &String| (FileId::Dg(number.parse().unwrap()), folder.join(format!("Datagroup{number}.bin")));
    let mut files: Vec<_> = expected["files"].as_object().unwrap().keys().map(group).collect();
    files.extend([(FileId::Sod, folder.join("EF_SOD.bin")), (FileId::Com, folder.join("EF_COM.bin"))]);
    let inspection = inspected(&files, &TrustStore::empty());
    let signed = line(&inspection, Check::SodSignature).is_some_and(|line| line.outcome == Outcome::Successful);
    let mut lines = vec![
        case("lds-bsi-2008", "EF_SOD.bin signature", &expected["sod_signature_valid"], &signed.to_string()),
        case("lds-bsi-2008", "EF_SOD.bin chain", &"UNKNOWN".into(), inspection.overall.word()),
    ];
    for (number, hash) in expected["dg_hash"].as_object().unwrap() {
        let found = line(&inspection, Check::DgHash(number.parse().unwrap())).map(|line| line.outcome);
        let found = if found == Some(Outcome::Successful) { "match" } else { "differs" };
        lines.push(case("lds-bsi-2008", &format!("Datagroup{number}.bin hash"), hash, found));
    }
    lines
}

fn real_objects(root: &Path, folder: &Path) -> Vec<Line> {
    let trust = store(root);
    let mut lines = Vec::new();
    for (name, facts) in expected(folder).as_object().unwrap() {
        let wanted = |signed: &str| {
            let good = facts["md_ok"] == true && facts["sig_ok"] == true;
            let anchored = facts["chain"].as_array().is_some_and(|chain| !chain.is_empty()) && !trust.is_empty();
            let word = if !good {
                "refused"
            } else if anchored {
                signed
            } else {
                "UNKNOWN"
            };
            Value::from(word)
        };
        let path = folder.join(name);
        if name.contains("cardsecurity") {
            let got = match card_security::authenticate(&std::fs::read(path).unwrap(), &trust, at()) {
                CardSecurityVerdict::Trusted(_) => "trusted",
                CardSecurityVerdict::UnknownSigner(_) => "UNKNOWN",
                CardSecurityVerdict::Failed(_) => "refused",
            };
            lines.push(case("sod-real", name, &wanted("trusted"), got));
            continue;
        }
        let inspection = inspected(&[(FileId::Sod, path.clone())], &trust);
        lines.push(case("sod-real", name, &wanted("PASS or WARN"), inspection.overall.word()));
        let groups = inspection.results.iter().filter_map(|line| match line.check {
            Check::ReadGroup(group) => Some(group),
            _ => None,
        });
        let groups = format!("{:?}", groups.collect::<Vec<_>>());
        let listed: Vec<u64> = facts["dgs"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        lines.push(case("sod-real", &format!("{name} groups"), &format!("{listed:?}").into(), &groups));
        let alone = inspected(&[(FileId::Sod, path)], &TrustStore::empty());
        lines.push(case("sod-real", &format!("{name} without anchors"), &"UNKNOWN".into(), alone.overall.word()));
    }
    lines
}

fn damaged_objects(root: &Path, folder: &Path) -> Vec<Line> {
    let trust = store(root);
    let mut lines = Vec::new();
    for facts in expected(folder).as_array().unwrap() {
        let name = facts["file"].as_str().unwrap();
        let inspection = inspected(&[(FileId::Sod, folder.join(name))], &trust);
        let structure = line(&inspection, Check::SodStructure);
        let refused = inspection.results.iter().any(|line| line.outcome == Outcome::Failed);
        let got = match structure.and_then(|line| line.cause) {
            _ if refused => "reject".to_owned(),
            Some(note) => format!("warn ({})", note.id()),
            None => "accept".to_owned(),
        };
        let wanted = match facts["verdict"].as_str().unwrap() {
            "reject" => "reject".to_owned(),
            "reject or warn" => "reject or warn (irregular)".to_owned(),
            _ => "reject or warn (trailing-bytes)".to_owned(),
        };
        lines.push(case("sod-negative", name, &wanted.into(), &got));
    }
    lines
}

fn master_lists(_root: &Path, folder: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, facts) in expected(folder).as_object().unwrap() {
        let list = std::fs::read(folder.join(name)).unwrap();
        let root = std::fs::read(folder.join(facts["signer_issued_by"].as_str().unwrap())).unwrap();
        let take = |object: &[u8], roots: &[Vec<u8>]| {
            let objects = armour::objects(object).unwrap();
            import(&Held::default(), &[Offered { name: name.clone(), objects }], roots, at())
        };
        let roots = armour::objects(&root).unwrap();
        let good = take(&list, &roots);
        let told = |import: &Import| if import.files.is_some() { "taken" } else { "refused" };
        let mut row = |what: &str, wanted: &Value, got: &str| {
            lines.push(case("masterlists", &format!("{name} {what}"), wanted, got))
        };
        row("under its root", &"taken".into(), told(&good));
        row("certificates", &facts["certificates"], &good.certificates.to_string());
        row("countries", &facts["countries"], &good.countries.len().to_string());
        row("dropped", &0.into(), &good.dropped.len().to_string());
        row("without its root", &"refused".into(), told(&take(&list, &[])));
        let mut altered = list.clone();
        altered[300_000] ^= 0x01;
        row("altered", &"refused".into(), told(&take(&altered, &roots)));
        let held = Held { manifest: Some(good.manifest.clone()), objects: Vec::new(), deviations: None };
        let again = import(&held, &[Offered { name: name.clone(), objects: vec![list.clone()] }], &roots, at());
        row("once more", &"taken".into(), told(&again));
    }
    lines
}

fn case(set: &'static str, name: &str, expected: &Value, got: &str) -> Line {
    let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
    Line { set, case: name.to_owned(), expected, got: got.to_owned() }
}

/// Runs the tests that read a file of figures, on the file of the acceptance data.
fn figures(set: &'static str, folder: &Path) -> Vec<Line> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let names = paths.iter().map(name).filter(|name| name.ends_with(".json"));
    names
        .map(|name| {
            let tests = tests_that_read(&name);
            let run = Command::new(std::env::current_exe().unwrap()).arg("--exact").args(&tests).output().unwrap();
            let good = run.status.success() && !tests.is_empty();
            let got = if good { format!("{} tests hold", tests.len()) } else { "a test fails".to_owned() };
            let expected = format!("{} tests hold", tests.len().max(1));
            Line { set, case: name, expected, got }
        })
        .collect()
}

fn tests_that_read(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in ["access", "chip", "crypto", "hostile", "mrz", "secure_messaging"] {
        let text = std::fs::read_to_string(format!("tests/it/{file}.rs")).unwrap();
        for test in text.split("#[test]").skip(1).filter(|test| test.contains(name)) {
            let function = test.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
            found.extend(function.map(|(function, _)| format!("{file}::{function}")));
        }
    }
    found
}
