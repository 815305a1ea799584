//! The house rules: who may use whom, how long things may be, and what stands nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use. The manual's chapter on architecture prints the same table.
const EDGES: &[(&str, &[&str])] = &[
    ("bits", &[]),
    ("crypto", &["bits"]),
    ("iso7816", &["bits", "crypto"]),
    ("emrtd", &["bits", "crypto", "iso7816"]),
    ("cccd", &["bits", "emrtd", "iso7816"]),
    ("roster", &["bits", "crypto", "cccd"]),
    ("registry", &["bits", "crypto", "cccd", "emrtd", "tlog"]),
    ("tlog", &["bits", "crypto"]),
    ("record", &["bits", "crypto", "tlog"]),
    ("package", &["bits", "crypto", "roster", "tlog", "record"]),
    ("checkin", &["bits", "crypto", "iso7816", "emrtd", "cccd", "roster", "registry", "tlog", "record", "package"]),
    ("host", &["bits", "crypto", "iso7816", "tlog", "record", "registry"]),
    (
        "desk",
        &["bits", "crypto", "iso7816", "emrtd", "cccd", "roster", "registry", "record", "package", "checkin", "host"],
    ),
    ("lists", &["bits", "cccd", "roster"]),
    ("office", &["bits", "emrtd", "roster", "lists", "tlog", "record", "package"]),
    ("ui", &["bits", "checkin", "office"]),
    (
        "lab",
        &["bits", "crypto", "iso7816", "emrtd", "cccd", "roster", "registry", "record", "package", "checkin", "host"],
    ),
    ("manual", &[]),
];

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

#[test]
fn rooms_use_only_the_rooms_they_may() {
    let mut faults = Vec::new();
    for (path, text) in sources("src") {
        let Some(room) = room_of(&path) else { continue };
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: room {room} is not in the table", path.display()));
            continue;
        };
        for used in uses(&code_lines(&text)) {
            if used != room && is_room(&used) && !allowed.contains(&used.as_str()) {
                faults.push(format!("{}: {room} may not use {used}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn manual_prints_the_same_table() {
    let chapter = fs::read_to_string("src/manual/architecture.md").expect("the chapter");
    for (room, allowed) in EDGES.iter().filter(|(room, _)| *room != "manual") {
        let cells = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
        let row = format!("| {room} | {cells} |");
        assert!(chapter.contains(&row), "the chapter on architecture lacks the row {row}");
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
    for name in ["diemdanh.rs", "diemdanh_board.rs", "registry_stub.rs", "card_sim.rs"] {
        let text = fs::read_to_string(Path::new("src/bin").join(name)).expect("a binary");
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

fn is_room(name: &str) -> bool {
    EDGES.iter().any(|(room, _)| *room == name)
}

/// Lines of code, without comments; tests within a file count as tests.
fn code_lines(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

/// The rooms named by `crate::room` and by `crate::{room::…, room::…}`.
fn uses(lines: &[String]) -> BTreeSet<String> {
    let text = lines.join("\n");
    let mut found = BTreeSet::new();
    for part in text.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(head(part)),
        }
    }
    found
}

fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut item) = (1_u32, Vec::new(), String::new());
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => heads.extend(head(&std::mem::take(&mut item))),
            other => item.push(other),
        }
        if depth == 0 {
            break;
        }
    }
    heads.extend(head(&item));
    heads
}

fn head(text: &str) -> Option<String> {
    let name: String =
        text.trim().chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '_').collect();
    (!name.is_empty()).then_some(name)
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
