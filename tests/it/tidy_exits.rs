//! One way to the terminal: what the board's program prints goes through the macros that spell out what is hidden.

use std::fs;
use std::path::Path;

#[test]
fn board_program_prints_through_its_macros_alone() {
    let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/diemdanh-board");
    let mut paths = vec![bin.join("commands.rs")];
    for folder in [bin.join("commands"), bin.join("commands/exam")] {
        paths.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    assert!(paths.len() > 10);
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.contains("=> {") && !line.contains("$value")) {
            if ["print!(", "println!(", "dbg!(", "stdout()"].iter().any(|call| line.contains(call)) {
                wrong.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
