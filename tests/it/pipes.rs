//! What is no plain file is refused at once, wherever one is asked for: a pipe would be waited for without end.

use crate::programs::board_program;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Everywhere that the board's program reads a file. `PIPE` is a pipe, `DIR` a trust folder with one in it, `EXAM` an
/// exam's folder with one in it; every other word is itself.
const COMMANDS: &[&str] = &[
    "verify export --board-key PIPE",
    "verify export --board-key board.vkey --revocations PIPE",
    "verify export --board-key board.vkey --exam EXAM",
    "prove export --board-key PIPE --candidate 01010101010101010101010101010101",
    "verify-proof export --board-key PIPE",
    "receipt export --key PIPE --out r --passphrase-file pass",
    "inspect --sod PIPE --trust DIR",
    "inspect --sod file --trust DIR",
    "inspect --sod file --dg 1=PIPE --trust DIR",
    "inspect --sod file --evidence PIPE --dg 15=file --trust DIR",
    "trust import PIPE --into new",
    "trust import file --root PIPE --into new",
    "trust import file --deviations PIPE --into new",
    "trust import file --into DIR",
    "trust import file --sign PIPE --into new --passphrase-file pass",
    "evidence open PIPE --key board.key --out o --passphrase-file pass",
    "evidence open file --key PIPE --out o --passphrase-file pass",
    "key enrol --key PIPE --request file --confirm x --out z --passphrase-file pass",
    "key enrol --key board.key --request PIPE --confirm x --out z --passphrase-file pass",
    "key revoke --key board.key --list PIPE --serial 3 --reason x --out z --passphrase-file pass",
    "key certify --key board.key --device PIPE --out z --exam a --desk b --site c --passphrase-file pass",
    "exam show PIPE",
    "exam show EXAM",
    "exam check EXAM",
    "exam desks EXAM",
    "exam import PIPE --into EXAM",
    "exam open PIPE --identity file --passphrase-file pass",
    "exam receipt EXAM PIPE",
    "exam pack EXAM --key PIPE --out o --passphrase-file pass",
];

#[test]
fn no_command_of_the_board_waits_for_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["export", "trust", "exam"] {
        fs::create_dir(path(name)).unwrap();
    }
    for pipe in ["pipe", "trust/a.cer", "trust/deviations.toml", "exam/exam.toml", "exam/packages.csv"] {
        assert!(Command::new("mkfifo").arg(path(pipe)).status().unwrap().success());
    }
    fs::write(path("pass"), "correct horse\n").unwrap();
    fs::write(path("file"), "hello\n").unwrap();
    let made = start(folder.path(), "key new --out . --passphrase-file pass").wait().unwrap();
    assert!(made.success());
    for command in COMMANDS {
        let line = command.replace("PIPE", "pipe").replace("DIR", "trust").replace("EXAM", "exam");
        let mut child = start(folder.path(), &line);
        let began = Instant::now();
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break Some(ended);
            }
            if began.elapsed() > PATIENCE {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(ended.is_some_and(|ended| !ended.success()), "{command}: {ended:?}");
    }
}

fn start(at: &Path, line: &str) -> std::process::Child {
    let mut command = board_program();
    command.current_dir(at).args(line.split(' ')).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// One place opens files for reading; the others that may are named, with what they open.
#[test]
fn files_are_opened_for_reading_in_one_place() {
    let allowed = [
        ("file.rs", "that place"),
        ("durable.rs", "a folder, to make its names durable"),
        ("keys.rs", "a passphrase, which may come from a pipe"),
        ("program.rs", "the program itself"),
    ];
    let mut wrong = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/host")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let opens = ["File::open(", "fs::read(", "fs::read_to_string("].iter().any(|call| text.contains(call));
        // The boot's id comes from the kernel.
        if opens && name != "clock.rs" && allowed.iter().all(|(file, _)| *file != name) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// No command here takes longer than the making of a key.
const PATIENCE: Duration = Duration::from_secs(20);
