//! One way to the terminal: what the board's program prints goes through the voice that spells out what is hidden. And
//! what it does is the office's.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let below = |folder: &&str| fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let paths = folders.iter().flat_map(below).map(|entry| entry.unwrap().path());
    paths.filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

#[test]
fn board_program_prints_through_its_voice_alone() {
    let bin = ["src/bin/diemdanh-board", "src/bin/diemdanh-board/commands", "src/bin/diemdanh-board/commands/exam"];
    let office = ["src/office", "src/office/exam", "src/office/work", "src/office/work/exam"];
    let sources = sources(&[&bin[..], &office].concat());
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
    let bin = ["src/bin/diemdanh-board", "src/bin/diemdanh-board/commands", "src/bin/diemdanh-board/commands/exam"];
    let mut wrong = Vec::new();
    for (path, text) in sources(&bin) {
        let own = allowed.iter().find(|(name, _)| path.ends_with(name)).map_or(&[][..], |(_, rooms)| rooms);
        let used = text.split("host::").skip(1);
        let odd = used.filter(|part| !own.iter().any(|room| part.starts_with(room)));
        wrong.extend(odd.map(|part| format!("{}: host::{}", path.display(), part.lines().next().unwrap_or_default())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
