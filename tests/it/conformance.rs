//! The table of the manual that says which lines of the conformance list have a test: made from the tests' names.
//!
//! A test belongs to the lines that its name begins with: `e01_…`, `f05_f06_…`, `d_dg2_…`. `UPDATE_GOLDEN=1` rewrites
//! the chapter.

use std::collections::BTreeMap;
use std::path::Path;

const CHAPTER: &str = "src/manual/conformance.md";

/// The lists, and how many lines each has; list D has a line for each group.
const LISTS: [(&str, &str, u8); 8] = [
    ("a", "Access", 17),
    ("b", "Secure messaging", 17),
    ("c", "Reading files", 13),
    ("d", "Data groups", 0),
    ("e", "Signed object", 14),
    ("f", "Chain and trust store", 20),
    ("g", "Chip authenticity", 9),
    ("h", "Report", 9),
];
const GROUPS: [&str; 5] = ["dg1", "dg2", "dg13", "dg14", "dg15"];

const HEAD: &str = "\
# Conformance

Every line of the conformance list and the tests that hold it. The list follows ICAO Doc 9303 parts 10 to 12, BSI
TR-03105-5 and TR-03135, and what real documents taught. This page is written by the test
`chapter_lists_the_tests_of_every_line` from the names of the tests; nothing in it is typed.

";

/// Every test of this crate, with its file.
fn tests() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir("tests/it").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[test]") {
            let name = pair[1].strip_prefix("fn ").and_then(|rest| rest.split('(').next());
            found.extend(name.map(|name| (file.clone(), name.to_owned())));
        }
    }
    found
}

/// The lines that a test's name begins with.
fn lines_of(name: &str) -> Vec<String> {
    let mut parts = name.split('_').peekable();
    if parts.next_if_eq(&"d").is_some() {
        return parts.take_while(|part| GROUPS.contains(part)).map(str::to_owned).collect();
    }
    let is_line = |part: &&str| {
        let (list, number) = part.split_at_checked(1).unwrap_or_default();
        number.len() == 2
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && LISTS.iter().any(|(known, _, count)| *known == list && (1..=*count).contains(&number.parse().unwrap()))
    };
    parts.take_while(is_line).map(str::to_owned).collect()
}

fn chapter() -> String {
    let mut by_line: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, name) in tests() {
        for line in lines_of(&name) {
            by_line.entry(line).or_default().push(format!("`{file}::{name}`"));
        }
    }
    let mut text = HEAD.to_owned();
    let mut missing = Vec::new();
    for (list, title, count) in LISTS {
        text.push_str(&format!("## {}. {title}\n\n| Line | Tests |\n|---|---|\n", list.to_uppercase()));
        let numbered = (1..=count).map(|number| format!("{list}{number:02}"));
        let lines: Vec<String> =
            if count == 0 { GROUPS.iter().map(|group| (*group).to_owned()).collect() } else { numbered.collect() };
        for line in lines {
            let tests = by_line.get(&line).map(|tests| tests.join("<br>"));
            if tests.is_none() {
                missing.push(line.to_uppercase());
            }
            text.push_str(&format!("| {} | {} |\n", line.to_uppercase(), tests.as_deref().unwrap_or("not yet")));
        }
        text.push('\n');
    }
    let missing = if missing.is_empty() { "none".to_owned() } else { missing.join(", ") };
    text.push_str(&format!("Lines without a test: {missing}.\n"));
    text
}

#[test]
fn chapter_lists_the_tests_of_every_line() {
    let made = chapter();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(CHAPTER, &made).unwrap();
    }
    let kept = std::fs::read_to_string(Path::new(CHAPTER)).unwrap_or_default();
    assert!(kept == made, "{CHAPTER} is out of date: run the tests with UPDATE_GOLDEN=1");
}

#[test]
fn names_lead_to_their_lines() {
    assert_eq!(lines_of("e01_pss"), ["e01"]);
    assert_eq!(lines_of("f05_f06_expired_now"), ["f05", "f06"]);
    assert_eq!(lines_of("d_dg1_dg13_nonsense"), ["dg1", "dg13"]);
    assert!(lines_of("h10_no_such_line").is_empty() && lines_of("every_a01").is_empty() && lines_of("d_x").is_empty());
}
