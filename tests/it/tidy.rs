//! The house rules: who may use whom, how long things may be, and what stands nowhere.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that only these places may contain, and why.
const BANS: &[(&str, &[&str], &str)] = &[
    ("egui", &["ui"], "the window's library is named in one room"),
    ("std::fs", &["host", "lab"], "files are the host's"),
    ("std::net", &["host", "lab"], "sockets are the host's"),
    ("std::thread::spawn", &["lab"], "threads have names: host::threads"),
    ("Instant::now", &["host", "lab"], "clocks are the host's"),
    ("SystemTime", &["host", "lab"], "clocks are the host's"),
    ("Timestamp::now", &["host", "lab"], "clocks are the host's"),
    ("std::env::", &["host", "lab"], "the environment is the host's"),
    ("todo!(", &[], "a stub is not done"),
    ("unimplemented!(", &[], "a stub is not done"),
    ("verified: bool", &[], "a check leaves a proof, not a boolean"),
];

const MAX_FILE_LINES: usize = 500;
const MAX_FUNCTION_LINES: usize = 70;

/// Cargo holds who may use whom; the manual prints it.
#[test]
fn manual_prints_who_uses_whom() {
    let chapter = fs::read_to_string("src/manual/architecture.md").expect("the chapter");
    for (room, uses) in rooms() {
        let cells = if uses.is_empty() { "–".to_owned() } else { uses.join(", ") };
        let row = format!("| {room} | {cells} |");
        assert!(chapter.contains(&row), "the chapter on architecture lacks the row {row}");
    }
}

/// Strangers use these two; nothing of an exam, a desk or Vietnam may lie below them.
#[test]
fn rooms_for_strangers_stand_on_the_ground() {
    let ground = ["bits", "crypto", "iso7816"];
    for room in ["emrtd", "tlog"] {
        let (_, uses) = rooms().into_iter().find(|(name, _)| name == room).expect("the room");
        assert!(uses.iter().all(|used| ground.contains(&used.as_str())), "{room} uses {uses:?}");
        assert!(Path::new("src").join(room).join("README.md").is_file(), "{room} has no README of its own");
    }
}

/// A version before its release is a promise of nobody's: each is named with its reason and its end.
#[test]
fn prereleases_are_named_with_until_when() {
    let read = |path: &str| fs::read_to_string(path).expect(path).parse::<toml::Table>().expect(path);
    let of = |table: &toml::Table, list: &str| -> Vec<toml::Table> {
        let found = table[list].as_array().expect(list).iter();
        found.map(|one| one.as_table().expect(list).clone()).collect()
    };
    let text = |one: &toml::Table, key: &str| one[key].as_str().expect(key).to_owned();
    let locked = of(&read("Cargo.lock"), "package").into_iter().map(|one| (text(&one, "name"), text(&one, "version")));
    // What follows a plus sign says something of the build.
    let mut found: Vec<_> = locked.filter(|(_, v)| v.split('+').next().is_some_and(|v| v.contains('-'))).collect();
    let listed = of(&read("config/lint/prereleases.toml"), "prerelease");
    assert!(listed.iter().all(|one| !text(one, "why").is_empty() && !text(one, "until").is_empty()));
    let mut listed: Vec<_> = listed.iter().map(|one| (text(one, "name"), text(one, "version"))).collect();
    found.sort();
    listed.sort();
    assert_eq!(found, listed, "Cargo.lock on the left, config/lint/prereleases.toml on the right");
}

/// A release desk holds nothing simulated, no server, no reader or writer of workbooks. It does draw PDFs: the list for the
/// hour when it fails, and the forms that people sign.
#[test]
fn a_desk_ships_no_lab_and_no_workbooks() {
    let tree = std::process::Command::new("cargo")
        .args(["tree", "--offline", "--locked", "-p", "diemdanh-kiosk", "-e", "normal", "--prefix", "none"])
        .output()
        .expect("cargo");
    let tree = String::from_utf8_lossy(&tree.stdout);
    assert!(tree.contains("diemdanh-checkin"), "cargo drew no tree:\n{tree}");
    for gone in
        ["diemdanh-lab", "diemdanh-face", "diemdanh-sample", "diemdanh-played", "axum", "calamine", "rust_xlsxwriter"]
    {
        assert!(!tree.lines().any(|line| line.split(' ').next() == Some(gone)), "the desk ships {gone}");
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut faults = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")).chain(sources("benches")) {
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            faults.push(format!("{}: {lines} lines", path.display()));
        }
        for (name, length) in functions(&text) {
            if length > MAX_FUNCTION_LINES {
                faults.push(format!("{}: {name} has {length} lines", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn banned_words_stand_nowhere_else() {
    let mut faults = Vec::new();
    for (path, text) in sources("src") {
        let room = room_of(&path).unwrap_or_else(|| "bin".to_owned());
        for (word, rooms, why) in BANS {
            let allowed = rooms.contains(&room.as_str()) || (room == "bin" && !rooms.is_empty());
            if !allowed && code_lines(&text).iter().any(|line| line.contains(word)) {
                faults.push(format!("{}: {word} ({why})", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn there_is_no_room_for_odds_and_ends() {
    for name in ["utils", "util", "common", "types", "models", "helpers", "misc"] {
        for (path, _) in sources("src") {
            let is_it =
                path.components().any(|part| Path::new(part.as_os_str()).file_stem().is_some_and(|stem| stem == name));
            assert!(!is_it, "{} is called {name}", path.display());
        }
    }
}

#[test]
fn every_vector_is_claimed_by_a_test() {
    let tests: String = sources("tests").into_iter().map(|(_, text)| text).collect();
    for path in files_below(Path::new("tests/vectors")) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        let claimed = name.ends_with(".md") || tests.contains(&name) || tests.contains(&format!("{folder}/*"));
        assert!(claimed, "no test names {}", path.display());
    }
}

#[test]
fn binaries_are_short() {
    for name in ["diemdanh", "diemdanh-board", "registry-stub", "diemdanh-lab"] {
        let text = fs::read_to_string(Path::new("src/bin").join(name).join("main.rs")).expect("a binary");
        assert!(
            text.lines().count() <= 60 + text.lines().filter(|line| line.trim_start().starts_with("//")).count(),
            "{name} is too long"
        );
    }
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let files = files_below(Path::new(folder)).into_iter();
    let rust = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| (path.clone(), fs::read_to_string(&path).expect("a source file"))).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn room_of(path: &Path) -> Option<String> {
    let below = path.strip_prefix("src").ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    (first != "bin" && first != "lib.rs").then(|| first.trim_end_matches(".rs").to_owned())
}

/// The rooms with the rooms that they use, as their manifests say.
fn rooms() -> Vec<(String, Vec<String>)> {
    let manifests = files_below(Path::new("src")).into_iter().filter(|path| path.ends_with("Cargo.toml"));
    let read = |path: PathBuf| {
        let manifest: toml::Table = fs::read_to_string(&path).expect("a manifest").parse().expect("TOML");
        let name = manifest["package"]["name"].as_str().and_then(|name| name.strip_prefix("diemdanh-"))?.to_owned();
        let below = |name: &String| ["src", "src/lab"].iter().any(|folder| Path::new(folder).join(name).is_dir());
        let uses = manifest["dependencies"].as_table()?.keys().filter(|name| below(name)).cloned().collect();
        (!path.starts_with("src/bin")).then_some((name, uses))
    };
    manifests.filter_map(read).collect()
}

/// Lines of code, without comments; tests within a file count as tests.
fn code_lines(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

/// Functions by name with their number of lines, found by the indentation of `fn` and its closing brace.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = line
            .trim_start()
            .split(' ')
            .take_while(|word| *word != "fn")
            .all(|word| matches!(word, "pub" | "const" | "async") || word.starts_with("pub("));
        if !is_function || !line.contains("fn ") || line.trim_end().ends_with(';') || line.trim_end().ends_with('}') {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines.iter().skip(start).position(|other| *other == closing);
        found.extend(length.map(|length| (line.trim().to_owned(), length + 1)));
    }
    found
}
