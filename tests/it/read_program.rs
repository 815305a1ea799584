//! `diemdanh read` without a card: where its keys come from, and what it writes is for its owner alone.

use crate::programs::program;
use diemdanh::host::private_folder;
use diemdanh::lab::issuer::trust_store_der;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code and what it said.
fn read(work: &Path, key: &[&str], input: &str) -> (i32, String) {
    let mut program = Command::new(program("diemdanh"))
        .current_dir(work)
        .arg("read")
        .args(key)
        .args(["--trust", "trust", "--wait", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

const NO_CARD: i32 = 5;
const BAD_USAGE: i32 = 64;

#[test]
fn numbers_come_from_a_file_or_the_standard_input_and_never_from_the_command_line() {
    let work = tempfile::tempdir().unwrap();
    let path = work.path();
    std::fs::create_dir(path.join("trust")).unwrap();
    std::fs::write(path.join("trust/anchor.cer"), &trust_store_der().unwrap()[0]).unwrap();
    std::fs::write(path.join("number"), "099208000017\n").unwrap();
    std::fs::write(path.join("qr"), "099208000017||Nguyễn Văn Mẫu|15022008|Nam||20052024").unwrap();
    let good: [(&[&str], &str); 7] = [
        (&["--number", "number"], ""),
        (&["--number", "-"], "099208000017\n"),
        (&["--can", "-"], "000017"),
        (&["--can", "000017"], ""),
        (&["--qr", "qr"], ""),
        (&["--mrz", "-"], "208000017 080215 330215"),
        (&["--qr", "-"], "099208000017||Nguyễn Văn Mẫu|15022008|Nam||20052024"),
    ];
    for (key, input) in good {
        let (code, said) = read(path, key, input);
        assert_eq!(code, NO_CARD, "{key:?}: {said}");
    }
    let bad: [(&[&str], &str, &str); 7] = [
        (&["--number", "099208000017"], "", "seen by everybody"),
        (&["--qr", "099208000017||Nguyễn Văn Mẫu|15022008"], "", "seen by everybody"),
        (&["--mrz", "208000017 080215 330215"], "", "seen by everybody"),
        (&["--number", "-"], "12345", "12 digits"),
        (&["--can", "-"], "", "nothing to read"),
        (&["--mrz", "-"], "208000017 080215", "document number, birth date and expiry date"),
        (&["--number", "missing"], "", "missing"),
    ];
    for (key, input, word) in bad {
        let (code, said) = read(path, key, input);
        assert_eq!(code, BAD_USAGE, "{key:?}: {said}");
        assert!(said.contains(word), "{key:?}: {said}");
        assert!(!said.contains("099208000017") && !said.contains("208000017"), "no number in the diagnostics: {said}");
    }
    let (code, said) = read(path, &[], "");
    assert_eq!(code, BAD_USAGE, "{said}");
}

#[test]
fn configuration_before_a_command_is_refused_and_not_ignored() {
    for command in ["status", "export", "purge"] {
        let output =
            Command::new(program("diemdanh")).args(["--config", "another-desk.toml", command]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(BAD_USAGE), "{command}: {said}");
        assert!(said.contains("--config"), "{command}: {said}");
    }
}

#[test]
fn what_is_saved_is_for_its_owner_alone_whatever_the_mask_says() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("deep/card");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    private_folder::create(&folder).unwrap();
    private_folder::create(&folder).unwrap();
    private_folder::write_new(&folder.join("DG1.bin"), b"person").unwrap();
    assert_eq!((mode(&folder), mode(&folder.join("DG1.bin"))), (0o700, 0o600));
    let again = private_folder::write_new(&folder.join("DG1.bin"), b"other").unwrap_err();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(folder.join("DG1.bin")).unwrap(), b"person");
    let open = work.path().join("open");
    std::fs::DirBuilder::new().mode(0o755).create(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(private_folder::create(&open).unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
}
