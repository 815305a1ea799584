//! Files that need each other in a circle have to be read all at once: of such a knot nobody finds the beginning. Cargo
//! forbids circles between rooms, and says nothing of those within one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// So many files may know each other in a circle.
const MAX_KNOT: usize = 4;

#[test]
fn no_room_has_a_knot_of_more_than_four_files() {
    for room in ["checkin", "desk", "office", "record", "tlog", "emrtd", "package", "roster", "ui"] {
        let uses = uses_of(&Path::new("src").join(room));
        assert!(uses.len() > 5, "{room}: {} files found", uses.len());
        for knot in knots(&uses) {
            assert!(knot.len() <= MAX_KNOT, "{room}: {} files need each other: {knot:?}", knot.len());
        }
    }
}

#[test]
fn a_knot_is_found() {
    let uses = |pairs: &[(&str, &[&str])]| -> Uses {
        pairs
            .iter()
            .map(|(file, used)| ((*file).to_owned(), used.iter().map(|one| (*one).to_owned()).collect()))
            .collect()
    };
    let ring = uses(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]);
    assert_eq!(knots(&ring), [BTreeSet::from(["a", "b", "c"].map(str::to_owned))]);
    assert!(knots(&uses(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty(), "a line is no knot");
}

#[test]
fn uses_are_read_as_the_compiler_reads_them() {
    let files = ["state", "state::field", "view"].map(str::to_owned);
    let text =
        "use crate::{state::{field::Field, State}, view::*};\n// use crate::nobody;\nfn f() { super::view::draw() }\n";
    assert_eq!(paths(text, "state"), ["state::field::Field", "state::State", "view::*", "view::draw"]);
    let used = used_by(text, "state", &files.into_iter().collect());
    assert_eq!(used, BTreeSet::from(["state::field", "view"].map(str::to_owned)), "a file does not use itself");
}

/// Which files of a room each of its files names.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn uses_of(room: &Path) -> Uses {
    let texts: BTreeMap<String, String> =
        sources(room).into_iter().map(|path| (name_of(&path, room), text(&path))).collect();
    let names: BTreeSet<String> = texts.keys().cloned().collect();
    texts.iter().map(|(name, text)| (name.clone(), used_by(text, name, &names))).collect()
}

/// All source files below a room's folder but its root, which names every one of them, and rooms that lie in it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a room").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() && !entry.join("Cargo.toml").exists() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|ending| ending == "rs") && !entry.ends_with("lib.rs") {
            found.push(entry);
        }
    }
    found
}

fn name_of(path: &Path, room: &Path) -> String {
    let inner = path.strip_prefix(room).expect("below the room").with_extension("");
    let parts: Vec<_> =
        inner.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "mod").collect();
    parts.join("::")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a source")
}

fn used_by(text: &str, file: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
    let file_of = |path: &String| {
        let parts: Vec<&str> = path.split("::").collect();
        (1..=parts.len()).rev().map(|len| parts[..len].join("::")).find(|name| names.contains(name))
    };
    paths(text, file).iter().filter_map(file_of).filter(|used| used != file).collect()
}

/// The paths that begin with `crate` or `super`, in `use` and elsewhere, as seen from the room's root.
fn paths(text: &str, file: &str) -> Vec<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let follows_a_path = code[..at].ends_with("::") || code[..at].ends_with(|last: char| last.is_alphanumeric());
        if !follows_a_path {
            expand(&code[at..], "", &mut |path| found.extend(from_root(&path, file)));
        }
    }
    found
}

/// Takes the path that begins here, and each branch of its braces.
fn expand<'a>(code: &'a str, before: &str, take: &mut impl FnMut(String)) -> &'a str {
    let end = code.find(|c: char| !(c.is_alphanumeric() || "_:*".contains(c))).unwrap_or(code.len());
    let (path, mut rest) = code.split_at(end);
    let whole = format!("{before}{path}");
    if !(whole.ends_with("::") && rest.starts_with('{')) {
        take(whole);
        return rest;
    }
    while let Some(inner) = rest.strip_prefix(['{', ',']) {
        rest = inner.trim_start();
        if !rest.starts_with('}') {
            rest = expand(rest, &whole, take).trim_start();
        }
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

fn from_root(path: &str, file: &str) -> Option<String> {
    let mut here: Vec<&str> = file.split("::").collect();
    let mut parts = path.split("::").peekable();
    if parts.next_if_eq(&"crate").is_some() {
        here.clear();
    }
    while parts.next_if_eq(&"super").is_some() {
        here.pop()?;
    }
    here.extend(parts.filter(|part| !part.is_empty() && *part != "self"));
    Some(here.join("::"))
}

/// The groups of several files in which everybody leads to everybody.
fn knots(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<String>> = uses.keys().map(|file| (file, reached(uses, file))).collect();
    let together = |a: &String, b: &String| reach[a].contains(b) && reach[b].contains(a);
    let group = |file: &String| -> BTreeSet<String> {
        uses.keys().filter(|other| *other == file || together(file, other)).cloned().collect()
    };
    let groups: BTreeSet<BTreeSet<String>> = uses.keys().map(group).filter(|group| group.len() > 1).collect();
    groups.into_iter().collect()
}

fn reached(uses: &Uses, from: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(file) = open.pop() {
        let next = uses.get(&file).into_iter().flatten().filter(|used| found.insert((*used).clone()));
        open.extend(next.cloned().collect::<Vec<_>>());
    }
    found
}
