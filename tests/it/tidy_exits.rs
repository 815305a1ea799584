//! One way to the terminal: what the board's program prints goes through the voice that spells out what is hidden. And
//! what it does is the office's.

use std::fs;
use std::path::{Path, PathBuf};

/// Every source below these folders, however deep.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match fs::read_to_string(&path) {
                Ok(text) => sources.push((path, text)),
                Err(_) => open.push(path),
            }
        }
    }
    sources
}

#[test]
fn board_program_prints_through_its_voice_alone() {
    let sources = sources(&["src/bin/diemdanh-board", "src/office"]);
    assert!(sources.len() > 60);
    let mut wrong = Vec::new();
    for (path, text) in sources {
        for line in text.lines() {
            if ["print!(", "println!(", "dbg!(", "stdout()", "stderr()"].iter().any(|call| line.contains(call)) {
                wrong.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    // Where clap's own words go is clap's word.
    wrong.retain(|line| !line.contains("use_stderr()"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Clap, one call a command, what is said, an exit code: files, keys and locks are the office's.
#[test]
fn board_program_does_nothing_itself() {
    let allowed = [
        ("main.rs", &["program", "random", "speech"][..]),
        ("voice.rs", &["speech"]),
        // Made-up lists are the lab's, and no work of an office.
        ("sample.rs", &["folder", "progress"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources(&["src/bin/diemdanh-board"]) {
        let own = allowed.iter().find(|(name, _)| path.ends_with(name)).map_or(&[][..], |(_, rooms)| rooms);
        let used = text.split("host::").skip(1);
        let odd = used.filter(|part| !own.iter().any(|room| part.starts_with(room)));
        wrong.extend(odd.map(|part| format!("{}: host::{}", path.display(), part.lines().next().unwrap_or_default())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
